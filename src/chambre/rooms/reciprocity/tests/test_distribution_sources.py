"""Which accounts a contract counts, and what it refuses."""

from __future__ import annotations

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.rooms.reciprocity.models import FactSource
from chambre.rooms.reciprocity.services.distributing.computing import compute
from chambre.rooms.reciprocity.services.distributing.sources import set_sources
from chambre.rooms.reciprocity.tests.house import SINCE, SYSTEM, UNTIL, House

pytestmark = pytest.mark.django_db


def income(house: House) -> int:
    return compute(house.contract, SINCE, UNTIL).outcome.income


def test_a_contract_says_itself_what_counts_and_the_longest_beginning_decides() -> None:
    house = House()
    house.sells(10_000, dt.date(2025, 3, 1), account="706000")
    house.sells(3_000, dt.date(2025, 3, 1), account="707100")
    house.sells(500, dt.date(2025, 3, 1), account="741000")
    assert income(house) == 13_000
    set_sources(contract=house.contract, sources=[("sale", "7071"), ("fee", "74")], by=SYSTEM)
    computed = compute(house.contract, SINCE, UNTIL)
    assert sorted((fact.kind, fact.amount) for fact in computed.facts.values()) == [
        ("fee", 500), ("sale", 3_000),
    ]  # fmt: skip
    set_sources(contract=house.contract, sources=[], by=SYSTEM)
    assert income(house) == 13_000


@pytest.mark.parametrize(
    "row",
    [("sale", "60"), ("cost", "70"), ("gift", "75"), ("sale", "5"), ("sale", ""), ("sale", "7*")],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(row: tuple[str, str]) -> None:
    house = House()
    with pytest.raises(Invalid):
        set_sources(contract=house.contract, sources=[("sale", "70"), row], by=SYSTEM)
    with pytest.raises(Invalid):
        set_sources(contract=house.contract, sources=[("sale", "70"), ("fee", "70")], by=SYSTEM)
    assert not FactSource.objects.exists()


def test_strangers_change_nothing() -> None:
    house = House()
    with pytest.raises(Forbidden):
        set_sources(contract=house.contract, sources=[], by=Actor.of(None))
