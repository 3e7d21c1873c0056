"""CSV for spreadsheets and JSON for programs: exact, safe, as long as need be."""

import csv
import io
import json
from datetime import date

import pytest
from exports_support import ASSETS, HOURS, ISSUED, SEAL, entries, report, tables, texts, words
from hypothesis import given, settings

from chambre.lib.exports import (
    Column,
    Kind,
    Row,
    Table,
    csv_bytes,
    csv_chunks,
    csv_zip,
    guarded,
    json_bytes,
    json_chunks,
)
from chambre.lib.units.decimals import parse_scaled

quick = settings(max_examples=120, deadline=None)


def test_french_csv_to_the_byte():
    assert (
        csv_bytes(ASSETS)
        == (
            "\ufeffPoste;Net 2026;Net 2025;Part;Acheté le;Pommes\r\n"
            "Actif immobilisé;;;;;\r\n"
            "Presse mobile;27730,44;31000,00;86,6;2024-03-05;1,500\r\n"
            "Liaison (181);-656,77;0,00;13,4;;\r\n"
            "Total;27073,67;31000,00;100,0;;\r\n"
        ).encode()
    )


def test_english_csv_has_commas_and_points():
    assert csv_bytes(HOURS, language="en", bom=False) == (
        "Qui,Temps\r\nÉquipe du pressage,2:30\r\n".encode()
    )
    first = csv_bytes(ASSETS, language="en", bom=False).splitlines()[2].decode()
    assert first == "Presse mobile,27730.44,31000.00,86.6,2024-03-05,1.500"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+33 6 12", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\ufeff=1",
     "\x00=cmd", "=HYPERLINK(\"x\")"],
)  # fmt: skip
def test_words_that_a_spreadsheet_would_run_are_disarmed(text):
    cell = list(csv.reader(io.StringIO(csv_bytes(words(text), bom=False).decode()), delimiter=";"))

    assert cell[1][0].startswith("'")


def test_ordinary_words_and_negative_amounts_are_left_alone():
    for text in ("Verger", "-", "a=b", "12-3", "", "L’eau @ la source"):
        assert guarded(text) == text
    table = Table("t", "T", [Column("a", "-Montant", Kind.AMOUNT)], [Row([-1])])
    assert csv_bytes(table, bom=False) == b"'-Montant\r\n-0,01\r\n"


@quick
@given(texts)
def test_no_text_begins_like_a_formula(text):
    safe = guarded(text)

    assert safe[:1] not in set("=+-@\t\r\n＝＋－＠") or len(safe.strip()) <= 1
    assert guarded(safe) == safe


@quick
@given(tables())
def test_csv_reads_back_to_the_same_values(table):
    read = list(
        csv.reader(io.StringIO(csv_bytes(table, bom=False).decode(), newline=""), delimiter=";")
    )
    wanted = [*table.rows, *table.totals]

    assert len(read) == len(wanted) + 1
    for row, cells in zip(wanted, read[1:], strict=True):
        for value, cell, column in zip(row.cells, cells, table.columns, strict=True):
            if value is None:
                assert cell == ""
            elif isinstance(value, int):
                assert parse_scaled(cell, decimals=column.decimals, language="fr") == value
            elif isinstance(value, date):
                assert date.fromisoformat(cell) == value
            else:
                assert cell == guarded(value)


def test_a_long_table_is_written_as_it_is_read():
    seen = []

    def rows():
        for at in range(20_000):
            seen.append(at)
            yield Row([f"Ligne {at}", at])

    table = Table("t", "T", [Column("a", "A"), Column("b", "B", Kind.AMOUNT)], rows())
    chunks = csv_chunks(table)
    first = next(chunks)

    assert len(seen) < 20_000, "the first piece goes out before the last row is asked for"
    assert len(first) < 200_000
    assert sum(chunk.count(b"\r\n") for chunk in [first, *chunks]) == 20_001


def test_every_table_of_a_report_in_one_archive():
    archive = csv_zip(report())

    assert entries(archive) == {
        "assets.csv": csv_bytes(ASSETS), "hours.csv": csv_bytes(HOURS)
    }  # fmt: skip
    assert csv_zip(report()) == archive


def test_json_says_everything_and_keeps_amounts_whole():
    read = json.loads(json_bytes(report(provisional=True, lead=["Un mot."])))

    assert read["title"] == "Bilan"
    assert read["issued"] == ISSUED.isoformat() == "2026-11-24T15:31:07+00:00"
    assert read["provisional"] is True
    assert read["seal"] == SEAL
    assert read["provenance"] == [{"name": "Fichiers", "text": "123456789FEC20261231.txt"}]
    assets, hours = read["tables"]
    assert assets["columns"][1] == {
        "key": "net", "title": "Net 2026", "kind": "amount", "unit": "EUR", "decimals": 2,
    }  # fmt: skip
    assert assets["rows"][1] == {
        "level": 1,
        "role": "line",
        "cells": {
            "label": "Presse mobile", "net": 2_773_044, "before": 3_100_000, "part": 866,
            "bought": "2024-03-05", "weight": 1_500,
        },
    }  # fmt: skip
    assert [row["role"] for row in assets["totals"]] == ["total"]
    assert assets["notes"] == list(ASSETS.notes)
    assert hours["rows"][0]["cells"] == {"who": "Équipe du pressage", "time": 150}


@quick
@given(tables())
def test_json_reads_back_to_the_same_values(table):
    (read,) = json.loads(json_bytes(report(table)))["tables"]

    def plain(rows):
        return [
            [value.isoformat() if isinstance(value, date) else value for value in row.cells]
            for row in rows
        ]

    assert [list(row["cells"].values()) for row in read["rows"]] == plain(table.rows)
    assert [list(row["cells"].values()) for row in read["totals"]] == plain(table.totals)


def test_a_report_without_tables_is_still_json():
    empty = report(title="Vide")
    object.__setattr__(empty, "tables", ())

    assert json.loads(b"".join(json_chunks(empty)))["tables"] == []
