"""Coupons: taken off to the cent, within their bounds, the last use once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Adjustment, Coupon, CouponUse, Order
from chambre.rooms.shop.queries.errors import NameTaken, Ruled
from chambre.rooms.shop.services import changing, handing, preparing, reducing
from chambre.rooms.shop.services.asking import Wanted
from chambre.rooms.shop.services.preparing import Weighed
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm

pytestmark = pytest.mark.django_db


def gives(farm: Farm, code: str = "PRINTEMPS", **said: Any) -> Coupon:
    what = {"kind": "percent", "value": 1_000, **said}
    return reducing.save_coupon(shop=farm.shop, code=code, by=SYSTEM, **what)


def test_a_percentage_is_shared_on_the_lines_to_the_cent(farm: Farm) -> None:
    gives(farm)
    leek, soap = farm.sells("Poireau", 333), farm.sells("Savon", 500, vat=2_000)
    order = farm.order((leek, 1), (soap, 2), codes=["printemps "])
    assert (order.goods, order.reduction, order.total) == (1_333, 133, 1_200)
    assert [line.reduction for line in order.lines.order_by("number")] == [33, 100]
    row = Adjustment.objects.get()
    assert (row.kind, row.label, row.amount, row.origin) == (
        "coupon",
        "PRINTEMPS",
        133,
        "PRINTEMPS",
    )
    assert Coupon.objects.get().used == CouponUse.objects.count() == 1

    farm.pay(order)
    handing.hand_over(order=order, key="h", by=SYSTEM)
    order.refresh_from_db()
    booked = order.entry.lines.exclude(account__code__startswith="4191")
    assert sum(line.amount for line in booked) == -1_200


def test_what_is_not_concerned_keeps_its_price(farm: Farm) -> None:
    leek, soap = farm.sells("Poireau", 300), farm.sells("Savon", 500)
    gives(farm, kind="per-piece", value=50, products=[leek.product], most=120)
    order = farm.order((leek, 3), (soap, 1), codes=["PRINTEMPS"])
    assert [line.reduction for line in order.lines.order_by("number")] == [120, 0]


def test_bounds_hold_and_nothing_happens(farm: Farm) -> None:
    leek = farm.sells("Poireau", 300, there=5)
    gives(farm, minimum=1_000)
    gives(farm, "PASSE", ends=dt.date(2020, 1, 1))
    gives(farm, "SEUL", alone=True)
    for codes, code in (
        (["PRINTEMPS"], "shop.coupon-minimum"),
        (["PASSE"], "shop.coupon-late"),
        (["SEUL", "PASSE"], "shop.coupon-late"),
        (["RIEN"], "invalid"),
    ):
        with pytest.raises((Ruled, Invalid)) as refused:
            farm.order((leek, 1), codes=codes)
        assert refused.value.code == code
    assert (Order.objects.count(), CouponUse.objects.count()) == (0, 0)
    assert leek.stocks.get().promised == 0
    assert {row.used for row in Coupon.objects.all()} == {0}


def test_uses_per_person_and_in_all_come_back_with_a_cancelled_order(farm: Farm) -> None:
    leek = farm.sells("Poireau", 300)
    gives(farm, per_person=1, in_all=2)
    lou = farm.order((leek, 1), codes=["PRINTEMPS"])
    with pytest.raises(Ruled) as refused:
        farm.order((leek, 1), codes=["PRINTEMPS"])
    assert refused.value.code == "shop.coupon-used-person"
    farm.order((leek, 1), who="max", codes=["PRINTEMPS"])
    with pytest.raises(Ruled) as refused:
        farm.order((leek, 1), who="zoe", codes=["PRINTEMPS"])
    assert refused.value.code == "shop.coupon-used-up"
    assert Coupon.objects.get().used == 2

    changing.cancel_order(order=lou, by=ANYBODY)
    assert Coupon.objects.get().used == 1
    assert farm.order((leek, 1), who="zoe", codes=["PRINTEMPS"]).reduction == 30


def test_the_same_order_again_uses_nothing_again(farm: Farm) -> None:
    leek = farm.sells("Poireau", 300)
    gives(farm, in_all=1)
    first = farm.order((leek, 1), key="one", codes=["PRINTEMPS"])
    assert farm.order((leek, 1), key="one", codes=["PRINTEMPS"]) == first
    assert Coupon.objects.get().used == 1


def test_a_changed_order_keeps_its_coupon_or_takes_another(farm: Farm) -> None:
    leek = farm.sells("Poireau", 300)
    gives(farm, in_all=1)
    gives(farm, "DEUX", kind="amount", value=200)
    order = farm.order((leek, 1), codes=["PRINTEMPS"])
    order = changing.change_order(order=order, wanted=[Wanted(leek.pk, 4)], by=ANYBODY, key="c1")
    assert (order.reduction, order.total) == (120, 1_080)
    order = changing.change_order(
        order=order, wanted=[Wanted(leek.pk, 4)], by=ANYBODY, key="c2", codes=["DEUX"]
    )
    assert (order.reduction, order.adjustments.get().origin) == (200, "DEUX")
    assert {row.code: row.used for row in Coupon.objects.all()} == {"PRINTEMPS": 0, "DEUX": 1}
    order = changing.change_order(
        order=order, wanted=[Wanted(leek.pk, 4)], by=ANYBODY, key="c3", codes=[]
    )
    assert (order.reduction, order.adjustments.count()) == (0, 0)


def test_what_comes_short_takes_its_part_of_the_reduction_away(farm: Farm) -> None:
    leek = farm.sells("Poireau", 300)
    gives(farm)
    order = farm.order((leek, 4), codes=["PRINTEMPS"], pay="pickup")
    order = preparing.prepare(order=order, weighed=[Weighed(1, 2)], by=SYSTEM, key="p")
    assert (order.reduction, order.total) == (60, 540)
    assert Adjustment.objects.get().amount == 60


def test_a_coupon_is_said_by_who_keeps_the_shop(farm: Farm) -> None:
    gives(farm)
    with pytest.raises(NameTaken):
        gives(farm, "Printemps")
    for wrong in ({"value": 10_001}, {"value": 0}, {"kind": "half"}, {"code": "10 %"}):
        with pytest.raises(Invalid):
            gives(farm, **{"code": "AUTRE", **wrong})
    assert Coupon.objects.count() == 1
