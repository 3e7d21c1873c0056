"""Economic models that are kept: begun five ways, versions, who may, and what the books give."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, KeyReused, NotFound
from chambre.lib.modelling import read_model, walk
from chambre.lib.modelling.presets import preset_text
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Simulation, SimulationVersion
from chambre.rooms.reciprocity.queries.simulating import finding
from chambre.rooms.reciprocity.queries.simulating.books import books_about, last_years
from chambre.rooms.reciprocity.queries.simulating.errors import (
    ModelRefused,
    NothingInBooks,
    NotSimulated,
    PutAway,
    VersionMoved,
)
from chambre.rooms.reciprocity.queries.simulating.shared import compared
from chambre.rooms.reciprocity.services.simulating import keeping
from chambre.rooms.reciprocity.services.simulating.fromledger import begin_from_ledger
from chambre.rooms.reciprocity.tests.house import SYSTEM, House

pytestmark = pytest.mark.django_db
TEXT = keeping.blank_text("Four à pain", dt.date(2026, 1, 1))


@pytest.fixture
def member(make_user: Any) -> Actor:
    return _person(make_user, "ada")


def _person(make_user: Any, name: str, role: str = "member", scope: Any = None) -> Actor:
    user = make_user(f"{name}@exemple.test")
    person = registry.create_person(email=user.email, name=name.title(), by=SYSTEM)
    registry.grant_role(agent=person, kind=role, scope=scope or registry.home_chamber(), by=SYSTEM)
    return Actor.of(user)


def test_a_model_is_begun_once_with_its_first_version(member: Actor) -> None:
    first = keeping.begin(text=TEXT, by=member, key="k")
    again = keeping.begin(text=TEXT, by=member, key="k")

    assert again == first
    assert (first.slug, first.name, first.number) == ("four-a-pain", "Four à pain", 1)
    assert first.versions.get().text == TEXT
    assert keeping.begin(text=TEXT, by=member, key="other").slug == "four-a-pain-2"


def test_a_key_of_somebody_else_is_refused(member: Actor, make_user: Any) -> None:
    keeping.begin(text=TEXT, by=member, key="k")
    with pytest.raises(KeyReused):
        keeping.begin(text=TEXT, by=_person(make_user, "eve"), key="k")
    assert Simulation.objects.count() == 1


def test_what_makes_no_model_is_refused_by_line_and_column(member: Actor) -> None:
    with pytest.raises(ModelRefused) as caught:
        keeping.begin(text=TEXT.replace("horizon = 60", "horizon = 0"), by=member, key="k")

    (problem,) = caught.value.data["problems"]
    assert (problem["field"], problem["line"], problem["column"]) == ("horizon", 5, 11)
    assert caught.value.data["fields"]["text"][0].startswith("ligne 5, colonne 11")
    assert not Simulation.objects.exists()


def test_versions_follow_one_another_and_stay(member: Actor) -> None:
    model = keeping.begin(text=TEXT, by=member, key="k")
    longer = TEXT.replace("horizon = 60", "horizon = 72")
    made = keeping.save_version(
        simulation=model, text=longer, by=member, key="v2", number=1, note="six ans"
    )
    assert (made.number, made.seed, made.note) == (2, 1, "six ans")
    same = keeping.save_version(simulation=model, text=TEXT, by=member, key="v2", number=1)
    assert same == made
    unchanged = keeping.save_version(simulation=model, text=longer, by=member, key="x", number=2)
    assert unchanged == made
    with pytest.raises(VersionMoved):
        keeping.save_version(simulation=model, text=TEXT, by=member, key="v3", number=1)
    seeded = keeping.save_version(
        simulation=model, text=longer, by=member, key="s", number=2, seed=7
    )
    assert (seeded.number, seeded.seed) == (3, 7)
    assert [each.number for each in model.versions.all()] == [3, 2, 1]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reciprocity_simulationversion SET note = 'x'")


def test_a_copy_is_another_model_from_the_same_words(member: Actor, make_user: Any) -> None:
    model = keeping.begin_from_preset(slug="growers-shop", by=member, key="k")
    other = _person(make_user, "bruno")
    copied = keeping.copy(simulation=model, by=other, key="c")

    assert copied.copied_from == model
    assert copied.owner != model.owner
    assert copied.versions.get().text == preset_text("growers-shop")
    with pytest.raises(Forbidden):
        keeping.save_version(simulation=model, text=TEXT, by=other, key="v", number=1)
    with pytest.raises(NotFound):
        keeping.begin_from_preset(slug="nothing", by=member, key="n")


def test_who_may_read_and_change(member: Actor, make_user: Any) -> None:
    house = House()
    model = keeping.begin(text=TEXT, by=member, key="k", resource=house.press)
    stranger = Actor.of(make_user("eve@ailleurs.test"))
    steward = _person(make_user, "chloe", "steward", house.press)
    assert not stranger.may("reciprocity.read_model", model)
    assert not finding.models_visible_to(stranger).exists()
    assert steward.may("reciprocity.change_model", model)
    with pytest.raises(Forbidden):
        keeping.begin(text=TEXT, by=stranger, key="e")
    keeping.describe(simulation=model, by=steward, name="Le four", resource=None, public=True)
    model.refresh_from_db()
    assert stranger.may("reciprocity.read_model", model)
    assert list(finding.models_visible_to(stranger)) == [model]


def test_what_is_put_away_leaves_the_lists_and_comes_back(member: Actor) -> None:
    model = keeping.begin(text=TEXT, by=member, key="k")
    keeping.put_away(simulation=model, by=member)
    assert not finding.models_visible_to(member).exists()
    with pytest.raises(PutAway):
        keeping.save_version(simulation=model, text=TEXT + "\n", by=member, key="v", number=1)
    keeping.put_away(simulation=model, by=member, away=False)
    assert finding.models_visible_to(member).get() == model


def test_the_books_of_the_last_whole_year_become_a_model(member: Actor, make_user: Any) -> None:
    house = House()
    year = registry.today().year - 1
    for month in range(1, 13):
        house.sells(10_000 * month, dt.date(year, month, 10))
        house.sells(-3_000, dt.date(year, month, 12), account="606100")  # an expense: debit
        house.sells(-1_200, dt.date(year, month, 13), account="615500")
    house.sells(24_000, dt.date(year, 6, 1), account="741000")
    keeper = _person(make_user, "bruno", "treasurer", house.holder)
    with pytest.raises(NothingInBooks):
        begin_from_ledger(resource=house.press, by=member, key="m")  # reads no book

    made = begin_from_ledger(resource=house.press, by=keeper, key="b")
    model = read_model(made.versions.get().text)

    assert made.origin == Simulation.Origin.LEDGER
    assert begin_from_ledger(resource=house.press, by=keeper, key="b") == made
    (cost,) = model.costs
    assert cost.amount.likely == 3_000
    assert cost.amount.source.fr == f"compte 6061, {year}"
    assert model.upkeep.amount.likely == 1_200
    assert model.upkeep.amount.source.en == f"account 6155, {year}"
    assert model.grants[0].amount.likely == 24_000
    assert model.starts == dt.date(year + 1, 1, 1)
    assert model.segments[0].season[0] == 15
    first = walk(model)[:12]
    assert abs(sum(sum(month.prices.values()) for month in first) - 780_000) <= 780
    assert sum(sum(month.costs.values()) for month in first) == 36_000


def test_two_years_that_differ_give_ranges(make_user: Any) -> None:
    house = House()
    year = registry.today().year - 1
    for at, cents in ((year - 1, 60_000), (year, 120_000)):
        house.sells(cents, dt.date(at, 3, 1))
        house.sells(-cents // 10, dt.date(at, 4, 1), account="606100")
    keeper = _person(make_user, "bruno", "treasurer", house.holder)
    model = read_model(
        begin_from_ledger(resource=house.press, by=keeper, key="b").versions.get().text
    )

    amount = model.costs[0].amount
    assert (amount.low, amount.likely, amount.high) == (500, 1_000, 1_000)
    assert amount.source.fr == f"compte 6061, {year} et {year - 1}"
    uses = model.segments[0].uses
    assert uses.low * 2 == pytest.approx(uses.likely, abs=1)
    years = last_years(house.press, books_about(house.press, keeper))
    assert [each.year for each in years] == [year, year - 1]


def test_contracts_share_the_surplus_for_who_may_read_them(member: Actor, make_user: Any) -> None:
    house = House()
    text = preset_text("training-commons")
    model = finding.model_of(text)
    result = finding.result_of(text, 200, 1)
    names = [f"contrat:{house.contract.slug}", "contributive-commons"]

    found = compared(model, result, names, member)

    for sharing in found.of("p90"):
        given = sum(each.total for each in sharing.receivers)
        assert given + sum(sharing.kept) == sum(sharing.surplus)
    house.contract.public = False
    house.contract.save()
    with pytest.raises(NotFound):
        compared(model, result, names, Actor.of(make_user("eve@ailleurs.test")))
    with pytest.raises(NotSimulated):
        compared(model, result, ["fondateurs-rembourses"], member)  # counts in pounds


@pytest.mark.django_db(transaction=True)
def test_the_same_save_at_once_writes_one_version() -> None:
    model = keeping.begin(text=TEXT, by=SYSTEM, key="k")
    changed = TEXT.replace("horizon = 60", "horizon = 72")
    barrier = Barrier(4)

    def save(key: str) -> int:
        barrier.wait()
        try:
            return keeping.save_version(
                simulation=model, text=changed, by=SYSTEM, key=key, number=1
            ).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(save, ("a", "a", "b", "b")))

    assert numbers == [2, 2, 2, 2]
    assert SimulationVersion.objects.filter(simulation=model).count() == 2
