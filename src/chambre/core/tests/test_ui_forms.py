"""Amounts and days as people type them, and where errors are told."""

import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError

from chambre.core.ui.forms import AmountField, DayField


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("1234,56", 123456),
        ("1 234,56", 123456),
        ("1\u202f234,56\u00a0€", 123456),
        ("1234.5", 123450),
        ("1234", 123400),
        ("1234,", 123400),
        ("−12,5", -1250),
        ("-0,01", -1),
        ("+3", 300),
        ("", None),
        ("   ", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, minor):
    assert AmountField(required=False).clean(typed) == minor


@pytest.mark.parametrize(
    "typed",
    ["1,234", "1,234.56", "12,345", "douze", "1e3", "NaN", "١٢", "--1", "1" * 14, "1,2,3"],
)
def test_what_could_be_misread_is_refused(typed):
    with pytest.raises(ValidationError):
        AmountField().clean(typed)


def test_a_currency_without_cents():
    assert AmountField(currency="JPY").clean("1 250") == 1250
    with pytest.raises(ValidationError):
        AmountField(currency="JPY").clean("12,5")


def test_limits_are_told_in_words():
    field = AmountField(min_value=100, max_value=20000)

    with pytest.raises(ValidationError) as low:
        field.clean("0,99")
    with pytest.raises(ValidationError) as high:
        field.clean("200,01")

    assert low.value.messages == ["Au moins 1,00\u00a0€."]
    assert high.value.messages == ["Au plus 200,00\u00a0€."]


@pytest.mark.parametrize(
    ("typed", "day"), [("2026-12-31", dt.date(2026, 12, 31)), ("31/12/2026", dt.date(2026, 12, 31))]
)
def test_a_day_with_or_without_a_picker(typed, day):
    assert DayField().clean(typed) == day


class Booking(forms.Form):
    name = forms.CharField(label="Nom", help_text="Comme on le dit.")
    since = DayField(label="Depuis")
    value = AmountField(label="Valeur", required=False)
    kind = forms.ChoiceField(label="Type", choices=[("a", "A")], widget=forms.RadioSelect)


def test_an_error_stands_by_its_field_and_in_the_summary():
    html = str(Booking({"name": "", "since": "2026-01-01", "value": "x", "kind": "a"}))

    assert 'href="#id_name">Nom</a>' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert html.count('aria-invalid="true"') == 2
    assert 'href="#id_since"' not in html


def test_what_was_typed_stays():
    html = str(Booking({"name": "Verger", "since": "31/02/2026", "value": "12,345"}))

    assert 'value="Verger"' in html
    assert 'type="text" name="since" value="31/02/2026"' in html  # a picker would drop it
    assert 'value="12,345"' in html


def test_an_amount_is_shown_as_it_is_written():
    html = str(Booking(initial={"value": 123456}))

    assert 'value="1\u202f234,56"' in html
    assert 'inputmode="decimal"' in html
    assert '<span aria-hidden="true">€</span>' in html


def test_optional_fields_say_so():
    assert str(Booking()).count("(facultatif)") == 1
