"""Texts fit their room, marks on an axis are round and exact, shares add up."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.charts.text import fit, text_width, wrap
from chambre.lib.charts.ticks import nice_ticks, permille

texts = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


def test_a_wide_letter_is_wider_than_a_narrow_one():
    assert text_width("M", 10) > text_width("i", 10)
    assert text_width("été", 10) == text_width("ete", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10), "a combining accent takes no room"
    assert text_width("農", 10) == 10


def test_what_fits_is_left_alone_and_what_does_not_ends_in_an_ellipsis():
    assert fit("Verger", 12, 200) == "Verger"
    assert fit("  Verger \n partagé ", 12, 200) == "Verger partagé"
    short = fit("Entretien de la presse et de ses accessoires", 12, 120)
    assert short.endswith("…")
    assert text_width(short, 12) <= 120
    assert fit("Verger", 12, 3) == ""


@given(text=texts, room=st.integers(0, 400), lines=st.integers(1, 4))
def test_no_line_is_wider_than_its_room(text, room, lines):
    broken = wrap(text, 13, room, lines)

    assert 1 <= len(broken) <= lines
    assert all(text_width(line, 13) <= room for line in broken)


def test_lines_break_at_words_and_never_inside_an_amount():
    assert wrap("Ventes de jus et de nectar", 12, 90, 3) == ["Ventes de jus", "et de nectar"]
    assert wrap("environ 12\u202f000\u00a0€", 12, 75, 3) == ["environ", "12\u202f000\u00a0€"]


@given(low=st.integers(-(10**18), 10**18), size=st.integers(0, 10**18), count=st.integers(1, 12))
def test_ticks_enclose_what_is_shown_and_zero(low, size, count):
    ticks = nice_ticks(low, low + size, count)

    assert ticks[0] <= min(low, 0)
    assert ticks[-1] >= max(low + size, 0)
    assert 0 in ticks
    steps = {after - before for before, after in pairwise(ticks)}
    assert len(steps) == 1
    assert str(steps.pop()).rstrip("0") in {"1", "2", "5"}
    assert 2 <= len(ticks) <= count + 2


def test_ticks_are_those_that_a_person_would_choose():
    assert nice_ticks(0, 2_441_690) == [0, 500_000, 1_000_000, 1_500_000, 2_000_000, 2_500_000]
    assert nice_ticks(-320_050, 2_441_690) == list(range(-500_000, 2_500_001, 500_000))
    assert nice_ticks(0, 0) == [0, 1]
    with pytest.raises(ValueError, match="no ticks"):
        nice_ticks(5, 4)


@given(values=st.lists(st.integers(0, 10**14), min_size=1, max_size=12).filter(any))
def test_shares_make_a_hundred_percent(values):
    shares = permille(values)

    assert sum(shares) == 1000
    for share, value in zip(shares, values, strict=True):
        assert abs(share * sum(values) - value * 1000) < sum(values)


def test_shares_of_nothing_are_nothing_and_of_a_larger_whole_are_less():
    assert permille([0, 0]) == [0, 0]
    assert permille([1, 1, 1]) == [334, 333, 333]
    assert permille([1, 1], total=8) == [125, 125]
