"""What to harvest, what goes where, and what to do when there is not enough."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.shopping.preparing import (
    Ask,
    Cut,
    Fair,
    Pick,
    Share,
    Stop,
    Wanted,
    cut_short,
    harvest_list,
    order_round,
    picking_by_person,
    picking_by_product,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LINES = [
    Wanted("o1", "ada", "hall", "17:00", "valmere", "leeks", parts=500),
    Wanted("o1", "ada", "hall", "17:00", "valmere", "eggs", "six", pieces=2),
    Wanted("o2", "bruno", "farm", "09:00", "valmere", "leeks", parts=750),
    Wanted("o3", "ada", "hall", "17:00", "valmere", "leeks", parts=250),
    Wanted("o3", "ada", "hall", "17:00", "bois", "chicken", pieces=1, parts=1800),
]
ASKS = [Ask("a", 10, 1000), Ask("b", 5, 499), Ask("c", 5, 500)]


def test_the_harvest_list_sums_by_producer_and_product():
    rows = harvest_list(LINES)
    assert [(r.producer, r.product, r.variant, r.pieces, r.parts, r.orders) for r in rows] == [
        ("bois", "chicken", "", 1, 1800, 1),
        ("valmere", "eggs", "six", 2, 0, 1),
        ("valmere", "leeks", "", 0, 1500, 3),
    ]


def test_crates_are_filled_by_place_slot_and_person():
    farm, hall = picking_by_person(LINES)
    assert (farm.place, farm.person, farm.orders) == ("farm", "bruno", ("o2",))
    assert (hall.place, hall.slot, hall.orders) == ("hall", "17:00", ("o1", "o3"))
    assert hall.picks == (
        Pick("chicken", "", 1, 1800),
        Pick("eggs", "six", 2, 0),
        Pick("leeks", "", 0, 750),
    )


def test_a_product_goes_into_crates_in_the_order_of_places():
    leeks = picking_by_product(LINES)[-1]
    assert leeks.product == "leeks"
    assert leeks.shares == (
        Share("farm", "09:00", "bruno", 0, 750),
        Share("hall", "17:00", "ada", 0, 750),
    )


words = st.sampled_from(["a", "b", ""])
wanted = st.builds(
    Wanted, words, words, words, words, words, words, words, st.integers(0, 9), st.integers(0, 9)
)


@UNHURRIED
@given(st.lists(wanted, max_size=20))
def test_every_list_sums_to_what_was_ordered(lines):
    whole = (sum(line.pieces for line in lines), sum(line.parts for line in lines))
    picks = [pick for crate in picking_by_person(lines) for pick in crate.picks]
    parts = [share for product in picking_by_product(lines) for share in product.shares]
    for rows in (harvest_list(lines), picks, parts):
        assert (sum(row.pieces for row in rows), sum(row.parts for row in rows)) == whole


def test_what_is_short_is_shared_in_proportion():
    assert cut_short(15, ASKS) == (
        Cut("a", 7, 700, 300),
        Cut("b", 4, 399, 100),
        Cut("c", 4, 400, 100),
    )


def test_what_is_short_goes_to_who_came_first_where_that_is_the_rule():
    assert [one.given for one in cut_short(12, ASKS, rule=Fair.FIRST_COME)] == [10, 2, 0]
    grams = [Ask("a", 700, 210), Ask("b", 500, 150)]
    assert [one.given for one in cut_short(950, grams, rule=Fair.FIRST_COME, step=100)] == [
        700,
        200,
    ]
    assert [one.given for one in cut_short(950, grams, step=100)] == [500, 400]


def test_when_there_is_enough_everybody_gets_all():
    for rule in Fair:
        assert [one.reduction for one in cut_short(20, ASKS, rule=rule, step=3)] == [0, 0, 0]
    assert [one.amount for one in cut_short(0, ASKS)] == [0, 0, 0]


@UNHURRIED
@given(
    st.integers(0, 500),
    st.lists(st.builds(Ask, st.just("x"), st.integers(0, 100), st.integers(0, 10_000)), max_size=9),
    st.sampled_from(Fair),
    st.integers(1, 20),
)
def test_what_is_short_is_never_given_twice(available, asks, rule, step):
    cuts = cut_short(available, asks, rule=rule, step=step)
    assert sum(one.given for one in cuts) <= available
    enough = sum(ask.quantity for ask in asks) <= available
    for ask, one in zip(asks, cuts, strict=True):
        assert 0 <= one.given <= ask.quantity
        assert one.amount + one.reduction == ask.amount
        assert one.reduction >= 0
        assert not enough or one.given == ask.quantity


def test_a_round_goes_by_the_clock():
    hall = Stop("hall", dt.time(17), dt.time(19))
    school = Stop("school", dt.time(16), dt.time(16, 30))
    cafe = Stop("cafe", dt.time(18, 30), dt.time(19, 30))
    legs = order_round([hall, cafe, school])
    assert [(leg.number, leg.stop.key, leg.minutes, leg.clashes) for leg in legs] == [
        (1, "school", None, False),
        (2, "hall", 30, False),
        (3, "cafe", -30, True),
    ]
    after = order_round([hall, Stop("late", dt.time(19), dt.time(20, 15))])[1]
    assert (after.minutes, after.clashes) == (0, False)
    with pytest.raises(ValueError):
        Stop("x", dt.time(2), dt.time(1))
