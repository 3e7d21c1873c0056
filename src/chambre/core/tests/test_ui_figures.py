"""Amounts, durations, days and sizes as people read them."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from chambre.core.ui import figures

FINE, HARD = "\u202f", "\u00a0"  # narrow no-break space, no-break space


@pytest.fixture(params=["fr", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize(
    ("minor", "french", "english"),
    [
        (0, f"0,00{HARD}€", "€0.00"),
        (5, f"0,05{HARD}€", "€0.05"),
        (-5, f"−0,05{HARD}€", "−€0.05"),
        (99999, f"999,99{HARD}€", "€999.99"),
        (123456, f"1{FINE}234,56{HARD}€", "€1,234.56"),
        (-123456789, f"−1{FINE}234{FINE}567,89{HARD}€", "−€1,234,567.89"),
    ],
)
def test_money(minor, french, english):
    with translation.override("fr"):
        assert figures.money(minor) == french
    with translation.override("en"):
        assert figures.money(minor) == english


@pytest.mark.parametrize(
    ("currency", "french", "english"),
    [
        ("GBP", f"12,50{HARD}£", "£12.50"),
        ("CHF", f"12,50{HARD}CHF", f"12.50{HARD}CHF"),
        ("JPY", f"1{FINE}250{HARD}JPY", f"1,250{HARD}JPY"),
        ("TND", f"1,250{HARD}TND", f"1.250{HARD}TND"),
        ("PRESSE", f"12,50{HARD}PRESSE", f"12.50{HARD}PRESSE"),
    ],
)
def test_other_units(currency, french, english):
    with translation.override("fr"):
        assert figures.money(1250, currency) == french
    with translation.override("en"):
        assert figures.money(1250, currency) == english


@given(minor=st.integers(-(10**18), 10**18))
def test_no_cent_is_lost_on_the_way_to_the_page(minor):
    with translation.override("fr"):
        text = figures.amount(minor)

    assert int(text.replace(FINE, "").replace(",", "").replace("−", "-")) == minor
    whole = text.lstrip("−").split(",")[0].split(FINE)
    assert len(text.rsplit(",", 1)[1]) == 2
    assert 1 <= len(whole[0]) <= 3
    assert all(len(part) == 3 for part in whole[1:])


def test_zero_may_be_a_dash():
    assert figures.money(0, dash=True) == "–"
    assert figures.amount(0, dash=True) == "–"
    assert figures.amount(1, dash=True) == "0,01"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, f"0{HARD}min"),
        (45, f"45{HARD}min"),
        (60, f"1{HARD}h"),
        (725, f"12{HARD}h{HARD}05"),
        (-90, f"−1{HARD}h{HARD}30"),
        (60 * 1234, f"1{FINE}234{HARD}h"),
    ],
)
def test_durations(minutes, text):
    with translation.override("fr"):
        assert figures.duration(minutes) == text


def test_days_in_words_and_figures(language):
    first = dt.date(2026, 3, 1)

    words = {"fr": f"1er{HARD}mars 2026", "en": f"1{HARD}March 2026"}
    assert figures.day(first) == words[language]
    assert figures.day(first, "short") == "01/03/2026"
    assert figures.day(first, "month") == {"fr": "mars 2026", "en": "March 2026"}[language]
    assert figures.day(first, "iso") == "2026-03-01"


def test_a_moment_is_told_in_the_local_time(language):
    summer = dt.datetime(2026, 7, 14, 22, 5, tzinfo=dt.UTC)  # already the 15th in Paris

    told = {"fr": f"15{HARD}juillet 2026 à 0{HARD}h{HARD}05", "en": f"15{HARD}July 2026, 00:05"}
    assert figures.moment(summer) == told[language]
    assert figures.day(summer, "iso") == "2026-07-15"


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (0, f"0{HARD}octets"),
        (999, f"999{HARD}octets"),
        (1000, f"1{HARD}ko"),
        (1_440_000, f"1,4{HARD}Mo"),
        (123_456_789, f"123{HARD}Mo"),
        (5_000_000_000_000_000, f"5{FINE}000{HARD}To"),
    ],
)
def test_sizes(octets, text):
    with translation.override("fr"):
        assert figures.size(octets) == text


def test_filters_say_nothing_about_nothing():
    text = (
        "{{ x|money }}{{ x|amount }}{{ x|count }}{{ x|duration }}{{ x|day }}{{ x|moment }}"
        "{{ x|filesize }}{{ x|markdown }}"
    )

    assert Template(text).render(Context({"x": None})) == ""


def test_filters_take_their_options():
    context = Context({"cents": 0, "lines": 12345})

    assert Template('{{ cents|money:"GBP,dash" }}').render(context) == "–"
    assert Template('{{ cents|money:"GBP" }}').render(context) == f"0,00{HARD}£"
    assert Template("{{ lines|count }}").render(context) == f"12{FINE}345"
