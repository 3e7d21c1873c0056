"""Single values: what the administration says of them, and what they mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.fec.values import (
    currency_text,
    read_amount,
    read_currency,
    read_date,
    read_side,
)
from chambre.lib.fec.writer import euros


@pytest.mark.parametrize(
    ("text", "cents", "rules"),
    [
        ("", 0, ()),
        ("0", 0, ()),
        ("0,00", 0, ()),
        ("0000000069,60", 6960, ()),
        ("000000000001437,12", 143712, ()),
        ("12", 1200, ()),
        ("12,5", 1250, ()),
        ("12,3400", 1234, ()),
        (",50", 50, ()),
        ("-12,50", -1250, ()),
        ("+12,50", 1250, ()),
        ("12,50-", -1250, ()),
        ("12,50+", 1250, ()),
        ("12 -", -1200, ()),
        ("1,5E3", 150000, ("W_SCIENTIFIC_NOTATION",)),
        ("5E-1", 50, ("W_SCIENTIFIC_NOTATION",)),
        ("12.50", 1250, ("E_DOT_IN_NUMBER",)),
        ("1 234,50", 123450, ("E_THOUSANDS_SEPARATOR",)),
        ("1\xa0234,50", 123450, ("E_THOUSANDS_SEPARATOR",)),
        ("12,50 -", -1250, ("E_THOUSANDS_SEPARATOR",)),
        ("1.234,50", 123450, ("E_DOT_IN_NUMBER", "E_THOUSANDS_SEPARATOR")),
        ("1,2,3", None, ("E_THOUSANDS_SEPARATOR",)),
        ("douze", None, ("E_NOT_A_NUMBER",)),
        ('"12,50"', None, ("E_NOT_A_NUMBER",)),
        ("--5", None, ("E_NOT_A_NUMBER",)),
        ("12€", None, ("E_NOT_A_NUMBER",)),
        (",", None, ("W_AMOUNT_UNREADABLE",)),
        ("+-5", None, ("W_AMOUNT_UNREADABLE",)),
        ("1E999", None, ("W_AMOUNT_UNREADABLE",)),
        ("12,345", None, ("W_AMOUNT_DECIMALS",)),
        ("10000000000000,00", None, ("W_AMOUNT_TOO_LARGE",)),
    ],
)
def test_an_amount_is_read_and_judged(text, cents, rules):
    assert read_amount(text) == (cents, rules)


@given(st.integers(-(10**14), 10**14))
def test_what_is_written_as_an_amount_is_read_as_the_same_cents(cents):
    assert read_amount(euros(cents)) == (cents, ())


@given(st.text(max_size=30))
def test_no_text_makes_reading_an_amount_fail(text):
    value, rules = read_amount(text)
    assert value is not None or rules


@pytest.mark.parametrize(
    ("text", "day", "rules"),
    [
        ("20230105", date(2023, 1, 5), ()),
        ("20240229", date(2024, 2, 29), ()),
        ("2023-01-05", date(2023, 1, 5), ("W_DATE_FORM",)),
        ("05/01/2023", date(2023, 1, 5), ("W_DATE_FORM",)),
        ("05012023", date(2023, 1, 5), ("W_DATE_FORM",)),
        ("20230105 10:30:00", date(2023, 1, 5), ("W_DATE_FORM",)),
        ("2023-01-05T10:30:00", date(2023, 1, 5), ("W_DATE_FORM",)),
        ("", None, ()),
        ("00000000", None, ()),
        ("--/", None, ()),
        ("20231305", None, ("E_DATE_CALENDAR",)),
        ("20230132", None, ("E_DATE_CALENDAR",)),
        ("20230231", None, ("W_DATE_NOT_IN_CALENDAR",)),
        ("20230015", None, ("W_DATE_NOT_IN_CALENDAR",)),
        ("21500105", date(2150, 1, 5), ("A_DATE_YEAR",)),
        ("202301", None, ("E_NOT_A_DATE",)),
        ("hier", None, ("E_NOT_A_DATE",)),
        ("20232005", None, ("E_NOT_A_DATE",)),
    ],
)
def test_a_date_is_read_and_judged(text, day, rules):
    assert read_date(text) == (day, rules)


@pytest.mark.parametrize(
    ("text", "rule"),
    [("", "E_EMPTY_DATE"), ("00000000", "E_EMPTY_DATE"), ("20230231", "W_DAY_NOT_IN_CALENDAR")],
)
def test_a_mandatory_date_must_be_a_day(text, rule):
    assert read_date(text, mandatory=True) == (None, (rule,))


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_of_two_centuries_is_read_back(day):
    assert read_date(f"{day:%Y%m%d}") == (day, ())


@given(st.text(alphabet="0123456789/-.: T", max_size=20))
def test_no_text_makes_reading_a_date_fail(text):
    day, rules = read_date(text)
    assert day is None or isinstance(day, date)
    assert isinstance(rules, tuple)


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("12,50", "USD", 1250),
        ("1000", "JPY", 1000),
        ("1,234", "TND", 1234),
        ("1,23456", "USD", "1.23456"),
        ("12,5", "", 1250),
        ("-7", "XPF", -7),
        ("", "USD", None),
    ],
)
def test_an_amount_in_another_currency_keeps_every_decimal(text, code, value):
    assert read_currency(text, code) == (value, ())


def test_an_unreadable_amount_in_another_currency_is_left_aside():
    assert read_currency("+-", "USD") == (None, ("E_NOT_A_NUMBER",))
    assert read_currency("+-1", "USD") == (None, ("W_CURRENCY_UNREADABLE",))


@given(st.integers(-(10**9), 10**9), st.sampled_from(["EUR", "JPY", "TND", ""]))
def test_what_is_written_in_another_currency_is_read_back(minor, code):
    assert read_currency(currency_text(minor, code), code) == (minor, ())


@pytest.mark.parametrize(
    ("text", "side"), [("D", "D"), ("c", "C"), ("+1", "D"), ("-1", "C"), ("1", None), ("", None)]
)
def test_the_side_is_d_c_plus_one_or_minus_one(text, side):
    assert read_side(text) == side
