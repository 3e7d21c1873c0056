"""Each method, class and counterpart, on small histories with exact results."""

from __future__ import annotations

import datetime as dt

import pytest

from chambre.lib.reciprocity import (
    Fact,
    Outcome,
    Party,
    ReciprocityRefusal,
    answer,
    read,
    read_facts,
    run,
)
from chambre.lib.reciprocity.running import Computation
from chambre.lib.reciprocity.spans import add_months, turn_of, window_start

SINCE, UNTIL = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
HEAD = "id,date,kind,resource,from,to,amount,unit,quantity,note\n"
SALE = "v,2025-06-01,sale,,,,10000,EUR,,\n"


def outcome(text: str, table: str = SALE, parties: tuple[Party, ...] = ()) -> Outcome:
    contract = read('slug = "essai"\n' + text)
    return run(contract, read_facts(HEAD + table, unit=contract.unit), SINCE, UNTIL, parties)


def step(words: str) -> str:
    return f'[[step]]\nname = "un"\n{words}\n'


def lines(found: Outcome) -> dict[str, int]:
    return {line.to: line.amount for line in found.lines}


def limit(found: Outcome) -> str:
    return found.trace[0].limit


def test_costs_are_paid_back_once() -> None:
    table = (
        SALE + "c1,2024-03-01,cost,,ana,,3000,EUR,,\nc2,2025-03-01,cost,,bo,,1000,EUR,,\n"
        "p1,2025-02-01,repayment,,,ana,2000,EUR,,\n"
    )
    found = outcome(step('how = "costs"'), table)
    assert lines(found) == {"ana": 1000, "bo": 1000}
    assert limit(found) == "claims"
    assert found.lines[0].because == ("c1",)
    assert found.trace[0].facts["paid_before"] == 2000
    assert lines(outcome(step('how = "costs"\nlasting = "once"'), table)) == {"bo": 1000}


def test_too_little_for_costs_is_shared_in_proportion() -> None:
    table = SALE + "c1,2025-03-01,cost,,ana,,30000,EUR,,\nc2,2025-03-01,cost,,bo,,10000,EUR,,\n"
    assert lines(outcome(step('how = "costs"'), table)) == {"ana": 7500, "bo": 2500}


def test_a_fund_is_filled_to_its_target() -> None:
    table = SALE + (
        "t1,2024-12-31,transfer,,,reserve,7000,EUR,,\nt2,2025-03-01,transfer,,reserve,x,500,EUR,,\n"
    )
    found = outcome(step('how = "fund"\nto = "reserve"\ntarget = 9000'), table)
    assert lines(found) == {"reserve": 2500}
    assert (limit(found), found.trace[0].facts["level"], found.kept) == ("target", 6500, 7500)


DECLARED = (
    SALE + "d1,2025-12-01,declaration,,,ana,9000,EUR,,un\n"
    "d2,2025-12-01,declaration,,,bo,3000,EUR,,\nd3,2025-12-01,declaration,,,bo,900,EUR,,autre\n"
)


@pytest.mark.parametrize(
    ("over", "expected", "held"),
    [
        ("pro-rata", {"ana": 7500, "bo": 2500}, "share"),
        ("level", {"ana": 7000, "bo": 3000}, "share"),
        ("hold", {}, "held"),
    ],
)
def test_more_is_declared_than_there_is(over: str, expected: dict[str, int], held: str) -> None:
    found = outcome(step(f'how = "declared"\nover = "{over}"'), DECLARED)
    assert lines(found) == expected
    assert limit(found) == held


def test_who_declares_gets_no_more_than_they_declared() -> None:
    found = outcome(step('how = "declared"\nto = "bo"'), DECLARED)
    assert lines(found) == {"bo": 3000}
    assert found.lines[0].because == ("d2",)


def test_equal_goes_to_who_took_part_or_is_named() -> None:
    table = SALE + (
        "h1,2025-05-01,contribution,,bo,,,h,1,\nh2,2024-05-01,contribution,,chloe,,,h,1,\n"
    )
    assert lines(outcome(step('how = "equal"'), table)) == {"bo": 10_000}
    assert lines(outcome(step('how = "equal"\nmonths = "ever"'), table)) == {
        "bo": 5000,
        "chloe": 5000,
    }
    assert lines(outcome(step('how = "equal"\nto = ["ana", "everyone"]'), table)) == {
        "ana": 5000,
        "bo": 5000,
    }


def test_classes_share_their_weight_and_empty_ones_give_it_back() -> None:
    text = (
        '[[class]]\nname = "aucun"\nall = [{ status = "x" }]\n'
        '[[class]]\nname = "duo"\nall = [{ named = ["ana", "bo"] }]\n'
        + step('how = "fixed"\nto = { duo = 2, chloe = 1, aucun = 1 }')
    )
    found = outcome(text)
    assert lines(found) == {"ana": 2500, "bo": 2500, "chloe": 2500}
    assert found.kept == 2500


def test_floors_and_ceilings() -> None:
    fixed = 'how = "fixed"\nto = "ana"\n'
    assert lines(outcome(step(fixed + 'share = "10%"\nat_least = 4000'))) == {"ana": 4000}
    assert limit(outcome(step(fixed + 'share = "10%"\nat_least = 4000'))) == "at-least"
    assert lines(outcome(step(fixed + "at_least = 20000"))) == {"ana": 10_000}
    assert limit(outcome(step(fixed + "at_most = 300"))) == "at-most"
    paid = SALE + "p,2024-01-01,repayment,,,ana,4900,EUR,,un\n"
    capped = outcome(step(fixed + "cap = 5000"), paid)
    assert (lines(capped), limit(capped)) == ({"ana": 100}, "cap")


def test_what_one_cannot_take_goes_to_the_others() -> None:
    words = 'how = "fixed"\nto = { ana = 8, bo = 1, chloe = 1 }\neach_at_most = { ana = 2000 }'
    assert lines(outcome(step(words))) == {"ana": 2000, "bo": 4000, "chloe": 4000}
    everyone = step('how = "fixed"\nto = { ana = 8, bo = 1 }\neach_at_most = 3000')
    found = outcome(everyone)
    assert (lines(found), found.kept, limit(found)) == (
        {"ana": 3000, "bo": 3000},
        4000,
        "parties",
    )


def test_of_the_income_and_of_the_rest() -> None:
    text = step('how = "fixed"\nto = "ana"\nshare = "60%"') + (
        '[[step]]\nname = "deux"\nhow = "fixed"\nto = "bo"\nshare = "50%"\nof = "income"\n'
    )
    found = outcome(text)
    assert lines(found) == {"ana": 6000, "bo": 4000}
    assert [trace.limit for trace in found.trace] == ["share", "rest"]


def test_no_income_or_less_distributes_nothing() -> None:
    text = step('how = "fixed"\nto = "ana"')
    for table, income in (("", 0), (SALE + "r,2025-07-01,sale,,,,-12000,EUR,,\n", -2000)):
        found = outcome(text, table)
        assert (found.income, found.distributed, found.kept) == (income, 0, income)
        assert limit(found) == "nothing"


def test_the_term_bounds_the_income() -> None:
    text = "[term]\nsince = 2025-06-02\n" + step('how = "fixed"\nto = "ana"')
    assert outcome(text).income == 0


def test_income_in_another_unit_is_refused() -> None:
    contract = read('slug = "essai"\n' + step('how = "keep"'))
    dollars = [Fact("d", dt.date(2025, 5, 1), "sale", amount=5, unit="USD")]
    with pytest.raises(ReciprocityRefusal) as caught:
        run(contract, dollars, SINCE, UNTIL)
    assert caught.value.code == "unit"
    assert "d" in caught.value.fr
    with pytest.raises(ReciprocityRefusal):
        run(contract, [], UNTIL, SINCE)


@pytest.mark.parametrize(
    ("test", "members"),
    [
        ('{ named = "bo" }', {"bo"}),
        ('{ status = ["ess", "public"] }', {"ana", "chloe"}),
        ("{ size_at_most = 10 }", {"ana"}),
        ("{ size_at_least = 11 }", {"bo"}),
        ('{ territory = "59*" }', {"bo"}),
        ("{ member_months = 12 }", {"ana", "bo"}),
        ("{ member_months = 13 }", {"bo"}),
        ('{ contributed = { at_least = "1.5", unit = "h" } }', {"ana", "bo"}),
        ('{ contributed = { at_least = "1.51", unit = "h" } }', {"bo"}),
        ('{ contributed = { unit = "h", months = 7 } }', {"ana"}),
        ('{ contributed = { at_least = 5, unit = "EUR" } }', {"chloe"}),
        ('{ contributed = { at_least = "5.01", unit = "EUR" } }', set()),
        ("{ contributed = {} }", {"ana", "bo", "chloe"}),
        ('{ used = { unit = "diffusion" } }', {"dris"}),
    ],
)
def test_eligibility(test: str, members: set[str]) -> None:
    text = f'[[class]]\nname = "k"\nall = [{test}]\n' + step('how = "fixed"\nto = "k"')
    table = SALE + (
        "h1,2025-06-01,contribution,,ana,,,h,1.5,\nh2,2025-05-31,contribution,,bo,,,h,1.6,\n"
        "h3,2025-05-31,contribution,,chloe,,500,EUR,,\nu,2025-05-01,use,,dris,,,diffusion,1,\n"
    )
    parties = (
        Party("ana", status=("ess",), size=10, since=dt.date(2025, 1, 1)),
        Party("bo", size=11, territory="59350", since=dt.date(2024, 12, 1)),
        Party("chloe", status=("public", "x"), territory="62000", since=dt.date(2025, 1, 2)),
        Party("dris"),
    )
    assert set(lines(outcome(text, table, parties))) == members


def test_a_party_described_in_two_ways_is_refused() -> None:
    text = '[[party]]\nname = "ana"\nsize = 3\n' + step('how = "keep"')
    with pytest.raises(ReciprocityRefusal) as caught:
        outcome(text, SALE, (Party("ana", size=4),))
    assert caught.value.code == "party-twice"


def owed(words: str, table: str, more: str = "") -> list[tuple[str, str, str]]:
    text = more + f'[[counterpart]]\nname = "r"\n{words}\n'
    return [(each.giver, each.quantity, each.unit) for each in outcome(text, table).owed_in_kind]


USES = (
    "u1,2025-02-01,use,,ana,,,diffusion,3,\nu2,2025-02-02,use,,bo,,,diffusion,0.5,\n"
    "u3,2025-02-02,use,,bo,,,lecture,90,\nu4,2024-02-02,use,,bo,,,diffusion,90,\n"
)
TURNOVER = "u1,2025-02-01,use,,ana,,1500050,EUR,,\nc1,2025-02-01,cost,,ana,,500000,EUR,,\n"


def test_money_owed_for_uses_less_what_was_paid() -> None:
    rule = 'of = "diffusion"\nrate = 5000'
    assert owed(rule, USES) == [("ana", "150.00", "EUR"), ("bo", "25.00", "EUR")]
    paid = USES + "p1,2025-04-01,royalty,,ana,,10000,EUR,,\np2,2025-04-01,fee,,bo,,2500,EUR,,\n"
    assert owed(rule, paid) == [("ana", "50.00", "EUR")]
    assert owed(rule + "\nabove = 2\ncap = 4000", USES) == [("ana", "40.00", "EUR")]
    assert owed(rule + "\nfloor = 20000", USES) == [
        ("ana", "200.00", "EUR"),
        ("bo", "200.00", "EUR"),
    ]
    exempt = '[[class]]\nname = "k"\nall = [{ named = "ana" }]\n'
    assert owed(rule + '\nexempt = "k"', USES, exempt) == [("bo", "25.00", "EUR")]


def test_parts_of_turnover_and_margin() -> None:
    assert owed('trigger = "sale"\nrate = "2.5%"', TURNOVER) == [("ana", "375.01", "EUR")]
    assert owed('trigger = "margin"\nrate = "10%"', TURNOVER) == [("ana", "1000.05", "EUR")]
    bands = 'steps = [{ above = 0, rate = 0 }, { above = 1000000, rate = "2%" }]'
    assert owed(f'trigger = "sale"\n{bands}', TURNOVER) == [("ana", "100.01", "EUR")]
    assert owed('trigger = "period"\nrate = 1200', TURNOVER) == [("ana", "12.00", "EUR")]


def test_hours_and_things_owed_less_what_was_given() -> None:
    given = USES + "h,2025-03-01,contribution,,ana,,,h,0.25,\n"
    rule = 'of = "diffusion"\nkind = "hours"\nrate = "0.5"'
    assert owed(rule, given) == [("ana", "1.25", "h"), ("bo", "0.25", "h")]
    kilos = 'of = "diffusion"\nkind = "in-kind"\nunit = "kg"\nrate = 2'
    assert owed(kilos, USES) == [("ana", "6", "kg"), ("bo", "1", "kg")]
    credit = 'of = "diffusion"\nkind = "attribution"'
    assert owed(credit, USES) == [("ana", "1", "attribution"), ("bo", "1", "attribution")]


def test_what_a_contract_answers_about_a_use() -> None:
    text = (
        'slug = "essai"\n[[class]]\nname = "k"\nall = [{ named = "ana" }]\n'
        '[[use]]\nkinds = ["commercial"]\nby = "k"\n'
        '[[use]]\nkinds = ["commercial", "service"]\nanswer = "ask"\n'
    )
    contract = read(text)
    eligibility = Computation(contract, [], SINCE, UNTIL).eligibility
    found = answer(contract, eligibility, "ana", "commercial")
    assert found is not None
    assert found.answer == "free"
    other = answer(contract, eligibility, "bo", "commercial")
    assert other is not None
    assert other.answer == "ask"
    assert answer(contract, eligibility, "bo", "study") is None


def test_months_and_turns() -> None:
    assert window_start(dt.date(2025, 12, 31), 12) == dt.date(2025, 1, 1)
    assert window_start(dt.date(2024, 2, 29), 1) == dt.date(2024, 2, 1)
    assert add_months(dt.date(2025, 3, 31), -1) == dt.date(2025, 2, 28)
    assert add_months(dt.date(1, 1, 1), -1) == dt.date.min
    assert turn_of("quarter", dt.date(2025, 4, 1), dt.date(2025, 1, 31)) == 2
    assert turn_of("year", dt.date(2025, 4, 1), None) == 2025
