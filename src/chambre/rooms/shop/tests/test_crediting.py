"""Something was spoiled: a line is credited after the hand-over, and every book follows to the cent."""

from __future__ import annotations

import pytest
from django.db.models import Sum
from django.utils import timezone

from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.rooms.shop.models import LineCredit, Order
from chambre.rooms.shop.queries.accounts import balance, differences, free_credit
from chambre.rooms.shop.queries.errors import NotNow
from chambre.rooms.shop.queries.selling import sales
from chambre.rooms.shop.services import handing, paying, shops
from chambre.rooms.shop.services.crediting import credit_line
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm

pytestmark = pytest.mark.django_db


def booked(farm: Farm) -> dict[str, int]:
    rows = Line.objects.filter(account__book=farm.book).order_by().values_list("account__code")
    return {code: total for code, total in rows.annotate(total=Sum("amount")) if total}


def handed(farm: Farm, *wanted: tuple, **more: object) -> Order:
    order = farm.order(*wanted)
    farm.pay(order)
    return handing.hand_over(order=order, key=farm.key(), by=SYSTEM, **more)


def credit(order: Order, amount: int, key: str = "c1", line: int = 1, **more: object) -> LineCredit:
    more = {"reason": "Pourries", "by": SYSTEM, **more}
    return credit_line(order=order, line=line, amount=amount, key=key, **more)


def test_a_spoiled_line_goes_back_and_the_money_is_the_customers(farm: Farm) -> None:
    order = handed(farm, (farm.sells("Fraises", 400), 2), (farm.sells("Pain", 350), 1))
    assert booked(farm)["701000"] == -1_090

    made = credit(order, 400)

    assert credit(order, 400) == made
    # 400 cents at 5.5 %: 21 cents of VAT.
    assert booked(farm) == {
        "512100": 1_150, "419100": -400, "701000": -1_090 + 379, "445710": -60 + 21,
    }  # fmt: skip
    assert free_credit(order.customer) == 400
    assert list(differences()) == []
    assert ledger.verify().problems == []

    paying.give_back(
        order=order, amount=400, key="r1", by=SYSTEM, means="cash", drawer=farm.drawer()
    )
    assert free_credit(order.customer) == 0
    assert list(differences()) == []


def test_what_is_credited_is_never_more_than_the_line(farm: Farm) -> None:
    order = handed(farm, (farm.sells("Fraises", 400), 2))
    credit(order, 500)
    with pytest.raises(Invalid):
        credit(order, 301, key="c2")
    credit(order, 300, key="c2")
    with pytest.raises(KeyReused):
        credit(order, 299, key="c2")
    with pytest.raises(Invalid):
        credit(order, 1, key="c3")
    with pytest.raises(Invalid):
        credit(order, 1, key="c4", line=7)
    assert LineCredit.objects.aggregate(sum=Sum("amount"))["sum"] == 800


def test_what_is_owed_is_less_first(farm: Farm) -> None:
    order = farm.order((farm.sells("Fraises", 400), 2), pay="pickup")
    handing.hand_over(order=order, key="h", by=SYSTEM, owing=True)
    credit(order, 300)
    assert booked(farm)["411000"] == 500
    assert balance(order.customer) == -500
    assert list(differences()) == []


def test_another_producer_bears_their_share(farm: Farm) -> None:
    bees = shops.add_producer(shop=farm.shop, name="Rucher", by=SYSTEM, commission=1_000)
    order = handed(farm, (farm.sells("Miel", 900, producer=bees), 2))
    credit(order, 900)
    assert booked(farm) == {"512100": 1_800, "419100": -900, "467500": -810, "706000": -90}


def test_only_who_manages_credits_and_only_what_was_handed_over(farm: Farm) -> None:
    order = farm.order((farm.sells("Fraises", 400), 2))
    with pytest.raises(NotNow):
        credit(order, 100)
    with pytest.raises(Forbidden):
        credit(order, 100, by=ANYBODY)
    with pytest.raises(NotNow):
        credit(order, 100, reason="")
    assert not LineCredit.objects.exists()


def test_figures_say_what_is_left_of_a_sale(farm: Farm) -> None:
    order = handed(farm, (farm.sells("Fraises", 400), 2), (farm.sells("Pain", 350), 1))
    credit(order, 300)
    credit(order, 100, key="c2")
    today = timezone.localdate()
    found = {each.name: each.cents for each in sales(farm.shop, today, today, "produit")}
    assert found == {"Fraises": 400, "Pain": 350}
