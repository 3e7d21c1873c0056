"""Letters about the market: written down with what happened, sent by the worker, each once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.mail import EmailMessage

from chambre.core.actors import Actor
from chambre.core.mailing import Postman, letter_to
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import (
    BarterRing,
    MarketLetter,
    MarketMessage,
    PostingFavourite,
)
from chambre.rooms.exchange.queries.market.letters import not_any_more, wording
from chambre.rooms.exchange.queries.market.rings import missing_voices
from chambre.rooms.exchange.queries.people import binders
from chambre.rooms.exchange.queries.sorts import MARKET_SORT_OF

AHEAD = dt.timedelta(days=3)
"""How long before its last day people are reminded of a ring."""
Kind = MarketLetter.Kind


def tell_message(message: MarketMessage, by: Actor) -> int:
    """Write down that somebody wrote, to the other one; how many letters.

    None where one about the same talk waits already: it tells of this message, too.
    """
    posting = message.posting
    to = message.asker if message.author_id != message.asker_id else posting.owner
    waiting = MarketLetter.objects.filter(
        kind=Kind.MESSAGE, sent_at=None, tries=0, posting=posting, message__asker=message.asker,
    ).exclude(message__author=to)  # fmt: skip
    told = set(waiting.values_list("person", flat=True))
    return LETTERS.note(
        MarketLetter(
            kind=Kind.MESSAGE, person=one, posting=posting, message=message,
            key=f"message:{message.pk}:{one.pk}",
        )
        for one in _people([to], by)
        if one.pk not in told
    )  # fmt: skip


def tell_favourites(numbers: Sequence[int], kind: str) -> int:
    """Write down that offers or needs have changed, or are over, to who keeps them; how many letters.

    Of changes at most one a day to each.
    """
    rows = PostingFavourite.objects.filter(posting__in=numbers).select_related("person__user")
    today = registry.today()
    return LETTERS.note(
        MarketLetter(
            kind=kind, person=row.person, posting_id=row.posting_id,
            key=f"{kind}:{row.posting_id}:{today}:{row.person_id}",
        )
        for row in rows
        if row.person.user_id is not None
    )  # fmt: skip


def tell_rings(rings: Iterable[BarterRing], kind: str, by: Actor) -> int:
    """Write down to everybody in rings that they are proposed, or over; how many letters."""
    made = 0
    for ring in rings:
        givers = [gift.giver for gift in ring.gifts.select_related("giver__user")]
        made += _about_ring(ring, kind, givers, by)
    return made


def remind() -> int:
    """Remind of rings those who have not answered, shortly before the last day; how many letters."""
    today = registry.today()
    rows = BarterRing.objects.filter(
        state=BarterRing.State.PROPOSED, until__range=[today, today + AHEAD]
    )
    made = 0
    for ring in rows.order_by("pk"):
        late = Agent.objects.filter(pk__in=missing_voices(ring)).select_related("user")
        made += _about_ring(ring, Kind.RING_NEAR, late, Actor.system("exchange"))
    return made


def _about_ring(ring: BarterRing, kind: str, agents: Iterable[Agent], by: Actor) -> int:
    return LETTERS.note(
        MarketLetter(kind=kind, person=one, ring=ring, key=f"{kind}:{ring.pk}:{one.pk}")
        for one in _people(agents, by)
    )


def _people(agents: Iterable[Agent], by: Actor) -> list[Agent]:
    """Those who act for some agents and have an account, without who did it: they know."""
    knows = by.user.pk if by.user is not None else None
    found = {one.pk: one for people in binders(agents).values() for one in people}
    return [one for one in found.values() if one.user_id not in (None, knows)]


def _write(letter: MarketLetter) -> EmailMessage | str:
    return not_any_more(letter) or letter_to(letter.person.user, lambda: wording(letter))


LETTERS = Postman(
    MarketLetter,
    _write,
    related=("person__user", "posting", "message__author", "ring__chamber"),
    sort=lambda letter: MARKET_SORT_OF[letter.kind],
    reader=lambda letter: letter.person.user,
)
