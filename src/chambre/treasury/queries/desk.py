"""What the pages of cash and cheques show."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum

from chambre.core.errors import NotFound
from chambre.ledger.models import Book
from chambre.treasury.models import CashCount, CashDrawer, Cheque, ChequeSlip
from chambre.treasury.queries.balances import lines_of


def drawers_of(book: Book) -> list[Any]:
    """The drawers of a book, each with what it should hold and its last count."""
    rows: list[Any] = list(CashDrawer.objects.filter(book=book).order_by("id"))
    last = {
        count.drawer_id: count
        for count in CashCount.objects.filter(drawer__in=rows).order_by("number")
    }
    codes = [row.account for row in rows]
    lines = lines_of(book).filter(account__code__in=codes, unit="EUR").order_by()
    sums = dict(lines.values_list("account__code").annotate(total=Sum("amount")))
    for row in rows:
        row.last = last.get(row.pk)
        row.is_open = row.last is not None and row.last.kind == CashCount.Kind.OPENING
        row.held = sums.get(row.account, 0)
    return rows


def drawer_of(book: Book, slug: str) -> Any:
    """A drawer by its short name, as :func:`drawers_of` gives it.

    Raises:
        NotFound: The book has none of it.
    """
    for row in drawers_of(book):
        if row.slug == slug:
            row.book = book
            return row
    raise NotFound


def cash_lines(drawer: CashDrawer) -> QuerySet[Any]:
    """The lines of the book that moved a drawer, the newest first."""
    rows: QuerySet[Any] = lines_of(drawer.book).filter(account__code=drawer.account, unit="EUR")
    return rows.select_related("entry").order_by("-day", "-id")


def cheques_to_pay_in(book: Book) -> QuerySet[Any]:
    """Cheques that are on no slip and did not come back."""
    rows: QuerySet[Any] = Cheque.objects.filter(
        book=book, slip_line__isnull=True, bounced__isnull=True
    )
    return rows.order_by("day", "id")


def slip_of(book: Book, number: int) -> Any:
    """A slip by its number.

    Raises:
        NotFound: The book has none of it.
    """
    row = ChequeSlip.objects.filter(book=book, number=number).select_related("account").first()
    if row is None:
        raise NotFound
    return row


def cheques_on(slip: ChequeSlip) -> list[Any]:
    """The cheques of a slip, in the order in which they were received."""
    rows: QuerySet[Any] = Cheque.objects.filter(slip_line__slip=slip)
    return list(rows.select_related("bounced").order_by("id"))
