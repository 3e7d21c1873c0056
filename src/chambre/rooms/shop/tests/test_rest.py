"""The shop for machines: from an empty shop to an order that is handed over; who may not."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone

from chambre.core import tokens
from chambre.core.models import User
from chambre.registry import api as registry
from chambre.registry.models import Role
from chambre.rooms.shop.models import Order, Product, Stock
from chambre.rooms.shop.services.moving import visiting
from chambre.rooms.shop.tests.conftest import SYSTEM
from chambre.rooms.shop.tests.test_moving_shop import order as former_order


class Machine:
    """Calls with a key, in few words."""

    def __init__(self, client, user, scopes):
        self.client = client
        key = tokens.create_token(user=user, scopes=scopes, by=SYSTEM)[1] if user else ""
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def __call__(self, method, path, data=None):
        answer = self.client.generic(
            method, f"/api/shop{path}", json.dumps(data) if data is not None else b"",
            content_type="application/json", headers=self.headers,
        )  # fmt: skip
        return answer.status_code, json.loads(answer.content)


@pytest.fixture
def person(farm):
    agent = registry.create_person(email="tresor@exemple.test", name="Tresor", by=SYSTEM)
    registry.grant_role(
        agent=agent, kind=Role.Kind.TREASURER, scope=farm.structure, by=SYSTEM
    )  # fmt: skip
    return agent.user


@pytest.fixture
def machine(farm, client, person):
    """A machine in the name of the treasurer, with a key for the shop."""
    return Machine(client, person, ["shop"])


@pytest.fixture
def stranger(farm, client):
    """A machine of somebody who keeps no shop."""
    return Machine(client, User.objects.create_user("passant@exemple.test"), ["*"])


def add(machine, **more):
    said = {"name": "Carottes", "state": "sold", "variants": [{"price": 250}], **more}
    return machine("POST", "/shops/jardin/products", said)


def test_from_a_product_to_an_order_that_is_handed_over(farm, machine):
    status, product = add(
        machine, categories=["Légumes > Racines"], pricing="weight", vat=550,
        variants=[{"price": 400, "estimate": 500}],
    )  # fmt: skip
    variant = product["variants"][0]["id"]
    stocked = machine(
        "POST",
        "/shops/jardin/stock",
        {"key": "s1", "variant": variant, "kind": "count", "quantity": 5},
    )
    asked = {
        "key": "o1", "distribution": farm.distribution.pk, "email": "lou@exemple.test",
        "name": "Lou", "lines": [{"variant": variant, "quantity": 2}], "pay": "pickup",
    }  # fmt: skip
    first, again = (machine("POST", "/shops/jardin/orders", asked) for _time in range(2))
    number = first[1]["id"]
    harvest = machine("GET", f"/shops/jardin/distributions/{farm.distribution.pk}/harvest")
    weighed = machine(
        "POST", f"/shops/jardin/orders/{number}/prepare",
        {"key": "p1", "lines": [{"line": 1, "given": 2, "grams": 1100}], "ready": True},
    )  # fmt: skip
    drawer = farm.drawer()
    paid = machine(
        "POST", f"/shops/jardin/orders/{number}/cash", {"key": "c1", "drawer": drawer.pk}
    )
    gone = machine("POST", f"/shops/jardin/orders/{number}/hand-over", {"key": "h1"})
    stocks = machine("GET", "/shops/jardin/stock")[1]["items"]

    assert (status, product["categories"], stocked[0]) == (201, ["racines"], 200)
    assert stocked[1] == {
        "variant": variant, "distribution": None, "there": 5, "promised": 0, "left": 5,
    }  # fmt: skip
    assert (first[0], first[1]["total"], first[1]["state"]) == (201, 400, "confirmed")
    assert first == again
    assert harvest == (
        200,
        [{"producer": "Le Jardin de la Lysse", "product": "Carottes", "variant": "", "pieces": 2,
          "grams": 1000, "orders": 1}],
    )  # fmt: skip
    assert (weighed[0], weighed[1]["total"], weighed[1]["due"]) == (200, 440, 440)
    assert (paid[0], paid[1]["due"]) == (200, 0)
    assert (gone[0], gone[1]["state"], gone[1]["due"]) == (200, "handed", 0)
    assert [(row["there"], row["promised"]) for row in stocks] == [(3, 0)]


def test_the_same_key_for_something_else_is_refused(farm, machine):
    variant = farm.sells("Carottes", 250)
    asked = {
        "key": "o1", "distribution": farm.distribution.pk, "email": "lou@exemple.test",
        "name": "Lou", "lines": [{"variant": variant.pk, "quantity": 2}],
    }  # fmt: skip
    machine("POST", "/shops/jardin/orders", asked)

    status, problem = machine(
        "POST", "/shops/jardin/orders", {**asked, "lines": [{"variant": variant.pk, "quantity": 3}]}
    )

    assert (status, problem["code"]) == (409, "idempotency.key-reused")
    assert Order.objects.count() == 1


def test_what_is_sold_out_says_how_much_is_left(farm, machine):
    variant = farm.sells("Carottes", 250, there=1)

    status, problem = machine(
        "POST", "/shops/jardin/orders",
        {
            "key": "o1", "distribution": farm.distribution.pk, "email": "lou@exemple.test",
            "name": "Lou", "lines": [{"variant": variant.pk, "quantity": 2}],
        },
    )  # fmt: skip

    assert (status, problem["code"]) == (409, "shop.sold-out")
    assert problem["data"]["left"] == {str(variant.pk): 1}
    assert not Order.objects.exists()


def test_an_order_is_changed_and_cancelled_by_who_knows_its_number(farm, stranger):
    variant = farm.sells("Carottes", 250, there=5)
    order = farm.order((variant, 1))
    path = f"/orders/{order.public_id}"

    changed = stranger("PUT", path, {"key": "k", "lines": [{"variant": variant.pk, "quantity": 3}]})
    seen = stranger("GET", path)
    cancelled = stranger("POST", f"{path}/cancel", {"key": "x"})

    assert (changed[0], changed[1]["total"], seen[1]["total"]) == (200, 750, 750)
    assert (cancelled[1]["state"], Stock.objects.get().promised) == ("cancelled", 0)
    assert stranger("GET", "/orders/nimporte")[0] == 404


def test_a_shop_is_planned_and_changed(farm, machine):
    now = timezone.now()
    place = machine("POST", "/shops/jardin/places", {"name": "La gare", "city": "Valmère"})
    cycle = machine(
        "POST", "/shops/jardin/cycles",
        {
            "name": "Semaine 13", "opens_at": now.isoformat(),
            "closes_at": (now + dt.timedelta(days=3)).isoformat(),
        },
    )  # fmt: skip
    start = now + dt.timedelta(days=4)
    distribution = machine(
        "POST", "/shops/jardin/distributions",
        {
            "cycle": cycle[1]["id"], "place": "la-gare", "starts_at": start.isoformat(),
            "ends_at": (start + dt.timedelta(hours=2)).isoformat(),
            "slots": [
                {
                    "starts_at": start.isoformat(), "capacity": 4,
                    "ends_at": (start + dt.timedelta(hours=1)).isoformat(),
                }
            ],
        },
    )  # fmt: skip
    opened = machine("GET", "/shops/jardin/open-distributions")[1]
    closed = machine("POST", f"/shops/jardin/cycles/{cycle[1]['id']}/close", {})
    renamed = machine("PATCH", "/shops/jardin", {"lede": "Des légumes"})

    assert (place[0], place[1]["slug"], cycle[0], distribution[0]) == (201, "la-gare", 201, 201)
    assert distribution[1]["slots"][0]["left"] == 4
    assert [row["place"] for row in opened] == ["la-halle", "la-gare"]
    assert closed[1]["closed_at"] is not None
    assert (renamed[0], renamed[1]["lede"]) == (200, "Des légumes")
    assert len(machine("GET", "/shops/jardin/cycles")[1]["items"]) == 2
    assert len(machine("GET", "/shops/jardin/distributions")[1]) == 2
    assert [row["slug"] for row in machine("GET", "/shops/jardin/places")[1]] == [
        "la-gare", "la-halle",
    ]  # fmt: skip


def test_products_are_changed_and_visitors_see_what_is_sold(farm, machine, client):
    add(machine)
    add(machine, name="Secret", state="draft")
    anybody = Machine(client, None, [])

    changed = machine("PATCH", "/shops/jardin/products/carottes", {"origin": "Sarthe"})
    variant = changed[1]["variants"][0]["id"]
    more = machine(
        "POST", "/shops/jardin/products/carottes/variants", {"price": 500, "name": "5 kg"}
    )
    priced = machine("PATCH", f"/shops/jardin/variants/{variant}", {"price": 300})

    assert (changed[1]["origin"], changed[1]["vat"]) == ("Sarthe", 550)
    assert (more[0], priced[1]["price"]) == (201, 300)
    assert len(machine("GET", "/shops/jardin/products")[1]["items"]) == 2
    seen = anybody("GET", "/shops/jardin/products")[1]["items"]
    assert [(row["name"], len(row["variants"])) for row in seen] == [("Carottes", 2)]
    assert anybody("GET", "/shops/jardin/products/secret")[0] == 404
    assert [row["slug"] for row in anybody("GET", "/shops")[1]] == ["jardin"]


def test_customers_are_for_those_who_keep_the_shop(farm, machine, stranger):
    variant = farm.sells("Carottes", 250)
    farm.order((variant, 2))
    found = visiting.Visited()
    from chambre.lib.woocommerce.records import read_order

    visiting._keep_orders(farm.shop, [read_order(former_order(1041, "completed"))], SYSTEM, found)

    page = machine("GET", "/shops/jardin/customers?email=LOU@exemple.test")[1]["items"]
    whole = machine("GET", f"/shops/jardin/customers/{page[0]['id']}")[1]

    assert [row["email"] for row in page] == ["lou@exemple.test"]
    assert ([row["total"] for row in whole["orders"]], whole["has"]) == ([500], 0)
    assert [(row["number"], row["total"]) for row in whole["former_orders"]] == [("1041", 400)]
    assert stranger("GET", "/shops/jardin/customers")[0] == 403


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("POST", "/shops/jardin/products", {"name": "X", "variants": [{"price": 1}]}),
        ("PATCH", "/shops/jardin", {"name": "X"}),
        ("POST", "/shops/jardin/places", {"name": "X"}),
        ("GET", "/shops/jardin/orders", None),
        ("GET", "/shops/jardin/stock", None),
        ("POST", "/shops", {"slug": "x", "name": "X", "structure": "jardin"}),
    ],
)
def test_who_keeps_no_shop_may_not(stranger, method, path, data):
    status, problem = stranger(method, path, data)

    assert (status, problem["code"]) == (403, "forbidden")
    assert not Product.objects.exists()


def test_a_key_for_something_else_may_not(farm, client, person):
    reader = Machine(client, person, ["lens"])

    assert add(reader)[0] == 403
    assert not Product.objects.exists()


def test_nothing_is_written_without_a_key(farm, client):
    assert add(Machine(client, None, []))[0] == 401
