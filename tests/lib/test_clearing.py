"""Debts set off around rings: the most that is possible, exact, and the same for every order."""

from __future__ import annotations

import random

import pytest
from clearing_support import hold, random_debts, scale_free_debts, slow_largest
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.clearing import ClearingRefusal, MemberRing, Obligation, PotSize, pot_table, solve

NAMES = st.sampled_from(["ada", "bruno", "chloe", "dris", "elsa", "farid"])


@st.composite
def debts(draw: st.DrawFn) -> list[Obligation]:
    """Up to twenty debts among six."""
    pairs = draw(
        st.lists(
            st.tuples(NAMES, NAMES, st.integers(1, 10**12)).filter(lambda each: each[0] != each[1]),
            max_size=20,
        )
    )
    return [Obligation(f"o{place}", *pair) for place, pair in enumerate(pairs)]


def owe(*lines: str) -> list[Obligation]:
    """``"a b 100"``: a owes b 100 cents; named by their place."""
    found = []
    for place, line in enumerate(lines):
        debtor, creditor, amount = line.split()
        found.append(Obligation(f"o{place}", debtor, creditor, int(amount)))
    return found


def cleared(result: object) -> list[int]:
    return [each.cleared for each in result.obligations]  # type: ignore[attr-defined]


def test_three_who_owe_one_another_in_a_ring() -> None:
    result = solve(owe("a b 100", "b c 70", "c a 90"))

    assert cleared(result) == [70, 70, 70]
    assert [each.left for each in result.obligations] == [30, 0, 20]
    assert result.rings == (MemberRing(("a", "b", "c"), 70),)
    assert (result.total, result.cleared, result.bound) == (260, 210, 210)


def test_a_long_ring_is_preferred_to_a_short_one_that_stands_in_its_way() -> None:
    """Setting a and b off against each other would free 20; around all four, 40 are freed."""
    result = solve(owe("a b 10", "b a 10", "b c 10", "c d 10", "d a 10"))

    assert result.cleared == 40
    assert result.rings == (MemberRing(("a", "b", "c", "d"), 10),)


def test_a_chain_that_does_not_close_frees_nothing() -> None:
    result = solve(owe("a b 100", "b c 100"))

    assert (result.cleared, result.rings) == (0, ())


def test_nothing_owed_is_nothing_cleared() -> None:
    result = solve([])

    assert (result.total, result.cleared, result.obligations, result.rings) == (0, 0, (), ())


@pytest.mark.parametrize("make", [random_debts, scale_free_debts])
def test_as_much_as_a_slow_solver_finds_on_a_thousand_graphs(make: object) -> None:
    for seed in range(500):
        owed = make(seed)  # type: ignore[operator]
        result = solve(owed)

        assert result.cleared == slow_largest(owed), seed
        assert result.exact, seed
        hold(result, owed)


def test_a_graph_of_some_size_comes_with_its_proof() -> None:
    owed = scale_free_debts(7, members=800, count=6000)
    result = solve(owed)

    assert result.exact
    assert result.cleared > 0
    hold(result, owed)


@given(debts(), st.randoms(use_true_random=False))
@settings(deadline=None)  # a clock says nothing on a full machine
def test_the_order_of_the_lines_does_not_matter(owed: list[Obligation], rng: random.Random) -> None:
    other = owed[:]
    rng.shuffle(other)

    for options in ({}, {"fair": True}, {"max_ring": 3}, {"liquidity": 1000}):
        assert solve(other, **options) == solve(owed, **options)  # type: ignore[arg-type]


@given(debts())
@settings(deadline=None)
def test_nobody_has_more_or_less_afterwards(owed: list[Obligation]) -> None:
    for options in ({}, {"fair": True}, {"max_ring": 2}, {"max_ring": 4}, {"liquidity": 5}):
        hold(solve(owed, **options), owed)  # type: ignore[arg-type]


def test_between_the_same_two_the_first_name_is_set_off_first() -> None:
    result = solve(owe("a b 60", "a b 40", "b a 70"))

    assert cleared(result) == [60, 10, 70]


def test_or_each_by_its_share_when_it_shall_be_even() -> None:
    result = solve(owe("a b 60", "a b 40", "b a 70"), fair=True)

    assert cleared(result) == [42, 28, 70]


def test_alternatives_that_tie_get_the_same_share() -> None:
    """b owes a hundred each to c, d and e, and only a hundred come around."""
    owed = owe("a b 100", "b c 100", "c a 100", "b d 100", "d a 100", "b e 200", "e a 200")

    assert cleared(solve(owed, fair=True)) == [100, 25, 25, 25, 25, 50, 50]
    assert solve(owed, fair=True).cleared == solve(owed).cleared == 300


@given(debts())
@settings(max_examples=60, deadline=None)
def test_even_is_never_less_and_never_less_even(owed: list[Obligation]) -> None:
    plain, even = solve(owed), solve(owed, fair=True)

    assert even.cleared == plain.cleared
    sums: list[float] = []
    for result in (plain, even):
        between: dict[tuple[str, str], list[int]] = {}
        for debt, part in zip(
            sorted(owed, key=lambda one: one.id), result.obligations, strict=True
        ):
            pair = between.setdefault((debt.debtor, debt.creditor), [0, 0])
            pair[0] += part.cleared
            pair[1] += debt.amount
        sums.append(sum(flow * flow / cap for flow, cap in between.values()))
    assert sums[1] <= sums[0] * (1 + 1e-4) + 1


def test_only_what_is_owed_among_members_counts() -> None:
    owed = owe("a b 10", "b a 10", "b c 10", "c a 10")

    assert cleared(solve(owed, members={"a", "b"})) == [10, 10, 0, 0]


def test_what_somebody_refused_stays_and_the_rest_is_computed_without_it() -> None:
    owed = owe("a b 10", "b a 10", "b c 10", "c a 10")

    assert solve(owed).cleared == 30
    result = solve(owed, refused={"o2"})
    assert cleared(result) == [10, 10, 0, 0]
    assert result.exact


def test_rings_of_two_are_what_each_pair_owes_each_other() -> None:
    owed = owe("a b 10", "b a 7", "b c 5", "c a 5", "c b 3")
    result = solve(owed, max_ring=2)

    assert cleared(result) == [7, 7, 3, 0, 3]
    assert result.exact


def test_rings_of_a_few_members_are_short_and_add_up() -> None:
    for seed in range(120):
        owed = random_debts(seed)
        most = solve(owed).cleared
        for limit in (3, 4, 6):
            result = solve(owed, max_ring=limit)
            hold(result, owed)
            assert all(len(ring.members) <= limit for ring in result.rings)
            # The program over all rings is rounded down: a few cents for each ring at the most.
            assert result.bound - result.cleared <= 40 * limit, (seed, limit)
            assert result.bound <= most


def test_with_as_many_members_as_there_are_nothing_is_lost() -> None:
    for seed in range(60):
        owed = random_debts(seed, members=7)
        result = solve(owed, max_ring=7)
        assert solve(owed).cleared - result.cleared <= 7 * 40


def test_where_all_rings_are_too_many_they_are_taken_until_none_is_left() -> None:
    owed = random_debts(3, members=300, count=3)
    rng = random.Random(11)
    owed = [
        Obligation(
            f"o{place}", *(f"m{each}" for each in rng.sample(range(150), 2)), rng.randint(1, 999)
        )
        for place in range(4000)
    ]
    result = solve(owed, max_ring=4)

    hold(result, owed)
    assert all(len(ring.members) <= 4 for ring in result.rings)
    assert result.cleared * 4 >= result.bound
    left = [
        Obligation(each.id, each.debtor, each.creditor, part.left)
        for each, part in zip(sorted(owed, key=lambda one: one.id), result.obligations, strict=True)
        if part.left
    ]
    assert solve(left, max_ring=4).cleared == 0


def test_a_pot_closes_a_chain_and_is_whole_again() -> None:
    """a owes b, b owes c: the pot lends a 60, c leaves 60 with it."""
    owed = owe("a b 100", "b c 80")
    result = solve(owed, liquidity=60)

    assert cleared(result) == [60, 60]
    assert result.pot is not None
    assert [(loan.member, loan.amount) for loan in result.pot.lent] == [("a", 60)]
    assert [(loan.member, loan.amount) for loan in result.pot.returned] == [("c", 60)]
    assert result.pot.more == 120
    assert result.rings == (MemberRing(("a", "b", "c", "pot"), 60),)
    assert result.exact


def test_a_pot_lends_no_more_than_frees_something() -> None:
    result = solve(owe("a b 100", "b c 80"), liquidity=10**9)

    assert result.pot is not None
    assert sum(loan.amount for loan in result.pot.lent) == 100
    assert result.cleared == 180


@given(debts(), st.integers(1, 10**12), st.integers(1, 10**12))
@settings(deadline=None)
def test_more_liquidity_frees_more_but_each_cent_less(
    owed: list[Obligation], little: int, more: int
) -> None:
    first, second = solve(owed, liquidity=little), solve(owed, liquidity=little + more)
    none = solve(owed)

    for result in (first, second):
        hold(result, owed)
        assert result.exact
        assert result.pot is not None
        assert result.pot.more == result.cleared - none.cleared
        lent = sum(loan.amount for loan in result.pot.lent)
        assert lent == sum(loan.amount for loan in result.pot.returned) <= little + more
    assert second.cleared >= first.cleared >= none.cleared
    assert (second.cleared - first.cleared) * little <= (first.cleared - none.cleared) * more


def test_where_rings_are_small_so_are_the_chains_of_the_pot() -> None:
    """The ring is of three; of the chain a → x → y → z, two obligations at most go through the pot."""
    owed = owe("a b 10", "b c 10", "c a 10", "a x 50", "x y 40", "y z 40")
    result = solve(owed, max_ring=3, liquidity=30)

    assert cleared(result) == [10, 10, 10, 30, 30, 0]
    assert result.rings == (MemberRing(("a", "x", "y", "pot"), 30), MemberRing(("a", "b", "c"), 10))
    assert result.pot is not None
    assert result.pot.more == 60
    assert result.exact


def test_a_table_says_what_pots_of_several_sizes_would_free() -> None:
    owed = owe("a b 100", "b c 80", "x y 50")

    assert pot_table(owed, [1000, 60, 120]) == [
        PotSize(60, 60, 120), PotSize(120, 120, 200), PotSize(1000, 150, 230),
    ]  # fmt: skip
    for size in (60, 120, 1000):
        for ring in (None, 2, 3):
            result = solve(owed, liquidity=size, max_ring=ring)
            assert result.pot is not None
            lent = sum(loan.amount for loan in result.pot.lent)
            assert pot_table(owed, [size], max_ring=ring) == [PotSize(size, lent, result.pot.more)]


@given(debts(), st.integers(2, 5), st.integers(1, 10**12))
@settings(deadline=None)
def test_small_rings_and_a_pot_together(owed: list[Obligation], most: int, lends: int) -> None:
    without, result = solve(owed, max_ring=most), solve(owed, max_ring=most, liquidity=lends)

    hold(result, owed)
    assert result.pot is not None
    assert all(len(set(ring.members) - {result.pot.name}) <= most for ring in result.rings)
    assert all(len(set(ring.members)) == len(ring.members) for ring in result.rings)
    assert result.pot.more == result.cleared - without.cleared
    assert without.cleared <= result.cleared <= result.bound
    lent = sum(loan.amount for loan in result.pot.lent)
    assert lent == sum(loan.amount for loan in result.pot.returned) <= lends


@pytest.mark.parametrize(
    ("owed", "options", "code"),
    [
        ([Obligation("x", "a", "b", 0)], {}, "amount"),
        ([Obligation("x", "a", "b", 1.5)], {}, "amount"),  # type: ignore[arg-type]
        ([Obligation("x", "a", "a", 5)], {}, "self"),
        ([Obligation("x", "", "a", 5)], {}, "nobody"),
        (owe("a b 1") * 2, {}, "twice"),
        (owe(f"a b {2**60}", "b a 1"), {}, "too-much"),
        (owe("a b 1"), {"max_ring": 1}, "ring"),
        (owe("a b 1"), {"liquidity": -1}, "liquidity"),
        (owe("a b 1"), {"liquidity": 5, "fair": True}, "both"),
        (owe("a b 1"), {"max_ring": 3, "fair": True}, "both"),
    ],
)
def test_what_makes_no_sense_is_refused(owed: list[Obligation], options: dict, code: str) -> None:
    with pytest.raises(ClearingRefusal) as refused:
        solve(owed, **options)

    assert refused.value.code == code
    assert refused.value.fr != refused.value.en
