"""When things are there, when one can order, and until when one can change one's mind."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.shopping.cycles import (
    Cycle,
    CycleRefusal,
    Every,
    Hold,
    Ordered,
    Rhythm,
    Slot,
    Stage,
    change_until,
    check_change,
    cut_slots,
    day_of,
    first_free,
    moment_at,
    nth_weekday,
)
from chambre.lib.shopping.seasons import Season, Span

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
D = dt.date
NOW = dt.datetime(2026, 6, 4, 12, tzinfo=dt.UTC)
NOTHING = Ordered()


@pytest.mark.parametrize(
    ("months", "fr", "en"),
    [
        ({6, 7, 8, 9, 10}, "de juin à octobre", "from June to October"),
        ({4, 5, 6, 7, 8}, "d’avril à août", "from April to August"),
        ({10, 11, 12, 1, 2}, "d’octobre à février", "from October to February"),
        ({5, 11, 12, 1}, "en mai et de novembre à janvier", "in May and from November to January"),
        ({1, 3, 5}, "en janvier, en mars et en mai", "in January, in March and in May"),
        (range(1, 13), "toute l’année", "all year"),
    ],
)
def test_a_season_is_said_in_words(months, fr, en):
    season = Season.of_months(months)
    assert (season.words("fr"), season.words("en")) == (fr, en)


def test_a_season_of_days_is_said_in_words():
    assert Span((6, 15), (10, 3)).words("fr") == "du 15 juin au 3 octobre"
    assert Span((6, 1), (10, 3)).words("fr") == "du 1er juin au 3 octobre"
    assert Span((6, 1), (10, 3)).words("en") == "from 1 June to 3 October"
    assert Span((12, 24), (12, 24)).words("fr") == "le 24 décembre"
    assert Span((2, 1), (2, 28)).words("fr") == "en février"
    assert Span((2, 1), (2, 28)).has(D(2028, 2, 29))
    assert not Span((2, 1), (2, 27)).has(D(2028, 2, 29))
    with pytest.raises(ValueError):
        Span((4, 31), (5, 1))
    with pytest.raises(ValueError):
        Season.of_months([])


def test_of_two_seasons_the_next_one_counts():
    season = Season.of_months({3, 4, 9})
    assert season.next_day(D(2026, 5, 1)) == D(2026, 9, 1)
    assert season.next_day(D(2026, 10, 1)) == D(2027, 3, 1)


def test_a_season_may_go_over_new_year():
    season = Season((Span((11, 15), (2, 10)),))
    assert [season.has(day) for day in (D(2026, 11, 14), D(2026, 11, 15), D(2027, 1, 1))] == [
        False, True, True,
    ]  # fmt: skip
    assert season.has(D(2027, 2, 10))
    assert not season.has(D(2027, 2, 11))
    assert season.next_day(D(2027, 2, 11)) == D(2027, 11, 15)
    assert season.next_day(D(2027, 1, 5)) == D(2027, 1, 5)


def test_what_begins_on_the_29th_of_february_begins_in_every_year():
    season = Season((Span((2, 29), (3, 31)),))
    assert season.next_day(D(2027, 2, 1)) == D(2027, 3, 1)
    assert season.next_day(D(2028, 2, 1)) == D(2028, 2, 29)


@UNHURRIED
@given(st.sets(st.integers(1, 12), min_size=1), st.dates(D(2020, 1, 1), D(2030, 12, 31)))
def test_a_season_of_months_has_exactly_their_days(months, day):
    season = Season.of_months(months)
    assert season.has(day) == (day.month in months)
    following = season.next_day(day)
    assert following >= day
    assert season.has(following)
    assert following == day or not season.has(following - dt.timedelta(1))


def test_a_cycle_opens_and_closes_on_the_clock_of_paris():
    cycle = Cycle(
        moment_at(D(2026, 3, 27), dt.time(18)),
        moment_at(D(2026, 3, 30), dt.time(20)),
        Ordered(30, 90_000),
    )
    assert cycle.opens == dt.datetime(2026, 3, 27, 17, tzinfo=dt.UTC)  # winter
    assert cycle.closes == dt.datetime(2026, 3, 30, 18, tzinfo=dt.UTC)  # summer
    second = dt.timedelta(seconds=1)
    assert cycle.stage(cycle.opens - second, NOTHING) is Stage.EARLY
    assert cycle.stage(cycle.opens, NOTHING) is Stage.OPEN
    assert cycle.stage(cycle.closes - second, Ordered(29, 89_999)) is Stage.OPEN
    assert cycle.stage(cycle.closes, NOTHING) is Stage.CLOSED
    assert cycle.stage(cycle.opens, Ordered(30, 0)) is Stage.FULL
    assert cycle.stage(cycle.opens, Ordered(0, 90_000)) is Stage.FULL
    cycle.check_open(cycle.opens, NOTHING)
    with pytest.raises(CycleRefusal) as refused:
        cycle.check_open(cycle.closes, NOTHING)
    assert refused.value.fr == (
        "Les commandes sont closes depuis le 30 mars 2026 à 20\u00a0h\u00a000."
    )
    assert refused.value.en == "Orders closed on 30 March 2026 at 20:00."
    with pytest.raises(CycleRefusal) as refused:
        cycle.check_open(cycle.opens - second, NOTHING)
    assert refused.value.code == "cycle-early"
    with pytest.raises(CycleRefusal) as refused:
        cycle.check_open(cycle.opens, Ordered(31))
    assert refused.value.code == "cycle-full"


def test_a_cycle_can_be_not_worth_while():
    cycle = Cycle(NOW, NOW + dt.timedelta(1), worth_from=Ordered(10, 20_000))
    assert cycle.missing(Ordered(7, 25_000)) == Ordered(3, 0)
    assert cycle.missing(Ordered(10, 20_000)) == NOTHING


def test_moments_without_a_time_zone_are_refused():
    with pytest.raises(ValueError):
        Cycle(dt.datetime(2026, 1, 1), NOW)
    with pytest.raises(ValueError):
        day_of(dt.datetime(2026, 1, 1))
    with pytest.raises(ValueError):
        Cycle(NOW, NOW)


def test_the_clock_that_is_changed():
    assert moment_at(D(2026, 3, 29), dt.time(2, 30)) == dt.datetime(
        2026, 3, 29, 1, 30, tzinfo=dt.UTC
    )
    assert moment_at(D(2026, 10, 25), dt.time(2, 30)) == dt.datetime(
        2026, 10, 25, 0, 30, tzinfo=dt.UTC
    )
    assert day_of(dt.datetime(2026, 6, 4, 22, 30, tzinfo=dt.UTC)) == D(2026, 6, 5)


def test_distributions_come_again_except_on_days_left_out():
    weekly = Rhythm(
        Every.WEEK, 3, D(2026, 12, 1), D(2027, 1, 14), left_out=frozenset({D(2026, 12, 31)}),
        added=frozenset({D(2026, 12, 30)}),
    )  # fmt: skip
    assert weekly.days() == (
        D(2026, 12, 3), D(2026, 12, 10), D(2026, 12, 17), D(2026, 12, 24), D(2026, 12, 30),
        D(2027, 1, 7), D(2027, 1, 14),
    )  # fmt: skip
    two = Rhythm(Every.TWO_WEEKS, 3, D(2026, 12, 1), D(2027, 1, 14))
    assert two.days() == (D(2026, 12, 3), D(2026, 12, 17), D(2026, 12, 31), D(2027, 1, 14))
    monthly = Rhythm(Every.MONTH, 5, D(2026, 11, 8), D(2027, 2, 28), nth=1)
    assert monthly.days() == (D(2026, 12, 5), D(2027, 1, 2), D(2027, 2, 6))
    last = Rhythm(Every.MONTH, 6, D(2026, 11, 1), D(2027, 2, 28), nth=-1)
    assert last.days() == (D(2026, 11, 29), D(2026, 12, 27), D(2027, 1, 31), D(2027, 2, 28))


@UNHURRIED
@given(
    st.integers(2000, 2100),
    st.integers(1, 12),
    st.integers(0, 6),
    st.sampled_from([1, 2, 3, 4, -1]),
)
def test_the_nth_weekday_is_in_its_month(year, month, weekday, nth):
    day = nth_weekday(year, month, weekday, nth)
    assert (day.year, day.month, day.weekday()) == (year, month, weekday)
    if nth > 0:
        assert (day.day - 1) // 7 + 1 == nth
    else:
        assert (day + dt.timedelta(7)).month != month


def test_slots_have_room_until_they_have_not():
    slots = cut_slots(dt.time(17), dt.time(18, 15), minutes=30, capacity=2)
    assert [(one.start, one.end) for one in slots] == [
        (dt.time(17), dt.time(17, 30)),
        (dt.time(17, 30), dt.time(18)),
        (dt.time(18), dt.time(18, 15)),
    ]
    assert cut_slots(dt.time(17, 15), dt.time(17, 40), minutes=60)[0] == Slot(
        dt.time(17, 15), dt.time(17, 40)
    )
    assert slots[0].room(1) == 1
    assert slots[0].room(5) == 0
    assert Slot(dt.time(9), dt.time(10)).room(500) is None
    assert first_free(slots, {slots[0]: 2}) == slots[1]
    assert first_free(slots, dict.fromkeys(slots, 2)) is None
    with pytest.raises(CycleRefusal) as refused:
        slots[0].check_room(2)
    assert refused.value.fr == "Il n’y a plus de place de 17\u00a0h\u00a000 à 17\u00a0h\u00a030."
    assert refused.value.en == "There is no room left from 17:00 to 17:30."


def test_an_order_can_be_changed_until_a_moment():
    until = change_until(D(2026, 6, 5), days_before=2, time=dt.time(20))
    assert until == dt.datetime(2026, 6, 3, 18, tzinfo=dt.UTC)
    same_day = change_until(D(2026, 6, 5), days_before=0, time=dt.time(8))
    assert same_day == dt.datetime(2026, 6, 5, 6, tzinfo=dt.UTC)
    closes = dt.datetime(2026, 6, 2, 10, tzinfo=dt.UTC)
    assert change_until(D(2026, 6, 5), days_before=2, time=dt.time(20), closes=closes) == closes
    check_change(until - dt.timedelta(microseconds=1), until)
    with pytest.raises(CycleRefusal) as refused:
        check_change(until, until)
    assert refused.value.code == "change-late"


def test_a_hold_runs_out():
    hold = Hold(NOW, 20)
    assert not hold.ran_out(NOW + dt.timedelta(minutes=20, microseconds=-1))
    assert hold.ran_out(NOW + dt.timedelta(minutes=20))
    assert Hold(NOW, 1).ends == NOW + dt.timedelta(minutes=1)
    assert hold.ends == NOW + dt.timedelta(minutes=20)
