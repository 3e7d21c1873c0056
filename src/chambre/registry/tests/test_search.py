"""Finding resources: accents ignored, filters, the best first; the same on both databases."""

import datetime as dt

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.registry import api

pytestmark = pytest.mark.django_db

ANYBODY = Actor.of(None)


@pytest.fixture
def register(system, nectar):
    """Five resources that differ in what is looked for."""
    api.create_resource(
        slug="verger", name="Verger partagé", kind="land", stage="operating", owner="nectar",
        summary="Pommiers d’autrefois", keywords=["Pommes", "Œuvre commune"], languages=["fr"],
        places=[{"name": "Trébaol", "commune_code": "29998", "postcode": "29998"}],
        licences=[{"name": "CC-BY-SA", "version": "4.0"}], by=system,
    )  # fmt: skip
    api.create_resource(
        slug="presse", name="Presse à pommes", kind="tool", custodian="nectar",
        places=[{"name": "Île-Molène", "postcode": "29259"}], by=system,
    )  # fmt: skip
    api.create_resource(
        slug="plans", name="Plans de la décortiqueuse", kind="plan", commons_type="infrastructure",
        description="Pour le chanvre. On y parle aussi de pommes.", languages=["fr", "en"],
        licences=[{"name": "CERN-OHL-S", "version": "2.0", "covers": "hardware"}], by=system,
    )  # fmt: skip
    api.create_resource(
        slug="cours", name="Éclairer la nuit", kind="training",
        licences=[{"name": "CC-BY-NC", "version": "4.0"}], by=system,
        places=[{"name": "Ajaccio", "commune_code": "2A004", "postcode": "20000"}],
    )  # fmt: skip
    api.create_resource(slug="zone", name="Zone 2", by=system)
    api.change_standing(resource=api.resource("verger"), standing="commons", reason="AG", by=system)


def found(words="", **filters):
    rows = api.search_resources(ANYBODY, api.ResourceQuery(words=words, **filters))
    return [row.slug for row in rows]


def test_everything_by_name_without_a_query(register):
    # By folded name: Éclairer comes among the E, not after Z.
    assert found() == ["cours", "plans", "presse", "verger", "zone"]


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("verger", ["verger"]),
        ("VERGERS PARTAGES", ["verger"]),
        ("eclairer", ["cours"]),
        ("Éclai", ["cours"]),
        ("oeuvre", ["verger"]),
        ("œuvre", ["verger"]),
        ("ile molene", ["presse"]),
        ("presse pommes", ["presse"]),
        ("logiciel", []),
        ("tool", ["presse"]),
        ("outil", ["presse"]),
        ("nectar", ["presse", "verger"]),
        ("partage de la presse", []),
        ("omme", []),  # a word is matched from its beginning
        ("100%", []),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE registry_resource; --", []),
        ("zone 2", ["zone"]),
    ],
)
def test_words(register, words, slugs):
    assert found(words) == slugs


def test_the_name_counts_more_than_keywords_and_keywords_more_than_text(register):
    rows = api.search_resources(ANYBODY, api.ResourceQuery(words="pommes"))

    assert [(row.slug, row.score) for row in rows] == [("presse", 5), ("verger", 3), ("plans", 1)]
    whole = api.search_resources(ANYBODY, api.ResourceQuery(words="presse"))
    assert [(row.slug, row.score) for row in whole] == [("presse", 8)]


@pytest.mark.parametrize(
    ("filters", "slugs"),
    [
        ({"kind": "tool"}, ["presse"]),
        ({"standing": "commons"}, ["verger"]),
        ({"stage": "operating"}, ["verger"]),
        ({"commons_type": "infrastructure"}, ["plans"]),
        ({"place": "trebaol"}, ["verger"]),
        ({"place": "29998"}, ["verger"]),
        ({"place": "29"}, ["presse", "verger"]),
        ({"place": "2A"}, ["cours"]),
        ({"place": "…"}, []),
        ({"licence": "cc by"}, ["cours", "verger"]),
        ({"licence": "CC-BY-SA"}, ["verger"]),
        ({"licence": "open"}, ["plans", "verger"]),
        ({"licence": "none"}, ["presse", "zone"]),
        ({"keyword": "pommes"}, ["verger"]),
        ({"keyword": "oeuvre commune"}, ["verger"]),
        ({"keyword": "pomme"}, []),
        ({"agent": "nectar"}, ["presse", "verger"]),
        ({"language": "en"}, ["plans"]),
        ({"kind": "spaceship"}, []),
        ({"words": "pommes", "kind": "plan"}, ["plans"]),
    ],
)
def test_filters(register, filters, slugs):
    assert found(**filters) == slugs


def test_needs_are_found_while_they_are_open(register, system):
    today = api.today()
    verger = api.resource("verger")

    def need(category, **days):
        return api.add_wish(
            resource=verger, kind="need", category=category, title="T", by=system, **days
        )

    need("time")
    need("money", since=today + dt.timedelta(days=1))
    need("place", since=today - dt.timedelta(days=9), expires=today)
    api.add_wish(
        resource=api.resource("plans"), kind="offer", category="knowledge", title="T", by=system
    )

    assert found(need="any") == ["verger"]
    assert found(need="time") == found(need="place") == ["verger"]
    assert found(need="money") == found(need="knowledge") == []
    assert found(offer="knowledge") == ["plans"]
    with clock.pretend(today + dt.timedelta(days=1)):
        assert found(need="place") == []
        assert found(need="money") == ["verger"]


def test_search_follows_changes(register, system):
    api.change_resource(resource=api.resource("zone"), name="Zone des pommes", by=system)

    assert "zone" in found("pommes")


def test_structures_are_found_by_name_and_number(register):
    agents = api.organisations_visible_to(ANYBODY)

    for words in ("nectar", "IROISE", "732 829 320", "732829320"):
        assert [agent.slug for agent in api.search_agents(agents, words)] == ["nectar"]
    assert not api.search_agents(agents, "404833048").exists()
    assert not api.search_agents(agents, "%").exists()
