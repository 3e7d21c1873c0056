"""Booking: under the lock of the thing, so that no two get the same time."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import ChambreError, Invalid, KeyReused
from chambre.lib import booking as lib
from chambre.lib.booking import BookingRefusal, Repeat, Rules, Span
from chambre.registry.models import Agent, Resource
from chambre.rooms.access.models import (
    AccessLetter,
    Booking,
    BookingStep,
    Offer,
    Series,
    Terms,
)
from chambre.rooms.access.queries.calendar import away, holding, own_spans, taken
from chambre.rooms.access.queries.errors import BookingRefused, NotNow, OutOfUse
from chambre.rooms.access.queries.moments import local, now
from chambre.rooms.access.queries.offers import USABLE, check_person, offer_of, rules_of
from chambre.rooms.access.queries.people import keepers
from chambre.rooms.access.services.letters import write_to
from chambre.rooms.access.services.seating import seat_for

LONGEST_PURPOSE = 300
State = Booking.State


class SeriesReport(NamedTuple):
    """What became of a repetition: what was booked, and what does not fit, with why."""

    booked: list[Booking]
    refused: list[tuple[Span, ChambreError]]


def lock(offer: Offer) -> Offer:
    """The offer, with which everything about its thing is locked."""
    rows = Offer.objects.select_for_update(of=("self",))
    return rows.select_related("resource", "owner", "custodian", "chamber").get(pk=offer.pk)


@transaction.atomic
def book(
    *, resource: Resource, person: Agent, start: dt.datetime, end: dt.datetime, key: str, by: Actor,
    purpose: str = "",
) -> Booking:  # fmt: skip
    """Book a thing for somebody; where the rules ask for it, whoever keeps it approves first.

    Args:
        resource: The thing.
        person: Who uses it.
        start: Aware moment.
        end: Aware moment, which is not part of it.
        key: Idempotency key, 1 to 80 characters, unique for ever.
        by: The person, or somebody who keeps the thing.
        purpose: What for, at most 300 characters.

    Returns:
        The booking, ``confirmed`` or ``asked``; that which is there when the key was used for the same.

    Raises:
        NotOffered: It is not at others' disposal.
        Forbidden: ``by`` may not book for this person.
        NotForYou, NotTrained: The terms are not for them.
        BookingRefused: A rule says no, or it is taken; ``code`` names which.
        OutOfUse: In repair at that time, or taken elsewhere.
        KeyReused: The key was used for something else.
    """
    found = offer_of(resource)
    authorize_for(by, found, person)
    offer = lock(found)
    done = _former(key, offer, person, Span(start, end))
    if done is not None:
        return done
    terms = terms_in_force(offer)
    row = _write(offer, terms, person, Span(start, end), key, purpose, by, None)
    _tell(row, offer, by)
    return row


def authorize_for(by: Actor, offer: Offer, person: Agent) -> None:
    """Let somebody book for themselves, or whoever keeps the thing for others.

    Raises:
        Forbidden: Neither.
    """
    own = by.user is not None and person.user_id == by.user.pk
    authorize(by, "access.book" if own else "access.book_for", offer)


def terms_in_force(offer: Offer) -> Terms:
    """The terms of a locked offer that count for new bookings.

    Raises:
        NotNow: None do yet, or not any more.
    """
    if offer.state not in USABLE:
        raise NotNow(_("Its rules are not accepted by both sides yet: nobody can book it."))
    return offer.terms


def _former(key: str, offer: Offer, person: Agent, span: Span) -> Booking | None:
    if not 0 < len(key) <= 80 or "\0" in key:
        words = _("A key has 1 to 80 characters.")
        raise Invalid(words, fields={"key": [words]})
    done = Booking.objects.filter(key=key).first()
    if done is not None and (done.offer_id, done.person_id, done.starts_at, done.ends_at) != (
        offer.pk, person.pk, *span,
    ):  # fmt: skip
        raise KeyReused(key=key)
    return done


def decide(offer: Offer, terms: Terms, person: Agent, span: Span) -> Rules:
    """Refuse what the rules do not allow; the rules. The offer is locked.

    Raises:
        NotForYou, NotTrained, BookingRefused, OutOfUse: See :func:`book`.
    """
    rules = rules_of(terms)
    try:
        lib.check_reach(span, now=now())
        lib.check(rules, span, now=now(), own=own_spans(offer, person, span))
        check_person(offer, terms, person, local(span.start).date())
        busy = rules.busy(span)
        if offer.ends_on is not None and local(span.end).date() >= offer.ends_on:
            raise OutOfUse(_("Its owner takes it back then. Choose an earlier time."))
        if any(gone.meets(span) for gone in away(offer, span)):
            raise OutOfUse
        lib.check_free(rules, span, taken(holding(offer, busy)))
    except BookingRefusal as refusal:
        raise BookingRefused.of(refusal) from refusal
    return rules


def _write(
    offer: Offer, terms: Terms, person: Agent, span: Span, key: str, purpose: str, by: Actor,
    series: Series | None,
) -> Booking:  # fmt: skip
    rules = decide(offer, terms, person, span)
    keeper = by.may("access.keep", offer)
    state = State.ASKED if terms.approval and not keeper else State.CONFIRMED
    return write_booking(
        offer,
        terms,
        rules,
        person,
        span,
        state=state,
        key=key,
        purpose=purpose,
        by=by,
        series=series,
    )


def write_booking(
    offer: Offer, terms: Terms, rules: Rules, person: Agent, span: Span, *, state: str, key: str,
    by: Actor, purpose: str = "", series: Series | None = None,
    held_until: dt.datetime | None = None,
) -> Booking:  # fmt: skip
    """Write a booking that was decided under the lock of its offer, on a place that is free."""
    busy = rules.busy(span)
    row = Booking.objects.create(
        offer=offer, terms=terms, resource=offer.resource, person=person, starts_at=span.start,
        ends_at=span.end, busy_until=busy.end, seat=seat_for(offer, busy, rules.capacity),
        state=state, purpose=purpose.replace("\0", "").strip()[:LONGEST_PURPOSE], series=series,
        held_until=held_until, key=key, made_by=by.label[:254],
    )  # fmt: skip
    BookingStep.objects.create(booking=row, state=state, by=by.label[:254])
    audit(
        by, "access.booking.made", row, state=state, start=span.start.isoformat(),
        end=span.end.isoformat(),
    )  # fmt: skip
    return row


def _tell(row: Booking, offer: Offer, by: Actor) -> None:
    kinds = AccessLetter.Kind
    if row.state == State.ASKED:
        write_to(keepers(offer), kinds.ASKED, offer, about=str(row.pk), booking=row)
    elif by.user is None or row.person.user_id != by.user.pk:
        write_to([row.person], kinds.BOOKED, offer, about=str(row.pk), booking=row)


@transaction.atomic
def book_series(
    *, resource: Resource, person: Agent, start: dt.datetime, end: dt.datetime, repeat: Repeat,
    key: str, by: Actor, purpose: str = "", only_all: bool = True,
) -> SeriesReport:  # fmt: skip
    """Book a repetition: all of it, or what fits; each time is decided like one booking.

    Args:
        resource: The thing.
        person: Who uses it.
        start: Of the first time.
        end: Of the first time.
        by: See :func:`book`.
        purpose: What for.
        repeat: How it comes again; at most 400 times.
        key: Idempotency key of the whole, 1 to 60 characters.
        only_all: Book nothing unless all fits; the report says what does not.

    Returns:
        What was booked and what was refused, each with its reason.

    Raises:
        NotOffered, Forbidden: See :func:`book`.
        BookingRefused: The repetition has no end, or cannot be read.
        KeyReused: The key was used for something else.
    """
    found = offer_of(resource)
    authorize_for(by, found, person)
    offer = lock(found)
    if done := Series.objects.filter(key=key[:80]).first():
        if (done.offer_id, done.person_id) != (offer.pk, person.pk):
            raise KeyReused(key=key)
        return SeriesReport(list(done.bookings.all()), [])
    try:
        times = lib.spans(repeat, Span(start, end))
    except BookingRefusal as refusal:
        raise BookingRefused.of(refusal) from refusal
    if not times:
        raise Invalid(_("This repetition has no day."), fields={"until": [_("No day.")]})
    terms = terms_in_force(offer)
    point = transaction.savepoint()
    series = Series.objects.create(
        offer=offer, person=person, frequency=repeat.frequency, until=local(times[-1].start).date(),
        key=key[:80], by=by.label[:254],
    )  # fmt: skip
    report = SeriesReport([], [])
    for number, span in enumerate(times, 1):
        try:
            row = _write(offer, terms, person, span, f"{key}:{number}", purpose, by, series)
            report.booked.append(row)
        except ChambreError as refusal:
            report.refused.append((span, refusal))
    if not report.booked or (only_all and report.refused):
        transaction.savepoint_rollback(point)
        return SeriesReport([], report.refused)
    transaction.savepoint_commit(point)
    _tell(report.booked[0], offer, by)
    return report
