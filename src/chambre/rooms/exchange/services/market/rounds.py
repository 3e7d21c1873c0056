"""Rings are looked for, proposed to their people, and become exchanges when all say yes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.lib.barter import rings as best_rings
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import BarterRing, MarketLetter, Posting, RingGift, RingVoice
from chambre.rooms.exchange.queries.market import rings as queries
from chambre.rooms.exchange.queries.market.errors import AlreadySaid, NoRing, RingOver
from chambre.rooms.exchange.queries.market.postings import wish_of
from chambre.rooms.exchange.queries.people import agents_of
from chambre.rooms.exchange.services.drafting import LegIn, propose
from chambre.rooms.exchange.services.market import letters
from chambre.rooms.exchange.services.market.posting import hold_market

LONGEST = 4
"""People in the longest ring: more than that hardly ever all say yes."""
DAYS = 14
"""How long people have to answer."""
SYSTEM = Actor.system("every hour")
State, Kind = BarterRing.State, MarketLetter.Kind


@transaction.atomic
def find_rings(*, chamber: Agent, by: Actor, longest: int = LONGEST) -> list[BarterRing]:
    """Look for the rings that serve most people, and propose each to its people.

    Nobody is asked about two rings at a time; what somebody declined is not proposed again.

    Args:
        chamber: On whose market.
        by: An administrator of it, or the system.
        longest: People in the longest ring, 2 to 8.

    Returns:
        The rings that are new.

    Raises:
        Forbidden: ``by`` does not administer the chamber.
        BarterRefusal: Rings of no such length; too many people.
    """
    authorize(by, "exchange.find_rings", chamber)
    hold_market(chamber.pk)
    taken, busy = queries.postings_in_rings(chamber), queries.busy_people(chamber)
    free = [
        row
        for row in queries.open_in(chamber, registry.today())
        if row.pk not in taken and row.owner_id not in busy
    ]
    rows = {row.pk: row for row in free}
    declined = {(f"{offer:012}", f"{need:012}") for offer, need in queries.gifts_declined(chamber)}
    found = best_rings(
        [wish_of(row) for row in free if row.kind == Posting.Kind.OFFER],
        [wish_of(row) for row in free if row.kind == Posting.Kind.NEED],
        longest=longest, refused=declined,
    )  # fmt: skip
    made = []
    for ring in found.rings:
        gifts = [(rows[int(gift.offer.key)], rows[int(gift.need.key)]) for gift in ring]
        if (one := _propose(chamber, gifts)) is not None:
            made.append(one)
    audit(by, "exchange.rings.found", chamber, rings=len(made), people=found.served)
    return made


def _propose(chamber: Agent, gifts: list[tuple[Posting, Posting]]) -> BarterRing | None:
    key = queries.ring_key((offer.pk, need.pk) for offer, need in gifts)
    until = registry.today() + dt.timedelta(days=DAYS)
    ring, new = BarterRing.objects.get_or_create(
        key=key, defaults={"chamber": chamber, "until": until}
    )
    if not new:
        return None
    for number, (offer, need) in enumerate(gifts, 1):
        RingGift.objects.create(
            ring=ring, number=number, offer=offer, need=need, giver=offer.owner, taker=need.owner
        )
    letters.tell_rings([ring], Kind.RING, SYSTEM)
    return ring


@transaction.atomic
def answer(*, ring: BarterRing, yes: bool, by: Actor, agent: Agent | None = None) -> BarterRing:
    """Say yes or no to a ring. All yes: it is agreed, and an exchange is written for all to sign.

    The same answer again changes nothing. One no, and the ring is over for all; what the others offer
    and need is free for other rings, and this one is not proposed again.

    Args:
        ring: Which.
        yes: The answer.
        by: Who gives it.
        agent: For whom, of those in the ring for whom ``by`` acts; needed where they are several.

    Raises:
        Forbidden: Nobody is signed in.
        NoRing: They are not in it, and act for nobody who is.
        Invalid: They act for several, and it is not said for whom.
        AlreadySaid: They said something else before.
        RingOver: It waits for no answers any more.
    """
    authorize(by, "exchange.answer_ring", ring)
    ring = queries.ring_for(ring.pk, by)
    person = _voice_of(ring, by, agent)
    hold_market(ring.chamber_id)
    ring = BarterRing.objects.select_for_update().get(pk=ring.pk)
    said = RingVoice.objects.filter(ring=ring, person=person).first()
    if said is not None:
        if said.yes != yes:
            raise AlreadySaid
        return ring
    if ring.state != State.PROPOSED or ring.until < registry.today():
        raise RingOver
    RingVoice.objects.create(ring=ring, person=person, yes=yes)
    audit(by, "exchange.ring.answered", ring, yes=yes)
    if not yes:
        ring.state = State.DECLINED
        ring.save(update_fields=["state"])
        letters.tell_rings([ring], Kind.RING_OVER, by)
    elif not queries.missing_voices(ring):
        _agree(ring)
    return ring


def _voice_of(ring: BarterRing, by: Actor, agent: Agent | None) -> Agent:
    """For whom of a ring somebody answers."""
    givers = RingGift.objects.filter(ring=ring).values("giver")
    mine = list(agents_of(by).filter(pk__in=givers))
    if agent is not None:
        mine = [each for each in mine if each.pk == agent.pk]
    if not mine:
        raise NoRing(number=ring.pk)
    if len(mine) > 1:
        raise Invalid(_("You act for several in this ring: say for whom."))
    return mine[0]


def _agree(ring: BarterRing) -> None:
    """Write the exchange of a ring to which all said yes; its offers and needs are over."""
    gifts = list(ring.gifts.select_related("offer", "need", "giver", "taker").order_by("number"))
    numbers = [number for gift in gifts for number in (gift.offer_id, gift.need_id)]
    open_ = Posting.objects.select_for_update().filter(pk__in=numbers, ended=Posting.Ended.OPEN)
    if len(open_) != len(numbers):
        raise RingOver
    Posting.objects.filter(pk__in=numbers).update(ended=Posting.Ended.MET, closed_at=timezone.now())
    letters.tell_favourites(numbers, Kind.GONE)
    ring.exchange = propose(
        actor=SYSTEM,
        title=_("Barter ring %(number)d") % {"number": ring.pk},
        legs=[_leg(gift) for gift in gifts],
        key=f"barter-ring:{ring.pk}",
        origin="market",
    )
    ring.state = State.AGREED
    ring.save(update_fields=["state", "exchange"])


def _leg(gift: RingGift) -> LegIn:
    offer, need = gift.offer, gift.need
    value = offer.value if offer.value is not None else need.value
    return LegIn(
        giver=gift.giver,
        taker=gift.taker,
        kind="goods" if offer.is_thing else "service",
        amount=need.quantity or offer.quantity or 1,
        what=offer.title,
        place=offer.place or _("at %(name)s’s") % {"name": gift.giver.name},
        value=value or 0,
    )


@transaction.atomic
def lapse(*, by: Actor) -> int:
    """End the rings whose last day for answers has passed; how many."""
    authorize(by, "exchange.find_rings")
    rows = BarterRing.objects.filter(state=State.PROPOSED, until__lt=registry.today())
    over = list(rows.select_for_update())
    BarterRing.objects.filter(pk__in=[ring.pk for ring in over]).update(state=State.LAPSED)
    letters.tell_rings(over, Kind.RING_OVER, by)
    return len(over)
