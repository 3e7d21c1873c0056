"""Attributing: shares move between resources; nothing moves in the structure's accounts."""

import datetime as dt
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.ledger.tests.conftest import DAY

pytestmark = pytest.mark.django_db


def purchase(world, amount=10_000, key="achat", **more):
    """A purchase on credit: 606 to 401, posted without a resource."""
    return ledger.post(
        world.draft(world.line("606000", amount), world.line("401000", -amount), key=key, **more),
        by=world.by,
    )


def turnover(book):
    """Debit and credit turnover of each account of a book, links included."""
    rows = Line.objects.filter(book=book).order_by().values("account__code", "side")
    sums = {(r["account__code"], r["side"]): r["total"] for r in rows.annotate(total=Sum("amount"))}
    return {key: total for key, total in sums.items() if total}


def cell(resource):
    """Balances of a resource's cell by account."""
    rows = Line.objects.filter(resource=resource).order_by().values("account__code")
    return {r["account__code"]: r["t"] for r in rows.annotate(t=Sum("amount")) if r["t"]}


def line(entry, number=1):
    return entry.lines.get(number=number)


def test_a_share_moves_to_the_resource_and_nothing_moves_in_the_structure(world):
    entry = purchase(world)
    before = turnover(world.book)

    report = ledger.attribute(
        [(entry, [(line(entry).pk, {world.press.pk: 6_000, None: 4_000})])], by=world.by
    )

    assert (report.entries, report.lines, report.posted) == (1, 1, 4)
    assert cell(world.press) == {"606000": 6_000, "181RES": -6_000}
    assert cell(None) == {"606000": 4_000, "401000": -10_000, "181RES": 6_000}
    assert turnover(world.book) == before
    attribution = entry.attributions.get()
    assert (attribution.kind, attribution.day, attribution.about_id) == (
        "attribution", entry.day, entry.pk,
    )  # fmt: skip


def test_a_line_recorded_with_its_resource_is_not_attributed_again(world):
    entry = ledger.post(
        world.draft(
            world.line("606000", 500, world.press),
            world.line("401000", -500, world.press),
            key="own",
        ),
        by=world.by,
    )
    before = cell(world.press)

    with pytest.raises(ledger.NotAttributable):
        ledger.attribute([(entry, [(line(entry).pk, {world.press.pk: 500})])], by=world.by)

    assert cell(world.press) == before == {"606000": 500, "401000": -500}
    assert ledger.count_lines(books=[world.book.pk]) == 0
    assert list(ledger.scan_lines(books=[world.book.pk])) == []


def test_the_same_split_twice_posts_nothing(world):
    entry = purchase(world)
    change = [(entry.pk, [(line(entry).pk, {world.press.pk: 10_000})])]
    ledger.attribute(change, by=world.by)

    report = ledger.attribute(change, by=world.by)

    assert (report.entries, report.lines, report.posted) == (0, 0, 0)
    assert entry.attributions.count() == 1


def test_changing_ones_mind_posts_the_difference(world):
    entry = purchase(world)
    pk = line(entry).pk
    ledger.attribute([(entry, [(pk, {world.press.pk: 10_000})])], by=world.by)

    ledger.attribute(
        [(entry, [(pk, {world.press.pk: 3_333, world.orchard.pk: 6_667})])], by=world.by
    )
    assert cell(world.press)["606000"] == 3_333
    assert cell(world.orchard)["606000"] == 6_667
    second = entry.attributions.order_by("pk").last()
    assert list(second.lines.filter(source_line=pk).values_list("amount", flat=True)) == [
        -6_667, 6_667,
    ]  # fmt: skip

    ledger.attribute([(entry, [(pk, {None: 10_000})])], by=world.by)
    assert cell(world.press) == {}
    assert cell(world.orchard) == {}
    assert cell(None) == {"606000": 10_000, "401000": -10_000}


def test_third_parties_days_and_sides_follow_the_line(world):
    supplier = ledger.auxiliaries(world.book, {"F01": "Ferme"})["F01"]
    later = dt.date(2024, 3, 20)
    entry = ledger.post(
        world.draft(
            world.line("606000", 900),
            world.line("401000", -900, auxiliary=supplier, day=later),
        ),
        by=world.by,
    )

    ledger.attribute(
        [(entry, [(each.pk, {world.press.pk: each.amount}) for each in entry.lines.all()])],
        by=world.by,
    )

    share = Line.objects.get(resource=world.press, account__code="401000")
    assert (share.amount, share.side, share.day, share.auxiliary_id) == (-900, "C", later, supplier)
    by_day = Line.objects.filter(resource=world.press).values("day").annotate(t=Sum("amount"))
    assert {row["t"] for row in by_day} == {0}


def test_contributions_in_kind_go_through_their_own_link(world):
    entry = ledger.post(
        world.draft(world.line("864000", 500), world.line("870000", -500)), by=world.by
    )
    lines = [(each.pk, {world.press.pk: each.amount}) for each in entry.lines.all()]

    ledger.attribute([(entry, lines[:1])], by=world.by)
    assert cell(world.press) == {"864000": 500, "879RES": -500}
    ledger.attribute([(entry, lines)], by=world.by)
    assert cell(world.press) == {"864000": 500, "870000": -500}


def test_openings_stay_openings(world):
    entry = purchase(world, kind="opening")

    ledger.attribute([(entry, [(line(entry).pk, {world.press.pk: 10_000})])], by=world.by)

    assert set(Line.objects.values_list("phase", flat=True)) == {1}


@pytest.mark.parametrize("split", [{None: 9_999}, {None: 10_001}, {}, {None: 10_000.0}])
def test_shares_add_up_to_the_line(world, split):
    entry = purchase(world)

    with pytest.raises(Invalid):
        ledger.attribute([(entry, [(line(entry).pk, split)])], by=world.by)

    assert not entry.attributions.exists()


def test_an_unknown_resource_is_refused(world):
    entry = purchase(world)

    with pytest.raises(Invalid):
        ledger.attribute([(entry, [(line(entry).pk, {999_999: 10_000})])], by=world.by)

    assert not entry.attributions.exists()


def test_only_original_lines_of_the_entry_are_attributed(world):
    entry, other = purchase(world), purchase(world, key="autre")
    pk = line(entry).pk
    ledger.attribute([(entry, [(pk, {world.press.pk: 10_000})])], by=world.by)
    attribution = entry.attributions.get()
    share = attribution.lines.exclude(source_line=None).first()
    link = attribution.lines.filter(source_line=None).first()

    for target, line_id, amount in (
        (other, pk, 10_000),
        (attribution, share.pk, share.amount),
        (attribution, link.pk, link.amount),
        (entry, share.pk, share.amount),
    ):
        with pytest.raises(ledger.NotAttributable):
            ledger.attribute([(target, [(line_id, {world.press.pk: amount})])], by=world.by)

    assert JournalEntry.objects.filter(kind="attribution").count() == 1


def test_all_or_nothing(world):
    first, second = purchase(world), purchase(world, key="autre")
    good = (first, [(line(first).pk, {world.press.pk: 10_000})])
    bad = (second, [(line(second).pk, {world.press.pk: 1})])

    with pytest.raises(Invalid):
        ledger.attribute([good, bad], by=world.by)

    assert not JournalEntry.objects.filter(kind="attribution").exists()


def test_a_passer_by_attributes_nothing(world, make_user):
    entry = purchase(world)

    with pytest.raises(Forbidden):
        ledger.attribute(
            [(entry, [(line(entry).pk, {world.press.pk: 10_000})])], by=Actor.of(make_user())
        )

    assert not entry.attributions.exists()


def test_many_lines_in_several_blocks(world):
    drafts = [world.sale(100 + n, key=f"v{n}") for n in range(4_100)]
    ledger.post_many(drafts, by=world.by)
    lines = Line.objects.order_by("pk").values_list("entry_id", "pk", "amount")
    done = []

    report = ledger.attribute(
        ((entry, [(pk, {world.press.pk: amount})]) for entry, pk, amount in lines),
        by=world.by,
        progress=done.append,
    )

    assert report.lines == 8_200
    assert done[-1] == 8_200
    assert cell(None) == {}
    assert Line.objects.latest("pk").day == DAY


def test_a_line_is_looked_up_by_its_key_whatever_is_thought_of_its_table(world):
    _analyze_while_empty(world)
    ledger.post_many([world.sale(100 + n, key=f"v{n}") for n in range(300)], by=world.by)
    lines = Line.objects.order_by("pk").values_list("entry_id", "pk", "amount")

    report = ledger.attribute(
        ((entry, [(pk, {world.press.pk: amount})]) for entry, pk, amount in lines), by=world.by
    )

    assert report.lines == 600
    seen = _looked_at()  # some 15 times each; every line for every other one would be 600 times
    assert seen < 100 * 600


def _analyze_while_empty(world):
    """What a refused import leaves: a table with room for rows, of which none is there."""
    with suppress(Forbidden), transaction.atomic():
        ledger.post_many([world.sale(key=f"r{n}") for n in range(100)], by=world.by)
        raise Forbidden
    with connection.cursor() as cursor:
        for table in ("ledger_line", "ledger_journalentry"):
            cursor.execute(f"ANALYZE {table}")


def _looked_at():
    """How many lines this transaction has looked at; only PostgreSQL counts them."""
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables"
            " WHERE relname = 'ledger_line'"
        )
        return cursor.fetchone()[0]


def test_a_draft_that_crosses_resources_is_completed(world):
    links = ledger.links_of(world.book)
    lines = [
        world.line("606000", 5_000, world.press),
        world.line("606000", 2_000, world.orchard),
        world.line("401000", -7_000),
    ]

    entry = ledger.post(world.draft(*ledger.balance_cells(lines, links)), by=world.by)

    assert cell(world.press) == {"606000": 5_000, "181RES": -5_000}
    assert cell(None) == {"401000": -7_000, "181RES": 7_000}
    assert turnover(world.book) == {("606000", "D"): 7_000, ("401000", "C"): -7_000}
    assert entry.lines.count() == 6
    balanced = [world.line("606000", 1, world.press), world.line("401000", -1, world.press)]
    assert ledger.balance_cells(balanced, links) == balanced
