"""Amounts: exact, in one unit of account, shared out to the last cent."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.money import Money, MoneyRefusal, account_unit, shares
from chambre.lib.units import NumberRefusal, UnitRefusal

weights_lists = st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any)
amounts = st.integers(-(10**12), 10**12)


def expected_shares(amount, weights):
    """The rule in words: floors, then largest remainders, ties to the earlier."""
    if amount < 0:
        return [-part for part in expected_shares(-amount, weights)]
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (101, [1, 1, 1], [34, 34, 33]),
        (3, [50, 50], [2, 1]),
        (-3, [50, 50], [-2, -1]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (1, [1, 2], [0, 1]),
        (1, [0, 5], [0, 1]),
        (2, [1, 1, 1], [1, 1, 0]),
        (10, [60, 40], [6, 4]),
        (9999, [60, 40], [5999, 4000]),
        (0, [3, 4, 5], [0, 0, 0]),
        (7, [9], [7]),
        (5, [1, 1, 1, 1], [2, 1, 1, 1]),
        (100000, [75, 70, 30, 20], [38462, 35897, 15385, 10256]),
    ],
)
def test_shares_to_the_last_cent(amount, weights, parts):
    assert shares(amount, weights) == parts
    assert [part.minor for part in Money(amount).split(weights)] == parts


@given(amounts, weights_lists)
def test_split_loses_nothing(minor, weights):
    assert sum(part.minor for part in Money(minor).split(weights)) == minor


@given(amounts, st.lists(st.integers(0, 50), min_size=1, max_size=5).filter(any))
def test_shares_follow_the_rule(amount, weights):
    parts = shares(amount, weights)
    assert parts == expected_shares(amount, weights)
    assert parts == shares(amount, tuple(weights))
    assert shares(-amount, weights) == [-part for part in parts]
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, total)) < 1
        assert weight or part == 0


@given(amounts, weights_lists, st.integers(1, 1000))
def test_only_the_proportion_of_weights_counts(amount, weights, factor):
    assert shares(amount, weights) == shares(amount, [weight * factor for weight in weights])


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [0, 0, 0], [1, -1], [3, -1], [2, 2, -1]])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weight"):
        shares(100, weights)


@pytest.mark.parametrize(
    ("amount", "weights"),
    [(1.0, [1, 1]), (1, [1.0, 1]), (1, [0.5, 1, 1]), (1.5, [1, 1, 1]), (1, [1.0]), (1, ["1"])],
)
def test_floats_are_refused(amount, weights):
    with pytest.raises(TypeError):
        shares(amount, weights)


def test_sums_and_comparisons_within_a_unit():
    five, two = Money(500), Money(200)
    assert five + two == Money(700)
    assert five - two == Money(300)
    assert -five == Money(-500)
    assert abs(-five) == five
    assert five * 3 == 3 * five == Money(1500)
    assert sum([five, two], Money(0)) == Money(700)
    assert max(two, five) is five
    assert two < five
    assert five >= Money(500)
    assert not Money(0)
    assert pickle.loads(pickle.dumps(five)) == five
    assert len({five, Money(500), Money(500, "CHF")}) == 2


@pytest.mark.parametrize("other", ["CHF", "HUR", "CRD", "CRD-LILLE"])
def test_units_of_account_never_mix(other):
    euros, others = Money(500), Money(500, other)
    for mix in (
        lambda: euros + others,
        lambda: euros - others,
        lambda: euros < others,
        lambda: sum([euros, others], Money(0)),
    ):
        with pytest.raises(MoneyRefusal) as refused:
            mix()
        assert refused.value.code == "account-units-differ"
    assert euros != others


def test_two_chambers_credits_are_two_units():
    with pytest.raises(MoneyRefusal):
        Money(1, "CRD-LILLE") + Money(1, "CRD-LENS")


@pytest.mark.parametrize("wrong", [1.0, "1", None, True])
def test_an_amount_is_an_integer(wrong):
    with pytest.raises(TypeError):
        Money(wrong)
    with pytest.raises(TypeError):
        Money(1) * 1.5
    with pytest.raises(TypeError):
        Money(1) + 1


@pytest.mark.parametrize("code", ["", "eur", "XXQ", "CRD-", "CRD-lille", "CRD-ABCDEFGHIJKLM"])
def test_unknown_units_of_account_are_refused(code):
    with pytest.raises(MoneyRefusal) as refused:
        Money(1, code)
    assert refused.value.code == "account-unit-unknown"


def test_smallest_parts():
    assert account_unit("EUR").parts == 100
    assert account_unit("JPY").parts == 1
    assert account_unit("TND").parts == 1000
    assert account_unit("HUR").parts == 60
    assert account_unit("CRD-LILLE").parts == 100
    assert account_unit("EUR").kind == "currency"
    assert account_unit("HUR").kind == "time"
    assert account_unit("CRD").kind == "credit"


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1 234,56 €", 123456),
        ("1\u202f234,56\u00a0€", 123456),
        ("1\u00a0234,5", 123450),
        ("1234,56EUR", 123456),
        ("EUR 12", 1200),
        ("€12,5", 1250),
        ("12.50", 1250),
        ("-5", -500),
        ("\u22125,01 €", -501),
        ("- 5 €", -500),
        ("+7 €", 700),
        (",5", 50),
        ("0,500", 50),
        ("12,5000", 1250),
        ("12,", 1200),
        ("0", 0),
        ("9\u2009999\u2009999,99", 999999999),
    ],
)
def test_french_amounts_are_read(text, minor):
    assert Money.parse(text) == Money(minor)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("€1,234.56", 123456),
        ("1,234.56 EUR", 123456),
        ("-€5", -500),
        ("€-5", -500),
        ("1 234.5", 123450),
        ("1,234", 123400),
        (".5", 50),
    ],
)
def test_english_amounts_are_read(text, minor):
    assert Money.parse(text, language="en") == Money(minor)


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("1,234", "fr", "number-ambiguous"),
        ("1.234", "fr", "number-ambiguous"),
        ("1.234", "en", "number-ambiguous"),
        ("1,230 €", "fr", "number-ambiguous"),
        ("1,2345", "fr", "number-too-precise"),
        ("0,001", "fr", "number-too-precise"),
        ("1,5", "en", "number-unreadable"),
        ("1.234,56", "fr", "number-unreadable"),
        ("12 34,56", "fr", "number-unreadable"),
        ("", "fr", "number-unreadable"),
        ("€", "fr", "number-unreadable"),
        ("1-2", "fr", "number-unreadable"),
        ("--5", "fr", "number-unreadable"),
        ("\u0661\u0662", "fr", "number-unreadable"),
        ("9" * 31, "fr", "number-too-long"),
    ],
)
def test_amounts_that_could_be_something_else_are_refused(text, language, code):
    with pytest.raises(NumberRefusal) as refused:
        Money.parse(text, language=language)
    assert refused.value.code == code
    assert refused.value.en != refused.value.fr


@pytest.mark.parametrize("text", ["12 $", "£5", "12 CHF", "3 heures", "douze"])
def test_amounts_in_another_unit_are_refused(text):
    with pytest.raises(MoneyRefusal) as refused:
        Money.parse(text)
    assert refused.value.code == "amount-in-other-unit"
    assert "n’est pas en EUR" in refused.value.message("fr-FR")


def test_other_units_are_read_and_written():
    assert Money.parse("12,50 CRD-LILLE", currency="CRD-LILLE") == Money(1250, "CRD-LILLE")
    assert Money.parse("1200 JPY", currency="JPY") == Money(1200, "JPY")
    assert Money.parse("2 h 30", currency="HUR") == Money(150, "HUR")
    assert Money.parse("-2:05", currency="HUR") == Money(-125, "HUR")
    assert Money.parse("2,5", currency="HUR") == Money(150, "HUR")
    assert Money.parse("90 min", currency="HUR") == Money(90, "HUR")
    with pytest.raises(UnitRefusal):
        Money.parse("1,33", currency="HUR")
    with pytest.raises(UnitRefusal):
        Money.parse("1:75", currency="HUR")


def test_amounts_are_written_as_people_expect():
    amount = Money(-123456789)
    assert amount.format("fr") == "-1\u202f234\u202f567,89\u00a0€"
    assert amount.format("en") == "-€1,234,567.89" == str(amount)
    assert Money(5).format() == "0,05\u00a0€"
    assert Money(100, "CHF").format("en") == "CHF\u00a01.00"
    assert Money(1200, "JPY").format("en") == "¥1,200"
    assert Money(90, "HUR").format() == "1\u00a0h\u00a030"
    assert Money(90, "HUR").format("en") == "1\u00a0h\u00a030\u00a0min"
    assert Money(-60, "HUR").format() == "-1\u00a0h"
    assert Money(1250, "CRD").format("en") == "12.50\u00a0CRD"


@given(
    amounts,
    st.sampled_from(["EUR", "CHF", "JPY", "TND", "HUR", "CRD-LILLE"]),
    st.sampled_from(["fr", "en"]),
)
def test_what_is_written_reads_back(minor, currency, language):
    amount = Money(minor, currency)
    assert Money.parse(amount.format(language), currency=currency, language=language) == amount
