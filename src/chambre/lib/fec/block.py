"""A block of typed lines, column by column, and how raw columns become one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .columns import (
    NO_DAY,
    AccountCache,
    CurrencyAmounts,
    CurrencyCodeCache,
    DateCache,
    Figures,
    SidedFigures,
    TextCache,
    TextColumn,
)
from .encoding import Decoder
from .findings import Findings
from .layout import ABSENT_DATA, Layout
from .pieces import Columns
from .types import COLUMNS, LineTuple


@dataclass(slots=True)
class Block:
    """Some thousand lines, each column a list, in the order of :class:`FecLine`.

    Attributes:
        debit: Total of the debit column, in cents.
        credit: Total of the credit column, in cents.
    """

    line: Sequence[int]
    journal: list[str]
    journal_label: list[str]
    number: list[str]
    day: list[date]
    account: list[str]
    account_label: list[str]
    auxiliary: list[str]
    auxiliary_label: list[str]
    piece: list[str]
    piece_day: list[date | None]
    label: list[str]
    amount: list[int]
    side: list[str]
    letter: list[str]
    letter_day: list[date | None]
    valid_day: list[date | None]
    currency_amount: list[int | str | None]
    currency: list[str]
    extras: list[dict[str, str] | None]
    debit: int
    credit: int

    def columns(self) -> list[Any]:
        """The columns, in the order of :class:`FecLine`."""
        return [getattr(self, name) for name in _NAMES]

    def lines(self) -> Iterator[LineTuple]:
        """The lines, as plain tuples in the order of :class:`FecLine`."""
        return zip(*self.columns(), strict=True)

    def __len__(self) -> int:
        return len(self.line)


_NAMES = tuple(name for name in Block.__slots__ if name not in {"debit", "credit"})


class Typist:
    """Makes the raw columns of one part into typed blocks."""

    def __init__(
        self, layout: Layout, decoder: Decoder, findings: Findings, *, before_2013: bool = False
    ) -> None:
        self._layout = layout
        absent = frozenset() if before_2013 else ABSENT_DATA[layout.books]
        own = (decoder, findings)

        def absence(column: str) -> str | None:
            return "V_EMPTY_VALUE" if column in absent else None

        def text(column: str, rule: str | None = None) -> TextCache:
            return TextCache(column, *own, rule or absence(column))

        def dates(column: str, *, mandatory: bool = False) -> DateCache:
            return DateCache(
                column, *own, mandatory=mandatory, empty_rule=absence(column), iso=layout.iso
            )

        self._typers: dict[str, Any] = {
            "JournalCode": text("JournalCode"),
            "JournalLib": text("JournalLib"),
            "EcritureNum": TextColumn("EcritureNum", *own, "E_EMPTY_VALUE"),
            "EcritureDate": dates("EcritureDate", mandatory=True),
            "CompteNum": AccountCache("CompteNum", *own, "E_EMPTY_ACCOUNT"),
            "CompteLib": text("CompteLib", "E_EMPTY_VALUE"),
            "CompAuxNum": text("CompAuxNum"),
            "CompAuxLib": text("CompAuxLib"),
            "PieceRef": TextColumn("PieceRef", *own, absence("PieceRef")),
            "PieceDate": dates("PieceDate"),
            "EcritureLib": TextColumn("EcritureLib", *own, "E_EMPTY_VALUE"),
            "EcritureLet": text("EcritureLet"),
            "DateLet": dates("DateLet"),
            "ValidDate": dates("ValidDate"),
            "Idevise": CurrencyCodeCache("Idevise", *own),
            "DateRglt": dates("DateRglt"),
        }
        self._extras = [(place, name, TextColumn(name, *own)) for place, name in layout.extras]
        self._figures = SidedFigures(*own) if layout.has_side else Figures(*own)
        self._currency_amounts = CurrencyAmounts(*own)

    def type(self, columns: Columns) -> Block:
        """Type some lines; what is wrong in them goes to the findings."""
        lines, raws, index = columns.lines, columns.raws, self._layout.index
        count = len(lines)

        def column(name: str) -> list[Any]:
            place = index.get(name)
            if place is None:
                return [_ABSENT.get(name, "")] * count
            return self._typers[name].values_of(raws[place], lines)  # type: ignore[no-any-return]

        def raw(name: str) -> list[bytes]:
            place = index.get(name)
            return [b""] * count if place is None else raws[place]

        first, second = ("Montant", "Sens") if self._layout.has_side else ("Debit", "Credit")
        figures = self._figures.values_of(raw(first), raw(second), lines)
        currency = column("Idevise")
        if "DateRglt" in index:
            column("DateRglt")
        typed: list[Any] = [
            lines,
            *map(column, _BEFORE_AMOUNT),
            figures.amounts,
            figures.sides,
            *map(column, _AFTER_SIDE),
            self._currencies(raw("Montantdevise"), currency, lines),
            currency,
            self._further(raws, lines),
            figures.debit,
            figures.credit,
        ]
        block = Block(*typed)
        _double(block, figures.twice)
        return block

    def _currencies(
        self, raws: list[bytes], currency: list[str], lines: Sequence[int]
    ) -> list[int | str | None]:
        if raws.count(b"") == len(raws):
            return [None] * len(raws)
        return self._currency_amounts.values_of(raws, currency, lines)

    def _further(
        self, raws: list[list[bytes]], lines: Sequence[int]
    ) -> list[dict[str, str] | None]:
        further: list[dict[str, str] | None] = [None] * len(lines)
        for place, name, typer in self._extras:
            if raws[place].count(b"") == len(lines):
                continue
            for row, text in enumerate(typer.values_of(raws[place], lines)):
                if text:
                    extras = further[row]
                    if extras is None:
                        extras = further[row] = {}
                    extras[name] = text
        return further


_BEFORE_AMOUNT = COLUMNS[:11]
_AFTER_SIDE = COLUMNS[13:16]
_ABSENT: dict[str, date | None] = {
    "EcritureDate": NO_DAY,
    "PieceDate": None,
    "DateLet": None,
    "ValidDate": None,
}


def _double(block: Block, twice: list[tuple[int, int]]) -> None:
    """Make two typed lines of each line that bears a debit and a credit."""
    for place, credit in reversed(twice):
        for name in _NAMES:
            values = getattr(block, name)
            if not isinstance(values, list):
                values = list(values)
                setattr(block, name, values)
            values.insert(place + 1, values[place])
        block.amount[place + 1] = -credit
        block.side[place + 1] = "C"
