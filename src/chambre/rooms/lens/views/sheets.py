"""One description of a table of accounts, for the page and for every file.

A sheet has words in front, amounts behind, and under each row the accounts that make it, each with
the way to its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chambre.lib import exports

_WIDTHS = {"account": 10, "label": 26}
"""Widths of text columns on paper and in spreadsheets, in characters."""
LINE, HEADING, SUBTOTAL, TOTAL = "line", "heading", "subtotal", "total"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of amounts.

    Attributes:
        key: Its name for machines.
        title: Its heading.
        detail: Left out on a phone; what it says can be had from the accounts behind the row.
    """

    key: str
    title: str
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Behind:
    """An account behind a figure.

    Attributes:
        account: Its number.
        label: Its name.
        amount: What it adds, in minor units.
        address: Where its lines are.
    """

    account: str
    label: str
    amount: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row.

    Attributes:
        texts: Words in front, one per text column.
        cells: Amounts in minor units, one per column; none: nothing to say there.
        term: The accounting term beside the first words.
        level: Depth, 0 for the outermost.
        role: A line, a heading, a subtotal or a total.
        behind: The accounts that make it.
        address: Where the row leads.
        links: Where each amount leads, if it does.
    """

    texts: tuple[str, ...]
    cells: tuple[int | None, ...] = ()
    term: str = ""
    level: int = 0
    role: str = LINE
    behind: tuple[Behind, ...] = ()
    address: str = ""
    links: tuple[str, ...] = ()

    @property
    def style(self) -> str:
        """Classes of the row on a page."""
        role = {TOTAL: " total", SUBTOTAL: " subtotal"}.get(self.role, "")
        return f"level-{self.level}{role}" if self.role != LINE or self.level else ""

    @property
    def amounts(self) -> list[tuple[int | None, str]]:
        """Each amount with where it leads."""
        links = self.links or ("",) * len(self.cells)
        return list(zip(self.cells, links, strict=True))

    @property
    def others(self) -> tuple[str, ...]:
        """The texts after the first."""
        return self.texts[1:]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of accounts.

    Attributes:
        key: Its name for machines, in addresses and file names.
        title: Plain words.
        term: The accounting term beside them.
        columns: The columns of amounts.
        rows: The rows.
        names: Headings of the text columns, with a key each.
        totals: Rows at the foot.
        notes: What has to be known to read it.
        lede: A sentence above it, on the page.
        wide: Many columns: the page lets it scroll.
    """

    key: str
    title: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[SheetRow]
    term: str = ""
    names: tuple[tuple[str, str], ...] = ()
    totals: Sequence[SheetRow] = ()
    notes: tuple[str, ...] = ()
    lede: str = ""
    wide: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings of the text columns."""
        return tuple(title for _key, title in self.names) or (_("Heading of the statement"),)

    @property
    def span(self) -> int:
        """How many columns there are."""
        return len(self.headings) + len(self.columns)

    def with_columns(self) -> list[tuple[SheetRow, list[tuple[SheetColumn, int | None, str]]]]:
        """Rows and totals, each amount with its column and where it leads."""
        return [
            (
                row,
                [
                    (column, amount, link)
                    for column, (amount, link) in zip(self.columns, row.amounts, strict=True)
                ]
                if row.cells
                else [],
            )
            for row in (*self.rows, *self.totals)
        ]

    def table(self) -> exports.Table:
        """The same for files."""
        names = self.names or (("what", _("Heading of the statement")),)
        columns = [
            *(exports.Column(key, title, width=_WIDTHS.get(key)) for key, title in names),
            *(
                exports.Column(column.key, column.title, kind=exports.Kind.AMOUNT, dash=True)
                for column in self.columns
            ),
        ]
        title = f"{self.title} – {self.term}" if self.term else self.title
        return exports.Table(
            self.key,
            title,
            columns,
            [self._row(row) for row in self.rows],
            [self._row(row) for row in self.totals],
            self.notes,
        )

    def _row(self, row: SheetRow) -> exports.Row:
        first, *rest = row.texts
        if row.term and first.casefold() not in row.term.casefold():
            first = f"{row.term} – {first}"
        elif row.term:
            first = row.term
        cells = row.cells or (None,) * len(self.columns)
        return exports.Row((first, *rest, *cells), row.level, exports.Role(row.role))
