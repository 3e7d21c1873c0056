"""The common account: what is in it, and what of it waits for tickets or for euros of who leaves."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from chambre.rooms.credit.models import Community, Leaving, Ticket
from chambre.treasury.models import CreditAccount, Payout


def aside_of(community: Community) -> int:
    """Units that wait: for whoever brings a ticket, and of who leaves until their euros have gone."""
    tickets = Ticket.objects.filter(community=community, taken__isnull=True, back__isnull=True)
    leaving = Leaving.objects.filter(membership__community=community, state=Leaving.State.OPEN)
    asked = Payout.objects.filter(code__in=leaving.values("payment"))
    sums = Community.objects.filter(pk=community.pk).values_list(
        _sum(tickets, "community") + _sum(asked, "book")
    )
    return int(sums[0][0])


def _sum(rows: QuerySet[Any], group: str) -> Coalesce:
    """What rows that all have one ``group`` are worth together."""
    total = rows.order_by().values(group).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0)


def pot_of(community: Community) -> int:
    """What the common account holds beside that: demurrage, and what those who left gave."""
    held: int = CreditAccount.objects.values_list("held", flat=True).get(pk=community.common_id)
    return held - aside_of(community)
