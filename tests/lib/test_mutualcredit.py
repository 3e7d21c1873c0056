"""Mutual credit without a database: bounds, demurrage, losses, tickets."""

import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.mutualcredit import (
    BoundsRule,
    Ticket,
    TicketRefusal,
    bounds_of,
    charge_of,
    contribution_of,
    guaranteed_of,
    read_ticket,
    shares_of_loss,
    write_ticket,
)

UNITS = st.integers(0, 10**11)
KEY = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
TICKET = Ticket("B-7F3K", "valmere", "CRD", 1_250, dt.date(2026, 12, 31))


def test_bounds_grow_with_what_was_done_for_others():
    rule = BoundsRule(floor=10_000, ceiling=20_000, growth_percent=50, growth_most=5_000)
    assert bounds_of(rule, 0) == (10_000, 20_000)
    assert bounds_of(rule, 24_000) == (11_000, 21_000)  # 2,000 a month, half of it
    assert bounds_of(rule, 10**9) == (15_000, 25_000)
    assert bounds_of(rule, 24_000, own_floor=0) == (0, 21_000)
    assert bounds_of(BoundsRule(5, None), 99, own_ceiling=7) == (5, 7)
    assert bounds_of(BoundsRule(5, None), 99) == (5, None)
    for wrong in (
        lambda: BoundsRule(-1, None),
        lambda: BoundsRule(0, -1),
        lambda: bounds_of(rule, -1),
    ):
        with pytest.raises(ValueError):
            wrong()


@given(UNITS, UNITS, st.integers(0, 500), UNITS, UNITS, UNITS)
def test_more_use_never_means_less_room(floor, ceiling, percent, most, received, more):
    rule = BoundsRule(floor, ceiling, percent, most)
    before, after = bounds_of(rule, received), bounds_of(rule, received + more)
    assert floor <= before[0] <= after[0] <= floor + most
    assert ceiling <= before[1] <= after[1] <= ceiling + most


def test_demurrage_is_exact_and_leaves_the_rest_to_the_member():
    assert charge_of(10_000, 100) == 100
    assert charge_of(10_099, 100) == 100
    assert charge_of(10_000, 100, exempt=5_000) == 50
    assert charge_of(-10_000, 100) == 0
    assert charge_of(10_000, 10_000) == 10_000
    for wrong in (
        lambda: charge_of(1, 10_001),
        lambda: charge_of(1, -1),
        lambda: charge_of(1, 1, -1),
    ):
        with pytest.raises(ValueError):
            wrong()


@given(st.integers(-(10**11), 10**11), st.integers(0, 10_000), UNITS)
def test_demurrage_never_takes_more_than_lies_above_what_is_exempt(held, rate, exempt):
    taken = charge_of(held, rate, exempt)
    assert 0 <= taken <= max(held - exempt, 0)
    assert taken * 10_000 <= max(held - exempt, 0) * rate < (taken + 1) * 10_000


def test_a_loss_is_shared_and_what_one_cannot_bear_the_others_do():
    assert shares_of_loss(100, {1: 1, 2: 1}, {1: 999, 2: 999}) == {1: 50, 2: 50}
    assert shares_of_loss(100, {1: 1, 2: 1, 3: 2}, {1: 10, 2: 99, 3: 99}) == {1: 10, 2: 30, 3: 60}
    assert shares_of_loss(101, {1: 1, 2: 1}, {1: 999, 2: 999}) == {1: 51, 2: 50}
    assert shares_of_loss(100, {1: 1}, {1: 40}) == {1: 40}
    assert shares_of_loss(100, {}, {}) == {}
    with pytest.raises(ValueError):
        shares_of_loss(-1, {}, {})


@given(
    st.integers(0, 10**9),
    st.dictionaries(st.integers(1, 9), st.tuples(st.integers(0, 10**6), UNITS), max_size=9),
)
def test_a_loss_is_borne_to_the_last_part_where_it_can_be(loss, members):
    weights = {key: weight for key, (weight, _most) in members.items()}
    most = {key: can for key, (_weight, can) in members.items()}
    borne = shares_of_loss(loss, weights, most)
    able = sum(most[key] for key in weights if weights[key])
    assert sum(borne.values()) == min(loss, able)
    assert all(0 < part <= most[key] and weights[key] for key, part in borne.items())


def test_a_ticket_says_what_it_is_worth_to_who_has_the_public_key():
    text = write_ticket(TICKET, KEY)
    assert text == write_ticket(TICKET, KEY)
    assert text.startswith("CHB1.") and len(text) < 250
    assert read_ticket(f" {text[:20]} {text[20:]}\n", PUBLIC) == TICKET


@pytest.mark.parametrize(
    "text", ["", "CHB1", "CHB1.a.b", "CHB2.e30.e30", "CHB1.e30.e30", "x" * 700]
)
def test_what_is_no_ticket(text):
    with pytest.raises(TicketRefusal) as refused:
        read_ticket(text, PUBLIC)
    assert refused.value.reason == "form"


@given(st.integers(0, 400), st.characters(codec="ascii", categories=("L", "N")))
def test_a_ticket_with_one_other_letter_is_not_genuine(at, letter):
    text = write_ticket(TICKET, KEY)
    at %= len(text)
    changed = text[:at] + letter + text[at + 1 :]
    if changed == text:
        return
    try:
        found = read_ticket(changed, PUBLIC)
    except TicketRefusal:
        return
    assert found == TICKET  # bits of the last letter that base64 does not use


def test_another_chambers_key():
    with pytest.raises(TicketRefusal) as refused:
        read_ticket(write_ticket(TICKET, bytes(32)), PUBLIC)
    assert refused.value.reason == "signature"


def test_a_contribution_is_a_share_rounded_down_and_a_flat_part():
    assert contribution_of(5_049, 200) == 100
    assert contribution_of(0, 200, 50) == 50
    for wrong in ((1, 10_001, 0), (1, -1, 0), (-1, 1, 0), (1, 1, -1)):
        with pytest.raises(ValueError):
            contribution_of(*wrong)


@given(
    st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(0, 100),
    st.none() | st.integers(0, 10**9),
)  # fmt: skip
def test_a_fund_never_pays_more_than_the_debt_the_bound_or_what_it_has(debt, fund, cover, most):
    paid = guaranteed_of(debt, fund, cover, most)
    assert 0 <= paid <= max(debt, 0)
    assert paid <= max(fund, 0)
    assert most is None or paid <= most


def test_a_fund_covers_no_more_than_the_whole():
    assert guaranteed_of(250, 1_000, 80) == 200
    with pytest.raises(ValueError):
        guaranteed_of(1, 1, 101)
