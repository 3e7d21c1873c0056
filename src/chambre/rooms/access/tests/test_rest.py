"""The room for machines."""

from __future__ import annotations

import pytest

from chambre.rooms.access.models import Booking

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_a_machine_sees_what_is_free_books_and_cancels(shop, client):
    shop.offers(hours="mon-sun 09:00-18:00")
    shop.books(shop.dora, 9, 12)
    client.force_login(shop.carl.user)

    [thing] = client.get("/api/access/things").json()["items"]
    assert (thing["resource"], thing["owner"], thing["number"]) == ("tour", "commune", 1)
    free = client.get(f"/api/access/things/tour/free?since={shop.day}&until={shop.day}").json()
    assert [(each["start"][11:16], each["end"][11:16]) for each in free] == [("12:00", "18:00")]
    wanted = {"start": shop.at(12).isoformat(), "end": shop.at(13).isoformat(), "key": "m1"}
    first = client.post("/api/access/things/tour/bookings", wanted, content_type=JSON)
    again = client.post("/api/access/things/tour/bookings", wanted, content_type=JSON)
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    other = {**wanted, "key": "m2"}
    taken = client.post("/api/access/things/tour/bookings", other, content_type=JSON)
    assert (taken.status_code, taken.json()["type"].rpartition("#")[2]) == (409, "access.full")

    number = first.json()["id"]
    cancelled = client.post(f"/api/access/bookings/{number}/cancel", {}, content_type=JSON)
    assert cancelled.json()["state"] == "cancelled"
    others = Booking.objects.get(person=shop.dora).pk
    assert client.get(f"/api/access/bookings/{others}").status_code == 404
    assert (
        client.post(f"/api/access/bookings/{others}/cancel", {}, content_type=JSON).status_code
        == 404
    )
    assert len(client.get("/api/access/bookings").json()["items"]) == 1
    client.logout()
    assert client.get("/api/access/bookings").status_code == 401
