"""Writing a FEC that passes the check; and reading whatever comes, without ever failing."""

import io
from datetime import date

import pytest
from fec_support import HEADER, NAME, fec, good, text
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.fec import (
    FecLine,
    FecRefusal,
    FecUnbalanced,
    SourceRefused,
    check,
    prepare,
    read,
    write,
)


def line(**values) -> FecLine:
    """A line of a sale unless said otherwise."""
    given = {
        "line": 0,
        "journal": "VE",
        "journal_label": "Ventes",
        "number": "1",
        "day": date(2023, 1, 5),
        "account": "411000",
        "account_label": "Clients",
        "auxiliary": "",
        "auxiliary_label": "",
        "piece": "F1",
        "piece_day": date(2023, 1, 5),
        "label": "Vente à l'épicerie",
        "amount": 100,
        "side": "D",
        "letter": "",
        "letter_day": None,
        "valid_day": date(2024, 3, 31),
        "currency_amount": None,
        "currency": "",
        "extras": None,
    }
    return FecLine(**given | values)


def pair(**values) -> list[FecLine]:
    other = {"account": "701000", "account_label": "Ventes", "amount": -100, "side": "C"}
    return [line(**values), line(**other | values)]


def written(lines, **options) -> bytes:
    out = io.BytesIO()
    write(lines, out, **options)
    return out.getvalue()


def test_a_file_is_written_as_the_law_wants():
    assert written(pair()).decode().split("\r\n") == [
        "\t".join(HEADER),
        "VE\tVentes\t1\t20230105\t411000\tClients\t\t\tF1\t20230105\tVente à l'épicerie"
        "\t1,00\t0,00\t\t\t20240331\t\t",
        "VE\tVentes\t1\t20230105\t701000\tVentes\t\t\tF1\t20230105\tVente à l'épicerie"
        "\t0,00\t1,00\t\t\t20240331\t\t",
        "",
    ]


def test_what_is_read_and_written_again_is_the_same_file():
    assert written(read(fec(good())).typed_lines()) == fec(good())


def test_opening_entries_come_first_and_the_others_by_validation_then_by_day():
    lines = [
        *pair(number="3", valid_day=date(2023, 3, 1), day=date(2023, 2, 1)),
        *pair(number="2", valid_day=date(2023, 2, 1), day=date(2023, 1, 20)),
        *pair(number="9", valid_day=date(2023, 2, 1), day=date(2023, 1, 10)),
        *pair(number="1", journal="AN", journal_label="À-nouveaux", day=date(2023, 1, 1)),
    ]

    numbers = [each[3] for each in read(written(lines)).typed_lines()]
    assert numbers[::2] == ["1", "9", "2", "3"]

    again = written(lines, renumber=True)
    assert [each[3] for each in read(again).typed_lines()][::2] == ["1", "2", "3", "4"]
    rules = set(check(again, name=NAME).counts)
    assert not rules & {"W_OPENING_NOT_FIRST", "W_NOT_BY_VALIDATION", "W_NUMBER_GAP"}


def test_what_the_law_wants_and_is_empty_is_filled_in_and_said():
    bare = {
        "journal": "",
        "journal_label": "",
        "number": "",
        "account_label": "",
        "piece": "",
        "piece_day": None,
        "label": "",
        "valid_day": None,
    }
    out = io.BytesIO()
    done = write(pair(**bare), out)

    assert check(out.getvalue(), name=NAME).verdict == "accepted"
    assert (done.lines, done.entries, done.debit, done.credit) == (2, 1, 100, 100)
    assert done.filled == {
        "JournalCode": 2,
        "JournalLib": 2,
        "EcritureNum": 1,
        "CompteLib": 2,
        "PieceRef": 2,
        "PieceDate": 2,
        "EcritureLib": 2,
        "ValidDate": 2,
    }


def test_the_encoding_of_the_law_takes_the_nearest_letter():
    out = io.BytesIO()
    done = write(pair(label="L’œuvre d’Čapek – 5 € 漢"), out, encoding="iso8859-15")

    assert "L'œuvre d'Capek - 5 € ?".encode("iso8859-15") in out.getvalue()
    assert done.replaced == 10
    assert check(out.getvalue(), name=NAME).verdict == "accepted"


def test_the_nearest_letter_is_never_a_separator_nor_nothing():
    data = written(pair(label="¼｜´"), encoding="iso8859-15", separator="|")

    assert next(read(data).typed_lines())[11] == "1/4??"


def test_separators_and_line_ends_inside_a_text_become_blanks():
    lines = pair(label="a\tb\r\nc|d", auxiliary="|")

    typed = list(read(written(lines, separator="|")).typed_lines())
    assert (typed[0][11], typed[0][7]) == ("a b  c d", "")
    typed = list(read(written(lines)).typed_lines())
    assert (typed[0][11], typed[0][7]) == ("a b  c|d", "|")


def test_extras_are_written_on_demand():
    data = written(pair(extras={"Site": "Lille", "Autre": "x"}), extra_columns=["Site"])

    assert next(read(data).typed_lines())[-1] == {"Site": "Lille"}


def test_lines_that_do_not_balance_are_refused_and_nothing_is_written(tmp_path):
    path = tmp_path / NAME

    with pytest.raises(FecUnbalanced):
        write([line()], path)
    assert not path.exists()

    write(pair(), path)
    assert check(path).counts == {}


@pytest.mark.parametrize("options", [{"encoding": "utf-16"}, {"separator": ";"}])
def test_only_forms_of_the_law_are_written(options):
    with pytest.raises(ValueError, match="must be"):
        write(pair(), io.BytesIO(), **options)


WORD = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="\xa0"),
    min_size=1, max_size=15,
).map(lambda word: " ".join(word.split()) or "x")  # fmt: skip
MAYBE = st.just("") | WORD
DAY = st.dates(date(1950, 1, 1), date(2099, 12, 31))


@st.composite
def typed_lines(draw):
    """Entries of two lines, every column filled at random, in the order that is written."""
    lines = []
    for number in range(draw(st.integers(1, 5))):
        cents = draw(st.integers(1, 10**12)) * draw(st.sampled_from([1, -1]))
        shared = {
            "number": str(number + 1),
            "journal": draw(WORD),
            "journal_label": draw(WORD),
            "day": draw(DAY),
            "valid_day": date(2030, 1, 1),
        }
        for amount, side in ((cents, "D"), (-cents, "C")):
            letter = draw(MAYBE)
            currency = draw(st.sampled_from(["", "USD", "JPY", "TND"]))
            lines.append(
                line(
                    account=draw(st.from_regex("[1-7][0-9]{2,5}[A-Z]{0,3}", fullmatch=True)),
                    account_label=draw(WORD),
                    auxiliary=draw(MAYBE),
                    auxiliary_label=draw(MAYBE),
                    piece=draw(WORD),
                    piece_day=draw(DAY),
                    label=draw(WORD),
                    amount=amount,
                    side=side,
                    letter=letter,
                    letter_day=draw(st.none() | DAY),
                    currency_amount=draw(st.none() | st.integers(-(10**9), 10**9)),
                    currency=currency,
                    **shared,
                )
            )
    lines.sort(key=lambda each: each.day)
    return lines


@given(typed_lines())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back(lines):
    data = written(lines)
    typed = [FecLine._make(each) for each in read(data).typed_lines()]
    by_number = sorted(typed, key=lambda each: (int(each.number), each.line))
    wanted = sorted(lines, key=lambda each: int(each.number))

    assert [each[1:] for each in by_number] == [each[1:] for each in wanted]
    assert check(data, name=NAME).verdict == "accepted"


@given(typed_lines(), st.sampled_from(["\t", "|"]), st.sampled_from(["utf-8", "iso8859-15"]))
@settings(max_examples=60, deadline=None)
def test_every_form_that_is_written_is_accepted(lines, separator, encoding):
    report = check(written(lines, separator=separator, encoding=encoding), name=NAME)

    assert report.verdict == "accepted"
    assert report.balanced
    assert report.lines == len(lines)


def survives(data: bytes) -> None:
    """Whatever comes is checked, and prepared or refused; nothing else is raised."""
    try:
        report = check(data, name=NAME)
    except SourceRefused as refusal:
        said = [refusal.message("fr")]
    else:
        said = [words for f in report.findings for words in (f.message("fr"), f.message("en"))]
        try:
            prepared = prepare(data, name=NAME)
        except FecRefusal as refusal:
            said.append(refusal.message("fr"))
        else:
            lines = sum(len(each.lines) for each in prepared.entries())
            assert report.importable
            assert lines == prepared.postings
    assert all(said)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_mutated_file_yields_findings_and_never_fails(data):
    content = bytearray(fec(good(), separator=data.draw(st.sampled_from(["\t", "|"]))))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["put", "insert", "cut", "swap"]))
        if kind == "put":
            content[place] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            content[place:place] = data.draw(st.binary(max_size=8))
        elif kind == "cut":
            del content[place : place + data.draw(st.integers(1, 30))]
            content = content or bytearray(b"\n")
        else:
            other = data.draw(st.integers(0, len(content) - 1))
            content[place], content[other] = content[other], content[place]
    survives(bytes(content))


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_survived(data):
    survives(data)


@given(
    st.lists(
        st.lists(st.text(alphabet="0129,.-+ /ADCéx\t|E", max_size=9), min_size=18, max_size=18),
        max_size=6,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_values_are_survived(rows):
    header = text([]).split("\r\n")[0]
    survives("\n".join([header, *("\t".join(values) for values in rows)]).encode())
