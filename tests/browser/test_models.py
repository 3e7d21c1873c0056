"""Economic models in a browser: begun from an example, changed without scripts, compared, taken along."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.harness import Visitor, assert_accessible, assert_zooms, shoot

from chambre.lib.modelling import read_model
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Simulation
from chambre.rooms.reciprocity.queries.simulating.finding import version_of
from chambre.rooms.reciprocity.services.simulating import keeping
from chambre.rooms.reciprocity.tests.house import SYSTEM, House

HOME = "/modeles-economiques/"


@pytest.fixture
def member(transactional_db: Any, make_user: Any) -> Any:
    user = make_user("ada@exemple.test")
    person = registry.create_person(email=user.email, name="Ada Lenoir", by=SYSTEM)
    registry.grant_role(agent=person, kind="member", scope=registry.home_chamber(), by=SYSTEM)
    return user


def test_from_an_example_to_a_version_without_scripts(visitor: Visitor, member: Any) -> None:
    visitor.expected = {422}
    page = visitor.open(HOME, user=member, scripts=False)
    page.locator("a", has_text="Consigne et traçabilité").click()
    page.locator("button", has_text="En partir").click()
    assert page.locator("h2", has_text="En bref").count() == 1
    simulation = Simulation.objects.get()

    page.locator("a", has_text="Changer les nombres").click()
    page.locator("[id='cost.0'] > summary").click()
    page.fill("[name='cost.0.amount.likely']", "beaucoup")
    page.locator("button[value='add:cost']").click()  # nothing that was typed is lost
    assert page.input_value("[name='cost.0.amount.likely']") == "beaucoup"
    page.fill("[name='cost.5.name.fr']", "Assemblée annuelle")
    page.fill("[name='cost.5.amount.min']", "200")
    page.fill("[name='cost.5.amount.likely']", "300")
    page.locator("[id='grant.1'] > summary").click()
    page.locator("button[value='remove:grant.1']").click()
    page.fill("[name=remark]", "une assemblée")
    page.locator("button", has_text="Enregistrer et voir").last.click()
    assert page.locator("fieldset.field-invalid").count() == 1
    assert simulation.versions.count() == 1
    page.fill("[name='cost.0.amount.likely']", "0,12")
    page.locator("button", has_text="Enregistrer et voir").last.click()

    simulation.refresh_from_db()
    saved = version_of(simulation)
    assert (saved.number, saved.note) == (2, "une assemblée")
    model = read_model(saved.text)
    assert [each.slug for each in model.grants] == ["region"]
    last = model.costs[-1]
    assert (last.slug, last.name.fr, last.kind) == (
        "assemblee-annuelle",
        "Assemblée annuelle",
        "fixed",
    )
    assert (last.amount.low, last.amount.likely, last.amount.high) == (200_00, 300_00, 300_00)
    assert (model.costs[0].amount.low, model.costs[0].amount.likely) == (8, 12)


def test_a_file_with_mistakes_keeps_what_was_written(visitor: Visitor, member: Any) -> None:
    visitor.expected = {422}
    page = visitor.open(HOME + "nouveau/", user=member)
    shoot(page, "models-begin")
    assert_accessible(page)
    page.fill("[name=blank-name]", "Four à pain")
    page.locator("button", has_text="Commencer de rien").click()
    page.locator(".tabs a", has_text="Fichier (TOML)").click()
    text = page.input_value("#text").replace("horizon = 60", "horizont = 60")
    page.fill("#text", text)
    page.locator("button", has_text="Enregistrer et voir").click()
    assert page.input_value("#text") == text
    told = page.locator(".error-summary").inner_text()
    assert "ligne 5, colonne 1" in told
    assert "horizon" in told
    shoot(page, "models-file-wrong")
    assert_accessible(page)
    assert Simulation.objects.get().number == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_of_models_on_both_screens(
    visitor: Visitor, member: Any, make_user: Any, language: str
) -> None:
    house = House()
    one = keeping.begin_from_preset(slug="deposit-scheme", by=SYSTEM, key="a", resource=house.press)
    other = keeping.begin_from_preset(slug="training-commons", by=SYSTEM, key="b", name="Cours")
    steward = make_user("chloe@exemple.test")
    person = registry.create_person(email=steward.email, name="Chloé", by=SYSTEM)
    registry.grant_role(agent=person, kind="steward", scope=house.press, by=SYSTEM)
    page = visitor.open(HOME, user=steward, language=language)
    base = f"{HOME}{one.slug}/"
    contracts = f"contrats/?a=contrat:{house.contract.slug}&b=contributive-commons&case=p90"
    for name, path in {
        "list": HOME,
        "example": f"{HOME}exemples/hemp-decorticator/",
        "result": base,
        "numbers": f"{base}chiffres/",
        "contracts": f"{HOME}{other.slug}/{contracts}",
        "beside": f"{HOME}comparer/?a={one.slug}&b={other.slug}",
        "versions": f"{base}versions/",
        "edit": f"{base}modifier/",
        "describe": f"{base}reglages/",
        "tab": "/ressources/presse/?tab=model",
    }.items():
        page.goto(path)
        shoot(page, f"models-{name}-{language}")
        assert_accessible(page)
    page.goto(f"{base}modifier/")
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    shoot(page, f"models-edit-open-{language}")
    assert_accessible(page)
    assert_zooms(page)


def test_four_pages_to_take_along(visitor: Visitor, member: Any) -> None:
    one = keeping.begin_from_preset(slug="growers-shop", by=SYSTEM, key="a")
    page = visitor.open(f"{HOME}{one.slug}/?seed=5", user=member)
    with page.expect_download() as caught:
        page.locator("a", has_text="Quatre pages pour un financeur").click()
    assert caught.value.suggested_filename.endswith(".pdf")
    assert caught.value.path().read_bytes().startswith(b"%PDF-")
    with page.expect_download() as caught:
        page.locator("a", has_text="Le résultat (JSON)").click()
    assert '"seed": 5' in caught.value.path().read_text(encoding="utf-8")
