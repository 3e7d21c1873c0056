"""Examples that others published, written as contracts and reproduced to the unit.

Drips' splits (``test/Splits.t.sol``), Liberapay's ``resolve_amounts`` (``tests/py/test_payins.py``,
CC0), the value equation of Sensorica's network resource planning (its test of 195), and the
founder repayment of FairShares. Only figures are taken.
"""

from __future__ import annotations

import datetime as dt

import pytest

from chambre.lib.reciprocity import Outcome, read, read_facts, run

FROM, TO = dt.date(2025, 1, 1), dt.date(2025, 12, 31)


def outcome(text: str, table: str, since: dt.date = FROM, until: dt.date = TO) -> Outcome:
    contract = read('slug = "example"\n' + text)
    head = "id,date,kind,from,to,amount,unit,quantity,note\n"
    result = run(contract, read_facts(head + table, unit=contract.unit), since, until)
    assert result.income == result.distributed + result.kept
    assert result.distributed == sum(line.amount for line in result.lines)
    return result


def lines(result: Outcome) -> dict[str, int]:
    return {line.to: line.amount for line in result.lines}


DRIPS = """
rounding = "cumulative"
[[step]]
name = "splits"
how = "fixed"
share = "%s"
to = { %s }
"""


@pytest.mark.parametrize(
    ("income", "share", "to", "expected", "kept"),
    [
        (10, "60%", "a = 600000", {"a": 6}, 4),
        (3, "100%", "a = 1, b = 1", {"a": 1, "b": 2}, 0),
        (9, "60%", "a = 40, b = 20", {"a": 3, "b": 2}, 4),
        # half goes back to where it came from, a fifth to another; then what came back again
        (20, "70%", "itself = 50, other = 20", {"itself": 10, "other": 4}, 6),
        (10, "70%", "itself = 50, other = 20", {"itself": 5, "other": 2}, 3),
    ],
)
def test_drips_splits(
    income: int, share: str, to: str, expected: dict[str, int], kept: int
) -> None:
    result = outcome(DRIPS % (share, to), f"f,2025-06-01,sale,,,{income},EUR,,\n")
    assert lines(result) == expected
    assert result.kept == kept


LIBERAPAY = """
rounding = "rotating"
period = "month"
[[step]]
name = "dons"
how = "need"
%s
[term]
since = 2025-01-01
"""


@pytest.mark.parametrize(
    ("income", "words", "expected"),
    [
        (601, "to = {1=2000, 2=1}", {"1": 600, "2": 1}),
        (2001, "to = {1=2000, 2=1}", {"1": 2000, "2": 1}),
        (4002, "to = {1=2000, 2=1}", {"1": 4000, "2": 2}),
        (790, "to = {1=123, 2=456}\namounts = {1=789, 2=1}", {"1": 789, "2": 1}),
        (790, "to = {1=123, 2=456}\namounts = {1=789, 2=1}\nsmallest = 3", {"1": 790}),
        (1369, "to = {1=123, 2=456}\namounts = {1=789, 2=1}", {"1": 912, "2": 457}),
        (
            1200,
            "to = {1=123, 2=456, 3=1}\namounts = {1=789, 2=1, 3=1}\n"
            "each_at_most = {1=600, 2=600, 3=0}",
            {"1": 600, "2": 600},
        ),
        (
            1200,
            "to = {1=123, 2=456, 3=1}\namounts = {1=789, 2=1, 3=1}\n"
            "each_at_most = {1=600, 2=601, 3=0}",
            {"1": 600, "2": 600},
        ),
        (99, "to = {1=123, 2=456}\namounts = {1=789, 2=1}", {"1": 98, "2": 1}),
        (501, "to = {1=1000, 2=2}\nsmallest = 2", {"1": 501}),
    ],
)
def test_liberapay_shares(income: int, words: str, expected: dict[str, int]) -> None:
    month = (dt.date(2025, 1, 1), dt.date(2025, 1, 31))
    result = outcome(LIBERAPAY % words, f"f,2025-01-15,fee,x,,{income},EUR,,\n", *month)
    assert lines(result) == expected


def in_turn(turn: int, income: int, words: str) -> dict[str, int]:
    """The same in a later month: payday number ``turn``, from 1."""
    year, month = divmod(turn - 1, 12)
    since = dt.date(2025 + year, month + 1, 1)
    until = since.replace(day=28)
    table = f"f,{since},fee,x,,{income},EUR,,\n"
    return lines(outcome(LIBERAPAY % words, table, since, until))


@pytest.mark.parametrize("turn", range(1, 10))
def test_liberapay_turns(turn: int) -> None:
    halves = "to = {1=123, 2=456}\namounts = {1=50, 2=50}"
    more, less = (50, 49) if turn % 2 else (49, 50)
    assert in_turn(turn, 99, halves) == {"1": more, "2": less}

    small = "to = {1=30, 2=20, 3=10}\nsmallest = 5"
    assert in_turn(turn, 6, small) == {str((turn - 1) % 3 + 1): 6}


@pytest.mark.parametrize(("turn", "winner"), [(1, "2"), (2, "3")])
def test_liberapay_small_needs_in_turn(turn: int, winner: str) -> None:
    words = "to = {1=123, 2=456}\namounts = {1=789, 2=1, 3=1}\nsmallest = 2"
    assert in_turn(turn, 791, words) == {"1": 789, winner: 2}


SENSORICA = """
[[step]]
name = "valeur"
how = "contribution"
count = [
  { unit = "h", rate = 2500 },          # work: quantity × 25
  { unit = "outil-h", rate = 1000 },    # an own tool lent: 10 an hour
  { unit = "EUR" },                     # bought, produced or funded: its value
]
"""
SENSORICA_FACTS = """\
travail,2025-03-01,contribution,worker,,,h,1,
production,2025-03-01,contribution,worker,,5000,EUR,,
achat,2025-02-01,contribution,contributor,,5000,EUR,,
frais,2025-02-01,contribution,contributor,,1000,EUR,,
outil,2025-03-01,contribution,contributor,,,outil-h,1,
machine-1,2025-01-10,contribution,funder-1,,3000,EUR,,
machine-2,2025-01-10,contribution,funder-2,,2000,EUR,,
"""


@pytest.mark.parametrize(
    ("income", "expected"),
    [
        (19500, {"worker": 7500, "contributor": 7000, "funder-1": 3000, "funder-2": 2000}),
        (100000, {"worker": 38462, "contributor": 35897, "funder-1": 15385, "funder-2": 10256}),
    ],
)
def test_sensorica_value_equation(income: int, expected: dict[str, int]) -> None:
    result = outcome(SENSORICA, SENSORICA_FACTS + f"vente,2025-04-01,sale,,,{income},EUR,,\n")
    assert lines(result) == expected
    because = {line.to: line.because for line in result.lines}
    assert because["worker"] == ("production", "travail")
    assert because["funder-2"] == ("machine-2",)


def test_sensorica_debt_like_claims_end_when_paid() -> None:
    text = SENSORICA + 'lasting = "until-paid"\n'
    first = outcome(text, SENSORICA_FACTS + "vente,2025-04-01,sale,,,10000,EUR,,\n")
    assert first.distributed == 10000
    paid = "".join(
        f"p-{line.to},2026-01-10,repayment,,{line.to},{line.amount},EUR,,valeur\n"
        for line in first.lines
    )
    second = outcome(
        text,
        SENSORICA_FACTS + paid + "vente,2026-04-01,sale,,,50000,EUR,,\n",
        dt.date(2026, 1, 1),
        dt.date(2026, 12, 31),
    )
    assert second.distributed == 9500
    assert second.kept == 40500
    both = {name: lines(first)[name] + lines(second)[name] for name in lines(first)}
    assert both == {"worker": 7500, "contributor": 7000, "funder-1": 3000, "funder-2": 2000}


FAIRSHARES = """
[[step]]
name = "fondateurs"
how = "fixed"
to = "founder"
cap = 25000000              # 250 000 as loan notes
[[step]]
name = "travail"
how = "fixed"
share = "50%"
of = "rest"
to = "labour"
[[step]]
name = "usagers"
how = "fixed"
to = "users"
"""


def test_fairshares_founders_are_repaid_before_anybody_gains() -> None:
    sale = "v{year},{year}-06-01,sale,,,{amount},EUR,,\n"
    history = ""
    seen = []
    for year, amount in ((2025, 10_000_000), (2026, 12_000_000), (2027, 8_000_000)):
        history += sale.format(year=year, amount=amount)
        span = dt.date(year, 1, 1), dt.date(year, 12, 31)
        result = outcome(FAIRSHARES, history, *span)
        seen.append(lines(result))
        for line in result.lines:
            if line.to == "founder":  # paid in the January after; which step is found by itself
                history += f"p{year},{year + 1}-01-15,repayment,,founder,{line.amount},EUR,,\n"
    assert seen == [
        {"founder": 10_000_000},
        {"founder": 12_000_000},
        {"founder": 3_000_000, "labour": 2_500_000, "users": 2_500_000},
    ]
