"""Weekly baskets, suspended baskets, work and coupons in a browser: every page fits and is accessible."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.harness import PHONE, Visitor, assert_accessible, shoot

from chambre.registry import api as registry
from chambre.rooms.shop.models import Product
from chambre.rooms.shop.services import announcing, bidding, plans, reducing, shifts
from chambre.rooms.shop.services.basketorders import make_due_orders
from chambre.rooms.shop.tests.baskets import Season, week, who
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM
from chambre.rooms.shop.tests.test_solidarity import ahead, gives, shift


@pytest.fixture
def season(transactional_db: Any) -> Any:
    """Subscriptions with an absence, two who alternate, something refused; gifts, work, a coupon."""
    made: Any = Season(lede="Un panier de légumes du jardin, chaque semaine.")
    made.lou = made.subscribes("lou", partner="dan", instalments=4)
    made.pays(made.lou.instalments.get(number=1))
    max_ = made.subscribes("max", size=made.large.pk)
    announcing.announce_absence(subscription=max_, first=week(1), last=week(1), key="a", by=ANYBODY)
    bidding.open_round(plan=made.plan, target=50_000, by=SYSTEM)
    bidding.pledge(subscription=made.lou, price=1_800, most=2_500, by=ANYBODY)
    made.day = made.distributes(1)
    made.leek = made.sells("Poireaux", 300, kind=Product.Kind.GOODS).product
    turnip = made.sells("Navets", 250).product
    for product, grams in ((made.leek, 1_200), (turnip, 6_000)):
        plans.note_harvest(
            distribution=made.day, product=product, quantity=grams, price=300, step=100, by=SYSTEM
        )
    announcing.refuse(subscription=made.lou, products=(made.leek.pk,), key="r", by=ANYBODY)
    make_due_orders()
    gives(made, ahead(made, 3_200))
    made.work = shifts.sign_up(shift=shift(made, places=2), who=who("lou"), by=ANYBODY)
    shifts.confirm(signup=made.work, came=True, by=SYSTEM)
    shift(made)
    reducing.save_coupon(
        shop=made.shop, code="PRINTEMPS", kind="percent", value=1_000, in_all=20, by=SYSTEM
    )
    return made


def test_the_public_pages_fit_and_are_accessible(visitor: Visitor, season: Any) -> None:
    page = visitor.open("/boutique/jardin/paniers/")
    pages = {
        "baskets": "paniers/",
        "basket-plan": f"paniers/{season.plan.slug}/",
        "subscription": f"abonnements/{season.lou.public_id}/",
        "suspended": "paniers-suspendus/",
        "shifts": "coups-de-main/",
        "shift": f"coups-de-main/{season.work.code}/",
    }
    for name, path in pages.items():
        page.goto(f"/boutique/jardin/{path}")
        shoot(page, f"shop-{name}")
        assert_accessible(page)


def test_a_season_is_chosen_read_and_signed_on_a_phone(visitor: Visitor, season: Any) -> None:
    page = visitor.open(f"/boutique/jardin/paniers/{season.plan.slug}/", width=PHONE)
    page.get_by_label("Grand – 24,00 €").check()
    page.locator("select[name=instalments]").select_option("4")
    page.get_by_role("button", name="Voir ce que cela coûte").click()
    page.wait_for_selector("#prix dl")
    assert "240,00" in page.locator("#prix").inner_text()
    assert page.locator("#prix tbody tr").count() == 4
    shoot(page, "shop-basket-quote")
    assert_accessible(page)
    page.get_by_label("Votre nom").fill("Zoé")
    page.get_by_label("Votre adresse électronique").fill("zoe@exemple.test")
    page.get_by_role("button", name="S’abonner").click()
    page.wait_for_url("**/abonnements/**")
    assert "Zoé" in page.locator("main").inner_text()


def test_the_pages_of_the_shop_fit_and_are_accessible(
    visitor: Visitor, season: Any, make_user: Any
) -> None:
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=season.structure, by=SYSTEM)
    page = visitor.open("/boutiques/jardin/paniers/", user=user)
    pages = {
        "plans": "paniers/",
        "plan": f"paniers/{season.plan.slug}/",
        "rules": f"paniers/{season.plan.slug}/regles/",
        "round": f"paniers/{season.plan.slug}/tour/",
        "targets": f"cycles/{season.cycle.pk}/objectifs/",
        "subscription": f"abonnements/{season.lou.public_id}/",
        "composition": f"distributions/{season.day.pk}/paniers/",
        "work": f"distributions/{season.distribution.pk}/coups-de-main/",
        "coupons": "bons/",
    }
    for name, path in pages.items():
        page.goto(f"/boutiques/jardin/{path}")
        shoot(page, f"shop-keep-baskets-{name}")
        assert_accessible(page)
