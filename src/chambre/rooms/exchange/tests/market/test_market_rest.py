"""The market for machines."""

from __future__ import annotations

from typing import Any

import pytest

from chambre.rooms.exchange.models import Posting
from chambre.rooms.exchange.tests.market.test_market_pages import enter

pytestmark = pytest.mark.django_db
API = "/api/exchange/market"


def send(client: Any, path: str, **data: Any) -> Any:
    return client.post(API + path, data, content_type="application/json")


def test_something_is_put_up_once_found_and_taken_off(client, market):
    enter(client, market, "lou")
    said = {
        "kind": "offer",
        "title": "Réparer des vélos",
        "category": "repair",
        "value": 4000,
        "key": "a",
    }
    first, second = send(client, "/postings", **said), send(client, "/postings", **said)
    assert (first.status_code, first.json()) == (201, second.json())
    number = first.json()["number"]

    enter(client, market, "ines")
    found = client.get(API + "/postings?words=velos").json()["items"]
    assert [(one["number"], one["owner"], one["value"]) for one in found] == [(number, "Lou", 4000)]
    assert send(client, f"/postings/{number}/close").status_code == 403
    enter(client, market, "lou")
    assert send(client, f"/postings/{number}/close").json()["ended"] == "closed"
    assert client.get(API + "/postings").json()["items"] == []


def test_what_cannot_be_is_refused(client, market):
    enter(client, market, "lou")

    answer = send(client, "/postings", kind="gift", title="x", category="cars", key="a")

    assert answer.status_code == 422
    assert not Posting.objects.exists()


def test_a_ring_is_answered(client, market):
    ring = market.ring()
    enter(client, market, "dris")
    assert send(client, f"/rings/{ring.pk}/answer", yes=True).status_code == 404
    for who in ("lou", "ines", "ada"):
        enter(client, market, who)
        answer = send(client, f"/rings/{ring.pk}/answer", yes=True)
        assert answer.status_code == 200
    assert answer.json()["state"] == "agreed"
    assert answer.json()["exchange"]
    assert send(client, f"/rings/{ring.pk}/answer", yes=False).status_code == 409
    assert len(client.get(API + "/rings").json()["items"]) == 1
