"""The public shop: shelves, basket, checkout and the order's page, without an account and a script."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chambre.rooms.shop.models import Customer, Cycle, Order, PickupPlace, Product, Shop, Stock
from chambre.rooms.shop.services import catalogue, preparing, shelving, shops
from chambre.rooms.shop.services.preparing import Weighed
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm

pytestmark = pytest.mark.django_db
SHELF = "/boutique/jardin/"
BASKET = f"{SHELF}panier/"
TILL = f"{SHELF}commander/"


def put(client: Client, variant: Any, many: int = 1, **more: Any) -> Any:
    return client.post(
        f"{BASKET}ajouter/", {"variant": variant.pk, "quantity": many, **more},
        headers=more.pop("headers", {}),
    )  # fmt: skip


def change(client: Client, **said: Any) -> Any:
    return client.post(f"{BASKET}changer/", said)


def key_in(answer: Any) -> str:
    return re.search(r'name="key" value="(\w+)"', answer.content.decode())[1]


def lou(**more: Any) -> dict[str, Any]:
    return {
        "name": "Lou Petit",
        "email": "lou@exemple.test",
        "pay": "pickup",
        "key": "k" * 32,
        **more,
    }


def text_of(answer: Any) -> str:
    """The words of a page, without its marks, spaces of all kinds made one."""
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(plain.replace("&nbsp;", " ").split())


def test_nobody_gets_a_cookie_for_looking_around(farm: Farm, client: Client) -> None:
    product = farm.sells("Carottes", 250, there=3).product
    for path in ("", f"produit/{product.slug}/", "producteurs/", "retraits/", "panier/"):
        answer = client.get(SHELF + path)
        assert (path, answer.status_code, dict(answer.cookies)) == (path, 200, {})


def test_the_shelves_say_what_there_is_at_which_price(farm: Farm, client: Client) -> None:
    shelf = shelving.category(shop=farm.shop, path=["Légumes"], by=SYSTEM)
    farm.sells("Carottes", 250, there=3, categories=[shelf], unit="bunch")
    farm.sells("Œufs", 320, sale_price=280)
    farm.sells("Poulet", 1290, estimate=1800, pricing=Product.Pricing.WEIGHT)
    farm.sells("Panier libre", 1500, lowest=1000, highest=2500)
    farm.sells("Épinards", 400, there=0)
    farm.sells("Fraises", 500, season_from=601, season_until=602)
    catalogue.add_product(
        shop=farm.shop, name="Brouillon", by=SYSTEM, state="draft", variants=[{"price": 100}]
    )

    words = text_of(client.get(SHELF))

    assert "Carottes Le Jardin de la Lysse 2,50 €" in words
    assert "3 320,00" not in words
    assert "2,80 €" in words
    assert "3,20 €" in words
    assert "23,22 €" in words  # 1.8 kg at 12.90 €
    assert "10,00 €" in words  # from the lowest price on
    assert "Brouillon" not in words
    assert re.search(r"Fraises, du 1er juin au 2 juin", words)
    assert words.index("Carottes") < words.index("Œufs")  # what is on a shelf comes first


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=CAROTTES", {"Carottes"}),
        ("q=oeuf", {"Œufs"}),
        ("q=rucher", {"Miel"}),
        ("q=carottes+miel", set()),
        ("rayon=legumes", {"Carottes"}),
        ("producteur=rucher-des-pres", {"Miel"}),
    ],
)
def test_things_are_found(farm: Farm, client: Client, query: str, names: set[str]) -> None:
    shelf = shelving.category(shop=farm.shop, path=["Légumes", "Racines"], by=SYSTEM)
    bees = shops.add_producer(shop=farm.shop, name="Rucher des Prés", by=SYSTEM)
    farm.sells("Carottes", 250, categories=[shelf])
    farm.sells("Œufs", 300)
    farm.sells("Miel", 900, producer=bees)

    html = client.get(f"{SHELF}?{query}").content.decode()

    found = set(re.findall(r'good-name">([^<]+)<', html))
    assert found == names


def test_a_product_tells_search_engines_what_it_costs(farm: Farm, client: Client) -> None:
    variant = farm.sells(
        "Soupe </script> de courge", 650, there=4, allergens="celery,milk", origin="France"
    )

    html = client.get(f"{SHELF}produit/{variant.product.slug}/").content.decode()

    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    told = json.loads(text)
    assert (told["@type"], told["name"]) == ("Product", "Soupe </script> de courge")
    (offer,) = told["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("6.50", "EUR")
    assert offer["availability"] == "https://schema.org/LimitedAvailability"
    assert "céleri, lait" in html


def test_more_products_ask_no_more_of_the_database(
    farm: Farm, client: Client, django_assert_max_num_queries: Any
) -> None:
    shelf = shelving.category(shop=farm.shop, path=["Légumes"], by=SYSTEM)
    for number in range(24):
        farm.sells(f"Légume {number}", 250, there=3, categories=[shelf])
    with django_assert_max_num_queries(12):
        assert len(client.get(SHELF).context["page"].object_list) == 24


def test_a_large_shop_has_several_pages(
    farm: Farm, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chambre.rooms.shop.views.front import browsing

    monkeypatch.setattr(browsing, "PAGE", 2)
    for name in ("Ail", "Blette", "Chou"):
        farm.sells(name, 250)
    assert "Chou" not in text_of(client.get(SHELF))
    assert "Chou" in text_of(client.get(f"{SHELF}?page=2"))


def test_an_address_is_made_of_all_letters(farm: Farm, client: Client) -> None:
    assert farm.sells("Œufs de Bœuf", 300).product.slug == "oeufs-de-boeuf"


def test_the_basket_adds_changes_and_takes_out(farm: Farm, client: Client) -> None:
    carrots, jam = farm.sells("Carottes", 250, there=9), farm.sells("Savon", 600, vat=2000)

    answer = put(client, carrots, 2)
    assert (answer.status_code, answer.url) == (302, BASKET)
    assert answer.cookies["panier"]["path"] == SHELF
    assert answer.cookies["panier"]["httponly"]
    put(client, carrots)
    put(client, jam)

    page = client.get(BASKET)
    words = text_of(page)
    assert [row.wanted.quantity for row in page.context["rows"]] == [3, 1]
    assert page.context["sums"].total == 1350
    # 7.50 € at 5.5 % and 6.00 € at 20 %
    assert page.context["sums"].vat == ((550, 39), (2000, 100))
    assert "13,50 €" in words

    change(client, **{f"n-{carrots.pk}": "5", f"n-{jam.pk}": "1"})
    assert client.get(BASKET).context["sums"].total == 1850
    change(client, set=f"{jam.pk}:0")
    assert client.get(BASKET).context["sums"].total == 1250
    answer = change(client, empty="1")
    assert client.get(BASKET).context["rows"] == []
    assert answer.cookies["panier"].value == ""


def test_a_basket_that_was_tampered_with_is_empty(farm: Farm, client: Client) -> None:
    put(client, farm.sells("Carottes", 250))
    client.cookies["panier"] = client.cookies["panier"].value[:-2] + "xx"
    assert client.get(BASKET).context["rows"] == []
    client.cookies["panier"] = "no"
    assert client.get(SHELF).status_code == 200


def test_a_form_of_another_site_puts_nothing_in(farm: Farm, client: Client) -> None:
    carrots = farm.sells("Carottes", 250)
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://ailleurs.test"}):
        answer = client.post(f"{BASKET}ajouter/", {"variant": carrots.pk}, headers=headers)
        assert answer.status_code in (302, 403)
        assert "panier" not in client.cookies


def test_with_htmx_only_the_part_that_changes_is_sent(farm: Farm, client: Client) -> None:
    carrots = farm.sells("Carottes", 250)
    answer = client.post(
        f"{BASKET}ajouter/", {"variant": carrots.pk, "quantity": 2}, headers={"hx-request": "true"}
    )
    html = answer.content.decode()
    assert (answer.status_code, "<html" in html) == (200, False)
    assert 'id="basket-link"' in html
    assert f'id="in-{carrots.pk}" hx-swap-oob="true"' in html
    answer = client.post(
        f"{BASKET}changer/", {"set": f"{carrots.pk}:4"}, headers={"hx-request": "true"}
    )
    assert "10,00" in text_of(answer)
    assert answer.content.decode().count('id="basket"') == 1


def test_a_free_price_stays_within_its_bounds(farm: Farm, client: Client) -> None:
    basket = farm.sells("Panier", 1500, lowest=1000, highest=2500)

    put(client, basket, price="9,00")
    assert client.get(BASKET).context["rows"] == []
    put(client, basket, price="12,50")
    put(client, basket, price="15,00")

    rows = client.get(BASKET).context["rows"]
    assert [(row.wanted.price, row.line.gross) for row in rows] == [(1250, 1250), (None, 1500)]


def test_somebody_orders_without_an_account(farm: Farm, client: Client) -> None:
    put(client, farm.sells("Carottes", 250, there=9), 2)
    page = client.get(TILL)
    said = lou(key=key_in(page), pay="ahead", note="Sans sac")

    answer = client.post(TILL, said)
    again = client.post(TILL, said)

    order = Order.objects.get()
    assert answer.url == f"{SHELF}commande/{order.public_id}/"
    assert again.url == BASKET  # the basket went with the order
    assert (order.state, order.total, order.note, order.by) == (
        "placed",
        500,
        "Sans sac",
        "anonymous",
    )
    assert (order.customer.email, order.customer.language) == ("lou@exemple.test", "fr")
    assert Stock.objects.get().promised == 2
    shown = client.get(answer.url)
    assert shown["Cache-Control"] == "private, no-store"
    assert "5,00 €" in text_of(shown)
    assert order.code in text_of(shown)


def test_two_presses_are_one_order(farm: Farm, client: Client) -> None:
    put(client, farm.sells("Carottes", 250, there=9), 2)
    cookie = client.cookies["panier"].value
    first = client.post(TILL, lou())
    client.cookies["panier"] = cookie
    second = client.post(TILL, lou())
    assert first.url == second.url
    assert Order.objects.count() == 1


def test_what_is_wrong_is_said_beside_its_field(farm: Farm, client: Client) -> None:
    Shop.objects.update(terms="Payez et emportez.")
    put(client, farm.sells("Carottes", 250))

    answer = client.post(TILL, lou(email="pas une adresse", name=""))

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"email", "name", "terms"}
    assert not Order.objects.exists()
    assert client.post(TILL, lou(terms="on")).status_code == 302


def test_slots_are_chosen_and_full_ones_not_offered(farm: Farm, client: Client) -> None:
    at = timezone.now() + dt.timedelta(days=1)
    hour = dt.timedelta(hours=1)
    distribution = farm.distribute(
        days=1, slots=[(at, at + hour, 1), (at + hour, at + 2 * hour, 5)]
    )
    first, second = distribution.slots.order_by("starts_at")
    put(client, farm.sells("Carottes", 250))
    client.post(f"{SHELF}retraits/choisir/", {"distribution": distribution.pk})

    assert client.post(TILL, lou()).status_code == 422
    assert client.post(TILL, lou(slot=first.pk)).status_code == 302
    assert Order.objects.get().slot == first

    put(client, farm.sells("Navets", 250))
    client.post(f"{SHELF}retraits/choisir/", {"distribution": distribution.pk})
    form = client.get(TILL).context["form"]
    assert [value for value, _words in form.fields["slot"].choices] == [str(second.pk)]
    assert client.post(TILL, lou(slot=first.pk, key="j" * 32)).status_code == 422
    assert Order.objects.count() == 1


def test_home_delivery_asks_for_the_address(farm: Farm, client: Client) -> None:
    PickupPlace.objects.update(kind=PickupPlace.Kind.HOME)
    put(client, farm.sells("Carottes", 250))
    answer = client.post(TILL, lou())
    assert set(answer.context["form"].errors) == {"address", "postcode", "city"}
    client.post(TILL, lou(address="3 rue du Puits", postcode="59000", city="Valmère"))
    assert Customer.objects.get().city == "Valmère"


def test_sold_out_says_what_is_left_and_keeps_the_rest(farm: Farm, client: Client) -> None:
    carrots, jam = farm.sells("Carottes", 250, there=5), farm.sells("Confiture", 480, there=5)
    put(client, jam)
    put(client, carrots, 4)
    farm.order((carrots, 3))

    page = client.get(BASKET)
    assert [row.trouble and row.trouble.left for row in page.context["rows"]] == [None, 2]
    assert page.context["ready"] is False
    assert client.get(TILL).url == BASKET
    assert Order.objects.count() == 1

    change(client, set=f"{carrots.pk}:2")
    assert client.post(TILL, lou()).status_code == 302
    assert Order.objects.latest("pk").total == 980


def test_who_is_too_late_at_the_till_is_told_so_and_keeps_the_basket(
    farm: Farm, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chambre.rooms.shop.services import ordering

    carrots, jam = farm.sells("Carottes", 250, there=5), farm.sells("Confiture", 480, there=5)
    put(client, jam)
    put(client, carrots, 4)
    place = ordering.place_order

    def late(**said: Any) -> Order:
        monkeypatch.setattr(ordering, "place_order", place)
        farm.order((carrots, 3))
        return place(**said)

    monkeypatch.setattr(ordering, "place_order", late)
    answer = client.post(TILL, lou())

    assert answer.status_code == 409
    assert [row.trouble and row.trouble.left for row in answer.context["rows"]] == [None, 2]
    assert Order.objects.count() == 1
    assert Stock.objects.get(variant=jam).promised == 0


def test_when_orders_are_closed_nothing_is_sold_and_it_is_said(farm: Farm, client: Client) -> None:
    put(client, farm.sells("Carottes", 250))
    Cycle.objects.update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    shelf = client.get(SHELF)
    assert b"good-add" not in shelf.content.replace(b".good-add", b"")
    assert client.get(TILL).url == BASKET
    assert client.get(BASKET).context["ready"] is False
    assert client.get(f"{SHELF}retraits/").status_code == 200


def test_places_are_numbered_on_a_map_once_two_say_where_they_are(
    farm: Farm, client: Client
) -> None:
    mill = shops.add_place(
        shop=farm.shop, name="Le moulin", by=SYSTEM, latitude=50_641_100, longitude=3_044_700
    )
    home = shops.add_place(shop=farm.shop, name="Chez vous", by=SYSTEM)
    for day, place in enumerate((home, mill, farm.place, mill), 4):
        farm.place = place
        farm.distribute(days=day)
    assert b"map.css" not in client.get(f"{SHELF}retraits/").content

    hall = PickupPlace.objects.get(name="La halle")
    shops.change_place(place=hall, by=SYSTEM, latitude=50_634_200, longitude=3_071_800)
    html = client.get(f"{SHELF}retraits/").content.decode()
    assert 'href="#lieu-la-halle" aria-label="1. La halle"' in html
    assert 'href="#lieu-le-moulin" aria-label="2. Le moulin"' in html
    assert html.count('class="map-pin"') == 2
    assert html.count('id="lieu-le-moulin"') == 1
    assert html.count('<span class="place-number">2</span>') == 2


def test_an_order_is_changed_in_the_basket(farm: Farm, client: Client) -> None:
    carrots, jam = farm.sells("Carottes", 250, there=3), farm.sells("Confiture", 480, there=5)
    order = farm.order((carrots, 3))
    carrots.price = 400
    carrots.save()
    page = f"{SHELF}commande/{order.public_id}/"

    assert client.post(f"{page}modifier/").url == BASKET
    # Its own three are there for it, at the price of the day on which they were ordered.
    shown = client.get(BASKET)
    assert [row.trouble for row in shown.context["rows"]] == [None]
    assert shown.context["sums"].total == 750
    put(client, jam)
    change(client, set=f"{carrots.pk}:1")
    assert client.post(TILL, {"key": key_in(client.get(TILL)), "note": "Merci"}).url == page

    order.refresh_from_db()
    assert (order.total, order.version, order.note) == (730, 2, "Merci")
    assert client.get(BASKET).context["rows"] == []


def test_an_order_that_is_left_as_it_was_is_not_changed(farm: Farm, client: Client) -> None:
    carrots = farm.sells("Carottes", 250, there=3)
    order = farm.order((carrots, 3))
    client.post(f"{SHELF}commande/{order.public_id}/modifier/")
    change(client, set=f"{carrots.pk}:1")
    answer = client.post(f"{BASKET}laisser/")
    assert answer.url == f"{SHELF}commande/{order.public_id}/"
    order.refresh_from_db()
    assert (order.total, order.version) == (750, 1)
    assert client.get(BASKET).context["rows"] == []


def test_who_is_too_late_with_a_change_is_led_back_to_the_order(farm: Farm, client: Client) -> None:
    order = farm.order((farm.sells("Carottes", 250, there=3), 3))
    page = f"{SHELF}commande/{order.public_id}/"
    client.post(f"{page}modifier/")
    Order.objects.update(state=Order.State.PREPARED)
    assert client.get(BASKET).context["changed_order"] is None
    assert client.post(TILL, {"key": "x" * 32}).url == page
    order.refresh_from_db()
    assert (order.version, Order.objects.count()) == (1, 1)
    assert client.get(BASKET).context["rows"] == []


def test_after_the_end_of_the_cycle_nothing_is_changed(farm: Farm, client: Client) -> None:
    order = farm.order((farm.sells("Carottes", 250), 1))
    page = f"{SHELF}commande/{order.public_id}/"
    Cycle.objects.update(closes_at=timezone.now() - dt.timedelta(minutes=1))
    assert client.post(f"{page}modifier/").url == page
    assert client.get(f"{page}annuler/").url == page
    assert client.post(f"{page}annuler/").url == page
    order.refresh_from_db()
    assert order.state == "placed"


def test_an_order_is_cancelled_after_asking_once_more(farm: Farm, client: Client) -> None:
    order = farm.order((farm.sells("Carottes", 250, there=3), 3))
    page = f"{SHELF}commande/{order.public_id}/"
    assert client.get(f"{page}annuler/").status_code == 200
    order.refresh_from_db()
    assert order.state == "placed"
    client.post(f"{page}annuler/")
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert Stock.objects.get().promised == 0


def test_what_was_weighed_is_on_the_page_of_the_order(farm: Farm, client: Client) -> None:
    hen = farm.sells("Poule", 1_200, estimate=1_800, pricing=Product.Pricing.WEIGHT)
    order = farm.order((hen, 2))
    farm.pay(order)
    preparing.prepare(
        order=order, weighed=[Weighed(1, 2, 3_455)], by=SYSTEM, key="w1", ready=True
    )  # fmt: skip
    words = text_of(client.get(f"{SHELF}commande/{order.public_id}/"))
    assert "3,455 kg" in words
    assert "41,46 €" in words
    assert "1,74 €" in words  # paid too much


def test_the_pick_up_goes_into_a_calendar(farm: Farm, client: Client) -> None:
    PickupPlace.objects.update(address="Place de l’Église, 2", instructions="Sonner\nà droite")
    order = farm.order((farm.sells("Carottes", 250), 1))
    answer = client.get(f"{SHELF}commande/{order.public_id}/calendrier.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    start = order.distribution.starts_at.astimezone(dt.UTC)
    assert f"DTSTART:{start:%Y%m%dT%H%M%SZ}" in lines
    assert "LOCATION:La halle\\, Place de l’Église\\, 2" in lines
    assert "DESCRIPTION:Sonner\\nà droite" in lines
    assert f"URL:http://testserver{SHELF}commande/{order.public_id}/" in lines
    assert all(len(line.encode()) <= 75 for line in answer.content.decode().split("\r\n"))


def test_my_orders_are_those_of_my_address_and_nobody_elses(
    farm: Farm, client: Client, make_user: Any
) -> None:
    carrots = farm.sells("Carottes", 250)
    mine, _other = farm.order((carrots, 1)), farm.order((carrots, 1), who="max")
    assert client.get("/boutique/mes-commandes/").status_code == 302
    client.force_login(make_user("lou@exemple.test"))
    answer = client.get("/boutique/mes-commandes/")
    assert [row.code for row, _state in answer.context["orders"]] == [mine.code]


def test_somebody_who_is_signed_in_uses_what_they_have_with_the_shop(
    farm: Farm, client: Client, make_user: Any
) -> None:
    carrots = farm.sells("Carottes", 250)
    paid = farm.order((carrots, 1))
    farm.pay(paid)
    client.post(f"{SHELF}commande/{paid.public_id}/annuler/")
    user = make_user("lou@exemple.test")
    client.force_login(user)

    put(client, carrots, 2)
    client.post(TILL, lou(pay="ahead"))

    order = Order.objects.latest("pk")
    assert (order.credit, order.customer.user) == (250, user)


def test_a_stranger_and_a_wrong_shop_find_nothing(farm: Farm, client: Client) -> None:
    order = farm.order((farm.sells("Carottes", 250), 1))
    for path in ("/boutique/nope/", f"{SHELF}produit/nope/", f"{SHELF}commande/nope/",
                 f"/boutique/nope/commande/{order.public_id}/"):  # fmt: skip
        assert client.get(path).status_code == 404


def test_the_language_is_chosen_without_a_token(farm: Farm, client: Client) -> None:
    answer = client.post("/boutique/commande/langue/", {"language": "en", "next": SHELF})
    assert answer.url == SHELF
    assert 'lang="en"' in client.get(SHELF).content.decode()
    away = client.post("/boutique/commande/langue/", {"language": "en", "next": "//ailleurs.test/"})
    assert away.url == "/boutique/"


def test_the_first_page_lists_open_shops(farm: Farm, client: Client) -> None:
    farm.sells("Carottes", 250)
    assert "Le Jardin" in text_of(client.get("/boutique/"))
    Shop.objects.update(is_open=False)
    assert SHELF not in client.get("/boutique/").content.decode()
