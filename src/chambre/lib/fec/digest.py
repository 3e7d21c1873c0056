"""The digest of the content of a file, whatever its wrapping and its form.

Two files have the same digest when they hold the same typed lines in the same order: compressed or
not, renamed, in another encoding, with another separator or line end, padded or not, with debit
and credit or amount and side, with ``1234,5`` or ``00001234,50``.

What is hashed, exactly. One SHA-256 for each column of :class:`FecLine` but the line number and
the extras, in that order, fed line after line: texts as their UTF-8 and a line feed; days as their
proleptic ordinal, 0 for none, and amounts in cents, as 8 bytes, little-endian, two's complement;
currency amounts as their text (empty for none) and a line feed. One more SHA-256 for the extras:
for each that is not empty, the ordinal of its line from 0 as 8 bytes, then the UTF-8 of
``name=value`` and a line feed, in the order of their names. The digest is the SHA-256 of ``fec-1``
and these nineteen digests, in hexadecimal.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from typing import Any

from .block import Block

_TEXTS = (
    "journal", "journal_label", "number", "account", "account_label", "auxiliary",
    "auxiliary_label", "piece", "label", "side", "letter", "currency",
)  # fmt: skip
_DAYS = ("day", "piece_day", "letter_day", "valid_day")
_ORDER = (
    "journal", "journal_label", "number", "day", "account", "account_label", "auxiliary",
    "auxiliary_label", "piece", "piece_day", "label", "amount", "side", "letter", "letter_day",
    "valid_day", "currency_amount", "currency", "extras",
)  # fmt: skip


class ContentDigest:
    """Takes the blocks of a file and gives its digest."""

    def __init__(self) -> None:
        self._columns = {name: hashlib.sha256() for name in _ORDER}
        self._ordinals: dict[Any, int] = {None: 0}
        self._lines = 0

    def add(self, block: Block) -> None:
        """Take the next block."""
        for name in _TEXTS:
            texts: list[str] = getattr(block, name)
            self._columns[name].update(_joined(texts))
        ordinals = self._ordinals
        for name in _DAYS:
            days = getattr(block, name)
            for day in set(days).difference(ordinals):
                ordinals[day] = day.toordinal()
            self._columns[name].update(_numbers(list(map(ordinals.__getitem__, days))))
        self._columns["amount"].update(_numbers(block.amount))
        amounts = ["" if amount is None else str(amount) for amount in block.currency_amount]
        self._columns["currency_amount"].update(_joined(amounts))
        self._add_extras(block)
        self._lines += len(block)

    def _add_extras(self, block: Block) -> None:
        column = self._columns["extras"]
        if block.extras.count(None) == len(block):
            return
        for ordinal, extras in enumerate(block.extras, start=self._lines):
            for name, value in sorted((extras or {}).items()):
                column.update(ordinal.to_bytes(8, "little"))
                column.update(f"{name}={value}\n".encode())

    def hexdigest(self) -> str:
        """The digest, 64 hexadecimal figures."""
        whole = hashlib.sha256(b"fec-1")
        for name in _ORDER:
            whole.update(self._columns[name].digest())
        return whole.hexdigest()


def _joined(texts: list[str]) -> bytes:
    return ("\n".join(texts) + "\n").encode("utf-8", "surrogatepass")


def _numbers(values: list[int]) -> bytes:
    numbers = array("q", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
