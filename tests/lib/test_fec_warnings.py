"""The checks that the administration does not make: they warn, and never change the verdict."""

from datetime import date

import pytest
from fec_support import HEADER, NAME, entry, fec, good, row

from chambre.lib.fec import RULES, audit_content, check


def warned(rows, *rules: str, name: str = NAME, **options) -> list:
    """The findings of some rules, after making sure that the verdict is not theirs."""
    report = check(fec(rows), name=name, **options)
    assert report.verdict == "accepted"
    for finding in report.warnings:
        for lang in ("fr", "en"):
            assert "{" not in finding.message(lang)
    if not rules:
        return [(f.rule, f.line) for f in report.warnings]
    return [f for f in report.warnings if f.rule in rules]


def messages(findings) -> list[str]:
    return [finding.message("fr") for finding in findings]


def test_a_file_that_does_not_balance_is_accepted_and_every_gap_is_said():
    rows = good()
    rows[2] |= {"Debit": "120,49"}
    report = check(fec(rows), name=NAME)

    assert report.verdict == "accepted"
    assert not report.balanced
    assert not report.importable
    assert [f.rule for f in report.warnings] == [
        "W_UNBALANCED_FILE",
        "W_UNBALANCED_JOURNAL",
        "W_UNBALANCED_DAY",
        "W_UNBALANCED_ENTRY",
    ]
    assert [f.message("fr") for f in report.warnings] == [
        "Le total des débits (1 219,49) n’est pas celui des crédits (1 219,50) : écart -0,01.",
        "Le journal VE n’est pas équilibré : écart -0,01.",
        "La journée du 05/01/2023 n’est pas équilibrée : écart -0,01.",
        "L’écriture VE 2 du 05/01/2023 (ligne 4) n’est pas équilibrée : écart -0,01.",
    ]
    assert [f.message("en") for f in report.warnings][3] == (
        "Entry VE 2 of 2023-01-05 (line 4) does not balance: difference -0.01."
    )


def test_entries_that_do_not_balance_in_a_file_that_does():
    rows = good()
    rows[2] |= {"Debit": "120,49"}
    rows[4] |= {"Debit": "99,01"}

    assert warned(rows) == [
        ("W_UNBALANCED_DAY", 0),
        ("W_UNBALANCED_DAY", 0),
        ("W_UNBALANCED_ENTRY", 4),
        ("W_UNBALANCED_ENTRY", 6),
    ]


def test_a_missing_number_is_said():
    rows = [*good(), *entry("5", 100, EcritureDate="20230301", PieceDate="20230301")]

    (gap,) = warned(rows, "W_NUMBER_GAP")
    assert gap.message("fr") == ("Il manque des numéros d’écriture entre 3 et 5 (tous journaux).")


def test_numbers_may_run_by_journal():
    rows = [
        *entry("VE1", 100, PieceRef="F1"),
        *entry("AC1", 100, JournalCode="AC", PieceRef="A1"),
        *entry("VE2", 200, PieceRef="F2"),
        *entry("AC2", 200, JournalCode="AC", PieceRef="A2"),
    ]
    assert warned(rows) == []

    rows = [
        *entry("1", 100, PieceRef="F1"),
        *entry("2", 200, PieceRef="F2"),
        *entry("1", 100, JournalCode="AC", PieceRef="A1"),
        *entry("2", 200, JournalCode="AC", PieceRef="A2"),
        *entry("4", 300, JournalCode="AC", PieceRef="A3"),
    ]
    assert messages(warned(rows, "W_NUMBER_GAP", "W_NUMBER_BACKWARD")) == [
        "Il manque des numéros d’écriture entre 2 et 4 (journal AC)."
    ]


def test_a_number_that_goes_back_is_said_with_its_line():
    rows = [
        *entry("1", 100, PieceRef="F1"),
        *entry("3", 200, PieceRef="F2"),
        *entry("2", 300, PieceRef="F3"),
    ]

    assert warned(rows) == [("W_NUMBER_BACKWARD", 6)]


def test_numbers_all_the_same_are_said():
    rows = [
        *entry("0", 100, PieceRef="F1"),
        *entry("0", 200, PieceRef="F2"),
        *entry("0", 300, PieceRef="F3", EcritureDate="20230106"),
    ]

    assert warned(rows) == [("W_NUMBERS_ALL_SAME", 0)]
    assert check(fec(rows), name=NAME).entries == 3


def test_missing_numbers_are_an_error_of_the_administration_and_are_counted():
    rows = [*entry("", 100, PieceRef="F1"), *entry("", 200, PieceRef="F2")]
    report = check(fec(rows), name=NAME)

    assert report.counts == {"E_EMPTY_VALUE": 4, "W_NUMBERS_MISSING": 1}
    assert report.entries == 2


def test_numbers_that_start_again_on_the_same_day_are_said():
    rows = [
        *entry("1", 100, PieceRef="F1"),
        *entry("2", 200, PieceRef="F2"),
        *entry("1", 300, PieceRef="F3"),
    ]
    findings = warned(rows, "W_NUMBERS_RESTART")

    assert [(f.line, f.facts["before"]) for f in findings] == [(6, 2)]
    assert check(fec(rows), name=NAME).entries == 3


def test_an_entry_whose_lines_are_apart_is_said():
    first, second = entry("1", 100)
    rows = [first, *entry("2", 200, PieceRef="F2"), second]

    assert ("W_ENTRY_SCATTERED", 5) in warned(rows)
    assert check(fec(rows), name=NAME).entries == 2


def test_an_entry_on_two_days_is_said():
    rows = entry("1", 100)
    rows[1] |= {"EcritureDate": "20230106"}

    assert [f.line for f in warned(rows, "W_ENTRY_SEVERAL_DAYS")] == [3]


def test_validation_must_be_chronological():
    rows = [
        *entry("1", 100, ValidDate="20230210"),
        *entry("2", 200, ValidDate="20230209", PieceRef="F2"),
    ]
    (finding,) = warned(rows, "W_NOT_BY_VALIDATION")

    assert finding.line == 4
    assert finding.message("fr").startswith("Ligne 4, ValidDate 09/02/2023 vient après 10/02/2023")


def test_days_go_forward_in_each_journal():
    rows = [
        *entry("1", 100, EcritureDate="20230110"),
        *entry("2", 200, EcritureDate="20230105", JournalCode="AC", PieceRef="A1"),
        *entry("3", 300, EcritureDate="20230109", PieceRef="F2"),
    ]

    assert [f.line for f in warned(rows, "W_NOT_BY_DATE")] == [6]


def test_opening_entries_come_first():
    rows = good()
    rows = [*rows[2:4], *rows[:2], *rows[4:]]

    assert [f.line for f in warned(rows, "W_OPENING_NOT_FIRST")] == [4]


@pytest.mark.parametrize(
    ("day", "outside"),
    [("20230101", False), ("20231231", False), ("20240101", True), ("20221231", True)],
)
def test_a_day_outside_the_year_of_the_name_is_said(day, outside):
    rows = [*good(), *entry("4", 100, EcritureDate=day, JournalCode="OD", PieceRef="O1")]
    findings = warned(rows, "W_DATE_OUTSIDE_YEAR")

    assert [f.line for f in findings] == ([8] if outside else [])
    if outside:
        assert "(01/01/2023 – 31/12/2023)" in findings[0].message("fr")


def test_the_year_can_be_stated():
    rows = [*good(), *entry("4", 100, EcritureDate="20221115", JournalCode="OD")]
    options = {"year_start": date(2022, 10, 1), "year_end": date(2023, 12, 31)}

    assert warned(rows, "W_DATE_OUTSIDE_YEAR", **options) == []


def test_a_name_of_another_year_is_doubted_before_the_entries_are():
    report = check(fec(good()), name="123456782FEC20251231.txt")

    assert list(report.counts) == ["W_NAME_YEAR"]
    assert report.verdict == "accepted"
    assert (report.year.start, report.year.end) == (date(2023, 1, 1), date(2023, 2, 28))


def test_a_first_year_of_eighteen_months_is_one_year():
    rows, number = [], 0
    for month in range(7, 13):
        for day in range(1, 29, 4):
            number += 1
            rows += entry(str(number), 100 + number, EcritureDate=f"2022{month:02d}{day:02d}")
    rows += entry(str(number + 1), 100, EcritureDate="20230601")
    report = check(fec(rows), name=NAME)

    assert "W_DATE_OUTSIDE_YEAR" not in report.counts
    assert report.counts["W_LONG_YEAR"] == 1
    assert report.year.start == date(2022, 7, 1)


def test_days_that_do_not_exist():
    rows = good()
    rows[4] |= {"PieceDate": "20230231"}
    assert ("W_DATE_NOT_IN_CALENDAR", 6) in warned(rows)

    rows[4] |= {"EcritureDate": "20230231"}
    assert ("W_DAY_NOT_IN_CALENDAR", 6) in warned(rows)
    assert not check(fec(rows), name=NAME).importable


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("123456789FEC20231231.txt", "W_SIREN_KEY"),
        ("000000000FEC20231231.txt", "W_SIREN_KEY"),
        ("0000000001FEC20231231.txt", "W_FILE_NAME"),
        ("123456782FEC20231231-v2.txt", "W_FILE_NAME"),
    ],
)
def test_the_name_is_looked_at_more_closely(name, rule):
    assert warned(good(), name=name) == [(rule, 0)]


def test_another_siren_than_that_of_the_structure_is_said():
    assert warned(good(), siren="732829320") == [("W_SIREN_OTHER", 0)]
    assert warned(good(), siren="123456782") == []


def test_accounts_that_the_chart_does_not_have():
    known = {"101", "512", "411"}

    findings = warned(good(), "W_ACCOUNT_UNKNOWN", known_accounts=known)
    assert [(f.line, f.value) for f in findings] == [(5, "701000")]
    assert warned(good(), known_accounts=lambda account: True) == []


def test_an_account_that_changes_its_label():
    rows = good()
    rows[4] |= {"CompteLib": "Clients divers"}

    (finding,) = warned(rows)
    assert finding == ("W_ACCOUNT_LABELS", 6)


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({"PieceDate": "20230601", "ValidDate": "20230501"}, ["W_PIECE_AFTER_VALIDATION"]),
        ({"PieceDate": "20200105"}, ["W_PIECE_FAR"]),
        ({"ValidDate": "20230101"}, ["W_PIECE_AFTER_VALIDATION", "W_VALIDATED_BEFORE_ENTRY"]),
    ],
)
def test_pieces_and_validation_agree_with_the_entry(values, rules):
    rows = [row(Debit="1,00", **values), row(Credit="1,00")]

    assert sorted(f.rule for f in warned(rows, *rules)) == rules


def test_a_lettering_must_cancel_out():
    rows = [
        *entry("1", 100),
        *entry("2", 100, PieceRef="B1"),
        *entry("3", 300, PieceRef="F3"),
    ]
    for line in rows[::2]:
        line |= {"EcritureLet": "A", "DateLet": "20230601", "CompAuxNum": "C1"}
    rows[2]["Debit"], rows[2]["Credit"] = "0,00", "1,00"
    rows[3]["Debit"], rows[3]["Credit"] = "1,00", "0,00"
    findings = warned(rows, "W_LETTERING_UNBALANCED")

    assert messages(findings) == [
        "Le lettrage A du compte 411000 C1 n’est pas équilibré : écart 3,00."
    ]
    assert [f.line for f in findings] == [6]

    rows[4] |= {"EcritureLet": ""}
    assert warned(rows, "W_LETTERING_UNBALANCED") == []
    rows[0] |= {"DateLet": ""}
    assert [f.line for f in warned(rows, "W_LETTERING_WITHOUT_DATE")] == [2]


def test_a_line_and_an_entry_repeated_are_said():
    rows = [*entry("1", 100), *entry("2", 200), *entry("3", 100)]
    assert warned(rows) == [("W_DUPLICATE_ENTRY", 6)]

    first, second = entry("1", 100)
    rows = [first, second, second, row(Debit="1,00", EcritureLib="Autre")]
    assert warned(rows) == [("W_DUPLICATE_LINE", 4)]


def test_entries_that_differ_in_their_amount_alone_are_not_doubles():
    rows = [line for n in range(400) for line in entry(str(n), 100 + n)]
    assert warned(rows, "W_DUPLICATE_ENTRY") == []

    third = {"CompteNum": "445710", "CompteLib": "TVA", "Credit": "1,00"}
    rows = []
    for n in range(300):
        net, tax = f"{500 - n},00", f"{100 + n},00"
        rows += [
            row(EcritureNum=str(n), Debit="600,00"),
            row(EcritureNum=str(n), Credit=net, CompteNum="701000", CompteLib="Ventes"),
            row(EcritureNum=str(n), **(third | {"Credit": tax})),
        ]
    assert warned(rows, "W_DUPLICATE_ENTRY") == []


def test_the_opening_takes_over_the_last_closing():
    closing = {"512000": 100000, "101000": -90000, "701000": -30000, "601000": 20000}
    findings = warned(good(), previous_closing=closing)
    assert findings == [("W_OPENING_DIFFERS", 0), ("W_OPENING_DIFFERS", 0)]

    rows = good()
    rows[1] |= {"Credit": "900,00"}
    rows.insert(2, rows[1] | {"CompteNum": "120000", "CompteLib": "Résultat", "Credit": "100,00"})
    assert warned(rows, previous_closing=closing) == []


def test_columns_out_of_order_or_twice():
    order = (*HEADER[5:], *HEADER[:5])
    report = check(fec(good(), header=order), name=NAME)
    assert (report.verdict, report.counts) == ("accepted", {"W_COLUMN_ORDER": 1})

    report = check(fec(good(), header=(*HEADER, "PieceRef")), name=NAME)
    assert report.counts["W_COLUMN_TWICE"] == 1
    assert not report.importable


def test_letterings_are_no_longer_followed_when_too_many_are_open(monkeypatch):
    monkeypatch.setattr(audit_content, "OPEN_LETTERINGS", 10)
    rows = [
        line | {"EcritureLet": f"L{n}{line['CompteNum']}", "DateLet": "20230601"}
        for n in range(20)
        for line in entry(str(n), 100, PieceRef=f"F{n}")
    ]

    assert warned(rows) == [("W_LETTERING_NOT_FOLLOWED", 0)]


def test_dates_in_a_tolerated_form_and_powers_are_said():
    rows = good()
    rows[2] |= {"PieceDate": "2023-01-05", "Debit": "1,205E2"}

    assert sorted(warned(rows)) == [("W_DATE_FORM", 4), ("W_SCIENTIFIC_NOTATION", 4)]


@pytest.mark.parametrize(
    ("amount", "rule"),
    [
        ("120,505", "W_AMOUNT_DECIMALS"),
        (",", "W_AMOUNT_UNREADABLE"),
        ("9" * 16, "W_AMOUNT_TOO_LARGE"),
    ],
)
def test_amounts_that_pass_but_cannot_be_booked(amount, rule):
    rows = good()
    rows[2] |= {"Debit": amount}
    report = check(fec(rows), name=NAME)

    assert report.verdict == "accepted"
    assert rule in report.counts
    assert not report.importable


def test_a_day_that_cannot_be_read_is_said_once_and_is_no_day_of_the_books():
    rows = [*good(), row(EcritureNum="4", EcritureDate="20231305", Debit="5,00", JournalCode="")]

    report = check(fec(rows), name=NAME)

    assert report.counts["E_DATE_CALENDAR"] == 1
    assert not {"W_UNBALANCED_DAY", "W_UNBALANCED_ENTRY", "W_NOT_BY_DATE"} & set(report.counts)
    said = [each.message("fr") for each in report.findings]
    assert "Le journal – n’est pas équilibré : écart 5,00." in said
    assert not [text for text in said if "/1 " in text or "0001" in text]


def test_every_advice_is_a_sentence_without_gaps():
    advice = [text for rule in RULES.values() for text in (rule.todo("fr"), rule.todo("en"))]

    assert not [text for text in advice if "{" in text]
