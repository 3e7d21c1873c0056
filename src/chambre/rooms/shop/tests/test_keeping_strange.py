"""Whatever is typed on the pages of those who keep a shop, nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest

from chambre.rooms.shop.models import (
    Cycle,
)
from chambre.rooms.shop.queries.accounts import differences
from chambre.rooms.shop.tests.conftest import page

pytestmark = pytest.mark.django_db


STRANGE = ("\0", "99999999999999999999", "-99999999999999999999", "é'\"<٣" * 60)


@pytest.mark.parametrize("typed", STRANGE)
def test_whatever_is_typed_nothing_breaks(market: Any, keeper: Any, typed: str) -> None:
    number = market.distribution.pk
    fields = ("amount", "means", "iban", "reason", "codes", "due", "order", "decision", "variant",
              "kind", "quantity", "line", "given", "weight", "drawer", "note", "name", "slug",
              "most_orders", "opens_at", "closes_at", "minutes", "capacity", "position",
              f"q{market.carrots.pk}", f"lost{market.carrots.pk}", f"price{market.carrots.pk}",
              "again", "p500", "remark", "available", "rule")  # fmt: skip
    acts = {
        page("keep_order", market.ada.public_id): ("hand", "back", "ready", "miss", typed),
        page("ending", number): ("decide", "count", "stock", typed),
        page("cycle", market.cycle.pk): ("offers", "distribution", typed),
        page("customer", market.ada.customer_id): ("back", "note", typed),
        page("keep_product", "carottes"): ("product", "variant", "photo", "remove", typed),
        page("settings"): ("shop", "place", "photo", typed),
        page("keep_producers"): ("add", typed),
        page("cycles"): ("",), page("rounds"): ("",), page("stocks"): ("",),
        page("stall", number): ("",), page("weighing", number): ("short", typed),
        page("short", number, market.carrots.pk): ("",), page("products"): ("",),
        page("product_new"): ("",), page("distribution", number): ("",),
    }  # fmt: skip
    for address, kinds in acts.items():
        for act in kinds:
            sent = dict.fromkeys(fields, typed) | {"act": act, "key": typed}
            answer = keeper.post(address, sent)
            assert answer.status_code < 500, (address, act)
    names = ("q", "par", "page", "first", "last", "ligne", "faite", "distribution", "variant",
             "state", "category", "commande", "tout", "unpaid")  # fmt: skip
    for address in (
        page("weighing", number), page("handing", number), page("stocks"), page("products"),
        page("shop_figures"), page("customers"), page("harvest", number),
        page("picking", number), page("crate_labels", number),
    ):  # fmt: skip
        for asked in (dict.fromkeys(names, typed), {"format": typed}):
            assert keeper.get(address, asked).status_code < 500, (address, asked)
    assert list(differences()) == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_time_break_nothing(market: Any, keeper: Any, day: str) -> None:
    for query in ({"first": day}, {"last": day}, {"first": day, "last": day, "par": "mois"}):
        assert keeper.get(page("shop_figures"), query).status_code == 200
    sent = {"name": "x", "opens_at": f"{day}T00:00", "closes_at": f"{day}T23:59"}
    assert keeper.post(page("cycles"), sent).status_code == 422
    assert Cycle.objects.count() == 1
