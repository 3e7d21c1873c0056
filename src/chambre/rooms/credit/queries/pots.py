"""The common account: what is in it, and what of it waits for tickets."""

from __future__ import annotations

from django.db.models import Sum

from chambre.rooms.credit.models import Community, Ticket
from chambre.treasury.models import CreditAccount


def aside_of(community: Community) -> int:
    """Units that wait for whoever brings a ticket."""
    rows = Ticket.objects.filter(community=community, taken__isnull=True, back__isnull=True)
    total: int = rows.aggregate(total=Sum("amount", default=0))["total"]
    return total


def pot_of(community: Community) -> int:
    """What the common account holds beside that: demurrage, and what those who left gave."""
    held: int = CreditAccount.objects.values_list("held", flat=True).get(pk=community.common_id)
    return held - aside_of(community)
