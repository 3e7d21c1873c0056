"""Orders to a bank: what may follow what, and that nothing is sent without two agreements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.orderstates import (
    COLLECTION,
    PAYOUT,
    Happening,
    OrderRefusal,
    State,
    can,
    follow,
    step,
)

H = Happening


@st.composite
def lives(draw, flow):
    """Something that may happen to an order, step by step."""
    state, happened = None, []
    for _ in range(draw(st.integers(1, 14))):
        possible = [happening for (here, happening) in flow if here == state]
        if not possible:
            break
        happened.append(draw(st.sampled_from(possible)))
        state = step(flow, state, happened[-1])
    return happened


@given(lives(PAYOUT))
def test_no_money_leaves_without_two_agreements(happened):
    state = follow(PAYOUT, happened)

    if {H.EXPORTED, H.SETTLED} & set(happened):
        assert happened.count(H.APPROVED) == 2
    assert happened.count(H.EXPORTED) <= 1
    if state in {State.REFUSED, State.WITHDRAWN, State.REJECTED}:
        assert not state.is_open
        assert happened.count(H.SETTLED) == happened.count(H.RELEASED)


@given(lives(COLLECTION))
def test_nothing_is_collected_that_was_not_announced(happened):
    if H.EXPORTED in happened:
        before = happened[: happened.index(H.EXPORTED)]
        told = [each for each in before if each in {H.ANNOUNCED, H.MOVED}]
        assert told[-1] is H.ANNOUNCED  # of the day on which it is drawn, and of no other


@given(st.sampled_from([PAYOUT, COLLECTION]), st.sampled_from(State), st.sampled_from(Happening))
def test_what_is_not_foreseen_is_refused(flow, state, happening):
    if can(flow, state, happening):
        assert step(flow, state, happening) in State
    else:
        with pytest.raises(OrderRefusal, match=happening.value):
            step(flow, state, happening)


def test_a_life_from_asking_to_the_statement_and_back():
    sent = [H.ASKED, H.APPROVED, H.APPROVED, H.EXPORTED]

    assert follow(PAYOUT, sent[:2]) is State.HALF
    assert follow(PAYOUT, sent) is State.SENT
    assert follow(PAYOUT, [*sent, H.SETTLED]) is State.PAID
    assert follow(PAYOUT, [*sent, H.SETTLED, H.RELEASED]) is State.SENT
    assert follow(PAYOUT, [*sent, H.SETTLED, H.RETURNING, H.RETURNED]) is State.RETURNED
    assert follow(PAYOUT, [*sent[:3], H.SETTLED]) is State.PAID_BESIDE


def test_nothing_is_refused_in_both_languages():
    with pytest.raises(OrderRefusal) as refused:
        follow(PAYOUT, [H.ASKED, H.EXPORTED])
    assert refused.value.fr == "« exported » ne peut pas suivre « asked »."
    with pytest.raises(ValueError):
        follow(PAYOUT, [])
