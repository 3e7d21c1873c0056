"""Contracts that hand money to each other: chains, and circles refused or settled with a proof."""

from __future__ import annotations

import dataclasses
import datetime as dt
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reciprocity_support import SINCE, UNTIL, Reference

from chambre.lib.reciprocity import (
    Composition,
    Contract,
    Fact,
    ReciprocityRefusal,
    compose,
    read,
    read_data,
    run,
)


def sale(number: int, resource: str, amount: int) -> Fact:
    day = SINCE + dt.timedelta(days=number % 365)
    return Fact(f"v{number:05d}", day, "sale", resource, amount=amount, unit="EUR")


def passing(slug: str, upstream: str, share: str, *, own: str = "") -> Contract:
    """A contract that hands a share upstream and gives the rest to somebody."""
    steps = f'[[step]]\nname = "amont"\nhow = "upstream"\nshare = "{share}"\nto = "{upstream}"\n'
    if own:
        steps += f'[[step]]\nname = "ici"\nhow = "fixed"\nto = "{own}"\n'
    return read(f'slug = "c-{slug}"\nresources = ["{slug}"]\n{steps}')


def holds(found: Composition) -> None:
    assert found.income == found.distributed + found.kept
    handed = sum(flow.amount for flow in found.flows)
    assert found.distributed == sum(each.distributed for each in found.outcomes) - handed
    for outcome in found.outcomes:
        assert outcome.income == outcome.distributed + outcome.kept


def test_what_goes_upstream_is_income_there() -> None:
    contracts = [
        passing("pain", "farine", "10%", own="boulangerie"),
        passing("farine", "semence", "50%", own="meunier"),
    ]
    found = compose(contracts, [sale(1, "pain", 10_001), sale(2, "farine", 500)], SINCE, UNTIL)
    holds(found)
    assert [(f.source, f.target, f.amount) for f in found.flows] == [("c-pain", "c-farine", 1000)]
    flour = found.outcome("c-farine")
    assert flour.income == 1500
    assert {line.to: line.amount for line in flour.lines} == {"semence": 750, "meunier": 750}
    assert flour.lines[0].because == ("c-pain/amont/farine", "v00002")
    assert (found.income, found.distributed, found.kept) == (10_501, 10_501, 0)


def random_chain(random: Random, size: int) -> list[Contract]:
    """Contracts each of which may hand money to some of those that follow."""
    contracts = []
    for number in range(size):
        following = [f"r{at}" for at in range(number + 1, min(number + 4, size))]
        steps = [
            {"name": "s0", "how": "fixed", "share": "1/7", "to": {"ana": 3, "bo": 2, "eva": 2}},
            {
                "name": "s1",
                "how": "contribution",
                "share": "30%",
                "count": [{"unit": "h", "rate": 2500}, {"unit": "EUR"}],
            },
        ]
        if following:
            to = {name: random.randint(1, 9) for name in following}
            share = random.choice(["50%", "1/3", "100%", "33.3%"])
            steps.append({"name": "s2", "how": "upstream", "share": share, "to": to})
        steps.append({"name": "s3", "how": "equal", "share": "50%"})
        rounding = random.choice(["largest-remainder", "cumulative"])
        contracts.append(
            read_data(
                {
                    "slug": f"c{number}",
                    "resources": [f"r{number}"],
                    "rounding": rounding,
                    "step": steps,
                }
            )
        )
    return contracts


def test_a_chain_of_fifty_is_what_the_slow_reading_says() -> None:
    random = Random(20_250_101)
    contracts = random_chain(random, 50)
    facts = [sale(number, f"r{number % 50}", random.randint(1, 9999)) for number in range(10_000)]
    facts += [
        Fact(f"h{number}", SINCE, "contribution", f"r{number % 50}", who, unit="h", quantity=q)
        for number, who, q in (
            (n, random.choice(["ana", "bo", "dris"]), random.randint(1, 10**7)) for n in range(300)
        )
    ]
    found = compose(contracts, facts, SINCE, UNTIL)
    holds(found)
    assert found.income == sum(fact.amount for fact in facts)
    by_resource: dict[str, list[Fact]] = {f"r{number}": [] for number in range(50)}
    for fact in facts:
        by_resource[fact.resource].append(fact)
    for number, contract in enumerate(contracts):
        expected, kept = Reference(contract, by_resource[f"r{number}"]).flow()
        outcome = found.outcome(contract.slug)
        assert {(line.clause, line.to): line.amount for line in outcome.lines} == expected
        assert outcome.kept == kept
        for (clause, name), amount in expected.items():
            if clause == "s2":
                flow = Fact(f"{number}-{name}", UNTIL, "transfer", name, "", name, amount, "EUR")
                by_resource[name].append(flow)


@settings(max_examples=100, deadline=None, database=None)
@given(st.integers(0, 2**48))
def test_the_order_of_contracts_and_facts_changes_nothing(seed: int) -> None:
    random = Random(seed)
    contracts = random_chain(random, random.randint(1, 8))
    facts = [sale(n, f"r{random.randrange(8)}", random.randint(-99, 9999)) for n in range(30)]
    found = compose(contracts, facts, SINCE, UNTIL)
    holds(found)
    random.shuffle(contracts)
    random.shuffle(facts)
    again = compose(contracts, facts, SINCE, UNTIL)
    assert {each.contract: each for each in again.outcomes} == {
        each.contract: each for each in found.outcomes
    }


def test_one_contract_alone_is_what_run_says() -> None:
    contract = dataclasses.replace(passing("pain", "farine", "10%"), resources=("*",))
    facts = [sale(1, "pain", 1000), sale(2, "", 10)]
    (outcome,) = compose([contract], facts, SINCE, UNTIL).outcomes
    assert outcome == run(contract, facts, SINCE, UNTIL)


def test_circles_are_refused_by_name() -> None:
    contracts = [passing("a", "b", "50%"), passing("b", "c", "50%"), passing("c", "a", "50%")]
    with pytest.raises(ReciprocityRefusal) as caught:
        compose(contracts, [sale(1, "a", 100)], SINCE, UNTIL)
    assert caught.value.code == "cycle"
    assert caught.value.data["path"] == "c-a → c-b → c-c → c-a"


def test_a_circle_is_settled_with_its_bound_when_that_is_asked() -> None:
    contracts = [
        passing("a", "b", "50%", own="ana"),
        passing("b", "a", "40%", own="bo"),
    ]
    facts = [sale(1, "a", 100_000)]
    found = compose(contracts, facts, SINCE, UNTIL, settle_circles=True)
    holds(found)
    # x = 100 000 + y · 0.4, y = x · 0.5 → x = 125 000, y = 62 500
    assert found.outcome("c-a").income == 125_000
    assert found.outcome("c-b").income == 62_500
    assert {line.to: line.amount for each in found.outcomes for line in each.lines} == {
        "b": 62_500,
        "ana": 62_500,
        "a": 25_000,
        "bo": 37_500,
    }
    (circle,) = found.circles
    assert circle.path == ("c-a", "c-b", "c-a")
    assert (circle.after, circle.bound) == (1, Fraction(1, 2))
    assert circle.rounds == 1
    assert found.distributed == 100_000


def test_the_bound_sees_round_a_contract_that_passes_everything() -> None:
    contracts = [passing("a", "b", "100%"), passing("b", "a", "40%", own="bo")]
    found = compose(contracts, [sale(1, "a", 60_000)], SINCE, UNTIL, settle_circles=True)
    holds(found)
    (circle,) = found.circles
    assert (circle.after, circle.bound) == (2, Fraction(2, 5))
    assert found.outcome("c-a").income == 100_000
    assert {line.to for line in found.outcome("c-b").lines} == {"a", "bo"}
    assert found.distributed == 60_000


def test_what_a_sure_step_takes_counts_for_the_bound() -> None:
    text = (
        'slug = "c-a"\nresources = ["a"]\n'
        '[[step]]\nname = "ici"\nhow = "fixed"\nshare = "60%"\nto = "ana"\n'
        '[[step]]\nname = "soi"\nhow = "upstream"\nto = "a"\n'
    )
    found = compose([read(text)], [sale(1, "a", 600)], SINCE, UNTIL, settle_circles=True)
    holds(found)
    assert found.outcome("c-a").income == 1000
    assert found.circles[0].bound == Fraction(2, 5)
    assert found.distributed == 600


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("", "no-contraction"),
        ('[[step]]\nname = "x"\nhow = "claims"\namounts = { ana = 5 }\n', "no-contraction"),
        ('[[step]]\nname = "x"\nhow = "keep"\nshare = "1%"\nat_least = 5\n', "circle-jumps"),
    ],
)
def test_what_cannot_be_proved_to_settle_is_refused(first: str, code: str) -> None:
    text = f'slug = "c-a"\nresources = ["a"]\n{first}[[step]]\nname = "s"\nhow = "upstream"\nto = "a"\n'
    with pytest.raises(ReciprocityRefusal) as caught:
        compose([read(text)], [sale(1, "a", 600)], SINCE, UNTIL, settle_circles=True)
    assert caught.value.code == code


@settings(max_examples=150, deadline=None, database=None)
@given(st.integers(0, 2**48))
def test_settled_circles_lose_nothing_and_are_fixed_points(seed: int) -> None:
    random = Random(seed)
    size = random.randint(1, 5)
    names = [f"r{number}" for number in range(size)]
    contracts = [
        passing(
            name,
            random.choice(names),
            random.choice(["10%", "1/3", "66.6%", "90%"]),
            own=random.choice(["", "ana"]),
        )
        for name in names
    ]
    facts = [sale(n, random.choice(names), random.randint(1, 99_999)) for n in range(6)]
    found = compose(contracts, facts, SINCE, UNTIL, settle_circles=True)
    holds(found)
    for contract in contracts:  # each is what it would be alone with what it received
        received = [
            Fact(f.id, UNTIL, "transfer", f.resource, "", f.resource, f.amount, "EUR")
            for f in found.flows
            if f.target == contract.slug
        ]
        assert run(contract, [*facts, *received], SINCE, UNTIL) == found.outcome(contract.slug)


def test_contracts_that_do_not_go_together_are_refused() -> None:
    one = passing("a", "b", "50%")
    for other, code in (
        (dataclasses.replace(one, slug="c-b"), "two-contracts"),
        (dataclasses.replace(one, resources=("b",)), "contract-twice"),
        (dataclasses.replace(one, slug="c-b", resources=("*",)), "any-resource"),
        (dataclasses.replace(one, slug="c-b", resources=("b",), unit="USD"), "units-differ"),
    ):
        with pytest.raises(ReciprocityRefusal) as caught:
            compose([one, other], [], SINCE, UNTIL)
        assert caught.value.code == code
    with pytest.raises(ReciprocityRefusal) as caught:
        compose([one, passing("b", "z", "50%")], [sale(1, "", 100)], SINCE, UNTIL)
    assert caught.value.code == "income-nowhere"


def test_a_contract_that_is_not_in_force_receives_nothing() -> None:
    later = read(
        'slug = "c-b"\nresources = ["b"]\n[term]\nsince = 2026-01-01\n'
        '[[step]]\nname = "s"\nhow = "keep"\n'
    )
    found = compose([passing("a", "b", "50%"), later], [sale(1, "a", 100)], SINCE, UNTIL)
    holds(found)
    assert not found.flows
    assert found.outcome("c-b").income == 0
    assert found.distributed == 50
