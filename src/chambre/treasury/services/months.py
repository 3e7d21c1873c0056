"""Closing a month: a person says that it is done; from then on the treasury books nothing in it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.models import MonthMark
from chambre.treasury.queries.months import figures_of, is_closed, last_day, mark_of, month_of


class MonthClosed(Conflict):
    """The month is closed in the treasury; somebody who answers for the money can open it again."""

    code = "treasury.month-closed"
    default_message = _(
        "This month is closed in the treasury. Open it again to book something in it."
    )


class MonthNotOver(Conflict):
    """A month is closed when it is over."""

    code = "treasury.month-not-over"
    default_message = _("This month is not over yet.")


def refuse_closed(book: Book, day: dt.date) -> None:
    """Stop here when the month of a day is closed.

    Raises:
        MonthClosed: It is; ``data["month"]`` says which.
    """
    if is_closed(book, day):
        raise MonthClosed(month=f"{day:%Y-%m}")


@transaction.atomic
def close_month(*, book: Book, month: dt.date, by: Actor, note: str = "") -> MonthMark:
    """Close a month of a structure's treasury; the mark that is there when it is closed.

    Args:
        book: Whose month.
        month: Any day of it.
        by: Who closes it.
        note: What whoever reads it later should know, at most 254 characters.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        MonthNotOver: Its last day is not over.
    """
    authorize(by, "treasury.manage", book)
    month = month_of(month)
    if last_day(month) >= registry.today():
        raise MonthNotOver(month=f"{month:%Y-%m}")
    Book.objects.select_for_update().get(pk=book.pk)
    mark = mark_of(book, month)
    if mark is not None and mark.closed:
        return mark
    mark = MonthMark.objects.create(
        book=book,
        month=month,
        closed=True,
        figures=figures_of(book, month),
        note=note.strip()[:254],
        by=by.label[:254],
    )
    audit(by, "treasury.month.closed", mark, month=f"{month:%Y-%m}")
    return mark


@transaction.atomic
def open_month(*, book: Book, month: dt.date, by: Actor, note: str = "") -> MonthMark | None:
    """Open a closed month again; nothing happens when it is open.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
    """
    authorize(by, "treasury.manage", book)
    month = month_of(month)
    Book.objects.select_for_update().get(pk=book.pk)
    mark = mark_of(book, month)
    if mark is None or not mark.closed:
        return mark
    mark = MonthMark.objects.create(
        book=book, month=month, closed=False, note=note.strip()[:254], by=by.label[:254]
    )
    audit(by, "treasury.month.opened", mark, month=f"{month:%Y-%m}")
    return mark
