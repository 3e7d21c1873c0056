"""The common account: what is in it, and what of it is kept for something."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import BigIntegerField, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from chambre.rooms.credit.models import Community, FundMonth, Guaranteed, Leaving, Ticket
from chambre.treasury.models import CreditAccount, Payout


class Apart(NamedTuple):
    """What of the common account is kept for something.

    Attributes:
        waiting: For whoever brings a ticket, and of who leaves until their euros have gone.
        fund: The guarantee fund: what members gave to it, without what it paid.
    """

    waiting: int
    fund: int


def kept_apart(community: Community) -> Apart:
    """What of the common account is kept for something."""
    tickets = Ticket.objects.filter(community=community, taken__isnull=True, back__isnull=True)
    leaving = Leaving.objects.filter(membership__community=community, state=Leaving.State.OPEN)
    asked = Payout.objects.filter(code__in=leaving.values("payment"))
    given = FundMonth.objects.filter(community=community)
    paid = Guaranteed.objects.filter(decision__community=community)
    (found,) = Community.objects.filter(pk=community.pk).values_list(
        _sum(tickets, "community") + _sum(asked, "book"),
        _sum(given, "community", "total") - _sum(paid, "decision__community"),
    )
    return Apart(int(found[0]), int(found[1]))


def aside_of(community: Community) -> int:
    """Units of the common account that are kept for something."""
    return sum(kept_apart(community))


def _sum(rows: QuerySet[Any], group: str, column: str = "amount") -> Coalesce:
    """What rows that all have one ``group`` are worth together."""
    total = rows.order_by().values(group).annotate(worth=Sum(column)).values("worth")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0)


def pot_of(community: Community) -> int:
    """What the common account holds beside that: demurrage, and what those who left gave."""
    held: int = CreditAccount.objects.values_list("held", flat=True).get(pk=community.common_id)
    return held - aside_of(community)
