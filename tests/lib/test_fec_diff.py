"""What a replaced export changes."""

from collections import Counter

import pytest
from fec_support import NAME, entry, fec, good
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.fec import ChangeKind, Entry, difference, prepare


def entries_of(rows) -> list[Entry]:
    return list(prepare(fec(rows), name=NAME).entries())


def changes(before, after, **options) -> list[tuple]:
    found = difference(entries_of(before), entries_of(after), **options)
    return [
        (
            change.kind.value,
            change.before.number if change.before else None,
            change.after.number if change.after else None,
            [line[12] for line in change.removed],
            [line[12] for line in change.added],
        )
        for change in found
    ]


def test_the_same_export_changes_nothing_wherever_its_lines_stand():
    rows = good()

    assert changes(rows, rows) == []
    assert changes(rows, [*rows[4:], *rows[:2], rows[3], rows[2]]) == []


def test_an_entry_is_added_and_another_removed():
    rows = good()
    after = [*rows[:4], *entry("4", 700, PieceRef="F9", EcritureDate="20230601")]

    assert changes(rows, after) == [
        ("removed", "3", None, [9900, -9900], []),
        ("added", None, "4", [], [700, -700]),
    ]


def test_a_changed_entry_shows_the_lines_that_differ():
    rows, after = good(), good()
    after[2] |= {"Debit": "100,00"}
    after.insert(3, after[2] | {"Debit": "20,50"})

    assert changes(rows, after) == [("changed", "2", "2", [12050], [10000, 2050])]


def test_a_change_of_label_is_a_change_unless_it_is_said_not_to_count():
    rows, after = good(), good()
    after[3] |= {"CompteLib": "Ventes de fruits"}

    assert changes(rows, after) == [("changed", "2", "2", [-12050], [-12050])]
    assert changes(rows, after, ignoring=["account_label"]) == []
    with pytest.raises(ValueError, match="colour"):
        changes(rows, after, ignoring=["colour"])


def test_an_entry_under_another_number_is_renumbered():
    rows = good()
    after = [line | {"EcritureNum": "30"} if line["EcritureNum"] == "3" else line for line in rows]

    assert changes(rows, after) == [("renumbered", "3", "30", [], [])]


def test_an_entry_on_another_day_is_changed():
    rows = good()
    after = [
        line | {"EcritureDate": "20230204"} if line["EcritureNum"] == "3" else line for line in rows
    ]

    assert changes(rows, after) == [("changed", "3", "3", [9900, -9900], [9900, -9900])]


def test_entries_repeated_are_counted():
    twice = [*entry("", 100, PieceRef="A"), *entry("", 100, PieceRef="B")]
    once = entry("", 100, PieceRef="A")

    assert changes(twice, once) == [("removed", "", None, [100, -100], [])]


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=8),
       st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=8))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_before_minus_what_is_removed_plus_what_is_added_is_after(one, other):
    def made(drawn):
        rows = [line for number, cents in drawn for line in entry(str(number), cents)]
        return entries_of(rows) if rows else []

    def lines(each):
        return Counter((line[3], line[12], line[5]) for entry_ in each for line in entry_.lines)

    before, after = made(one), made(other)
    count = lines(before)
    for change in difference(before, after):
        assert change.kind in ChangeKind
        if change.before:
            count -= lines([change.before])
        if change.after:
            count += lines([change.after])

    assert count == lines(after)
    assert list(difference(before, before)) == []
