"""A shop seen by those who keep it: every page at both sizes, weighing by thumb, hand-over in a dead spot."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.browser.harness import Visitor, assert_accessible, assert_zooms, shoot

from chambre.registry import api as registry
from chambre.rooms.shop.models import Distribution, Order, Product
from chambre.rooms.shop.services import handing, paying, rounds, shelving, shops, stock
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm


def page_of(name: str, *args: Any) -> str:
    return reverse(f"shop:{name}", args=["jardin", *args])


@pytest.fixture
def farm(transactional_db: Any) -> Any:
    """A farm on a market day."""
    made: Any = Farm()
    made.carrots = made.sells("Carottes", 250, there=20)
    made.salad = made.sells("Salade", 130, there=12, vat=550)
    made.hen = made.sells("Poule", 1_290, estimate=1_800, pricing=Product.Pricing.WEIGHT)
    bees = shops.add_producer(shop=made.shop, name="Rucher des Prés", by=SYSTEM, commission=1_000)
    made.honey = made.sells("Miel de printemps", 900, producer=bees)
    shops.change_place(place=made.place, by=SYSTEM, drawer=made.drawer())
    made.lou = made.order((made.carrots, 3), (made.hen, 2), pay="pickup", who="lou")
    made.ada = made.order((made.carrots, 2), (made.honey, 1), (made.salad, 3), who="ada")
    made.zoe = made.order((made.salad, 4), who="zoe", pay="pickup")
    made.pay(made.ada)
    paying.ask_at_stall(order=made.zoe, by=SYSTEM)
    made.shelf = shelving.category(shop=made.shop, path=["Légumes", "Racines"], by=SYSTEM)
    made.round = rounds.plan_round(
        shop=made.shop, name="Tournée du nord", day=registry.today(), by=SYSTEM, driver="Bruno",
        stops=[Distribution.objects.select_related("cycle").get()],
    )  # fmt: skip
    made.south = rounds.plan_round(
        shop=made.shop, name="Tournée du sud", day=registry.today(), by=SYSTEM,
        stops=[made.distribute(days=4)],
    )  # fmt: skip
    done = made.order((made.honey, 2), (made.carrots, 1), who="bob")
    made.pay(done)
    handing.hand_over(order=done, key="bob", by=SYSTEM)
    stock.add_stock(variant=made.salad, quantity=2, kind="loss", by=SYSTEM, key="l")
    return made


@pytest.fixture
def keeper(farm: Any, make_user: Any) -> Any:
    user = make_user("bruno@exemple.test", name="Bruno")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=farm.structure, by=SYSTEM)
    return user


def addresses(farm: Any) -> dict[str, str]:
    number = farm.distribution.pk
    short = page_of("short", number, farm.carrots.pk) + "?available=3&rule=proportional"
    return {
        "shops": reverse("shop:keep_shops"),
        "home": page_of("shop_home"),
        "distribution": page_of("distribution", number),
        "harvest": page_of("harvest", number),
        "picking": page_of("picking", number),
        "picking-product": page_of("picking", number) + "?par=produit",
        "short": short,
        "weighing": page_of("weighing", number),
        "handing": page_of("handing", number),
        "order": page_of("keep_order", farm.lou.public_id),
        "stall": page_of("stall", number),
        "ending": page_of("ending", number),
        "cycles": page_of("cycles"),
        "cycle": page_of("cycle", farm.cycle.pk),
        "cycle-harvest": page_of("cycle_harvest", farm.cycle.pk),
        "order-to-pay": page_of("keep_order", farm.zoe.public_id),
        "place": page_of("place", "la-halle"),
        "figures-seasons": page_of("shop_figures") + "?par=saison",
        "erase": page_of("customer_erase", farm.ada.customer_id),
        "rounds": page_of("rounds"),
        "round": page_of("round", farm.south.pk),
        "round-driven": page_of("round", farm.round.pk),
        "category": page_of("keep_category", farm.shelf.slug),
        "advances": page_of("advances") + f"?mois={registry.today():%Y-%m}",
        "advances-of": reverse("shop:advances_of", args=[farm.structure.slug]),
        "coming": page_of("coming"),
        "visit": page_of("visit"),
        "products": page_of("products"),
        "product-new": page_of("product_new"),
        "product": page_of("keep_product", "carottes"),
        "stocks": page_of("stocks") + f"?variant={farm.carrots.pk}",
        "customers": page_of("customers"),
        "customer": page_of("customer", farm.ada.customer_id),
        "figures": page_of("shop_figures"),
        "figures-months": page_of("shop_figures") + "?par=mois",
        "producers": page_of("keep_producers"),
        "pay-producer": page_of("producer_pay", "rucher-des-pres"),
        "settings": page_of("settings"),
    }


@pytest.mark.parametrize(("language", "theme"), [("fr", "light"), ("en", "dark")])
def test_every_page_is_seen_and_heard(
    visitor: Visitor, farm: Any, keeper: Any, language: str, theme: str
) -> None:
    page = visitor.open("/", user=keeper, language=language, theme=theme)
    for name, address in addresses(farm).items():
        page.goto(address)
        for folded in page.locator("details.disclose").all():
            folded.evaluate("one => { one.open = true; }")
        shoot(page, f"keep-{name}-{language}")
        assert_accessible(page)
        assert_zooms(page)


def test_a_tablet_weighs_one_line_after_the_other(visitor: Visitor, farm: Any, keeper: Any) -> None:
    page = visitor.open(page_of("weighing", farm.distribution.pk), user=keeper, width=1024)
    page.click("[data-step='-1']")
    for digit in ("1", ",", "7", "5", "5"):
        page.click(f"[data-digit='{digit}']")
    page.click("[data-main]")
    page.wait_for_selector("#weighing .message-success")

    line = farm.lou.lines.get(weighed=True)
    assert (line.given, line.grams) == (1, 1_755)
    assert "Tout est pesé" in page.inner_text("#weighing")

    # A scale that types: the weight has the focus, and Enter sends it.
    page.goto(page_of("weighing", farm.distribution.pk) + f"?ligne={line.pk}")
    page.wait_for_function("document.activeElement.name === 'weight'")
    page.keyboard.type("1.690kg")
    page.keyboard.press("Enter")
    page.wait_for_selector("#weighing .message-success")
    line.refresh_from_db()
    assert line.grams == 1_690


def test_a_touch_adds_to_the_sum_of_a_sale(visitor: Visitor, farm: Any, keeper: Any) -> None:
    page = visitor.open(page_of("stall", farm.distribution.pk), user=keeper, width=390)
    good = page.locator(".stall-good", has_text="Carottes")
    for _touch in range(3):
        good.locator("[data-add='1']").click()
    good.locator("[data-add='-1']").click()
    assert page.inner_text("[data-sum]") == "5,00\xa0€"
    page.click("button[value=cash]")
    page.wait_for_selector(".message-success")
    assert Order.objects.get(customer__name="Vente au stand").total == 500


def test_orders_are_handed_over_in_a_dead_spot(visitor: Visitor, farm: Any, keeper: Any) -> None:
    page = visitor.open(page_of("offline", farm.distribution.pk), user=keeper, width=390)
    page.wait_for_selector("#handing[data-ready]")
    page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
    shoot(page, "keep-offline")
    assert_accessible(page)

    page.context.set_offline(True)
    page.reload()  # the page opens without a network, with the list of before
    page.wait_for_selector("#handing[data-ready]")
    page.click(".keep-order-head:has-text('Zoe')")
    page.click("text=Espèces prises, remettre")
    page.fill("#search", farm.ada.code)
    page.wait_for_selector(".keep-details")
    page.click(".keep-details button")
    page.wait_for_function("() => document.querySelectorAll('.keep-acts .waiting').length === 2")
    shoot(page, "keep-offline-waiting")
    assert_accessible(page)
    assert Order.objects.filter(state="handed").count() == 1

    # Meanwhile somebody else handed Ada's order over: only that act is refused, and it says so.
    handing.hand_over(order=farm.ada, key="other", by=SYSTEM)
    page.context.set_offline(False)
    page.wait_for_selector(".keep-acts .good", timeout=20_000)
    page.wait_for_selector(".keep-acts .bad", timeout=20_000)
    assert Order.objects.get(pk=farm.zoe.pk).state == "handed"
    quiet = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    visitor.troubles[:] = [one for one in visitor.troubles if not any(q in one for q in quiet)]
