"""Suspended baskets and work against a discount."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from chambre.core.errors import Conflict, Invalid
from chambre.core.hooks import deliver_pending
from chambre.registry import api as registry
from chambre.rooms.shop.models import (
    Coupon,
    Customer,
    Order,
    Product,
    ShiftSignup,
    Stock,
    SuspendedFund,
    SuspendedGift,
    SuspendedUse,
    Variant,
    WorkShift,
)
from chambre.rooms.shop.queries.accounts import balance, differences, paid_for
from chambre.rooms.shop.queries.errors import Ruled, SlotFull
from chambre.rooms.shop.queries.letters import wording
from chambre.rooms.shop.queries.targets import Target, targets_of
from chambre.rooms.shop.services import (
    basketorders,
    changing,
    ending,
    handing,
    ordering,
    preparing,
    shifts,
    suspended,
)
from chambre.rooms.shop.services.asking import Wanted
from chambre.rooms.shop.services.preparing import Weighed
from chambre.rooms.shop.tests.baskets import Season, who
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(db: object) -> Season:
    return Season()


def ahead(farm: Farm, price: int = 1_500) -> Variant:
    return farm.sells("Panier suspendu", price, kind=Product.Kind.SUSPENDED)


def gives(season: Season, gift: Variant, who: str = "lou") -> Order:
    order = season.order((gift, 1), who=who)
    season.pay(order)
    deliver_pending()
    order.refresh_from_db()
    return order


def on(order: Order, account: str) -> int:
    assert order.entry is not None
    return sum(line.amount for line in order.entry.lines.filter(account__code__startswith=account))


def test_a_gift_is_owed_and_no_income_once_it_is_paid(season: Season) -> None:
    gift = ahead(season)
    order = season.order((gift, 2))
    assert suspended.fund(season.shop).left == 0
    season.pay(order)
    order.refresh_from_db()
    assert order.state == "handed"  # nobody comes for it
    assert (on(order, "467200"), on(order, "70"), on(order, "445")) == (-3_000, 0, 0)
    assert SuspendedFund.objects.get().left == 3_000
    assert [*differences(), *suspended.differences()] == []


def test_bought_with_other_things_it_is_there_when_these_are_fetched(season: Season) -> None:
    gift, leek = ahead(season), season.sells("Poireau", 300)
    order = season.order((gift, 1), (leek, 1))
    season.pay(order)
    order.refresh_from_db()
    assert (order.state, suspended.fund(season.shop).left) == ("confirmed", 0)
    handing.hand_over(order=order, key="h", by=SYSTEM)
    order.refresh_from_db()
    assert (on(order, "467200"), on(order, "70") + on(order, "445")) == (-1_500, -300)
    assert suspended.fund(season.shop).left == 1_500


def test_the_first_paid_is_the_first_used_and_nobody_is_asked(season: Season) -> None:
    gift = ahead(season, 1_000)
    for name in ("lou", "max", "zoe"):
        gives(season, gift, name)
    taken = suspended.take(
        distribution=season.distribution, variant=season.small, key="t", by=ANYBODY,
        called="Hérisson",
    )  # fmt: skip
    again = suspended.take(
        distribution=season.distribution, variant=season.small, key="t", by=ANYBODY,
        called="Hérisson",
    )  # fmt: skip
    assert taken == again
    assert (taken.state, taken.note, paid_for(taken)) == ("confirmed", "Hérisson", 1_500)
    used = [(use.gift.amount, use.amount) for use in SuspendedUse.objects.order_by("pk")]
    assert used == [(1_000, 1_000), (1_000, 500)]
    assert suspended.fund(season.shop).left == 1_500
    assert Customer.objects.filter(email="suspendus@jardin.invalid").count() == 1

    handing.hand_over(order=taken, key="h", by=SYSTEM)
    taken.refresh_from_db()
    assert on(taken, "70") + on(taken, "445") == -1_500
    assert [*differences(), *suspended.differences()] == []


def test_what_was_not_paid_ahead_is_not_taken(season: Season) -> None:
    gives(season, ahead(season, 1_400))
    with pytest.raises(Ruled) as refused:
        suspended.take(distribution=season.distribution, variant=season.small, key="t", by=ANYBODY)
    assert refused.value.code == "shop.suspended-little"
    assert (Order.objects.count(), suspended.fund(season.shop).left) == (1, 1_400)
    assert SuspendedUse.objects.count() == 0


def test_what_is_not_fetched_or_comes_short_goes_back_to_the_gifts(season: Season) -> None:
    gives(season, ahead(season, 5_000))
    first, second = (
        suspended.take(distribution=season.distribution, variant=season.large, key=key, by=ANYBODY)
        for key in "ab"
    )
    assert suspended.fund(season.shop).left == 200
    changing.cancel_order(order=first, by=ANYBODY)
    assert suspended.fund(season.shop).left == 2_600
    preparing.prepare(order=second, weighed=[Weighed(1, 0)], by=SYSTEM, key="p")
    handing.hand_over(order=second, key="h", by=SYSTEM)
    assert suspended.fund(season.shop).left == 5_000
    assert sum(use.amount for use in SuspendedUse.objects.all()) == 0
    assert SuspendedGift.objects.count() == 1
    assert [*differences(), *suspended.differences()] == []


def test_what_nobody_fetched_goes_to_the_gifts_when_they_say_so(season: Season) -> None:
    leek = season.sells("Poireau", 300, there=5)
    paid, unpaid = season.order((leek, 2)), season.order((leek, 1), who="max", pay="pickup")
    season.pay(paid)
    for order in (paid, unpaid):
        ending.note_missed(order=order, by=SYSTEM, key=f"m{order.pk}")
    with pytest.raises(Invalid):
        ending.decide_missed(order=unpaid, decision="suspended", by=SYSTEM, key="u")

    for _twice in range(2):
        ending.decide_missed(order=paid, decision="suspended", by=SYSTEM, key="d")

    paid.refresh_from_db()
    assert (paid.state, paid_for(paid), balance(paid.customer)) == ("cancelled", 0, 0)
    assert SuspendedGift.objects.get().amount == suspended.fund(season.shop).left == 600
    stock = Stock.objects.get(variant=leek)
    assert (stock.there, stock.promised) == (5, 1)
    assert [*differences(), *suspended.differences()] == []
    with translation.override("fr"):
        told = wording("cancelled", paid, "")[1]
    assert ("paniers que la boutique donne" in told, "6,00" in told) == (True, False)
    with pytest.raises(Ruled):
        suspended.take(distribution=season.distribution, variant=season.small, key="t", by=ANYBODY)


def test_a_gift_that_nobody_fetched_goes_back_once(season: Season) -> None:
    gives(season, ahead(season, 5_000))
    order = suspended.take(
        distribution=season.distribution, variant=season.large, key="a", by=ANYBODY
    )
    ending.note_missed(order=order, by=SYSTEM, key="m")
    ending.decide_missed(order=order, decision="suspended", by=SYSTEM, key="d")

    assert suspended.fund(season.shop).left == 5_000
    assert SuspendedGift.objects.count() == 1
    assert [*differences(), *suspended.differences()] == []


def test_a_basket_of_a_season_is_not_given_at_the_stall(season: Season) -> None:
    signed = season.subscribes()
    season.pays(signed.instalments.order_by("number").first())
    season.distributes(1)
    basketorders.make_due_orders()
    order = Order.objects.get(pay="season")
    ending.note_missed(order=order, by=SYSTEM, key="m")

    with pytest.raises(Invalid):
        ending.decide_missed(order=order, decision="suspended", by=SYSTEM, key="d")

    order.refresh_from_db()
    assert (order.state, SuspendedGift.objects.count()) == ("missed", 0)


def page(name: str, *args: Any) -> str:
    return reverse(f"shop:{name}", args=["jardin", *args])


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


def test_the_page_says_how_many_wait_and_gives_one(season: Season, client: Client) -> None:
    assert client.get(page("suspended")).status_code == 200
    gives(season, ahead(season, 3_200))
    assert "2 paniers" in text(client.get(page("suspended")))
    data = {
        "distribution": season.distribution.pk, "variant": season.small.pk, "called": "Merle",
        "key": "k",
    }  # fmt: skip
    answer = client.post(page("suspended"), data)
    assert answer.status_code == 302
    ticket = Order.objects.get(pay="others")
    assert answer["Location"] == page("order", ticket.public_id)
    assert client.get(answer["Location"]).status_code == 200
    assert client.post(page("suspended"), {**data, "variant": 0}).status_code == 422
    assert "1 panier" in text(client.get(page("suspended")))


def shift(farm: Farm, places: int = 1, discount: int = 1_000) -> WorkShift:
    start = timezone.now() + dt.timedelta(days=3)
    return shifts.add_shift(
        distribution=farm.distribution, title="Peser", starts_at=start,
        ends_at=start + dt.timedelta(hours=2), places=places, discount=discount, by=SYSTEM,
    )  # fmt: skip


def test_work_that_was_done_takes_something_off_the_next_orders(farm: Farm) -> None:
    leek = farm.sells("Poireau", 300)
    place = shifts.sign_up(shift=shift(farm), who=who("lou"), by=ANYBODY)
    assert shifts.sign_up(shift=place.shift, who=who("lou"), by=ANYBODY) == place
    with pytest.raises(SlotFull):
        shifts.sign_up(shift=place.shift, who=who("max"), by=ANYBODY)
    place = shifts.confirm(signup=place, came=True, by=SYSTEM)

    first = farm.order((leek, 2), codes=[place.code])
    assert (first.reduction, first.total, first.state) == (600, 0, "confirmed")
    second = farm.order((leek, 2), codes=[place.code])
    assert (second.reduction, second.total) == (400, 200)
    place.refresh_from_db()
    assert (place.credit, place.used) == (1_000, 1_000)
    changing.cancel_order(order=second, by=ANYBODY)
    place.refresh_from_db()
    assert place.used == 600
    with pytest.raises(Conflict):
        shifts.confirm(signup=place, came=False, by=SYSTEM)


def test_who_withdraws_frees_the_place(farm: Farm) -> None:
    place = shifts.sign_up(shift=shift(farm), who=who("lou"), by=ANYBODY)
    for _twice in range(2):
        shifts.withdraw(signup=place, by=ANYBODY)
    assert WorkShift.objects.get().taken == 0
    shifts.sign_up(shift=place.shift, who=who("max"), by=ANYBODY)
    with pytest.raises(Conflict):
        shifts.confirm(signup=place, came=True, by=SYSTEM)


@pytest.fixture
def keeper(farm: Farm, make_user: Any, client: Client) -> Client:
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=farm.structure, by=SYSTEM)
    client.force_login(user)
    return client


def test_help_is_asked_for_given_and_confirmed_on_the_pages(farm: Farm, keeper: Client) -> None:
    here = page("keep_shifts", farm.distribution.pk)
    asked = {"title": "Peser", "starts": "10:00", "ends": "12:00", "places": 2, "discount": "5,00"}
    assert keeper.post(here, {**asked, "ends": "09:00"}).status_code == 422
    assert keeper.post(here, asked).status_code == 302
    row = WorkShift.objects.get()
    assert "5,00 €" in text(keeper.get(page("shifts")))
    comes = {"shift": row.pk, "name": "Lou", "email": "lou@exemple.test"}
    answer = keeper.post(page("shifts"), comes)
    place = ShiftSignup.objects.get()
    assert answer["Location"] == page("shift", place.code)
    assert keeper.post(here, {"signup": place.pk, "came": "1"}).status_code == 302
    shown = text(keeper.get(page("shift", place.code)))
    assert place.code in shown and "5,00 €" in shown
    assert keeper.get(here).status_code == 200


def test_a_coupon_is_made_on_the_page_and_typed_in_the_basket(farm: Farm, keeper: Client) -> None:
    leek = farm.sells("Poireau", 300)
    made = {"code": "Dix", "kind": "percent", "value": "10", "is_on": "on", "in_all": 1}
    assert keeper.post(page("coupons"), {**made, "value": "101"}).status_code == 422
    assert keeper.post(page("coupons"), made).status_code == 302
    row = Coupon.objects.get()
    assert (row.code, row.value) == ("DIX", 1_000)
    assert "10,00" in text(keeper.get(page("coupons")))

    keeper.post(page("basket_add"), {"variant": leek.pk, "quantity": 2})
    keeper.post(page("basket_change"), {"coupon": "RIEN"})
    assert keeper.get(page("checkout")).status_code == 302  # first it is mended
    keeper.post(page("basket_change"), {"coupon": "dix"})
    shown = text(keeper.get(page("basket")))
    assert "0,60 €" in shown and "5,40 €" in shown
    ordered = {"name": "Lou", "email": "lou@exemple.test", "pay": "ahead", "key": "k"}
    assert keeper.post(page("checkout"), ordered).status_code == 302
    assert Order.objects.get().total == 540
    changed = {**made, "value": "20"}
    assert keeper.post(page("coupon", row.pk), changed).status_code == 302
    row.refresh_from_db()
    assert (row.value, row.used) == (2_000, 1)


def test_what_a_free_price_should_bring_is_said_with_what_it_has(
    farm: Farm, keeper: Client
) -> None:
    free = farm.sells("Pain solidaire", 400, lowest=200, highest=800)
    here = page("targets", farm.cycle.pk)
    assert keeper.post(here, {f"target-{free.pk}": "12,00"}).status_code == 302
    for name, price in (("lou", 200), ("max", 700)):
        ordering.place_order(
            distribution=farm.distribution, who=who(name), wanted=[Wanted(free.pk, 1, price)],
            key=farm.key(), by=ANYBODY,
        )  # fmt: skip
    gone = farm.order((free, 1), who="zoe")
    assert targets_of(farm.cycle)[free.pk] == Target(1_200, 1_300)
    changing.cancel_order(order=gone, by=ANYBODY)
    found = targets_of(farm.cycle)[free.pk]
    assert (found.reached, found.missing, found.percent) == (900, 300, 75)
    shown = text(keeper.get(page("product", free.product.slug)))
    assert "9,00 €" in shown and "12,00 €" in shown
    assert "3,00 €" in text(keeper.get(here))
