"""VAT on what was paid ahead over the end of a month."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chambre.core.errors import Forbidden
from chambre.ledger.models import Line
from chambre.lib.shopping.advances import by_rate
from chambre.lib.shopping.lines import vat_in
from chambre.registry import api as registry
from chambre.rooms.shop.models import AdvanceVat, Product
from chambre.rooms.shop.queries.advances import advances, shops_to_book
from chambre.rooms.shop.services import basketorders, changing, handing
from chambre.rooms.shop.services.advances import MonthNotOver, book_advances, last_day
from chambre.rooms.shop.tests.baskets import Season
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm, page
from chambre.treasury.services.months import MonthClosed, close_month


def today() -> dt.date:
    return registry.today()


def before() -> dt.date:
    """The last day of the month before this one."""
    return today().replace(day=1) - dt.timedelta(days=1)


def last_month() -> Any:
    """Noon of the last day of last month, for as long as it is entered."""
    return time_machine.travel(dt.datetime.combine(before(), dt.time(12), dt.UTC))


@pytest.fixture
def early(db: Any) -> Farm:
    """A farm with three orders of last month: paid, half paid with a jam at 20 %, not paid."""
    with last_month():
        farm = Farm()
        leek = farm.sells("Poireau", 1_055, vat=550)
        jam = farm.sells("Alcool", 1_200, vat=2_000)
        farm.paid = farm.order((leek, 1))  # type: ignore[attr-defined]
        farm.both = farm.order((leek, 1), (jam, 1), who="max")  # type: ignore[attr-defined]
        farm.order((leek, 3), who="zoe", pay="pickup")
        farm.pay(farm.paid)  # type: ignore[attr-defined]
        farm.pay(farm.both, 1_000)  # type: ignore[attr-defined]
    return farm


def vat_on(day: dt.date, code: str = "445710") -> int:
    rows = Line.objects.filter(account__code=code, entry__day=day)
    return sum(row.amount for row in rows)


def test_what_was_paid_ahead_is_taxed_in_its_month_and_once(early: Any) -> None:
    assert [(row.name, row.rate, row.paid, row.vat) for row in advances(early.shop, before())] == (
        sorted([
            (early.paid.code, 550, 1_055, 55), (early.both.code, 550, 468, 24),
            (early.both.code, 2_000, 532, 89),
        ])
    )  # fmt: skip

    row = book_advances(shop=early.shop, month=before(), by=SYSTEM)

    assert row is not None
    assert (row.amount, row.rates) == (168, {"550": [1_523, 79], "2000": [532, 89]})
    first = before() + dt.timedelta(days=1)
    assert (vat_on(before()), vat_on(before(), "445870")) == (-168, 168)
    assert (vat_on(first), vat_on(first, "445870")) == (168, -168)
    assert book_advances(shop=early.shop, month=before(), by=SYSTEM) is None
    assert AdvanceVat.objects.count() == 1

    handing.hand_over(order=early.paid, key="h", by=SYSTEM)
    # What was due then is due then, whatever becomes of the order later.
    assert sum(each.vat for each in advances(early.shop, before())) == 168
    assert sum(each.vat for each in advances(early.shop, today())) == 113
    assert vat_on(before()) + vat_on(first) + (0 if first == today() else vat_on(today())) in (
        -55, 113,
    )  # fmt: skip


def test_what_changed_since_is_booked_on_top(early: Any) -> None:
    book_advances(shop=early.shop, month=before(), by=SYSTEM)
    changing.cancel_order(order=early.paid, by=SYSTEM, for_them=True)
    assert book_advances(shop=early.shop, month=before(), by=SYSTEM) is None  # it was open then
    with last_month():
        changing.cancel_order(order=early.both, by=SYSTEM, for_them=True)

    row = book_advances(shop=early.shop, month=before(), by=SYSTEM)

    assert row is not None
    assert (row.number, row.amount, vat_on(before())) == (2, -113, -55)


def test_what_is_for_nothing_in_particular_is_not_taxed(farm: Farm) -> None:
    leek = farm.sells("Poireau", 1_055, vat=550)
    gift = farm.sells("Panier suspendu", 1_000, vat=550, kind=Product.Kind.SUSPENDED)
    order = farm.order((leek, 1), (gift, 1))
    farm.pay(order)

    assert by_rate(advances(farm.shop, today())) == {550: (1_055, 55)}
    changing.cancel_order(order=order, by=SYSTEM, for_them=True)
    assert advances(farm.shop, today()) == []


def test_a_season_that_is_paid_is_taxed_for_the_baskets_to_come(db: Any) -> None:
    season = Season()
    signed = season.subscribes(instalments=1)
    season.pays(signed.instalments.get())
    rate = season.product.vat
    assert by_rate(advances(season.shop, today())) == {rate: (15_000, vat_in(15_000, rate))}
    distribution = season.distributes(1)
    basketorders.make_due_orders()
    found = advances(season.shop, today())
    assert sorted(row.paid for row in found) == [1_500, 13_500]
    handing.hand_over(order=distribution.orders.get(), key="h", by=SYSTEM)
    assert [row.paid for row in advances(season.shop, today())] == [13_500]


def test_a_month_is_booked_when_it_is_over_and_not_closed(farm: Farm) -> None:
    farm.pay(farm.order((farm.sells("Poireau", 1_055, vat=550), 1)))
    with pytest.raises(MonthNotOver):
        book_advances(shop=farm.shop, month=today(), by=SYSTEM)
    with pytest.raises(Forbidden):
        book_advances(shop=farm.shop, month=before(), by=ANYBODY)
    assert AdvanceVat.objects.count() == 0
    assert last_day(dt.date(2028, 2, 3)) == dt.date(2028, 2, 29)


def test_the_page_shows_books_and_gives_a_file(early: Any, make_user: Any, client: Any) -> None:
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=early.structure, by=SYSTEM)
    client.force_login(user)
    month = f"{before():%Y-%m}"
    address = page("advances")

    with CaptureQueriesContext(connection) as asked:
        shown = client.get(address).content.decode()
    assert len(asked) <= 15
    assert early.paid.code in shown
    closing = reverse("treasury:month", args=["jardin", before().year, before().month])
    assert reverse("shop:advances_of", args=["jardin"]) in client.get(closing).content.decode()
    assert client.get(reverse("shop:advances_of", args=["jardin"]))["Location"] == address
    assert shops_to_book(early.book, before().replace(day=1), before())[0].count() == 1

    assert client.post(f"{address}?mois={month}").status_code == 302

    assert AdvanceVat.objects.get().amount == 168
    assert shops_to_book(early.book, before().replace(day=1), before())[0].count() == 0
    told = client.get(f"{address}?mois={month}&format=csv").content.decode("utf-8-sig")
    assert "0,89" in told
    for odd in ("", "2022-13", "1999-01", "9999-12", "x"):
        assert client.get(address, {"mois": odd}).status_code == 200
    close_month(book=early.book, month=before(), by=SYSTEM)
    early.pay(early.both, 100)
    with pytest.raises(MonthClosed):
        from chambre.rooms.shop.services.advances import _entry

        _entry(early.shop, before(), 5, "late")
