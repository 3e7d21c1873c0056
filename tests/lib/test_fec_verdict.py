"""The verdict: rule by rule what the administration's program says."""

import pytest
from fec_support import HEADER, NAME, entry, fec, good, row, text

from chambre.lib.fec import RULES, Books, check

MANDATORY = ("EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "EcritureLib")


def found(data: bytes, name: str = NAME, **options) -> dict[str, int]:
    """The administration's rules found, with their counts; the further checks left out."""
    report = check(data, name=name, **options)
    for finding in report.findings:
        for lang in ("fr", "en"):
            assert finding.message(lang)
            assert finding.todo(lang)
            assert "{" not in finding.message(lang)
    return {rule: count for rule, count in report.counts.items() if rule[0] != "W"}


def with_value(column: str, value: str, line: int = 2) -> list[dict[str, str]]:
    rows = good()
    rows[line] = rows[line] | {column: value}
    return rows


def test_a_good_file_is_accepted_and_nothing_is_said():
    report = check(fec(good()), name=NAME)

    assert report.as_json() == {
        "verdict": "accepted",
        "lines": 6,
        "debit": 121950,
        "credit": 121950,
        "balanced": True,
        "errors": [],
        "warnings": [],
    }
    assert report.entries == 3
    assert report.importable


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        (NAME, "accepted"),
        ("123456782FEC20231231_1.txt", "accepted"),
        ("0000000001FEC20231231.txt", "accepted"),
        ("ferme FEC20231231 définitif.csv", "accepted"),
        ("FEC20231231.txt", "rejected"),
        ("123456782FEC231231.txt", "rejected"),
        ("123456782-20231231.txt", "rejected"),
        ("123456782FEC19991231.txt", "rejected"),
        ("123456782FEC20232031.txt", "rejected"),
    ],
)
def test_the_name_must_hold_fec_and_a_date(name, verdict):
    report = check(fec(good()), name=name)

    assert report.verdict == verdict
    assert ("E_FILE_NAME" in report.counts) == (verdict == "rejected")


def test_without_any_name_the_rule_on_names_is_not_looked_at():
    assert check(fec(good())).verdict == "accepted"


@pytest.mark.parametrize("separator", [";", ",", " "])
def test_only_a_tab_or_a_bar_separates(separator):
    data = fec(good(), separator=separator)

    assert found(data) == {"E_SEPARATOR": 1}
    assert check(data, name=NAME).lines == 0


@pytest.mark.parametrize("separator", [";"])
def test_other_separators_pass_in_years_closed_before_2013(separator):
    report = check(fec(good(), separator=separator), name="123456782FEC20121231.txt")

    assert report.verdict == "accepted"
    assert report.lines == 6


@pytest.mark.parametrize("column", [*MANDATORY, "Debit", "Credit"])
def test_without_a_mandatory_column_nothing_is_read(column):
    data = fec(good(), header=[name for name in HEADER if name != column])

    assert found(data)["O_COLUMN_MISSING"] == 1
    assert check(data, name=NAME).verdict == "rejected"


@pytest.mark.parametrize(
    "column", [name for name in HEADER if name not in {*MANDATORY, "Debit", "Credit"}]
)
def test_a_column_that_is_not_detected_rejects_since_2013(column):
    data = fec(good(), header=[name for name in HEADER if name != column])

    assert found(data) == {"P_COLUMN_NOT_DETECTED": 1}
    assert check(data, name=NAME).verdict == "rejected"
    assert found(data, "123456782FEC20121231.txt") == {"I_COLUMN_NOT_DETECTED": 1}


@pytest.mark.parametrize(
    ("spelling", "rules"),
    [
        ("DEBIT", {}),
        ("debit ", {}),
        ("Débit", {}),
        ("De-bit", {"O_COLUMN_OTHER_NAME": 1}),
    ],
)
def test_column_names_are_compared_as_the_program_does(spelling, rules):
    assert found(fec(good()).replace(b"Debit", spelling.encode())) == rules


def test_a_column_under_another_name_is_read_but_rejected():
    report = check(fec(good()).replace(b"Idevise", b"IdDevise"), name=NAME)

    assert report.counts == {"P_COLUMN_OTHER_NAME": 1}
    assert report.verdict == "rejected"
    assert report.importable
    assert report.columns["Idevise"] == "IdDevise"


def test_a_trailing_separator_is_a_remark():
    assert found(fec(good(), trailing=True)) == {"I_TRAILING_SEPARATOR": 1}


def test_a_trailing_separator_on_the_lines_alone_is_an_error():
    whole = text(good()).split("\r\n")
    lines = "\r\n".join([whole[0], *(line + "\t" for line in whole[1:-1])]) + "\r\n"
    header = "\r\n".join([whole[0] + "\t", *whole[1:]])

    assert found(lines.encode()) == {"E_TRAILING_SEPARATOR": 6}
    assert found(header.encode()) == {"I_TRAILING_SEPARATOR": 1, "E_TRAILING_SEPARATOR": 6}
    assert check(lines.encode(), name=NAME).debit == 121950


def test_further_columns_are_said():
    data = fec([line | {"Site": "A"} for line in good()], header=(*HEADER, "Site"))

    assert found(data) == {"S_EXTRA_COLUMN": 1}
    assert check(data, name=NAME).verdict == "accepted"


@pytest.mark.parametrize("data", [b"", b"\r\n", text([]).encode(), text([]).rstrip().encode()])
def test_a_file_without_lines_is_rejected(data):
    assert found(data) == {"E_EMPTY_FILE": 1}


@pytest.mark.parametrize("blank", ["", "   ", "\x1a"])
def test_an_empty_line_is_an_error_that_does_not_stop_an_import(blank):
    data = text(good()) + blank + "\r\n"
    report = check(data.encode(), name=NAME)

    assert [(f.rule, f.line) for f in report.errors] == [("E_EMPTY_LINE", 8)]
    assert report.importable


@pytest.mark.parametrize(
    ("broken", "count"),
    [
        (lambda line: line.replace("\t", "\t\t", 1), 19),
        (lambda line: line.rsplit("\t", 1)[0], 17),
        (lambda line: "une ligne de commentaire", 1),
    ],
)
def test_a_line_with_other_fields_than_the_header_is_an_error(broken, count):
    lines = text(good()).split("\r\n")
    lines[3] = broken(lines[3])
    report = check("\r\n".join(lines).encode(), name=NAME)
    (error,) = report.errors

    assert (error.rule, error.line) == ("E_FIELD_COUNT", 4)
    assert error.facts == {"found": count, "expected": 18}
    assert not report.importable
    assert report.lines == 6


def test_a_bar_in_a_label_breaks_a_line_of_a_bar_file():
    report = check(fec(with_value("EcritureLib", "a|b"), separator="|"), name=NAME)

    assert [(f.rule, f.line) for f in report.errors] == [("E_FIELD_COUNT", 4)]
    assert check(fec(with_value("EcritureLib", "a|b")), name=NAME).verdict == "accepted"


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        ("EcritureNum", "E_EMPTY_VALUE"),
        ("CompteLib", "E_EMPTY_VALUE"),
        ("EcritureLib", "E_EMPTY_VALUE"),
        ("EcritureDate", "E_EMPTY_DATE"),
        ("JournalCode", "V_EMPTY_VALUE"),
        ("JournalLib", "V_EMPTY_VALUE"),
        ("PieceRef", "V_EMPTY_VALUE"),
        ("PieceDate", "V_EMPTY_VALUE"),
        ("ValidDate", "V_EMPTY_VALUE"),
        ("CompAuxNum", None),
        ("CompAuxLib", None),
        ("EcritureLet", None),
        ("DateLet", None),
        ("Montantdevise", None),
        ("Idevise", None),
    ],
)
@pytest.mark.parametrize("blank", ["", "  ", "\xa0"])
def test_an_empty_value_is_an_error_absent_data_or_allowed(column, rule, blank):
    report = check(fec(with_value(column, blank)), name=NAME)

    assert [(f.rule, f.line, f.column) for f in report.errors] == (
        [(rule, 4, column)] if rule else []
    )
    assert report.verdict == ("rejected" if rule else "accepted")


def test_an_empty_account_is_an_error_and_an_alert():
    assert found(fec(with_value("CompteNum", ""))) == {"E_EMPTY_ACCOUNT": 1, "A_ACCOUNT": 1}


@pytest.mark.parametrize("column", ["JournalCode", "JournalLib", "ValidDate"])
def test_cash_books_may_leave_journal_and_validation_empty(column):
    data = fec(with_value(column, ""))

    assert check(data, name=NAME, books=Books.PRACTICE_CASH).counts["P_COLUMN_NOT_DETECTED"] == 4
    assert "V_EMPTY_VALUE" not in found(data, books=Books.FARM_CASH)
    assert found(fec(with_value("PieceRef", "")), books=Books.FARM_CASH)["V_EMPTY_VALUE"] == 1


def test_absent_data_does_not_count_before_2013():
    assert found(fec(with_value("ValidDate", "")), "123456782FEC20121231.txt") == {}


@pytest.mark.parametrize(
    ("column", "value", "rules"),
    [
        ("Debit", "120.50", ["E_DOT_IN_NUMBER"]),
        ("Credit", "0.00", ["E_DOT_IN_NUMBER"]),
        ("Montantdevise", "12.5", ["E_DOT_IN_NUMBER"]),
        ("Debit", "1 120,50", ["E_THOUSANDS_SEPARATOR"]),
        ("Debit", "1.120,50", ["E_DOT_IN_NUMBER", "E_THOUSANDS_SEPARATOR"]),
        ("Montantdevise", "12 USD", ["E_NOT_A_NUMBER"]),
        ("Debit", "1,2050E2", []),
        ("Debit", "+120,50", []),
        ("Debit", "120,50+", []),
        ("EcritureDate", "20231305", ["E_DATE_CALENDAR"]),
        ("PieceDate", "20230532", ["E_DATE_CALENDAR"]),
        ("ValidDate", "mars", ["E_NOT_A_DATE"]),
        ("DateLet", "2023", ["E_NOT_A_DATE"]),
        ("EcritureDate", "00000000", ["E_EMPTY_DATE"]),
        ("ValidDate", "00000000", []),
        ("PieceDate", "2023-01-05", []),
        ("PieceDate", "05/01/2023", []),
        ("PieceDate", "20230231", []),
        ("PieceDate", "18500105", ["A_DATE_YEAR"]),
        ("CompteNum", "41A000", ["A_ACCOUNT"]),
        ("CompteNum", "41", ["A_ACCOUNT"]),
    ],
)
def test_a_value_breaks_the_rules_that_the_program_has(column, value, rules):
    report = check(fec(with_value(column, value)), name=NAME)
    administration = [
        (f.rule, f.line, f.column, f.value) for f in report.findings if f.rule[0] != "W"
    ]

    assert administration == [(rule, 4, column, value) for rule in rules]
    assert report.verdict == (
        "rejected" if any(RULES[rule].rejects for rule in rules) else "accepted"
    )


def test_an_amount_that_is_no_number_counts_as_none():
    assert found(fec(with_value("Debit", "cent"))) == {"E_NOT_A_NUMBER": 1, "A_NO_AMOUNT": 1}


def test_two_figures_on_a_line_or_none_are_alerts():
    both = [row(Debit="10,00", Credit="4,00"), row(Credit="6,00"), row()]

    assert found(fec(both)) == {"A_BOTH_SIDES": 1, "A_NO_AMOUNT": 1}
    assert check(fec(both), name=NAME).verdict == "accepted"


def test_sides_other_than_the_four_are_errors():
    header = tuple({"Debit": "Montant", "Credit": "Sens"}.get(name, name) for name in HEADER)
    rows = [
        row(Montant="10,00", Sens="D"),
        row(Montant="10,00", Sens="C"),
        row(Montant="10,00", Sens="X"),
        row(Montant="10,00", Sens=""),
        row(Montant="10,00", Sens="1"),
    ]
    report = check(fec(rows, header=header), name=NAME)

    assert [(f.rule, f.line, f.value) for f in report.errors] == [
        ("E_SENS", 4, "X"),
        ("E_SENS", 5, ""),
        ("E_SENS", 6, "1"),
    ]


def test_with_amount_and_side_the_program_fills_up_short_lines_but_an_import_does_not():
    header = tuple({"Debit": "Montant", "Credit": "Sens"}.get(name, name) for name in HEADER)
    rows = [row(Montant="10,00", Sens="D"), row(Montant="10,00", Sens="C")]
    lines = text(rows, header=header).split("\r\n")
    lines[2] = lines[2].rsplit("\t", 2)[0]
    report = check("\r\n".join(lines).encode(), name=NAME)

    assert report.verdict == "accepted"
    assert report.counts["W_FIELD_COUNT"] == 1
    assert not report.importable


def test_only_the_first_thousand_findings_of_a_rule_are_kept_but_all_are_counted():
    rows = [line | {"ValidDate": ""} for n in range(1500) for line in entry(str(n), 100 + n)]
    report = check(fec(rows), name=NAME)

    assert report.counts["V_EMPTY_VALUE"] == 3000
    assert len(report.errors) == 1000
    assert report.errors[-1].line == 1001


def test_findings_come_in_the_order_of_the_lines_and_say_so_in_two_languages():
    rows = good()
    rows[4] |= {"Debit": "99.00"}
    rows[2] |= {"EcritureLib": ""}
    report = check(fec(rows), name=NAME)

    assert report.as_json("en")["errors"] == [
        {
            "line": 4,
            "column": "EcritureLib",
            "rule": "E_EMPTY_VALUE",
            "message": "Line 4, EcritureLib is empty although a value is mandatory.",
        },
        {
            "line": 6,
            "column": "Debit",
            "rule": "E_DOT_IN_NUMBER",
            "message": "Line 6, Debit “99.00”: a decimal comma is expected, not a point.",
        },
    ]
    assert report.as_json()["errors"][1]["message"] == (
        "Ligne 6, Debit « 99.00 » : la virgule est attendue, pas le point."
    )
    assert report.debit == 121950


def test_every_rule_is_named_and_worded():
    assert len(RULES) > 60
    for name, rule in RULES.items():
        assert name == rule.name
        assert name[0] in "OPEVASIW"
        assert rule.rejects == (name[0] in "OPEV")
        for words in (rule.fr, rule.en, rule.todo_fr, rule.todo_en):
            assert words.endswith((".", ".txt.", "?")), name
