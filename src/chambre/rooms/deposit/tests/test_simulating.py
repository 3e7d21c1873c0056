"""An invented fleet through the real services: everything ends as foretold, and the books agree."""

import json

import pytest
from click.testing import CliRunner

from chambre.core.errors import Invalid
from chambre.lib.deposits import Habits
from chambre.rooms.deposit import cli
from chambre.rooms.deposit.models import Contract, Scheme
from chambre.rooms.deposit.services.simulating import simulate

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
ROUGH = Habits(stay=3, broken=100, dark=300, twice=200, wrong_clock=500, tricks=300, idle_days=2)


def test_every_return_ends_as_foretold_and_the_books_agree():
    played = simulate(objects=40, days=12, seed=11, by=SYSTEM, places=2, habits=ROUGH)

    assert played.mismatches == []
    assert played.issued > 40
    assert played.returned["refunded"] > 20
    assert sum(played.tricks.values()) > 0
    assert played.repeated > 0
    assert (played.held, played.equal) == (played.ledger_4196, True)
    open_ = Contract.objects.filter(scheme__slug=played.scheme, state=Contract.State.OPEN)
    assert played.held == 200 * open_.count() == 200 * (played.issued - played.returned["refunded"])


def test_the_same_seed_ends_the_same_in_a_scheme_of_its_own():
    asked = ["--objects", "10", "--days", "6", "--seed", "4", "--places", "2", "--json"]
    one, other = (CliRunner().invoke(cli.deposit, ["simulate", *asked]) for _time in range(2))

    assert (one.exit_code, other.exit_code) == (0, 0), one.output
    first, second = json.loads(one.stdout), json.loads(other.stdout)
    assert (first.pop("scheme"), second.pop("scheme")) == ("simulation-4", "simulation-4-2")
    assert first == second
    assert first["mismatches"] == []


@pytest.mark.parametrize(("objects", "days"), [(0, 5), (5, 0), (200_000, 5)])
def test_numbers_out_of_bounds_are_refused_and_nothing_is_made(objects, days):
    with pytest.raises(Invalid):
        simulate(objects=objects, days=days, seed=1, by=SYSTEM)
    assert not Scheme.objects.exists()
