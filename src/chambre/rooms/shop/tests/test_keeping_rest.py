"""The shop for machines: a scale and a till do what the pages do, once."""

from __future__ import annotations

from typing import Any

import pytest

from chambre.rooms.shop.models import Cycle, Order, Product
from chambre.rooms.shop.queries.accounts import differences
from chambre.rooms.shop.tests.conftest import Farm

pytestmark = pytest.mark.django_db
API = "/api/shop/shops/jardin"


def post(client: Any, address: str, **payload: Any) -> Any:
    return client.post(f"{API}{address}", payload, content_type="application/json")


def test_a_scale_weighs_and_a_till_hands_over(farm: Farm, keeper: Any) -> None:
    hen = farm.sells("Poule", 1_200, estimate=1_800, pricing=Product.Pricing.WEIGHT)
    order = farm.order((hen, 1), pay="pickup")
    number = farm.distribution.pk
    (row,) = keeper.get(f"{API}/distributions").json()
    assert (row["number"], row["to_prepare"], row["place"]) == (number, 1, "La halle")
    (told,) = keeper.get(f"{API}/distributions/{number}/to-weigh").json()
    assert (told["code"], told["lines"][0]["estimate"]) == (order.code, 1_800)

    weighed = {"key": "w", "lines": [{"line": 1, "given": 1, "grams": 1_750}], "ready": True}
    for _twice in range(2):
        done = post(keeper, f"/orders/{order.public_id}/prepare", **weighed).json()
    assert (done["state"], done["total"], done["due"]) == ("prepared", 2_100, 2_100)
    assert keeper.get(f"{API}/distributions/{number}/to-weigh").json() == []

    wrong = post(keeper, f"/orders/{order.public_id}/hand-over", key="h", means="card", amount=1)
    assert wrong.status_code == 422
    for _twice in range(2):
        done = post(
            keeper, f"/orders/{order.public_id}/hand-over", key="h", means="card", amount=2_100
        ).json()
    assert (done["state"], done["due"]) == ("handed", 0)
    assert list(differences()) == []
    again = post(keeper, f"/orders/{order.public_id}/hand-over", key="i", means="card")
    assert again.status_code == 409
    assert keeper.get(f"{API}/orders/{order.public_id}").json() == done


def test_a_till_sells_and_counts(farm: Farm, keeper: Any) -> None:
    carrots = farm.sells("Carottes", 250)
    counted = post(keeper, "/stock", key="c", variant=carrots.pk, kind="count", quantity=5)
    assert counted.json() == {
        "variant": carrots.pk, "distribution": None, "there": 5, "promised": 0, "left": 5,
    }  # fmt: skip
    sale = {"key": "s", "means": "card", "sold": [{"variant": carrots.pk, "quantity": 2}]}
    address = f"/distributions/{farm.distribution.pk}/sales"
    first, again = post(keeper, address, **sale), post(keeper, address, **sale)
    assert first.json() == again.json()
    assert (first.json()["state"], first.json()["total"]) == ("handed", 500)
    more = {**sale, "key": "t", "sold": [{"variant": carrots.pk, "quantity": 4}]}
    assert post(keeper, address, **more).status_code == 409
    assert Order.objects.count() == 1
    lost = post(keeper, "/stock", key="l", variant=carrots.pk, kind="loss", quantity=1)
    assert lost.json()["there"] == 2


def test_a_cycle_is_repeated_once(farm: Farm, keeper: Any) -> None:
    made = [post(keeper, f"/cycles/{farm.cycle.pk}/repeat").json() for _twice in range(2)]
    assert made[0] == made[1]
    assert made[0]["name"] == "Semaine 13"
    assert Cycle.objects.count() == 2


def test_strangers_and_wrong_numbers_get_nothing(farm: Farm, client: Any, make_user: Any) -> None:
    client.force_login(make_user("dris@exemple.test"))
    assert client.get(f"{API}/distributions").status_code == 403
    assert post(client, "/cycles/1/repeat").status_code == 403
    assert client.get("/api/shop/shops/nulle-part/distributions").status_code == 404


def test_what_is_not_there_is_not_found(farm: Farm, keeper: Any) -> None:
    for address in (
        "/distributions/999999999999999999999/orders", "/distributions/-1/orders",
        "/orders/nothing",
    ):  # fmt: skip
        assert keeper.get(f"{API}{address}").status_code in (404, 422), address
    assert post(keeper, "/cycles/0/repeat").status_code == 404
    assert post(keeper, "/stock", key="k", variant=77, kind="in", quantity=1).status_code == 404
