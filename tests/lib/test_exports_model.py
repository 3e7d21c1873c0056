"""A table that contradicts itself is refused before anything is written."""

from datetime import date, datetime

import pytest
from exports_support import ASSETS, report

from chambre.lib.charts import Bar, Bars, Chart
from chambre.lib.exports import (
    Column,
    ExportError,
    Figure,
    Kind,
    Row,
    Table,
    chart_numbers,
    csv_bytes,
    json_bytes,
    pdf_bytes,
    xlsx_bytes,
)
from chambre.lib.exports.wording import MINUS, format_day, printed

AMOUNT = Column("a", "Montant", Kind.AMOUNT)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (AMOUNT, 1.5),
        (AMOUNT, True),
        (AMOUNT, "12,00"),
        (Column("d", "Jour", Kind.DATE), "2026-01-01"),
        (Column("d", "Jour", Kind.DATE), datetime(2026, 1, 1)),
        (Column("t", "Texte"), 12),
        (Column("s", "Part", Kind.SHARE), 0.5),
    ],
)
def test_a_value_that_its_column_does_not_hold_is_refused_in_every_format(column, value):
    table = Table("t", "Titre", [column], [Row([value])])
    for write in (
        lambda: csv_bytes(table),
        lambda: xlsx_bytes(report(table)),
        lambda: json_bytes(report(table)),
        lambda: pdf_bytes(report(table)),
    ):
        with pytest.raises(ExportError, match="row 1 of “Titre”"):
            write()


def test_rows_and_keys_have_to_fit():
    with pytest.raises(ExportError, match="1 cells for 2 columns"):
        csv_bytes(Table("t", "T", [AMOUNT, Column("b", "B")], [Row([1])]))
    with pytest.raises(ExportError, match="same key"):
        Table("t", "T", [AMOUNT, AMOUNT], [])
    with pytest.raises(ExportError, match="no columns"):
        Table("t", "T", [], [])
    for key in ("", "Été", "1a", "a b", "../x"):
        with pytest.raises(ExportError, match="not a key"):
            Column(key, "x")
        with pytest.raises(ExportError, match="not a key"):
            Table(key, "x", [AMOUNT], [])
    with pytest.raises(ExportError, match="same key"):
        report(ASSETS, ASSETS)
    with pytest.raises(ExportError, match="time zone"):
        report(issued=datetime(2026, 1, 1))


def test_decimals_come_from_the_unit_of_account():
    assert Column("a", "A", Kind.AMOUNT).decimals == 2
    assert Column("a", "A", Kind.AMOUNT, unit="JPY").decimals == 0
    assert Column("a", "A", Kind.AMOUNT, unit="TND").decimals == 3
    assert Column("a", "A", Kind.SHARE).decimals == 1
    assert Column("a", "A", Kind.QUANTITY).decimals == 0
    with pytest.raises(ValueError, match="no unit of account"):
        Column("a", "A", Kind.AMOUNT, unit="nope")


def test_figures_are_printed_as_in_france():
    assert printed(123_456_789, AMOUNT, "fr") == "1\u202f234\u202f567,89"
    assert printed(-5, AMOUNT, "fr") == f"{MINUS}0,05"
    assert printed(123_456_789, AMOUNT, "en") == "1,234,567.89"
    assert printed(0, AMOUNT, "fr") == "0,00"
    assert printed(0, Column("a", "A", Kind.AMOUNT, dash=True), "fr") == "–"
    assert printed(123, Column("s", "S", Kind.SHARE), "fr") == "12,3\u00a0%"
    assert printed(None, AMOUNT, "fr") == ""
    assert printed(10**14, AMOUNT, "fr") == "1\u202f000\u202f000\u202f000\u202f000,00"
    assert format_day(date(2026, 3, 5), "fr") == "05/03/2026"
    assert format_day(date(2026, 3, 5), "en") == "5\u00a0Mar\u00a02026"


def test_a_chart_brings_its_numbers_along():
    chart = Bars(
        title="Charges", description="…", empty="…", header=("Poste", "Montant"),
        bars=[Bar("Énergie", 12_050), Bar("Stocks", -5)], format=str,
    ).draw(prefix="c")  # fmt: skip
    assert isinstance(chart, Chart)
    table = chart_numbers(
        chart.table, key="costs", columns=[Column("what", ""), Column("a", "", Kind.AMOUNT)]
    )

    assert (
        csv_bytes(table, bom=False)
        == "Poste;Montant\r\nÉnergie;120,50\r\nStocks;-0,05\r\n".encode()
    )
    assert Figure.of(chart, "Deux postes").title == "Charges"
    with pytest.raises(ExportError, match="has 2 columns"):
        chart_numbers(chart.table, key="costs", columns=[AMOUNT])
