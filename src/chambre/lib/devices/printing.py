"""Receipts on paper: plain text, or the language of receipt printers (ESC/POS)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

_START = b"\x1b@\x1bt\x13"  # initialise; table 19 is PC858, which has the euro
_CUT = b"\n\n\n\x1dV\x42\x00"


def as_text(lines: Sequence[str], code: str = "") -> bytes:
    """A receipt as text, with a line of dashes behind it."""
    shown = [*lines, *([code] if code else []), "-" * 32, ""]
    return "\n".join(shown).encode("utf-8")


def as_escpos(lines: Sequence[str], code: str = "") -> bytes:
    """A receipt for a printer: the first line large, the code also as a QR code, the paper cut."""
    head, *rest = [line.encode("cp858", "replace") for line in lines]
    parts = [_START, b"\x1ba\x01\x1d!\x11", head, b"\n\x1d!\x00"]
    parts += [line + b"\n" for line in rest]
    if code:
        data = code.encode("ascii")
        size = (len(data) + 3).to_bytes(2, "little")
        parts += [
            b"\x1d(k\x04\x001A2\x00",  # model 2
            b"\x1d(k\x03\x001C\x06",  # six dots a module
            b"\x1d(k\x03\x001E1",  # error correction M
            b"\x1d(k" + size + b"1P0" + data,
            b"\x1d(k\x03\x001Q0",
            data + b"\n",
        ]
    return b"".join(parts) + _CUT


class Printer:
    """Writes receipts to a file or to the file of a printer (``/dev/usb/lp0``).

    Args:
        path: Where to; each receipt is put behind the one before, and is on the disk when
            :meth:`receipt` returns.
        escpos: Speak the language of receipt printers.
    """

    def __init__(self, path: Path, *, escpos: bool = False) -> None:
        self._path, self._write = path, as_escpos if escpos else as_text

    def receipt(self, lines: Sequence[str], code: str = "") -> None:
        """Print a receipt.

        Raises:
            OSError: The printer is not there; the receipt is printed at the next start.
        """
        with self._path.open("ab", buffering=0) as file:
            file.write(self._write(lines, code))
            if self._path.is_file():
                os.fsync(file.fileno())
