"""Offers and needs are put up, changed, taken off, and kept as favourites."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import (
    BarterRing,
    MarketLetter,
    Posting,
    PostingFavourite,
    RingGift,
)
from chambre.rooms.exchange.queries.market.errors import NotInTheirName, PostingOver
from chambre.rooms.exchange.queries.market.postings import fold, is_open, posting_for
from chambre.rooms.exchange.queries.people import agents_of
from chambre.rooms.exchange.services.market import letters

Kind = MarketLetter.Kind
MOST_VALUE = 10**11
MOST_QUANTITY = 10**6
MOST_OPEN = 200
"""Offers and needs that one person or structure has open."""


@dataclass(frozen=True, slots=True)
class PostingIn:
    """What somebody says of an offer or a need.

    Attributes:
        kind: ``offer`` or ``need``.
        title: What, 1 to 120 characters.
        category: One of :class:`Posting.Category`.
        words: More words, at most 4,000 characters.
        place: Where; empty is anywhere.
        first: First day that suits.
        last: Last day; the next day it is over.
        quantity: How many, 1 to a million.
        value: Estimated, in cents.
    """

    kind: str
    title: str
    category: str
    words: str = ""
    place: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    quantity: int | None = None
    value: int | None = None


@transaction.atomic
def post(
    *,
    said: PostingIn,
    key: str,
    by: Actor,
    chamber: Agent | None = None,
    owner: Agent | None = None,
) -> Posting:
    """Put an offer or a need on the market of a chamber.

    Args:
        said: What.
        key: Idempotency key, 1 to 120 characters: the same again gives the first.
        by: Who puts it up; a member.
        chamber: By default the home chamber.
        owner: Whose it is: ``by`` themselves by default, or a structure for which they act.

    Raises:
        Forbidden: ``by`` is no member.
        NotInTheirName: They do not act for ``owner``.
        Invalid: Something is missing, too long or too much, or they have :data:`MOST_OPEN` open.
        KeyReused: The key was used by somebody else.
    """
    chamber = chamber or registry.home_chamber()
    authorize(by, "exchange.post", chamber)
    said = _checked(said)
    if by.user is None:
        raise Invalid(_("Only a person can offer or need something here."))
    owner = owner or registry.person_of(by.user)
    if not agents_of(by).filter(pk=owner.pk).exists():
        raise NotInTheirName(agent=owner.slug)
    Agent.objects.select_for_update(no_key=True).get(pk=owner.pk)
    known = Posting.objects.filter(key=key).first()
    if known is not None:
        if known.owner_id != owner.pk:
            raise KeyReused(key=key)
        return known
    if Posting.objects.filter(owner=owner, ended="").count() >= MOST_OPEN:
        raise Invalid(
            _("You have %(most)d open already: take some off first.") % {"most": MOST_OPEN}
        )
    posting = Posting(owner=owner, chamber=chamber, key=key)
    _fill(posting, said)
    try:
        with transaction.atomic():
            posting.save(force_insert=True)
    except IntegrityError:
        raise KeyReused(key=key) from None
    audit(by, "exchange.posting.made", posting)
    return posting


@transaction.atomic
def change(*, posting: Posting, said: PostingIn, by: Actor) -> Posting:
    """Say something else of an offer or a need; not while a ring with it waits or is agreed.

    Raises:
        Forbidden: It is not theirs.
        PostingOver: It is over, or in a ring.
        Invalid: Something is missing, too long or too much.
    """
    authorize(by, "exchange.change_posting", posting)
    said = _checked(said)
    hold_market(posting.chamber_id)
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if posting.ended or _in_ring(posting):
        raise PostingOver(_("It is over, or in a ring that waits for answers."))
    _fill(posting, said)
    posting.save()
    audit(by, "exchange.posting.changed", posting)
    letters.tell_favourites([posting.pk], Kind.CHANGED)
    return posting


@transaction.atomic
def close(*, posting: Posting, by: Actor) -> Posting:
    """Take an offer or a need off the market; again changes nothing. A ring that waits for it is over.

    Raises:
        Forbidden: Neither theirs nor do they administer the chamber.
    """
    authorize(by, "exchange.close_posting", posting)
    hold_market(posting.chamber_id)
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if posting.ended:
        return posting
    posting.ended, posting.closed_at = Posting.Ended.CLOSED, timezone.now()
    posting.save(update_fields=["ended", "closed_at"])
    waiting = _rings(posting, BarterRing.State.PROPOSED)
    BarterRing.objects.filter(pk__in=waiting).update(state=BarterRing.State.LAPSED)
    audit(by, "exchange.posting.closed", posting)
    letters.tell_favourites([posting.pk], Kind.GONE)
    letters.tell_rings(BarterRing.objects.filter(pk__in=waiting), Kind.RING_OVER, by)
    return posting


@transaction.atomic
def keep(*, posting: Posting, by: Actor, kept: bool = True) -> bool:
    """Keep something as a favourite, or not any more; whether it is one now.

    Raises:
        Forbidden: Nobody is signed in.
        NoPosting: They may not see it.
    """
    authorize(by, "exchange.keep_posting", posting)
    posting_for(posting.pk, by)
    if by.user is None:
        return False
    person = registry.person_of(by.user)
    if not kept:
        PostingFavourite.objects.filter(posting=posting, person=person).delete()
        return False
    PostingFavourite.objects.bulk_create(
        [PostingFavourite(posting=posting, person=person)], ignore_conflicts=True
    )
    return True


def hold_market(chamber: int) -> None:
    """Hold the market of a chamber until the transaction ends, so that nothing is in two rings.

    Taken before any row of it; what only names the chamber does not wait for it.
    """
    Agent.objects.select_for_update(no_key=True).get(pk=chamber)


def locked_open(posting: Posting) -> Posting:
    """The row, held until the transaction ends.

    Raises:
        PostingOver: It is over.
    """
    locked = Posting.objects.select_for_update().get(pk=posting.pk)
    if not is_open(locked):
        raise PostingOver
    return locked


def _rings(posting: Posting, *states: str) -> list[int]:
    rows = RingGift.objects.filter(ring__state__in=states)
    column = "offer" if posting.kind == Posting.Kind.OFFER else "need"
    return list(rows.filter(**{column: posting}).values_list("ring", flat=True))


def _in_ring(posting: Posting) -> bool:
    return bool(_rings(posting, BarterRing.State.PROPOSED, BarterRing.State.AGREED))


def _fill(posting: Posting, said: PostingIn) -> None:
    for name in (
        "kind",
        "title",
        "category",
        "words",
        "place",
        "first",
        "last",
        "quantity",
        "value",
    ):
        setattr(posting, name, getattr(said, name))
    posting.folded = fold(
        said.title, said.words, said.place, str(Posting.Category(said.category).label)
    )


def _checked(said: PostingIn) -> PostingIn:
    """The same, trimmed.

    Raises:
        Invalid: With what is wrong, by field.
    """
    wrong: dict[str, list[str]] = {}
    title, words, place = said.title.strip(), said.words.strip(), " ".join(said.place.split())
    if said.kind not in Posting.Kind.values:
        wrong["kind"] = [_("Is it an offer or a need?")]
    if said.category not in Posting.Category.values:
        wrong["category"] = [_("Choose a category.")]
    if not 1 <= len(title) <= 120:
        wrong["title"] = [_("Say in 1 to 120 characters what it is.")]
    if len(words) > 4000:
        wrong["words"] = [_("At most 4,000 characters.")]
    if len(place) > 80:
        wrong["place"] = [_("At most 80 characters.")]
    if said.first and said.last and said.last < said.first:
        wrong["last"] = [_("The last day comes before the first.")]
    if said.last and said.last < registry.today():
        wrong["last"] = [_("This day has passed.")]
    if said.quantity is not None and not 1 <= said.quantity <= MOST_QUANTITY:
        wrong["quantity"] = [_("From 1 to a million.")]
    if said.value is not None and not 0 <= said.value <= MOST_VALUE:
        wrong["value"] = [_("From nothing to a thousand million euros.")]
    if wrong:
        raise Invalid(fields=wrong)
    return PostingIn(
        said.kind, title, said.category, words, place, said.first, said.last, said.quantity,
        said.value,
    )  # fmt: skip
