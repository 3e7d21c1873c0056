"""``chambre model``: simulate a file, and make its presentation."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from chambre.core.actors import Actor
from chambre.core.errors import Invalid, NotFound
from chambre.lib.modelling import read_model
from chambre.lib.modelling.presets import SLUGS, preset_text
from chambre.registry import api as registry
from chambre.rooms.reciprocity.cli import model
from chambre.rooms.reciprocity.queries.simulating.errors import NothingInBooks
from chambre.rooms.reciprocity.services.simulating.fromledger import begin_from_ledger
from chambre.rooms.reciprocity.tests.house import SYSTEM, House


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(preset_text("growers-shop"), encoding="utf-8")
    return path


def ask(*words):
    done = CliRunner().invoke(model, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_the_presets_are_listed_and_shown():
    told = json.loads(ask("presets", "--json").output)
    assert [each["slug"] for each in told["presets"]] == list(SLUGS)
    assert ask("show", SLUGS[0]).output == preset_text(SLUGS[0])
    with pytest.raises(NotFound):
        ask("show", "nothing")


def test_a_file_is_simulated(file):
    told = json.loads(ask("run", file, "--runs", 50, "--seed", 3, "--json").output)

    assert (told["runs"], told["seed"], told["months"]) == (50, 3, 96)
    assert len(told["cash"]) == 96
    assert told["sentences"]["cash"]
    assert told == json.loads(ask("run", file, "--runs", 50, "--seed", 3, "--json").output)


def test_contracts_are_put_beside_each_other(file):
    contracts = ["--contract", "contributive-commons", "--contract", "vierge"]
    told = json.loads(ask("run", file, "--runs", 20, *contracts, "--json").output)

    first, second = told["sharing"]["contracts"]
    assert first[1]["surplus"] == second[1]["surplus"]
    assert second[1]["kept"] == second[1]["surplus"]
    words = ask("run", file, "--runs", 20, "--contract", "contributive-commons").output
    assert "Contributive Commons" in words


def test_a_presentation_is_written(file, tmp_path):
    out = tmp_path / "model.pdf"
    told = json.loads(ask("present", file, "--out", out, "--runs", 20, "--json").output)

    assert told["bytes"] == out.stat().st_size
    assert out.read_bytes().startswith(b"%PDF")


def test_mistakes_are_told_with_their_place_and_nothing_is_written(file, tmp_path):
    file.write_text(preset_text("growers-shop").replace("horizon = 96", "horizon = 0"))
    out = tmp_path / "model.pdf"
    with pytest.raises(Invalid) as caught:
        ask("present", file, "--out", out)

    assert caught.value.data["lines"][0].startswith(("ligne 6, colonne 11", "line 6, column 11"))
    assert not out.exists()


def test_a_contract_that_is_not_there_or_counts_otherwise_is_refused(file, tmp_path):
    with pytest.raises(NotFound):
        ask("run", file, "--runs", 5, "--contract", tmp_path / "none.toml")
    with pytest.raises(Invalid, match="GBP"):
        ask("run", file, "--runs", 5, "--contract", "fondateurs-rembourses")
    with pytest.raises(Invalid):
        ask("run", file, "--runs", 0)


@pytest.mark.django_db
def test_a_model_starts_from_the_books_of_a_resource():
    house = House()
    for month in range(1, 13):
        house.sells(10_000 * month, dt.date(2025, month, 9))
        house.sells(-3_000, dt.date(2025, month, 12), account="606100")
    house.sells(500_000, dt.date(2025, 7, 1), account="741000")

    told = json.loads(ask("start", "presse", "--year", 2025, "--horizon", 36, "--json").output)
    found = read_model(told["toml"])

    assert (told["slug"], told["year"]) == ("presse", 2025)
    assert told["structures"] == [house.holder.name]
    assert (found.starts, found.horizon) == (dt.date(2026, 1, 1), 36)
    assert [price.slug for price in found.prices] == ["ventes"]
    assert found.prices[0].amount.likely == 65_000  # a sale a month
    assert found.costs[0].amount.source.fr == "compte 6061, 2025"
    assert found.grants[0].amount.likely == 500_000
    assert found.segments[0].season[0] == 15


@pytest.mark.django_db
def test_the_page_begins_with_the_model_that_the_command_writes(make_user):
    house = House()
    year = registry.today().year - 1
    house.sells(120_000, dt.date(year, 3, 1))
    house.sells(-12_000, dt.date(year, 4, 1), account="606100")
    house.sells(-9_000, dt.date(year - 1, 4, 1), account="606100")
    keeper = make_user("bruno@exemple.test")
    person = registry.create_person(email=keeper.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.holder, by=SYSTEM)

    made = begin_from_ledger(resource=house.press, by=Actor.of(keeper), key="b")

    told = json.loads(ask("start", "presse", "--json").output)
    assert told["toml"] == made.versions.get().text


@pytest.mark.django_db
def test_a_year_without_a_word_in_the_books_starts_nothing():
    house = House()
    house.sells(120_000, dt.date(2025, 3, 1))

    with pytest.raises(NothingInBooks):
        ask("start", "presse", "--year", 2019)


@pytest.mark.django_db
def test_a_resource_that_is_not_there_starts_nothing():
    with pytest.raises(NotFound):
        ask("start", "nulle-part")
