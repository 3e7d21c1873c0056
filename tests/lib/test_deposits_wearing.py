"""Straight-line depreciation in whole cents: nothing before, all of it at the end, never more."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.deposits import worn

START = dt.date(2025, 7, 1)


def test_half_a_year_then_whole_years_then_nothing():
    ends = [dt.date(year, 12, 31) for year in range(2024, 2032)]
    assert [worn(1_000, 5, START, day) for day in ends] == [
        0, 100, 300, 500, 700, 900, 1_000, 1_000,
    ]  # fmt: skip
    assert worn(1_000, 0, START, ends[-1]) == 0
    assert worn(1_000, 1, dt.date(2025, 1, 31), dt.date(2025, 2, 28)) == 1_000 * 31 // 360


@given(
    st.integers(0, 10**7), st.integers(1, 50), st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)),
    st.integers(0, 20_000),
)  # fmt: skip
def test_it_only_grows_and_ends_at_the_cost(cost, years, since, days):
    until = since + dt.timedelta(days=days)
    now, then = worn(cost, years, since, until), worn(cost, years, since, until + dt.timedelta(1))
    assert 0 <= now <= then <= cost
    assert worn(cost, years, since, since + dt.timedelta(days=366 * years + 1)) == cost
