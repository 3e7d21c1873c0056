"""Mutual credit in a browser: begun by the treasurer, left in euros, and what the treasury then shows."""

from __future__ import annotations

from typing import Any

from tests.browser.harness import Visitor, assert_accessible, assert_for_everybody, shoot

from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Leaving, Partner
from chambre.rooms.credit.queries.communities import rules_of
from chambre.rooms.credit.services import leaving
from chambre.rooms.credit.tests.conftest import SYSTEM, Village
from chambre.treasury.models import Payout


def office_of(chamber: Any, make_user: Any) -> Any:
    """The chamber's treasurer."""
    user = make_user("bruno@exemple.test")
    agent = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=agent, kind="treasurer", scope=chamber, by=SYSTEM)
    return user


def test_the_treasurer_begins_without_scripts(
    visitor: Visitor, make_user: Any, transactional_db: None
) -> None:
    chamber = registry.home_chamber()
    page = visitor.open("/credit/", user=office_of(chamber, make_user), scripts=False)
    page.locator("main a", has_text="Commencer avec des unités").click()
    page.fill("[name=floor]", "150,00")
    page.locator("main button", has_text="Commencer").click()
    assert rules_of(Community.objects.get()).floor == 15_000
    assert "/credit/groupe/" in page.url


def test_chambers_agree_without_scripts(
    visitor: Visitor, make_user: Any, transactional_db: None
) -> None:
    village = Village()
    registry.create_structure(slug="aval", name="Aval", kind="chamber", by=SYSTEM)
    page = visitor.open(
        f"/credit/groupe/{village.chamber.slug}/CRD/", scripts=False,
        user=office_of(village.chamber, make_user),
    )  # fmt: skip
    page.locator("main a", has_text="Échanges avec d’autres Chambres").click()
    page.select_option("[name=partner]", "aval")
    page.fill("[name=owes]", "50,00")
    page.fill("[name=owed]", "80,00")
    page.locator("main button", has_text="Convenir").last.click()
    row = Partner.objects.get()
    assert (row.owes, row.owed) == (5_000, 8_000)
    assert page.get_by_text("attend l’autre côté").is_visible()
    shoot(page, "credit-partners-waits")


def test_who_leaves_says_where_the_euros_go_without_scripts(
    visitor: Visitor, transactional_db: None
) -> None:
    village = Village()
    village.pays("ada", "basile", 3_000)
    number = village.account("basile").pk
    leaving.begin(
        account=village.account("basile"), way="euros", until=registry.today(),
        by=village.by("basile"),
    )  # fmt: skip
    who = village.people["basile"].user
    page = visitor.open(f"/credit/compte/{number}/partir/", user=who, scripts=False)
    shoot(page, "credit-leave-euros")
    page.fill("[name=iban]", "DE89 3704 0044 0532 0130 00")
    page.locator("main button", has_text="Demander les euros").click()
    assert Leaving.objects.get().payment == Payout.objects.get().code
    assert "en cours de virement" in page.locator("main").inner_text()
    page = visitor.open(f"/credit/compte/{number}/partir/", user=who)
    assert_accessible(page)
    shoot(page, "credit-leave-waits")


PAGES = {
    "home": "/credit/",
    "begin-hours": "/credit/groupe/{chamber}/HUR/commencer/",
    "group": "/credit/groupe/{chamber}/CRD/",
    "partners": "/credit/groupe/{chamber}/CRD/chambres/",
    "treasury": "/tresorerie/unites/",
    "treasury-account": "/tresorerie/unites/{number}/",
}


def test_pages_are_for_everybody(
    visitor: Visitor, make_user: Any, transactional_db: None, subtests: Any
) -> None:
    village = Village()
    village.pays("ada", "basile", 3_000)
    page = visitor.open("/credit/", user=office_of(village.chamber, make_user))
    for name, path in PAGES.items():
        with subtests.test(name):
            where = path.format(chamber=village.chamber.slug, number=village.account("ada").pk)
            assert_for_everybody(page, where, f"credit-{name}")
