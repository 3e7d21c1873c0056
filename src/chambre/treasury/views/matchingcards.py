"""What the matching has to say on the home page of a treasury, and before a month is closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.ledger.models import Book
from chambre.treasury.cards import Check
from chambre.treasury.models import BankRow
from chambre.treasury.queries.matching import waiting_of, why_of

SHOWN = 5


def matching_card(request: HttpRequest, book: Book) -> str:
    """The rows that wait for a person, and why; the oldest first. No card when none waits."""
    rows = waiting_of(book).select_related("note").annotate(total=Window(Count("pk")))[:SHOWN]
    some = list(rows)
    if not some:
        return ""
    context = {
        "structure": book.structure,
        "rows": [(row, why_of(row)) for row in some],
        "count": some[0].total,
    }
    return render_to_string("treasury/matching/_card.html", context, request=request)


def unexplained(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[BankRow]]:
    """The rows of the bank until the end of the month that are not explained."""
    return [waiting_of(book).filter(day__lte=last)]


def say_unexplained(count: int, rows: Any) -> str:
    """How many rows are not matched."""
    if not count:
        return _("Every row of the bank is matched.")
    return ngettext(
        "%(n)d row of the bank is not matched yet.",
        "%(n)d rows of the bank are not matched yet.",
        count,
    ) % {"n": count}


MATCHING_CHECK = Check("matching", unexplained, say_unexplained, "treasury:matching", order=20)
