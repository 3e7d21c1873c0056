"""What anybody may know of an object, a type and the places: its life, never who held it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.utils import timezone

from chambre.rooms.deposit.models import Contract, Item, Move, Place, Scheme
from chambre.rooms.deposit.queries.finding import ids_of
from chambre.rooms.deposit.queries.terms import terms_on

STEPS = 12
"""Steps of a life that are shown."""
_SHOWN = {
    Move.Kind.COMMISSIONED,
    Move.Kind.ISSUED,
    Move.Kind.RETURNED,
    Move.Kind.WASHED,
    Move.Kind.INSPECTED,
    Move.Kind.REPAIRED,
    Move.Kind.TRANSFERRED,
    Move.Kind.RECALLED,
    Move.Kind.RETIRED,
    Move.Kind.LOST,
}
"""Steps that anybody may know of; scans that changed nothing and corrections are for stewards."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an object: what, on which day, at which place."""

    kind: str
    words: str
    day: dt.date
    place: str


@dataclass(frozen=True, slots=True)
class Life:
    """What anybody may know of an object.

    Attributes:
        item: The object.
        held: Deposit that is paid back, in cents; None when none is held.
        steps: What happened to it, the newest first.
        own_place: The only place that takes it back, when the scheme says so.
        distance_limit: Most cents that a code alone pays at a distance.
    """

    item: Item
    held: int | None
    steps: list[Step]
    own_place: Place | None
    distance_limit: int

    @property
    def is_recalled(self) -> bool:
        """It must not be used any more."""
        return self.item.state == Item.State.RECALLED


def object_at(address: str, serial: str) -> Item | None:
    """The object at an address of this house: usually one question.

    Args:
        address: The whole address; also an old label's, or a GRAI written for another resolver.
        serial: What the address says of the object itself.
    """
    rows = Item.objects.select_related("scheme", "type", "place")
    path = urlsplit(address).path
    for item in rows.filter(serial=serial[:30].upper()):
        if urlsplit(item.uri).path == path:
            return item
    found = ids_of([address]).get(address)
    return None if found is None else rows.get(pk=found)


def life_of(item: Item) -> Life:
    """What anybody may know of an object, in four questions."""
    contract = (
        Contract.objects.filter(item=item, state=Contract.State.OPEN)
        .select_related("place")
        .first()
    )
    moves = Move.objects.filter(item=item, kind__in=_SHOWN).select_related("place")
    steps = [
        Step(
            move.kind,
            str(move.get_kind_display()),
            timezone.localdate(move.happened_at),
            move.place.name if move.place else "",
        )
        for move in moves.order_by("-number")[:STEPS]
    ]
    terms = terms_on(item.scheme_id, timezone.localdate())
    same = terms.takes_back == terms.TakesBack.SAME
    return Life(
        item=item,
        held=None if contract is None else contract.amount,
        steps=steps,
        own_place=contract.place if contract is not None and same else None,
        distance_limit=terms.distance_limit,
    )


def open_places(scheme: Scheme | None = None) -> QuerySet[Place]:
    """Places that anybody may go to, by name: neither closed for good nor a mere workshop."""
    rows = Place.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=timezone.localdate()),
        Q(issues=True) | Q(returns=True),
    )
    if scheme is not None:
        rows = rows.filter(scheme=scheme)
    return rows.select_related("scheme").order_by("name")


def taking_back(life: Life) -> list[Place]:
    """Places that take an object back."""
    if life.own_place is not None:
        return [life.own_place]
    return list(open_places(life.item.scheme).filter(returns=True))
