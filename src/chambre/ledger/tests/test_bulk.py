"""Columns say what lines say: the same checks, the same digests, whatever the entries."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.core.errors import ChambreError
from chambre.ledger.applets.bulk import batch_of
from chambre.ledger.applets.drafts import EntryDraft, LineDraft, check_lines, digest_of
from chambre.ledger.applets.sending import as_copied

CHAMBER = 3

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
days = st.dates(dt.date(1999, 1, 1), dt.date(2099, 12, 31))
ids = st.integers(1, 9)
extras = st.none() | st.dictionaries(texts, texts | st.integers(), max_size=2)


@st.composite
def lines(draw: Any) -> list[Any]:
    """Lines that balance in every cell, one time in two in several cells, and now and then odd."""
    made = []
    for _cell in range(draw(st.integers(1, 2))):
        resource, unit = draw(st.none() | ids), draw(st.sampled_from(["EUR", "HUR"]))
        amounts = draw(st.lists(st.integers(-(10**9), 10**9), max_size=3))
        for amount in [*amounts, -sum(amounts)]:
            made.append(
                LineDraft(
                    draw(ids), resource, unit, amount, draw(st.sampled_from("DC")), draw(days),
                    draw(texts), draw(st.none() | ids), draw(texts), draw(st.none() | days),
                    draw(texts), draw(st.none() | days), draw(st.sampled_from(["", "USD"])),
                    draw(texts), draw(st.none() | ids), draw(extras),
                )
            )  # fmt: skip
    return made


drafts = st.builds(
    EntryDraft,
    book=ids,
    journal=ids,
    day=days,
    lines=lines(),
    key=texts,
    kind=st.sampled_from(["entry", "opening", "attribution"]),
    number=texts,
    label=texts,
    validated_on=st.none() | days,
    about=st.none() | ids,
    reverses=st.none() | ids,
    source=texts,
    event=st.none() | ids,
)
heads = st.lists(st.tuples(drafts, st.integers(0, 2)), min_size=1, max_size=4)


def alone(head: Any) -> tuple[list[Any], bytes]:
    draft, phase = head
    plain = check_lines(draft)
    return plain, digest_of(draft, plain, chamber=CHAMBER, phase=phase)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(heads)
def test_many_are_checked_and_digested_as_each_alone(some):
    batch = batch_of(some, chamber=CHAMBER)

    each = [alone(head) for head in some]
    assert batch.digests == [digest for _plain, digest in each]
    assert batch.counts == [len(plain) for plain, _digest in each]
    assert list(zip(*batch.columns, strict=True)) == [line for plain, _d in each for line in plain]


SPOILT = [
    {"amount": 1.5}, {"amount": True}, {"amount": 2**63}, {"amount": 7}, {"side": "X"},
    {"day": None}, {"day": "2024-03-14"}, {"day": dt.datetime(2024, 3, 14)}, {"label": "a\0b"},
    {"label": "x" * 1001}, {"piece": "x" * 251}, {"unit": ""}, {"unit": "HUR"},
    {"resource": 4}, {"resource": "4"}, {"account": "1"}, {"currency": "EURO"},
    {"extra": {"taux": 1.5}}, {"lettering": "x" * 33}, {"label": "\ud800"}, {"piece": "\ud800"},
]  # fmt: skip


@pytest.mark.parametrize("change", SPOILT, ids=repr)
def test_what_one_entry_is_refused_for_is_said_of_one_among_many(change):
    day = dt.date(2024, 3, 14)
    pair = [LineDraft(1, None, "EUR", 5, "D", day), LineDraft(2, None, "EUR", -5, "C", day)]
    good = EntryDraft(1, 1, day, pair, "good")
    bad = EntryDraft(1, 1, day, [pair[0]._replace(**change), pair[1]], "bad")
    with pytest.raises(ChambreError) as refusal:
        alone((bad, 0))

    with pytest.raises(type(refusal.value)) as among:
        batch_of([(good, 0), (bad, 0), (good, 0)], chamber=CHAMBER)

    assert among.value.data == refusal.value.data
    assert str(among.value.message) == str(refusal.value.message)


def test_an_entry_without_lines_is_refused_among_many():
    day = dt.date(2024, 3, 14)
    pair = [LineDraft(1, None, "EUR", 5, "D", day), LineDraft(2, None, "EUR", -5, "C", day)]

    with pytest.raises(ChambreError):
        batch_of([(EntryDraft(1, 1, day, pair, "a"), 0), (EntryDraft(1, 1, day, [], "b"), 0)],
                 chamber=CHAMBER)  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(drafts, st.integers(0, 2)), min_size=2, max_size=3), st.data())
def test_some_of_them_are_those_and_no_others(some, data):
    batch = batch_of(some, chamber=CHAMBER)
    places = data.draw(st.lists(st.sampled_from(range(len(some))), unique=True).map(sorted))

    kept = batch.only(places)

    each = [alone(some[at]) for at in places]
    assert kept.digests == [digest for _plain, digest in each]
    assert list(zip(*kept.columns, strict=True)) == [line for plain, _d in each for line in plain]


def read(written: bytes) -> list[list[str | None]]:
    """Rows of COPY's text form, as PostgreSQL's manual describes it."""
    plain = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
    rows = []
    for row in written.decode().removesuffix("\n").split("\n"):
        values: list[str | None] = []
        for field in row.split("\t"):
            text, marks = "", iter(field)
            for mark in marks:
                text += plain[next(marks)] if mark == "\\" and field != r"\N" else mark
            values.append(None if field == r"\N" else text)
        rows.append(values)
    return rows


@given(
    st.lists(
        st.tuples(st.integers(), st.none() | st.integers(), texts, st.none() | texts, st.binary()),
        min_size=1,
    )
)
def test_rows_are_copied_as_they_are(rows):
    copied = as_copied(list(zip(*rows, strict=True)))

    def shown(value: Any) -> str | None:
        return f"\\x{value.hex()}" if isinstance(value, bytes) else value and str(value)

    assert read(copied) == [
        [None if value is None else str(shown(value) or value) for value in row] for row in rows
    ]
