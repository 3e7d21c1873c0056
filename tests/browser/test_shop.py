"""Ordering in a shop, as people do: on a phone, with and without a script, in French and in English."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from tests.browser.harness import (
    DESKTOP,
    PHONE,
    Visitor,
    assert_accessible,
    assert_fits,
    assert_zooms,
    shoot,
)

from chambre.project.demo import stilllifes
from chambre.rooms.shop.models import Order, Product, Stock
from chambre.rooms.shop.services import photos, planning, shelving, shops
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm

SHELF = "/boutique/jardin/"
IBAN = "FR7630006000011234567890189"


@pytest.fixture
def farm(transactional_db: Any) -> Any:
    """A shop with photos, slots, something weighed, something free, something rare."""
    made: Any = Farm()
    shops.change_shop(
        shop=made.shop, by=SYSTEM, lede="Légumes et pain, à deux pas.", terms="Rien à signaler.",
        phone="03 00 00 00 00", email="jardin@exemple.test",
    )  # fmt: skip
    made.shop.refresh_from_db()
    shelf = shelving.category(shop=made.shop, path=["Légumes"], by=SYSTEM)
    made.carrots = made.sells("Carottes", 250, there=4, categories=[shelf], labels="Bio")
    made.hen = made.sells("Poule", 1_290, estimate=1_800, pricing=Product.Pricing.WEIGHT)
    made.free = made.sells("Panier solidaire", 1500, lowest=1000, highest=2500)
    made.gone = made.sells("Épinards", 350, there=0, categories=[shelf])
    made.sells("Fraises", 400, season_from=601, season_until=602)
    photos.add_photo(
        shop=made.shop, product=made.carrots.product, content=stilllifes.photo("carrots"),
        name="carottes.jpg", by=SYSTEM,
    )  # fmt: skip
    at = timezone.now().replace(minute=0) + dt.timedelta(days=1)
    hour = dt.timedelta(hours=1)
    made.slotted = made.distribute(
        days=1, slots=[(at, at + hour, 5), (at + hour, at + 2 * hour, 5)]
    )
    shops.change_place(
        place=made.place, by=SYSTEM, latitude=50_634_200, longitude=3_071_800,
        address="1 place du Marché", postcode="59999", city="Valmère",
    )  # fmt: skip
    mill = shops.add_place(
        shop=made.shop, name="Le moulin", by=SYSTEM, latitude=50_641_100, longitude=3_044_700
    )
    planning.add_distribution(
        cycle=made.cycle, place=mill, starts_at=at + 2 * hour, ends_at=at + 4 * hour, by=SYSTEM
    )
    return made


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without a script"])
def test_somebody_orders_on_a_phone(visitor: Visitor, farm: Any, scripts: bool) -> None:
    page = visitor.open(SHELF, width=PHONE, scripts=scripts)
    assert page.context.cookies() == []

    page.get_by_role("button", name="Ajouter: Carottes").click()
    page.get_by_text("1 dans votre panier").wait_for()
    page.get_by_role("button", name="Ajouter: Carottes").click()
    page.get_by_text("2 dans votre panier").wait_for()
    assert [each["name"] for each in page.context.cookies()] == ["panier"]
    page.goto(f"{SHELF}produit/{farm.free.product.slug}/")
    page.get_by_label(re.compile("Votre prix")).fill("12,50")
    page.get_by_role("button", name="Mettre dans le panier").click()
    page.locator(".basket-count", has_text="3").wait_for()

    page.goto(f"{SHELF}panier/")
    page.get_by_role("button", name="Un peu plus: Carottes").click()
    page.locator("dd.all", has_text="20,00").wait_for()
    page.get_by_role("button", name="Un peu moins: Carottes").click()
    page.locator("dd.all", has_text="17,50").wait_for()
    assert_fits(page)
    page.get_by_role("link", name="Commander").click()

    visitor.expected = {422}
    page.get_by_role("button", name=re.compile("obligation de paiement")).click()
    page.get_by_text("choses à corriger").wait_for()
    page.get_by_label("Prénom et nom").fill("Lou Petit")
    page.get_by_label("Adresse électronique").fill("lou@exemple.test")
    page.locator("#id_slot label").first.click()
    page.get_by_label("J’accepte les conditions de vente").check()
    page.get_by_role("button", name=re.compile("obligation de paiement")).click()
    page.wait_for_url("**/commande/**")

    order = Order.objects.get()
    assert (order.total, order.state) == (1_750, "placed")
    assert Stock.objects.get(variant=farm.carrots).promised == 2
    assert page.get_by_role("heading", name=f"Commande {order.code}").is_visible()
    assert_fits(page)

    page.get_by_role("button", name="Modifier cette commande").click()
    page.get_by_role("button", name="Retirer: Carottes").click()
    page.locator("dd.all", has_text="12,50").wait_for()
    page.get_by_role("link", name="Enregistrer ces changements").click()
    page.get_by_role("button", name="Enregistrer les changements").click()
    page.get_by_text("Votre commande est modifiée.").wait_for()
    order.refresh_from_db()
    assert (order.total, order.version) == (1_250, 2)

    page.get_by_role("link", name="L’annuler").click()
    page.get_by_role("button", name="Annuler cette commande").click()
    page.get_by_text("Cette commande est annulée.").wait_for()
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_the_code_to_pay_is_on_the_page_of_the_order(visitor: Visitor, farm: Any) -> None:
    from chambre.treasury.models import Payment

    order = farm.order(
        (farm.carrots, 2), slot=farm.slotted.slots.first(), distribution=farm.slotted
    )
    Payment.objects.update(iban=IBAN)
    page = visitor.open(f"{SHELF}commande/{order.public_id}/", width=PHONE)
    assert page.locator("svg.qr").is_visible()
    assert page.get_by_text("FR76 3000 6000 0112 3456 7890 189").is_visible()


def test_who_comes_too_late_is_told_what_is_left(visitor: Visitor, farm: Any) -> None:
    page = visitor.open(f"{SHELF}produit/{farm.carrots.product.slug}/", width=PHONE)
    page.get_by_label("Combien").fill("4")
    page.get_by_role("button", name="Mettre dans le panier").click()
    page.get_by_text("4 dans votre panier").wait_for()
    farm.order((farm.carrots, 3))
    page.goto(f"{SHELF}panier/")
    assert page.get_by_text("Il n’en reste que 1.").is_visible()
    page.get_by_role("button", name="En prendre 1").click()
    page.get_by_role("link", name="Commander").wait_for()


def test_a_number_on_the_map_leads_to_its_place(visitor: Visitor, farm: Any) -> None:
    page = visitor.open(f"{SHELF}retraits/", width=PHONE, scripts=False)
    page.get_by_role("link", name="1. La halle").click()
    first = page.locator(".place-list > li").first
    assert "1 La halle" in first.inner_text()
    assert page.url.endswith("#lieu-la-halle")
    assert first.get_attribute("id") == "lieu-la-halle"
    assert "2 Le moulin" in page.locator("#lieu-le-moulin").inner_text()


@pytest.mark.parametrize(
    ("language", "theme"), [("fr", "light"), ("en", "light"), ("fr", "dark"), ("en", "dark")]
)
def test_pages_fit_zoom_and_are_accessible(
    visitor: Visitor, farm: Any, make_user: Any, language: str, theme: str
) -> None:
    from chambre.treasury.models import Payment

    order = farm.order(
        (farm.carrots, 2), slot=farm.slotted.slots.first(), distribution=farm.slotted
    )
    Payment.objects.update(iban=IBAN)
    user = make_user("lou@exemple.test", name="Lou")
    page = visitor.open(SHELF, language=language, theme=theme)
    page.get_by_role("button", name=re.compile("Carottes")).click()
    page.locator(".basket-count").wait_for()
    paths = {
        "shops": "/boutique/",
        "shelf": SHELF,
        "found": f"{SHELF}?q=carottes",
        "nothing": f"{SHELF}?q=ananas",
        "product": f"{SHELF}produit/{farm.carrots.product.slug}/",
        "weighed": f"{SHELF}produit/{farm.hen.product.slug}/",
        "free": f"{SHELF}produit/{farm.free.product.slug}/",
        "producers": f"{SHELF}producteurs/",
        "places": f"{SHELF}retraits/",
        "basket": f"{SHELF}panier/",
        "checkout": f"{SHELF}commander/",
        "order": f"{SHELF}commande/{order.public_id}/",
        "cancel": f"{SHELF}commande/{order.public_id}/annuler/",
    }
    for name, path in paths.items():
        page.goto(path)
        for width in (PHONE, DESKTOP):
            page.set_viewport_size({"width": width, "height": 844})
            assert_accessible(page)
        assert_zooms(page)
        shoot(page, f"shop-{name}-{language}-{theme}")
    seen = visitor.open("/boutique/mes-commandes/", language=language, user=user, theme=theme)
    assert_accessible(seen)
    seen.goto(SHELF)
    assert_accessible(seen)
