"""Customers and orders of a running shop, over HTTP from a real server that pretends to be one."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from chambre.core import fetching
from chambre.core.errors import Forbidden, Invalid
from chambre.rooms.shop.cli import shop as command
from chambre.rooms.shop.models import Customer, ImportedOrder, Order, Product
from chambre.rooms.shop.services.customers import erase_customer
from chambre.rooms.shop.services.moving import visiting
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM
from chambre.rooms.shop.tests.former_shop import ANSWERS, Former, order


def visit(farm, address, **more):
    more.setdefault("by", SYSTEM)
    more.setdefault("secret", "cs_1")
    return visiting.visit(
        shop=farm.shop, address=address, key="ck_1", fetch=fetching.fetch, **more
    )  # fmt: skip


def test_products_customers_and_orders_come_in_once(farm, former):
    found = visit(farm, former)

    assert found.products == {"products": 1, "variations": 0, "updated": 0, "skipped": []}
    assert (found.customers, found.orders, found.placed) == (2, 3, 0)
    assert [(row["kind"], row["number"]) for row in found.skipped] == [("customer", "8")]
    lou = Customer.objects.get(email="lou@exemple.test")
    assert (lou.name, lou.address, lou.postcode, lou.city, lou.phone, lou.external_id) == (
        "Lou Martin", "3 rue du Four", "72000", "Valmère", "0612345678", "7",
    )  # fmt: skip
    product = Product.objects.get()
    assert (product.name, product.vat, product.variants.get().price) == ("Carottes", 550, 200)
    kept = visiting.former_orders(lou)
    assert [(row.number, row.total, row.status) for row in kept] == [
        ("1042", 400, "processing"), ("1041", 400, "completed"),
    ]  # fmt: skip
    assert kept[0].lines == [
        {"name": "Carottes", "quantity": "2", "total": 400, "sku": "CAR"},
    ]  # fmt: skip
    assert not Order.objects.exists()

    again = visit(farm, former)

    assert again.products["products"] == again.products["updated"] == 0
    assert (again.customers, again.customers_updated, again.orders) == (0, 0, 0)
    assert ImportedOrder.objects.count() == 3


def test_open_orders_are_placed_for_the_distribution_that_is_named(farm, former):
    found = visit(farm, former, into=farm.distribution)

    placed = Order.objects.get()
    assert (found.placed, placed.total, placed.state, placed.pay) == (
        1, 400, "confirmed", "pickup",
    )  # fmt: skip
    assert "1042" in placed.note
    assert "2026-03-02" in placed.note
    assert [(row["kind"], row["number"]) for row in found.skipped] == [
        ("customer", "8"), ("order", "1043"),
    ]  # fmt: skip
    assert visit(farm, former, into=farm.distribution).placed == 0
    assert Order.objects.count() == 1


def test_what_is_known_of_a_customer_here_stays(farm, former):
    Customer.objects.create(shop=farm.shop, email="lou@exemple.test", name="Lou M.", city="Ici")

    found = visit(farm, former)

    lou = Customer.objects.get(email="lou@exemple.test")
    assert (found.customers, found.customers_updated) == (1, 1)
    assert (lou.name, lou.city, lou.postcode) == ("Lou M.", "Ici", "72000")


def test_an_order_that_changed_there_is_another_fact(farm, former, monkeypatch):
    visit(farm, former)
    changed = [order(1042, "completed")]
    monkeypatch.setitem(ANSWERS, "orders", changed)

    found = visit(farm, former)

    lou = Customer.objects.get(email="lou@exemple.test")
    assert found.orders == 1
    assert {row.number: row.status for row in visiting.former_orders(lou)} == {
        "1041": "completed", "1042": "completed",
    }  # fmt: skip


def test_who_was_erased_does_not_come_back(farm, former, monkeypatch):
    visit(farm, former)
    lou = Customer.objects.get(email="lou@exemple.test")
    erase_customer(customer=lou, by=SYSTEM)
    kept = ImportedOrder.objects.filter(erased_at__isnull=False)

    assert {(row.customer, row.number, str(row.lines), row.total) for row in kept} == {
        (None, "", "[]", 400),
    }  # fmt: skip
    assert kept.count() == 2
    assert visiting.former_orders(lou) == []
    monkeypatch.setitem(ANSWERS, "orders", [order(1042, "refunded"), order(1050, "processing")])

    found = visit(farm, former, into=farm.distribution)

    assert (found.customers, found.orders) == (0, 0)
    assert [row["number"] for row in found.skipped if row["kind"] == "order"] == ["1050"]
    assert not Customer.objects.filter(email="lou@exemple.test").exists()
    assert not Customer.objects.filter(name__contains="Martin", erased_at=None).exclude(
        email="max@exemple.test"
    ).exists()  # fmt: skip
    assert (ImportedOrder.objects.count(), Order.objects.count()) == (3, 0)


def test_a_wrong_secret_brings_nothing(farm, former):
    with pytest.raises(visiting.ShopRefused) as refusal:
        visit(farm, former, secret="cs_2")

    assert refusal.value.data["reason"] == "key-refused"
    assert not Product.objects.exists()
    assert not Customer.objects.exists()


def test_a_shop_that_moved_is_not_followed(farm, former):
    Former.moved = "https://ailleurs.test/"

    with pytest.raises(visiting.ShopRefused) as refusal:
        visit(farm, former)

    assert refusal.value.data["reason"] == "redirected"
    assert len(Former.seen) == 1


def test_keys_are_only_sent_over_https(farm):
    with pytest.raises(visiting.ShopRefused) as refusal:
        visit(farm, "http://ferme.test")
    with pytest.raises(fetching.NotFetched):
        fetching.fetch("GET", "http://192.0.2.1/", {}, {})

    assert refusal.value.data["reason"] == "address-unsafe"


def test_an_answer_of_another_world_is_cut_off(former):
    with pytest.raises(fetching.NotFetched):
        fetching.fetch("GET", f"{former}/wp-json/wc/v3/orders", {}, {}, limit=10)


def test_only_who_manages_the_shop(farm, former):
    with pytest.raises(Forbidden):
        visit(farm, former, by=ANYBODY)

    assert Former.seen == []


def test_a_distribution_of_another_shop_is_refused(farm, former):
    farm.distribution.cycle.shop_id = 0

    with pytest.raises(Invalid):
        visit(farm, former, into=farm.distribution)

    assert Former.seen == []


def test_the_command_takes_its_secret_from_the_environment(farm, former, monkeypatch):
    monkeypatch.setenv("CHAMBRE_WOOCOMMERCE_SECRET", "cs_1")

    done = CliRunner().invoke(
        command,
        ["import-woocommerce-shop", former, "--shop", "jardin", "--key", "ck_1", "--json"],
    )

    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["products"]["products"], told["customers"], told["orders"]) == (1, 2, 3)
    assert "cs_1" not in done.output
