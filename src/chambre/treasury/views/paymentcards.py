"""What payments have to say on the home page of a treasury, and before a month is closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.cards import Check
from chambre.treasury.models import Refund
from chambre.treasury.queries.payments import late_first


def payments_card(request: HttpRequest, book: Book) -> str:
    """What people still owe of what they were asked for, and what is late."""
    rows = late_first(book, registry.today())[:5]
    if not rows:
        return ""
    context = {
        "structure": book.structure,
        "first": rows[0],
        "late": [row for row in rows if row.is_late],
        "late_count": rows[0].late_count,
    }
    return render_to_string("treasury/payments/_card.html", context, request=request)


def refunds_left(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[Refund]]:
    """The refunds that were asked for by the end of the month and are not made."""
    return [
        Refund.objects.filter(
            payment__book=book, stage__in=["asked", "sent"], created_at__date__lte=last
        )
    ]


def say_refunds(count: int, rows: Any) -> str:
    """How many refunds are not made."""
    if not count:
        return _("Every refund is made.")
    return ngettext("%(n)d refund is not made yet.", "%(n)d refunds are not made yet.", count) % {
        "n": count
    }


PAYMENTS_CHECK = Check("payments", refunds_left, say_refunds, "treasury:payments", order=30)
