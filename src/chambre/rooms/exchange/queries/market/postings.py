"""Offers and needs: which somebody sees, what is found by words, what meets directly."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from text_unidecode import unidecode

from chambre.core.actors import Actor
from chambre.lib.barter import Wish, suits
from chambre.registry.api import held_on, today
from chambre.registry.models import Agent, Role
from chambre.rooms.exchange.models import MarketMessage, Posting, PostingFavourite, RingGift
from chambre.rooms.exchange.queries.market.errors import NoPosting
from chambre.rooms.exchange.queries.people import agents_of

MOST_COMPARED = 2000
"""Postings of the other kind that are compared with one, the newest first."""
MOST_SHOWN = 20


def fold(*texts: str) -> str:
    """Words as they are searched: no accents, no capitals, one space between."""
    return " ".join(unidecode(" ".join(texts)).lower().split())


def chambers_of(by: Actor) -> QuerySet[Role] | None:
    """The chambers of which somebody is a member; nothing for the system, which sees all."""
    if by.is_system:
        return None
    return Role.objects.filter(
        held_on(today()), agent__user_id=by.user.pk if by.user else 0,
        in_agent__kind=Agent.Kind.CHAMBER,
    )  # fmt: skip


def postings_visible_to(by: Actor) -> QuerySet[Posting]:
    """What is open in the chambers of which somebody is a member, and all of those for whom they act."""
    rows = Posting.objects.select_related("owner__user", "chamber")
    if by.is_system:
        return rows
    if by.user is None:
        return rows.none()
    roles = chambers_of(by)
    here = Q(chamber__in=roles.values("in_agent")) if roles is not None else Q()
    return rows.filter((here & _open()) | Q(owner__in=agents_of(by)))


def open_postings(rows: QuerySet[Posting]) -> QuerySet[Posting]:
    """Those that are not over."""
    return rows.filter(_open())


def _open() -> Q:
    return Q(ended=Posting.Ended.OPEN) & (Q(last=None) | Q(last__gte=today()))


def is_open(posting: Posting) -> bool:
    """Whether it is not over."""
    return posting.ended == Posting.Ended.OPEN and (posting.last is None or posting.last >= today())


def posting_for(number: int, by: Actor) -> Posting:
    """An offer or a need, for somebody who may see it.

    Those who wrote about it, or are in a ring with it, still see it when it is over.

    Raises:
        NoPosting: There is none, or not for them.
    """
    found = postings_visible_to(by).filter(pk=number).first()
    if found is None and by.user is not None:
        wrote = MarketMessage.objects.filter(posting=number, asker__user_id=by.user.pk)
        ring = RingGift.objects.filter(
            Q(offer=number) | Q(need=number), ring__gifts__giver__in=agents_of(by)
        )
        if wrote.exists() or ring.exists():
            rows = Posting.objects.select_related("owner__user", "chamber")
            found = rows.filter(pk=number).first()
    if found is None:
        raise NoPosting(number=number)
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for on the market; empty is everything."""

    words: str = ""
    kind: str = ""
    category: str = ""
    place: str = ""
    favourites: bool = False


def search(by: Actor, asked: Asked) -> QuerySet[Posting]:
    """What is open and fits: every word is somewhere in it, accents and capitals aside."""
    rows = open_postings(postings_visible_to(by)).prefetch_related("photos__small")
    for word in fold(asked.words).split()[:8]:
        rows = rows.filter(folded__contains=word)
    if asked.kind in Posting.Kind.values:
        rows = rows.filter(kind=asked.kind)
    if asked.category in Posting.Category.values:
        rows = rows.filter(category=asked.category)
    if asked.place:
        rows = rows.filter(place=asked.place)
    kept = PostingFavourite.objects.filter(
        posting=OuterRef("pk"), person__user_id=by.user.pk if by.user else 0
    )
    rows = rows.annotate(kept=Exists(kept))
    return rows.filter(kept=True) if asked.favourites else rows


def places(by: Actor) -> list[str]:
    """The places of what is open, for a choice."""
    rows = open_postings(postings_visible_to(by)).exclude(place="").order_by("place")
    return list(rows.values_list("place", flat=True).distinct()[:200])


def wish_of(posting: Posting) -> Wish:
    """An offer or a need as :mod:`chambre.lib.barter` reads it."""
    return Wish(
        key=f"{posting.pk:012}", person=f"{posting.owner_id:012}", category=posting.category,
        value=posting.value, words=posting.title, place=fold(posting.place), first=posting.first,
        last=posting.last, quantity=posting.quantity,
    )  # fmt: skip


def matches(posting: Posting, by: Actor) -> list[Posting]:
    """What meets an offer or a need directly, the newest first."""
    other = Posting.Kind.NEED if posting.kind == Posting.Kind.OFFER else Posting.Kind.OFFER
    rows = open_postings(postings_visible_to(by)).filter(
        kind=other, category=posting.category, chamber=posting.chamber_id
    )
    mine = wish_of(posting)
    found = []
    for row in rows.exclude(owner=posting.owner_id)[:MOST_COMPARED]:
        pair = (mine, wish_of(row)) if posting.kind == Posting.Kind.OFFER else (wish_of(row), mine)
        if suits(*pair):
            found.append(row)
            if len(found) == MOST_SHOWN:
                break
    return found
