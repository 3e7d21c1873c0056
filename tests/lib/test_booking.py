"""Opening hours, what is free, rules, repetitions, waiting lists."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.booking import (
    PARIS,
    BookingRefusal,
    Opening,
    Quota,
    Repeat,
    Rules,
    Span,
    Waiting,
    check,
    check_free,
    days,
    free_spans,
    full_spans,
    in_order,
    is_open,
    merged,
    moment,
    most_at_once,
    openings,
    period_of,
    places,
    read_opening,
    spans,
    who_fits,
    without,
    write_opening,
)

ZERO = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)  # a Monday
MINUTES = st.integers(0, 90)


def at(minutes: int) -> dt.datetime:
    return ZERO + dt.timedelta(minutes=minutes)


def span(start: int, end: int) -> Span:
    return Span(at(start), at(end))


SPANS = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 40)), max_size=8).map(
    lambda pairs: [span(start, start + length) for start, length in pairs]
)


def minutes_of(found: list[Span]) -> set[int]:
    """The minutes that spans hold: a slow truth to compare with."""
    return {
        minute
        for each in found
        for minute in range(
            int((each.start - ZERO).total_seconds() // 60),
            int((each.end - ZERO).total_seconds() // 60),
        )
    }


@given(SPANS)
def test_merging_keeps_each_minute_and_leaves_gaps_between(found):
    out = merged(found)

    assert minutes_of(out) == minutes_of(found)
    assert all(one.end < other.start for one, other in itertools.pairwise(out))


@given(SPANS, SPANS)
def test_taking_out(found, gone):
    assert minutes_of(without(found, gone)) == minutes_of(found) - minutes_of(gone)


@given(SPANS, SPANS, st.integers(1, 4))
def test_free_is_open_and_not_full(opened, busy, capacity):
    count: dict[int, int] = {}
    for each in busy:
        for minute in minutes_of([each]):
            count[minute] = count.get(minute, 0) + 1
    full = {minute for minute, many in count.items() if many >= capacity}

    assert minutes_of(full_spans(busy, capacity)) == full
    assert minutes_of(free_spans(opened, busy, capacity)) == minutes_of(opened) - full
    assert most_at_once(busy, span(0, 900)) == max(count.values(), default=0)


@given(SPANS, st.integers(1, 5))
def test_places_are_found_exactly_when_there_are_enough(found, capacity):
    seats = places(found, capacity)

    assert (seats is None) == (most_at_once(found, span(0, 900)) > capacity)
    for (one, seat), (other, another) in itertools.combinations(
        zip(found, seats or [], strict=False), 2
    ):
        assert seat != another or not one.meets(other)
    assert all(1 <= seat <= capacity for seat in seats or [])


HOURS = st.lists(
    st.integers(0, 1440), min_size=2, max_size=6, unique=True
).map(lambda cuts: tuple(zip(*[iter(sorted(cuts))] * 2, strict=False)))  # fmt: skip


@given(
    st.dictionaries(st.integers(0, 6), HOURS, min_size=1),
    st.dictionaries(st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)), st.just(()) | HOURS),
)
def test_hours_come_back_as_they_were_written(week, exceptions):
    opening = Opening(week, exceptions, always=False)

    assert read_opening(write_opening(opening)) == opening
    assert read_opening(write_opening(opening, "fr")) == opening


def test_hours_in_french_and_english():
    french = read_opening("lun-ven 9h00-12h00, 14h00-18h00\nsamedi 10:00-12:00; 2026-12-25 fermé")

    assert french == read_opening(
        "mon-fri 09:00-12:00, 14:00-18:00; sat 10:00-12:00; 2026-12-25 closed"
    )
    assert write_opening(french, "fr").splitlines() == [
        "lun-ven 09:00-12:00, 14:00-18:00", "sam 10:00-12:00", "2026-12-25 fermé",
    ]  # fmt: skip
    assert french.of(dt.date(2026, 12, 25)) == ()
    assert french.of(dt.date(2026, 12, 24)) == ((540, 720), (840, 1080))
    assert french.of(dt.date(2026, 12, 27)) == ()
    assert read_opening("fri-mon 08:00-09:00").week.keys() == {4, 5, 6, 0}


@pytest.mark.parametrize(
    "text",
    ["lun 18:00-09:00", "lun", "2026-02-30 closed", "lun 09:75-10:00", "lun 09:00-24:01", "hier"],
)
def test_hours_that_are_none_say_the_line(text):
    with pytest.raises(BookingRefusal) as refusal:
        read_opening(f"mon 09:00-10:00\n{text}")
    assert (refusal.value.code, refusal.value.data["line"]) == ("hours-text", 2)


def test_days_of_23_and_25_hours():
    always = Opening()
    [spring] = openings(always, dt.date(2026, 3, 29), dt.date(2026, 3, 29))
    [autumn] = openings(always, dt.date(2026, 10, 25), dt.date(2026, 10, 25))

    assert (spring.minutes, autumn.minutes) == (23 * 60, 25 * 60)
    assert moment(dt.date(2026, 3, 29), 150) == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)
    assert moment(dt.date(2026, 10, 25), 150) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def test_a_van_may_be_kept_over_the_night_only_where_it_may():
    week = read_opening("mon-fri 09:00-18:00")
    night = Span(moment(dt.date(2026, 3, 2), 17 * 60), moment(dt.date(2026, 3, 3), 10 * 60))

    assert not is_open(week, night)
    assert is_open(week, night, through=True)
    late = Span(night.start, moment(dt.date(2026, 3, 3), 19 * 60))
    assert not is_open(week, late, through=True)


NOW = at(-60 * 24)


@pytest.mark.parametrize(
    ("rules", "wish", "code"),
    [
        (Rules(), span(60, 60), "backwards"),
        (Rules(), span(-3000, -2900), "past"),
        (Rules(), span(3662 * 1440, 3662 * 1440 + 5), "too-early"),
        (Rules(), span(0, 367 * 1440), "too-long"),
        (Rules(shortest=30), span(0, 29), "too-short"),
        (Rules(longest=60), span(0, 61), "too-long"),
        (Rules(notice=24 * 60 + 1), span(0, 10), "too-late"),
        (Rules(ahead_days=1), span(1, 10), "too-early"),
        (Rules(read_opening("tue 00:00-24:00")), span(0, 10), "closed"),
    ],
)  # fmt: skip
def test_each_rule_says_no_at_its_bound_and_not_before(rules, wish, code):
    with pytest.raises(BookingRefusal) as refusal:
        check(rules, wish, now=NOW)
    assert refusal.value.code == code
    assert refusal.value.fr != refusal.value.en


def test_rules_allow_their_bounds():
    rules = Rules(shortest=30, longest=60, notice=24 * 60, ahead_days=1)
    check(rules, span(0, 30), now=NOW)
    check(rules, span(0, 60), now=NOW)


def test_quotas_count_the_week_or_month_in_which_a_booking_begins():
    own = [span(0, 60), span(8 * 1440, 8 * 1440 + 120)]  # Monday the 2nd, Tuesday the 10th of March
    week, month = Quota("week", count=1), Quota("month", minutes=200)

    with pytest.raises(BookingRefusal, match="1 bookings each week"):
        check(Rules(quotas=(week,)), span(1440, 1500), now=NOW, own=own)
    check(Rules(quotas=(week,)), span(14 * 1440, 14 * 1440 + 60), now=NOW, own=own)
    check(Rules(quotas=(month,)), span(1440, 1460), now=NOW, own=own)
    with pytest.raises(BookingRefusal) as refusal:
        check(Rules(quotas=(month,)), span(1440, 1461), now=NOW, own=own)
    assert refusal.value.data["used"] == 180
    assert period_of(at(0), "month") == (dt.date(2026, 3, 1), dt.date(2026, 4, 1))


@given(SPANS, st.tuples(MINUTES, st.integers(1, 90)), st.integers(1, 3), st.integers(0, 30))
def test_a_place_is_free_as_long_as_fewer_hold_than_there_are(busy, wish, capacity, buffer):
    rules = Rules(capacity=capacity, buffer=buffer)
    asked = span(wish[0], sum(wish))
    room = most_at_once(busy, rules.busy(asked)) < capacity

    if room:
        check_free(rules, asked, busy)
        assert (
            places([*busy, rules.busy(asked)], capacity)
            or most_at_once(busy, span(0, 900)) > capacity
        )
    else:
        with pytest.raises(BookingRefusal, match="booked already"):
            check_free(rules, asked, busy)


def test_repetitions():
    first = dt.date(2026, 1, 31)

    assert days(Repeat("monthly", count=4), first) == [
        first, dt.date(2026, 3, 31), dt.date(2026, 5, 31), dt.date(2026, 7, 31),
    ]  # fmt: skip
    assert days(Repeat("daily", interval=2, until=dt.date(2026, 2, 5)), first) == [
        first, dt.date(2026, 2, 2), dt.date(2026, 2, 4),
    ]  # fmt: skip
    monday = dt.date(2026, 3, 2)
    assert days(Repeat("weekly", count=4, weekdays=(3, 0), but={dt.date(2026, 3, 5)}), monday) == [
        monday, dt.date(2026, 3, 9), dt.date(2026, 3, 12),
    ]  # fmt: skip
    for wrong in ({}, {"count": 3, "until": first}, {"count": 401}):
        with pytest.raises(BookingRefusal):
            Repeat("daily", **wrong)
    with pytest.raises(BookingRefusal):
        days(Repeat("daily", until=dt.date(2028, 1, 1)), first)
    for age in (dt.date.min, dt.date.max):
        with pytest.raises(BookingRefusal):
            days(Repeat("daily", until=dt.date.max), age)


def test_a_repetition_keeps_the_clock_on_the_wall():
    start = moment(dt.date(2026, 3, 25), 9 * 60)
    found = spans(Repeat("weekly", count=2), Span(start, start + dt.timedelta(hours=2)))

    assert [each.start.astimezone(PARIS).hour for each in found] == [9, 9]
    assert found[1].start - found[0].start == dt.timedelta(days=7, hours=-1)
    assert [each.minutes for each in found] == [120, 120]


@given(
    st.sampled_from(["daily", "weekly", "monthly"]), st.integers(1, 5), st.integers(1, 40),
    st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)),
)  # fmt: skip
def test_so_many_times_each_later_than_the_one_before(frequency, interval, count, first):
    found = days(Repeat(frequency, interval=interval, count=count), first)

    assert len(found) == count or (frequency == "monthly" and first.day > 28)
    assert found[0] == first
    assert all(one < other for one, other in itertools.pairwise(found))
    if frequency != "monthly":
        step = interval * (7 if frequency == "weekly" else 1)
        assert all((day - first).days % step == 0 for day in found)
    else:
        assert {day.day for day in found} == {first.day}


def test_the_waiting_list_goes_by_rank_then_by_time():
    list_ = [
        Waiting(1, 1, at(0), span(100, 200)), Waiting(2, 0, at(9), span(150, 250)),
        Waiting(3, 1, at(1), span(300, 400)), Waiting(4, 1, at(1), span(250, 300)),
    ]  # fmt: skip

    assert [each.id for each in in_order(list_)] == [2, 1, 3, 4]
    assert [each.id for each in who_fits(list_, [span(100, 400)])] == [2, 3, 4]
    assert [each.id for each in who_fits(list_, [span(100, 400)], buffer=10)] == [2]
