"""Bidding rounds that close, and baskets paid ahead for others."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.shopping.solidarity import (
    Drawn,
    Gift,
    Pledge,
    SolidarityRefusal,
    close_by_headroom,
    close_equally,
    count_round,
    draw,
    suspended_left,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PLEDGES = [
    Pledge("ada", 60_000, 40_000, 60_000),
    Pledge("bruno", 50_000, 40_000, 55_000),
    Pledge("chloe", 40_000, 40_000, 80_000),
]
GIFTS = [Gift("g1", "valmere", 1200), Gift("g2", "elsewhere", 5000), Gift("g3", "valmere", 2000)]


def test_a_round_says_by_how_much_it_misses():
    state = count_round(170_000, PLEDGES)
    assert (state.pledged, state.missing, state.over, state.reached) == (150_000, 20_000, 0, False)
    assert state.mean == 56_667
    full = count_round(140_000, PLEDGES)
    assert (full.missing, full.over, full.reached) == (0, 10_000, True)
    assert count_round(100, []).mean is None
    with pytest.raises(ValueError):
        count_round(1, PLEDGES * 2)


def test_a_pledge_keeps_within_bounds():
    with pytest.raises(SolidarityRefusal) as refused:
        Pledge("dris", 39_999, 40_000, 80_000)
    assert refused.value.fr == "Un engagement est d’au moins 400,00\u00a0€."
    with pytest.raises(SolidarityRefusal, match=r"at most €800\.00"):
        Pledge("dris", 80_001, 40_000, 80_000)


def test_a_gap_is_closed_equally_and_nobody_goes_above_their_most():
    found = close_equally(170_000, PLEDGES)
    assert [(one.by, one.amount) for one in found.raises] == [
        (0, 60_000),
        (5_000, 55_000),
        (15_000, 55_000),
    ]
    assert found.missing == 0
    assert [one.by for one in close_equally(150_005, PLEDGES).raises] == [0, 3, 2]


def test_a_gap_is_closed_by_headroom():
    found = close_by_headroom(170_000, PLEDGES)
    assert [one.by for one in found.raises] == [0, 2_222, 17_778]
    assert found.missing == 0


def test_a_gap_that_is_too_wide_stays_in_part():
    for close in (close_equally, close_by_headroom):
        found = close(200_000, PLEDGES)
        assert [one.amount for one in found.raises] == [60_000, 55_000, 80_000]
        assert found.missing == 5_000
        assert close(1_000, []).missing == 1_000


@st.composite
def rounds(draw_):
    pledges = []
    for number in range(draw_(st.integers(0, 8))):
        low, mid, high = sorted(draw_(st.integers(0, 10**6)) for _ in range(3))
        pledges.append(Pledge(str(number), mid, low, high))
    return draw_(st.integers(0, 10**7)), pledges


@UNHURRIED
@given(rounds(), st.sampled_from([close_equally, close_by_headroom]))
def test_raises_close_the_gap_exactly_or_take_all_there_is(world, close):
    target, pledges = world
    before, found = count_round(target, pledges), close(target, pledges)
    assert sum(one.by for one in found.raises) + found.missing == before.missing
    for pledge, one in zip(pledges, found.raises, strict=True):
        assert 0 <= one.by <= pledge.headroom
        assert one.amount == pledge.amount + one.by
        assert not found.missing or one.amount == pledge.most


@UNHURRIED
@given(rounds())
def test_who_still_could_gives_the_same_to_the_cent(world):
    target, pledges = world
    found = close_equally(target, pledges)
    able = [
        one.by
        for pledge, one in zip(pledges, found.raises, strict=True)
        if one.amount < pledge.most
    ]
    assert not able or max(able) - min(able) <= len(pledges)
    assert not able or max(one.by for one in found.raises) <= max(able) + len(pledges)


def test_what_was_paid_first_is_used_first_and_at_its_shop_only():
    assert suspended_left(GIFTS, {}, "valmere") == 3200
    assert draw(GIFTS, {}, shop="valmere", amount=1500) == (Drawn("g1", 1200), Drawn("g3", 300))
    assert draw(GIFTS, {"g1": 1200, "g3": 300}, shop="valmere", amount=1700) == (Drawn("g3", 1700),)
    assert draw(GIFTS, {}, shop="valmere", amount=0) == ()


def test_never_more_is_taken_than_was_given():
    with pytest.raises(SolidarityRefusal) as refused:
        draw(GIFTS, {"g1": 1200}, shop="valmere", amount=2001)
    assert refused.value.fr == "Il reste 20,00\u00a0€ payés d’avance ; il faudrait 20,01\u00a0€."
    with pytest.raises(ValueError):
        draw(GIFTS, {"g1": 1201}, shop="valmere", amount=1)
    with pytest.raises(ValueError):
        draw(GIFTS, {}, shop="valmere", amount=-1)


@UNHURRIED
@given(
    st.lists(st.tuples(st.sampled_from("xy"), st.integers(0, 5000)), max_size=8),
    st.lists(st.tuples(st.sampled_from("xy"), st.integers(0, 5000)), max_size=12),
)
def test_what_is_paid_ahead_is_never_negative(given_, asked):
    gifts = [Gift(str(number), shop, amount) for number, (shop, amount) in enumerate(given_)]
    used: dict[str, int] = {}
    for shop, amount in asked:
        before = suspended_left(gifts, used, shop)
        try:
            parts = draw(gifts, used, shop=shop, amount=amount)
        except SolidarityRefusal:
            assert amount > before
            continue
        assert sum(part.amount for part in parts) == amount
        for part in parts:
            used[part.gift] = used.get(part.gift, 0) + part.amount
        assert suspended_left(gifts, used, shop) == before - amount >= 0
        own = [gift for gift in gifts if gift.shop == shop and gift.amount]
        open_ = [used.get(gift.key, 0) < gift.amount for gift in own]
        assert open_ == sorted(open_)  # none is touched before all earlier ones are used up
        touched = [gift.key in used for gift in own]
        assert touched == sorted(touched, reverse=True)
