"""Containers that go out with an order, and where they come back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from chambre.rooms.shop.models import Distribution, Order, OrderLine
from chambre.treasury import containers


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Containers of one kind that go out with an order; ``coded``: each one is scanned."""

    name: str
    count: int
    coded: bool


def outgoing(order: Order, lines: list[OrderLine]) -> list[Outgoing]:
    """The containers of an order, by kind, as hand-over asks for them."""
    counts: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.containers and line.deposit:
            counts[line.container] += line.containers
    if not counts:
        return []
    kinds = containers.kinds(order.shop.book, order.distribution.starts_at.date())
    return [
        Outgoing(kinds[key].name, many, kinds[key].coded)
        for key, many in sorted(counts.items())
        if key in kinds
    ]


def returns_url(distribution: Distribution) -> str:
    """Where containers are taken back at the place of a distribution; empty: nowhere."""
    keeper = containers.keeper()
    slug = distribution.place.container_place
    if keeper is None or not slug:
        return ""
    places = keeper.places(distribution.cycle.shop.book)
    return next((place.returns_url for place in places if place.slug == slug), "")
