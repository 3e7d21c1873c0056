"""Messages about offers and needs: between who asks and whose it is, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, Q

from chambre.core.actors import Actor
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import MarketMessage, Posting
from chambre.rooms.exchange.queries.people import agents_of


@dataclass(frozen=True, slots=True)
class Talk:
    """What two people wrote to each other about one offer or need; ``last`` is the newest."""

    posting: Posting
    asker: Agent
    other: Agent
    last: MarketMessage


def talks_of(by: Actor) -> list[Talk]:
    """The talks of somebody and of those for whom they act, the newest first; of nobody else."""
    if by.user is None:
        return []
    mine = Q(posting__owner__in=agents_of(by)) | Q(asker__user_id=by.user.pk)
    newest = (
        MarketMessage.objects.filter(mine)
        .order_by()
        .values("posting", "asker")
        .annotate(last=Max("pk"))
        .values("last")
    )
    rows = MarketMessage.objects.filter(pk__in=newest).select_related(
        "posting__owner", "asker", "author"
    )
    return [
        Talk(
            row.posting, row.asker,
            row.posting.owner if row.asker.user_id == by.user.pk else row.asker, row,
        )
        for row in rows.order_by("-pk")[:200]
    ]  # fmt: skip


def messages_between(posting: Posting, asker: Agent) -> list[MarketMessage]:
    """What was written about an offer or a need by its owner and one other, the oldest first."""
    rows = MarketMessage.objects.filter(posting=posting, asker=asker).select_related("author")
    return list(rows.order_by("pk"))


def askers_of(posting: Posting) -> list[Agent]:
    """Who wrote about an offer or a need, for its owner."""
    asked = MarketMessage.objects.filter(posting=posting).order_by().values("asker")
    return list(Agent.objects.filter(pk__in=asked).order_by("name"))
