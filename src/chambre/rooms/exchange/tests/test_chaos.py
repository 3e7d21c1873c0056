"""Processes killed at random moments: no leg lost or paid twice, none settled by half, books balanced."""

from __future__ import annotations

import pytest

from chambre.core import clock
from chambre.rooms.exchange.tests import chaos


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_nothing_is_lost_paid_twice_or_settled_by_half(tmp_path):
    with clock.pretend(chaos.DAY):
        chaos.people()
    found = chaos.storm(12, workers=2, seed=7, every=4, folder=tmp_path, seconds=45)

    assert found.wrong == ()
    assert sum(found.exchanges.values()) >= 1
    assert sum(found.legs.values()) >= 1
