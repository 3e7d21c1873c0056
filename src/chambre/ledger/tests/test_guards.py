"""Somebody with the application's SQL prompt changes nothing, on both databases."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from chambre.core.db import guards
from chambre.ledger import api as ledger
from chambre.ledger.applets.writing import LINE_COLUMNS
from chambre.ledger.models import JournalEntry, Line
from chambre.ledger.tests.attacker import Attacker

pytestmark = pytest.mark.django_db


@pytest.fixture
def attacker(world):
    return Attacker(world)


def test_an_honest_row_by_hand_passes(attacker):
    """The attacks below fail for what is wrong in them, and for nothing else."""
    attacker.pair()
    attacker.entry()
    attacker.settle()

    assert JournalEntry.objects.count() == 2


def _one_never_comes(a):
    """Lines of two entries in one statement, then the first entry only."""
    first = a.sale.lines.order_by("pk").first().pk
    changed = {"id": f"l.id - {first} + {a.line_id} + 2 * n.n", "entry_id": f"{a.entry_id} + n.n"}
    a.run(
        f"INSERT INTO ledger_line ({', '.join(LINE_COLUMNS)})"
        f" SELECT {', '.join(changed.get(name, f'l.{name}') for name in LINE_COLUMNS)}"
        " FROM ledger_line l CROSS JOIN (SELECT 0 AS n UNION SELECT 1) n WHERE l.entry_id = %s",
        [a.sale.pk],
    )
    a.entry()
    a.settle()


def _closed(a):
    """A closed 2023."""
    year = a.world.year(2023)
    ledger.close_year(book=a.world.book, year=year, by=a.world.by)
    a.entry_id, a.line_id = a.next_ids()
    return {"day": dt.date(2023, 5, 5)}


def _closed_year(a):
    a.pair(_closed(a), {"day": dt.date(2023, 5, 5)})
    a.entry(day=dt.date(2023, 5, 5))


def _closed_year_line(a):
    _closed(a)
    a.pair({"day": dt.date(2023, 5, 5)})
    a.entry()


def _closed_reopened(a):
    _closed(a)
    a.run("UPDATE ledger_financialyear SET closed_at = NULL")


def _closed_moved(a):
    _closed(a)
    a.run("UPDATE ledger_financialyear SET start = '2023-06-01' WHERE closed_at IS NOT NULL")


def _closed_dropped(a):
    _closed(a)
    a.run("DELETE FROM ledger_financialyear WHERE closed_at IS NOT NULL")


def _late(a):
    a.line(3, 0, entry_id=a.sale.pk, id=a.line_id)


def _false_reversal(a):
    a.pair({"account_id": a.world.book.codes["512000"]})
    a.entry(kind="reversal", reverses_id=a.sale.pk)


def _reversal_of_nothing(a):
    a.pair()
    a.entry(kind="reversal")


def _attribution_that_moves(a):
    line = a.sale.lines.first()
    a.line(1, 100, source_line=line.pk, resource_id=a.world.press.pk)
    a.line(2, -100, account_id=a.world.book.codes["181RES"], resource_id=a.world.press.pk)
    a.entry(kind="attribution", about_id=a.sale.pk)


def _sealed_range(a):
    ledger.post(a.world.sale(key="more"), by=a.world.by)
    ledger.seal(by=a.world.by)
    a.pair()
    a.entry()


def _seal_gap(a):
    ledger.seal(by=a.world.by)
    a.run(
        "INSERT INTO ledger_seal (chamber_id, number, kind, first, last, count, root, previous,"
        " digest, sealed_at) SELECT chamber_id, number + 99, kind, last + 1, last + 1, 1, root, digest,"
        " root, sealed_at FROM ledger_seal"
    )


def _do(*steps):
    def attack(a):
        for step in steps:
            step(a)

    return attack


def _sql(text):
    return lambda a: a.run(text)


ATTACKS = {
    "change a line": _sql("UPDATE ledger_line SET amount = amount + 1"),
    "change an entry": _sql("UPDATE ledger_journalentry SET label = 'x'"),
    "delete a line": _sql("DELETE FROM ledger_line"),
    "delete an entry": _sql("DELETE FROM ledger_journalentry"),
    "a late line": _late,
    "a missing line": _do(lambda a: a.line(1, 0), lambda a: a.entry()),
    "a line too many": _do(lambda a: a.pair(), lambda a: a.line(3, 0), lambda a: a.entry()),
    "a gap in the numbers": _do(
        lambda a: a.pair(None, {"number": 3, "id": a.line_id + 1}), lambda a: a.entry()
    ),
    "no line": lambda a: a.entry(line_count=0),
    "a line without an entry": _do(lambda a: a.line(1, 0), lambda a: a.settle()),
    "a later line without an entry": _do(lambda a: a.line(2, 0), lambda a: a.settle()),
    "lines of two entries of which one never comes": _one_never_comes,
    "an unbalanced entry": _do(lambda a: a.pair({"amount": 101}), lambda a: a.entry()),
    "an unbalanced cell": _do(
        lambda a: a.pair({"resource_id": a.world.press.pk}), lambda a: a.entry()
    ),
    "two units": _do(lambda a: a.pair({"unit": "HUR"}), lambda a: a.entry()),
    "an account of another book": _do(
        lambda a: a.pair({"account_id": a.world.other.codes["411000"]}), lambda a: a.entry()
    ),
    "an account of nobody": _do(lambda a: a.pair({"account_id": 99_999}), lambda a: a.entry()),
    "a journal of another book": _do(
        lambda a: a.pair(), lambda a: a.entry(journal_id=a.world.other.journal)
    ),
    "a line of another book": _do(
        lambda a: a.pair({"book_id": a.world.other.pk}), lambda a: a.entry()
    ),
    "another chamber": _do(
        lambda a: a.pair({"chamber_id": a.world.atelier.pk}), lambda a: a.entry()
    ),
    "a wrong phase": _do(lambda a: a.pair({"phase": 2}), lambda a: a.entry()),
    "a forged entry id": _do(
        lambda a: a.pair({"entry_id": 10**12}, {"entry_id": 10**12}),
        lambda a: a.entry(id=10**12),
    ),
    "a forged line id": _do(lambda a: a.pair(None, {"id": 10**12}), lambda a: a.entry()),
    "an id in a sealed range": _sealed_range,
    "a key used before": _do(lambda a: a.pair(), lambda a: a.entry(key="honest")),
    "no key": _do(lambda a: a.pair(), lambda a: a.entry(key="")),
    "a short digest": _do(lambda a: a.pair(), lambda a: a.entry(digest=b"x")),
    "a closed year": _closed_year,
    "a line in a closed year": _closed_year_line,
    "open a closed year": _closed_reopened,
    "move a closed year": _closed_moved,
    "drop a closed year": _closed_dropped,
    "a reversal that is not the opposite": _false_reversal,
    "a reversal of nothing": _reversal_of_nothing,
    "an attribution that moves accounts": _attribution_that_moves,
    "a seal out of turn": _seal_gap,
    "renumber an account": _sql("UPDATE ledger_account SET code = '999999' WHERE code = '411000'"),
    "drop an account": _sql("DELETE FROM ledger_account"),
    "give a book away": _sql("UPDATE ledger_book SET structure_id = chamber_id"),
}


REASONS = (
    "ledger/",
    "append-only",
    "journalentry_",
    "violates",
    "constraint failed",
    "invalid foreign",
)
"""What a refusal of a guard, a key or a check says; not what a mistake in SQL says."""


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(attacker, name):
    def state():
        return (
            list(JournalEntry.objects.order_by("pk").values_list("pk", "key", "label")),
            list(Line.objects.order_by("pk").values_list("pk", "amount", "account__code")),
        )

    before = state()

    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        with transaction.atomic():
            ATTACKS[name](attacker)
        attacker.settle()

    assert any(word in str(refusal.value) for word in REASONS)
    if "closed" not in name and "sealed" not in name and "turn" not in name:
        assert state() == before


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "INSERT OR IGNORE"])
def test_replace_replaces_nothing_in_sqlite(attacker, verb):
    if connection.vendor != "sqlite":
        return  # PostgreSQL has no such verb
    attacker.run("PRAGMA recursive_triggers = OFF")
    before = list(JournalEntry.objects.values_list("pk", "key", "digest"))

    with pytest.raises(DatabaseError), transaction.atomic():
        attacker.entry(id=attacker.sale.pk, key="honest", verb=verb)

    assert list(JournalEntry.objects.values_list("pk", "key", "digest")) == before
    attacker.run("PRAGMA recursive_triggers = ON")


@pytest.mark.parametrize(
    "table",
    ["ledger_line", "ledger_journalentry", "ledger_seal", "ledger_account", "ledger_financialyear"],
)
def test_nothing_is_emptied_in_postgresql(attacker, table):
    if connection.vendor != "postgresql":
        return  # SQLite has no TRUNCATE
    with pytest.raises(DatabaseError), transaction.atomic():
        attacker.run(f"TRUNCATE {table} CASCADE")

    assert Line.objects.count() == 2


def test_the_guards_are_there_and_told_when_they_are_not(world):
    assert guards.missing(connection) == []
    with connection.cursor() as cursor:
        on = " ON ledger_journalentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_journalentry_arrives{on}")

    assert guards.missing(connection) == ["ledger_journalentry_arrives"]
    guards.install_all(connection)
    assert guards.missing(connection) == []
