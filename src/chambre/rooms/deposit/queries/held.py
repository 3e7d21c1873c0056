"""What one person has: the deposits on their account, for themselves alone."""

from __future__ import annotations

from django.db.models import Case, QuerySet, Sum, When

from chambre.registry.models import Agent
from chambre.rooms.deposit.models import Contract


def contracts_held(agent: Agent) -> QuerySet[Contract]:
    """The contracts on an account, those that are open first, the newest first."""
    rows = Contract.objects.filter(holder=agent).select_related("item", "type", "place", "scheme")
    return rows.order_by(Case(When(state="open", then=0), default=1), "-pk")


def sum_held(agent: Agent) -> int:
    """Cents of the open ones that are still to be paid back."""
    rows = Contract.objects.filter(holder=agent, state=Contract.State.OPEN)
    sums = rows.aggregate(paid=Sum("amount"), back=Sum("refunded"), kept=Sum("kept"))
    return int((sums["paid"] or 0) - (sums["back"] or 0) - (sums["kept"] or 0))
