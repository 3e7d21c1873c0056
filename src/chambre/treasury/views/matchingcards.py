"""What the matching has to say on the home page of a treasury, and before a month is closed."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Window
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.ledger.models import Book
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


def matching_check(book: Book, first: dt.date, last: dt.date) -> tuple[bool, str, str]:
    """Whether every row of the bank until the end of the month is explained."""
    waiting = waiting_of(book).filter(day__lte=last).count()
    url = reverse("treasury:matching", args=[book.structure.slug])
    if not waiting:
        return True, _("Every row of the bank is matched."), url
    words = ngettext(
        "%(n)d row of the bank is not matched yet.",
        "%(n)d rows of the bank are not matched yet.",
        waiting,
    )
    return False, words % {"n": waiting}, url
