"""Preparing a file for import: what is refused, and how lines become entries."""

import pickle
import random
import sys
from collections import Counter
from datetime import date

import pytest
from fec_support import HEADER, NAME, entry, fec, good, row, text
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.fec import (
    FecRefusal,
    FecRefused,
    FecUnbalanced,
    Width,
    entries,
    hold,
    prepare,
    runs,
)


def refused(data: bytes, *rules: str, name: str = NAME, **options) -> FecRefused:
    with pytest.raises(FecRefused) as caught:
        prepare(data, name=name, **options)
    assert sorted(caught.value.counts) == sorted(rules)
    assert all(finding.blocks for finding in caught.value.findings)
    return caught.value


def grouped(rows, **options) -> list[tuple]:
    """Number, day, amounts and regrouping of each entry."""
    prepared = prepare(fec(rows), name=NAME, **options)
    found = list(prepared.entries())
    assert len(found) == prepared.entry_count
    assert all(sum(line[12] for line in each.lines) == 0 for each in found)
    return [
        (each.number, each.day.isoformat(), [line[12] for line in each.lines], each.regrouping)
        for each in found
    ]


def test_what_is_known_after_the_first_pass():
    rows = good()
    rows[2] |= {"CompAuxNum": "C1", "CompAuxLib": "Épicerie"}
    prepared = prepare(fec(rows), name=NAME)

    assert prepared.lines == prepared.postings == 6
    assert prepared.entry_count == 3
    assert prepared.debit == prepared.credit == 121950
    assert (prepared.first_day, prepared.last_day) == (date(2023, 1, 1), date(2023, 2, 3))
    assert (prepared.year_start, prepared.year_end) == (date(2023, 1, 1), date(2023, 12, 31))
    assert prepared.siren == "123456782"
    assert prepared.accounts == {
        "512000": "Banque",
        "101000": "Capital",
        "411000": "Clients",
        "701000": "Ventes de produits",
    }
    assert prepared.journals == {"AN": "À-nouveaux", "VE": "Ventes"}
    assert prepared.auxiliaries == {"C1": "Épicerie"}
    assert prepared.findings == []
    assert not prepared.by_piece
    assert prepared.regroupings == []
    assert len(prepared.digest) == 64


def test_entries_come_with_their_lines_in_order():
    found = list(prepare(fec(good()), name=NAME).entries())

    assert [(each.journal, each.number, each.piece, each.label) for each in found] == [
        ("AN", "1", "AN", "Report à nouveau"),
        ("VE", "2", "F1", "Vente à l'épicerie"),
        ("VE", "3", "F2", "Vente à l'épicerie"),
    ]
    assert [[line[0] for line in each.lines] for each in found] == [[2, 3], [4, 5], [6, 7]]
    assert list(entries(fec(good()), name=NAME)) == found


def test_entries_can_be_read_twice():
    prepared = prepare(fec(good()), name=NAME)

    assert list(prepared.entries()) == list(prepared.entries())


# what is refused


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"Debit": "120.50"}, "E_DOT_IN_NUMBER"),
        ({"Debit": "1 120,50"}, "E_THOUSANDS_SEPARATOR"),
        ({"Debit": "cent"}, "E_NOT_A_NUMBER"),
        ({"Debit": "120,505"}, "W_AMOUNT_DECIMALS"),
        ({"EcritureDate": "20231305"}, "E_DATE_CALENDAR"),
        ({"EcritureDate": "hier"}, "E_NOT_A_DATE"),
        ({"EcritureDate": ""}, "E_EMPTY_DATE"),
        ({"EcritureDate": "20230231"}, "W_DAY_NOT_IN_CALENDAR"),
        ({"EcritureDate": "20221231"}, "W_DATE_OUTSIDE_YEAR"),
        ({"EcritureDate": "20240101"}, "W_DATE_OUTSIDE_YEAR"),
        ({"CompteNum": ""}, "E_EMPTY_ACCOUNT"),
        ({"PieceDate": "hier"}, "E_NOT_A_DATE"),
    ],
)
def test_a_value_that_cannot_be_booked_refuses_the_whole_file(change, rule):
    rows = good()
    rows[2] |= change
    error = refused(fec(rows), rule)

    assert error.findings[0].line == 4
    assert "4" in error.message("fr")
    assert error.code == "fec-refused"


def test_a_broken_line_is_refused():
    lines = text(good()).split("\r\n")
    lines[3] = lines[3][:40]

    assert refused("\r\n".join(lines).encode(), "E_FIELD_COUNT").findings[0].line == 4


@pytest.mark.parametrize("column", HEADER)
def test_a_missing_column_is_refused(column):
    data = fec(good(), header=[name for name in HEADER if name != column])
    with pytest.raises(FecRefused) as caught:
        prepare(data, name=NAME)

    absent = {"O_COLUMN_MISSING", "P_COLUMN_NOT_DETECTED"} & set(caught.value.counts)
    assert len(absent) == 1
    assert any(finding.column == column for finding in caught.value.findings)


def test_an_entry_that_would_not_fit_in_memory_is_refused(monkeypatch):
    monkeypatch.setattr(sys.modules["chambre.lib.fec.prepare"], "MOST_LINES", 5)
    rows = [row(EcritureNum="1", Debit="1,00"), *[row(EcritureNum="1", Credit="0,20")] * 5]

    assert refused(fec(rows), "W_ENTRY_TOO_LARGE").findings[0].facts == {"found": 6, "limit": 5}


def test_an_empty_file_and_one_without_separator_are_refused():
    refused(fec([]), "E_EMPTY_FILE")
    refused(fec(good(), separator=";"), "E_SEPARATOR")


def test_a_file_that_does_not_balance_is_refused_with_its_totals_and_entries():
    rows = good()
    rows[2] |= {"Debit": "120,49"}

    with pytest.raises(FecUnbalanced) as caught:
        prepare(fec(rows), name=NAME)
    error = caught.value
    assert (error.debit, error.credit) == (121949, 121950)
    assert [(f.rule, f.line) for f in error.findings] == [("W_UNBALANCED_ENTRY", 4)]
    assert error.message("fr") == (
        "Le fichier n’est pas équilibré : débit 1 219,49, crédit 1 219,50, écart -0,01. "
        "Des lignes manquent ou sont fausses : refaites l’export."
    )


def test_refusals_survive_a_trip_between_processes():
    rows = good()
    rows[2] |= {"Debit": "120.49"}
    for data in (fec(rows), fec([row(Debit="1,00")])):
        with pytest.raises(FecRefusal) as caught:
            prepare(data, name=NAME)
        again = pickle.loads(pickle.dumps(caught.value))
        assert again.message("fr") == caught.value.message("fr")
        assert again.findings == caught.value.findings


@pytest.mark.parametrize(
    "change",
    [
        {"ValidDate": ""},
        {"PieceRef": ""},
        {"PieceDate": ""},
        {"JournalCode": "", "JournalLib": ""},
        {"EcritureLib": ""},
        {"CompteLib": ""},
        {"PieceDate": "20230231"},
        {"CompteNum": "AB1"},
    ],
)
def test_what_only_the_administration_minds_does_not_stop_an_import(change):
    rows = [line | change for line in good()]

    assert prepare(fec(rows), name=NAME).entry_count == 3


def test_another_name_does_not_stop_an_import():
    assert prepare(fec(good()), name="export.txt").lines == 6
    assert prepare(fec(good())).name is None


def test_a_file_whose_days_are_all_of_another_year_than_its_name_is_taken():
    prepared = prepare(fec(good()), name="123456782FEC20251231.txt")

    assert (prepared.year_start, prepared.year_end) == (date(2023, 1, 1), date(2023, 2, 28))
    assert [finding.rule for finding in prepared.findings] == ["W_NAME_YEAR"]


def test_a_stated_year_is_held_to():
    error = refused(
        fec(good()), "W_DATE_OUTSIDE_YEAR", year_start=date(2023, 2, 1), year_end=date(2024, 1, 31)
    )
    assert [finding.line for finding in error.findings] == [2, 4]


def test_without_a_year_in_the_name_days_more_than_two_years_apart_are_refused():
    rows = [*good(), *entry("4", 100, EcritureDate="19230105")]

    assert refused(fec(rows), "W_DATE_OUTSIDE_YEAR", name="x.txt").findings[0].line == 8


# grouping


def test_lines_of_an_entry_that_are_apart_are_put_together():
    first, second = entry("1", 100)
    third, fourth = entry("2", 200, PieceRef="F2")

    assert grouped([first, third, second, fourth]) == [
        ("1", "2023-01-05", [100, -100], None),
        ("2", "2023-01-05", [200, -200], None),
    ]


def test_the_same_number_in_two_journals_or_on_two_days_is_two_entries():
    rows = [
        *entry("1", 100),
        *entry("1", 200, JournalCode="AC"),
        *entry("1", 300, EcritureDate="20230106"),
        *entry("2", 400, EcritureDate="20230106"),
    ]

    assert [amounts[0] for _, _, amounts, _ in grouped(rows)] == [100, 200, 300, 400]


def test_numbers_all_the_same_go_by_journal_day_and_piece():
    rows = [
        *entry("0", 100, PieceRef="F1"),
        *entry("0", 200, PieceRef="F2"),
        *entry("0", 300, PieceRef="F3", EcritureDate="20230106"),
    ]
    prepared = prepare(fec(rows), name=NAME)

    assert prepared.by_piece
    assert [each.piece for each in prepared.entries()] == ["F1", "F2", "F3"]
    assert [each.number for each in prepared.entries()] == ["", "", ""]
    assert [finding.rule for finding in prepared.findings] == ["W_NUMBERS_ALL_SAME"]


def test_one_entry_alone_keeps_its_number():
    rows = [row(EcritureNum="7", Debit="1,00", PieceRef="A"), row(EcritureNum="7", Credit="1,00")]

    assert grouped(rows) == [("7", "2023-01-05", [100, -100], None)]


def test_numbers_that_differ_only_after_thousands_of_lines_count_from_the_beginning():
    rows = [line for n in range(3000) for line in entry("1", 100, PieceRef=f"F{n}")]
    rows += entry("2", 100, PieceRef="F1")

    prepared = prepare(fec(rows), name=NAME)
    assert not prepared.by_piece
    assert prepared.lines == 6002
    assert [each.number for each in prepared.entries()] == ["1", "2"]


def test_missing_numbers_go_by_piece_beside_those_that_are_there():
    rows = [
        *entry("1", 100, PieceRef="F1"),
        *entry("", 200, PieceRef="F2"),
        *entry("", 300, PieceRef="F3"),
    ]

    assert grouped(rows) == [
        ("1", "2023-01-05", [100, -100], None),
        ("", "2023-01-05", [200, -200], None),
        ("", "2023-01-05", [300, -300], None),
    ]


def test_a_number_that_starts_again_for_another_piece_is_another_entry():
    rows = [
        *entry("1", 100, PieceRef="F1"),
        *entry("2", 200, PieceRef="F2"),
        *entry("1", 300, PieceRef="F3"),
    ]

    assert [amounts for _, _, amounts, _ in grouped(rows)] == [
        [100, -100],
        [200, -200],
        [300, -300],
    ]


def regroupings(rows) -> list[tuple]:
    prepared = prepare(fec(rows), name=NAME)
    listed = [
        (each.width, each.journal, each.groups, each.lines, each.first_line)
        for each in prepared.regroupings
    ]
    assert len(listed) == prepared.regrouping_count
    marked = [each.regrouping for each in prepared.entries() if each.regrouping is not None]
    assert sorted(marked) == list(range(len(listed)))
    for each in prepared.regroupings:
        assert each.why("fr") != each.why("en")
        assert sum(key[-1] for key in each.keys) == 0
    return listed


def one(number: str, debit: str = "0,00", credit: str = "0,00", **values: str) -> dict[str, str]:
    return row(EcritureNum=number, Debit=debit, Credit=credit, **values)


def test_a_number_for_each_line_is_put_together_by_piece():
    rows = [
        one("1", "1,00", PieceRef="F1"),
        one("2", credit="1,00", PieceRef="F1"),
        one("3", "2,00", PieceRef="F2"),
        one("4", credit="2,00", PieceRef="F2"),
    ]

    assert regroupings(rows) == [(Width.PIECE, "VE", 2, 2, 2), (Width.PIECE, "VE", 2, 2, 4)]
    assert grouped(rows) == [
        ("", "2023-01-05", [100, -100], 0),
        ("", "2023-01-05", [200, -200], 1),
    ]


def test_an_entry_over_two_days_is_put_together_by_its_number_and_takes_the_last_day():
    rows = [
        *entry("1", 500),
        one("2", "1,00", PieceRef="F1"),
        one("2", credit="1,00", EcritureDate="20230107", PieceRef="F9"),
    ]

    assert regroupings(rows) == [(Width.NUMBER, "VE", 2, 2, 4)]
    assert grouped(rows)[1] == ("2", "2023-01-07", [100, -100], 0)


@pytest.mark.parametrize(
    ("other", "width", "journal"),
    [
        ({}, Width.JOURNAL_DAY, "VE"),
        ({"JournalCode": "BQ"}, Width.DAY, ""),
        ({"EcritureDate": "20230120"}, Width.JOURNAL_MONTH, "VE"),
        ({"EcritureDate": "20230120", "JournalCode": "BQ"}, Width.MONTH, ""),
        ({"EcritureDate": "20230420"}, Width.JOURNAL, "VE"),
        ({"EcritureDate": "20230420", "JournalCode": "BQ"}, Width.FILE, ""),
    ],
)
def test_what_does_not_balance_takes_the_narrowest_width_that_does(other, width, journal):
    rows = [
        *entry("1", 500),
        one("2", "1,00", PieceRef="F1"),
        *entry("3", 700, PieceRef="F7"),
        one("4", credit="1,00", PieceRef="F2", **other),
        *entry("5", 900, PieceRef="F9"),
    ]

    assert regroupings(rows) == [(width, journal, 2, 2, 4)]


def test_entries_that_balance_are_left_out_of_a_regrouping():
    rows = [*entry("1", 500), one("2", "1,00"), one("3", credit="1,00", PieceRef="F2")]

    assert grouped(rows) == [
        ("1", "2023-01-05", [500, -500], None),
        ("", "2023-01-05", [100, -100], 0),
    ]


def test_each_width_takes_only_what_the_narrower_left():
    rows = [
        one("1", "1,00"),
        one("2", credit="1,00", PieceRef="F2"),
        one("3", "2,00", EcritureDate="20230201"),
        one("4", credit="2,00", EcritureDate="20230208", PieceRef="F4"),
        one("5", "3,00", EcritureDate="20230301"),
        one("6", credit="3,00", EcritureDate="20230408", JournalCode="BQ"),
    ]

    assert [listed[0] for listed in regroupings(rows)] == [
        Width.JOURNAL_DAY,
        Width.JOURNAL_MONTH,
        Width.FILE,
    ]


def test_a_line_with_two_figures_is_two_postings_of_one_line():
    prepared = prepare(fec([row(Debit="10,00", Credit="10,00"), *entry("2", 100)]), name=NAME)

    assert (prepared.lines, prepared.postings, prepared.entry_count) == (3, 4, 2)
    assert prepared.debit == prepared.credit == 1100


def test_lines_held_back_go_to_a_file_when_there_are_many(monkeypatch):
    monkeypatch.setattr(hold, "IN_MEMORY", 10)
    rows = [line for n in range(200) for line in entry(str(n), 100 + n, PieceRef=f"F{n}")]
    random.Random(3).shuffle(rows)
    found = list(prepare(fec(rows), name=NAME).entries())

    assert len(found) == 200
    assert all(sum(line[12] for line in each.lines) == 0 for each in found)
    assert sorted(each.lines[0][12] for each in found) != []


@pytest.mark.parametrize("share", [10, 400, 100_000])
def test_keys_that_come_back_are_found_a_share_at_a_time(monkeypatch, share):
    repeats = runs.Repeats()
    monkeypatch.setattr(runs, "_SHARE", share)
    draw = random.Random(5)
    values = [draw.randrange(-(1 << 40), 1 << 40) for _ in range(500)] * 2 + [7]
    for start in range(0, len(values), 60):
        repeats.add(values[start : start + 60])

    assert sorted(repeats.found()) == list(enumerate(values[:1000]))


def test_a_file_that_changes_between_the_passes_is_noticed(tmp_path):
    path = tmp_path / NAME
    path.write_bytes(fec(good()))
    prepared = prepare(path)
    path.write_bytes(fec(good()[:4]))

    with pytest.raises(FecRefusal) as caught:
        list(prepared.entries())
    assert caught.value.code == "fec-changed"


@st.composite
def balanced_rows(draw):
    """Entries that balance, with numbers, days and pieces that overlap, in any order."""
    rows = []
    for rank in range(draw(st.integers(1, 12))):
        values = {
            "JournalCode": draw(st.sampled_from(["VE", "AC"])),
            "EcritureDate": draw(st.sampled_from(["20230105", "20230106", "20230301"])),
            "PieceRef": draw(st.sampled_from(["F1", "F2", ""])),
        }
        cents = draw(st.integers(1, 999))
        rows += entry(draw(st.sampled_from(["", "0", "1", str(rank)])), cents, **values)
    return draw(st.permutations(rows)) if draw(st.booleans()) else rows


@given(balanced_rows())
@settings(max_examples=200, deadline=None)
def test_every_line_comes_once_in_an_entry_that_balances(rows):
    prepared = prepare(fec(rows), name=NAME)
    found = list(prepared.entries())

    assert len(found) == prepared.entry_count
    assert all(sum(line[12] for line in each.lines) == 0 for each in found)
    given_back = Counter(line[0] for each in found for line in each.lines)
    assert given_back == Counter(range(2, len(rows) + 2))
    assert all(
        [line[0] for line in each.lines] == sorted(line[0] for line in each.lines) for each in found
    )
