"""Text made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.registry.folding import fold, haystack, query_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’Œuvre d’été", "l oeuvre d ete"),
        ("ŒUVRE", "oeuvre"),
        ("Élevage – ovin/caprin", "elevage ovin caprin"),
        ("Straße", "strasse"),
        ("nº 2", "no 2"),
        ("ﬁche", "fiche"),
        ("E\u0301lan", "elan"),
        ("50 % _x_", "50 x"),
        ("Ελιά", "ελια"),
        ("", ""),
    ],
)
def test_accents_case_and_ligatures_do_not_matter(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_nothing_that_a_like_pattern_would_mean_is_left(text):
    assert not set("%_\\'\"") & set(fold(text))


@given(st.lists(st.text(alphabet="aéœÇ", min_size=1, max_size=6), min_size=1, max_size=5))
def test_each_word_of_a_text_is_found_in_it(words):
    hay = haystack(" ".join(words))

    assert all(f" {fold(word)}" in hay for word in words)


def test_a_query_leaves_little_words_and_plurals_out():
    assert query_words("les vergers de l’été") == ["verger", "ete"]
    assert query_words("de la") == ["de", "la"]
    assert query_words("gaz gaz os") == ["gaz", "os"]
    assert query_words("…!") == []
