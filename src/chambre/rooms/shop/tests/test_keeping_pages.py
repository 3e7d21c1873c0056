"""Pages of those who keep a shop: each shows what is, does what it says, and asks little."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from chambre.registry import api as registry
from chambre.rooms.shop.forms.keeping import grams_in
from chambre.rooms.shop.models import (
    Customer,
    Cycle,
    Distribution,
    Order,
    Photo,
    Product,
    Round,
    Slot,
    Stock,
    StockMove,
    Variant,
)
from chambre.rooms.shop.queries.accounts import balance, differences, due, free_credit
from chambre.rooms.shop.services import ending, handing, planning, shops
from chambre.rooms.shop.services.changing import cancel_order
from chambre.rooms.shop.services.customers import erase_customer, give_credit_back
from chambre.rooms.shop.services.preparing import Weighed, prepare
from chambre.rooms.shop.services.shops import change_place
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm
from chambre.treasury.models import CashCount, Payout

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def keeper(farm: Farm, make_user: Any, client: Any) -> Any:
    """Somebody who keeps the shop's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=farm.structure, by=SYSTEM)
    client.force_login(user)
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"shop:{name}", args=["jardin", *args])


@pytest.fixture
def market(farm: Farm) -> Farm:
    """A distribution with a paid order, one to pay at the stall, and things to weigh."""
    farm.carrots = farm.sells("Carottes", 250, there=20)  # type: ignore[attr-defined]
    farm.hen = farm.sells("Poule", 1_200, estimate=1_800, pricing=Product.Pricing.WEIGHT)  # type: ignore[attr-defined]
    change_place(place=farm.place, by=SYSTEM, drawer=farm.drawer())
    farm.distribution.refresh_from_db()
    farm.lou = farm.order((farm.carrots, 3), (farm.hen, 1), pay="pickup")  # type: ignore[attr-defined]
    farm.ada = farm.order((farm.carrots, 2), who="ada")  # type: ignore[attr-defined]
    farm.pay(farm.ada)  # type: ignore[attr-defined]
    return farm


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


def test_last_weeks_cycle_is_planned_again_at_the_same_hours(farm: Farm, keeper: Any) -> None:
    start = timezone.make_aware(dt.datetime(2026, 3, 26, 17, 0))
    cycle = planning.open_cycle(
        shop=farm.shop, name="Semaine 53", opens_at=start - dt.timedelta(days=4),
        closes_at=start - dt.timedelta(days=1), by=SYSTEM,
    )  # fmt: skip
    planning.add_distribution(
        cycle=cycle, place=farm.place, starts_at=start, ends_at=start + dt.timedelta(hours=2),
        by=SYSTEM, slots=[(start, start + dt.timedelta(hours=1), 5)],
    )  # fmt: skip
    carrots = farm.sells("Carottes", 250)
    planning.offer(cycle=cycle, variant=carrots, price=200, by=SYSTEM)
    for _twice in range(2):
        assert keeper.post(page("cycles"), {"again": cycle.pk}).status_code == 302

    made = Cycle.objects.exclude(pk__in=[cycle.pk, farm.cycle.pk]).get()
    assert made.name == "Semaine 1"
    assert made.offers.get().price == 200
    again = made.distributions.get()
    # Summer time began in between: on the clock it is five in the afternoon again.
    assert timezone.localtime(again.starts_at) == timezone.make_aware(
        dt.datetime(2026, 4, 2, 17, 0)
    )
    assert again.slots.get().capacity == 5


def test_a_cycle_is_planned_with_slots_and_offers(farm: Farm, keeper: Any) -> None:
    made = keeper.post(page("cycles"), {
        "name": "Semaine 20", "opens_at": "2027-05-10T08:00", "closes_at": "2027-05-13T20:00",
    })  # fmt: skip
    assert made.status_code == 302
    cycle = Cycle.objects.get(name="Semaine 20")
    wrong = {"act": "distribution", "place": farm.place.pk, "starts_at": "2027-05-14T17:00",
             "ends_at": "2027-05-14T19:00", "minutes": "30"}  # fmt: skip
    assert keeper.post(page("cycle", cycle.pk), wrong).status_code == 422
    assert keeper.post(page("cycle", cycle.pk), {**wrong, "capacity": "10"}).status_code == 302
    assert [slot.capacity for slot in Slot.objects.all()] == [10] * 4

    carrots, jam = farm.sells("Carottes", 250), farm.sells("Confiture", 480)
    keeper.post(page("cycle", cycle.pk), {
        "act": "offers", f"there{carrots.pk}": "1", f"price{carrots.pk}": "2,20",
        f"price{jam.pk}": "",
    })  # fmt: skip
    said = {each.variant_id: (each.price, each.is_there) for each in cycle.offers.all()}
    assert said == {carrots.pk: (220, True), jam.pk: (None, False)}
    keeper.post(page("cycle", cycle.pk), {"act": "close"})
    cycle.refresh_from_db()
    assert cycle.closed_at is not None


def test_a_round_is_driven_in_the_order_of_its_hours(farm: Farm, keeper: Any) -> None:
    later, sooner = farm.distribute(days=5), farm.distribute(days=4)
    sent = {"name": "Nord", "day": "2027-01-02", "stops": [later.pk, sooner.pk]}
    assert keeper.post(page("rounds"), sent).status_code == 302
    stops = Round.objects.get().stops.order_by("stop")
    assert [stop.pk for stop in stops] == [sooner.pk, later.pk]


def test_a_product_is_added_and_changed_on_its_pages(farm: Farm, keeper: Any) -> None:
    producer = farm.shop.producers.get()
    sent = {
        "name": "Pain", "state": "sold", "kind": "goods", "producer": producer.pk, "unit": "piece",
        "pricing": "unit", "vat": "550", "allergens": ["gluten", "sesame"], "season_first": "5",
        "season_last": "9", "v-price": "4,20", "v-step": "1", "v-backorders": "no",
        "v-available": "on",
    }  # fmt: skip
    assert keeper.post(page("product_new"), {**sent, "v-price": ""}).status_code == 422
    assert keeper.post(page("product_new"), sent).status_code == 302
    bread = Product.objects.get()
    assert (bread.allergens, bread.season_from, bread.season_until) == ("gluten,sesame", 501, 930)
    assert bread.variants.get().price == 420

    Product.objects.update(season_from=515)
    change = {key: value for key, value in sent.items() if not key.startswith("v-")}
    changed = {**change, "act": "product", "name": "Pain complet"}
    assert keeper.post(page("keep_product", "pain"), changed).status_code == 302
    bread.refresh_from_db()
    assert (bread.name, bread.season_from) == ("Pain complet", 515)
    second = {"act": "variant", "new-name": "1 kg", "new-price": "7", "new-step": "1",
              "new-backorders": "no", "new-available": "on"}  # fmt: skip
    keeper.post(page("keep_product", "pain"), second)
    assert Variant.objects.order_by("pk").last().price == 700
    keeper.post(page("products"), {"name": "Boulangerie > Pains"})
    names = [row.name for row in farm.shop.categories.order_by("pk")]
    assert names == ["Boulangerie", "Pains"]


def picture() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (600, 400), (120, 160, 60)).save(content, "JPEG")
    return SimpleUploadedFile("carottes.jpg", content.getvalue(), content_type="image/jpeg")


def test_photos_are_added_and_taken_away_on_three_pages(farm: Farm, keeper: Any) -> None:
    farm.sells("Carottes", 250)
    pages = (
        page("keep_product", "carottes"), page("keep_producer", "le-jardin-de-la-lysse"),
        page("settings"),
    )  # fmt: skip
    for address in pages:
        sent = {"act": "photo", "photo": picture(), "alt": "Une botte"}
        assert keeper.post(address, sent).status_code == 302
        assert 'alt="Une botte"' in keeper.get(address).content.decode()
        wrong = SimpleUploadedFile("x.jpg", b"no picture", content_type="image/jpeg")
        assert keeper.post(address, {"act": "photo", "photo": wrong}).status_code == 422
    kept = Photo.objects.order_by("pk")
    assert [(row.product_id is None, row.producer_id is None) for row in kept] == [
        (False, True), (True, False), (True, True),
    ]  # fmt: skip
    for address, photo in zip(pages, list(kept), strict=True):
        assert keeper.post(address, {"act": f"remove{photo.pk}"}).status_code == 302
    assert not Photo.objects.exists()


def test_stock_is_counted_comes_in_and_is_lost(farm: Farm, keeper: Any) -> None:
    carrots = farm.sells("Carottes", 250)
    for number, (kind, many) in enumerate((("count", 10), ("in", 5), ("loss", 3))):
        sent = {"variant": carrots.pk, "kind": kind, "quantity": many, "key": f"s{number}"}
        assert keeper.post(page("stocks"), sent).status_code == 302
        keeper.post(page("stocks"), sent)
    assert Stock.objects.get().there == 12
    farm.order((carrots, 12))
    more = {"variant": carrots.pk, "kind": "loss", "quantity": 1, "key": "more"}
    assert keeper.post(page("stocks"), more).status_code == 409
    assert Stock.objects.get().there == 12


def test_personal_data_is_erased_and_the_books_stay(market: Any, keeper: Any) -> None:
    ada = market.ada.customer
    address = page("customer_erase", ada.pk)
    keeper.post(address)
    assert Customer.objects.get(pk=ada.pk).erased_at is None  # an order of hers waits
    handing.hand_over(order=market.ada, key="x", by=SYSTEM)
    keeper.post(address)

    ada.refresh_from_db()
    assert (ada.email, ada.phone) == (f"efface-{ada.pk}@jardin.invalid", "")
    assert (ada.party.email, ada.party.name) == ("", ada.name)
    assert "Ada" not in keeper.get(page("customer", ada.pk)).content.decode().split("<main")[1]
    assert erase_customer(customer=ada, by=SYSTEM).erased_at == ada.erased_at
    assert list(differences()) == []


def test_credit_goes_back_over_several_orders(market: Any, keeper: Any) -> None:
    second = market.order((market.carrots, 1), who="ada")
    market.pay(second)
    for order in (market.ada, second):
        cancel_order(order=order, by=SYSTEM, for_them=True)
    ada = market.ada.customer
    assert free_credit(ada) == 750
    drawer = market.shop.places.get().drawer
    sent = {"act": "back", "amount": "6,00", "means": "cash", "drawer": drawer.pk, "key": "b"}
    for _twice in range(2):
        assert keeper.post(page("customer", ada.pk), sent).status_code == 302
    assert free_credit(ada) == 150
    assert keeper.post(page("customer", ada.pk), {**sent, "key": "c"}).status_code == 422


def test_what_goes_back_leaves_the_orders_paid_that_wait(market: Any) -> None:
    older = market.ada
    newer = market.order((market.carrots, 3), who="ada")
    market.pay(newer)
    cancel_order(order=older, by=SYSTEM, for_them=True)
    drawer = market.shop.places.get().drawer
    give_credit_back(
        customer=older.customer, amount=500, key="b", by=SYSTEM, means="cash", drawer=drawer
    )
    newer.refresh_from_db()
    assert (due(newer), due(older), free_credit(older.customer)) == (0, older.total, 0)
    handing.hand_over(order=newer, key="n", by=SYSTEM)
    assert list(differences()) == []


def test_what_was_paid_for_a_missed_order_is_kept_for_it(market: Any) -> None:
    ending.note_missed(order=market.ada, by=SYSTEM, key="m")
    ending.decide_missed(order=market.ada, decision="keep", by=SYSTEM, key="k")
    assert free_credit(market.ada.customer) == 0
    order = handing.hand_over(order=market.ada, key="late", by=SYSTEM)
    assert (order.state, balance(order.customer)) == ("handed", 0)


def test_what_is_owed_to_a_producer_is_asked_for_once(farm: Farm, keeper: Any) -> None:
    bees = shops.add_producer(shop=farm.shop, name="Rucher", by=SYSTEM, commission=1_000)
    order = farm.order((farm.sells("Miel", 900, producer=bees), 2))
    farm.pay(order)
    handing.hand_over(order=order, key="h", by=SYSTEM)
    assert "16,20" in keeper.get(page("keep_producers")).content.decode()

    sent = {"amount": "16,20", "iban": "FR76 3000 6000 0112 3456 7890 189", "reason": "Miel",
            "key": "p"}  # fmt: skip
    too_much = keeper.post(page("producer_pay", "rucher"), {**sent, "amount": "16,21"})
    assert too_much.status_code == 422
    for _twice in range(2):
        assert keeper.post(page("producer_pay", "rucher"), sent).status_code == 302
    assert Payout.objects.get().amount == 1_620
    assert keeper.post(page("producer_pay", "rucher"), {**sent, "key": "q"}).status_code == 422


def test_figures_say_what_was_sold_and_what_it_feeds(market: Any, keeper: Any) -> None:
    handing.hand_over(order=market.ada, key="x", by=SYSTEM)
    rows = keeper.get(page("shop_figures") + "?par=mois&format=csv").content.decode("utf-8-sig")
    assert rows.splitlines()[1].endswith(";2;;1;5,00")
    for axis in ("produit", "categorie", "producteur", "lieu"):
        shown = keeper.get(page("shop_figures") + f"?par={axis}").content.decode()
        assert "5,00" in shown, axis
    other = keeper.get(page("shop_figures") + "?par=produit&first=2020-01-01&last=2020-12-31")
    assert "5,00" not in other.content.decode()


def test_the_page_of_a_resource_says_what_sales_bring_and_nobodys_name(
    farm: Farm, client: Any
) -> None:
    orchard = registry.create_resource(slug="verger", name="Verger partagé", by=SYSTEM)
    address = reverse("registry:resource", args=["verger"])
    juice = farm.sells("Jus", 390, resource=orchard)
    bees = shops.add_producer(shop=farm.shop, name="Rucher", by=SYSTEM)
    honey = farm.sells("Miel", 900, producer=bees, resource=orchard)
    assert "?tab=sales" not in client.get(address).content.decode()  # nothing sold, no tab

    order = farm.order((juice, 3), (honey, 1), who="lou")
    farm.pay(order)
    handing.hand_over(order=order, key="h", by=SYSTEM)

    assert "?tab=sales" in client.get(address).content.decode()
    shown = client.get(f"{address}?tab=sales").content.decode()
    assert "11,70" in shown  # the honey is another's: its sale feeds nothing here
    assert "20,70" not in shown
    assert "Lou" not in shown


def test_sales_are_summed_by_season(market: Any, keeper: Any) -> None:
    handing.hand_over(order=market.ada, key="x", by=SYSTEM)
    winter = timezone.make_aware(dt.datetime(2025, 12, 20, 12))
    Order.objects.filter(pk=market.ada.pk).update(handed_at=winter)
    second = market.order((market.carrots, 1), who="zoe", pay="pickup")
    handing.hand_over(order=second, key="y", by=SYSTEM, owing=True)
    summer = timezone.make_aware(dt.datetime(2026, 7, 1, 12))
    Order.objects.filter(pk=second.pk).update(handed_at=summer)
    period = "?par=saison&format=csv&first=2025-01-01&last=2026-12-31"
    told = keeper.get(page("shop_figures") + period).content.decode("utf-8-sig").splitlines()
    assert [row.split(";")[1:] for row in told[1:]] == [
        ["2", "", "1", "5,00"], ["1", "", "1", "2,50"], ["3", "", "2", "7,50"],
    ]  # fmt: skip


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


def test_settings_places_and_shops_are_changed(farm: Farm, keeper: Any) -> None:
    keeper.post(page("settings"), {"act": "place", "p-name": "La ferme", "p-kind": "pickup",
                                   "p-is_open": "on"})  # fmt: skip
    assert farm.shop.places.filter(slug="la-ferme").exists()
    changed = {"name": "La ferme du bas", "kind": "pickup", "latitude": "50,6292"}
    keeper.post(page("place", "la-ferme"), {**changed, "longitude": "-3,05"})
    place = farm.shop.places.get(slug="la-ferme")
    assert (place.is_open, place.latitude, place.longitude) == (False, 50_629_200, -3_050_000)
    assert "50,6292" in keeper.get(page("place", "la-ferme")).content.decode()
    sent = {"act": "shop", "name": "Jardin", "pay_ahead": "on", "hold_minutes": "60"}
    assert keeper.post(page("settings"), {**sent, "pay_ahead": ""}).status_code == 422
    assert keeper.post(page("settings"), sent).status_code == 302
    farm.shop.refresh_from_db()
    assert (farm.shop.name, farm.shop.hold_minutes) == ("Jardin", 60)
    made = keeper.post(
        reverse("shop:keep_shops"), {"name": "Deux", "slug": "deux", "structure": "jardin"}
    )
    assert made["Location"] == reverse("shop:shop_home", args=["deux"])
