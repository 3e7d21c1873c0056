"""Handing out, bringing back, damage, loss, repair: each an event of the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.core.photos import Sized
from chambre.ledger import api as ledger
from chambre.ledger.models import Event
from chambre.registry.models import Agent
from chambre.rooms.access.models import (
    AccessLetter,
    Booking,
    Closure,
    Handover,
    Offer,
    OfferTurn,
)
from chambre.rooms.access.queries.bookings import coming
from chambre.rooms.access.queries.errors import NotNow
from chambre.rooms.access.queries.moments import now
from chambre.rooms.access.queries.people import keepers
from chambre.rooms.access.services import deposits, statephotos
from chambre.rooms.access.services.booking import lock
from chambre.rooms.access.services.changing import locked, turn
from chambre.rooms.access.services.letters import write_to
from chambre.rooms.access.services.waiting import give_on

EARLY = dt.timedelta(minutes=30)
"""How long before its time a thing may be handed out, when nobody else has it."""
SYSTEM = Actor.system("access")
Kind = Handover.Kind
Condition = Handover.Condition
State = Booking.State


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw when a thing changed hands.

    Attributes:
        condition: A :class:`Handover.Condition` value.
        words: More about it, at most 500 characters.
        counter: What the counter says, in thousandths of its unit; None: not read.
        photos: Pictures as they came from the camera, at most six.
    """

    condition: str = Condition.GOOD
    words: str = ""
    counter: int | None = None
    photos: Sequence[bytes] = ()


@transaction.atomic
def hand_out(*, booking: Booking, seen: Seen, key: str, by: Actor) -> Handover:
    """Give a booked thing into its person's hands: from now on it is in their custody.

    Args:
        booking: Confirmed, and not more than half an hour early.
        seen: State, counter, photos.
        key: Idempotency key, 1 to 80 characters.
        by: The person themselves, or who keeps the thing.

    Raises:
        Forbidden: ``by`` is neither.
        NotNow: Not confirmed, too early, over, or somebody else still has it.
        DepositDue: The deposit that the rules ask for is not paid.
        Invalid: A counter that runs backwards, or a photo that is none.
        KeyReused: The key was used for something else.
    """
    authorize(by, "access.hand_over", booking)
    row, offer = locked(booking)
    if done := _former(key, Kind.OUT, row):
        return done
    pictures = _checked(offer, seen)
    moment = now()
    if row.state != State.CONFIRMED or row.ends_at <= moment:
        raise NotNow(_("Only a booking that is confirmed and not over is handed out."))
    if moment < row.starts_at - EARLY:
        raise NotNow(_("It is too early: it is handed out half an hour before at the earliest."))
    if offer.item is None or ledger.on_hand(offer.item, offer.custodian) < 1:
        raise NotNow(_("Somebody else still has it, or it is in repair. Tell whoever keeps it."))
    deposits.check_paid(row, offer)
    event = _custody(offer, offer.custodian, row.person, f"{key}:out", seen, moment)
    made = _write(
        offer, Kind.OUT, (offer.custodian, row.person), seen, key, by, booking=row, event=event,
        at=moment,
    )  # fmt: skip
    statephotos.keep(made, pictures, by)
    turn(row, State.OUT, by)
    return made


@transaction.atomic
def bring_back(*, booking: Booking, seen: Seen, key: str, by: Actor) -> Handover:
    """Take a thing back: custody returns to who keeps it, the use is recorded in minutes.

    Brought back early, the rest of its time is free again. Not usable, it is out of use until it is mended,
    and those who booked it are told. A deposit goes back by itself when nothing is to be decided.

    Raises:
        Forbidden, Invalid, KeyReused: See :func:`hand_out`.
        NotNow: It is not out.
    """
    authorize(by, "access.hand_over", booking)
    row, offer = locked(booking)
    if done := _former(key, Kind.BACK, row):
        return done
    pictures = _checked(offer, seen)
    if row.state != State.OUT:
        raise NotNow(_("It is not out with this booking."))
    moment = now()
    out = row.handovers.get(kind=Kind.OUT)
    minutes = max(0, int((moment - out.at).total_seconds() // 60))
    event = _custody(offer, row.person, offer.custodian, f"{key}:back", seen, moment)
    _used(offer, row, minutes, key, moment)
    made = _write(
        offer, Kind.BACK, (row.person, offer.custodian), seen, key, by, booking=row, event=event,
        at=moment, minutes=minutes, late=max(0, int((moment - row.ends_at).total_seconds() // 60)),
    )  # fmt: skip
    statephotos.keep(made, pictures, by)
    _finish(row, moment)
    turn(row, State.DONE, by)
    whole = seen.condition in (Condition.GOOD, Condition.WORN)
    deposits.came_back(row, offer, whole=whole, late=made.late, by=by)
    if seen.condition == Condition.UNUSABLE:
        _break(offer, made, by, seen.words)
    else:
        give_on(offer)
    return made


def _finish(row: Booking, moment: dt.datetime) -> None:
    """Let the rest of a time go that is not needed."""
    if row.starts_at < moment < row.ends_at:
        buffer = row.busy_until - row.ends_at
        row.ends_at, row.busy_until = moment, moment + buffer
        row.save(update_fields=["ends_at", "busy_until"])


@transaction.atomic
def report(*, offer: Offer, kind: str, seen: Seen, key: str, by: Actor) -> Handover:
    """Say that a thing is damaged, lost, found again or mended.

    Damaged and not usable, or lost: it is out of use, and those who booked it are told. Found or mended: it
    is at disposal again.

    Args:
        offer: Of the thing.
        kind: ``damaged``, ``lost``, ``found`` or ``mended``.
        seen: State and words; a photo helps.
        key: Idempotency key.
        by: Who keeps the thing.

    Raises:
        Forbidden: ``by`` does not keep it.
        NotNow: Nothing is to be mended or found, or it is out of use already.
        Invalid, KeyReused: See :func:`hand_out`.
    """
    authorize(by, "access.keep", offer)
    found = lock(offer)
    if done := _former(key, kind, None):
        return done
    if kind not in (Kind.DAMAGED, Kind.LOST, Kind.FOUND, Kind.MENDED):
        raise Invalid(fields={"kind": [kind]})
    pictures = _checked(found, seen)
    rows = Booking.objects.filter(offer=found, state=State.OUT).select_related("person")
    lost_by = rows.first() if kind == Kind.LOST else None
    holder = found.custodian if lost_by is None else lost_by.person
    made = _write(
        found, kind, (holder, found.custodian), seen, key, by, booking=lost_by, at=now()
    )  # fmt: skip
    statephotos.keep(made, pictures, by)
    if lost_by is not None:
        turn(lost_by, State.DONE, by, str(made.get_kind_display()))
    if kind in (Kind.FOUND, Kind.MENDED):
        _mend(found, made, by)
    elif kind == Kind.LOST or seen.condition == Condition.UNUSABLE:
        _break(found, made, by, seen.words)
    return made


def _break(offer: Offer, about: Handover, by: Actor, reason: str) -> None:
    """Out of use from now on, for all places; who booked it hears of it."""
    if Closure.objects.filter(offer=offer, ends_at__isnull=True).exists():
        raise NotNow(_("It is out of use already."))
    why = reason.strip()[:300] or str(about.get_kind_display())
    closed = Closure.objects.create(offer=offer, starts_at=now(), reason=why, by=by.label[:254])
    _away(offer, about, closed)
    OfferTurn.objects.create(offer=offer, kind=OfferTurn.Kind.BROKEN, reason=why, by=by.label[:254])
    audit(by, "access.thing.broken", offer, reason=why)
    for row in coming(offer.resource):
        if row.state not in (State.OUT, State.DONE):
            about_ = f"{about.pk}:{row.pk}"
            write_to([row.person], AccessLetter.Kind.BROKEN, offer, about=about_, booking=row)


def _mend(offer: Offer, about: Handover, by: Actor) -> None:
    closed = Closure.objects.filter(offer=offer, ends_at__isnull=True).first()
    if closed is None:
        raise NotNow(_("It is not out of use."))
    closed.ends_at = max(now(), closed.starts_at + dt.timedelta(seconds=1))
    closed.save(update_fields=["ends_at"])
    _here_again(offer, about, closed)
    OfferTurn.objects.create(
        offer=offer, kind=OfferTurn.Kind.MENDED, reason=about.words[:300], by=by.label[:254]
    )
    audit(by, "access.thing.mended", offer)
    give_on(offer)


def _away(offer: Offer, about: Handover, closed: Closure) -> None:
    """In the ledger it goes into a process of repair, or it is gone; not while somebody has it."""
    told: dict[str, Any] = {
        "resource": offer.item, "quantity": 1, "unit": "PCE", "concerns": offer.resource,
        "note": closed.reason, "by": SYSTEM, "key": f"access:closure:{closed.pk}",
        "accountable": offer.owner,
    }  # fmt: skip
    if about.kind == Kind.LOST:
        ledger.record_event(action="lower", provider=offer.owner, custodian=about.provider, **told)
    elif offer.item is not None and ledger.on_hand(offer.item, offer.custodian):
        repair = ledger.open_process(
            chamber=offer.chamber, name=str(_("Repair")), based_on="repair", by=SYSTEM
        )
        ledger.record_event(
            action="accept", provider=offer.custodian, custodian=offer.custodian,
            input_of=repair, state=about.condition, **told,
        )  # fmt: skip


def _here_again(offer: Offer, about: Handover, closed: Closure) -> None:
    """The opposite: out of repair in the state that it is in now, or there again."""
    gone = Event.objects.filter(key=f"access:closure:{closed.pk}", chamber=offer.chamber).first()
    if gone is None:
        return
    told: dict[str, Any] = {
        "resource": offer.item, "quantity": 1, "unit": "PCE", "concerns": offer.resource,
        "note": about.words, "by": SYSTEM, "key": f"access:closure:{closed.pk}:end",
        "custodian": offer.custodian, "state": about.condition, "accountable": offer.owner,
    }  # fmt: skip
    if gone.action == "lower":
        ledger.record_event(action="raise", provider=offer.owner, **told)
    else:
        ledger.record_event(
            action="modify", provider=offer.custodian, output_of=gone.input_of, **told
        )


def _former(key: str, kind: str, booking: Booking | None) -> Handover | None:
    if not 0 < len(key) <= 80 or "\0" in key:
        words = _("A key has 1 to 80 characters.")
        raise Invalid(words, fields={"key": [words]})
    done = Handover.objects.filter(key=key).first()
    about = booking.pk if booking is not None else None
    if done is not None and (done.kind, done.booking_id) != (kind, about):
        raise KeyReused(key=key)
    return done


def _checked(offer: Offer, seen: Seen) -> list[Sized]:
    """The photos as they are kept, once the rest of what was seen makes sense."""
    fields: dict[str, list[str]] = {}
    if seen.condition not in Condition.values:
        fields["condition"] = [_("Choose one of those that are there.")]
    if len(seen.words) > 500 or "\0" in seen.words:
        fields["words"] = [_("This text is too long.")]
    if len(seen.photos) > statephotos.MOST:
        fields["photos"] = [_("At most %(most)d photos.") % {"most": statephotos.MOST}]
    if seen.counter is not None:
        last = Handover.objects.filter(offer__resource_id=offer.resource_id, counter__isnull=False)
        before = last.order_by("-id").values_list("counter", flat=True).first()
        if seen.counter < 0 or seen.counter >= 2**53:
            fields["counter"] = [_("A counter is a number from 0 on.")]
        elif before is not None and seen.counter < before:
            words = _("The counter said %(before)s already: it does not run backwards.")
            fields["counter"] = [words % {"before": before / 1000}]
    if fields:
        raise Invalid(fields=fields)
    return [statephotos.cleaned(each) for each in seen.photos]


def _write(
    offer: Offer, kind: str, agents: tuple[Agent, Agent], seen: Seen, key: str, by: Actor,
    **more: Any,
) -> Handover:  # fmt: skip
    made = Handover.objects.create(
        offer=offer, kind=kind, provider=agents[0], receiver=agents[1], condition=seen.condition,
        words=seen.words.strip(), counter=seen.counter, key=key, by=by.label[:254], **more,
    )  # fmt: skip
    audit(by, f"access.thing.{kind}", offer, condition=seen.condition)
    if seen.condition in (Condition.DAMAGED, Condition.UNUSABLE) or kind == Kind.LOST:
        write_to(keepers(offer), AccessLetter.Kind.BROKEN, offer, about=f"keep:{made.pk}")
    return made


def _custody(
    offer: Offer, giver: Agent, taker: Agent, key: str, seen: Seen, at: dt.datetime
) -> Any:
    """The thing changes hands; whose it is stays."""
    return ledger.record_event(
        action="transferCustody", provider=giver, receiver=taker, resource=offer.item, quantity=1,
        unit="PCE", accountable=offer.owner, custodian=giver, concerns=offer.resource,
        state=seen.condition, key=f"access:{key}", by=SYSTEM, at=at, note=seen.words.strip(),
    )  # fmt: skip


def _used(offer: Offer, row: Booking, minutes: int, key: str, at: dt.datetime) -> None:
    if minutes:
        ledger.record_event(
            action="use", provider=offer.custodian, receiver=row.person, resource=offer.item,
            effort=minutes, concerns=offer.resource, key=f"access:{key}:use", by=SYSTEM, at=at,
        )  # fmt: skip
