"""A pretended day holds inside its block, in its own thread, and nowhere else."""

import datetime as dt
import threading

import pytest

from chambre.core import clock
from chambre.registry import api as registry

SPRING = dt.date(2026, 3, 21)


def test_today_is_the_pretended_day_inside_and_the_true_one_outside():
    before = clock.today()
    seen = []
    with clock.pretend(SPRING):
        assert clock.today() == registry.today() == SPRING
        with clock.pretend(dt.date(2026, 4, 1)):
            assert clock.today() == dt.date(2026, 4, 1)
        assert clock.today() == SPRING
        other = threading.Thread(target=lambda: seen.append(clock.today()))
        other.start()
        other.join()
    assert seen == [before]
    assert clock.today() == before


def test_the_true_day_comes_back_when_something_fails():
    before = clock.today()
    with pytest.raises(KeyError), clock.pretend(SPRING):
        raise KeyError
    assert clock.today() == before
