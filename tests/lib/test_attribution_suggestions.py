"""Suggestions, labels and differences of rule sets, without a database."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.attribution import (
    KnownGroup,
    OpenGroup,
    Rule,
    Suggester,
    check_expression,
    common_expression,
    normal_label,
    rule_changes,
    suggest,
    touched,
)

VERGER, PRESSE = (("verger", 1),), (("presse", 1),)


def known(label, shares, **fields):
    base = {"structure": "nectar", "account": "613200", "third": "", "lines": 1, "sample": 7}
    return KnownGroup(label=label, shares=shares, **{**base, **fields})


def left(label, key="g", **fields):
    base = {"structure": "nectar", "account": "613200", "third": "", "size": 100}
    return OpenGroup(key=key, label=label, **{**base, **fields})


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Loyer de mars 2024 FA-12", "loyer fa"),
        ("LOYER JUIN", "loyer"),
        ("Électricité, l’atelier", "electricite atelier"),
        ("20240131 / 12", ""),
    ],
)
def test_labels_of_other_months_and_numbers_are_the_same(label, words):
    assert normal_label(label) == words


def test_an_expression_is_made_of_the_words_in_common():
    labels = ["Location de la presse mars", "location PRESSE avril (12)", "Location, presse"]

    expression = common_expression(labels)

    assert expression == "(?i)Location.*presse"
    assert all(check_expression(expression)(label) for label in labels)
    assert common_expression(["Eau", "Gaz"]) == ""
    assert common_expression([]) == ""


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_an_expression_finds_every_label_that_it_was_made_of(labels):
    expression = common_expression(labels)

    if expression:
        assert all(check_expression(expression)(label) for label in labels)


def test_the_same_words_on_the_same_account_are_nearly_certain():
    found = suggest([left("Location presse mai")], [known("Location presse avril", PRESSE)])

    assert [(each.shares, each.percent, each.sureness) for each in found] == [(PRESSE, 99, "sure")]


def test_the_third_party_counts_within_one_structure_only():
    before = [known("Huile", PRESSE, third="F-HUILE", account="602000")]

    (own,) = suggest([left("Facture", account="401000", third="F-HUILE")], before)
    assert (own.shares, own.percent, own.sureness) == (PRESSE, 50, "possible")
    assert own.reasons[0].same_third
    other = left("Facture", account="401000", third="F-HUILE", structure="cuma")
    assert suggest([other], before) == []


def test_rare_words_weigh_more_than_common_ones():
    before = [known(f"Facture fournisseur {word}", VERGER) for word in ("alpha", "beta", "gamma")]
    before += [known("Facture fournisseur presse", PRESSE, sample=9)]

    (found,) = suggest([left("Facture presse")], before)

    assert found.shares == PRESSE


def test_disagreeing_lines_make_it_less_sure():
    before = [known("Eau", VERGER), known("Eau", PRESSE, sample=8, account="606100")]

    (found,) = suggest([left("Eau")], before)

    assert (found.shares, found.percent) == (VERGER, 53)
    assert suggest([left("Eau")], before[:1])[0].percent == 99


def test_refused_shares_are_not_proposed_again_but_others_are():
    before = [known("Eau", VERGER), known("Eau", PRESSE, account="606100")]

    (found,) = suggest([left("Eau")], before, refused={("g", VERGER)})
    assert found.shares == PRESSE
    assert suggest([left("Eau")], before, refused={("g", VERGER), ("g", PRESSE)}) == []


def test_what_resembles_nothing_is_left_alone():
    assert suggest([left("Assurance")], [known("Location presse", PRESSE)]) == []
    assert suggest([left("")], [known("", PRESSE)]) == []
    assert suggest([], []) == []


groups = st.builds(
    OpenGroup,
    key=st.uuids().map(str),
    structure=st.sampled_from("ab"),
    account=st.sampled_from(["601", "602", "411"]),
    third=st.sampled_from(["", "X", "Y"]),
    label=st.sampled_from(["Eau", "Eau verger", "Huile presse", "Loyer presse mars", "12"]),
    size=st.integers(0, 10**9),
)
attributed = st.builds(
    KnownGroup,
    structure=st.sampled_from("ab"),
    account=st.sampled_from(["601", "602", "411"]),
    third=st.sampled_from(["", "X", "Y"]),
    label=st.sampled_from(["Eau", "Eau verger", "Huile presse", "Loyer presse mars", "12"]),
    shares=st.sampled_from([VERGER, PRESSE, (("-", 1), ("verger", 3))]),
    lines=st.integers(1, 50),
    sample=st.integers(1, 10**6),
)


@given(st.lists(groups, max_size=8), st.lists(attributed, max_size=12))
def test_suggestions_stand_on_what_was_attributed_and_come_largest_first(open_groups, before):
    found = suggest(open_groups, before)

    for each in found:
        assert 50 <= each.percent <= 99
        assert 1 <= len(each.reasons) <= 3
        assert all(why.known in before and why.known.shares == each.shares for why in each.reasons)
        assert any(why.words or why.same_third for why in each.reasons)
        assert not any(
            why.same_third and why.known.structure != each.group.structure for why in each.reasons
        )
    assert [each.group.size for each in found] == sorted(
        (each.group.size for each in found), reverse=True
    )
    assert suggest(open_groups, list(before)) == found


def test_the_time_grows_with_the_groups_and_not_with_their_square():
    before = [
        known(f"mot{chr(97 + n % 26)}{chr(97 + n // 26 % 26)} facture achat", VERGER, sample=n)
        for n in range(20_000)
    ]
    start = time.perf_counter()

    suggester = Suggester(before)
    for n in range(300):
        suggester.suggest(left(f"facture mot{chr(97 + n % 26)}{chr(97 + n // 26)}"))

    assert time.perf_counter() - start < 20


def named(name, *, structure=(), label="x"):
    return Rule(name=name, shares={"verger": 1}, structure=structure, label=label)


def test_a_structure_feels_only_what_it_sees_of_the_rules():
    a, b, every = named("a", structure=("a",)), named("b", structure=("b",)), named("all")

    assert touched([a, b], [b, a], "ab") == set()
    assert touched([a, every], [every, a], "ab") == {"a"}
    assert touched([a], [], "ab") == {"a"}
    assert touched([named("x", structure=("a", "b"))], [named("x", structure=("a",))], "ab") == {
        "b"
    }
    assert touched([every], [named("all", label="y")], "ab") == {"a", "b"}


def test_differences_name_what_was_added_changed_moved_and_removed():
    a, b, c, d = (named(name) for name in "abcd")

    found = rule_changes([a, b, c], [c, a, named("b", label="y"), d])

    assert [(each.kind, each.name) for each in found] == [
        ("moved", "c"),
        ("changed", "b"),
        ("added", "d"),
    ]
    assert [(each.kind, each.name) for each in rule_changes([a, b], [a])] == [("removed", "b")]
    assert rule_changes([a, b], [a, b]) == []


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_moving_rules_about_is_never_called_adding_or_removing(order):
    old = [named(name) for name in "abcde"]

    kinds = {each.kind for each in rule_changes(old, [named(name) for name in order])}

    assert kinds <= {"moved"}
    assert bool(kinds) == (list(order) != list("abcde"))


def test_a_misspelt_word_is_heard_as_the_known_one():
    (found,) = suggest([left("Location presssoir")], [known("Location pressoir", PRESSE)])

    assert (found.shares, found.reasons[0].words) == (PRESSE, 100)


def test_what_was_said_of_another_third_party_says_less():
    before = [known("Encaissement FA1", VERGER, account="411000", third="C-JUS")]

    assert suggest([left("Encaissement FA2", account="512000")], before) == []
    assert suggest([left("Encaissement FA2", account="411000", third="C-ECOLE")], before) == []
    (same,) = suggest([left("Encaissement FA2", account="411000", third="C-JUS")], before)
    assert same.percent == 99
