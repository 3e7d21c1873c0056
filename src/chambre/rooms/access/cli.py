"""The access room at the command line: ``booking``."""

from __future__ import annotations

import uuid
from typing import Any

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.ui.figures import moment
from chambre.registry import api as registry
from chambre.rooms.access.models import Booking
from chambre.rooms.access.queries.bookings import coming
from chambre.rooms.access.queries.errors import NoBooking
from chambre.rooms.access.queries.moments import local, moment_of
from chambre.rooms.access.services import booking as booking_service
from chambre.rooms.access.services import changing


def as_json_of(row: Booking, email: str = "") -> dict[str, Any]:
    """A booking for machines: times on the clock of the place, with their offset."""
    user = row.person.user
    return {
        "id": row.pk,
        "resource": row.resource.slug,
        "person": email or (user.email if user is not None else row.person.slug),
        "from": local(row.starts_at).isoformat(),
        "to": local(row.ends_at).isoformat(),
        "state": row.state,
    }


@click.group()
def booking() -> None:
    """Bookings of things at others' disposal: create, list, cancel."""


@booking.command("create")
@click.argument("resource")
@click.option("--person", required=True, help="E-mail address of who uses it.")
@click.option("--from", "since", required=True, help="Beginning, as 2026-12-31T14:30.")
@click.option("--to", "until", required=True, help="End, as 2026-12-31T16:00.")
@click.option("--purpose", default="", help="What for.")
@click.option("--key", default="", help="Idempotency key; the same one books once.")
@json_option
def create(
    resource: str, person: str, since: str, until: str, purpose: str, key: str, as_json: bool
) -> None:
    """Book the thing RESOURCE for a person, under its rules.

    Times without an offset are those of the clock in Paris.
    """
    row = booking_service.book(
        resource=registry.resource(resource), person=registry.person(person),
        start=moment_of(since, "from"), end=moment_of(until, "to"), purpose=purpose,
        key=key or f"cli:{uuid.uuid4().hex}", by=administrator(),
    )  # fmt: skip
    words = _("%(thing)s is booked for %(person)s from %(from)s to %(to)s (number %(id)d).")
    facts = {
        "thing": row.resource.name, "person": row.person.name, "from": moment(row.starts_at),
        "to": moment(row.ends_at), "id": row.pk,
    }  # fmt: skip
    show(as_json_of(row), as_json, words % facts)


@booking.command("list")
@click.argument("resource")
@json_option
def listing(resource: str, as_json: bool) -> None:
    """List the bookings of the thing RESOURCE that are not over."""
    rows = coming(registry.resource(resource))
    show(
        {"bookings": [as_json_of(row) for row in rows]}, as_json,
        [
            f"{row.pk:>6}  {moment(row.starts_at)} – {moment(row.ends_at)}  {row.person.name}"
            f"  {row.get_state_display()}"
            for row in rows
        ],
    )  # fmt: skip


@booking.command("cancel")
@click.argument("number", type=int)
@click.option("--reason", default="", help="Why.")
@json_option
def cancel(number: int, reason: str, as_json: bool) -> None:
    """Cancel the booking NUMBER; its time goes to whoever waits for it."""
    row = Booking.objects.select_related("offer").filter(pk=number).first()
    if row is None:
        raise NoBooking(number=number)
    changing.cancel(booking=row, by=administrator(), reason=reason)
    row.refresh_from_db()
    show(as_json_of(row), as_json, _("Cancelled."))


commands = [booking]
