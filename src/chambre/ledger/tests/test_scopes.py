"""What one page of accounts reads: the same figures as the lenses, cash and links to the cent."""

import datetime as dt
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.ledger.tests.test_statements import DAYS, HISTORY, figures, record, world
from chambre.lib import accounting
from chambre.registry.models import Agent

pytestmark = pytest.mark.django_db
__all__ = ["world"]


def structures():
    return list(Agent.objects.filter(book__isnull=False).order_by("slug"))


def scopes(world, **options):
    """Every scope, with the group of a statement that shows the same."""
    every = structures()
    for resource in world["resources"]:
        yield (
            ledger.scope(part=ledger.Part.RESOURCE, structures=every, resource=resource, **options),
            ("resource", resource.slug),
        )
    yield ledger.scope(part=ledger.Part.REST, structures=every, **options), ("resource", None)
    for each in every:
        yield (
            ledger.scope(part=ledger.Part.ALL, structures=[each], **options),
            ("structure", each.slug),
        )


def obvious_cash(scope, first, last):
    """Receipts and payments by walking over the entries of each cell."""
    entries = defaultdict(list)
    rows = Line.objects.filter(
        day__gte=first, day__lte=last, phase=0, book__in=scope.books
    ).select_related("account", "entry")
    for line in rows:
        root = line.entry.reverses_id or line.entry.about_id or line.entry_id
        wanted = scope.resource.pk if scope.resource else None
        if scope.part is ledger.Part.ALL or line.resource_id == wanted:
            entries[root, line.book_id].append((line.account.code, line.amount))
    return accounting.cash_flow(entries.values())


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    history=HISTORY,
    periods=st.lists(st.tuples(DAYS, DAYS).map(sorted).map(tuple), min_size=1, max_size=3),
    refresh_after=st.integers(0, 8),
)
def test_a_scope_shows_what_the_lenses_show(world, system, history, periods, refresh_after):
    from django.db import transaction

    point = transaction.savepoint()
    try:
        for number, (book, day, legs) in enumerate(history):
            record(world, system, number, book, day, legs)
            if number == refresh_after:
                ledger.refresh_balances()
        for scope, (by, key) in scopes(world):
            found = scope.figures(periods)
            openings = [{a: f.opening for a, f in each.whole.accounts.items()} for each in found]
            cash = scope.cash(periods, openings)
            for each, flow in zip(found, cash, strict=True):
                groups = ledger.statement(by=by, first=each.first, last=each.last).groups
                lens = [group.figures for group in groups if group.key == key]
                assert figures({0: each.whole}) == figures(dict(enumerate(lens)))
                closing = {f.account: f.closing for f in each.whole.listed()}
                assert flow.flow.closing == accounting.cash_balance(closing)
                assert flow.flow.flows == obvious_cash(scope, each.first, each.last).flows
                links = defaultdict(int)
                for link in scope.links(each.last):
                    links[link.book, link.account] += link.amount
                stand = {
                    (book, f.account): f.closing
                    for book, group in each.by_book.items()
                    for f in group.listed()
                    if accounting.is_link(f.account) and f.account != "879RES" and f.closing
                }
                assert {k: v for k, v in links.items() if v and k[1] != "879RES"} == (
                    {} if by == "structure" else stand
                )
    finally:
        transaction.savepoint_rollback(point)


YEAR = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def test_a_resource_is_owed_by_its_structure_and_owes_to_another_resource(world, system):
    orchard, press = world["resources"]
    record(world, system, 1, 0, dt.date(2024, 3, 1), [("701000", 0, -10_000)])
    record(
        world, system, 2, 0, dt.date(2024, 4, 1),
        [("601000", 0, 3_000), ("701000", 1, -3_000)],
    )  # fmt: skip

    scope = ledger.scope(part=ledger.Part.RESOURCE, structures=structures(), resource=orchard)

    assert [(link.resource, link.name, link.amount) for link in scope.links(YEAR[1])] == [
        (None, "", 10_000),
        ("presse", "presse", -3_000),
    ]
    assert scope.links(dt.date(2024, 3, 31))[0].amount == 10_000
    mirror = ledger.scope(part=ledger.Part.RESOURCE, structures=structures(), resource=press)
    assert [(link.resource, link.amount) for link in mirror.links(YEAR[1])] == [("verger", 3_000)]


def test_a_bank_line_alone_is_explained_by_the_link(world, system):
    book = world["books"][0]
    ids = ledger.accounts(book, {"512000": "x", "701000": "x"})
    journal = ledger.journals(book, {"OD": "x"})["OD"]
    day = dt.date(2024, 3, 1)
    lines = [
        ledger.LineDraft(ids["512000"], world["resources"][0].pk, "EUR", 5_000, "D", day),
        ledger.LineDraft(ids["701000"], None, "EUR", -5_000, "C", day),
    ]
    lines = ledger.balance_cells(lines, ledger.links_of(book))
    ledger.post(
        ledger.EntryDraft(book=book.pk, journal=journal, day=day, lines=lines, key="k"), by=system
    )

    scope = ledger.scope(
        part=ledger.Part.RESOURCE, structures=structures(), resource=world["resources"][0]
    )
    ((flow, _between),) = scope.cash([YEAR], [{}])

    assert [(each.activity, each.group, each.receipts, each.payments) for each in flow.flows] == [
        (accounting.Activity.LINKS, "18", 5_000, 0)
    ]
    assert (flow.opening, flow.closing) == (0, 5_000)


def test_what_was_taken_back_is_no_payment(world, system):
    record(world, system, 1, 0, dt.date(2024, 3, 1), [("701000", 0, -10_000)])
    entry = Line.objects.first().entry
    ledger.reverse(entry=entry, key="back", reason="erreur", by=system)

    ((flow, _between),) = ledger.scope(part=ledger.Part.ALL, structures=structures()[:1]).cash(
        [YEAR], [{}]
    )

    assert flow.flows == ()


def test_accounts_can_be_read_as_they_were_known(world, system):
    from django.utils import timezone

    record(world, system, 1, 0, dt.date(2024, 3, 1), [("701000", 0, -10_000)])
    ledger.refresh_balances()
    known = timezone.now()
    record(world, system, 2, 0, dt.date(2024, 3, 2), [("701000", 0, -700)])
    ledger.refresh_balances()

    def income(**options):
        found = ledger.statement(by="resource", first=YEAR[0], last=YEAR[1], **options)
        assert found.reconciled
        return {group.key: group.totals.income for group in found.groups}

    def cash(**options):
        scope = ledger.scope(part=ledger.Part.ALL, structures=structures()[:1], **options)
        ((flow, _between),) = scope.cash([YEAR], [{}])
        (figures,) = scope.figures([YEAR])
        assert figures.whole.totals().income == flow.receipts
        return flow.receipts

    assert income() == {"verger": 10_700, None: 0}
    assert income(known_on=known) == {"verger": 10_000, None: 0}
    assert income(known_on=known - dt.timedelta(days=1)) == {}
    assert income(known_on=timezone.localdate()) == {"verger": 10_700, None: 0}
    assert (cash(), cash(known_on=known)) == (10_700, 10_000)
    scope = ledger.scope(
        part=ledger.Part.RESOURCE,
        structures=structures(),
        resource=world["resources"][0],
        known_on=known,
    )
    assert [link.amount for link in scope.links(YEAR[1])] == [10_000]


def test_a_year_closed_later_was_provisional_then(world, system):
    from django.utils import timezone

    record(world, system, 1, 0, dt.date(2023, 3, 1), [("701000", 0, -10_000)])
    book = world["books"][0]
    known = timezone.now()
    year = book.years.get(start=dt.date(2023, 1, 1))
    ledger.close_year(book=book, year=year, by=system)
    days = {"first": dt.date(2023, 1, 1), "last": dt.date(2023, 12, 31)}
    options = {"by": "structure", "structures": [book.structure], **days}

    assert not ledger.statement(**options).provisional
    assert ledger.statement(known_on=known, **options).provisional
