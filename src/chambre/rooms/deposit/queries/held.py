"""What one person or structure has: the deposits on its account, for itself alone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from chambre.ledger.models import Book
from chambre.registry.models import Agent
from chambre.rooms.deposit.models import Contract, Place


def contracts_held(agent: Agent) -> QuerySet[Contract]:
    """The contracts on an account, those that are open first, the newest first."""
    rows = Contract.objects.filter(holder=agent).select_related("item", "type", "place", "scheme")
    return rows.order_by(Case(When(state="open", then=0), default=1), "-pk")


def sum_held(agent: Agent) -> int:
    """Cents of the open ones that are still to be paid back."""
    rows = Contract.objects.filter(holder=agent, state=Contract.State.OPEN)
    sums = rows.aggregate(paid=Sum("amount"), back=Sum("refunded"), kept=Sum("kept"))
    return int((sums["paid"] or 0) - (sums["back"] or 0) - (sums["kept"] or 0))


def open_of(agents: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By id of the agent: how many contracts are open on its account, and what they hold in cents."""
    rows = Contract.objects.filter(holder__in=list(agents), state=Contract.State.OPEN).order_by()
    sums = rows.values("holder").annotate(
        many=Count("pk"), cents=Sum(F("amount") - F("refunded") - F("kept"))
    )
    return {row["holder"]: (row["many"], row["cents"]) for row in sums}


def books_of_takers() -> QuerySet[Book]:
    """The books of structures that take objects on their account or run a place, by name."""
    takers = Q(structure__in=Contract.objects.filter(holder__isnull=False).values("holder"))
    runners = Q(structure__in=Place.objects.filter(partner__isnull=False).values("partner"))
    rows: QuerySet[Book] = Book.objects.filter(takers | runners)
    return rows.select_related("structure").order_by("structure__name", "pk")
