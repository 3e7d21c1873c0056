"""Two who act at the same moment: one distribution, one entry, one payout."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

from chambre.core.errors import ChambreError
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry
from chambre.rooms.reciprocity.models import Distribution, LineTurn
from chambre.rooms.reciprocity.services.distributing import booking, deciding
from chambre.rooms.reciprocity.tests.house import SINCE, SYSTEM, UNTIL, House

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Any) -> list[Any]:
    """Do several things in threads that start together; what each returned, or was refused with."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Any) -> None:
        gate.wait()
        try:
            results[number] = act()
        except ChambreError as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_days_proposed_by_four_are_one_distribution() -> None:
    house = House()
    house.sells(120_000, dt.date(2025, 3, 1))
    made = at_once(*[lambda: house.proposes(SINCE, UNTIL).pk for _ in range(4)])
    assert len(set(made)) == 1
    assert Distribution.objects.count() == 1


def test_overlapping_days_are_shared_once() -> None:
    house = House()
    house.sells(120_000, dt.date(2025, 7, 1))
    at_once(
        lambda: house.proposes(SINCE, UNTIL),
        lambda: house.proposes(dt.date(2025, 6, 1), dt.date(2026, 5, 31)),
    )
    assert Distribution.objects.count() == 1


def test_booked_by_four_there_is_one_entry_and_one_turn_a_line() -> None:
    house = House()
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.proposes()
    deciding.decide(distribution=made, by=SYSTEM)
    before = JournalEntry.objects.count()
    at_once(*[lambda: booking.book(distribution=made, by=SYSTEM).pk for _ in range(4)])
    assert JournalEntry.objects.count() == before + 1
    assert LineTurn.objects.count() == made.lines.count()
    assert house.balance("467000") == -(31_200 + 15_600)
    assert ledger.verify().ok


def test_withdrawn_and_booked_at_once_it_is_one_of_them() -> None:
    house = House()
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.proposes()
    deciding.decide(distribution=made, by=SYSTEM)
    at_once(
        lambda: booking.book(distribution=made, by=SYSTEM),
        lambda: deciding.withdraw(distribution=made, by=SYSTEM, reason="Erreur"),
    )
    made.refresh_from_db()
    booked = house.balance("467000") != 0
    assert booked == (made.state == Distribution.State.BOOKED)
    assert booked == LineTurn.objects.exists()
