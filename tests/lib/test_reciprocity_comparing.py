"""What differs between two contracts and between two results."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reciprocity_support import random_contract

from chambre.lib.reciprocity import (
    Contract,
    Outcome,
    differences,
    digest,
    outcome_differences,
    read,
    read_facts,
    run,
)

FIRST = """
slug = "verger"
title = { fr = "Verger", en = "Orchard" }
[[class]]
name = "actifs"
all = [{ contributed = {} }]
[[use]]
kinds = ["study"]
[[step]]
name = "reserve"
how = "fund"
to = "reserve"
share = "10%"
[[step]]
name = "travail"
how = "contribution"
count = [{ unit = "h", rate = 2000 }]
share = "50%"
[[step]]
name = "garder"
how = "keep"
"""


def found(second: str) -> list[tuple[str, str, object, object]]:
    return [
        (each.path, each.kind, each.before, each.after)
        for each in differences(read(FIRST), read(second))
    ]


def test_words_that_changed_are_named_by_their_path() -> None:
    assert found(FIRST.replace('"50%"', '"60%"').replace("Orchard", "The orchard")) == [
        ("title.en", "changed", "Orchard", "The orchard"),
        ("step.travail.share", "changed", "50%", "60%"),
    ]
    assert found(FIRST.replace('share = "10%"', 'at_most = 5\nshare = "100%"')) == [
        ("step.reserve.share", "removed", "10%", None),
        ("step.reserve.at_most", "added", None, 5),
    ]


def test_steps_that_come_go_and_move() -> None:
    head, reserve, work, keep = FIRST.split("[[step]]")
    assert found("[[step]]".join([head, work, reserve, keep])) == [("step.travail", "moved", 2, 1)]
    assert found("[[step]]".join([head, work, keep])) == [
        (
            "step.reserve",
            "removed",
            {"name": "reserve", "how": "fund", "share": "10%", "to": ["reserve"]},
            None,
        )
    ]


def test_other_spellings_are_no_difference() -> None:
    assert not found(FIRST.replace('"50%"', '"1/2"').replace("[{ contributed", "[{contributed"))


@settings(max_examples=200, deadline=None, database=None)
@given(st.integers(0, 2**48), st.integers(0, 2**48))
def test_there_is_a_difference_when_the_digests_differ_and_only_then(a: int, b: int) -> None:
    first, second = random_contract(Random(a)), random_contract(Random(b))
    assert bool(differences(first, second)) == (digest(first) != digest(second))
    assert not differences(first, first)
    assert len(differences(second, first)) == len(differences(first, second))


def outcome(contract: Contract, hours: int) -> Outcome:
    table = (
        "id,date,kind,from,amount,unit,quantity\nv,2025-02-01,sale,ferme,100000,EUR,\n"
        f"a,2025-02-01,contribution,ana,,h,{hours}\nb,2025-02-01,contribution,bo,,h,10\n"
    )
    return run(contract, read_facts(table), dt.date(2025, 1, 1), dt.date(2025, 12, 31))


def test_results_are_compared_by_total_party_and_line() -> None:
    first = read(FIRST)
    second = read(FIRST.replace('"50%"', '"60%"'))
    changes = outcome_differences(outcome(first, 30), outcome(second, 30))
    assert [(each.to, each.before, each.after) for each in changes.totals] == [
        ("distributed", 55_000, 64_000),
        ("kept", 45_000, 36_000),
    ]
    assert [(each.clause, each.to, each.more) for each in changes.lines] == [
        ("travail", "ana", 6_750),
        ("travail", "bo", 2_250),
    ]
    assert [(each.to, each.more) for each in changes.parties] == [("ana", 6_750), ("bo", 2_250)]
    assert not outcome_differences(outcome(first, 30), outcome(first, 30))


def test_what_is_owed_is_compared_too() -> None:
    text = (
        FIRST
        + '[[counterpart]]\nname = "temps"\nkind = "hours"\ntrigger = "sale"\nof = ""\nrate = RATE\n'
    )
    two = [outcome(read(text.replace("RATE", rate)), 5) for rate in ('"0.001"', '"0.002"')]
    (change,) = outcome_differences(*two).owed
    assert (change.giver, change.clause, change.before, change.after) == (
        "ferme",
        "temps",
        "100",
        "200",
    )
    euro = read(FIRST)
    dollar = read('unit = "USD"\n' + FIRST)
    with pytest.raises(ValueError, match="USD"):
        outcome_differences(
            run(euro, [], dt.date(2025, 1, 1), dt.date(2025, 1, 2)),
            run(dollar, [], dt.date(2025, 1, 1), dt.date(2025, 1, 2)),
        )
