"""Closing a financial year: shown first, then done, and never undone.

For each cell (resource, unit) of the book a closing entry on the last day empties classes 6 to 9
(``kind = closing``: statements and exports leave it out), and an opening entry on the next day
carries its balances over, with what is known of third parties; the result of all cells goes to
one account, 120 or 129. When the next year brought opening entries of its own (an imported
export), none are made: its own are compared with what this year leaves, account by account, and
the closing is refused when they differ, unless whoever closes accepts the differences, which the
audit trail then keeps. When such openings come later, those made here are withdrawn in the same
transaction (:mod:`chambre.ledger.applets.recording`), so openings are never doubled.

A closed year takes nothing more, whoever asks the database; a correction goes in the open year.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.ledger.applets import carrying
from chambre.ledger.applets.admission import Books
from chambre.ledger.applets.books import accounts, financial_year, journals
from chambre.ledger.applets.carrying import APART, INCOME, Balances, Cell, Chart, Position
from chambre.ledger.applets.closingdata import (
    CellClosing,
    CloseReport,
    ClosingFinding,
    ClosingPreview,
    OpeningDifference,
)
from chambre.ledger.applets.drafts import EntryDraft, LineDraft
from chambre.ledger.applets.errors import CannotClose, OpeningDiffers
from chambre.ledger.applets.linking import links_of
from chambre.ledger.applets.posting import Posting
from chambre.ledger.applets.recording import CLOSING_SOURCE
from chambre.ledger.models import Book, FinancialYear, YearClosing
from chambre.lib.accounting import years as lib
from chambre.lib.accounting.natures import Nature

BLOCKING = frozenset({"unbalanced", "memo_unbalanced", "earlier-open", "not-over"})
"""Findings with which a year is not closed."""
_LABELS = {"120": "Résultat de l'exercice (excédent ou bénéfice)"}
_LOSS = "Résultat de l'exercice (déficit ou perte)"


class _Closing:
    """The figures of one closing, read once."""

    def __init__(self, book: Book, year: FinancialYear, *, writes: bool) -> None:
        self.book, self.year = book, year
        self.years = list(
            FinancialYear.objects.filter(book=book, start__lte=year.start).order_by("start")
        )
        self.chart = Chart.of(book)
        self.next_day = year.end + dt.timedelta(days=1)
        self.ids = self._with_result_accounts(writes)
        self.balances = carrying.balances_at_end(book, self.years, self.chart, self.ids)
        self.openings = self._next_openings()
        self.opens = not any(any(amounts.values()) for amounts in self.openings.values())
        self.results = {unit: self._result_account(unit) for unit in self._units()}
        self.carried = carrying.carry(self.chart, self.balances, self.results)

    def _with_result_accounts(self, writes: bool) -> dict[str, int]:
        """Account ids by code, with those that take results over.

        Where nothing is written, those that the book does not have are stood in for.
        """
        profit, loss = self.chart.code_for("120"), self.chart.code_for("129")
        ids = {code: pk for pk, code in self.chart.codes.items()}
        labels = {profit: _LABELS["120"], loss: _LOSS}
        missing = {code: label for code, label in labels.items() if code not in ids}
        if missing and writes:
            ids |= accounts(self.book, missing)
        else:
            ids |= {code: -number for number, code in enumerate(missing, 1)}
        self.chart = Chart.from_codes({pk: code for code, pk in ids.items()})
        return ids

    def _next_openings(self) -> Balances:
        """The openings that the next year has, by cell."""
        following = FinancialYear.objects.filter(book=self.book, start__gt=self.year.start)
        later = following.order_by("start").first()
        last = later.end if later is not None else self.next_day
        return carrying.movements(self.book, self.next_day, last).openings

    def _units(self) -> list[str]:
        return sorted(carrying.units_of(self.balances, self.openings))

    def _result_account(self, unit: str) -> int:
        """Id of the account that takes the result of a unit over."""
        result = carrying.result_of(self.chart, carrying.in_unit(self.balances, unit))
        openings = carrying.in_unit(self.openings, unit)
        return self.ids[carrying.result_code(self.chart, result, openings)]

    def differences(self) -> tuple[OpeningDifference, ...]:
        """Where the next year's own openings differ from what is carried over."""
        if self.opens:
            return ()
        expected = self.chart.by_code(self.carried.values())
        found = self.chart.by_code(self.openings.values())
        return tuple(
            OpeningDifference(code, expected.get(code, 0), found.get(code, 0))
            for code in sorted(expected.keys() | found.keys())
            if expected.get(code, 0) != found.get(code, 0)
        )

    def cells(self) -> tuple[CellClosing, ...]:
        """The figures cell by cell."""
        rows = []
        for cell in sorted(self.balances, key=lambda c: (c.resource or 0, c.unit)):
            sums = Counter(
                {
                    kind: sum(
                        amount
                        for position, amount in self.balances[cell].items()
                        if self.chart.natures[position.account] is kind
                    )
                    for kind in INCOME
                }
            )
            opening = self.chart.by_code([self.carried[cell]])
            rows.append(
                CellClosing(
                    cell.resource,
                    cell.unit,
                    income=-sums[Nature.INCOME],
                    expenses=sums[Nature.EXPENSE],
                    opening=tuple(opening.items()),
                )
            )
        return tuple(rows)

    def findings(self) -> tuple[ClosingFinding, ...]:
        """What to look at: the library's checks on the book as a whole, and the order of years."""
        found = list(self._own_findings())
        for unit in self._units():
            balances = self.chart.by_code(carrying.in_unit(self.balances, unit))
            closing = lib.closing(balances, lib.FinancialYear(self.year.start, self.year.end))
            found += [
                ClosingFinding(
                    finding.code,
                    finding.message.get(get_language() or "fr"),
                    finding.accounts,
                    finding.code in BLOCKING,
                )
                for finding in closing.findings
            ]
        return tuple(found)

    def _own_findings(self) -> Iterator[ClosingFinding]:
        if any(year.closed_at is None for year in self.years[:-1]):
            yield ClosingFinding("earlier-open", _("An earlier year is still open."), (), True)
        if self.year.end >= timezone.localdate():
            yield ClosingFinding("not-over", _("The year is not over yet."), (), True)

    def drafts(self) -> Iterator[EntryDraft]:
        """The closing entries, then the opening entries."""
        books = journals(self.book, {"CLO": "Clôture", "AN": "À-nouveaux"})
        source = f"{CLOSING_SOURCE}{self.year.pk}"
        order = sorted(self.balances, key=lambda c: (c.resource or 0, c.unit))
        for cell in order:
            lines = self._closing_lines(cell)
            if lines:
                yield EntryDraft(
                    self.book.pk, books["CLO"], self.year.end, lines, self._key("closing", cell),
                    kind="closing", label=f"Clôture {self.year.end:%d/%m/%Y}", source=source,
                )  # fmt: skip
        for cell in order if self.opens else ():
            lines = self._opening_lines(cell)
            if lines:
                yield EntryDraft(
                    self.book.pk, books["AN"], self.next_day, lines, self._key("opening", cell),
                    kind="opening", label=f"À nouveau {self.next_day:%d/%m/%Y}", source=source,
                )  # fmt: skip

    def _key(self, what: str, cell: Cell) -> str:
        return f"{what}:{self.book.pk}:{self.year.start}:{cell.resource or 0}:{cell.unit}"

    def _closing_lines(self, cell: Cell) -> list[LineDraft]:
        """Empty classes 6 and 7 into the result, classes 8 and 9 among themselves."""
        lines: list[LineDraft] = []
        left: Counter[int] = Counter()
        link = links_of(self.book).main
        for position, amount in sorted(self.balances[cell].items(), key=_order):
            kind = self.chart.natures[position.account]
            if amount and kind in INCOME | APART:
                lines.append(self._line(position, cell, -amount, self.year.end))
                # What crosses to another cell half in class 8 went through the first link account.
                left[self.results[cell.unit] if kind in INCOME else link] += amount
        for account, amount in left.items():
            if amount:
                lines.append(self._line(Position(account, None), cell, amount, self.year.end))
        return lines

    def _opening_lines(self, cell: Cell) -> list[LineDraft]:
        """The balances that the cell hands over."""
        lines = [
            self._line(position, cell, amount, self.next_day)
            for position, amount in sorted(self.carried[cell].items(), key=_order)
        ]
        left = -sum(line.amount for line in lines)
        if left:  # classes 8 and 9 of the cell do not cancel: see _closing_lines
            link = Position(links_of(self.book).main, None)
            lines.append(self._line(link, cell, left, self.next_day))
        return lines

    def _line(self, position: Position, cell: Cell, amount: int, day: dt.date) -> LineDraft:
        return LineDraft(
            position.account, cell.resource, cell.unit, amount, "D" if amount > 0 else "C", day,
            auxiliary=position.auxiliary,
        )  # fmt: skip


def _order(item: tuple[Position, int]) -> tuple[int, int]:
    return item[0].account, item[0].auxiliary or 0


def preview_close(*, book: Book, year: FinancialYear, by: Actor) -> ClosingPreview:
    """What closing a year would do; nothing is written.

    Raises:
        Forbidden: ``by`` does not answer for the book.
    """
    authorize(by, "ledger.close_year", book)
    return _preview(_Closing(book, year, writes=False))


def _preview(closing: _Closing) -> ClosingPreview:
    return ClosingPreview(
        closing.year, closing.cells(), closing.findings(), closing.opens, closing.differences()
    )


@transaction.atomic
def close_year(
    *, book: Book, year: FinancialYear, by: Actor, accept_differences: bool = False
) -> CloseReport:
    """Close a financial year for ever, and carry its balances over, resource by resource.

    Args:
        book: The book.
        year: The year; it is over, and those before it are closed.
        by: Who closes.
        accept_differences: Close although the next year's own openings differ from what this one
            leaves; the differences are kept in the audit trail.

    Returns:
        What was posted; ``already`` when the year was closed before.

    Raises:
        Forbidden: ``by`` does not answer for the book.
        CannotClose: ``data["findings"]`` says why.
        OpeningDiffers: The next year has openings of its own, which differ.
    """
    authorize(by, "ledger.close_year", book)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # whoever is posting finishes, nobody starts
            cursor.execute("LOCK TABLE ledger_journalentry IN SHARE ROW EXCLUSIVE MODE")
    year = FinancialYear.objects.select_for_update(no_key=True).get(pk=year.pk, book=book)
    if year.closed_at is not None:
        return CloseReport(year, already=True)
    closing = _Closing(book, year, writes=True)
    preview = _preview(closing)
    _refuse(preview, accept_differences)
    posting = Posting(Books(by, "ledger.close_year", book))
    drafts = list(closing.drafts())
    if drafts:
        posting.one_of_many(drafts)
    year.closed_at = timezone.now()
    year.save(update_fields=["closed_at"])
    differences = [difference.as_data() for difference in preview.differences]
    YearClosing.objects.create(
        year=year, start=year.start, end=year.end, closed_at=year.closed_at, differences=differences
    )
    _open_next(closing, by)
    audit(
        by,
        "ledger.year.closed",
        year,
        book=book.pk,
        result=preview.result,
        entries=posting.report.entries,
        differences=differences,
    )
    return CloseReport(year, posting.report.entries, preview.result)


def _refuse(preview: ClosingPreview, accept_differences: bool) -> None:
    """Stop when the year cannot be closed."""
    blocking = [finding for finding in preview.findings if finding.blocking]
    if blocking:
        raise CannotClose(
            " ".join(finding.message for finding in blocking),
            findings=[
                {"code": each.code, "message": each.message, "accounts": list(each.accounts)}
                for each in blocking
            ],
        )
    if preview.differences and not accept_differences:
        raise OpeningDiffers(accounts=[difference.as_data() for difference in preview.differences])


def _open_next(closing: _Closing, by: Actor) -> None:
    """The year after is there, as long as the one that closed."""
    start = closing.next_day
    years = FinancialYear.objects.filter(book=closing.book)
    if years.filter(start__lte=start, end__gte=start).exists():
        return
    end = _a_year_later(start) - dt.timedelta(days=1)
    later = years.filter(start__gt=start).order_by("start").first()
    if later is not None:
        end = min(end, later.start - dt.timedelta(days=1))
    if end > start:
        financial_year(book=closing.book, start=start, end=end, by=by)


def _a_year_later(day: dt.date) -> dt.date:
    """The same day of the next year; 1 March after a 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return dt.date(day.year + 1, 3, 1)
