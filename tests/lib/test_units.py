"""Units: exact factors, honest refusals, quantities as people write them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.units import (
    NumberRefusal,
    UnitRefusal,
    all_units,
    convert,
    convert_parts,
    find_unit,
    format_quantity,
    parse_quantity,
    to_parts,
)

UNITS = list(all_units().values())
units = st.sampled_from(UNITS)


def test_the_table_is_sound():
    assert len(UNITS) == 80
    for field in ("id", "fr", "en"):
        assert len({getattr(unit, field) for unit in UNITS}) == 80
    codes = [unit.code for unit in UNITS if unit.code]
    assert len(codes) == len(set(codes))
    names = [unit.om2 for unit in UNITS if unit.om2]
    assert len(names) == len(set(names))
    for unit in UNITS:
        assert unit.factor > 0
        assert unit.parts >= 1
        assert unit.offset == 0 or unit.dimension == "temperature"
        assert not unit.om2 or unit.om2 == unit.id
        assert unit.decimals is not None or unit.id == "hour"
    for dimension in {unit.dimension for unit in UNITS}:
        assert [u for u in UNITS if u.dimension == dimension and u.factor == 1], dimension


@given(units)
def test_every_name_of_a_unit_finds_it(unit):
    for name in (
        unit.id,
        unit.code,
        f"om2:{unit.om2}" if unit.om2 else unit.id,
        unit.symbol_fr,
        unit.symbol_en,
        unit.fr,
        unit.fr_plural,
        unit.en,
        unit.en_plural,
        *unit.aliases,
    ):
        if name:
            assert find_unit(name) is unit
            assert find_unit(f" {name} ") is unit


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("kg", "kilogram"),
        ("Kilogramme", "kilogram"),
        ("KGM", "kilogram"),
        ("C62", "one"),
        ("pièces", "one"),
        ("HAR", "hectare"),
        ("Mo", "megabyte"),
        ("mo", "month"),
        ("l", "litre"),
        ("L", "litre"),
        ("M", "nauticalMile-International"),
        ("m", "metre"),
        ("j", "day"),
        ("J", "joule"),
        ("m2", "squareMetre"),
        ("heures", "hour"),
    ],
)
def test_units_are_found_as_people_write_them(text, identifier):
    assert find_unit(text).id == identifier


@pytest.mark.parametrize("text", ["", "furlong", "EUR", "kilo gramme"])
def test_an_unknown_unit_is_refused_in_both_languages(text):
    with pytest.raises(UnitRefusal) as refused:
        find_unit(text)
    assert refused.value.code == "unit-unknown"
    assert "Il n’y a pas d’unité" in refused.value.fr


@pytest.mark.parametrize(
    ("amount", "source", "target", "expected"),
    [
        (1, "t", "kg", 1000),
        (1, "quintal", "kg", 100),
        (1, "lb", "g", Fraction("453.59237")),
        (16, "oz", "lb", 1),
        (1, "ha", "m²", 10000),
        (3, "a", "ca", 300),
        (1, "ac", "m²", Fraction("4046.8564224")),
        (1, "hl", "l", 100),
        (1, "m³", "l", 1000),
        (1, "stère", "m³", 1),
        (1, "cord", "m³", Fraction("3.624556363776")),
        (8, "imperial pint", "imperial gallon", 1),
        (1, "US gallon", "l", Fraction("3.785411784")),
        (1, "mi", "m", Fraction("1609.344")),
        (3, "ft", "yd", 1),
        (12, "in", "ft", 1),
        (1, "week", "h", 168),
        (1, "year", "month", 12),
        (1, "kWh", "MJ", Fraction("3.6")),
        (1, "kcal", "J", Fraction("4186.8")),
        (1, "ch", "W", Fraction("735.49875")),
        (1, "gross", "dozen", 12),
        (8, "bit", "byte", 1),
        (1, "GiB", "MiB", 1024),
        (1, "Go", "Mo", 1000),
        (0, "°C", "K", Fraction("273.15")),
        (100, "°C", "°F", 212),
        (-40, "°F", "°C", -40),
    ],
)
def test_conversions_are_exact(amount, source, target, expected):
    assert convert(amount, find_unit(source), find_unit(target)) == expected


@given(st.fractions(), units, units)
def test_conversion_goes_there_and_back_or_not_at_all(amount, source, target):
    if source.dimension == target.dimension:
        assert convert(convert(amount, source, target), target, source) == amount
    else:
        with pytest.raises(UnitRefusal) as refused:
            convert(amount, source, target)
        assert refused.value.code == "dimension-differs"


def test_a_month_is_no_number_of_days():
    with pytest.raises(UnitRefusal):
        convert(1, find_unit("month"), find_unit("day"))


def test_stored_quantities_convert_exactly_or_are_refused():
    kilogram, gram, pound = find_unit("kg"), find_unit("g"), find_unit("lb")
    assert convert_parts(1500, kilogram, gram) == 1_500_000
    assert convert_parts(1_500_000, gram, kilogram) == 1500
    with pytest.raises(UnitRefusal) as refused:
        convert_parts(1000, pound, kilogram)
    assert refused.value.code == "not-whole"
    assert refused.value.data["amount"] == "45359237/100000000"
    with pytest.raises(UnitRefusal):
        convert_parts(1, gram, kilogram)  # a milligram is no whole gram


def test_what_does_not_fit_in_64_bits_is_refused():
    with pytest.raises(UnitRefusal) as refused:
        to_parts(2**63, find_unit("one"))
    assert refused.value.code == "quantity-too-large"
    assert to_parts(2**63 - 1, find_unit("one")) == 2**63 - 1


@pytest.mark.parametrize(
    ("text", "unit", "language", "parts"),
    [
        ("1,5", "kg", "fr", 1500),
        ("1,234", "kg", "fr", 1234),
        ("1.234", "kg", "en", 1234),
        ("1,234", "kg", "en", 1_234_000),
        ("1 234,5 kg", "kg", "fr", 1_234_500),
        ("500 g", "kg", "fr", 500),
        ("0,25 t", "kg", "fr", 250_000),
        ("2", "one", "fr", 2),
        ("3 pièces", "one", "fr", 3),
        ("2 douzaines", "one", "fr", 24),
        ("2,0", "one", "fr", 2),
        ("2 h 30", "hour", "fr", 150),
        ("2h30", "hour", "fr", 150),
        ("2:30", "hour", "en", 150),
        ("2 h 30 min", "hour", "en", 150),
        ("2 h", "hour", "fr", 120),
        ("2,5 heures", "hour", "fr", 150),
        ("45 min", "hour", "fr", 45),
        ("1 j", "hour", "fr", 1440),
        ("1:30", "minute-Time", "fr", 90),
        ("3 ha", "m²", "fr", 300_000_000),
        ("-1,5", "kg", "fr", -1500),
        ("−1,5 kg", "kg", "fr", -1500),
    ],
)
def test_quantities_are_read(text, unit, language, parts):
    assert parse_quantity(text, unit=find_unit(unit), language=language) == parts


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("1,5", "one", "number-too-precise"),
        ("1,500", "one", "number-ambiguous"),
        ("1,2345", "kg", "number-too-precise"),
        ("1 mg", "kg", "not-whole"),
        ("1,33", "hour", "not-whole"),
        ("1 l", "kg", "dimension-differs"),
        ("1 furlong", "m", "unit-unknown"),
        ("kg", "kg", "quantity-unreadable"),
        ("", "kg", "quantity-unreadable"),
        ("2:75", "hour", "quantity-unreadable"),
        ("1 mois", "day", "dimension-differs"),
        ("99999999999999999999", "one", "quantity-too-large"),
        ("1,,5", "kg", "number-unreadable"),
    ],
)
def test_quantities_that_cannot_be_kept_are_refused(text, unit, code):
    with pytest.raises((UnitRefusal, NumberRefusal)) as refused:
        parse_quantity(text, unit=find_unit(unit))
    assert refused.value.code == code
    assert refused.value.fr
    assert refused.value.en


@pytest.mark.parametrize(
    ("parts", "unit", "language", "text"),
    [
        (1500, "kg", "fr", "1,5 kg"),
        (1_234_567, "kg", "fr", "1\u202f234,567 kg"),
        (1_234_567, "kg", "en", "1,234.567 kg"),
        (1, "one", "fr", "1 pièce"),
        (2, "one", "fr", "2 pièces"),
        (0, "one", "fr", "0 pièce"),
        (0, "one", "en", "0 pieces"),
        (150, "hour", "fr", "2 h 30"),
        (5, "hour", "fr", "0 h 05"),
        (150, "year", "fr", "1,5 an"),
        (2000, "gallon-US", "en", "2 US gallons"),
        (1500, "gallon-US", "en", "1.5 US gallons"),
        (1500, "gallon-US", "fr", "1,5 gallon américain"),
        (3000, "Mo", "fr", "3 Mo"),
        (3000, "Mo", "en", "3 MB"),
        (-1, "g", "fr", "-0,001 g"),
    ],
)
def test_quantities_are_written(parts, unit, language, text):
    shown = format_quantity(parts, find_unit(unit), language=language)
    assert shown.replace("\u00a0", " ") == text


@given(units, st.integers(-(10**15), 10**15), st.sampled_from(["fr", "en"]))
def test_what_is_written_reads_back(unit, parts, language):
    shown = format_quantity(parts, unit, language=language)
    assert parse_quantity(shown, unit=unit, language=language) == parts
