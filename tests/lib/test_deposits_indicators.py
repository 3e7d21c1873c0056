"""Indicators of a deposit scheme: what comes back, how often, how long it stays."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.deposits import (
    Cohort,
    Spread,
    break_even,
    corrected_rate,
    mean_stay,
    rate_in_period,
    return_rate,
    reuse_of_year,
    rotations,
    shifted_rate,
    spread,
    stay_of_share,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
days = st.dictionaries(st.integers(0, 400), st.integers(0, 50), max_size=12)
cohorts = st.builds(Cohort, back=days, out=days, gone=st.integers(0, 50))


def test_a_cohort_says_what_came_back_until_now() -> None:
    cohort = Cohort(back={3: 60, 10: 20}, out={12: 15}, gone=5)
    assert (cohort.issued, cohort.returned) == (100, 80)
    assert return_rate(cohort) == 0.8


def test_a_young_cohort_is_not_worse_for_being_young() -> None:
    # 100 issued 40 days ago: 80 came back on day 10. 100 issued yesterday: nothing can have come back.
    cohort = Cohort(back={10: 80}, out={40: 20, 1: 100})
    corrected = corrected_rate(cohort)
    assert return_rate(cohort) == 0.4
    assert corrected is not None
    assert corrected.rate == pytest.approx(0.8)
    assert corrected.days == 40


def test_one_late_return_does_not_say_that_everything_comes_back() -> None:
    # Of 100, 60 came back on day 3; 39 are out since 5 days, and the last one came back on day 20.
    corrected = corrected_rate(Cohort(back={3: 60, 20: 1}, out={5: 39}))
    assert corrected is not None
    assert corrected.rate == 0.61
    assert corrected.days == 5


def test_lost_objects_do_not_look_like_returns() -> None:
    cohort = Cohort(back={5: 50}, gone=50)
    corrected = corrected_rate(cohort)
    assert corrected is not None
    assert corrected.rate == pytest.approx(0.5)


def test_nothing_issued_has_no_rate() -> None:
    assert return_rate(Cohort()) is None
    assert corrected_rate(Cohort()) is None
    assert rate_in_period(3, 0) is None
    assert mean_stay({}) is None
    assert stay_of_share({}, 0.5) is None


def test_a_period_is_compared_with_what_was_issued_a_stay_before() -> None:
    march, april = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
    issued = {march: 200, april: 1_000}
    returned = {april: 180}
    assert rate_in_period(180, 1_000) == 0.18
    assert shifted_rate(issued, returned, april, dt.date(2026, 4, 30), stay=31) == 0.9
    assert shifted_rate(issued, returned, march, dt.date(2026, 3, 31), stay=31) is None


def test_stays_have_a_mean_a_median_and_a_tail() -> None:
    back = {1: 5, 2: 4, 30: 1}
    assert mean_stay(back) == 4.3
    assert stay_of_share(back, 0.5) == 1
    assert stay_of_share(back, 0.9) == 2
    assert stay_of_share(back, 1) == 30
    with pytest.raises(ValueError, match="2"):
        stay_of_share(back, 2)


def test_rotations_of_a_fleet() -> None:
    fleet = rotations({0: 10, 1: 5, 4: 5}, out_once=2)
    assert (fleet.objects, fleet.used, fleet.loops) == (20, 12, 25)
    assert fleet.mean == 1.25
    assert (fleet.median, fleet.most) == (0, 4)
    assert fleet.reuse_rate == 25 / 12
    empty = rotations({})
    assert (empty.mean, empty.median, empty.most, empty.reuse_rate) == (None, 0, 0, None)
    with pytest.raises(ValueError, match="3"):
        rotations({0: 2}, out_once=3)
    with pytest.raises(ValueError, match="-1"):
        rotations({-1: 2})


@pytest.mark.parametrize(
    ("first", "each", "instead", "uses"),
    [
        (80, 10, 30, 4),
        (81, 10, 30, 5),
        (0, 10, 30, 1),
        (80, 30, 30, None),
        (0, 30, 30, 1),
        (5, 40, 30, None),
    ],
)
def test_reuse_pays_after_so_many_uses(
    first: int, each: int, instead: int, uses: int | None
) -> None:
    assert break_even(first, each, instead) == uses


def test_the_first_use_of_a_new_object_is_no_reuse() -> None:
    year = reuse_of_year(uses=1_000, first=400, single_use=200)
    assert (year.again, year.first, year.proportion) == (600, 400, 0.5)
    assert reuse_of_year(0, 0).proportion is None
    with pytest.raises(ValueError, match="4"):
        reuse_of_year(3, 4)


@UNHURRIED
@given(cohort=cohorts)
def test_the_corrected_rate_is_a_rate_and_never_below_what_came_back(cohort: Cohort) -> None:
    corrected = corrected_rate(cohort)
    if corrected is None:
        assert cohort.issued == 0
        return
    seen = return_rate(cohort)
    assert seen is not None
    assert seen - 1e-9 <= corrected.rate <= 1 + 1e-9


@UNHURRIED
@given(back=days, gone=st.integers(0, 50))
def test_with_nothing_out_there_is_nothing_to_correct(back: dict[int, int], gone: int) -> None:
    cohort = Cohort(back=back, gone=gone)
    corrected = corrected_rate(cohort)
    assert (corrected and corrected.rate) == (
        None if not cohort.issued else pytest.approx(return_rate(cohort))
    )


@UNHURRIED
@given(first=st.integers(0, 10**6), each=st.integers(0, 10**4), instead=st.integers(0, 10**4))
def test_break_even_is_the_first_number_of_uses_that_pays(
    first: int, each: int, instead: int
) -> None:
    uses = break_even(first, each, instead)
    if uses is None:
        assert instead <= each
        return
    assert first + uses * each <= uses * instead
    assert uses == 1 or first + (uses - 1) * each > (uses - 1) * instead


def test_the_quantiles_of_times_are_times_that_occurred():
    assert spread({}) is None
    found = spread({1: 2, 3: 5, 10: 2, 30: 1})
    assert found == Spread(count=10, mean=6.7, quarter=3, median=3, three_quarters=10, tail=10)
