"""Pages of the office of a shop: cycles, products, stock, customers, figures, producers, settings."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from chambre.registry import api as registry
from chambre.rooms.shop.models import (
    Customer,
    Cycle,
    Order,
    Photo,
    Product,
    Round,
    Slot,
    Stock,
    Variant,
)
from chambre.rooms.shop.queries.accounts import differences, due, free_credit
from chambre.rooms.shop.services import handing, planning, shops
from chambre.rooms.shop.services.changing import cancel_order
from chambre.rooms.shop.services.customers import erase_customer, give_credit_back
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm, page
from chambre.treasury.models import Payment, Payout

pytestmark = pytest.mark.django_db


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
    payers = Payment.objects.filter(party=ada.party).values_list("payer_name", "payer_email")
    assert list(payers) == [(ada.name, "")]
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
