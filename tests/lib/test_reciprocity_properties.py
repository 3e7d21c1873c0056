"""What holds for every contract and every history."""

from __future__ import annotations

import dataclasses
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from reciprocity_support import SINCE, UNTIL, Reference, random_contract, random_facts, short

from chambre.lib.reciprocity import Contract, Fact, Outcome, read, run, write

seeds = st.integers(min_value=0, max_value=2**48)
many = settings(max_examples=2000, deadline=None, database=None)


def story(seed: int, rounding: str = "") -> tuple[Random, Contract, list[Fact]]:
    random = Random(seed)
    contract = random_contract(random, rounding)
    return random, contract, random_facts(random, contract)


def computed(contract: Contract, facts: list[Fact]) -> Outcome:
    return run(contract, facts, SINCE, UNTIL)


@many
@given(seeds)
def test_every_history_keeps_what_was_promised(seed: int) -> None:
    """Four properties of one story, because making stories takes longer than computing them."""
    random, contract, facts = story(seed)
    outcome = computed(contract, facts)
    nothing_is_lost_or_made(outcome)
    bounds_are_kept(contract, outcome)
    who_gave_nothing_and_has_no_share_gets_nothing(contract, facts, outcome)
    random.shuffle(facts)
    assert computed(contract, facts) == outcome, "the order of facts changes something"


def nothing_is_lost_or_made(outcome: Outcome) -> None:
    assert outcome.income == outcome.distributed + outcome.kept
    assert outcome.distributed == sum(line.amount for line in outcome.lines)
    assert all(line.amount > 0 for line in outcome.lines)
    assert len({(line.clause, line.to) for line in outcome.lines}) == len(outcome.lines)
    assert outcome.kept >= 0 or outcome.income < 0
    if outcome.income <= 0:
        assert not outcome.lines
        assert outcome.kept == outcome.income


def bounds_are_kept(contract: Contract, outcome: Outcome) -> None:
    for step, trace in zip(contract.steps, outcome.trace, strict=True):
        lines = [line for line in outcome.lines if line.clause == step.name]
        paid = trace.facts["paid_before"]
        most = max(trace.meant, step.at_least or 0)
        assert trace.took <= min(most, trace.came)
        assert step.at_most is None or trace.took <= step.at_most
        assert step.cap is None or trace.took <= max(step.cap - paid, 0)
        own = {share.name: share.weight for share in step.each_caps}
        for line in lines:
            most_each = own.get(line.to, step.each_at_most)
            assert most_each is None or line.amount <= most_each
            assert step.smallest is None or line.amount >= step.smallest
        if step.at_least and trace.limit in ("share", "at-least"):
            assert trace.took >= step.at_least


def who_gave_nothing_and_has_no_share_gets_nothing(
    contract: Contract, facts: list[Fact], outcome: Outcome
) -> None:
    named = {name.name for step in contract.steps for name in (*step.to, *step.amounts)} | {
        "ana",
        "bo",
        "chloe",
    }
    for fact in facts:
        named |= {fact.giver} if fact.kind != "transfer" else set()
        named |= {fact.taker} if fact.kind == "declaration" else set()
    assert {line.to for line in outcome.lines} <= named
    for line in outcome.lines:
        step = contract.step(line.clause)
        if step.how in ("contribution", "costs"):
            assert line.because
            by_id = {fact.id: fact for fact in facts}
            assert {by_id[each].giver for each in line.because} == {line.to}


@many
@given(seeds)
def test_splitting_a_fact_in_two_changes_no_line(seed: int) -> None:
    random, contract, facts = story(seed)
    outcome = computed(contract, facts)
    if not facts:
        return
    fact = facts.pop(random.randrange(len(facts)))
    minor = random.randint(0, abs(fact.amount)) * (-1 if fact.amount < 0 else 1)
    pieces = random.randint(1, fact.quantity - 1) if fact.quantity > 1 else fact.quantity
    halves = [
        dataclasses.replace(fact, id=fact.id + "a", amount=minor, quantity=pieces),
        dataclasses.replace(
            fact,
            id=fact.id + "b",
            amount=fact.amount - minor,
            quantity=fact.quantity - pieces,
        ),
    ]
    if fact.unit != "EUR":
        halves = [half for half in halves if half.quantity]
    again = computed(contract, [*facts, *halves])
    assert short(again) == short(outcome)
    assert [dataclasses.replace(each, because=()) for each in again.owed_in_kind] == [
        dataclasses.replace(each, because=()) for each in outcome.owed_in_kind
    ]


@many
@given(seeds)
def test_a_copy_computes_alike(seed: int) -> None:
    _random, contract, facts = story(seed)
    copy = read(write(contract))
    assert copy == contract
    assert computed(copy, facts) == computed(contract, facts)


@many
@given(seeds, st.sampled_from(["largest-remainder", "cumulative"]))
def test_it_is_what_the_language_says_read_slowly(seed: int, rounding: str) -> None:
    _random, contract, facts = story(seed, rounding)
    outcome = computed(contract, facts)
    expected, kept = Reference(contract, facts).flow()
    assert {(line.clause, line.to): line.amount for line in outcome.lines} == expected
    assert outcome.kept == kept
