"""Pages of a distribution, from the harvest to the end of the day: they do what they say, and ask little."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from chambre.rooms.shop.forms.keeping import grams_in
from chambre.rooms.shop.models import (
    Customer,
    Distribution,
    Order,
    Stock,
    StockMove,
)
from chambre.rooms.shop.queries.accounts import balance, differences, free_credit
from chambre.rooms.shop.services import ending, handing, planning, shops
from chambre.rooms.shop.services.preparing import Weighed, prepare
from chambre.rooms.shop.tests.conftest import SYSTEM, page
from chambre.treasury.models import CashCount

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


def test_every_page_opens_and_asks_little(market: Any, keeper: Any) -> None:
    number, code = market.distribution.pk, market.lou.public_id
    addresses = [
        reverse("shop:keep_shops"), page("shop_home"), page("distribution", number),
        page("harvest", number), page("picking", number), page("picking", number) + "?par=produit",
        page("weighing", number), page("handing", number), page("keep_order", code),
        page("stall", number), page("ending", number), page("offline", number),
        page("offline_list", number), page("offline_worker", number),
        page("short", number, market.carrots.pk) + "?available=3&rule=proportional",
        page("cycles"), page("cycle", market.cycle.pk), page("rounds"), page("products"),
        page("product_new"), page("keep_product", "carottes"), page("stocks"),
        page("stocks") + f"?variant={market.carrots.pk}&distribution={number}",
        page("keep_producers"), page("keep_producer", "le-jardin-de-la-lysse"), page("settings"),
        page("place", "la-halle"), page("customers"), page("customer", market.lou.customer_id),
        page("customer_erase", market.lou.customer_id), page("shop_figures"),
        page("shop_figures") + "?par=mois",
    ]  # fmt: skip
    many: dict[str, list[str]] = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            answer = keeper.get(address)
        assert answer.status_code == 200, address
        if len(asked) > MOST_QUERIES:
            many[address] = [each["sql"] for each in asked.captured_queries]
    assert many == {}


def test_strangers_see_nothing_of_it(market: Any, client: Any, make_user: Any) -> None:
    client.force_login(make_user("dris@exemple.test"))
    for address in (
        page("shop_home"), page("harvest", market.distribution.pk),
        page("keep_order", market.lou.public_id), page("customers"),
        page("offline_list", market.distribution.pk),
    ):  # fmt: skip
        assert client.get(address).status_code == 403, address
    sent = client.post(page("ending", market.distribution.pk), {"act": "missed"})
    assert sent.status_code == 403
    assert not Order.objects.filter(state="missed").exists()


def test_the_lists_say_what_to_bring_and_what_goes_where(market: Any, keeper: Any) -> None:
    harvest = keeper.get(page("harvest", market.distribution.pk) + "?format=csv")
    rows = harvest.content.decode("utf-8-sig").splitlines()
    assert rows[1:] == [
        "Le Jardin de la Lysse;Carottes;;5;;2", "Le Jardin de la Lysse;Poule;;1;1,800;1",
    ]  # fmt: skip
    crates = keeper.get(page("picking", market.distribution.pk) + "?format=csv")
    rows = crates.content.decode("utf-8-sig").splitlines()
    assert rows[1:] == [
        f";Ada;{market.ada.code};Carottes;2;", f";Lou;{market.lou.code};Carottes;3;",
        f";Lou;{market.lou.code};Poule;1;1,800",
    ]  # fmt: skip
    for kind, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        answer = keeper.get(page("harvest", market.distribution.pk) + f"?format={kind}")
        assert answer.content.startswith(begins)
    for size in ("a4-8", "100x150", "62x29"):
        answer = keeper.get(page("crate_labels", market.distribution.pk) + f"?format={size}")
        assert answer.content.startswith(b"%PDF"), size
    one = f"?format=100x150&commande={market.ada.code}"
    answer = keeper.get(page("crate_labels", market.distribution.pk) + one)
    (only,) = (each.extract_text() for each in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Ada" in only
    assert "Lou" not in only


def test_a_cycle_is_harvested_for_all_its_places_together(market: Any, keeper: Any) -> None:
    farm_gate = shops.add_place(shop=market.shop, name="À la ferme", by=SYSTEM)
    start = market.distribution.starts_at
    second = planning.add_distribution(
        cycle=market.cycle, place=farm_gate, starts_at=start,
        ends_at=start + dt.timedelta(hours=1), by=SYSTEM,
    )  # fmt: skip
    market.order((market.carrots, 4), who="zoe", pay="pickup", distribution=second)
    told = keeper.get(page("cycle_harvest", market.cycle.pk) + "?format=csv").content
    with zipfile.ZipFile(io.BytesIO(told)) as archive:
        files = {
            name: archive.read(name).decode("utf-8-sig").splitlines()[1:]
            for name in archive.namelist()
        }
    assert files == {
        "harvest.csv": [
            "Le Jardin de la Lysse;Carottes;;9;;3",
            "Le Jardin de la Lysse;Poule;;1;1,800;1",
        ],
        "places.csv": ["La halle;Carottes;5;", "La halle;Poule;1;1,800", "À la ferme;Carottes;4;"],
    }
    assert keeper.get(page("cycle_harvest", market.cycle.pk)).status_code == 200


@pytest.mark.parametrize(
    ("text", "grams"),
    [("1250", 1250), ("1250 g", 1250), ("1,25", 1250), (" 1.250kg", 1250), ("0,4", 400),
     ("2 kg", 2000), ("+ 1.2345 kg", 1235)],
)  # fmt: skip
def test_a_weight_is_understood_as_it_is_typed(text: str, grams: int) -> None:
    assert grams_in(text) == grams


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "-5", "12.5 g", "１２"])
def test_what_is_no_weight_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        grams_in(text)


def test_one_line_after_the_other_is_weighed(market: Any, keeper: Any) -> None:
    address = page("weighing", market.distribution.pk)
    line = market.lou.lines.get(weighed=True)

    empty = keeper.post(address, {"line": line.pk, "given": "1", "weight": "", "key": "a"})
    wrong = keeper.post(address, {"line": line.pk, "given": "1", "weight": "lourd", "key": "b"})
    assert (empty.status_code, wrong.status_code) == (422, 422)
    done = keeper.post(address, {"line": line.pk, "given": "1", "weight": "1,755", "key": "c"})
    assert done.status_code == 302
    line.refresh_from_db()
    market.lou.refresh_from_db()
    assert (line.grams, line.gross, market.lou.total) == (1755, 2106, 2856)
    assert "1,755" in keeper.get(done["Location"]).content.decode()

    ready = keeper.post(page("distribution", market.distribution.pk), {"key": "r"})
    assert ready.status_code == 302
    assert {order.state for order in Order.objects.all()} == {"prepared"}


def test_what_is_not_there_is_said_on_the_weighing_screen(market: Any, keeper: Any) -> None:
    line = market.lou.lines.get(weighed=True)
    sent = {"line": line.pk, "given": "1", "weight": "", "act": "short", "key": "s"}
    assert keeper.post(page("weighing", market.distribution.pk), sent).status_code == 302
    line.refresh_from_db()
    assert (line.given, line.grams, line.gross) == (0, 0, 0)


def test_an_order_that_is_not_weighed_is_not_ready(market: Any, keeper: Any) -> None:
    keeper.post(page("distribution", market.distribution.pk), {"key": "r"})
    states = {order.code: order.state for order in Order.objects.all()}
    assert states == {market.lou.code: "confirmed", market.ada.code: "prepared"}


def test_a_short_crate_is_shown_first_and_then_shared(market: Any, keeper: Any) -> None:
    address = page("short", market.distribution.pk, market.carrots.pk)
    keeper.get(address + "?available=3&rule=proportional")
    assert market.lou.lines.first().given is None

    asked = {"available": "3", "rule": "proportional", "key": "s"}
    assert keeper.post(address, asked).status_code == 302
    given = {order.code: order.lines.get(name="Carottes").given for order in Order.objects.all()}
    assert given == {market.lou.code: 2, market.ada.code: 1}
    assert free_credit(Customer.objects.get(name="Ada")) == 250


def test_the_pick_up_list_finds_by_name_and_by_code(market: Any, keeper: Any) -> None:
    address = page("handing", market.distribution.pk)
    assert "Ada" not in keeper.get(address + "?q=lou").content.decode().split("<main")[1]
    order = page("keep_order", market.lou.public_id)
    for typed in (
        market.lou.code, market.lou.code.replace("-", "").lower(),
        f"https://x.test/boutique/jardin/commande/{market.lou.public_id}/",
    ):  # fmt: skip
        assert keeper.get(address, {"q": typed})["Location"] == order


def test_cash_is_taken_and_the_order_handed_over_in_one_act(market: Any, keeper: Any) -> None:
    line = market.lou.lines.get(weighed=True)
    keeper.post(page("weighing", market.distribution.pk),
                {"line": line.pk, "given": "1", "weight": "1755", "key": "w"})  # fmt: skip
    address = page("keep_order", market.lou.public_id)

    keeper.post(address, {"act": "hand", "means": "cash", "due": "999", "key": "h"})
    assert Order.objects.get(pk=market.lou.pk).state == "confirmed"  # another amount was shown
    for _again in range(2):
        keeper.post(address, {"act": "hand", "means": "cash", "due": "2856", "key": "h"})

    market.lou.refresh_from_db()
    assert (market.lou.state, balance(market.lou.customer)) == ("handed", 0)
    assert list(differences()) == []


def test_without_money_it_is_owed_only_when_that_is_said(market: Any, keeper: Any) -> None:
    order = market.order((market.carrots, 1), who="zoe", pay="pickup")
    address = page("keep_order", order.public_id)
    keeper.post(address, {"act": "hand", "means": "", "due": "250", "key": "a"})
    assert Order.objects.get(pk=order.pk).state == "confirmed"
    keeper.post(address, {"act": "hand", "means": "owing", "due": "250", "key": "b"})
    assert Order.objects.get(pk=order.pk).state == "handed"
    assert balance(order.customer) == -250


def test_a_sale_at_the_stall_is_paid_and_gone(market: Any, keeper: Any) -> None:
    address = page("stall", market.distribution.pk)
    sale = {f"q{market.carrots.pk}": "2", f"q{market.hen.pk}": "1", f"w{market.hen.pk}": "1,5",
            "means": "cash", "key": "sale"}  # fmt: skip
    assert keeper.post(address, {**sale, f"w{market.hen.pk}": ""}).status_code == 422
    for _twice in range(2):
        assert keeper.post(address, sale).status_code == 302

    order = Order.objects.get(customer__email="comptoir@jardin.invalid")
    assert (order.state, order.total) == ("handed", 2 * 250 + 1_800)
    assert Stock.objects.get(variant=market.carrots).there == 18
    assert list(differences()) == []
    refused = keeper.post(address, {f"q{market.carrots.pk}": "50", "means": "card", "key": "more"})
    assert refused.status_code == 409
    assert Order.objects.filter(customer__email="comptoir@jardin.invalid").count() == 1


def test_the_day_ends_in_four_steps(market: Any, keeper: Any) -> None:
    address = page("ending", market.distribution.pk)
    handing.hand_over(order=market.ada, key="x", by=SYSTEM)

    assert keeper.post(address, {"act": "end", "key": "e"}).status_code == 422
    keeper.post(address, {"act": "missed", "key": "m"})
    assert Order.objects.get(pk=market.lou.pk).state == "missed"
    kept = {"act": "decide", "order": market.lou.public_id, "key": "d"}
    assert keeper.post(address, {**kept, "decision": "given-on"}).status_code == 422  # not paid
    assert keeper.post(address, {**kept, "decision": "cancel"}).status_code == 302
    assert Order.objects.get(pk=market.lou.pk).state == "cancelled"

    count = {"act": "count", "p500": "10", "key": "c"}
    assert keeper.post(address, {**count, "p500": "9"}).status_code == 422  # five euros are missing
    assert keeper.post(address, count).status_code == 302
    assert CashCount.objects.filter(kind="closing").get().counted == 5_000

    stock = Stock.objects.get(variant=market.carrots)
    keeper.post(address, {"act": "stock", f"lost{stock.pk}": "4", "key": "s"})
    assert StockMove.objects.filter(kind="loss").get().quantity == -4
    assert Stock.objects.get(pk=stock.pk).there == 14
    assert keeper.post(address, {"act": "end", "key": "e"}).status_code == 302
    assert Distribution.objects.get().state == "done"


def test_a_missed_order_that_is_paid_may_be_given_on(market: Any, keeper: Any) -> None:
    address = page("ending", market.distribution.pk)
    keeper.post(address, {"act": "missed", "key": "m"})
    given = {"act": "decide", "decision": "given-on", "order": market.ada.public_id, "key": "d"}
    assert keeper.post(address, given).status_code == 302
    assert Order.objects.get(pk=market.ada.pk).state == "handed"
    assert balance(market.ada.customer) == 0


def test_what_is_due_now_can_be_paid_on_a_telephone(market: Any, keeper: Any) -> None:
    order = market.order((market.carrots, 2), who="zoe", pay="pickup")
    address = page("keep_order", order.public_id)
    assert "/payer/" not in keeper.get(address).content.decode().split("<main")[1]
    for _twice in range(2):
        keeper.post(address, {"act": "ask", "key": "a"})
    payment = order.payments.get().payment
    assert payment.open == 500
    shown = keeper.get(address).content.decode()
    assert reverse("treasury:pay", args=[payment.public_id]) in shown
    assert "keep-code" in shown
    # A piece comes short: what is asked for follows.
    prepare(order=order, weighed=[Weighed(1, 1)], by=SYSTEM, key="p")
    keeper.post(address, {"act": "ask", "key": "b"})
    asked = [row.payment for row in order.payments.order_by("number")]
    assert [(row.amount, row.state) for row in asked] == [(500, "cancelled"), (250, "created")]


def test_orders_of_a_distribution_are_given_as_a_file(market: Any, keeper: Any) -> None:
    told = keeper.get(page("distribution", market.distribution.pk) + "?format=csv").content
    rows = [row.split(";") for row in told.decode("utf-8-sig").splitlines()[1:]]
    assert [(row[0], row[1], row[6], row[7]) for row in rows] == [
        (market.ada.code, "Ada", "5,00", "0,00"), (market.lou.code, "Lou", "29,10", "29,10"),
    ]  # fmt: skip


def test_what_was_paid_for_a_missed_order_is_kept_for_it(market: Any) -> None:
    ending.note_missed(order=market.ada, by=SYSTEM, key="m")
    ending.decide_missed(order=market.ada, decision="keep", by=SYSTEM, key="k")
    assert free_credit(market.ada.customer) == 0
    order = handing.hand_over(order=market.ada, key="late", by=SYSTEM)
    assert (order.state, balance(order.customer)) == ("handed", 0)
