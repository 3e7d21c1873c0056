"""After how many uses an object has cost no more than throwaway ones, and where a scheme stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from chambre.lib.deposits import break_even
from chambre.rooms.deposit.models import Contract, Costs, ItemType, Lot, Scheme
from chambre.rooms.deposit.queries.terms import costs_on


@dataclass(frozen=True, slots=True)
class Worth:
    """What a type of object costs beside throwaway ones.

    Attributes:
        type_: Which type.
        costs: What a rotation of it and a throwaway object cost.
        objects: Objects of it that were put in service until now.
        uses: Times that one was issued until now.
    """

    type_: ItemType
    costs: Costs
    objects: int
    uses: int

    @property
    def needed(self) -> int | None:
        """Uses of one object after which it has cost no more; None: it never does."""
        return break_even(self.type_.unit_cost, self.costs.wash, self.costs.instead)

    @property
    def mean(self) -> float | None:
        """Uses of one object until now, on average; None: there are no objects."""
        return self.uses / self.objects if self.objects else None

    @property
    def washing(self) -> int:
        """What all rotations cost until now, in cents, at the costs that hold."""
        return self.uses * self.costs.wash

    @property
    def saved(self) -> int:
        """Cents that were saved until now; negative: still to be earned."""
        spent = self.objects * self.type_.unit_cost + self.washing
        return self.uses * self.costs.instead - spent


def worth(scheme: Scheme, day: dt.date) -> list[Worth]:
    """The types of a scheme whose costs were written down, by name."""
    types = list(ItemType.objects.filter(scheme=scheme).order_by("name"))
    costs = costs_on(scheme, types, day)
    real = Contract.objects.filter(scheme=scheme, opened_on__lte=day)
    uses = dict(
        real.exclude(state=Contract.State.VOID)
        .order_by()
        .values_list("type")
        .annotate(many=Sum("quantity"))
    )
    lots = Lot.objects.filter(type__scheme=scheme).order_by()
    objects = dict(lots.values_list("type").annotate(many=Sum("count")))
    return [
        Worth(row, costs[row.pk], objects.get(row.pk, 0), uses.get(row.pk, 0))
        for row in types
        if row.pk in costs
    ]
