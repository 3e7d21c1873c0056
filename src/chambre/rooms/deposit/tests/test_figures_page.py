"""The page of figures: for those who keep the scheme, readable, and the same in files."""

import io
import json
import zipfile

import pytest

from chambre.registry import api as registry
from chambre.rooms.deposit.models import Scheme
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services.asking import Asked
from chambre.rooms.deposit.services.enrolling import enrol
from chambre.rooms.deposit.services.returning import take_back
from chambre.rooms.deposit.services.simulating import simulate

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(db):
    """A small simulated scheme."""
    return simulate(objects=12, days=8, seed=3, by=SYSTEM, places=2)


@pytest.fixture
def keeper(client, played):
    """A client of the steward of the scheme, and the page."""
    person = registry.create_person(email="gardienne@valmere.test", name="Gardienne", by=SYSTEM)
    registry.grant_role(
        agent=person, kind="steward", scope=registry.resource(played.scheme), by=SYSTEM
    )
    client.force_login(person.user)
    return client, f"/consigne/{played.scheme}/chiffres/"


def test_the_page_says_what_is_held_and_what_comes_back(keeper, django_assert_max_num_queries):
    client, page = keeper
    with django_assert_max_num_queries(15):
        answer = client.get(page)
    for part in ("parc", "paiements"):
        with django_assert_max_num_queries(15):
            assert client.get(page, {"tab": part}).status_code == 200
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "égal au compte 4196" in text
    assert "Taux de retour par mois de sortie" in text
    assert f"{holding().held // 100},00" in text


def test_files_say_the_same(keeper, played):
    client, page = keeper
    tables = {
        table["key"]: table
        for table in json.loads(client.get(page, {"format": "json"}).content)["tables"]
    }
    assert sum(row["cells"]["issued"] for row in tables["cohorts"]["rows"]) == played.issued
    packed = zipfile.ZipFile(io.BytesIO(client.get(page, {"format": "csv"}).content))
    assert len(packed.namelist()) == len(tables) == 3
    held = sum(row["cells"]["held"] for row in tables["waiting"]["rows"])
    assert held == holding().held
    assert client.get(page, {"format": "xlsx"}).content[:2] == b"PK"
    assert client.get(page, {"format": "doc"}).status_code == 404


def test_it_is_for_those_who_keep_the_scheme(client, keeper, played, make_user):
    _client, page = keeper
    client.logout()
    assert client.get(page).status_code in (302, 401, 403)
    client.force_login(make_user("passant@valmere.test"))
    assert client.get(page).status_code == 403


def test_days_that_make_no_sense_are_a_year_up_to_today(keeper):
    client, page = keeper
    assert client.get(page, {"first": "never", "last": "2026-99-01"}).status_code == 200


def test_every_indicator_that_was_asked_for_is_on_the_page(keeper, played):
    client, page = keeper
    scheme = Scheme.objects.get(slug=played.scheme)
    place = scheme.places.filter(returns=True).first()
    enrol(name="borne", place=place.slug, by=SYSTEM)
    back = Asked(key="x1", codes=("NOBODY-KNOWS",), place=place.slug)
    assert take_back(back, by=SYSTEM).reason == "unknown"

    told = client.get(page).content.decode()
    assert "Consignes en attente, par temps depuis la sortie" in told
    assert "Rien n’a été décidé" in told
    told = client.get(page, {"tab": "paiements"}).content.decode()
    assert "Lectures qui n’ont rien payé, par raison" in told
    assert "Personne ne connaît ce code ici" in told
    assert "0 / 1" in told or "0 / 1" in told
    told = client.get(page, {"tab": "parc"}).content.decode()
    for words in ("la moitié en a fait au plus", "le plus", "taux de réemploi"):
        assert words in told, words
