"""Obligations from a table: read whole, or every mistake told by line and column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.clearing import CsvError, Obligation, read_csv

HEAD = "id,debtor,creditor,amount\n"


def mistakes(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(CsvError) as error:
        read_csv(text)
    return [(each.line, each.column, each.code) for each in error.value.problems]


def test_a_table_is_read() -> None:
    text = HEAD + 'F1,Épicerie,"Moulin, frères",1250\n\nF2,b,c,3\n'

    assert read_csv(text) == [
        Obligation("F1", "Épicerie", "Moulin, frères", 1250),
        Obligation("F2", "b", "c", 3),
    ]


def test_columns_may_stand_in_another_order_with_semicolons() -> None:
    text = "\ufeffamount;note;debtor;id;creditor\r\n5;hello;a;x;b\r\n"

    assert read_csv(text) == [Obligation("x", "a", "b", 5)]


def test_every_mistake_is_told_at_its_place() -> None:
    text = HEAD + "a,x,y,1\na,x,y,2\nb,x,x,3\nc,,y,12.50\nd,x,y,0\ne,x,y\nf,x,y,-4\ng,x,y,7\n"

    assert mistakes(text) == [
        (3, 1, "twice"), (4, 3, "self"), (5, 2, "blank"), (5, 4, "amount"), (6, 4, "zero"),
        (7, 0, "cells"), (8, 4, "amount"),
    ]  # fmt: skip


def test_it_is_told_in_the_language_of_its_reader() -> None:
    with pytest.raises(CsvError) as error:
        read_csv(HEAD + "a,x,y,1.5\n")

    assert error.value.messages("en") == [
        "line 2, column 4 (amount): “1.5” is not a whole number of cents"
    ]
    assert error.value.messages("fr") == [
        "ligne 2, colonne 4 (amount) : « 1.5 » n’est pas un nombre entier de centimes"
    ]


def test_many_mistakes_are_counted() -> None:
    with pytest.raises(CsvError) as error:
        read_csv(HEAD + "".join(f"o{place},a,b,x\n" for place in range(80)))

    assert (len(error.value.problems), error.value.more) == (50, 30)
    assert error.value.messages("en")[-1] == "… and 30 more"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(1, 0, "empty")]),
        ("id,debtor,amount\n", [(1, 0, "missing")]),
        ("id,id,debtor,creditor,amount\n", [(1, 2, "double")]),
        (HEAD + 'a,"b"c,d,1\n', [(2, 0, "quotes")]),
        (HEAD + f"a,b,c,{2**60 + 1}\n", [(2, 4, "large")]),
    ],
)
def test_a_table_that_is_none(text: str, found: list[tuple[int, int, str]]) -> None:
    assert mistakes(text) == found


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    told = ["read"]
    try:
        read_csv(HEAD + text)
    except CsvError as error:
        told = error.messages("fr")
    assert all(told)
