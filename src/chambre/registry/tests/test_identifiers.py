"""Numbers that the State gives, and short names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.registry import identifiers
from chambre.registry.identifiers import BadNumber, clean_rna, clean_siren, clean_siret, clean_slug

DIGITS = "0123456789"


def luhn_sum(number: str) -> int:
    """Luhn's sum, written independently: every second digit from the right is doubled."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


def with_key(digits: str) -> str:
    return next(digits + key for key in DIGITS if luhn_sum(digits + key) % 10 == 0)


sirens = st.text(DIGITS, min_size=8, max_size=8).map(with_key)


@given(sirens)
def test_a_siren_with_its_right_key_is_kept(siren):
    assert clean_siren(siren) == siren
    assert clean_siren(f" {siren[:3]} {siren[3:6]}\u202f{siren[6:]} ") == siren


@given(sirens, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_figure_is_always_found(siren, place, shift):
    wrong = siren[:place] + str((int(siren[place]) + shift) % 10) + siren[place + 1 :]

    with pytest.raises(BadNumber):
        clean_siren(wrong)


@given(sirens, st.integers(0, 7))
def test_swapped_neighbours_are_found_but_for_nought_and_nine(siren, place):
    one, two = siren[place], siren[place + 1]
    swapped = siren[:place] + two + one + siren[place + 2 :]
    blind = one == two or {one, two} == {"0", "9"}

    if blind:
        assert clean_siren(swapped) == swapped
    else:
        with pytest.raises(BadNumber):
            clean_siren(swapped)


@given(sirens, st.text(DIGITS, min_size=4, max_size=4))
def test_a_siret_begins_with_its_siren(siren, office):
    if siren == "356000000":
        return
    siret = with_key(siren + office)

    assert clean_siret(siret, siren) == siret
    assert clean_siret(siret) == siret
    with pytest.raises(BadNumber):
        clean_siret(siret, "732829320" if siren != "732829320" else "404833048")


@given(st.text(max_size=20))
def test_any_other_text_is_refused_or_was_a_number_all_along(text):
    try:
        found = clean_siren(text)
    except BadNumber:
        return
    assert found == "" or (len(found) == 9 and luhn_sum(found) % 10 == 0)


def test_la_poste_counts_the_sum_of_its_digits():
    assert clean_siren("356 000 000") == "356000000"
    assert clean_siret("35600000000048", "356000000") == "35600000000048"  # head office: Luhn
    assert clean_siret("35600000049837") == "35600000049837"  # 3+5+6+4+9+8+3+7 = 45
    with pytest.raises(BadNumber):
        clean_siret("35600000049838")


@pytest.mark.parametrize("text", ["٧٣٢٨٢٩٣٢٠", "73282932", "7328293200", "73282932X", "-732829320"])
def test_only_nine_plain_digits_make_a_siren(text):
    with pytest.raises(BadNumber):
        clean_siren(text)


def test_an_empty_number_says_nothing():
    assert clean_siren("  ") == clean_siret("") == clean_rna("") == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [("W751234567", "W751234567"), ("w 29 1 012345", "W291012345"), ("W9R1001234", "W9R1001234"),
     ("W2A0000123", "W2A0000123")],
)  # fmt: skip
def test_rna_numbers(text, kept):
    assert clean_rna(text) == kept


@pytest.mark.parametrize("text", ["751234567", "W75123456", "W7512345678", "X751234567"])
def test_other_forms_are_no_rna_numbers(text):
    with pytest.raises(BadNumber):
        clean_rna(text)


@pytest.mark.parametrize("slug", ["verger", "verger-2", "V_1", "2026", "a" * 60])
def test_short_names(slug):
    assert clean_slug(slug) == slug


@pytest.mark.parametrize("slug", ["", "-", "-x", "été", "a b", "a/b", "a" * 61, "verger\n", ".."])
def test_what_is_no_short_name(slug):
    with pytest.raises(BadNumber):
        clean_slug(slug)


@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=5))
def test_a_short_name_made_from_any_name_is_good_and_free(name, others):
    taken = [*others, identifiers.free_slug(name, [])]

    slug = identifiers.free_slug(name, taken)

    assert clean_slug(slug) == slug
    assert slug not in taken


def test_a_short_name_keeps_ligatures():
    assert identifiers.free_slug("L’Œuvre du verger", []) == "loeuvre-du-verger"
