"""Every form that a FEC comes in is read as the same lines."""

import io
from datetime import date

import pytest
from fec_support import HEADER, NAME, fec, good, row, text
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.fec import Books, FecLine, check, prepare, read


def lines(data: bytes, **options: object) -> list[FecLine]:
    reader = read(data, **options)
    return [FecLine._make(line) for line in reader.typed_lines()]


def content(data: bytes) -> list[tuple]:
    """The lines without their numbers."""
    return [line[1:] for line in lines(data)]


def test_a_line_is_typed():
    data = fec(
        [
            row(
                CompAuxNum="C001",
                CompAuxLib="Épicerie du coin",
                Debit="120,50",
                EcritureLet="AA",
                DateLet="20230301",
                Montantdevise="130,00",
                Idevise="usd",
            )
        ]
    )

    assert lines(data) == [
        FecLine(
            line=2,
            journal="VE",
            journal_label="Ventes",
            number="1",
            day=date(2023, 1, 5),
            account="411000",
            account_label="Clients",
            auxiliary="C001",
            auxiliary_label="Épicerie du coin",
            piece="F1",
            piece_day=date(2023, 1, 5),
            label="Vente à l'épicerie",
            amount=12050,
            side="D",
            letter="AA",
            letter_day=date(2023, 3, 1),
            valid_day=date(2024, 3, 31),
            currency_amount=13000,
            currency="USD",
            extras=None,
        )
    ]


def test_debit_and_credit_come_back_from_amount_and_side():
    first, second = lines(fec([row(Debit="-12,00"), row(Credit="7,00")]))

    assert (first.amount, first.side, first.debit, first.credit) == (-1200, "D", -1200, 0)
    assert (second.amount, second.side, second.debit, second.credit) == (-700, "C", 0, 700)


def test_a_line_with_two_figures_is_read_as_two_and_found():
    reader = read(fec([row(Debit="10,00", Credit="4,00"), row(Credit="6,00")]))
    typed = [FecLine._make(line) for line in reader.typed_lines()]

    assert [(line.line, line.amount, line.side) for line in typed] == [
        (2, 1000, "D"),
        (2, -400, "C"),
        (3, -600, "C"),
    ]
    assert reader.findings.counts == {"A_BOTH_SIDES": 1}
    assert reader.lines == 2


VARIANTS = {
    "plain": fec,
    "pipe": lambda rows: fec(rows, separator="|"),
    "LF": lambda rows: fec(rows, end="\n"),
    "CR": lambda rows: fec(rows, end="\r"),
    "UTF-8 mark": lambda rows: b"\xef\xbb\xbf" + fec(rows),
    "ISO 8859-15": lambda rows: fec(rows, encoding="iso8859-15"),
    "cp1252": lambda rows: fec(rows, encoding="cp1252"),
    "trailing separator": lambda rows: fec(rows, trailing=True),
    "no end to the last line": lambda rows: fec(rows).rstrip(b"\r\n"),
    "upper case header": lambda rows: fec(rows).replace(b"Idevise", b"IDEVISE"),
    "MontantDevise": lambda rows: fec(rows).replace(b"Montantdevise", b"MontantDevise"),
    "IdDevise": lambda rows: fec(rows).replace(b"Idevise", b"IdDevise"),
    "accents in the header": lambda rows: fec(rows).replace(b"Debit", "Débit".encode()),
    "padding": lambda rows: fec([{k: f"  {v}   " for k, v in line.items()} for line in rows]),
    "no-break padding": lambda rows: fec(
        [{k: f"{v}\xa0" for k, v in line.items()} for line in rows]
    ),
    "padded amounts": lambda rows: fec(
        [line | {k: line[k].rjust(15, "0") for k in ("Debit", "Credit")} for line in rows]
    ),
    "blank-led amounts": lambda rows: fec(
        [line | {k: " " + line[k].rjust(18, "0") for k in ("Debit", "Credit")} for line in rows]
    ),
    "empty for zero": lambda rows: fec(
        [line | {k: line[k].replace("0,00", "") for k in ("Debit", "Credit")}
         if "0,00" in (line["Debit"], line["Credit"]) and not line["Debit"].startswith("10")
         and not line["Credit"].startswith("10") else line for line in rows]
    ),
    "whole euros": lambda rows: fec(
        [line | {k: line[k].removesuffix(",00") for k in ("Debit", "Credit")} for line in rows]
    ),
    "one decimal": lambda rows: fec(
        [line | {k: line[k].removesuffix("0") for k in ("Debit", "Credit")} for line in rows]
    ),
    "zero bytes": lambda rows: fec(rows).replace(b"Ventes", b"Ventes\0\0"),
    "other order": lambda rows: fec(rows, header=(*HEADER[5:], *HEADER[:5])),
    "tolerated dates": lambda rows: fec(
        [line | {"PieceDate": f"{d[6:]}/{d[4:6]}/{d[:4]}"} for line in rows
         for d in (line["PieceDate"],)]
    ),
    "zeros for no date": lambda rows: fec([line | {"DateLet": "00000000"} for line in rows]),
}  # fmt: skip


@pytest.mark.parametrize("form", VARIANTS)
def test_every_form_reads_to_the_same_lines_and_digest(form):
    data = VARIANTS[form](good())

    assert content(data) == content(fec(good()))
    assert prepare(data, name=NAME).digest == prepare(fec(good()), name=NAME).digest


def sided(rows: list[dict[str, str]], debit: str = "D", credit: str = "C") -> bytes:
    header = tuple({"Debit": "Montant", "Credit": "Sens"}.get(name, name) for name in HEADER)
    turned = []
    for line in rows:
        in_debit = line["Debit"] != "0,00"
        amount = line["Debit"] if in_debit else line["Credit"]
        turned.append(line | {"Montant": amount, "Sens": debit if in_debit else credit})
    return fec(turned, header=header)


@pytest.mark.parametrize(("debit", "credit"), [("D", "C"), ("d", "c"), ("+1", "-1")])
def test_amount_and_side_read_as_debit_and_credit(debit, credit):
    data = sided(good(), debit, credit)

    assert content(data) == content(fec(good()))
    assert prepare(data, name=NAME).digest == prepare(fec(good()), name=NAME).digest
    assert check(data, name=NAME).verdict == "accepted"


def test_other_content_has_another_digest():
    digests = {prepare(fec(good()), name=NAME).digest}
    for column, value in [
        ("EcritureLib", "Autre"),
        ("EcritureNum", "9"),
        ("PieceDate", "20230106"),
        ("EcritureLet", "A"),
        ("Idevise", "USD"),
    ]:
        rows = good()
        rows[0] = rows[0] | {column: value}
        rows[1] = rows[1] | {column: value}
        digests.add(prepare(fec(rows), name=NAME).digest)
    assert len(digests) == 6


def test_values_moved_from_one_column_to_the_next_change_the_digest():
    one, other = good(), good()
    one[0] |= {"CompAuxNum": "AB", "CompAuxLib": ""}
    other[0] |= {"CompAuxNum": "", "CompAuxLib": "AB"}

    assert prepare(fec(one)).digest != prepare(fec(other)).digest


def test_a_farm_on_a_cash_basis_has_21_columns_and_a_practice_22():
    more = {"DateRglt": "20230110", "ModeRglt": "virement", "NatOp": "", "IdClient": "M. Martin"}
    rows = [line | more for line in good()]
    farm = fec(rows, header=(*HEADER, "DateRglt", "ModeRglt", "NatOp"))
    practice = fec(rows, header=(*HEADER, *more))

    assert check(farm, name=NAME).books is Books.FARM_CASH
    assert check(practice, name=NAME).books is Books.PRACTICE_CASH
    assert check(practice, name=NAME).verdict == "accepted"
    assert lines(practice)[0].extras == {
        "DateRglt": "20230110",
        "ModeRglt": "virement",
        "IdClient": "M. Martin",
    }


def test_further_columns_are_kept_when_they_say_something():
    rows = [line | {"Analytique": "verger" if rank else ""} for rank, line in enumerate(good())]
    typed = lines(fec(rows, header=(*HEADER, "Analytique")))

    assert [line.extras for line in typed[:2]] == [None, {"Analytique": "verger"}]


def test_the_currency_sign_and_ligatures_tell_the_encoding():
    rows = [row(EcritureLib="Bœuf à 5 €", Debit="5,00")]

    for encoding in ("utf-8", "iso8859-15", "cp1252"):
        reader = read(fec(rows, encoding=encoding))
        assert [line[11] for line in reader.typed_lines()] == ["Bœuf à 5 €"]
        assert reader.encoding == encoding


def test_a_cp1252_sign_at_the_end_of_a_long_file_decides_for_all_of_it():
    rows = [row(EcritureLib=f"Pièce ½ {number}") for number in range(5000)]
    data = fec([*rows, row(EcritureLib="L’avoir")], encoding="cp1252")
    reader = read(data)
    typed = list(reader.typed_lines())

    assert reader.encoding == "cp1252"
    assert typed[0][11] == "Pièce ½ 0"
    assert typed[-1][11] == "L’avoir"


def test_a_line_of_cp1252_inside_utf8_is_read_and_found():
    first = fec([row(EcritureLib="Crème", Debit="1,00")])
    data = (
        first + "\t".join(row(EcritureLib="Pâte", Debit="1,00").values()).encode("cp1252") + b"\r\n"
    )
    reader = read(data)

    assert [line[11] for line in reader.typed_lines()] == ["Crème", "Pâte"]
    assert [(f.rule, f.line) for f in reader.findings] == [("W_ENCODING_MIXED", 3)]


def test_a_line_feed_inside_a_label_of_a_crlf_file_is_a_blank():
    assert lines(fec([row(EcritureLib="deux\nlignes")]))[0].label == "deux lignes"


@given(st.integers(1, 3000), st.sampled_from(["\t", "|"]), st.sampled_from(["\r\n", "\n", "\r"]))
@settings(max_examples=25, deadline=None)
def test_lines_keep_their_numbers_however_the_file_is_cut_into_pieces(count, separator, end):
    rows = [row(EcritureNum=str(number), EcritureLib="x" * (number % 200 + 1))
            for number in range(count)]  # fmt: skip
    typed = lines(fec(rows, separator=separator, end=end))

    assert [line.line for line in typed] == list(range(2, count + 2))
    assert [line.number for line in typed] == [str(number) for number in range(count)]


WORD = st.text(
    st.characters(codec="cp1252", exclude_categories=["C"], exclude_characters="|\xa0\xad"),
    min_size=1,
    max_size=12,
).map(lambda word: " ".join(word.split()) or "x")
AMOUNT = st.integers(1, 10**9).map(lambda cents: f"{cents // 100},{cents % 100:02d}")


@st.composite
def rows_of_words(draw):
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        figures = {"Debit": draw(AMOUNT)} if draw(st.booleans()) else {"Credit": draw(AMOUNT)}
        words = {
            name: draw(WORD)
            for name in ("JournalCode", "JournalLib", "CompteLib", "CompAuxLib", "EcritureLib")
        }
        rows.append(row(**words, **figures))
    return rows


@given(
    rows_of_words(),
    st.sampled_from(["\t", "|"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from(["utf-8", "cp1252"]),
    st.booleans(),
    st.integers(0, 3),
)
@settings(max_examples=150, deadline=None)
def test_separator_line_end_encoding_and_padding_change_nothing(
    rows, separator, end, encoding, trailing, padding
):
    padded = [{k: v + " " * padding for k, v in line.items()} for line in rows]
    written = text(padded, separator=separator, end=end, trailing=trailing)
    plain = content(fec(rows))
    reader = read(written.encode(encoding))
    found = [line[1:] for line in reader.typed_lines()]

    if reader.encoding == "iso8859-15":  # no byte tells it from cp1252: the law's own is taken
        found = [tuple(v.encode("iso8859-15").decode("cp1252") if isinstance(v, str) else v
                       for v in line) for line in found]  # fmt: skip
    if "W_ENCODING_UNKNOWN" not in reader.findings.counts:
        assert found == plain


def test_a_stream_is_read_like_a_file(tmp_path):
    path = tmp_path / NAME
    path.write_bytes(fec(good()))

    with path.open("rb") as stream:
        assert prepare(stream).digest == prepare(path).digest
    assert prepare(io.BytesIO(fec(good())), name=NAME).name == prepare(path).name


def test_progress_goes_from_nothing_to_the_end(tmp_path):
    path = tmp_path / NAME
    path.write_bytes(fec(good() * 5000))
    seen = []

    for _ in read(path, progress=lambda done, whole: seen.append((done, whole))).blocks():
        pass

    size = path.stat().st_size
    assert seen == sorted(seen)
    assert seen[-1] == (size, size)
    assert len(seen) > 3
