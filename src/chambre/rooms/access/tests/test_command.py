"""``chambre booking``."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from chambre.core.errors import ChambreError
from chambre.rooms.access.cli import booking
from chambre.rooms.access.models import Booking

pytestmark = pytest.mark.django_db


def run(*arguments: str):
    return CliRunner().invoke(booking, arguments, catch_exceptions=True)


def test_creates_a_booking_in_local_time(shop):
    shop.offers()
    day = shop.day.isoformat()

    done = run(
        "create", "tour", "--person", "carl@valmere.test", "--from", f"{day}T14:00",
        "--to", f"{day}T16:30", "--json",
    )  # fmt: skip

    found = json.loads(done.output)
    row = Booking.objects.get()
    assert found == {
        "id": row.pk, "resource": "tour", "person": "carl@valmere.test", "state": "confirmed",
        "from": found["from"], "to": found["to"],
    }  # fmt: skip
    assert found["from"].startswith(f"{day}T14:00:00+0")
    assert row.starts_at == shop.at(14)
    assert row.ends_at == shop.at(16, 30)


def test_refuses_what_is_taken_and_what_is_no_time(shop):
    shop.offers()
    times = ["--from", f"{shop.day}T14:00", "--to", f"{shop.day}T15:00", "--json"]
    assert run("create", "tour", "--person", "carl@valmere.test", *times).exit_code == 0

    again = run("create", "tour", "--person", "dora@valmere.test", *times)
    wrong = run(
        "create", "tour", "--person", "dora@valmere.test", "--from", "soon", "--to", "later"
    )

    assert isinstance(again.exception, ChambreError)
    assert again.exception.code == "access.full"
    assert wrong.exception.code == "invalid"
    assert Booking.objects.count() == 1


def test_lists_and_cancels(shop):
    shop.offers()
    row = shop.books(shop.carl, 9, 10)

    listed = json.loads(run("list", "tour", "--json").output)
    cancelled = json.loads(run("cancel", str(row.pk), "--json").output)

    assert [each["id"] for each in listed["bookings"]] == [row.pk]
    assert cancelled["state"] == "cancelled"
    assert json.loads(run("list", "tour", "--json").output) == {"bookings": []}
