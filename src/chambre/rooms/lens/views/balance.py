"""Balance sheet, income statement and trial balance of one group, as sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.ui import figures as shown
from chambre.ledger import api as ledger
from chambre.lib import accounting
from chambre.lib.accounting import Column, RowKind
from chambre.lib.consolidation import Group
from chambre.rooms.lens.views.reading import language
from chambre.rooms.lens.views.sheets import (
    HEADING,
    LINE,
    SUBTOTAL,
    TOTAL,
    Behind,
    Sheet,
    SheetColumn,
    SheetRow,
)


@dataclass(frozen=True)
class Reading:
    """The accounts of one group over a period and over its year before.

    Attributes:
        scope: Whose accounts.
        now: The figures of the period.
        before: Those of the year before; none when there was nothing.
        query: What the address of its lines begins with.
    """

    scope: ledger.Scope
    now: ledger.PeriodFigures
    before: ledger.PeriodFigures | None
    query: dict[str, str]

    @cached_property
    def group(self) -> Group:
        """All accounts of the period together."""
        return self.now.whole

    @cached_property
    def earlier(self) -> Group | None:
        """Those of the year before."""
        return self.before.whole if self.before else None

    @cached_property
    def layout(self) -> accounting.Layout:
        """The models: those of associations as soon as one of the books is an association's."""
        books = {book for each in (self.now, self.before) if each for book, _r in each.cells}
        known = books or set(self.scope.books)
        opening = max(self.scope.opening_of(book, self.now.last) for book in known)
        return accounting.layout_of((self.scope.books[book].chart for book in known), opening)

    @cached_property
    def balance_sheet(self) -> accounting.BalanceSheet:
        """What it owns and owes, the year before beside it."""
        return accounting.balance_sheet(
            self.layout, self._mixed(self.now, Group.closings), self._past(Group.closings)
        )

    @cached_property
    def income_statement(self) -> accounting.IncomeStatement:
        """What it received and spent, the year before beside it."""
        return accounting.income_statement(
            self.layout, self._mixed(self.now, Group.movements), self._past(Group.movements)
        )

    @cached_property
    def cash(self) -> list[ledger.Cash]:
        """Cash of the period, and of the year before when there was anything."""
        periods = [each for each in (self.now, self.before) if each]
        openings = [
            {a: figures.opening for a, figures in each.whole.accounts.items()} for each in periods
        ]
        return self.scope.cash([(each.first, each.last) for each in periods], openings)

    @cached_property
    def labels(self) -> dict[str, str]:
        """A label for every account."""
        codes = {*self.group.accounts, *(self.earlier.accounts if self.earlier else ())}
        for cash in self.cash:
            codes |= {part.account for each in cash.flow.flows for part in each.parts}
        return self.scope.labels(codes)

    def address(self, account: str) -> str:
        """Where the lines of an account are."""
        return f"{reverse('lens:lines')}?{urlencode({**self.query, 'account': account})}"

    def behind(self, account: str, amount: int) -> Behind:
        """An account behind a figure."""
        code = accounting.bare(account)
        label = self.labels.get(code) or accounting.account_label(
            account, self.layout.kind, self.now.last, language()
        )
        return Behind(code, label, amount, self.address(code))

    def _mixed(
        self, figures: ledger.PeriodFigures, of: Callable[[Group], dict[str, int]]
    ) -> dict[str, int]:
        """Balances of all books for the layout."""
        rows = [
            (self.scope.books[book].chart, self.scope.opening_of(book, figures.last), of(group))
            for book, group in figures.by_book.items()
        ]
        return accounting.mixed(self.layout, rows)

    def _past(self, of: Callable[[Group], dict[str, int]]) -> dict[str, int] | None:
        """Those of the year before, if there is any."""
        return self._mixed(self.before, of) if self.before else None


# Balance sheet and income statement --------------------------------------------------------------


def statement_sheets(reading: Reading) -> list[Sheet]:
    """Balance sheet in two parts, income statement, contributions in kind."""
    sheet, income = reading.balance_sheet, reading.income_statement
    rows = (
        ("assets", _("What it owns"), _("Balance sheet, assets"), sheet, ("assets",)),
        (
            "liabilities",
            _("What it owes, and what it was given for good"),
            _("Balance sheet, liabilities"),
            sheet,
            ("liabilities",),
        ),
        (
            "income",
            _("What it receives and spends"),
            _("Income statement"),
            income,
            ("income", "expenses", "results"),
        ),
        (
            "in_kind",
            _("What it was given in time and in kind"),
            _("Contributions in kind"),
            income,
            ("memo_received", "memo_used", "outside"),
        ),
    )
    found = []
    for key, title, term, source, sections in rows:
        kept = [row for row in source.visible() if row.section in sections]
        if any(row.net or row.previous or row.parts for row in kept):
            found.append(_statement(reading, key, title, term, kept))
    return found


def _statement(
    reading: Reading, key: str, title: str, term: str, rows: Sequence[accounting.Row]
) -> Sheet:
    """Some rows of a statement as a sheet."""
    gross = key == "assets" and any(row.allowance for row in rows)
    return Sheet(
        key,
        title,
        _columns(reading, key, gross),
        [_row(reading, row, gross) for row in rows],
        term=term,
    )


def _columns(reading: Reading, key: str, gross: bool) -> tuple[SheetColumn, ...]:
    """Headings: a day for what stands, a year for what moved."""
    stands = key in ("assets", "liabilities")
    columns = []
    if gross:
        columns += [
            SheetColumn("gross", _("Gross"), detail=True),
            SheetColumn("allowance", _("Depreciation"), detail=True),
        ]
    name = period_name(reading.now, stands)
    columns.append(SheetColumn("net", _("Net, %(day)s") % {"day": name} if gross else name))
    if reading.before:
        columns += [
            SheetColumn("previous", period_name(reading.before, stands)),
            SheetColumn("change", _("Variation"), detail=True),
        ]
    return tuple(columns)


def period_name(figures: ledger.PeriodFigures, stands: bool) -> str:
    """A day for what stands; a year, or two days, for what moved."""
    first, last = figures.first, figures.last
    if stands:
        return shown.day(last, "short")
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    return f"{shown.day(first, 'short')} – {shown.day(last, 'short')}"


def _row(reading: Reading, row: accounting.Row, gross: bool) -> SheetRow:
    """One row of a statement."""
    spoken = language()
    term = row.label.get(spoken)
    plain = row.plain.get(spoken) or term
    if row.kind is RowKind.HEADING:
        return SheetRow((plain,), term=term, level=row.level, role=HEADING)
    cells: list[int | None] = [row.gross, row.allowance] if gross else []
    cells.append(row.net)
    if reading.before:
        cells += [row.previous or 0, row.net - (row.previous or 0)]
    role = LINE
    if row.kind is RowKind.TOTAL:
        role = TOTAL if row.level == 0 else SUBTOTAL
    parts = row.parts if row.kind is RowKind.LINE else ()
    behind = tuple(
        reading.behind(
            part.account, -part.amount if part.column is Column.ALLOWANCE else part.amount
        )
        for part in parts
    )
    address = "#income" if row.kind is RowKind.RESULT and row.key == "result" else ""
    return SheetRow((plain,), tuple(cells), term, row.level, role, behind, address)


# Trial balance -------------------------------------------------------------------------------


def trial_sheet(reading: Reading) -> Sheet:
    """Account by account: what stood, what moved, what stands."""
    listed = reading.group.listed()
    rows = [
        SheetRow(
            (each.account, reading.labels.get(each.account, "")),
            (each.opening, each.debit, each.credit, each.closing),
            address=reading.address(each.account),
        )
        for each in listed
    ]
    sums = tuple(
        sum(getattr(each, key) for each in listed)
        for key in ("opening", "debit", "credit", "closing")
    )
    return Sheet(
        "trial",
        _("Account by account"),
        (
            SheetColumn("opening", _("Opening")),
            SheetColumn("debit", _("Debit")),
            SheetColumn("credit", _("Credit")),
            SheetColumn("closing", _("Closing")),
        ),
        rows,
        term=_("Trial balance"),
        names=(("account", _("Account")), ("label", _("Label"))),
        totals=[SheetRow((_("Together"), ""), sums, role=TOTAL)] if rows else (),
    )


def year_before(scope: ledger.Scope, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The period to set beside another."""
    years = [accounting.FinancialYear(year.start, year.end) for year in scope.exercises]
    return accounting.year_before(first, last, years)
