"""CSV: looked at, mapped, read; every line that cannot be read is named."""

import datetime as dt

import pytest
from bank_support import DAY, THEIRS, gift, page
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.bankfiles import BankFileRefused, Mapping, find_rf, minor_of, read, rf_of, survey
from chambre.lib.bankfiles.mapping import day_of
from chambre.lib.bankfiles.writing import row, table


def guessed(data):
    found, looked = survey(data)
    assert found == "csv"
    return looked.guess


def rows_of(data, mapping=None):
    with read(data, mapping=mapping or guessed(data)) as file:
        return list(file.rows(0))


FRENCH = (
    "Compte courant n° 00012345678;;;;\n"
    "Solde au 31/03/2026;1 117,44 €;;;\n"
    "\n"
    "Date comptable;Date de valeur;Libellé;Débit euros;Crédit euros\n"
    "02/03/2026;03/03/2026;VIR Inès Marchal;;1 234,56\n"
    '04/03/2026;04/03/2026;"CB Quincaillerie; outils";-117,12;\n'
    "Total;;;117,12;1 234,56\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso8859-15", "utf-16"])
def test_a_french_table_is_understood_in_every_encoding(encoding):
    data = FRENCH.replace("\n", "\r\n").encode(encoding)
    mapping = guessed(data)

    assert (mapping.delimiter, mapping.decimal, mapping.day_order) == (";", ",", "dmy")
    assert (mapping.day, mapping.value_day) == ("Date comptable", "Date de valeur")
    assert (mapping.debit, mapping.credit, mapping.texts) == (
        "Débit euros",
        "Crédit euros",
        ("Libellé",),
    )
    assert [(each.day, each.value_day, each.amount, each.texts) for each in rows_of(data)] == [
        (dt.date(2026, 3, 2), dt.date(2026, 3, 3), 123_456, "VIR Inès Marchal"),
        (dt.date(2026, 3, 4), dt.date(2026, 3, 4), -11_712, "CB Quincaillerie; outils"),
    ]


def test_an_english_table_with_a_signed_amount_is_understood():
    data = (
        b"Date,Type,Description,Counterparty name,Counterparty IBAN,Amount (EUR),Reference\n"
        b"2026-03-02,Transfer,Gift,Ana Reis," + THEIRS.encode() + b',"1,234.56",TX-1\n'
        b"2026-03-03,Card,Tools,,,-7.5,TX-2\n"
    )
    first, second = rows_of(data)

    assert (first.amount, first.party_name, first.party_iban) == (123_456, "Ana Reis", THEIRS)
    assert (first.reference, first.code) == ("TX-1", "Transfer")
    assert second.amount == -750


def test_a_table_without_a_head_is_understood_by_what_is_in_it():
    mapping = guessed(b"02/03/2026;Don;10,00;110,00\n03/03/2026;Pain;-4,00;106,00\n")

    assert (mapping.day, mapping.texts, mapping.amount, mapping.balance) == (
        "#1",
        ("#2",),
        "#3",
        "#4",
    )


def test_a_mapping_is_kept_as_plain_values():
    mapping = guessed(FRENCH.encode())
    assert Mapping.from_json(mapping.as_json() | {"of_a_later_version": 1}) == mapping


@given(
    amounts=st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=8),
    opening=st.integers(-(10**9), 10**9),
    upwards=st.booleans(),
    delimiter=st.sampled_from([";", "\t"]),
)
@settings(max_examples=40)
def test_a_balance_column_gives_both_balances_whichever_way_it_is_ordered(
    amounts, opening, upwards, delimiter
):
    given_rows = [row(DAY, amount, texts=f"ligne {n}") for n, amount in enumerate(amounts)]
    text = table(page(*given_rows, opening=opening), balance=True, delimiter=delimiter)
    head, names, *lines = text.splitlines()
    data = "\n".join([head, names, *(lines[::-1] if upwards else lines)]).encode()

    with read(data, mapping=guessed(data)) as file:
        statement = file.statements[0]

    assert (statement.opening, statement.closing) == (opening, opening + sum(amounts))
    assert statement.proved


def test_a_missing_line_is_found_by_the_balance_column():
    text = table(page(gift(100), gift(200), gift(300)), balance=True)
    lines = text.splitlines()
    data = "\n".join([*lines[:3], *lines[4:]]).encode()

    with pytest.raises(BankFileRefused) as refused:
        rows_of(data)
    assert refused.value.code == "bank-running"
    assert refused.value.data["line"] == 4


def test_lines_that_cannot_be_read_are_all_named_and_nothing_is_kept():
    data = (
        "Date;Libellé;Montant\n02/03/2026;Don;10,00\n31/02/2026;Faux jour;5,00\n"
        "04/03/2026;Faux montant;dix\n05/03/2026;Rien;\n;Sans jour;9,00\n"
    ).encode()
    with pytest.raises(BankFileRefused) as refused:
        rows_of(data)
    assert refused.value.code == "bank-lines"
    assert refused.value.data["count"] == 4
    assert [part.split(":")[0] for part in refused.value.data["lines"].split("; ")] == [
        "3",
        "4",
        "5",
        "6",
    ]


def test_a_mapping_that_does_not_fit_says_which_columns_there_are():
    with pytest.raises(BankFileRefused) as refused:
        rows_of(b"Date;Montant\n02/03/2026;1,00\n", Mapping(day="Jour", amount="Montant"))
    assert refused.value.code == "bank-mapping-column"
    assert "Date, Montant" in refused.value.fr
    with pytest.raises(BankFileRefused) as refused:
        rows_of(b"Date;Montant\n02/03/2026;1,00\n", Mapping(day="Date"))
    assert refused.value.code == "bank-mapping"


def test_an_amount_in_another_currency_is_refused():
    data = b"Date;Libell\xe9;Montant;Devise\n02/03/2026;Don;1,00;USD\n"
    with pytest.raises(BankFileRefused) as refused:
        rows_of(data)
    assert refused.value.code == "bank-entry-currency"


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [
        ("1 234,56", ",", 123_456),
        ("1.234,56", ",", 123_456),
        ("1,234.56", ".", 123_456),
        ("-12", ".", -1200),
        ("12,5-", ",", -1250),
        ("(12,50)", ",", -1250),
        ("\u221212,50", ",", -1250),
        ("+0,05", ",", 5),
        (",5", ",", 50),
        ("12.", ".", 1200),
        ("1\u202f000,00", ",", 100_000),
        ("0,500", ",", 50),
    ],
)
def test_amounts_are_read_as_they_are_written(text, decimal, minor):
    assert minor_of(text, "EUR", decimal) == minor


@pytest.mark.parametrize("text", ["", "-", ",", "12,345", "1e3", "12€", "--5", "1" * 17, "٣"])
def test_what_is_no_amount_is_none(text):
    with pytest.raises(ValueError, match=r".*"):
        minor_of(text, "EUR", ",")


def test_yen_have_no_cents_and_dinars_have_three_decimals():
    assert minor_of("500", "JPY") == 500
    assert minor_of("1.234", "TND") == 1234
    with pytest.raises(ValueError, match=r"5\.5"):
        minor_of("5.5", "JPY")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("31/01/2026", "dmy", dt.date(2026, 1, 31)),
        ("31.01.26", "dmy", dt.date(2026, 1, 31)),
        ("2026-01-31 10:00", "dmy", dt.date(2026, 1, 31)),
        ("20260131", "ymd", dt.date(2026, 1, 31)),
        ("01/31/2026", "mdy", dt.date(2026, 1, 31)),
    ],
)
def test_days_are_read_as_banks_write_them(text, order, day):
    assert day_of(text, order) == day


def test_references_are_found_in_texts_however_they_were_spaced():
    assert rf_of("rf18 5390 0754 7034") == "RF18539007547034"
    assert find_rf("VIR M. REIS RF18 5390 0754 7034 MERCI") == "RF18539007547034"
    assert find_rf("RF18539007547034") == "RF18539007547034"
    assert find_rf("RF19539007547034") == ""
