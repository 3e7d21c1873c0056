"""What pages and REST of economic models say, to whom, and with how many questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chambre.lib.modelling import read_model, write_model
from chambre.lib.modelling.presets import SLUGS, preset
from chambre.registry import api as registry
from chambre.rooms.reciprocity.forms.modelsheet import Sheet
from chambre.rooms.reciprocity.models import Simulation
from chambre.rooms.reciprocity.services.simulating import keeping
from chambre.rooms.reciprocity.tests.house import SYSTEM, House

pytestmark = pytest.mark.django_db
HOME = "/modeles-economiques/"
API = "/api/reciprocity/models"
MOST = 15


@pytest.fixture
def member(client: Any, make_user: Any) -> Any:
    user = make_user("ada@exemple.test")
    person = registry.create_person(email=user.email, name="Ada", by=SYSTEM)
    registry.grant_role(
        agent=person, kind="administrator", scope=registry.home_chamber(), by=SYSTEM
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_holds_the_whole_model(slug: str, language: str) -> None:
    sheet = Sheet.of(preset(slug), language)
    assert sheet.model() == preset(slug)
    again = Sheet.sent({name: [value] for name, value in sheet.typed.items()}, language)
    assert again.model() == preset(slug)
    assert read_model(write_model(again.model())) == preset(slug)


def test_every_page_asks_little(member: Any) -> None:
    house = House()
    one = keeping.begin_from_preset(slug="training-commons", by=SYSTEM, key="a", name="Cours")
    keeping.begin_from_preset(slug="growers-shop", by=SYSTEM, key="b", name="Boutique")
    for path in (
        "", "?away=1", "nouveau/", "exemples/growers-shop/", "cours/", "cours/?version=1&seed=9",
        "cours/chiffres/", "cours/versions/", "cours/modifier/", "cours/modifier/fichier/",
        "cours/reglages/", "cours/ranger/", "cours/modele.toml", "cours/resultat.json",
        f"cours/contrats/?a=contrat:{house.contract.slug}&b=contributive-commons",
        "comparer/?a=cours&b=boutique",
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            answer = member.get(HOME + path)
        assert answer.status_code == 200, path
        assert len(asked) <= MOST, (path, len(asked))
    assert member.get(HOME + "exemples/nichts/").status_code == 404
    assert member.get(HOME + "nichts/").status_code == 404
    assert member.get(HOME + "cours/?version=7").status_code == 404
    assert member.get(HOME + "cours/contrats/?a=contrat:nichts").status_code == 422
    assert one.number == 1


def test_strangers_read_only_what_is_public(client: Any, make_user: Any) -> None:
    keeping.begin_from_preset(slug="training-commons", by=SYSTEM, key="a", name="Cours")
    text = keeping.preset_text("growers-shop")
    keeping.begin(text=text, by=SYSTEM, key="b", name="Boutique", public=True)
    page = client.get(HOME).content.decode()
    assert "Boutique" in page
    assert "Cours</a>" not in page
    client.force_login(
        make_user("eve@ailleurs.test"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(HOME + "boutique/").status_code == 200
    for path in ("cours/", "cours/modele.toml", "cours/resultat.json", "boutique/modifier/"):
        assert client.get(HOME + path).status_code == 403, path
    assert client.post(HOME + "boutique/copier/").status_code == 403
    assert client.post(HOME + "exemples/growers-shop/commencer/").status_code == 403
    assert client.get(API + "/cours").status_code == 403
    assert client.put(
        API + "/boutique", {"toml": text, "version": 1, "key": "k"}, content_type="application/json"
    ).status_code == 403  # fmt: skip
    assert Simulation.objects.count() == 2


def test_a_version_of_meanwhile_is_not_written_over(member: Any) -> None:
    one = keeping.begin_from_preset(slug="training-commons", by=SYSTEM, key="a", name="Cours")
    text = keeping.preset_text("training-commons")
    keeping.save_version(simulation=one, text=text + "\n", by=SYSTEM, key="v", number=1)
    mine = text.replace("horizon = 84", "horizon = 96")
    answer = member.post(
        HOME + "cours/modifier/fichier/", {"text": mine, "number": "1", "key": "mine"}
    )
    assert answer.status_code == 422
    assert "horizon = 96" in answer.content.decode()
    one.refresh_from_db()
    assert one.number == 2


def test_machines_list_write_and_run(member: Any) -> None:
    text = keeping.preset_text("training-commons")
    made = member.post(
        API, {"toml": text, "key": "m1", "name": "Cours"}, content_type="application/json"
    )
    assert (made.status_code, made.json()["slug"], made.json()["version"]) == (201, "cours", 1)
    assert [each["slug"] for each in member.get(API).json()["items"]] == ["cours"]
    wrong = member.put(
        API + "/cours", {"toml": "format = 1", "version": 1, "key": "m2"},
        content_type="application/json",
    )  # fmt: skip
    assert wrong.status_code == 422
    assert wrong.json()["data"]["problems"][0]["field"] == "slug"
    put = {"toml": text.replace("horizon = 84", "horizon = 60"), "version": 1, "key": "m3"}
    assert member.put(API + "/cours", put, content_type="application/json").json()["version"] == 2
    assert member.put(API + "/cours", put, content_type="application/json").json()["version"] == 2
    assert member.get(API + "/cours?version=1").json()["toml"] == text
    asked = {"runs": 200, "seed": 3, "contracts": ["contributive-commons"]}
    first = member.post(API + "/cours/run", asked, content_type="application/json").json()
    assert (first["result"]["runs"], first["result"]["seed"], first["result"]["months"]) == (
        200,
        3,
        60,
    )
    assert first["sharing"]["contracts"]
    assert member.post(API + "/cours/run", asked, content_type="application/json").json() == first
    assert member.post(
        API + "/cours/run", {"runs": 10**6}, content_type="application/json"
    ).status_code == 422  # fmt: skip
