"""Contributions on a phone: said, recognised, asked for; and a budget that is shared page by page."""

from __future__ import annotations

import pytest
from tests.browser.harness import assert_accessible, shoot

from chambre.rooms.reciprocity.models import Budget, Contribution, OverrunOutcome, Recognition
from chambre.rooms.reciprocity.tests.contributing.conftest import Orchard

BUDGET = "/budgets-contributifs/budget/"


@pytest.fixture
def orchard(transactional_db):
    return Orchard()


def user(orchard, name):
    return orchard.people[name].user


def test_said_in_four_fields_and_recognised_with_one_tap(visitor, orchard):
    page = visitor.open("/contributions/", user=user(orchard, "chloe"), width=390)
    assert_accessible(page)
    page.locator(".page-head a", has_text="Dire ce que j’ai fait").click()
    page.fill("[name=what]", "Taille de vingt pommiers")
    page.fill("[name=much]", "3 h 15")
    page.select_option("[name=resource]", label="Le verger")
    shoot(page, "contribution-new")
    assert_accessible(page)
    page.locator("main form button", has_text="Noter").click()
    page.locator(".message-success").wait_for()
    row = Contribution.objects.get()
    assert (row.minutes, row.asked) == (195, 0)

    for name in ("bruno", "dris"):
        page = visitor.open("/contributions/", user=user(orchard, name), width=390)
        shoot(page, f"contribution-{name}")
        page.locator("article button", has_text="Vu, cela compte").click()
        page.locator(".message-success").wait_for()
    assert Recognition.objects.get().counts
    for path in (
        f"/contributions/{row.pk}/",
        "/contributions/releve/",
        "/contributions/regles/verger/",
    ):
        page.goto(path)
        assert_accessible(page)


def test_a_budget_that_is_too_small_is_shared(visitor, orchard):
    budget = orchard.budget(100_000)
    orchard.asks(budget, "bruno", 90_000)
    page = visitor.open(BUDGET, user=user(orchard, "chloe"), width=390)
    page.fill("[name=minor]", "600")
    page.fill("[name=what]", "Saison de presse")
    assert_accessible(page)
    page.locator("main form button", has_text="La demander").click()
    page.locator(".message-success").wait_for()
    shoot(page, "budget-over")

    people = {name: visitor.open(BUDGET, user=user(orchard, name)) for name in ("bruno", "chloe")}
    bruno, chloe = people["bruno"], people["chloe"]
    bruno.locator(".page-head a", has_text="Partager ce qu’il y a").click()
    bruno.locator("main form button", has_text="Commencer").click()

    def press(page, words):
        page.goto(f"{BUDGET}partage/1/")
        page.locator("main form button", has_text=words).first.click()
        page.wait_for_load_state()

    press(bruno, "Étape suivante")
    for page in people.values():
        page.goto(f"{BUDGET}partage/1/")
        page.fill("#feel_words", "Cela se trouve ensemble")
        page.locator("main form button", has_text="Le dire").click()
    press(bruno, "Étape suivante")
    press(bruno, "Étape suivante")
    for page, keeps in ((bruno, "700"), (chloe, "300")):
        page.goto(f"{BUDGET}partage/1/")
        page.fill("#position_keeps", keeps)
        assert_accessible(page)
        page.locator("main form button", has_text="C’est ma position").click()
    press(bruno, "Étape suivante")
    chloe.goto(f"{BUDGET}partage/1/")
    chloe.select_option("#propose_rule", "lowered")
    shoot(chloe, "overrun-proposals")
    assert_accessible(chloe)
    chloe.locator("main form button", has_text="La proposer").click()
    for page in people.values():
        press(page, "Je consens")
    assert sorted(OverrunOutcome.objects.values_list("paid", flat=True)) == [30_000, 70_000]
    for page in people.values():
        page.goto(f"{BUDGET}partage/1/")
        page.fill("#practice_words", "Regarder plus tôt")
        page.locator("main form button", has_text="Garder").click()
    press(bruno, "Terminer la procédure")
    shoot(bruno, "overrun-done")
    assert_accessible(bruno)
    assert Budget.objects.get().state == Budget.State.CLOSED
