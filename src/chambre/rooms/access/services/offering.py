"""Putting a thing at others' disposal: rules proposed, accepted by both sides, withdrawn only under them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger import api as ledger
from chambre.lib import canonical
from chambre.lib.booking import BookingRefusal, read_opening
from chambre.lib.booking.rules import FARTHEST_DAYS
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource, Role
from chambre.rooms.access.models import (
    HOLDING,
    AccessLetter,
    Booking,
    Consent,
    Named,
    Offer,
    OfferTurn,
    Terms,
)
from chambre.rooms.access.queries.errors import NotNow, unreadable
from chambre.rooms.access.queries.moments import now
from chambre.rooms.access.queries.people import keepers
from chambre.rooms.access.services.booking import lock
from chambre.rooms.access.services.letters import write_to

SYSTEM = Actor.system("access")
FIELDS = (
    "audience", "purpose", "hours", "capacity", "shortest", "longest", "notice", "ahead_days",
    "buffer", "through", "week_count", "week_minutes", "month_count", "month_minutes", "approval",
    "training", "priority", "gives", "gives_amount", "gives_text", "contract", "cancel_minutes",
    "withdrawal_days", "place", "counter",
)  # fmt: skip
"""What terms say, and what is accepted."""
DEFAULTS: dict[str, Any] = {
    "audience": Terms.Audience.MEMBERS, "gives": Terms.Return.NOTHING, "capacity": 1,
    "withdrawal_days": 30,
}  # fmt: skip
_MOST_MINUTES = 366 * 24 * 60


class AlreadyOffered(Conflict):
    """The resource has an offer of use that is not ended."""

    code = "access.already-offered"


@transaction.atomic
def offer_use(
    *, resource: Resource, by: Actor, owner: Agent | None = None, custodian: Agent | None = None,
    named: Iterable[Agent] = (), note: str = "", **rules: Any,
) -> Offer:  # fmt: skip
    """Propose to put a thing at others' disposal. It is so once owner and custodian accepted the rules.

    Args:
        resource: The thing.
        by: Who acts for its owner or its custodian; that side accepts by proposing.
        owner: Who owns it; by default the register's.
        custodian: Who has it in care; by default the register's.
        named: People, for the audience ``named``.
        note: About these rules.
        **rules: By the names of :class:`Terms`; minutes, cents.

    Raises:
        Forbidden: ``by`` acts for neither.
        Invalid: No owner or custodian, one for both, or rules that make no sense.
        AlreadyOffered: It is at others' disposal already.
    """
    owner, custodian = owner or resource.owner, custodian or resource.custodian
    if owner is None or custodian is None or owner == custodian:
        words = _("Say who owns it and who has it in care: two different ones.")
        raise Invalid(words, fields={"custodian": [words]})
    offer = Offer(
        chamber=resource.chamber, resource=resource, owner=owner, custodian=custodian,
        made_by=by.label[:254],
    )  # fmt: skip
    authorize(by, "access.propose", offer)
    if not by.is_system and owner != resource.owner and not by.may("access.own", offer):
        words = _("The register names another owner.")
        raise Invalid(words, fields={"owner": [words]})
    try:
        with transaction.atomic():
            offer.save(force_insert=True)
    except IntegrityError as error:
        words = _("It is at others' disposal already. Propose other rules there.")
        raise AlreadyOffered(words, resource=resource.slug) from error
    _write_terms(offer, {**DEFAULTS, **rules}, named, note, by)
    audit(by, "access.offer.made", offer)
    return offer


@transaction.atomic
def propose_terms(
    *, offer: Offer, by: Actor, named: Iterable[Agent] | None = None, note: str = "", **rules: Any
) -> Terms:
    """Propose other rules; those in force stay until both sides accepted these.

    What is not said stays as it is in the newest version. Bookings that are there keep their rules.

    Raises:
        Forbidden: ``by`` acts for neither side.
        NotNow: The thing is withdrawn.
        Invalid: Rules that make no sense.
    """
    authorize(by, "access.propose", offer)
    locked = lock(offer)
    if locked.state == Offer.State.ENDED:
        raise NotNow
    last = locked.versions.order_by("-number")[0]
    said = {**{name: getattr(last, name) for name in FIELDS}, **rules}
    people = [row.person for row in last.named.select_related("person")] if named is None else named
    terms = _write_terms(locked, said, people, note, by)
    offer.refresh_from_db()
    return terms


def _write_terms(
    offer: Offer, rules: dict[str, Any], named: Iterable[Agent], note: str, by: Actor
) -> Terms:
    people = list({one.pk: one for one in named}.values())
    terms = Terms(
        offer=offer, number=offer.versions.count() + 1, note=note.strip()[:500], by=by.label[:254],
        **rules,
    )  # fmt: skip
    _check(terms, people)
    said = {name: getattr(terms, name) for name in FIELDS}
    terms.digest = canonical.digest(
        {**said, "named": sorted(one.slug for one in people)}, about="access.terms"
    ).hex()
    terms.save(force_insert=True)
    Named.objects.bulk_create([Named(terms=terms, person=one) for one in people])
    _turn(offer, OfferTurn.Kind.PROPOSED, by, terms=terms, reason=terms.note)
    for side in Consent.Side.values:
        if not by.is_system and _may(by, side, offer):
            _consent(terms, side, by)
    _enter(offer, terms, by)
    return terms


def _check(terms: Terms, people: list[Agent]) -> None:
    """Refuse rules that make no sense, each beside its field."""
    fields: dict[str, list[str]] = {}
    try:
        read_opening(terms.hours)
    except BookingRefusal as refusal:
        raise unreadable(refusal, "hours") from refusal
    for name in FIELDS:
        if wrong := _wrong_value(terms, name):
            fields[name] = [wrong]
    if not 1 <= terms.capacity <= 1000:
        fields["capacity"] = [_("From 1 to 1000 places.")]
    if terms.longest and terms.longest < terms.shortest:
        fields["longest"] = [_("The longest booking is shorter than the shortest.")]
    if terms.audience == Terms.Audience.NAMED and not people:
        fields["audience"] = [_("Name at least one person.")]
    roles = [name.strip() for name in terms.priority.split(",") if name.strip()]
    if set(roles) - set(Role.Kind.values):
        fields["priority"] = [_("These are no roles: %(roles)s.") % {"roles": ", ".join(roles)}]
    if terms.gives in (Terms.Return.DEPOSIT, Terms.Return.HOURS) and not terms.gives_amount:
        fields["gives_amount"] = [_("Say how much.")]
    if terms.gives == Terms.Return.SHARE and not terms.contract:
        fields["contract"] = [_("Name the contract.")]
    if fields:
        raise Invalid(fields=fields)


def _wrong_value(terms: Terms, name: str) -> str:
    """What is wrong with one rule by itself; empty when nothing is."""
    value, field = getattr(terms, name), Terms._meta.get_field(name)
    if isinstance(value, str):
        choices = [key for key, _words in getattr(field, "choices", None) or ()]
        if choices and value not in choices:
            return _("Choose one of those that are there.")
        if "\0" in value or len(value) > (getattr(field, "max_length", None) or 4000):
            return _("This text is too long.")
    elif isinstance(value, int) and not 0 <= value <= _MOST_MINUTES:
        return _("A whole number from 0 to a year's minutes.")
    return ""


def _may(by: Actor, side: str, offer: Offer) -> bool:
    return by.may("access.own" if side == Consent.Side.OWNER else "access.keep", offer)


def _consent(terms: Terms, side: str, by: Actor) -> None:
    Consent.objects.create(terms=terms, side=side, digest=terms.digest, by=by.label[:254])


def _turn(
    offer: Offer, kind: str, by: Actor, *, terms: Terms | None = None, reason: str = ""
) -> None:
    OfferTurn.objects.create(
        offer=offer, kind=kind, terms=terms, reason=reason[:500], by=by.label[:254]
    )


@transaction.atomic
def accept(*, terms: Terms, side: str, digest: str, by: Actor) -> Consent:
    """Accept rules for the owner or the custodian; accepting twice gives the first acceptance.

    Args:
        terms: The newest version.
        side: ``owner`` or ``custodian``.
        digest: Of the rules that the person was shown.
        by: Who acts for that side; the machine's administrator may for both.

    Raises:
        Forbidden: ``by`` does not act for that side.
        NotNow: Other rules were proposed meanwhile, or the thing is withdrawn.
    """
    if side not in Consent.Side.values:
        raise Invalid(fields={"side": [side]})
    authorize(by, "access.own" if side == Consent.Side.OWNER else "access.keep", terms.offer)
    offer = lock(terms.offer)
    newest = offer.versions.order_by("-number")[0]
    if newest.pk != terms.pk or digest != newest.digest or offer.state == Offer.State.ENDED:
        raise NotNow(_("Other rules were proposed meanwhile. Read them first."))
    done: Consent | None = newest.consents.filter(side=side).first()
    if done is None:
        _consent(newest, side, by)
        done = newest.consents.get(side=side)
        audit(by, "access.terms.accepted", newest, side=side, digest=digest)
        _enter(offer, newest, by)
    terms.offer.refresh_from_db()
    return done


def _enter(offer: Offer, terms: Terms, by: Actor) -> None:
    """Let terms count once both sides accepted them; the thing comes into the ledger with the first."""
    if terms.consents.count() < len(Consent.Side.values):
        return
    offer.number = terms.number
    if offer.state == Offer.State.PROPOSED:
        offer.state = Offer.State.OPEN
    if offer.item_id is None:
        offer.item = _into_the_ledger(offer, terms)
    offer.save(update_fields=["number", "state", "item"])
    _turn(offer, OfferTurn.Kind.IN_FORCE, by, terms=terms)
    audit(by, "access.terms.in-force", terms)


def _into_the_ledger(offer: Offer, terms: Terms) -> Any:
    """The thing as a stock: its owner's, and then in the custody of who keeps it.

    One that was at disposal before goes on with its history where it is still the same owner's.
    """
    former = Offer.objects.filter(resource=offer.resource, item__isnull=False, owner=offer.owner)
    last = former.exclude(pk=offer.pk).order_by("-id").first()
    if last is not None:
        item: Any = last.item
        for holder in {offer.owner, last.custodian} - {offer.custodian}:
            if here := ledger.on_hand(item, holder):
                _give(offer, item, holder, offer.custodian, here, f"again:{holder.pk}")
        return item
    single = terms.capacity == 1
    made = ledger.record_event(
        action="raise", provider=offer.owner, quantity=terms.capacity, unit="PCE",
        concerns=offer.resource, key=f"access:{offer.pk}:raise", by=SYSTEM,
        new_resource=ledger.NewStock(
            name=offer.resource.name[:200], unit="PCE", serialized=single, about=offer.resource
        ),
        note=_("put at others' disposal"),
    )  # fmt: skip
    item = made.to_resource or made.resource
    _give(offer, item, offer.owner, offer.custodian, terms.capacity, "custody")
    return item


def _give(offer: Offer, item: Any, giver: Agent, taker: Agent, quantity: int, about: str) -> None:
    ledger.record_event(
        action="transferCustody", provider=giver, receiver=taker, resource=item, unit="PCE",
        quantity=quantity, accountable=offer.owner, custodian=giver, concerns=offer.resource,
        key=f"access:{offer.pk}:{about}", by=SYSTEM,
    )  # fmt: skip


@transaction.atomic
def announce_withdrawal(
    *, offer: Offer, by: Actor, day: dt.date | None = None, reason: str = ""
) -> Offer:
    """Let the owner take a thing back, from the first day on which the accepted rules allow it.

    What is booked stays, also after that day; nothing more is booked from it on.

    Args:
        offer: Of the thing.
        by: Who acts for the owner.
        day: First day on which it is no longer at disposal; by default the first one possible.
        reason: Why.

    Raises:
        Forbidden: ``by`` does not act for the owner.
        NotNow: It is withdrawn, or not at disposal yet.
        Invalid: Earlier than the notice that the owner accepted, or ten years later.
    """
    authorize(by, "access.own", offer)
    locked = lock(offer)
    if locked.state == Offer.State.PROPOSED:
        return _end(locked, by, reason)
    if locked.state == Offer.State.ENDED:
        raise NotNow
    first = registry.today() + dt.timedelta(days=locked.terms.withdrawal_days)
    day = day or first
    if day < first:
        words = _(
            "The rules that the owner accepted give %(days)d days of notice: %(day)s at the earliest."
        )
        message = words % {"days": locked.terms.withdrawal_days, "day": first.strftime("%d/%m/%Y")}
        raise Invalid(message, fields={"day": [message]})
    if day > first + dt.timedelta(days=FARTHEST_DAYS):
        words = _("This day is in another age.")
        raise Invalid(words, fields={"day": [words]})
    locked.state, locked.ends_on = Offer.State.LEAVING, day
    locked.save(update_fields=["state", "ends_on"])
    _turn(locked, OfferTurn.Kind.LEAVING, by, terms=locked.terms, reason=reason)
    about = f"{day.isoformat()}:{locked.turns.count()}"
    audit(by, "access.offer.leaving", locked, day=day.isoformat(), reason=reason[:300])
    rows = Booking.objects.filter(offer=locked, state__in=HOLDING, ends_at__gt=now())
    people = [row.person for row in rows.select_related("person")]
    write_to([*people, *keepers(locked)], AccessLetter.Kind.LEAVING, locked, about=about)
    return locked


@transaction.atomic
def stay(*, offer: Offer, by: Actor, reason: str = "") -> Offer:
    """Take an announced withdrawal back: the thing stays at disposal under the rules in force.

    Who was told that it leaves is told that it stays. Taking it back again changes nothing.

    Args:
        offer: Of the thing.
        by: Who acts for the owner, as for the announcement.
        reason: Why.

    Raises:
        Forbidden: ``by`` does not act for the owner.
        NotNow: Nothing was announced, or it has left already.
    """
    authorize(by, "access.own", offer)
    locked = lock(offer)
    if locked.state == Offer.State.OPEN:
        return locked
    if locked.state != Offer.State.LEAVING:
        raise NotNow
    told = AccessLetter.objects.filter(offer=locked, kind=AccessLetter.Kind.LEAVING)
    people = [row.person for row in told.select_related("person")]
    locked.state, locked.ends_on = Offer.State.OPEN, None
    locked.save(update_fields=["state", "ends_on"])
    words = reason or _("The withdrawal that was announced is taken back.")
    _turn(locked, OfferTurn.Kind.IN_FORCE, by, terms=locked.terms, reason=words)
    audit(by, "access.offer.stays", locked, reason=reason[:300])
    about = f"stays:{locked.turns.count()}"
    write_to(people, AccessLetter.Kind.LEAVING, locked, about=about)
    return locked


def _end(offer: Offer, by: Actor, reason: str = "") -> Offer:
    offer.state = Offer.State.ENDED
    offer.save(update_fields=["state"])
    _turn(offer, OfferTurn.Kind.ENDED, by, reason=reason)
    audit(by, "access.offer.ended", offer)
    return offer


def end_due() -> int:
    """End what is withdrawn and no longer used by anybody: the thing goes back to its owner; how many."""
    done = 0
    running = (*HOLDING[:4],)
    for each in Offer.objects.filter(state=Offer.State.LEAVING, ends_on__lte=registry.today()):
        with transaction.atomic():
            offer = lock(each)
            waits = Booking.objects.filter(offer=offer, state__in=running, ends_at__gt=now())
            out = Booking.objects.filter(offer=offer, state=Booking.State.OUT)
            if offer.state != Offer.State.LEAVING or waits.exists() or out.exists():
                continue
            item = offer.item
            here = 0 if item is None else ledger.on_hand(item, offer.custodian)
            if here:
                _give(offer, item, offer.custodian, offer.owner, here, "returned")
            _end(offer, SYSTEM)
            done += 1
    return done
