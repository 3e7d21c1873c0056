"""What the desk has to say before a month is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.ledger.models import Book
from chambre.treasury.cards import Check
from chambre.treasury.models import CashCount, CashDrawer, Cheque
from chambre.treasury.queries.desk import cheques_to_pay_in


def cheques_left(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[Cheque]]:
    """The cheques that were received by the end of a month and are on no slip."""
    return [cheques_to_pay_in(book).filter(day__lte=last)]


def say_cheques(count: int, rows: Any) -> str:
    """How many cheques wait to be paid in."""
    if not count:
        return _("Every cheque that was received is paid in.")
    return ngettext(
        "%(count)d cheque waits to be paid in.", "%(count)d cheques wait to be paid in.", count
    ) % {"count": count}


def drawers_left(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[CashDrawer]]:
    """The drawers that were opened and not yet counted and closed."""
    newest = CashCount.objects.filter(drawer=OuterRef("pk")).order_by("-number")
    rows = CashDrawer.objects.filter(book=book).order_by("id")
    return [rows.alias(kind=Subquery(newest.values("kind")[:1])).filter(kind="opening")]


def say_drawers(count: int, rows: Sequence[QuerySet[CashDrawer]]) -> str:
    """Which drawers are still open."""
    if not count:
        return _("Every drawer is counted and closed.")
    return _("Still open: %(names)s.") % {"names": ", ".join(each.name for each in rows[0])}


CHEQUES_CHECK = Check("cheques", cheques_left, say_cheques, "treasury:cheques", order=50)
DRAWERS_CHECK = Check("drawers", drawers_left, say_drawers, "treasury:cash", order=51)
