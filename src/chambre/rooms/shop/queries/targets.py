"""Free prices that carry each other: what an offer should bring in, and what it has so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Sum

from chambre.rooms.shop.models import Cycle, Offer, Order, OrderLine
from chambre.rooms.shop.queries.seasonmoney import GONE


@dataclass(frozen=True, slots=True)
class Target:
    """What the sales of a free price should bring in during a cycle, and have, in cents."""

    target: int
    reached: int

    @property
    def missing(self) -> int:
        """What is missing; zero when it is reached."""
        return max(0, self.target - self.reached)

    @property
    def percent(self) -> int:
        """How much of it is reached, at most 100, rounded down."""
        return min(100, self.reached * 100 // self.target)


def targets_of(cycle: Cycle, variants: Iterable[int] | None = None) -> dict[int, Target]:
    """The targets of a cycle by id of the variant; nothing where none was said.

    What counts is what live orders and those handed over pay for it, after reductions.
    """
    offers = Offer.objects.filter(cycle=cycle, target__gt=0)
    if variants is not None:
        offers = offers.filter(variant__in=variants)
    wanted = dict(offers.values_list("variant", "target"))
    if not wanted:
        return {}
    lines = OrderLine.objects.filter(order__distribution__cycle=cycle, variant__in=wanted)
    sums = dict(
        lines.exclude(order__state__in=(*GONE, Order.State.MISSED))
        .order_by()
        .values_list("variant")
        .annotate(sum=Sum(F("gross") - F("reduction")))
    )
    return {pk: Target(int(target or 0), int(sums.get(pk) or 0)) for pk, target in wanted.items()}
