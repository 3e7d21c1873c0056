"""What was asked for and not done: scans that were refused, or that people look at."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from chambre.lib.deposits import Outcome
from chambre.rooms.deposit.models import Act, Scheme


def not_done_by_reason(scheme: Scheme, first: dt.date, last: dt.date) -> dict[str, int]:
    """Issues and returns of a period that moved no money, by the reason that was told.

    An act of many codes counts once, and only when it did nothing for any of them.
    """
    rows = Act.objects.filter(
        scheme=scheme,
        kind__in=[Act.Kind.ISSUE, Act.Kind.RETURN],
        at__date__range=(first, last),
        total=0,
        answer__outcome__in=[Outcome.REFUSED.value, Outcome.CASE.value, Outcome.ALREADY.value],
    )
    told = rows.order_by().annotate(why=KeyTextTransform("reason", "answer")).values_list("why")
    return dict(told.annotate(many=Count("pk")))
