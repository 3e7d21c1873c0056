"""How long things take: from the issue until ready again, and at each place in each state."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from chambre.rooms.deposit.models import Contract, Item, ItemType, Move, Scheme

_YEAR = dt.timedelta(days=366)
READY = Q(state=Item.State.ACTIVE) | Q(state=Item.State.RETURNED, item__type__wash=False)
"""Steps after which an object may be issued again."""


def moments(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The beginning of a first day and the end of a last one, as moments here."""
    return (
        timezone.make_aware(dt.datetime.combine(first, dt.time())),
        timezone.make_aware(dt.datetime.combine(last, dt.time.max)),
    )


def cycles(scheme: Scheme, first: dt.date, last: dt.date) -> dict[int, dict[int, int]]:
    """Days from the issue of an object until it was ready again, of cycles that ended in a period.

    What is only counted has no cycle. Issues more than a year before the period are left out, and so
    are those that were taken back as a mistake.

    Returns:
        By type: how many cycles took so many days.
    """
    begin, end = moments(first - _YEAR, last)
    ready = Move.objects.filter(READY, item=OuterRef("item"), number__gt=OuterRef("number"))
    rows = (
        Move.objects.filter(
            kind=Move.Kind.ISSUED, item__scheme=scheme, happened_at__range=(begin, end)
        )
        .exclude(contract__state=Contract.State.VOID)
        .annotate(
            ready=Subquery(ready.order_by("number").values("happened_at")[:1]),
            kind_of=F("item__type"),
        )
        .filter(ready__range=moments(first, last))
        .order_by()
        .values_list("kind_of", TruncDate("happened_at"), TruncDate("ready"))
        .annotate(many=Count("pk"))
    )
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for kind, out, back, many in rows:
        found[kind][max((back - out).days, 0)] += many
    return {kind: dict(times) for kind, times in found.items()}


_STAYS = """
WITH steps AS (
    SELECT m.item_id, m.number, m.place_id, m.state, m.happened_at,
           LAG(m.state) OVER life AS state_before, LAG(m.place_id) OVER life AS place_before
      FROM {move} m JOIN {item} i ON i.id = m.item_id
     WHERE i.scheme_id = %s
    WINDOW life AS (PARTITION BY m.item_id ORDER BY m.number)
), stays AS (
    SELECT place_id, state, happened_at AS since,
           LEAD(happened_at) OVER (PARTITION BY item_id ORDER BY number) AS ended
      FROM steps
     WHERE state_before IS NULL OR state_before <> state
        OR COALESCE(place_before, 0) <> COALESCE(place_id, 0)
)
SELECT place_id, state, {hours} AS hours, COUNT(*)
  FROM stays WHERE ended BETWEEN %s AND %s
 GROUP BY place_id, state, hours
"""
_HOURS = {
    "postgresql": "FLOOR(EXTRACT(EPOCH FROM ended - since) / 3600)::bigint",
    "sqlite": "(CAST(strftime('%%s', ended) AS INTEGER) - CAST(strftime('%%s', since) AS INTEGER))"
    " / 3600",
}

Dwells = dict[tuple[int | None, str], dict[int, int]]


def dwells(scheme: Scheme, first: dt.date, last: dt.date) -> Dwells:
    """Whole hours that objects stayed at a place in a state, of stays that ended in a period.

    A scan that changes neither place nor state does not end a stay. Of an object with somebody, the
    place is the one that issued it.

    Returns:
        By place (None: nobody knows) and state: how many stays took so many hours.
    """
    quote = connection.ops.quote_name
    sql = _STAYS.format(
        move=quote(Move._meta.db_table),
        item=quote(Item._meta.db_table),
        hours=_HOURS["postgresql" if connection.vendor == "postgresql" else "sqlite"],
    )
    adapt = connection.ops.adapt_datetimefield_value
    begin, end = moments(first, last)
    found: Dwells = defaultdict(lambda: defaultdict(int))
    with connection.cursor() as cursor:
        cursor.execute(sql, [scheme.pk, adapt(begin), adapt(end)])
        for place, state, hours, many in cursor.fetchall():
            found[place, state][max(hours, 0)] += many
    return {key: dict(times) for key, times in found.items()}


def names_of_types(scheme: Scheme) -> dict[int, str]:
    """The types of a scheme by id."""
    return dict(ItemType.objects.filter(scheme=scheme).values_list("pk", "name"))
