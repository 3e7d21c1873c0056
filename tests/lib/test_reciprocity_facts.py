"""Facts from tables: every bad row by its line, and quick rows like slow ones."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.reciprocity import Fact, Facts, FactsError, read_facts
from chambre.lib.reciprocity.tables import CHUNK, MAX_PROBLEMS

HEAD = "id,date,kind,resource,from,to,amount,unit,quantity,note\n"


def wrong(table: str, unit: str = "EUR") -> list[tuple[int, int, str]]:
    with pytest.raises(FactsError) as caught:
        read_facts(table, unit=unit)
    return [(each.line, each.column, each.code) for each in caught.value.problems]


def test_a_table_is_read() -> None:
    table = (
        HEAD + "f2,2025-03-05,contribution,verger,bo,,,h,3.5,taille\n"
        "f1,2025-03-02,sale,verger,ferme,ana,-12500,EUR,10,\n"
    )
    facts = read_facts(table, unit="EUR")
    assert list(facts) == [
        Fact("f1", dt.date(2025, 3, 2), "sale", "verger", "ferme", "ana", -12500, "EUR", 10**7),
        Fact(
            "f2",
            dt.date(2025, 3, 5),
            "contribution",
            "verger",
            "bo",
            "",
            0,
            "h",
            3_500_000,
            "taille",
        ),
    ]
    assert list(Facts.of(reversed(list(facts)))) == list(facts)


def test_columns_may_come_in_any_order_with_any_usual_separator() -> None:
    table = "\ufeffKind;amount;id;date\r\nsale;1250;b;2025-01-02\r\n\r\nsale;7;a;2025-01-01\r\n"
    facts = read_facts(io.StringIO(table, newline=""), unit="EUR")
    assert [(fact.id, fact.amount, fact.unit) for fact in facts] == [
        ("a", 7, "EUR"),
        ("b", 1250, "EUR"),
    ]


def test_every_bad_row_is_named_by_its_line() -> None:
    assert wrong(
        HEAD + "a,2025-02-30,sale,,,,5,EUR,,\n"
        "b,2025-02-01,sal,,,,5,EUR,,\n"
        "c,2025-02-01,sale,,,,5.50,EUR,,\n"
        'd,2025-02-01,sale,,,,5,EUR,,"a note\nof two lines"\n'
        "e,2025-02-01,use,,ana,,,diffusion,1.2345678,\n"
        "a,2025-02-01,sale,,,,,EUR,,\n"
        "d,2025-02-01,sale,,,,5,EUR,,\n"
        "g,2025-02-01,sale,,,,5,USD,,\n"
        "h,2025-02-01,contribution,,,,5,EUR,,\n"
        "i,2025-02-01,cost,,ana,,-5,EUR,,\n"
        "j,2025-02-01,cost,,ana,,5,h,,\n"
        "k,2025-02-01,contribution,,ana,,,h,,\n"
        "l,2025-02-01,sale\n"
        ",2025-02-01,sale,,,,5,EUR,,\n"
    ) == [
        (2, 2, "fact-date"),
        (3, 3, "choice"),
        (4, 7, "fact-amount"),
        (7, 9, "fact-quantity"),
        (8, 7, "fact-number"),
        (9, 1, "fact-id-twice"),
        (10, 8, "fact-other-unit"),
        (11, 5, "fact-party"),
        (12, 7, "fact-sign"),
        (13, 8, "fact-unit"),
        (14, 9, "fact-number"),
        (15, 1, "fact-cells"),
        (16, 1, "fact-id"),
    ]


def test_the_words_are_in_both_languages() -> None:
    with pytest.raises(FactsError) as caught:
        read_facts(HEAD + "a,2025-02-01,sal,,,,5,EUR,,\na,2025-02-01,sale,,,,5.5,EUR,,\n")
    first, second = caught.value.problems
    assert first.message("en").startswith("line 2, column 3: “sal” is not one of sale, fee")
    assert first.message("en").endswith("did you mean “sale”?")
    assert second.message("fr") == (
        "ligne 3, colonne 7 : « 5.5 » n’est pas un nombre entier d’unités mineures "
        "(12,50 € s’écrit 1250)"
    )


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("", [(1, 1, "fact-header")]),
        (
            "id,date,knd,id\n",
            [(1, 1, "fact-header"), (1, 3, "fact-column"), (1, 4, "fact-column-twice")],
        ),
        (HEAD + 'a,2025-02-01,sale,,,,5,EUR,,"open\n', [(2, 1, "fact-csv")]),
        (HEAD + "a,2025-02-01,sale,,,,5,,,\n", [(2, 8, "fact-unit")]),
    ],
)
def test_broken_tables(table: str, found: list[tuple[int, int, str]]) -> None:
    assert wrong(table, "") == found


def test_bytes_that_are_no_text_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_bytes(HEAD.encode() + b"a,2025-02-01,sale,,,,5,EUR,,caf\xe9\n")
    with path.open(encoding="utf-8", newline="") as file, pytest.raises(FactsError) as caught:
        read_facts(file)
    assert [each.code for each in caught.value.problems] == ["fact-encoding"]


def test_reading_stops_after_a_thousand_mistakes() -> None:
    found = wrong(HEAD + "".join(f"x{n},2025-02-01,sale,,,,,EUR,,\n" for n in range(5000)))
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1][2] == "fact-more"


def test_a_mistake_in_a_later_chunk_has_its_line() -> None:
    rows = [f"x{n:06d},2025-02-01,sale,,,,5,EUR,,\n" for n in range(2 * CHUNK + 10)]
    rows[CHUNK + 3] = 'x,2025-02-01,sale,,,,5,EUR,,"two\nlines"\n'
    rows[2 * CHUNK + 5] = "y,2025-02-01,sale,,,,five,EUR,,\n"
    rows[7] = rows[8]
    assert wrong(HEAD + "".join(rows)) == [
        (10, 1, "fact-id-twice"),
        (2 * CHUNK + 8, 7, "fact-amount"),
    ]


@settings(max_examples=300, deadline=None, database=None)
@given(st.integers(0, 2**48))
def test_rows_taken_by_columns_are_what_they_are_one_by_one(seed: int) -> None:
    random = Random(seed)
    rows = []
    for number in range(random.randint(1, 12)):
        kind = random.choice(
            ["sale", "fee", "cost", "contribution", "use", "transfer", "repayment"]
        )
        unit = random.choice(["EUR", "EUR", "", "h", "USD"])
        rows.append(
            f"{random.choice(['a', 'b', f'x{number}'])},2025-0{random.randint(1, 9)}-01,{kind},"
            f"{random.choice(['', 'verger'])},{random.choice(['ana', ' bo', ''])},"
            f"{random.choice(['ana', 'bo', ''])},{random.choice(['', '5', '007', '-3', ' 9'])},"
            f"{unit},{random.choice(['', '1', '2.5', '0'])},\n"
        )

    def read_one(table: str) -> object:
        try:
            return list(read_facts(table, unit="EUR"))
        except FactsError as error:
            return [(each.code, each.line, each.column) for each in error.problems]

    # a note of two lines makes a chunk be read row by row
    slow = 'zz,2025-01-01,sale,,,,1,EUR,,"two\nlines"\n'
    quick = "zz,2025-01-01,sale,,,,1,EUR,,two lines\n"
    one, other = (read_one(HEAD + "".join(rows) + last) for last in (slow, quick))
    if isinstance(one, list) and one and isinstance(one[0], Fact):
        one = [fact if fact.id != "zz" else None for fact in one]
        other = [fact if fact.id != "zz" else None for fact in other]  # type: ignore[attr-defined]
    assert one == other
