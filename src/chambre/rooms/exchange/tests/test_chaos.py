"""Processes killed at random moments: no leg lost or paid twice, none settled by half, books balanced."""

from __future__ import annotations

import pytest

from chambre.core import clock
from chambre.rooms.exchange.tests import chaos, working


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_nothing_is_lost_paid_twice_or_settled_by_half(tmp_path):
    with clock.pretend(chaos.DAY):
        working.people()
    found = chaos.storm(24, workers=3, seed=7, every=2, folder=tmp_path, seconds=45, statements=600)

    assert found.wrong == ()
    assert found.kills + found.inside >= 1
    assert sum(found.exchanges.values()) >= 12
    assert sum(found.legs.values()) >= 1
