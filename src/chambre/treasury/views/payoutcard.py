"""Payouts and collections on the treasury's home page and in the list that closes a month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.ledger.models import Book
from chambre.lib.orderstates import State
from chambre.treasury.cards import Check
from chambre.treasury.queries.orders import WAITING, collections_of, figures, going_out, overdue


def goes_out(request: HttpRequest, book: Book) -> str:
    """What goes out and who must still agree; empty when nothing is going out."""
    rows = going_out(book)
    if not rows:
        return ""
    waiting = [row for row in rows if row.state in WAITING][:5]
    context = {"structure": book.structure, "figures": figures(rows), "waiting": waiting}
    return render_to_string("treasury/payouts/_card.html", context, request)


def is_drawn(request: HttpRequest, book: Book) -> str:
    """What is to be announced and drawn; empty when nothing is."""
    states = (State.PLANNED, State.ANNOUNCED, State.SENT)
    found = collections_of(book).prefetch_related(None)  # the card says no account
    rows = list(found.filter(state__in=states).order_by("due_on", "id")[:5])
    if not rows:
        return ""
    context = {"structure": book.structure, "rows": rows}
    return render_to_string("treasury/collections/_card.html", context, request)


def lost(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[Any]]:
    """What the bank was to do by the end of a month and is not on the statement."""
    return overdue(book, last)


def say_lost(count: int, rows: Any) -> str:
    """How many payments are not on the statement."""
    if not count:
        return _("Everything that was given to the bank is on the statement.")
    return ngettext(
        "%(count)d payment was given to the bank and is not on the statement.",
        "%(count)d payments were given to the bank and are not on the statement.",
        count,
    ) % {"count": count}


ORDERS_CHECK = Check("orders", lost, say_lost, "treasury:payouts", order=40)
