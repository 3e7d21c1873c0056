"""Hand-overs that were made without a network: each once, and one that is refused says so alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chambre.rooms.shop.models import Order
from chambre.rooms.shop.queries.accounts import differences
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm, page

pytestmark = pytest.mark.django_db


def send(client: Any, farm: Farm, *acts: Any, **more: Any) -> Any:
    address = page("offline_acts", farm.distribution.pk)
    answer = client.post(
        address, json.dumps({"acts": acts}), content_type="application/json", **more
    )
    return answer.json().get("answers", answer)


def test_hand_overs_are_done_in_order_and_sent_twice_done_once(farm: Farm, keeper: Any) -> None:
    from chambre.rooms.shop.services.shops import change_place

    carrots = farm.sells("Carottes", 250, there=20)
    change_place(place=farm.place, by=SYSTEM, drawer=farm.drawer())
    lou = farm.order((carrots, 2), pay="pickup")
    ada = farm.order((carrots, 1), who="ada")
    farm.pay(ada)
    told = keeper.get(page("offline_list", farm.distribution.pk)).json()
    assert [(row["name"], row["due"]) for row in told["orders"]] == [("Ada", 0), ("Lou", 500)]
    assert told["orders"][1]["lines"] == ["2 × Carottes"]

    acts = [
        {"key": "a", "order": lou.public_id, "means": "cash", "amount": 500, "codes": []},
        {"key": "b", "order": ada.public_id, "means": "", "amount": 0, "codes": []},
        {"key": "c", "order": "nowhere", "means": "", "amount": 0, "codes": []},
    ]
    first, again = send(keeper, farm, *acts), send(keeper, farm, *acts)
    assert [each["status"] for each in first] == [200, 200, 404]
    assert first == again
    assert {order.state for order in Order.objects.all()} == {"handed"}
    assert list(differences()) == []
    other = send(keeper, farm, {**acts[0], "key": "d"})
    assert other[0]["status"] == 409
    assert keeper.get(page("offline_list", farm.distribution.pk)).json()["orders"] == []


def test_another_amount_than_is_due_is_refused_whole(farm: Farm, keeper: Any) -> None:
    from chambre.rooms.shop.services.shops import change_place

    change_place(place=farm.place, by=SYSTEM, drawer=farm.drawer())
    order = farm.order((farm.sells("Carottes", 250), 2), pay="pickup")
    for amount, means in ((400, "cash"), (500, "cheque"), (500, "")):
        (told,) = send(
            keeper, farm, {"key": f"k{amount}{means}", "order": order.public_id, "means": means,
                           "amount": amount, "codes": []},
        )  # fmt: skip
        assert told["status"] == 422, means
    assert Order.objects.get().state == "confirmed"
    assert not order.payments.filter(payment__received__gt=0).exists()


@pytest.mark.parametrize(
    "broken", [3, None, [], {}, {"key": 3}, {"key": "a\0", "order": "x"},
               {"key": "k", "order": "x", "amount": "5"}, {"key": "k", "order": "x", "codes": "a"}],
)  # fmt: skip
def test_one_act_that_makes_no_sense_leaves_the_others_alone(
    farm: Farm, keeper: Any, broken: Any
) -> None:
    order = farm.order((farm.sells("Carottes", 250), 2))
    farm.pay(order)
    wrong, good = send(keeper, farm, broken, {"key": "g", "order": order.public_id, "means": ""})
    assert wrong["status"] in (404, 422)
    assert good["status"] == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"acts": []}', b'{"acts": 3}'])
def test_what_is_no_list_of_acts_is_refused_whole(farm: Farm, keeper: Any, body: bytes) -> None:
    answer = keeper.post(
        page("offline_acts", farm.distribution.pk), body, content_type="application/json"
    )
    assert answer.status_code == 422


def test_who_does_not_prepare_hands_nothing_over(farm: Farm, make_user: Any) -> None:
    order = farm.order((farm.sells("Carottes", 250), 2), pay="pickup")
    client = Client()
    address = reverse("shop:offline_acts", args=["jardin", farm.distribution.pk])
    body = json.dumps({"acts": [{"key": "k", "order": order.public_id, "means": "cash"}]})
    client.force_login(make_user("dris@exemple.test"))
    assert client.post(address, body, content_type="application/json").status_code == 403
    assert Order.objects.get().state == "confirmed"
