"""Every form of a FEC comes into the books as the same lines, and goes out as it came in."""

from __future__ import annotations

import io

import pytest

from chambre.core.errors import ChambreError
from chambre.ledger import api as ledger
from chambre.ledger.models import FinancialYear, JournalEntry, Line
from chambre.lib import fec as fec_lib
from chambre.registry import api
from chambre.rooms.lens import services
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.tests.fec_files import (
    FARM,
    HEADER,
    NAME,
    PAID,
    PRACTICE,
    entry,
    fec,
    good,
    gzipped,
    padded,
    parts,
    row,
    sided,
    xml,
    zipped,
)

TOTAL = 100000 + 12050 + 9900 + 123456789


@pytest.fixture
def book(db, system):
    """Import into a structure; what it says, and what stands in its book."""
    api.home_chamber("Chambre")
    return Book(system, "nectar", siren="732829320")


class Book:
    def __init__(self, by, slug, **fields):
        self.by = by
        self.structure = api.create_structure(slug=slug, name=slug.title(), by=by, **fields)

    def bring(self, source, name=NAME, **options):
        return services.import_fec(
            source=source, structure=self.structure, by=self.by, name=name, **options
        )

    def lines(self):
        """What stands in the books, as a person would read it."""
        return sorted(
            Line.objects.filter(book__structure=self.structure).values_list(
                "entry__journal__code", "entry__number", "entry__kind", "day", "account__code",
                "account__label", "auxiliary__code", "auxiliary__label", "piece", "piece_day",
                "label", "amount", "side", "lettering", "lettered_on", "entry__validated_on",
                "currency", "currency_amount",
            ),
            key=repr,
        )  # fmt: skip

    def export(self, year=2023):
        out = io.BytesIO()
        name = services.export_fec(structure=self.structure, year=year, out=out, by=self.by)
        return out.getvalue(), name

    def comes_out_as(self, source, name=NAME, *, but=()):
        """What goes out passes the check and says line for line what came in."""
        content, named = self.export()
        report = fec_lib.check(content, name=named)
        record = FecImport.objects.get(book__structure=self.structure)
        assert report.verdict == "accepted", report.errors
        assert (report.lines, report.debit, report.credit) == (
            fec_lib.check(source, name=name).lines,
            record.debit,
            record.credit,
        )
        assert said(content, named, but) == said(source, name, but)


def said(source, name, but=()):
    """The lines of a file, wherever they stand in it."""
    lines = map(fec_lib.FecLine._make, fec_lib.read(source, name=name).typed_lines())
    names = [each for each in fec_lib.FecLine._fields if each not in {"line", *but}]
    return sorted(([getattr(line, each) for each in names] for line in lines), key=repr)


FORMS = {
    "bars": lambda: fec(good(), separator="|"),
    "UTF-8 with a mark": lambda: fec(good(), encoding="utf-8-sig"),
    "ISO 8859-15": lambda: fec(good(), encoding="iso8859-15"),
    "cp1252": lambda: fec(good(), encoding="cp1252"),
    "LF": lambda: fec(good(), end="\n"),
    "CR": lambda: fec(good(), end="\r"),
    "fixed width": lambda: padded(good()),
    "trailing separator": lambda: fec(good(), trailing=True),
    "amount and side": lambda: sided(good()),
    "amount and sign": lambda: sided(good(), "+1", "-1"),
    "XML": lambda: xml(good()),
    "gzip": lambda: gzipped(fec(good())),
    "zip": lambda: zipped({NAME: fec(good())}),
    "zip of parts": lambda: zipped(parts(good(), 4)),
    "gzip of XML": lambda: gzipped(xml(good())),
    "further columns": lambda: fec(
        [line | {"Analytique": ""} for line in good()], header=(*HEADER, "Analytique")
    ),
}


@pytest.mark.any_database  # a form is read before anything is asked of the database
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_in_the_books(book, system, form):
    plain = Book(system, "temoin")
    plain.bring(fec(good()))
    name = NAME.replace(".txt", ".xml") if "XML" in form else NAME

    outcome = book.bring(FORMS[form](), name=name)

    record = outcome.record
    assert (outcome.already, outcome.added) == (False, 4)
    assert (record.entries, record.lines, record.debit, record.credit) == (4, 8, TOTAL, TOTAL)
    assert book.lines() == plain.lines()
    assert book.lines()[0][2] == "opening"
    again = book.bring(fec(good()), name="autre.txt")
    assert again.already
    assert again.record == record
    assert Line.objects.count() == 16
    book.comes_out_as(fec(good()))


def test_parts_are_one_file_whatever_their_order(book, tmp_path):
    paths = []
    for name, content in parts(good(), 3).items():
        (tmp_path / name).write_bytes(content)
        paths.append(tmp_path / name)

    outcome = book.bring(paths, name=None)

    assert (outcome.record.entries, outcome.record.lines) == (4, 8)
    book.comes_out_as(fec(good()))
    with pytest.raises(services.FecRefused, match="1 manque"):
        Book(book.by, "autre").bring([paths[0]] * 2, name=None)


@pytest.mark.parametrize(("header", "unset"), [(FARM, ("ValidDate",)), (PRACTICE, ())])
def test_cash_books_keep_their_columns_and_may_have_no_journal(book, header, unset):
    rows = [line | PAID | {"JournalCode": "", "JournalLib": ""} for line in good()]
    rows = [line | dict.fromkeys(unset, "") for line in rows]
    source = fec(rows, header=header)

    book.bring(source)

    content, _name = book.export()
    assert content.split(b"\r\n")[0].decode().split("\t") == list(header)
    book.comes_out_as(source)


def test_further_columns_come_back(book):
    rows = [line | {"Analytique": f"AX{n}"} for n, line in enumerate(good())]
    source = fec(rows, header=(*HEADER, "Analytique"))

    book.bring(source)

    book.comes_out_as(source)


def test_negative_amounts_stay_on_their_side(book):
    source = fec([*entry("1", "-10,00"), *entry("2", "4,00", PieceRef="F2")])

    record = book.bring(source).record

    assert (record.debit, record.credit) == (-600, -600)
    negative = Line.objects.filter(amount=-1000).values_list("account__code", "side")
    assert list(negative) == [("411000", "D")]
    book.comes_out_as(source)


def test_a_line_with_two_figures_counts_as_two(book):
    book.bring(fec([row(Debit="10,00", Credit="4,00"), row(Credit="6,00")]))

    assert [line[11] for line in book.lines()] == [-400, -600, 1000]


def test_dates_may_be_empty_where_the_administration_alone_minds(book):
    source = fec([line | {"PieceDate": "", "ValidDate": "", "DateLet": ""} for line in good()])
    assert fec_lib.check(source, name=NAME).verdict == "rejected"

    book.bring(source)

    assert set(Line.objects.values_list("piece_day", "entry__validated_on")) == {(None, None)}
    book.comes_out_as(source, but=("piece_day", "valid_day"))


@pytest.mark.parametrize(
    ("number", "rule", "by_piece"),
    [("0", "W_NUMBERS_ALL_SAME", True), ("", "W_NUMBERS_MISSING", False)],
)
def test_numbers_that_tell_nothing_group_by_journal_day_and_piece(book, number, rule, by_piece):
    source = fec([line | {"EcritureNum": number} for line in good()])

    record = book.bring(source).record

    assert record.entries == 4
    assert record.report["by_piece"] is by_piece
    assert record.report["counts"][rule] == 1
    book.comes_out_as(source, but=("number",))


def test_numbers_that_restart_are_told_apart_by_their_piece(book):
    rows = [
        line
        for number, amount, piece in (("1", "1,00", "A"), ("2", "2,00", "B"), ("1", "3,00", "C"))
        for line in entry(number, amount, PieceRef=piece)
    ]

    record = book.bring(fec(rows)).record

    assert record.entries == 3
    assert record.report["counts"]["W_NUMBERS_RESTART"] == 1
    book.comes_out_as(fec(rows))


UNEVEN = {
    "a number for each line": (
        [line | {"EcritureNum": str(n)} for n, line in enumerate(good())],
        (4, ["piece"] * 4),
    ),
    "over two days": (
        [row(Debit="5,00"), row(Credit="5,00", CompteNum="701000", EcritureDate="20230106")],
        (1, ["number"]),
    ),
    "over two journals": (
        [
            row(Debit="5,00", JournalCode="BQ", JournalLib="Banque", PieceRef="x"),
            row(EcritureNum="2", Credit="5,00", CompteNum="701000"),
        ],
        (1, ["day"]),
    ),
    "over a month": (
        [
            row(Debit="5,00"),
            row(EcritureNum="2", Credit="5,00", CompteNum="701000", EcritureDate="20230120"),
            *entry("3", "7,00", PieceRef="F7"),
        ],
        (2, ["journal-month"]),
    ),
    "over the whole file": (
        [
            row(Debit="5,00", JournalCode="BQ", JournalLib="Banque"),
            row(EcritureNum="2", Credit="5,00", CompteNum="701000", EcritureDate="20230620"),
        ],
        (1, ["file"]),
    ),
}


@pytest.mark.parametrize("case", UNEVEN)
def test_what_balances_only_together_is_booked_together_and_listed(book, case):
    rows, (entries, widths) = UNEVEN[case]

    record = book.bring(fec(rows)).record

    assert record.entries == JournalEntry.objects.count() == entries
    assert [each["width"] for each in record.regroupings] == widths
    assert record.regroupings[0]["first_line"] == 2
    assert set(record.regroupings[0]["why"]) == {"fr", "en"}
    book.comes_out_as(fec(rows))


def test_a_file_that_does_not_balance_as_a_whole_leaves_nothing(book):
    with pytest.raises(services.FecRefused) as caught:
        book.bring(fec([*good(), row(Debit="0,01")]))

    assert caught.value.data["reason"] == "fec-unbalanced"
    assert not FecImport.objects.exists()
    assert not FinancialYear.objects.exists()
    assert not Line.objects.exists()


def test_what_the_ledger_has_no_room_for_comes_back_whole(book):
    first, second = entry("1", "5,00", EcritureLib="x" * 1500, PieceRef="y" * 300)
    first |= {"EcritureLet": "z" * 40, "Montantdevise": "12,5", "Idevise": "EURO"}
    third, fourth = entry("2" * 100, "6,00", PieceRef="F2")
    third |= {"CompteLib": "Autre nom", "CompAuxNum": "D", "CompAuxLib": "é" * 250}
    source = fec([first, second, third, fourth])

    book.bring(source)

    book.comes_out_as(source)


@pytest.mark.parametrize(
    "wide", [{"CompteNum": "7" * 33}, {"CompAuxNum": "7" * 65}, {"JournalCode": "7" * 33}]
)
def test_a_code_that_cannot_be_kept_is_named(book, wide):
    ((column, code),) = wide.items()

    with pytest.raises(services.FecRefused) as caught:
        book.bring(fec(entry("1", "5,00", **wide)))

    assert caught.value.data["lines"] == [f"{column}: {code}"]
    assert not Line.objects.exists()


def test_a_year_without_a_name_takes_whole_months(book):
    book.bring(fec(entry("1", "5,00")), name="")

    year = FinancialYear.objects.get()
    assert (year.start.isoformat(), year.end.isoformat()) == ("2023-01-01", "2023-01-31")


def test_an_export_in_the_course_of_the_year_grows_into_the_whole_year(book):
    book.bring(fec(good()[:4]), name="732829320FEC20230131.txt")
    assert str(FinancialYear.objects.get()) == "2022-02-01 – 2023-01-31"

    with pytest.raises(services.YearAlreadyImported) as caught:
        book.bring(fec(good()))
    difference = caught.value.data["difference"]
    assert [difference[name] for name in ("added", "removed", "kept")] == [2, 0, 2]
    outcome = book.bring(fec(good()), replace=True)

    assert (outcome.added, outcome.reversed, outcome.kept) == (2, 0, 2)
    assert str(FinancialYear.objects.get()) == "2023-01-01 – 2023-12-31"
    content, name = book.export()
    assert name == NAME
    assert said(content, name) == said(fec(good()), NAME)


def test_a_year_is_not_read_from_a_wrong_name_and_is_found_by_it(book):
    book.bring(fec(good()), name="732829320FEC20251231.txt")

    assert str(FinancialYear.objects.get()) == "2023-01-01 – 2023-12-31"
    assert book.export(2025)[1] == NAME


def test_a_file_over_two_years_of_the_book_is_refused(book):
    book.bring(fec(entry("1", "5,00", EcritureDate="20220301")), name="732829320FEC20221231.txt")
    book.bring(fec(entry("1", "5,00", EcritureDate="20230301")))
    both = fec([*entry("1", "6,00", EcritureDate="20220302"), *entry("2", "6,00")])

    with pytest.raises(services.YearsDiffer) as caught:
        book.bring(both, name="x.txt", replace=True)

    assert caught.value.data["years"] == ["2022-01-01 – 2022-12-31", "2023-01-01 – 2023-12-31"]
    assert FecImport.objects.count() == 2
    assert Line.objects.count() == 4


def test_a_former_export_can_be_taken_back(book):
    first, second = fec(entry("1", "5,00")), fec(entry("1", "6,00"))
    book.bring(first)
    book.bring(second, replace=True)

    with pytest.raises(services.YearAlreadyImported):
        book.bring(first)
    outcome = book.bring(first, replace=True)

    assert (outcome.already, outcome.added, outcome.reversed) == (False, 1, 1)
    assert said(*book.export()) == said(first, NAME)
    assert book.bring(first).already
    assert FecImport.objects.count() == 3


def test_a_file_for_the_wrong_structure_may_still_come_into_the_right_one(book):
    other = Book(book.by, "jardin")
    other.bring(fec(good()))

    assert book.bring(fec(good())).added == 4
    assert book.lines() == other.lines()


def test_nothing_comes_into_a_closed_year(book):
    record = book.bring(fec(entry("1", "5,00", CompteNum="411000"))).record
    ledger.close_year(book=record.book, year=record.year, by=book.by)
    before = Line.objects.count()

    with pytest.raises(ChambreError) as caught:
        book.bring(fec(entry("1", "6,00", CompteNum="411000")), replace=True)

    assert caught.value.code == "ledger.closed-year"
    assert FecImport.objects.count() == 1
    assert Line.objects.count() == before
