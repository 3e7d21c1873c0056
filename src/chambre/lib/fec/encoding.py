"""Which encoding a FEC is in, decided the same way everywhere, and decoding one value.

The law allows ASCII, ISO 8859-15 and UTF-8; real exports are also in Windows-1252. The decision:

1. a UTF-16 or UTF-32 mark, or zero bytes where letters should be: refused, named;
2. a UTF-8 mark, or a first line beyond ASCII that is valid UTF-8: UTF-8. A later value that is not
   valid is read as Windows-1252, and found (``W_ENCODING_MIXED``);
3. else the whole file is looked through: no byte 0x80–0x9F, ISO 8859-15 as the law says; such
   bytes, Windows-1252; bytes that it does not define, or accented letters as DOS (CP850) or old
   Macs wrote them, unknown (``W_ENCODING_UNKNOWN``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_C1 = re.compile(rb"[\x80-\x9f]")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# é â ç ê ë è ï î in CP850 are 0x82… 0x8C, é in Mac Roman is 0x8E: in Windows-1252 these are low
# quotes, daggers and capitals, which never stand between two small letters.
_CP850 = re.compile(rb"[A-Za-z]\x82[A-Za-z]|[a-z][\x83\x87-\x8c][a-z]")
_MAC = re.compile(rb"[a-z]\x8e[a-z]")

_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_OTHER_FILES = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "Excel, Word (.xls, .doc)"),
    (b"SQLite format 3", "SQLite"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
UTF8_MARK = b"\xef\xbb\xbf"


def unreadable(head: bytes) -> str | None:
    """Name what a file is when its first bytes are not those of a text that can be read.

    Returns:
        ``"UTF-16"``, ``"PDF"``…, or None when it may be a FEC.
    """
    for mark, name in (*_MARKS, *_OTHER_FILES):
        if head.startswith(mark):
            return name
    start = head[:256]
    zeros = start.count(0)
    if zeros * 4 >= len(start) > 0:
        even = start[0::2].count(0)
        return "UTF-16" if even in {0, zeros} else "binary"
    controls = sum(byte < 32 and byte not in b"\t\n\r\x00\x1a\x0c" for byte in start)
    return "binary" if controls * 10 > len(start) else None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Bytes that no encoding of the law explains."""

    line: int
    what: str


class Decoder:
    """Decodes the values of one part of a file.

    Args:
        look_through: Gives the whole part again, in pieces that end at a line end; called at most
            once, only when the part is not UTF-8.

    Attributes:
        encoding: ``"ascii"`` as long as nothing else was seen, then ``"utf-8"``,
            ``"iso8859-15"`` or ``"cp1252"``.
        unknown: What no encoding explains, if anything.
    """

    def __init__(self, look_through: Callable[[], Iterable[bytes]], marked: bool = False) -> None:
        self.encoding = "utf-8" if marked else "ascii"
        self.unknown: Unknown | None = None
        self._look_through = look_through

    def see(self, block: bytes) -> bool:
        """Decide the encoding as soon as a block goes beyond ASCII.

        Returns:
            Whether the decision was made by this block.
        """
        if self.encoding != "ascii" or block.isascii():
            return False
        match = _BEYOND_ASCII.search(block)
        assert match is not None
        start = max(block.rfind(b"\n", 0, match.start()), block.rfind(b"\r", 0, match.start())) + 1
        ends = [end for end in (block.find(mark, match.start()) for mark in b"\n\r") if end >= 0]
        try:
            block[start : min(ends, default=len(block))].decode("utf-8")
        except UnicodeDecodeError:
            self._decide_among_8_bit()
        else:
            self.encoding = "utf-8"
        return True

    def _decide_among_8_bit(self) -> None:
        self.encoding = "iso8859-15"
        line = 1
        for piece in self._look_through():
            if _C1.search(piece):
                self.encoding = "cp1252"
                self.unknown = self.unknown or _unknown(piece, line)
            line += piece.count(b"\n") or piece.count(b"\r")

    def decode(self, raw: bytes) -> str:
        """Decode one value; never fails."""
        return self.decode_or_note(raw)[0]

    def decode_or_note(self, raw: bytes) -> tuple[str, bool]:
        """Decode one value, and say whether it was against the encoding of the file."""
        try:
            return raw.decode(self.encoding), False
        except UnicodeDecodeError:
            return raw.decode("cp1252", "replace"), self.encoding == "utf-8"

    def decode_column(self, raws: list[bytes]) -> list[str] | None:
        """Decode values at once and take their padding off; None when one of them is special.

        Special is what is not valid in the encoding of the file, or holds a line feed.
        """
        joined = b"\n".join(raws)
        try:
            texts = joined.decode(self.encoding).split("\n")
        except UnicodeDecodeError:
            return None
        if len(texts) != len(raws):
            return None
        if b" " in joined or b"\r" in joined or not joined.isascii():
            return list(map(str.strip, texts))
        return texts


def _unknown(piece: bytes, first_line: int) -> Unknown | None:
    for pattern, name in ((_UNDEFINED, ""), (_CP850, "CP850"), (_MAC, "Mac Roman")):
        if match := pattern.search(piece):
            at = piece.find(_C1.search(match[0])[0], match.start())  # type: ignore[index]
            before = piece[:at]
            line = first_line + (before.count(b"\n") or before.count(b"\r"))
            return Unknown(line, f"0x{piece[at]:02X}" + (f" ({name} ?)" if name else ""))
    return None
