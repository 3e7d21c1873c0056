"""Which deposits partners owe for objects in their hands, when the deposit follows the product.

A partner owes the deposit of an object once: from when it received it. When the object is sold, the deposit
that the customer pays is the one that the partner owes already, so nothing is added to it; when
it is handed on, the debt goes with it. An object that a customer brought back carries no debt of the partner:
its deposit was paid back, and the partner was credited for it.

Objects of a type are alike: debts are counted by partner and type, in objects and cents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Sum

from chambre.rooms.deposit.models import Handover, Part, Place
from chambre.rooms.deposit.services.losses import lost_deposits
from chambre.rooms.deposit.services.ways import CARRIED


@dataclass(slots=True)
class Carried:
    """What a partner owes for objects of one type that it has: objects, and cents for all of them."""

    units: int = 0
    cents: int = 0

    def take(self, many: int) -> tuple[int, int]:
        """Let so many objects go: how many of them carried a debt, and its cents.

        The last one takes what is left, so that no cent stays.
        """
        units = max(0, min(many, self.units))
        if not units or self.cents <= 0:
            return 0, 0
        cents = self.cents if units == self.units else self.cents * units // self.units
        self.units, self.cents = self.units - units, self.cents - cents
        return units, cents


Debts = dict[tuple[int, int], Carried]


def debts_of(partners: Iterable[int]) -> Debts:
    """What partners owe for objects in their hands, by partner and type; locked until the end.

    Who asks for the same partner meanwhile waits: a debt is taken off once.
    """
    wanted = sorted(set(partners))
    found: Debts = defaultdict(Carried)
    if not wanted:
        return found
    # Rows that point to a place may still be written by others, so the key is not locked.
    places = Place.objects.select_for_update(no_key=True).filter(partner__in=wanted)
    list(places.order_by("pk").values_list("pk", flat=True))
    handed = Handover.objects.filter(amount__gt=0).exclude(origin__partner=F("target__partner"))
    for side, sign in (("target__partner", 1), ("origin__partner", -1)):
        rows = handed.filter(**{f"{side}__in": wanted}).order_by().values_list(side, "type")
        for partner, type_, units, cents in rows.annotate(n=Sum("quantity"), c=Sum("amount")):
            _add(found, (partner, type_), sign * units, sign * cents)
    for partner, reference, times, cents in _sold(wanted):
        type_, units = map(int, reference.removeprefix(CARRIED).split(":"))
        _add(found, (partner, type_), -units * times, cents)
    for partner in wanted:
        for move, cents in lost_deposits(partner):
            _add(found, (partner, move.item.type_id), -1, -cents)
    return found


def _sold(partners: list[int]) -> Iterable[tuple[int, str, int, int]]:
    """Debts that ended when objects were issued: partner, reference, how often, cents below zero."""
    rows = Part.objects.filter(
        channel=Part.Channel.PARTNER, reference__startswith=CARRIED,
        act__place__partner__in=partners,
    )  # fmt: skip
    grouped = rows.order_by().values_list("act__place__partner", "reference")
    found: Iterable[tuple[int, str, int, int]] = grouped.annotate(
        times=Count("pk"), cents=Sum("amount")
    )
    return found


def _add(found: Debts, key: tuple[int, int], units: int, cents: int) -> None:
    carried = found[key]
    carried.units, carried.cents = carried.units + units, carried.cents + cents
