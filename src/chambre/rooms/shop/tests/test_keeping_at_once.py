"""Several at once at the stall: the same act once, different acts never more than there is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from chambre.core.db.busy import patiently
from chambre.core.errors import ChambreError
from chambre.rooms.shop.models import Distribution, Order, OrderLine, Stock, StockMove
from chambre.rooms.shop.queries.accounts import differences
from chambre.rooms.shop.queries.selling import owed_to
from chambre.rooms.shop.services import handing, shops
from chambre.rooms.shop.services.ending import clear_stock, end_distribution, note_missed
from chambre.rooms.shop.services.planning import repeat_cycle
from chambre.rooms.shop.services.producers import pay_producer
from chambre.rooms.shop.services.shortening import shorten
from chambre.rooms.shop.services.stall import Sold, pay_and_hand_over, sell_at_stall
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm
from chambre.treasury.models import Payout

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def farm(transactional_db: Any) -> Farm:
    """A farm's shop whose place has a drawer."""
    made = Farm()
    shops.change_place(place=made.place, by=SYSTEM, drawer=made.drawer())
    made.distribution = Distribution.objects.select_related(
        "cycle__shop__book__structure", "place__drawer"
    ).get()
    return made


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment; what each gave, or the error that it was refused with."""
    barrier = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(20)
            outcomes[index] = patiently(act)
        except ChambreError as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def refusals(outcomes: list[Any]) -> list[str]:
    return [each.code for each in outcomes if isinstance(each, ChambreError)]


def test_the_same_sale_pressed_four_times_is_one_sale(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250, there=10)

    def sale() -> Order:
        return sell_at_stall(
            distribution=farm.distribution,
            sold=[Sold(carrots.pk, 2)],
            key="same",
            by=SYSTEM,
            drawer=farm.distribution.place.drawer,
        )

    outcomes = at_once(*[sale] * 4)

    assert len({each.pk for each in outcomes}) == 1
    assert Order.objects.get().state == "handed"
    stock = Stock.objects.get()
    assert (stock.there, stock.promised) == (8, 0)
    assert list(differences()) == []


def test_five_sales_of_the_last_three_crates(farm: Farm) -> None:
    crate = farm.sells("Cagette", 1_900, there=3)
    acts = [
        lambda number=number: sell_at_stall(
            distribution=farm.distribution,
            sold=[Sold(crate.pk, 1)],
            key=f"s{number}",
            by=SYSTEM,
            means="card",
        )
        for number in range(5)
    ]

    outcomes = at_once(*acts)

    assert refusals(outcomes) == ["shop.sold-out"] * 2
    assert Order.objects.filter(state="handed").count() == Order.objects.count() == 3
    assert Stock.objects.get().there == 0
    assert list(differences()) == []


def test_one_order_is_handed_over_once_by_two_people(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250, there=5), 2), pay="pickup")
    drawer = farm.distribution.place.drawer
    acts = [
        lambda key=key: pay_and_hand_over(
            order=order, key=key, by=SYSTEM, means="cash", drawer=drawer, amount=500
        )
        for key in ("one", "other")
    ]

    assert refusals(at_once(*acts)) == ["shop.not-now"]
    assert sorted(order.events.values_list("kind", flat=True)).count("cash") == 1
    assert StockMove.objects.filter(kind="out").count() == 1
    assert list(differences()) == []


def test_a_product_is_shared_once_though_two_press_the_button(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250, there=20)
    orders = [farm.order((carrots, many), who=f"p{many}", pay="pickup") for many in (2, 4, 6)]

    def cut(available: int, key: str) -> Any:
        return shorten(
            distribution=farm.distribution, variant=carrots, available=available, key=key, by=SYSTEM
        )

    at_once(lambda: cut(6, "a"), lambda: cut(6, "a"), lambda: cut(6, "b"))

    given = list(OrderLine.objects.order_by("order_id").values_list("given", flat=True))
    assert given == [1, 2, 3]
    assert [Order.objects.get(pk=order.pk).total for order in orders] == [250, 500, 750]
    kinds = [order.events.filter(kind="prepared").count() for order in orders]
    assert kinds == [1, 1, 1]


def test_hand_over_while_the_product_is_shared_leaves_one_truth(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250, there=20)
    orders = [farm.order((carrots, 4), who=f"p{number}", pay="pickup") for number in range(3)]
    acts = [
        lambda: shorten(
            distribution=farm.distribution, variant=carrots, available=6, key="a", by=SYSTEM
        ),
        *[
            lambda order=order: handing.hand_over(
                order=order, key=f"h{order.pk}", by=SYSTEM, owing=True
            )
            for order in orders
        ],
    ]

    at_once(*acts)

    for order in Order.objects.all():
        line = order.lines.get()
        given = line.quantity if line.given is None else line.given
        assert order.total == 250 * given
    assert list(differences()) == []
    stock = Stock.objects.get()
    out = -sum(move.quantity for move in StockMove.objects.filter(kind="out"))
    assert stock.there == 20 - out


def test_what_is_left_is_lost_once_and_the_day_ends_once(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250, there=5)
    order = farm.order((carrots, 1), pay="pickup")
    stock = Stock.objects.select_related("variant__product__shop__book__structure").get()
    outcomes = at_once(
        lambda: end_distribution(distribution=farm.distribution, by=SYSTEM),
        *[lambda: clear_stock(stock=stock, lost=4, home=0, by=SYSTEM, key="c")] * 3,
    )
    assert refusals(outcomes) == ["invalid"]  # an order still waits
    assert Stock.objects.get().there == 1

    at_once(*[lambda: note_missed(order=order, by=SYSTEM, key="m")] * 2)
    at_once(*[lambda: end_distribution(distribution=farm.distribution, by=SYSTEM)] * 2)
    assert Distribution.objects.get().state == "done"
    assert order.events.filter(kind="missed").count() == 1


def test_two_who_pay_a_producer_never_pay_more_than_is_owed(farm: Farm) -> None:
    bees = shops.add_producer(shop=farm.shop, name="Rucher", by=SYSTEM, commission=1_000)
    order = farm.order((farm.sells("Miel", 900, producer=bees), 2))
    farm.pay(order)
    handing.hand_over(order=order, key="h", by=SYSTEM)

    def pay(key: str) -> Payout:
        return pay_producer(
            producer=bees,
            amount=1_000,
            reason="Miel",
            key=key,
            by=SYSTEM,
            iban="FR7630006000011234567890189",
        )

    assert refusals(at_once(lambda: pay("one"), lambda: pay("other"))) == ["invalid"]
    paid = Payout.objects.get()
    assert paid.amount == 1_000
    again = paid.key.rpartition(":")[2]
    assert {each.pk for each in at_once(*[lambda: pay(again)] * 3)} == {paid.pk}
    assert [(each.owed, each.under_way, each.open) for each in owed_to(farm.shop)] == [
        (1_620, 1_000, 620)
    ]


def test_last_weeks_cycle_is_repeated_once_though_two_press_the_button(farm: Farm) -> None:
    made = at_once(*[lambda: repeat_cycle(cycle=farm.cycle, by=SYSTEM)] * 3)

    assert len({each.pk for each in made}) == 1
    assert Distribution.objects.count() == 2
