"""What may happen to an order, by whom, and until when."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.shopping.cycles import CycleRefusal
from chambre.lib.shopping.orderflow import (
    ACTORS,
    FLOW,
    By,
    Event,
    OrderFlowRefusal,
    State,
    allowed,
    check_change,
    follow,
    step,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
UNTIL = dt.datetime(2026, 6, 3, 18, tzinfo=dt.UTC)
BEFORE = UNTIL - dt.timedelta(hours=1)


def refusal(state, event, by=By.SHOP):
    with pytest.raises(OrderFlowRefusal) as refused:
        step(state, event, by=by)
    return refused.value


def test_an_order_goes_its_way():
    assert follow([Event.PLACED, Event.CHANGED, Event.CONFIRMED, Event.PREPARED]) is State.PREPARED
    ways = [
        Event.PLACED,
        Event.CONFIRMED,
        Event.PREPARED,
        Event.NOT_FETCHED,
        Event.HANDED,
        Event.CLOSED,
    ]
    assert follow(ways) is State.CLOSED
    assert follow([Event.PLACED, Event.EXPIRED]) is State.EXPIRED
    with pytest.raises(ValueError):
        follow([])


def test_what_cannot_follow_is_refused_in_words():
    late = refusal(State.HANDED, Event.CANCELLED)
    assert late.code == "order-not-now"
    assert late.fr == "Une commande remise ne peut pas être annulée."
    assert late.en == "An order that is handed over cannot be cancelled."
    assert refusal(None, Event.CONFIRMED).code == "order-not-placed"
    assert refusal(State.PLACED, Event.PLACED).code == "order-placed-twice"
    assert refusal(State.CONFIRMED, Event.EXPIRED, By.CLOCK).code == "order-not-now"


def test_not_everybody_can_do_everything():
    mine = refusal(State.PREPARED, Event.HANDED, By.BUYER)
    assert (
        mine.fr == "Ce n’est pas à la personne qui a commandé de dire qu’une commande est remise."
    )
    assert refusal(State.PREPARED, Event.CANCELLED, By.BUYER).code == "order-in-preparation"
    assert step(State.PREPARED, Event.CANCELLED, by=By.SHOP) is State.CANCELLED
    assert refusal(State.PLACED, Event.EXPIRED, By.SHOP).code == "order-not-by"


def test_a_buyer_changes_until_the_last_moment_and_the_shop_after_it():
    assert check_change(State.CONFIRMED, moment=BEFORE, until=UNTIL) is State.CONFIRMED
    cancelled = check_change(State.PLACED, moment=BEFORE, until=UNTIL, event=Event.CANCELLED)
    assert cancelled is State.CANCELLED
    with pytest.raises(CycleRefusal) as refused:
        check_change(State.CONFIRMED, moment=UNTIL, until=UNTIL)
    assert refused.value.fr == (
        "Cette commande pouvait être modifiée jusqu’au 3 juin 2026 à 20\u00a0h\u00a000."
    )
    assert check_change(State.CONFIRMED, moment=UNTIL, until=UNTIL, by=By.SHOP) is State.CONFIRMED


def test_what_one_is_offered_is_what_one_can_do():
    assert allowed(None, By.BUYER) == (Event.PLACED,)
    assert allowed(State.CONFIRMED, By.BUYER) == (Event.CHANGED, Event.CANCELLED)
    assert allowed(State.PREPARED, By.BUYER) == ()
    assert allowed(State.HANDED, By.SHOP) == (Event.TAKEN_BACK, Event.CLOSED)


@UNHURRIED
@given(st.none() | st.sampled_from(State), st.sampled_from(Event), st.sampled_from(By))
def test_offered_and_possible_are_the_same(state, event, by):
    try:
        step(state, event, by=by)
    except OrderFlowRefusal:
        assert event not in allowed(state, by)
    else:
        assert event in allowed(state, by)


def test_every_state_is_reached_and_only_ends_have_no_way_out():
    assert set(FLOW.values()) == set(State)
    assert {state for state, _event in FLOW if state} == {one for one in State if one.is_open}
    assert set(ACTORS) == set(Event)
    assert all(State.HANDED is not one and one.is_open for one in State if one.holds_goods)
    assert all(one.words("fr") and one.words("en") for one in (*State, *Event))
