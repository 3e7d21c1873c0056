"""Weekly baskets by subscription: what is signed, announced, ordered, paid and given back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core.clock import pretend
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.rooms.shop.models import (
    BasketOrder,
    Instalment,
    MissedBasket,
    Order,
    Subscription,
    SuspendedFund,
)
from chambre.rooms.shop.queries.accounts import balance, differences, free_credit
from chambre.rooms.shop.queries.errors import NotOpen, Ruled, SoldAsSeason
from chambre.rooms.shop.queries.seasonmoney import money_of
from chambre.rooms.shop.services import (
    announcing,
    changing,
    handing,
    paying,
    seasonmoney,
    subscribing,
)
from chambre.rooms.shop.services.asking import Wanted
from chambre.rooms.shop.services.basketorders import make_due_orders, make_order
from chambre.rooms.shop.services.missing import settle_missed
from chambre.rooms.shop.services.subscribing import Asked
from chambre.rooms.shop.tests.baskets import Season, today, week, who
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.models import Payment
from chambre.treasury.services import mandates

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(db: object) -> Season:
    return Season()


def test_a_season_is_said_in_cents_before_it_is_signed(season: Season) -> None:
    asked = Asked(
        season.small.pk, season.place.pk, instalments=4,
        complements=((season.plan.complements.get().pk, 2),),
    )  # fmt: skip
    said = subscribing.quote(season.plan, asked)
    assert (len(said.days), said.amount) == (10, 10 * (1_500 + 2 * 300))
    assert [part.amount for part in said.instalments] == [5_250] * 4
    assert Subscription.objects.count() == 0

    late = Asked(season.small.pk, season.place.pk, first=week(7), instalments=4)
    assert subscribing.quote(season.plan, late).amount == 4 * 1_500  # pro rata by itself
    assert subscribing.quote(
        season.plan, Asked(season.small.pk, season.place.pk, "even")
    ).amount == (5 * 1_500)


def test_signing_asks_for_the_first_instalment_once(season: Season) -> None:
    asked = Asked(season.small.pk, season.place.pk, instalments=4)
    for _twice in range(2):
        made = subscribing.subscribe(
            plan=season.plan, asked=asked, who=who("lou"), key="one", by=ANYBODY
        )
    assert Subscription.objects.get() == made
    parts = list(made.instalments.order_by("number"))
    assert [part.amount for part in parts] == [3_750] * 4
    assert [part.payment is not None for part in parts] == [True, False, False, False]
    assert Payment.objects.get().amount == 3_750

    with pretend(parts[1].day - dt.timedelta(10)):
        assert seasonmoney.ask_all_due() == 1
        assert seasonmoney.ask_all_due() == 0
    with pytest.raises(KeyReused):
        subscribing.subscribe(plan=season.plan, asked=asked, who=who("max"), key="one", by=ANYBODY)


def test_what_the_plan_does_not_offer_is_refused(season: Season) -> None:
    eggs = season.plan.complements.get().pk
    for wrong in (
        {"size": season.eggs.pk},
        {"rhythm": "daily"},
        {"place": 0},
        {"complements": ((eggs, 4),)},
        {"refused": (season.product.pk, season.eggs.product_id)},
        {"price": 1_000},
    ):
        with pytest.raises(Invalid):
            season.subscribes(**wrong)
    with pytest.raises(NotOpen):
        season.subscribes(first=week(11))
    season.plan.minimum_baskets = 6
    season.plan.save()
    with pytest.raises(Invalid):
        season.subscribes(rhythm="even")
    assert (Subscription.objects.count(), Payment.objects.count()) == (0, 0)
    assert season.subscribes().amount == 15_000


def test_orders_are_made_once_and_use_what_was_paid(season: Season) -> None:
    lou, max_ = season.subscribes(instalments=1), season.subscribes("max")
    season.pays(lou.instalments.get())
    distribution = season.distributes(1)
    assert make_due_orders() == (2, [])
    assert make_due_orders() == (0, [])
    order = BasketOrder.objects.get(subscription=lou).order
    assert (order.state, order.total, order.credit) == ("confirmed", 1_500, 1_500)
    assert order.distribution == distribution
    assert (money_of(lou).bound, free_credit(lou.customer)) == (13_500, 0)

    handing.hand_over(order=order, key="h", by=SYSTEM)
    assert balance(lou.customer) == 13_500
    unpaid = BasketOrder.objects.get(subscription=max_).order
    handing.hand_over(order=unpaid, key="h2", by=SYSTEM)  # paid by instalments: owed till then
    assert balance(max_.customer) == -1_500
    season.pays(max_.instalments.order_by("number").first())
    assert balance(max_.customer) == 15_000 - 1_500
    assert list(differences()) == []


def test_what_was_paid_for_baskets_to_come_pays_nothing_else(season: Season) -> None:
    lou = season.subscribes()
    season.pays(lou.instalments.get())
    leek = season.sells("Poireau", 200)
    order = season.order((leek, 3), who="lou", credit=True)
    assert (order.state, order.credit) == ("placed", 0)


def test_stopped_in_the_middle_and_run_again_each_is_made_once(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chambre.rooms.shop.services import basketorders

    for name in ("lou", "max", "zoe"):
        season.subscribes(name)
    distribution = season.distributes(1)
    made = []

    def killed(subscription: Subscription, where: object) -> Order | None:
        if len(made) == 1:
            raise KeyboardInterrupt
        made.append(subscription)
        return make_order(subscription, distribution)

    monkeypatch.setattr(basketorders, "make_order", killed)
    with pytest.raises(KeyboardInterrupt):
        basketorders.make_due_orders()
    assert Order.objects.count() == 1
    monkeypatch.setattr(basketorders, "make_order", make_order)
    assert make_due_orders() == (2, [])
    assert Order.objects.count() == BasketOrder.objects.count() == 3


def test_an_absence_takes_the_order_back_and_credits_the_member(season: Season) -> None:
    lou = season.subscribes()
    season.pays(lou.instalments.get())
    season.distributes(1)
    make_due_orders()
    announcing.announce_absence(subscription=lou, first=week(1), last=week(1), key="a", by=ANYBODY)
    assert (Order.objects.get().state, BasketOrder.objects.count()) == ("cancelled", 0)
    assert make_due_orders() == (0, [])
    absence = lou.absences.get()
    announcing.withdraw_absence(subscription=lou, absence=absence, key="b", by=ANYBODY)
    assert BasketOrder.objects.get().order.state == "confirmed"

    announcing.announce_absence(subscription=lou, first=week(2), last=week(3), key="c", by=ANYBODY)
    with pytest.raises(Ruled) as refused:
        announcing.announce_absence(
            subscription=lou, first=week(4), last=week(4), key="d", by=ANYBODY
        )
    assert refused.value.code == "shop.absence-too-many"
    assert lou.absences.count() == 1
    assert settle_missed() == 0  # their days have not come
    with pretend(week(2)):
        assert (settle_missed(), settle_missed()) == (1, 0)
        assert free_credit(lou.customer) == 1_500
    assert MissedBasket.objects.get().credit == 1_500
    assert list(differences()) == []


@pytest.mark.parametrize(
    ("absent", "percent", "parts"),
    [
        ("nothing", 100, (0, 0, 1_500)),
        ("gift", 100, (0, 1_500, 0)),
        ("credit", 80, (1_200, 0, 300)),
    ],
)
def test_what_is_left_out_goes_where_the_plan_says(
    absent: str, percent: int, parts: tuple[int, int, int]
) -> None:
    season = Season(absent=absent, absent_percent=percent)
    lou = season.subscribes()
    season.pays(lou.instalments.get())
    announcing.announce_absence(subscription=lou, first=week(1), last=week(1), key="a", by=ANYBODY)
    with pretend(week(1)):
        settle_missed()
        row = MissedBasket.objects.get()
        assert (row.credit, row.gift, row.kept) == parts
        assert free_credit(lou.customer) == parts[0]
    assert balance(lou.customer) == 15_000 - parts[1] - parts[2]
    assert sum(fund.left for fund in SuspendedFund.objects.all()) == parts[1]
    assert list(differences()) == []


def test_a_moved_basket_comes_with_the_other_one(season: Season) -> None:
    lou = season.subscribes()
    announcing.move_basket(subscription=lou, planned=week(1), instead=week(2), key="m", by=ANYBODY)
    season.distributes(1)
    season.distributes(2)
    assert make_due_orders() == (1, [])
    order = Order.objects.get()
    assert [(line.quantity, line.unit_price) for line in order.lines.all()] == [(2, 1_500)]
    announcing.withdraw_move(subscription=lou, move=lou.moves.get(), key="n", by=ANYBODY)
    assert sorted(
        (row.day, row.order.lines.get().quantity) for row in BasketOrder.objects.all()
    ) == [(week(1), 1), (week(2), 1)]


def test_two_who_alternate_each_have_their_order_and_one_pays(season: Season) -> None:
    lou = season.subscribes(partner="dan")
    season.pays(lou.instalments.get())
    for number in (1, 2):
        season.distributes(number)
    assert make_due_orders() == (2, [])
    first, second = Order.objects.order_by("distribution__starts_at")
    assert [first.customer.email, second.customer.email] == [
        "lou@exemple.test", "dan@exemple.test",
    ]  # fmt: skip
    assert (balance(lou.customer), balance(second.customer)) == (13_500, 1_500)
    handing.hand_over(order=second, key="h", by=SYSTEM)
    assert (balance(lou.customer), balance(second.customer)) == (13_500, 0)

    announcing.announce_absence(subscription=lou, first=week(1), last=week(1), key="a", by=ANYBODY)
    assert Order.objects.get(pk=first.pk).state == "cancelled"
    assert balance(lou.customer) == 13_500
    assert list(differences()) == []


def test_what_another_paid_goes_back_with_the_order(season: Season) -> None:
    lou = season.subscribes(partner="dan")
    season.distributes(2)
    make_due_orders()
    order = BasketOrder.objects.get().order
    assert (balance(lou.customer), balance(order.customer)) == (-1_500, 1_500)
    changing.cancel_order(order=order, by=SYSTEM, for_them=True)
    assert (balance(lou.customer), balance(order.customer)) == (0, 0)
    assert list(differences()) == []


def test_an_order_of_a_subscription_is_changed_there_and_nowhere_else(season: Season) -> None:
    season.subscribes()
    season.distributes(1)
    make_due_orders()
    order = Order.objects.get()
    with pytest.raises(SoldAsSeason):
        changing.change_order(order=order, wanted=[Wanted(season.eggs.pk, 1)], by=ANYBODY, key="c")
    with pytest.raises(SoldAsSeason):
        changing.cancel_order(order=order, by=ANYBODY)
    with pytest.raises(Invalid):
        season.order((season.eggs, 1), pay="season")
    assert Order.objects.get().state == "confirmed"


def test_leaving_gives_back_what_was_paid_beyond(season: Season) -> None:
    lou = season.subscribes()
    season.pays(lou.instalments.get())
    told = announcing.leaving(lou, week(4))
    assert (told.baskets, told.amount, told.less, told.back) == (4, 6_000, 9_000, 9_000)
    for _twice in range(2):
        announcing.leave(subscription=lou, last=week(4), key="l", by=ANYBODY)
    lou.refresh_from_db()
    assert (lou.state, lou.last, lou.amount) == ("left", week(4), 6_000)
    assert free_credit(lou.customer) == 15_000 - 6_000
    refunds = seasonmoney.give_back(
        subscription=lou, amount=9_000, key="g", by=SYSTEM, means="transfer",
        iban="FR7630006000011234567890189",
    )  # fmt: skip
    assert [row.amount for row in refunds] == [9_000]
    with pytest.raises(Invalid):
        seasonmoney.give_back(subscription=lou, amount=1, key="g2", by=SYSTEM)


def test_leaving_before_all_is_paid_spreads_the_rest_anew(season: Season) -> None:
    lou = season.subscribes(instalments=4)  # 4 × 37.50
    season.pays(lou.instalments.get(number=1))
    announcing.leave(subscription=lou, last=week(5), key="l", by=ANYBODY)
    rows = Instalment.objects.filter(subscription=lou, dropped=False).order_by("number")
    assert [row.amount for row in rows] == [3_750, 1_250, 1_250, 1_250]
    assert money_of(lou).paid == 3_750


def test_leaving_too_late_or_below_the_minimum_needs_the_shop() -> None:
    season = Season(minimum_baskets=5, notice=8)
    lou = season.subscribes()
    with pytest.raises(Conflict):
        announcing.leave(subscription=lou, last=week(3), key="l", by=ANYBODY)
    lou.refresh_from_db()
    assert (lou.state, lou.amount) == ("running", 9 * 1_500)
    announcing.leave(subscription=lou, last=week(1), key="l", by=SYSTEM, for_them=True)
    lou.refresh_from_db()
    assert (lou.state, lou.amount) == ("cancelled", 0)


def test_both_who_share_get_the_address_once_it_is_signed(
    season: Season, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        lou = season.subscribes(partner="dan")
    told = {mail.to[0]: mail.body for mail in mailoutbox if lou.public_id in mail.body}
    assert sorted(told) == ["dan@exemple.test", "lou@exemple.test"]


def test_instalments_are_drawn_with_the_mandate_of_who_pays(season: Season) -> None:
    lou = season.subscribes(instalments=4)
    mandates.set_creditor_id(book=season.book, identifier="FR72ZZZ123456", by=SYSTEM)
    signed = {
        "book": season.book, "iban": "FR7630006000011234567890189", "signed_on": today(),
        "by": SYSTEM,
    }  # fmt: skip
    other = mandates.note_mandate(
        party=treasury.note_party(book=season.book, name="Autre", by=SYSTEM), key="m0", **signed
    )
    with pytest.raises(Invalid):
        seasonmoney.draw_with(subscription=lou, mandate=other, by=SYSTEM)
    mine = mandates.note_mandate(party=paying.party_of(lou.customer), key="m1", **signed)
    lou = seasonmoney.draw_with(subscription=lou, mandate=mine, by=SYSTEM)
    second = lou.instalments.get(number=2)
    with pretend(second.day - dt.timedelta(20)):
        assert seasonmoney.ask_all_due() == 1
        assert seasonmoney.ask_all_due() == 0
    second.refresh_from_db()
    assert second.collection is not None and second.payment is None
    assert (second.collection.amount, second.collection.use) == (3_750, "advance")

    code = second.collection.code
    for state, paid in (("sent", 0), ("paid", 3_750), ("paid", 3_750), ("returned", 0)):
        seasonmoney.hear_collection(code, state)
        assert (money_of(lou).paid, balance(lou.customer)) == (paid, paid)
