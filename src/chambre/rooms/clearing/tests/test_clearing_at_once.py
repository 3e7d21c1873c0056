"""Several at the same moment: a round is booked once, and a debt is set off once."""

import threading

import pytest
from django.db import connection

from chambre.core.errors import ChambreError
from chambre.rooms.clearing.models import Booking, Computation, Obligation
from chambre.rooms.clearing.queries.rounds import differences
from chambre.rooms.clearing.services import booking, rounds
from chambre.rooms.clearing.tests.conftest import Town

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Do several things at once; what came of each, refusals as their code."""
    barrier = threading.Barrier(len(acts))
    told = [None] * len(acts)

    def run(at):
        try:
            barrier.wait()
            told[at] = acts[at]()
        except ChambreError as refusal:
            told[at] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_two_who_book_at_once_book_once(transactional_db):
    town = Town()
    town.ring()
    row = town.opens()
    town.all_agree(row)
    by = town.by(town.fanny)
    told = together(*[lambda: booking.book(round_=row, by=by).state] * 4)

    assert told == ["booked"] * 4
    assert Booking.objects.count() == 3
    assert town.balance(town.mill, "401000") == 7_000
    assert differences() == []


def test_two_rounds_at_once_set_a_debt_off_once(transactional_db):
    town = Town()
    town.ring()
    first, second = town.opens(), town.opens()
    for row in (first, second):
        town.all_agree(row)
    by = town.by(town.fanny)
    told = together(
        lambda: booking.book(round_=first, by=by).state,
        lambda: booking.book(round_=second, by=by).state,
    )

    assert sorted(told) == ["booked", "clearing.stale"]
    assert Obligation.objects.filter(cleared=7_000).count() == 3
    assert differences() == []


def test_the_same_computation_twice_at_once_is_written_once(transactional_db):
    town = Town()
    town.ring()
    row = town.opens()
    rounds.work_out_again(round_=row, by=town.by(town.fanny))
    row.refresh_from_db()
    Computation.objects.filter(round=row, number=row.number)
    together(*[lambda: rounds.work_out(round_=row, number=row.number)] * 3)

    assert row.computations.filter(number=row.number).count() == 1
