"""What is exported: typed tables, and the report that carries them.

One description serves every format. Amounts stay integers until the last moment, so that the
spreadsheet, the page and the paper show the same cent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from chambre.lib.charts.base import WIDE, Chart, ChartTable
from chambre.lib.money import account_unit

Value = str | int | date | None
"""What a cell holds: words, an integer in smallest parts, a day, or nothing."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}")


class ExportError(ValueError):
    """A table that contradicts itself: nothing is written."""


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    SHARE = "share"


_CLASSES = {
    Kind.TEXT: str,
    Kind.DATE: date,
    Kind.AMOUNT: int,
    Kind.QUANTITY: int,
    Kind.SHARE: int,
}
"""The class of nearly every cell; others are looked at more closely."""


class Role(StrEnum):
    """What a row is for the reader."""

    LINE = "line"
    HEADING = "heading"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: Its name for machines: lower case letters, digits, ``_``.
        title: Its heading.
        kind: What its cells are.
        unit: Of an amount the code of its unit of account (``EUR``, ``HUR`` for minutes); of a
            quantity the words shown in the heading (``kg``).
        decimals: Decimals of the integer in a cell. An amount takes them from its unit, a
            quantity has 0 and a share 1 (123 is 12.3 %) unless told.
        dash: Show zero as a dash on paper, as printed accounts do.
        width: Width in characters, in spreadsheets and as a proportion among texts on paper.
    """

    key: str
    title: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    decimals: int = -1
    dash: bool = False
    width: int | None = None

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ExportError(f"not a key for a column: {self.key!r}")
        if self.kind is Kind.AMOUNT:
            unit = account_unit(self.unit or "EUR")
            object.__setattr__(self, "unit", unit.code)
            if self.decimals < 0:
                object.__setattr__(self, "decimals", unit.decimals)
        elif self.decimals < 0:
            object.__setattr__(self, "decimals", 1 if self.kind is Kind.SHARE else 0)

    @property
    def numeric(self) -> bool:
        """Whether cells hold integers."""
        return self.kind in {Kind.AMOUNT, Kind.QUANTITY, Kind.SHARE}

    def accepts(self, value: Value) -> bool:
        """Whether a cell of this column may hold the value."""
        if value is None:
            return True
        if self.numeric:
            return value.__class__ is int
        if self.kind is Kind.DATE:
            return isinstance(value, date) and not isinstance(value, datetime)
        return isinstance(value, str)


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        cells: One value per column.
        level: Depth in the hierarchy, 0 for the outermost.
        role: A line, a heading above lines, a subtotal below them, or the total.
    """

    cells: Sequence[Value]
    level: int = 0
    role: Role = Role.LINE


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        key: Its name for machines and in file names.
        title: Its name for people.
        columns: At least one, each key once.
        rows: May be a generator, which then serves one export only.
        totals: Rows at the foot.
        notes: What has to be known to read it.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    totals: Sequence[Row] = ()
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ExportError(f"not a key for a table: {self.key!r}")
        if not self.columns:
            raise ExportError(f"“{self.title}” has no columns")
        if len({column.key for column in self.columns}) != len(self.columns):
            raise ExportError(f"two columns of “{self.title}” have the same key")

    def checked(self) -> Iterator[Row]:
        """The rows, then the totals, each checked.

        Raises:
            ExportError: A row of another length, or a value that its column does not hold.
        """
        usual = [_CLASSES[column.kind] for column in self.columns]
        for number, row in enumerate(self._all(), 1):
            if len(row.cells) != len(self.columns):
                raise ExportError(
                    f"row {number} of “{self.title}” has {len(row.cells)} cells"
                    f" for {len(self.columns)} columns"
                )
            for column, value, plain in zip(self.columns, row.cells, usual, strict=True):
                if value.__class__ is not plain and not column.accepts(value):
                    raise ExportError(
                        f"row {number} of “{self.title}”: {value!r} is no {column.kind.value}"
                        f" for the column {column.key}"
                    )
            yield row

    def _all(self) -> Iterator[Row]:
        yield from self.rows
        yield from self.totals


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in a report. Its numbers go into the report as a table: :func:`chart_numbers`.

    Attributes:
        title: Caption.
        svg: The drawing (:attr:`chambre.lib.charts.Chart.svg`).
        alt: What there is to see in it, for those who do not see it.
        width: Width of the drawing in its own units; 960 fills the page.
    """

    title: str
    svg: str
    alt: str
    width: int = WIDE

    @classmethod
    def of(cls, chart: Chart, alt: str) -> Figure:
        """A drawn chart with its caption.

        Args:
            chart: What was drawn, for a page and not for a phone.
            alt: What there is to see in it.
        """
        return cls(chart.table.caption, chart.svg, alt, chart.width)


@dataclass(frozen=True, kw_only=True)
class Report:
    """Tables with what has to stand around them on paper.

    Attributes:
        title: What it is: “Balance sheet”.
        subject: Whom or what it is about: the resource or the structure.
        tables: In order.
        issued: When it was made, with its time zone; the only time in the files, so that the same
            report gives the same bytes.
        period: The period or day, in words.
        issuer: Who gives it: the chamber or the structure.
        language: ``fr`` or ``en``: numbers, dates and the few words of the frame.
        provisional: Figures of an open period, marked on every page.
        lead: Paragraphs before the tables.
        figures: Drawings, after the paragraphs.
        seal: Digest of the ledger's last seal, in the foot of every page.
        provenance: Where the figures come from: pairs of name and text.
        landscape: Pages lying; by default when a table has more than seven columns.
    """

    title: str
    subject: str
    tables: Sequence[Table]
    issued: datetime
    period: str = ""
    issuer: str = ""
    language: str = "fr"
    provisional: bool = False
    lead: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    seal: str = ""
    provenance: Sequence[tuple[str, str]] = field(default=())
    landscape: bool | None = None

    def __post_init__(self) -> None:
        if self.issued.tzinfo is None:
            raise ExportError("the time of a report needs its time zone")
        if len({table.key for table in self.tables}) != len(self.tables):
            raise ExportError("two tables of a report have the same key")

    @property
    def lying(self) -> bool:
        """Whether pages are in landscape."""
        if self.landscape is not None:
            return self.landscape
        return max((len(table.columns) for table in self.tables), default=0) > 7


def chart_numbers(drawn: ChartTable, *, key: str, columns: Sequence[Column]) -> Table:
    """The numbers of a chart as a table to export.

    Args:
        drawn: The table beside the chart.
        key: Name of the table for machines.
        columns: What its columns are, in order; the headings of the chart are kept where a title
            is empty.

    Raises:
        ExportError: Not as many columns as the chart has.
    """
    if len(columns) != len(drawn.header):
        raise ExportError(f"“{drawn.caption}” has {len(drawn.header)} columns")
    named = [
        column if column.title else replace(column, title=title)
        for column, title in zip(columns, drawn.header, strict=True)
    ]
    rows = [Row([cell.raw for cell in row]) for row in drawn.rows]
    return Table(key, drawn.caption, named, rows, notes=drawn.notes)
