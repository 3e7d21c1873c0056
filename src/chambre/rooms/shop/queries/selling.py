"""Figures of what was sold: handed over, by product, category, producer, month, place, resource."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from chambre.ledger.models import Line
from chambre.lib.orderstates import State
from chambre.registry.models import Resource
from chambre.rooms.shop.models import LineCredit, Order, OrderLine, Producer, Shop, StockMove
from chambre.treasury.queries.orders import payouts_of

OWED = "467500"
"""Account of what is owed to other producers."""
UNDER_WAY = (State.ASKED, State.HALF, State.AGREED, State.SENT)
"""Payouts in these states are not in the books yet."""


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold of something in a period.

    Attributes:
        name: Of what, or where, or by whom.
        pieces: Pieces given.
        grams: Weighed grams of what is sold by weight.
        cents: Price with VAT, after reductions.
        lines: How many lines of orders.
    """

    name: str
    pieces: int
    grams: int
    cents: int
    lines: int


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def sold(shop: Shop, first: dt.date, last: dt.date) -> QuerySet[OrderLine]:
    """Lines of orders that were handed over on these days."""
    return OrderLine.objects.filter(
        order__shop=shop, order__state=Order.State.HANDED, order__handed_at__gte=_start(first),
        order__handed_at__lt=_start(last + dt.timedelta(days=1)),
    )  # fmt: skip


AXES = {
    "produit": "variant__product__name",
    "categorie": "variant__product__categories__name",
    "producteur": "producer__name",
    "lieu": "order__distribution__place__name",
}
"""By what sales are read, as addresses name it; a product with two categories is in both."""


def sales(shop: Shop, first: dt.date, last: dt.date, axis: str) -> list[Sales]:
    """Sales by one of :data:`AXES`, the most first."""
    field = AXES[axis]
    rows = _summed(sold(shop, first, last).order_by().values(what=F(field)))
    found = [_sales(str(row["what"] or ""), row) for row in rows]
    return sorted(found, key=lambda each: (-each.cents, each.name))


_CREDITED = (
    LineCredit.objects.filter(line=OuterRef("pk"))
    .order_by()
    .values("line")
    .annotate(sum=Sum("amount"))
    .values("sum")
)
NET = F("gross") - F("reduction") - Coalesce(Subquery(_CREDITED), 0)
"""What a line brought in, in cents: less its reduction and what was credited of it afterwards."""


def _summed(rows: Any) -> Any:
    return rows.annotate(
        pieces=Sum(Coalesce("given", "quantity")), grams_=Coalesce(Sum("grams"), 0),
        cents=Sum(NET), many=Count("pk"),
    )  # fmt: skip


def _sales(name: str, row: dict[str, Any]) -> Sales:
    return Sales(name, row["pieces"], row["grams_"], row["cents"], row["many"])


def sales_by_month(rows: QuerySet[OrderLine]) -> list[tuple[dt.date, Sales]]:
    """Lines by the month in which they were handed over, the oldest first."""
    months = rows.order_by().annotate(month=TruncMonth("order__handed_at")).values("month")
    return [
        (timezone.localtime(row["month"]).date(), _sales("", row))
        for row in _summed(months).order_by("month")
    ]


def by_season(
    shop: Shop, first: dt.date, last: dt.date, names: tuple[str, str, str, str]
) -> list[Sales]:
    """Sales by season of the year, from winter on; December belongs to winter.

    Args:
        shop: Whose.
        first: First day.
        last: Last day.
        names: What winter, spring, summer and autumn are called.
    """
    sums = [[0, 0, 0, 0] for _season in names]
    for month, each in sales_by_month(sold(shop, first, last)):
        for place, part in enumerate((each.pieces, each.grams, each.cents, each.lines)):
            sums[month.month % 12 // 3][place] += part
    return [Sales(name, *parts) for name, parts in zip(names, sums, strict=True) if parts[3]]


def lost(shop: Shop, first: dt.date, last: dt.date) -> dict[str, int]:
    """Pieces that were spoiled or lost, by product."""
    rows = StockMove.objects.filter(
        stock__variant__product__shop=shop, kind=StockMove.Kind.LOSS, at__gte=_start(first),
        at__lt=_start(last + dt.timedelta(days=1)),
    )  # fmt: skip
    sums = rows.order_by().values_list("stock__variant__product__name")
    return {name: -many for name, many in sums.annotate(many=Sum("quantity"))}


def sold_for(resource: Resource) -> QuerySet[OrderLine]:
    """Lines of handed-over orders that feed a resource, of the shop's own producers."""
    return OrderLine.objects.filter(
        resource=resource, order__state=Order.State.HANDED, producer__party__isnull=True
    )


def shops_feeding(resource: Resource) -> list[tuple[str, str, int]]:
    """The shops whose sales feed a resource: name, short name, cents."""
    rows = sold_for(resource).order_by().values_list("order__shop__name", "order__shop__slug")
    sums = rows.annotate(cents=Sum(NET))
    return sorted(sums, key=lambda row: (-row[2], row[0]))


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed to a producer, in cents; ``under_way`` was asked for and not paid yet."""

    producer: Producer
    owed: int
    under_way: int

    @property
    def open(self) -> int:
        """What can still be paid out."""
        return max(self.owed - self.under_way, 0)


def owed_to(shop: Shop) -> list[Due]:
    """What the books say is owed to each producer who does not sell for the shop itself."""
    rows = list(shop.producers.filter(party__isnull=False).select_related("party"))
    parties = [row.party_id for row in rows]
    codes = [row.party.code for row in rows if row.party]
    lines = Line.objects.filter(
        account__book=shop.book, account__code=OWED, auxiliary__code__in=codes, unit="EUR"
    ).order_by()
    booked = dict(lines.values_list("auxiliary__code").annotate(sum=Sum("amount")))
    asked = (
        payouts_of(shop.book)
        .filter(party__in=parties, origin="shop", state__in=UNDER_WAY)
        .order_by()
        .values_list("party", "amount")
    )
    under_way: dict[int, int] = defaultdict(int)
    for party, amount in asked:
        under_way[party] += amount
    return [
        Due(row, -booked.get(row.party.code, 0), under_way.get(row.party.pk, 0))
        for row in rows
        if row.party
    ]
