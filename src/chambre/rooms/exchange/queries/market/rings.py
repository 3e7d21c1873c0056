"""Rings that are proposed: whose, and what may not be proposed again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from chambre.core.actors import Actor
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import BarterRing, Posting, RingGift, RingVoice
from chambre.rooms.exchange.queries.market.errors import NoRing
from chambre.rooms.exchange.queries.people import agents_of


def rings_visible_to(by: Actor) -> QuerySet[BarterRing]:
    """The rings in which somebody is, or for whom they act."""
    rows = BarterRing.objects.select_related("chamber", "exchange").prefetch_related(
        "gifts__offer", "gifts__need", "gifts__giver", "gifts__taker", "voices__person"
    )
    if by.is_system:
        return rows
    if by.user is None:
        return rows.none()
    mine = RingGift.objects.filter(giver__in=agents_of(by)).values("ring")
    return rows.filter(pk__in=mine)


def ring_for(number: int, by: Actor) -> BarterRing:
    """A ring, for somebody who is in it.

    Raises:
        NoRing: There is none, or they are not in it.
    """
    found = rings_visible_to(by).filter(pk=number).first()
    if found is None:
        raise NoRing(number=number)
    return found


def ring_key(gifts: Iterable[tuple[int, int]]) -> str:
    """What tells a ring from all others: the digest of its (offer, need) numbers, in their order."""
    text = ";".join(f"{offer}:{need}" for offer, need in sorted(gifts))
    return hashlib.sha256(text.encode()).hexdigest()


def gifts_declined(chamber: Agent) -> set[tuple[int, int]]:
    """(offer, need) that somebody said no to: what they would have given, and what they would have got."""
    said_no = RingVoice.objects.filter(yes=False, ring__chamber=chamber)
    touched = RingGift.objects.filter(ring__in=said_no.values("ring")).filter(
        Q(giver=F("ring__voices__person"), ring__voices__yes=False)
        | Q(taker=F("ring__voices__person"), ring__voices__yes=False)
    )
    return set(touched.values_list("offer", "need"))


def postings_in_rings(chamber: Agent) -> set[int]:
    """Offers and needs that are in a ring which waits for answers or is agreed."""
    rows = RingGift.objects.filter(
        ring__chamber=chamber,
        ring__state__in=(BarterRing.State.PROPOSED, BarterRing.State.AGREED),
    ).values_list("offer", "need")
    return {number for pair in rows for number in pair}


def busy_people(chamber: Agent) -> set[int]:
    """People who are asked about a ring now; they are asked about one at a time."""
    rows = RingGift.objects.filter(ring__chamber=chamber, ring__state=BarterRing.State.PROPOSED)
    return set(rows.values_list("giver", flat=True))


def missing_voices(ring: BarterRing) -> set[int]:
    """Agents who have not answered yet."""
    said = set(RingVoice.objects.filter(ring=ring).values_list("person", flat=True))
    return set(RingGift.objects.filter(ring=ring).values_list("giver", flat=True)) - said


def open_in(chamber: Agent, day: object) -> list[Posting]:
    """The offers and needs of a chamber that are not over on a day, the oldest first."""
    rows = Posting.objects.filter(Q(last=None) | Q(last__gte=day), chamber=chamber, ended="")
    return list(rows.select_related("owner").order_by("pk"))
