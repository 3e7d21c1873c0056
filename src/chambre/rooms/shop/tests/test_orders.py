"""An order from the basket to the stall: prices frozen, pieces promised, money followed to the cent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.rooms.shop.models import (
    AccountMove,
    Cycle,
    Order,
    OrderEvent,
    Product,
    Slot,
    Stock,
    StockMove,
)
from chambre.rooms.shop.queries.accounts import balance, differences, due, free_credit
from chambre.rooms.shop.queries.errors import NoShop, NotNow, NotOpen, SlotFull, SoldOut
from chambre.rooms.shop.services import changing, handing, paying, preparing, shops
from chambre.rooms.shop.services.asking import Wanted
from chambre.rooms.shop.services.changing import expire_order
from chambre.rooms.shop.services.preparing import Weighed
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm
from chambre.treasury.models import Payment

pytestmark = pytest.mark.django_db


def booked(farm: Farm) -> dict[str, int]:
    """Cents by number of account in the farm's book; debits are positive."""
    rows = Line.objects.filter(account__book=farm.book).order_by().values_list("account__code")
    return {code: total for code, total in rows.annotate(total=Sum("amount")) if total}


def test_an_order_is_paid_prepared_and_handed_over(farm: Farm) -> None:
    carrots, jam = farm.sells("Carottes", 250, there=10), farm.sells("Confiture", 480, there=5)

    order = farm.order((carrots, 3), (jam, 1))

    assert (order.state, order.total, due(order)) == ("placed", 1230, 1230)
    assert Stock.objects.get(variant=carrots).left == 7
    assert booked(farm) == {}

    farm.pay(order)
    order.refresh_from_db()
    assert (order.state, order.hold_until, due(order)) == ("confirmed", None, 0)
    assert booked(farm) == {"512100": 1230, "419100": -1230}

    order = handing.hand_over(order=order, key="h1", by=SYSTEM)

    # 1,230 cents at 5.5 %: 64 cents of VAT.
    assert booked(farm) == {"512100": 1230, "701000": -1166, "445710": -64}
    assert (order.state, balance(order.customer)) == ("handed", 0)
    stock = Stock.objects.get(variant=carrots)
    assert (stock.there, stock.promised) == (7, 0)
    assert list(differences()) == []
    assert ledger.verify().problems == []


def test_what_is_paid_at_the_stall_is_confirmed_at_once(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250), 2), pay="pickup")
    assert order.state == "confirmed"
    with pytest.raises(Invalid, match="à payer"):
        handing.hand_over(order=order, key="h1", by=SYSTEM)
    assert booked(farm) == {}

    drawer = farm.drawer()
    paying.take_cash(order=order, drawer=drawer, key="c1", by=SYSTEM)
    paying.take_cash(order=order, drawer=drawer, key="c1", by=SYSTEM)
    handing.hand_over(order=order, key="h1", by=SYSTEM)
    handing.hand_over(order=order, key="h1", by=SYSTEM)

    assert booked(farm)["701000"] == -474
    assert booked(farm)["445710"] == -26
    assert booked(farm)["530000"] == 5_500
    assert list(differences()) == []
    with pytest.raises(NotNow):
        handing.hand_over(order=order, key="h2", by=SYSTEM)


def test_who_may_owe_owes_it_and_the_books_know(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250), 2), pay="pickup")

    handing.hand_over(order=order, key="h1", by=SYSTEM, owing=True)

    assert booked(farm)["411000"] == 500
    assert balance(order.customer) == -500
    assert list(differences()) == []


def test_what_is_weighed_costs_what_it_weighs(farm: Farm) -> None:
    hen = farm.sells("Poule", 1_200, estimate=1_800, pricing=Product.Pricing.WEIGHT)
    order = farm.order((hen, 2))
    assert order.total == 4_320  # 2 × 1.8 kg × 12.00 €
    farm.pay(order)
    with pytest.raises(Invalid, match="pesé"):
        handing.hand_over(order=order, key="h0", by=SYSTEM)

    order = preparing.prepare(
        order=order, weighed=[Weighed(1, 2, 3_455)], by=SYSTEM, key="w1", ready=True
    )
    assert (order.state, order.total, due(order)) == ("prepared", 4_146, -174)
    handing.hand_over(order=order, key="h1", by=SYSTEM)

    assert booked(farm)["419100"] == -174
    assert free_credit(order.customer) == 174
    # The next order of the same person takes what is left over.
    eggs = farm.sells("Œufs", 300)
    assert farm.order((eggs, 1)).credit == 0  # somebody only typed their address
    second = farm.order((eggs, 1), credit=True)
    assert (second.credit, due(second)) == (174, 126)
    assert free_credit(order.customer) == 0
    assert list(differences()) == []


def test_dearer_than_estimated_is_paid_at_the_stall(farm: Farm) -> None:
    hen = farm.sells("Poule", 1_000, estimate=1_000, pricing=Product.Pricing.WEIGHT)
    order = farm.order((hen, 1))
    farm.pay(order)
    order = preparing.prepare(
        order=order, weighed=[Weighed(1, 1, 1_250)], by=SYSTEM, key="w1", ready=True
    )
    assert due(order) == 250
    paying.take_cash(order=order, drawer=farm.drawer(), key="c1", by=SYSTEM)
    handing.hand_over(order=order, key="h1", by=SYSTEM)
    assert booked(farm)["701000"] + booked(farm)["445710"] == -1_250
    assert list(differences()) == []


def test_a_crate_that_comes_short_costs_less(farm: Farm) -> None:
    order = farm.order((farm.sells("Salade", 130, there=3), 3))
    farm.pay(order)
    order = preparing.prepare(order=order, weighed=[Weighed(1, 2)], by=SYSTEM, key="w1", ready=True)
    handing.hand_over(order=order, key="h1", by=SYSTEM)
    assert (order.total, free_credit(order.customer)) == (260, 130)
    stock = Stock.objects.get()
    assert (stock.there, stock.promised) == (1, 0)
    refunds = paying.give_back(
        order=order, amount=130, key="r1", by=SYSTEM, means="cash", drawer=farm.drawer()
    )
    assert [each.amount for each in refunds] == [130]
    assert paying.give_back(order=order, amount=130, key="r1", by=SYSTEM, means="cash") == refunds
    assert free_credit(order.customer) == 0
    with pytest.raises(Invalid, match="au plus"):
        paying.give_back(order=order, amount=1, key="r2", by=SYSTEM, means="cash")
    assert list(differences()) == []


def test_the_same_key_is_one_order_and_another_content_is_refused(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250, there=10)
    first = farm.order((carrots, 3), key="same")
    assert farm.order((carrots, 3), key="same") == first
    with pytest.raises(KeyReused):
        farm.order((carrots, 4), key="same")
    assert Stock.objects.get().promised == 3
    assert Payment.objects.count() == 1


def test_more_than_is_there_is_not_sold(farm: Farm) -> None:
    carrots, jam = farm.sells("Carottes", 250, there=2), farm.sells("Confiture", 480, there=5)
    with pytest.raises(SoldOut) as refused:
        farm.order((jam, 1), (carrots, 3))
    assert refused.value.data["left"] == {str(carrots.pk): 2}
    assert [row.promised for row in Stock.objects.all()] == [0, 0]
    assert not Order.objects.exists()


def test_stock_of_a_distribution_counts_alone(farm: Farm) -> None:
    from chambre.rooms.shop.services.stock import set_stock

    carrots = farm.sells("Carottes", 250, there=10)
    set_stock(variant=carrots, there=1, distribution=farm.distribution, by=SYSTEM)
    farm.order((carrots, 1))
    with pytest.raises(SoldOut):
        farm.order((carrots, 1))
    farm.order((carrots, 1), distribution=farm.distribute(days=4))
    with pytest.raises(SoldOut, match="promis"):
        set_stock(variant=carrots, there=0, distribution=farm.distribution, by=SYSTEM)


def test_an_order_may_be_changed_until_the_cycle_closes(farm: Farm) -> None:
    carrots, jam = farm.sells("Carottes", 250, there=10), farm.sells("Confiture", 480, there=5)
    order = farm.order((carrots, 3))
    carrots.price = 400
    carrots.save()

    order = changing.change_order(
        order=order, wanted=[Wanted(carrots.pk, 1), Wanted(jam.pk, 1)], by=ANYBODY, key="c1"
    )
    assert (order.total, order.version) == (730, 2)  # carrots at the old price
    assert {row.variant_id: row.promised for row in Stock.objects.all()} == {
        carrots.pk: 1, jam.pk: 1,
    }  # fmt: skip
    states = list(Payment.objects.order_by("id").values_list("state", "amount"))
    assert states == [("cancelled", 750), ("created", 730)]

    Cycle.objects.update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    with pytest.raises(NotOpen):
        changing.change_order(order=order, wanted=[Wanted(jam.pk, 1)], by=ANYBODY, key="c2")
    with pytest.raises(NotOpen):
        farm.order((jam, 1))
    with pytest.raises(NotOpen):
        changing.cancel_order(order=order, by=ANYBODY)
    with pytest.raises(Forbidden):
        changing.cancel_order(order=order, by=ANYBODY, for_them=True)


def test_what_is_dearer_after_it_was_paid_is_asked_for(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250)
    order = farm.order((carrots, 1))
    farm.pay(order)
    order = changing.change_order(order=order, wanted=[Wanted(carrots.pk, 3)], by=ANYBODY, key="c1")
    assert (order.state, due(order)) == ("confirmed", 500)
    farm.pay(order)
    assert due(order) == 0
    order = changing.change_order(order=order, wanted=[Wanted(carrots.pk, 2)], by=ANYBODY, key="c2")
    assert due(order) == -250
    assert free_credit(order.customer) == 250


def test_a_cancelled_order_gives_its_goods_and_its_money_back(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250, there=4)
    slots = [(timezone.now(), timezone.now() + dt.timedelta(hours=1), 1)]
    distribution = farm.distribute(days=5, slots=slots)
    slot = distribution.slots.get()
    order = farm.order((carrots, 4), distribution=distribution, slot=slot)
    with pytest.raises((SlotFull, SoldOut)):
        farm.order((carrots, 1), distribution=distribution, slot=slot)
    farm.pay(order)

    changing.cancel_order(order=order, by=ANYBODY, key="x")
    changing.cancel_order(order=order, by=ANYBODY, key="x")

    assert Stock.objects.get().promised == 0
    assert Slot.objects.get().taken == 0
    assert free_credit(order.customer) == 1000
    assert list(differences()) == []
    with pytest.raises(NotNow):
        handing.hand_over(order=order, key="h", by=SYSTEM)


def test_an_order_that_nobody_pays_lets_its_goods_go(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250, there=4), 4))
    expire_order(order=order)
    assert Order.objects.get().state == "placed"

    Order.objects.update(hold_until=timezone.now() - dt.timedelta(minutes=1))
    expire_order(order=order)
    assert Order.objects.get().state == "expired"
    assert Stock.objects.get().promised == 0
    assert Payment.objects.get().state == "cancelled"


def test_money_that_comes_too_late_stays_with_the_customer(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250, there=4), 4))
    payment = Payment.objects.get()
    Order.objects.update(hold_until=timezone.now() - dt.timedelta(minutes=1))
    expire_order(order=order)

    from chambre.core.hooks import deliver_pending
    from chambre.treasury import api as treasury

    treasury.receive(
        payment=payment, amount=1000, means="transfer", day=timezone.localdate(), key="late",
        by=SYSTEM, counterpart=[treasury.BookLine(1000, account="512100")],
    )  # fmt: skip
    deliver_pending()
    deliver_pending(force=True)
    paying.hear(payment)

    order.refresh_from_db()
    assert order.state == "expired"
    assert free_credit(order.customer) == 1000
    assert AccountMove.objects.count() == 1
    assert list(differences()) == []


def test_what_another_producer_sells_is_owed_to_them(farm: Farm) -> None:
    bees = shops.add_producer(shop=farm.shop, name="Rucher des Prés", by=SYSTEM, commission=1_000)
    honey = farm.sells("Miel", 900, producer=bees)
    order = farm.order((honey, 2))
    farm.pay(order)
    handing.hand_over(order=order, key="h1", by=SYSTEM)
    assert booked(farm) == {"512100": 1800, "467500": -1620, "706000": -180}


def test_what_is_not_on_sale_is_not_sold(farm: Farm) -> None:
    out = farm.sells("Fraises", 400, season_from=515, season_until=516)
    with pytest.raises(NoShop, match="Fraises"):
        farm.order((out, 1))
    with pytest.raises(Invalid):
        farm.order((farm.sells("Farine", 300, step=2), 3))
    with pytest.raises(Invalid):
        farm.order()
    free = farm.sells("Panier", 1500, lowest=1000, highest=2500)
    with pytest.raises(Invalid, match="limites"):
        _priced(farm, free.pk, 900)
    assert _priced(farm, free.pk, 1000).total == 1000
    assert Order.objects.count() == 1


def _priced(farm: Farm, variant: int, price: int) -> Any:
    from chambre.rooms.shop.services.asking import Who
    from chambre.rooms.shop.services.ordering import place_order

    return place_order(
        distribution=farm.distribution, who=Who("lou@exemple.test", "Lou"), key=farm.key(),
        wanted=[Wanted(variant, 1, price)], by=ANYBODY,
    )  # fmt: skip


def test_a_full_cycle_takes_no_more_orders_and_lets_those_in_it_change(farm: Farm) -> None:
    Cycle.objects.update(most_orders=1)
    farm.distribution.refresh_from_db()
    carrots = farm.sells("Carottes", 250)
    order = farm.order((carrots, 1))
    with pytest.raises(NotOpen):
        farm.order((carrots, 1))
    changing.change_order(order=order, wanted=[Wanted(carrots.pk, 2)], by=ANYBODY, key="c")


def test_everything_that_happened_is_written_down(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250, there=2), 2))
    farm.pay(order)
    handing.hand_over(order=order, key="h1", by=SYSTEM)
    kinds = list(OrderEvent.objects.order_by("number").values_list("kind", flat=True))
    assert kinds == ["placed", "paid", "confirmed", "handed"]
    assert [move.quantity for move in StockMove.objects.order_by("id")] == [2, -2]


def test_only_who_prepares_hands_over(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250), 1), pay="pickup")
    for act in (
        lambda: handing.hand_over(order=order, key="h", by=ANYBODY),
        lambda: preparing.prepare(order=order, weighed=[], by=ANYBODY, key="p"),
        lambda: paying.give_back(order=order, amount=1, key="g", by=ANYBODY),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Order.objects.get().state == "confirmed"
