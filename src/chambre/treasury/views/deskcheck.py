"""What the desk has to say before a month is closed."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.ledger.models import Book
from chambre.treasury.queries.desk import cheques_to_pay_in, drawers_of


def cheques_paid_in(book: Book, first: dt.date, last: dt.date) -> tuple[bool, str, str]:
    """Whether every cheque that was received by the end of a month is on a slip."""
    address = reverse("treasury:cheques", args=[book.structure.slug])
    if not (count := cheques_to_pay_in(book).filter(day__lte=last).count()):
        return True, _("Every cheque that was received is paid in."), address
    words = ngettext(
        "%(count)d cheque waits to be paid in.", "%(count)d cheques wait to be paid in.", count
    ) % {"count": count}
    return False, words, address


def drawers_closed(book: Book, first: dt.date, last: dt.date) -> tuple[bool, str, str]:
    """Whether every drawer was counted and closed."""
    address = reverse("treasury:cash", args=[book.structure.slug])
    if not (names := [row.name for row in drawers_of(book) if row.is_open]):
        return True, _("Every drawer is counted and closed."), address
    return False, _("Still open: %(names)s.") % {"names": ", ".join(names)}, address
