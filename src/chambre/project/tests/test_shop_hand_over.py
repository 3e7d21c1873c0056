"""A consigned jar on the pages of the stall: what is to be scanned is said, and nothing goes out half."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from chambre.core.actors import Actor
from chambre.project.tests.test_shop_and_deposit import world
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Contract
from chambre.rooms.shop.models import Order, Product
from chambre.rooms.shop.queries.accounts import differences
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.ordering import place_order
from chambre.treasury import containers

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture
def market(client: Any, make_user: Any) -> Any:
    """A shop with jam in jars, somebody of it signed in, and an order that is paid at the stall."""
    shop, distribution, jar = world("jardin")
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=shop.book.structure, by=SYSTEM)
    client.force_login(user)
    order = place_order(
        distribution=distribution, who=Who("lou@exemple.test", "Lou"), key="o", pay="pickup",
        wanted=[Wanted(Product.objects.get().variants.get().pk, 1)], by=Actor.of(None),
    )  # fmt: skip
    return shop, distribution, order, jar


def test_the_page_of_an_order_asks_for_its_jars_and_shows_where_they_come_back(
    market: Any, client: Any
) -> None:
    shop, _distribution, order, jar = market
    address = reverse("shop:keep_order", args=[shop.slug, order.public_id])
    shown = client.get(address).content.decode()
    keeper = containers.keeper()
    assert keeper is not None
    returns = keeper.places(shop.book)[0].returns_url
    assert 'name="codes"' in shown
    assert returns
    assert returns.replace("&", "&amp;") in shown

    hand = {"act": "hand", "means": "card", "due": "680"}
    client.post(address, {**hand, "key": "none"})
    client.post(address, {**hand, "codes": "https://lysse.test/x", "key": "wrong"})
    order.refresh_from_db()
    assert order.state == "confirmed"
    assert not order.payments.filter(payment__received__gt=0).exists()  # nor was the card taken
    assert not Contract.objects.exists()

    client.post(address, {**hand, "codes": jar, "key": "right"})
    order.refresh_from_db()
    assert order.state == "handed"
    assert Contract.objects.get().state == "open"
    assert list(differences()) == []


def test_jars_are_scanned_without_a_network_too(market: Any, client: Any) -> None:
    shop, distribution, order, jar = market
    args = [shop.slug, distribution.pk]
    (told,) = client.get(reverse("shop:offline_list", args=args)).json()["orders"]
    assert (told["coded"], told["due"]) == (1, 680)
    acts = [
        {"key": key, "order": order.public_id, "means": "card", "amount": 680, "codes": codes}
        for key, codes in (("a", []), ("b", [jar]))
    ]
    answer = client.post(
        reverse("shop:offline_acts", args=args), json.dumps({"acts": acts}),
        content_type="application/json",
    )  # fmt: skip
    assert [each["status"] for each in answer.json()["answers"]] == [422, 200]
    assert Contract.objects.count() == 1


def test_a_jar_is_sold_at_the_stall(market: Any, client: Any) -> None:
    shop, distribution, _order, jar = market
    variant = Product.objects.get().variants.get()
    address = reverse("shop:stall", args=[shop.slug, distribution.pk])
    sale = {f"q{variant.pk}": "1", "means": "card"}
    assert client.post(address, {**sale, "key": "s"}).status_code == 422
    assert Order.objects.count() == 1
    assert client.post(address, {**sale, "codes": jar, "key": "s"}).status_code == 302
    sold = Order.objects.get(state="handed")
    assert (sold.total, sold.deposits) == (680, 200)
