"""Distributions over REST: who may, what comes, and that nothing is doubled."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Distribution, Objection
from chambre.rooms.reciprocity.tests.house import SYSTEM, House

pytestmark = pytest.mark.django_db
BASE = "/api/reciprocity/contracts/presse/distributions"
SPAN = {"since": "2025-01-01", "until": "2025-12-31"}


@pytest.fixture
def house() -> House:
    house = House()
    house.sells(120_000, dt.date(2025, 3, 1))
    return house


@pytest.fixture
def treasurer(house: House, make_user: Any, client: Any) -> Any:
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.holder, by=SYSTEM)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def send(path: str, data: Any = None) -> Any:
        if data is None:
            return client.get(BASE + path)
        return client.post(BASE + path, data, content_type="application/json")

    return send


def test_from_a_dry_run_to_the_books(house: House, treasurer: Any) -> None:
    tried = treasurer("/try", SPAN)
    assert tried.status_code == 200
    assert (tried.json()["income"], tried.json()["kept"]) == (120_000, 15_600)
    assert Distribution.objects.count() == 0

    made = treasurer("", {**SPAN, "objection_days": 0})
    assert made.status_code == 201
    assert treasurer("", {**SPAN, "objection_days": 0}).json()["number"] == 1
    assert {share["to"]: share["amount"] for share in made.json()["shares"]} == {
        "fonds-entretien": 30_000, "verger": 12_000, "atelier": 31_200, "cuve": 15_600,
        "lysse": 15_600,
    }  # fmt: skip
    assert treasurer("/1/decide", {}).json()["state"] == "decided"
    booked = treasurer("/1/book", {}).json()
    assert booked["state"] == "booked"
    assert {share["stands"] for share in booked["shares"]} == {"owed", "moved", "stays"}
    facts = treasurer("/1/facts").json()["items"]
    assert [(fact["kind"], fact["amount"]) for fact in facts] == [("sale", 120_000)]
    assert house.balance("467000") == -46_800

    paid = {"key": "p1", "iban": "FR76 3000 6000 0112 3456 7890 189"}
    line = next(share for share in booked["shares"] if share["to"] == "atelier")
    first = treasurer(f"/1/shares/{line['number']}/payout", paid)
    assert first.status_code == 201
    again = treasurer(f"/1/shares/{line['number']}/payout", paid)
    assert again.json() == first.json()
    assert treasurer(f"/1/shares/{line['number']}/payout", {"key": "p2"}).status_code == 409
    assert treasurer("/1/shares/99/payout", {"key": "p3"}).status_code == 404


def test_an_objection_is_made_once(house: House, treasurer: Any) -> None:
    treasurer("", SPAN)
    said = {"reason": "Il manque juin.", "key": "o1"}
    assert treasurer("/1/objections", said).status_code == 201
    assert treasurer("/1/objections", said).status_code == 201
    assert Objection.objects.count() == 1
    assert treasurer("/1").json()["objections"] == 1
    assert treasurer("/1/decide", {}).status_code == 409


def test_strangers_are_refused(house: House, client: Any, make_user: Any) -> None:
    house.proposes()
    assert client.get(BASE).status_code == 401
    client.force_login(
        make_user("eve@exemple.test"), backend="django.contrib.auth.backends.ModelBackend"
    )
    for path in ("", "/1", "/1/facts"):
        assert client.get(BASE + path).status_code == 403
    for path, data in (("/try", SPAN), ("", SPAN), ("/1/decide", {}), ("/1/book", {})):
        answer = client.post(BASE + path, data, content_type="application/json")
        assert answer.status_code == 403
    assert Distribution.objects.get().state == Distribution.State.PROPOSED
