"""The room for machines, under ``/api/access/``: things, what is free, bookings."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Path, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.addresses import own_address
from chambre.core.errors import Invalid
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry import api as registry
from chambre.rooms.access.models import Booking, Offer
from chambre.rooms.access.queries.calendar import days_of
from chambre.rooms.access.queries.errors import NoBooking
from chambre.rooms.access.queries.moments import local, now
from chambre.rooms.access.queries.offers import offer_of, offers_visible_to, rules_of
from chambre.rooms.access.queries.returns import deposit_of
from chambre.rooms.access.services import booking, changing, deposits

router = Router(tags=["access"])

TEXT = r"^[^\x00]*$"
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][-A-Za-z0-9_]{0,59}$")]
Number = Path[Annotated[int, Field(ge=1, le=2**62)]]
MOST_DAYS = 62


class ThingOut(Schema):
    """A thing at others' disposal."""

    id: int
    resource: str = Field(description="Short name.")
    name: str
    owner: str | None = Field(description="Short name; null for a person.")
    custodian: str | None = Field(description="Short name; null for a person.")
    state: str = Field(description="`proposed`, `open`, `leaving`.")
    number: int = Field(description="Of the rules in force; 0: none.")
    ends_on: dt.date | None


class ThingFree(Schema):
    """A time at which at least one place is free."""

    start: dt.datetime
    end: dt.datetime


class ThingBookingOut(Schema):
    """A booking of one's own, or of a thing that one keeps."""

    id: int
    resource: str
    start: dt.datetime
    end: dt.datetime
    state: str = Field(
        description="`asked`, `held`, `confirmed`, `out`, `done`, `cancelled`, `refused`, `lapsed`."
    )
    purpose: str


class ThingBookingIn(Schema):
    """A time to book for oneself, once under its key."""

    start: dt.datetime = Field(description="With its offset.")
    end: dt.datetime = Field(description="With its offset; not part of it.")
    purpose: str = Field("", max_length=300, pattern=TEXT)
    key: str = Field(min_length=1, max_length=80, pattern=TEXT)


class ThingDepositOut(Schema):
    """The security deposit of a booking, in cents."""

    amount: int
    state: str = Field(description="`due`, `held`, `decide`, `settled`.")
    held: int = Field(description="What is held and may still go back.")
    kept: int
    back: int = Field(description="What went back, or is on its way.")
    reason: str = Field(description="Why something was kept.")
    pay: str = Field(description="The page where it is paid.")


class ThingCancelIn(Schema):
    """Why a booking is cancelled."""

    reason: str = Field("", max_length=300, pattern=TEXT)


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _thing(row: Offer) -> dict[str, Any]:
    def name(agent: Any) -> str | None:
        return agent.slug if agent.is_public else None

    return {
        "id": row.pk, "resource": row.resource.slug, "name": row.resource.name,
        "owner": name(row.owner), "custodian": name(row.custodian), "state": row.state,
        "number": row.number, "ends_on": row.ends_on,
    }  # fmt: skip


def _booking(row: Booking) -> dict[str, Any]:
    return {
        "id": row.pk, "resource": row.resource.slug, "start": local(row.starts_at),
        "end": local(row.ends_at), "state": row.state, "purpose": row.purpose,
    }  # fmt: skip


@router.get("/things", response=Page[ThingOut])
def list_things(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """The things at others' disposal that the caller may read of."""
    rows = offers_visible_to(_by(request)).exclude(state=Offer.State.ENDED)
    page = page_by_id(rows, query)
    return {**page, "items": [_thing(row) for row in page["items"]]}


def _offer(request: HttpRequest, slug: str) -> Offer:
    offer = offer_of(registry.resource(slug))
    authorize(_by(request), "access.read_offer", offer)
    return offer


@router.get("/things/{slug}", response=ThingOut)
def get_thing(request: HttpRequest, slug: Slug) -> Any:
    """One thing."""
    return _thing(_offer(request, slug))


@router.get("/things/{slug}/free", response=list[ThingFree])
def list_thing_free(request: HttpRequest, slug: Slug, since: dt.date, until: dt.date) -> Any:
    """When a thing is free, from one day to another, both included; at most 62 days."""
    offer = _offer(request, slug)
    far = dt.timedelta(days=3660)
    days = (until - since).days
    if not 0 <= days < MOST_DAYS or abs(since - registry.today()) > far:
        raise Invalid(fields={"until": [f"0…{MOST_DAYS - 1}"]})
    if offer.number == 0:
        return []
    found = days_of(offer, rules_of(offer.terms), since, until, now())
    return [
        {"start": local(span.start), "end": local(span.end)} for day in found for span in day.free
    ]


@router.get("/bookings", response=Page[ThingBookingOut], auth=SIGNED_IN)
def list_thing_bookings(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """The caller's own bookings."""
    by = _by(request)
    authorize(by, "access.book")
    rows = Booking.objects.filter(person__user=by.user).select_related("resource")
    page = page_by_id(rows, query)
    return {**page, "items": [_booking(row) for row in page["items"]]}


@router.post(
    "/things/{slug}/bookings", response={201: ThingBookingOut, **problems(409)}, auth=SIGNED_IN
)
def book_thing(request: HttpRequest, slug: Slug, payload: ThingBookingIn) -> Any:
    """Book a thing for oneself under its rules; the same key books once."""
    by = _by(request)
    offer = _offer(request, slug)
    authorize(by, "access.book", offer)
    if payload.start.tzinfo is None or payload.end.tzinfo is None:
        raise Invalid(fields={"start": ["2026-12-31T14:30:00+01:00"]})
    row = booking.book(
        resource=offer.resource, person=registry.person_of(by.user),  # type: ignore[arg-type]
        start=payload.start, end=payload.end, purpose=payload.purpose, key=payload.key, by=by,
    )  # fmt: skip
    return Status(201, _booking(row))


def _own(request: HttpRequest, number: int) -> Booking:
    rows = Booking.objects.select_related(
        "offer__resource", "offer__owner", "offer__custodian", "offer__chamber", "person__user",
        "resource", "terms",
    )  # fmt: skip
    row = rows.filter(pk=number).first()
    if row is None or not _by(request).may("access.read_booking", row):
        raise NoBooking(number=number)
    return row


@router.get("/bookings/{number}", response=ThingBookingOut, auth=SIGNED_IN)
def get_thing_booking(request: HttpRequest, number: Number) -> Any:
    """One booking: one's own, or of a thing that one keeps."""
    return _booking(_own(request, number))


@router.post(
    "/bookings/{number}/cancel", response={200: ThingBookingOut, **problems(409)}, auth=SIGNED_IN
)
def cancel_thing_booking(request: HttpRequest, number: Number, payload: ThingCancelIn) -> Any:
    """Cancel a booking; its time goes to whoever waits for it."""
    row = _own(request, number)
    return _booking(changing.cancel(booking=row, by=_by(request), reason=payload.reason))


@router.post(
    "/bookings/{number}/deposit", response={200: ThingDepositOut, **problems(409)}, auth=SIGNED_IN
)
def ask_thing_deposit(request: HttpRequest, number: Number) -> Any:
    """Where the deposit of a booking stands, and the page where it is paid; asked again it is the same."""
    row = _own(request, number)
    payment = deposits.ask(booking=row, by=_by(request))
    found = deposit_of(row)
    if found is None:
        raise NoBooking(number=number)
    return {
        "amount": found.amount, "state": found.state, "held": found.here, "kept": found.kept,
        "back": found.back, "reason": found.reason,
        "pay": own_address() + reverse("treasury:pay", args=[payment.public_id]),
    }  # fmt: skip
