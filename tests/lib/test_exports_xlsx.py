"""Workbooks: real numbers, words that stay words, the same bytes for the same report."""

import tempfile
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from exports_support import ASSETS, HOURS, ISSUED, SEAL, entries, report, tables, words
from hypothesis import HealthCheck, given, settings
from lxml import etree

from chambre.lib.exports import Column, ExportError, Kind, Role, Row, Table, write_xlsx, xlsx_bytes
from chambre.lib.exports.xlsx_file import number_format

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def opened(made):
    return openpyxl.load_workbook(BytesIO(made))


def raw_cells(made, sheet=1):
    """Cell reference → (type, text) as it stands in the file."""
    root = etree.fromstring(entries(made)[f"xl/worksheets/sheet{sheet}.xml"])
    return {
        cell.get("r"): (cell.get("t"), "".join(cell.itertext())) for cell in root.iter(f"{MAIN}c")
    }


def test_a_sheet_as_a_treasurer_wants_it():
    book = opened(xlsx_bytes(report()))
    sheet = book["Bilan actif"]

    assert book.sheetnames == ["Bilan actif", "Temps donné", "D’où viennent ces chiffres"]
    assert sheet["A1"].value == "Bilan : actif"
    assert sheet["A2"].value == "Le verger et sa presse · Année 2026"
    assert sheet["A3"].value == "Montants en €"
    heads = [cell.value for cell in sheet[5]]
    assert heads == ["Poste", "Net 2026", "Net 2025", "Part", "Acheté le", "Pommes (kg)"]
    assert sheet.freeze_panes == "A6"
    assert sheet.print_title_rows == "$5:$5"
    press = sheet[7]
    assert [cell.value for cell in press] == [
        "Presse mobile", 27730.44, 31000, 0.866, datetime(2024, 3, 5), 1.5,
    ]  # fmt: skip
    assert press[0].alignment.indent == 1
    assert "€" in press[1].number_format
    assert press[3].number_format == "0.0%"
    total = sheet[9]
    assert total[0].font.bold
    assert total[1].border.bottom.style == "double"
    assert sheet.column_dimensions["A"].width == 40
    assert sheet["A11"].value.startswith("Les comptes de liaison")


def test_amounts_stand_in_the_file_digit_for_digit():
    column = Column("a", "A", Kind.AMOUNT)
    values = [1, -1, 10, 2_773_044, 99_999_999_999_999, -123_456_789_012_345]
    cells = raw_cells(xlsx_bytes(report(Table("t", "T", [column], [Row([v]) for v in values]))))

    written = [cells[f"A{6 + at}"] for at in range(len(values))]
    assert [kind for kind, _ in written] == ["n"] * len(values)
    assert [Decimal(text) * 100 for _, text in written] == values


def test_more_digits_than_a_spreadsheet_keeps_are_written_as_words():
    column = Column("a", "A", Kind.AMOUNT)
    cells = raw_cells(xlsx_bytes(report(Table("t", "T", [column], [Row([10**15 + 1])]))))

    assert cells["A6"] == ("inlineStr", "10000000000000,01")


def test_hours_are_a_duration():
    sheet = opened(xlsx_bytes(report(HOURS)))["Temps donné"]

    assert sheet["B6"].number_format == "[h]:mm"
    assert raw_cells(xlsx_bytes(report(HOURS)))["B6"][1] == "0.1041666666666667"


@pytest.mark.parametrize("text", ["=1+1", "=cmd|'/c calc'!A1", "+1", "@x", "{=1}", "\x01=1"])
def test_words_are_never_formulas(text):
    made = xlsx_bytes(report(words(text), title=text, subject=text, issuer=text, lead=[text]))

    for name, content in entries(made).items():
        if name.startswith("xl/worksheets/"):
            assert not list(etree.fromstring(content).iter(f"{MAIN}f"))
    assert raw_cells(made)["A5"] == ("inlineStr", text.replace("\x01", ""))


def test_where_the_figures_come_from_is_the_last_sheet():
    sheet = opened(xlsx_bytes(report(provisional=True)))["D’où viennent ces chiffres"]
    facts = {row[0].value: row[1].value for row in sheet.iter_rows()}

    assert facts["Sceau du registre"] == SEAL
    assert facts["Fichiers"] == "123456789FEC20261231.txt"
    assert facts["Établi le"] == "24/11/2026 à 15:31\u00a0(UTC)"
    assert "peuvent encore changer" in facts["Provisoire"]


def test_an_open_period_is_marked_on_every_sheet():
    book = opened(xlsx_bytes(report(provisional=True)))

    assert all("PROVISOIRE" in book[name]["A2"].value for name in book.sheetnames[:2])


def test_sheet_names_are_such_as_spreadsheets_accept():
    titles = [
        "a" * 40,
        "A" * 40,
        "Bilan [actif]/2026: ?*",
        "",
        "'x'",
        "History",
        "D’où viennent ces chiffres",
    ]
    made = xlsx_bytes(
        report(*(Table(f"t{at}", title, [Column("a", "A")], []) for at, title in enumerate(titles)))
    )
    names = opened(made).sheetnames

    assert len({name.lower() for name in names}) == len(names) == 8
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert "History" not in names


def test_the_same_report_gives_the_same_bytes_and_its_own_time():
    made = xlsx_bytes(report())

    assert xlsx_bytes(report()) == made
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 24, 15, 31, 6)}
    properties = opened(made).properties
    assert properties.created == properties.modified == ISSUED.astimezone(UTC).replace(tzinfo=None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_any_table_opens_again_with_its_values(table):
    (sheet, _) = opened(xlsx_bytes(report(table)))
    first = 1 + next(at for at in range(1, 8) if sheet.freeze_panes == f"A{at + 1}")
    for at, row in enumerate([*table.rows, *table.totals]):
        for place, (value, column) in enumerate(zip(row.cells, table.columns, strict=True), 1):
            got = sheet.cell(first + at, place).value
            if value is None:
                assert got is None
            elif isinstance(value, int):
                if abs(value) < 10**15 and column.kind is not Kind.SHARE:
                    assert round(Decimal(str(got)) * 10**column.decimals) == value
            elif isinstance(value, date) and value >= date(1900, 3, 1):
                assert got == datetime(value.year, value.month, value.day)


def test_number_formats_follow_the_language():
    euros = Column("a", "A", Kind.AMOUNT)
    assert number_format(euros, "fr") == "#,##0.00\\ [$€];-#,##0.00\\ [$€]"
    assert number_format(euros, "en") == "[$€]#,##0.00;-[$€]#,##0.00"
    assert number_format(Column("c", "C", Kind.AMOUNT, unit="CRD-LILLE"), "fr") == (
        '#,##0.00\\ "CRD-LILLE";-#,##0.00\\ "CRD-LILLE"'
    )
    assert number_format(Column("d", "D", Kind.DATE), "fr") == "dd/mm/yyyy"


def test_a_refusal_leaves_no_temporary_file_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bad = Table("bad", "Faux", [Column("a", "A", Kind.AMOUNT)], [Row([1]), Row(["x"])])
    target = BytesIO()

    with pytest.raises(ExportError):
        write_xlsx(report(ASSETS, bad), target)
    assert target.getvalue() == b""
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_table():
    def peak(count):
        rows = (Row([f"Compte {at}", at], 1, Role.LINE) for at in range(count))
        table = Table("t", "T", [Column("a", "A"), Column("b", "B", Kind.AMOUNT)], rows)
        tracemalloc.start()
        with open("/dev/null", "wb") as nowhere:
            write_xlsx(report(table), nowhere)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    assert peak(6000) < peak(500) * 1.5


def test_assets_are_untouched_by_all_this():
    assert [row.cells[1] for row in ASSETS.checked()] == [None, 2_773_044, -65_677, 2_707_367]
