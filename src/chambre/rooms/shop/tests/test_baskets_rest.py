"""Weekly baskets over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chambre.rooms.shop.models import Subscription
from chambre.rooms.shop.services import reducing
from chambre.rooms.shop.tests.baskets import Season, week
from chambre.rooms.shop.tests.conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(db: object) -> Season:
    return Season()


@pytest.fixture
def caller(make_user: Any, client: Client) -> Client:
    client.force_login(make_user("lou@exemple.test"))
    return client


def sends(caller: Client, path: str, data: dict[str, Any]) -> Any:
    return caller.post(f"/api/shop{path}", data, content_type="application/json")


def test_a_season_is_read_quoted_signed_and_left_out_for_a_week(
    season: Season, caller: Client
) -> None:
    (plan,) = caller.get("/api/shop/shops/jardin/plans").json()
    assert [size["price"] for size in plan["sizes"]] == [1_500, 2_400]
    assert len(plan["days"]) == 10
    asked = {
        "size": plan["sizes"][0]["id"], "place": plan["places"][0]["id"], "instalments": 4,
        "complements": [{"complement": plan["complements"][0]["id"], "quantity": 1}],
    }  # fmt: skip
    here = f"/shops/jardin/plans/{plan['slug']}"
    said = sends(caller, f"{here}/quote", asked).json()
    assert (said["baskets"], said["amount"]) == (10, 18_000)
    assert [part["amount"] for part in said["instalments"]] == [4_500] * 4
    assert Subscription.objects.count() == 0

    signing = {**asked, "key": "k", "email": "lou@exemple.test", "name": "Lou"}
    for _twice in range(2):
        made = sends(caller, f"{here}/subscriptions", signing)
        assert made.status_code == 201
    row = Subscription.objects.get()
    assert (made.json()["id"], made.json()["amount"]) == (row.public_id, 18_000)

    day = week(2).isoformat()
    absent = {"key": "a", "first": day, "last": day}
    for _twice in range(2):
        told = sends(caller, f"/subscriptions/{row.public_id}/absences", absent)
        assert told.status_code == 200
    assert told.json()["left_out"] == [day]
    assert len(told.json()["baskets"]) == 9
    again = sends(caller, f"/subscriptions/{row.public_id}/absences", {**absent, "key": "b"})
    assert (again.status_code, again.json()["code"]) == (409, "shop.absence-nothing")
    assert caller.get("/api/shop/subscriptions/nothing").status_code == 404


def test_an_order_takes_codes(season: Season, caller: Client) -> None:
    reducing.save_coupon(shop=season.shop, code="DIX", kind="percent", value=1_000, by=SYSTEM)
    asked = {
        "key": "k", "distribution": season.distribution.pk, "email": "lou@exemple.test",
        "name": "Lou", "lines": [{"variant": season.eggs.pk, "quantity": 2}], "codes": ["dix"],
    }  # fmt: skip
    made = sends(caller, "/shops/jardin/orders", asked)
    assert (made.status_code, made.json()["reduction"], made.json()["total"]) == (201, 60, 540)
    wrong = sends(caller, "/shops/jardin/orders", {**asked, "key": "l", "codes": ["RIEN"]})
    assert wrong.status_code == 422
