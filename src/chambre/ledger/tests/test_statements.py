"""Statements: both readings agree, whatever the period, and roll-ups change nothing."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.ledger import api as ledger
from chambre.ledger.applets import balances, reading
from chambre.ledger.models import Book
from chambre.lib.consolidation import Sums, group_figures, read_books
from chambre.registry import api as registry

pytestmark = pytest.mark.django_db

ACCOUNTS = ["101300", "164000", "215400", "411000", "401000", "512000", "601000", "641000",
            "701000", "740000", "864000", "875000"]  # fmt: skip


@pytest.fixture
def world(system):
    """Two structures, one with calendar years and one from July, and two resources."""
    made = {"resources": [], "books": []}
    for slug, month in (("a", 1), ("b", 7)):
        structure = registry.create_structure(slug=slug, name=slug.upper(), by=system)
        book = ledger.open_book(structure=structure, by=system)
        for year in (2023, 2024, 2025):
            start = dt.date(year, month, 1)
            end = dt.date(year + 1, month, 1) - dt.timedelta(days=1)
            ledger.financial_year(book=book, start=start, end=end, by=system)
        made["books"].append(book)
    for slug in ("verger", "presse"):
        made["resources"].append(registry.create_resource(slug=slug, name=slug, by=system))
    return made


def record(world, system, number, book_index, day, legs, kind="entry"):
    """Post an entry whose legs are (account, resource index or None, amount)."""
    book = world["books"][book_index]
    ids = ledger.accounts(book, dict.fromkeys(ACCOUNTS, "x"))
    journal = ledger.journals(book, {"OD": "x"})["OD"]
    legs = [*legs, ("512000", None, -sum(amount for _a, _r, amount in legs))]
    lines = [
        ledger.LineDraft(
            account=ids[account],
            resource=None if index is None else world["resources"][index].pk,
            unit="EUR",
            amount=amount,
            side="D" if amount >= 0 else "C",
            day=day,
        )
        for account, index, amount in legs
    ]
    lines = ledger.balance_cells(lines, ledger.links_of(book))
    ledger.post(
        ledger.EntryDraft(
            book=book.pk, journal=journal, day=day, lines=lines, key=f"k{number}", kind=kind
        ),
        by=system,
    )


def obvious(first, last):
    """The same statement by walking over every line, cell by cell."""
    from chambre.ledger.models import Line

    years = balances.years_of(Book.objects.values_list("pk", flat=True))
    rows = [
        Sums(
            line.book_id,
            line.resource_id,
            line.account.code,
            years[line.book_id].segment(line.day),
            line.day < first,
            line.phase == 1,
            line.amount if line.side == "D" else 0,
            -line.amount if line.side == "C" else 0,
        )
        for line in Line.objects.filter(day__lte=last, phase__lt=2).select_related("account")
    ]
    return read_books(rows, years, first)


DAYS = st.dates(dt.date(2022, 12, 1), dt.date(2026, 6, 30))
LEG = st.tuples(
    st.sampled_from(ACCOUNTS), st.sampled_from([None, 0, 1]), st.integers(-(10**6), 10**6)
)
HISTORY = st.lists(
    st.tuples(st.integers(0, 1), DAYS, st.lists(LEG, min_size=1, max_size=3)), max_size=8
)


def figures(groups):
    return {
        key: {f.account: (f.opening, f.debit, f.credit) for f in group.listed()}
        for key, group in groups.items()
        if group.listed()
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=HISTORY, period=st.tuples(DAYS, DAYS), refresh_after=st.integers(0, 8))
def test_both_readings_are_the_obvious_one(world, system, history, period, refresh_after):
    from django.db import transaction

    first, last = min(period), max(period)
    point = transaction.savepoint()
    try:
        for number, (book, day, legs) in enumerate(history):
            record(world, system, number, book, day, legs)
            if number == refresh_after:
                ledger.refresh_balances()
        cells, _gaps = obvious(first, last)
        by_resource = ledger.statement(by="resource", first=first, last=last)
        by_structure = ledger.statement(by="structure", first=first, last=last)

        assert figures({g.pk: g.figures for g in by_resource.groups}) == figures(
            group_figures(cells, key=lambda cell: cell[1] or 0)
        )
        assert figures({g.pk: g.figures for g in by_structure.groups}) == figures(
            group_figures(cells, key=lambda cell: cell[0])
        )
        for found in (by_resource, by_structure):
            assert found.reconciled
            assert found.difference == 0
            assert all(group.totals.balances for group in found.groups)
        for index, resource in enumerate(world["resources"]):
            alone = ledger.statement(
                by="resource", first=first, last=last, resources=[world["resources"][index]]
            )
            whole = [g for g in by_resource.groups if g.pk == resource.pk]
            assert figures({g.pk: g.figures for g in alone.groups}) == figures(
                {g.pk: g.figures for g in whole}
            )
            assert alone.reconciled
        assert balances.compare() == []
    finally:
        transaction.savepoint_rollback(point)


def test_an_opening_that_differs_goes_to_what_is_not_attributed_and_is_told(world, system):
    record(world, system, 1, 0, dt.date(2024, 5, 2), [("701000", 0, -10_000)])
    record(world, system, 2, 0, dt.date(2025, 1, 1), [("101300", None, -7_000)], kind="opening")

    found = ledger.statement(by="resource", first=dt.date(2025, 1, 1), last=dt.date(2025, 12, 31))

    own = ledger.statement(by="structure", first=dt.date(2025, 1, 1), last=dt.date(2025, 12, 31))
    assert figures({g.key: g.figures for g in own.groups}) == {
        "a": {"101300": (-7_000, 0, 0), "512000": (7_000, 0, 0)}
    }
    assert [(gap.account, gap.amount) for gap in found.gaps] == [
        ("101300", -7_000), ("120", 10_000), ("512000", -3_000),
    ]  # fmt: skip
    assert found.reconciled
    assert found.as_json()["gaps"][0]["structure"] == "a"


def test_a_closed_year_is_no_longer_provisional(world, system):
    record(world, system, 1, 0, dt.date(2024, 5, 2), [("701000", 0, -10_000)])
    year = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))

    assert ledger.statement(by="structure", first=year[0], last=year[1]).provisional


def test_nothing_recorded_is_an_empty_reconciled_statement(db):
    found = ledger.statement(by="resource", first=dt.date(2024, 1, 1), last=dt.date(2024, 12, 31))

    assert found.as_json() == {
        "by": "resource",
        "from": "2024-01-01",
        "to": "2024-12-31",
        "unit": "EUR",
        "provisional": True,
        "groups": [],
        "eliminated": [],
        "reconciled": True,
        "difference": 0,
        "gaps": [],
    }


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ((2024, 1, 1), (2024, 12, 31), (1, 0, 0)),
        ((2024, 1, 1), (2024, 6, 30), (0, 1, 0)),
        ((2024, 1, 15), (2024, 2, 10), (0, 0, 2)),
        ((2024, 1, 15), (2024, 1, 20), (0, 0, 1)),
        ((2023, 11, 5), (2025, 2, 3), (1, 2, 2)),
    ],
)
def test_a_stretch_is_covered_once(first, last, expected):
    start, end = dt.date(*first), dt.date(*last)
    found = balances.cover(start, end)
    days = [
        a + dt.timedelta(days=n)
        for ranges in (found.years, found.months, found.days)
        for a, b in ranges
        for n in range((b - a).days + 1)
    ]

    assert sorted(days) == [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]
    assert (len(found.years), len(found.months), len(found.days)) == expected


def test_reading_again_when_something_was_recorded_meanwhile(world, system):
    seen = []

    def work(state):
        seen.append(state)
        if len(seen) == 1:
            record(world, system, 9, 0, dt.date(2024, 5, 2), [("701000", None, -100)])
        return state.last

    assert reading.consistent(work) == seen[1].last
    assert len(seen) == 2


def test_a_book_opened_meanwhile_is_not_read(world, system):
    """The books of a reading are not named when they are all; another one does not slip in."""
    day = dt.date(2023, 5, 2)
    for number in (0, 1):
        record(world, system, number, number, day, [("701000", None, -100)])
    ledger.refresh_balances()
    ids = tuple(book.pk for book in world["books"])
    read = reading.Reading(ids, {}, dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    seen = []

    def work(state):
        if not seen:
            late = registry.create_structure(slug="c", name="C", by=system)
            world["books"].append(ledger.open_book(structure=late, by=system))
            record(world, system, 2, 2, day, [("701000", None, -100)])
            ledger.refresh_balances()
        seen.append(state.books)
        return reading.by_structure(read, state)

    rows = reading.consistent(work)

    assert seen == [2, 3]
    assert {row.book for row in rows} == set(ids)
    assert sum(row.credit for row in rows if row.account == "701000") == 200
