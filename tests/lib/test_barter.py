"""Barter in rings: most people served, proved against trying everything; whatever the order."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.barter import Aim, BarterRefusal, Wish, read_wishes, rings, suits
from chambre.lib.barter.bounds import assignment, certified
from chambre.lib.barter.cycles import ABSENT, rings_up_to, strong_parts
from chambre.lib.barter.exact import best_rings
from chambre.lib.barter.likely import Likely, packed
from chambre.lib.barter.many import rings_of_many
from chambre.lib.barter.renewing import Renewing


def wish(person: str, category: str, value: int | None = None, **more) -> Wish:
    return Wish(f"{person}-{category}", person, category, value, **more)


def market(*lines: str) -> tuple[list[Wish], list[Wish]]:
    """« ada gives bread needs honey »."""
    offers, needs = [], []
    for line in lines:
        person, _gives, offered, _needs, needed = line.split()
        offers.append(wish(person, offered))
        needs.append(wish(person, needed))
    return offers, needs


@st.composite
def graphs(draw, most: int = 6):
    people = draw(st.integers(2, most))
    cell = st.integers(ABSENT, 5)
    rows = draw(st.lists(cell, min_size=people**2, max_size=people**2))
    weights = np.array(rows, np.int64).reshape(people, people)
    np.fill_diagonal(weights, ABSENT)
    return weights


def by_trying_everything(weights: np.ndarray, longest: int) -> int:
    """The most that rings without common people are worth, by trying all."""
    people = len(weights)
    worth: dict[int, int] = {}
    for size in range(2, longest + 1):
        for ring in itertools.permutations(range(people), size):
            gifts = [weights[one, two] for one, two in zip(ring, (*ring[1:], ring[0]), strict=True)]
            if ring[0] == min(ring) and min(gifts) >= 0:
                mask = sum(1 << one for one in ring)
                worth[mask] = max(worth.get(mask, 0), int(sum(gifts)))
    best = {0: 0}
    for mask, more in sorted(worth.items()):
        for taken, before in list(best.items()):
            if not taken & mask:
                best[taken | mask] = max(best.get(taken | mask, 0), before + more)
    return max(best.values())


def hard_graph(people: int, gifts: int, seed: int) -> np.ndarray:
    """Everybody gives to some others, chosen by chance."""
    chance = np.random.default_rng(seed)
    weights = np.where(chance.random((people, people)) < gifts / people, 1, ABSENT).astype(np.int64)
    np.fill_diagonal(weights, ABSENT)
    return weights


def test_three_people_who_could_never_swap_by_two_are_served_in_a_ring():
    found = rings(
        *market("ada gives bread needs honey", "bruno gives wood needs bread",
                "chloe gives honey needs wood", "dris gives songs needs gold")
    )  # fmt: skip

    assert [[(g.giver, g.taker, g.offer.category) for g in ring] for ring in found.rings] == [
        [("ada", "bruno", "bread"), ("bruno", "chloe", "wood"), ("chloe", "ada", "honey")]
    ]
    assert (found.served, found.bound, found.proved) == (3, 3, True)


def test_a_ring_is_not_longer_than_people_want():
    lines = [f"p{one} gives thing{one} needs thing{(one - 1) % 5}" for one in range(5)]

    assert rings(*market(*lines), longest=4).served == 0
    assert rings(*market(*lines), longest=5).served == 5


def test_most_people_are_served_even_where_the_first_swap_found_is_a_trap():
    # Ada and Bruno could swap at once; then Chloé and Dris would get nothing.
    offers = [
        wish("ada", "bread"),
        wish("bruno", "wood"),
        wish("chloe", "honey"),
        wish("dris", "wool"),
    ]
    needs = [
        wish("ada", "wood"), wish("ada", "honey"), wish("bruno", "bread"), wish("bruno", "wool"),
        wish("chloe", "bread"), wish("dris", "wood"),
    ]  # fmt: skip

    found = rings(offers, needs)

    assert found.served == 4
    assert sorted(len(ring) for ring in found.rings) == [2, 2]


def test_by_value_the_dearer_ring_goes_first():
    offers = [wish("ada", "bread", 500), wish("bruno", "wood", 9_000), wish("chloe", "honey", 700)]
    needs = [
        wish("ada", "wood"),
        wish("ada", "honey"),
        wish("bruno", "bread"),
        wish("chloe", "bread"),
    ]

    found = rings(offers, needs, aim=Aim.VALUE)

    assert [gift.giver for gift in found.rings[0]] == ["ada", "bruno"]
    assert (found.worth, found.bound) == (9_500, 9_500)


def test_a_gift_that_was_declined_is_not_proposed_again():
    offers, needs = market("ada gives bread needs wood", "bruno gives wood needs bread")

    assert rings(offers, needs, refused=[(offers[0].key, needs[1].key)]).served == 0


def test_the_order_of_the_lines_makes_no_difference():
    chance = random.Random(4)
    lines = [
        f"p{one:02} gives c{chance.randrange(9)} needs c{chance.randrange(9)}" for one in range(60)
    ]
    offers, needs = market(*lines)
    first = rings(offers, needs)

    for _again in range(3):
        chance.shuffle(offers)
        chance.shuffle(needs)
        assert rings(offers, needs) == first


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"category": "transport"}, False),
        ({"person": "ada"}, False),
        ({"place": "Valmère"}, True),
        ({"place": "Ailleurs"}, False),
        ({"words": "réparer un vélo"}, True),
        ({"words": "Vélos d’enfant"}, True),
        ({"words": "tondeuse"}, False),
        ({"first": dt.date(2026, 5, 31)}, True),
        ({"first": dt.date(2026, 6, 1)}, False),
        ({"quantity": 3}, True),
        ({"quantity": 4}, False),
    ],
)
def test_an_offer_suits_a_need_by_category_words_place_days_and_quantity(change, fits):
    offer = wish(
        "ada", "repair", words="Réparation de vélos", place="Valmère",
        first=dt.date(2026, 5, 1), last=dt.date(2026, 5, 31), quantity=3,
    )  # fmt: skip

    assert suits(offer, replace(wish("bruno", "repair"), **change)) is fits


@settings(max_examples=60, deadline=None)
@given(weights=graphs(), longest=st.integers(2, 5))
def test_the_rings_found_are_the_best_and_the_bound_is_their_worth(weights, longest):
    total = bound = 0
    for part in strong_parts(weights >= 0):
        small = weights[np.ix_(part, part)]
        found = best_rings(small, longest)
        people = [one for ring in found.rings for one in ring]
        assert len(people) == len(set(people))
        assert all(2 <= len(ring) <= longest for ring in found.rings)
        total, bound = total + found.worth, bound + found.bound

    assert total == bound == by_trying_everything(weights, longest)


@settings(max_examples=60, deadline=None)
@given(weights=graphs(), longest=st.integers(2, 5), seed=st.integers(0, 999))
def test_no_rings_pass_the_bound_whatever_the_prices_are(weights, longest, seed):
    prices = np.random.default_rng(seed).random(len(weights)) * 3

    best = by_trying_everything(weights, longest)

    assert certified(weights, prices, longest)[0] >= best
    bound, proof = assignment(weights)
    assert bound >= best
    assert certified(weights, proof, longest)[0] <= max(bound, 0)


@settings(max_examples=40, deadline=None)
@given(weights=graphs())
def test_rings_of_any_length_reach_the_bound_of_the_assignment(weights):
    assert assignment(weights)[0] == by_trying_everything(weights, len(weights))


@settings(max_examples=40, deadline=None)
@given(weights=graphs(most=6), longest=st.integers(2, 5))
def test_all_short_rings_are_listed_once(weights, longest):
    listed, complete = rings_up_to(weights, longest, 10_000)
    found = [tuple(ring) for part in listed for ring in part.tolist()]
    true = {
        ring
        for size in range(2, longest + 1)
        for ring in itertools.permutations(range(len(weights)), size)
        if ring[0] == min(ring)
        and all(weights[one, two] >= 0 for one, two in zip(ring, (*ring[1:], ring[0]), strict=True))
    }

    assert complete
    assert len(found) == len(set(found))
    assert set(found) == true


def test_rings_that_were_not_listed_are_found_by_their_price(monkeypatch):
    weights = hard_graph(24, 5, 3)
    known = best_rings(weights, 4)
    monkeypatch.setattr("chambre.lib.barter.exact.MOST_LISTED", 3)

    again = best_rings(weights, 4)

    assert known.proved
    assert (again.worth, again.bound) == (known.worth, known.bound)


@pytest.mark.parametrize("gifts", [2, 4, 30])
def test_among_many_nobody_is_served_twice_and_the_bound_is_near(gifts):
    weights = hard_graph(400, gifts, 1)
    total = bound = 0
    for part in strong_parts(weights >= 0):
        small = weights[np.ix_(part, part)]
        found = rings_of_many(small, 4)
        people = [one for ring in found.rings for one in ring]
        assert len(people) == len(set(people)) == found.worth
        assert all(
            small[one, two] == 1
            for ring in found.rings
            for one, two in zip(ring, (*ring[1:], ring[0]), strict=True)
        )
        total, bound = total + found.worth, bound + found.bound

    assert bound >= total >= 0.9 * bound > 0


def test_in_a_dense_market_everybody_is_served_which_is_a_proof():
    weights = hard_graph(150, 20, 2)  # some 40,000 rings, of which only a part is packed

    found = best_rings(weights, 4)

    assert sorted(one for ring in found.rings for one in ring) == list(range(150))
    assert (found.worth, found.bound) == (150, 150)


def test_how_likely_a_ring_is_where_it_can_be_counted():
    # Swaps of four people who stand in a line: 0-1, 1-2, 2-3. Packings: none, each alone, both ends.
    members = np.array([[0, 1], [1, 2], [2, 3]], np.int32)
    likely = Likely(members, np.zeros(3), 4, eager=1.0)

    assert likely.run(200) == pytest.approx([2 / 5, 1 / 5, 2 / 5])


def test_worths_that_differ_by_millions_leave_messages_numbers():
    members = np.array([[0, 1], [1, 2]], np.int32)

    assert packed(Likely(members, np.array([1.0, 1e6]), 3, 6.0), first=5, rounds=5, part=1) == [1]


def test_a_file_is_read_with_either_separator_and_accents():
    offers, needs = read_wishes(
        "person;kind;category;value\nChloé;offer;miel;700\nBruno;NEED;miel;\n\n".encode()
    )

    assert [(one.person, one.category, one.value) for one in offers] == [("Chloé", "miel", 700)]
    assert [(one.person, one.category, one.value) for one in needs] == [("Bruno", "miel", None)]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("person,kind\n", "columns", "category"),
        ("person,kind,category\nada,sells,x\n", "kind", "Line 2"),
        ("person,kind,category\nada,offer,\n", "empty", "Line 2: category"),
        ("person,kind,category,value\nada,offer,x,12.50\n", "value", "12.50"),
        ("person,kind,category,value\nada,offer,x,-1\n", "value", "-1"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text, code, said):
    with pytest.raises(BarterRefusal) as refused:
        read_wishes(text.encode())

    assert refused.value.code == code
    assert said in refused.value.en
    assert refused.value.fr != refused.value.en


def test_a_ring_of_one_is_refused():
    with pytest.raises(BarterRefusal, match="2 to 8"):
        rings([], [], longest=1)


@settings(max_examples=40, deadline=None)
@given(weights=graphs(7), longest=st.integers(2, 4), seed=st.integers(1, 5))
def test_renewed_rings_are_never_worse_nor_share_anybody(weights, longest, seed):
    rows, _complete = rings_up_to(weights, longest, 10_000)
    known = [tuple(ring) for part in rows for ring in part.tolist()]
    start = list(known[:1])
    renewing = Renewing(weights, known, start, seed)
    before = renewing.worth
    renewing.begin_anew()
    renewing.run(10**9, 2_000_000, 30)

    people = [person for ring in renewing.found for person in ring]
    gifts = [
        gift for ring in renewing.found for gift in zip(ring, (*ring[1:], ring[0]), strict=True)
    ]
    assert len(people) == len(set(people))
    assert renewing.worth == sum(int(weights[gift]) for gift in gifts) >= before
    assert renewing.worth <= by_trying_everything(weights, longest)


def test_rings_are_renewed_the_same_way_each_time():
    chance = np.random.default_rng(3)
    weights = np.where(chance.random((60, 60)) < 0.05, 1, ABSENT)
    np.fill_diagonal(weights, ABSENT)
    rows, _complete = rings_up_to(weights, 4, 10_000)
    known = [tuple(ring) for part in rows for ring in part.tolist()]

    def found(rings):
        renewing = Renewing(weights, rings, [])
        renewing.begin_anew()
        renewing.run(60, 2_000_000, 50)
        return renewing.found

    assert found(known) == found(known[::-1])
    assert len(found(known)) > 5
