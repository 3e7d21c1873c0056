"""What stands before the ledger's tables, or beside them, does not take in its guards.

Temporary tables, other schemas, views, operators, child tables: whatever a session can put where
the guards look, they look at the ledger itself. What only the owner of the tables can do to the
guards themselves cannot be refused; ``chambre doctor`` finds it (``test_guards_changed.py``).
"""

import datetime as dt
import threading

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from chambre.ledger import api as ledger
from chambre.ledger.applets.writing import LINE_COLUMNS
from chambre.ledger.models import JournalEntry, Line
from chambre.ledger.tests.attacker import Attacker

POSTGRES = connection.vendor == "postgresql"
LONG_AGO = dt.date(2023, 5, 5)
NEVER = "FALSE"


@pytest.fixture
def attacker(world):
    made = Attacker(world)
    made.settle()
    return made


def _shadow(a, table, rows=NEVER, **changes):
    """A temporary table of the same name with some of the rows, and columns as one likes them."""
    (model,) = [one for one in apps.get_models() if one._meta.db_table == table]
    names = [str(field.column) for field in model._meta.concrete_fields]
    chosen = ", ".join(
        f'{changes.get(name, chr(34) + name + chr(34))} AS "{name}"' for name in names
    )
    a.run(f"CREATE TEMPORARY TABLE {table} AS SELECT {chosen} FROM {a.home}{table} WHERE {rows}")


def _close(a):
    year = a.world.year(2023)
    ledger.close_year(book=a.world.book, year=year, by=a.world.by)
    a.entry_id, a.line_id = a.next_ids()


def _unbalanced(a):
    a.pair({"amount": 101})
    a.entry()


def _lines(a):
    a.pair({"amount": 101})
    _shadow(a, "ledger_line", f"entry_id = {a.entry_id}", amount="3 - 2 * number")
    a.entry()


def _entries(a):
    """A line for an entry that is complete; by the commit it seems to be as it was."""
    _shadow(a, "ledger_journalentry")
    a.line(3, 0, entry_id=a.sale.pk, id=a.line_id)
    a.run(f"INSERT INTO ledger_journalentry SELECT * FROM {a.home}ledger_journalentry")
    a.settle()


def _arrivals(a):
    if POSTGRES:
        a.run("CREATE TEMPORARY TABLE ledger_arrival (LIKE public.ledger_arrival)")
    a.line(1, 0)
    a.settle()


def _years(a):
    _close(a)
    _shadow(a, "ledger_financialyear")
    a.pair({"day": LONG_AGO}, {"day": LONG_AGO})
    a.entry(day=LONG_AGO)


def _accounts(a):
    _shadow(a, "ledger_account", "TRUE", book_id=a.world.book.pk)
    a.pair({"account_id": a.world.other.codes["411000"]})
    a.entry()


def _auxiliaries(a):
    other = ledger.auxiliaries(a.world.other, {"C1": "Cantine"})["C1"]
    _shadow(a, "ledger_auxiliary", "TRUE", book_id=a.world.book.pk)
    a.pair({"auxiliary_id": other})
    a.entry()


def _journals(a):
    _shadow(a, "ledger_journal", "TRUE", book_id=a.world.book.pk)
    a.pair()
    a.entry(journal_id=a.world.other.journal)


def _books(a):
    chamber = {"chamber_id": a.world.atelier.pk}
    _shadow(a, "ledger_book", "TRUE", **chamber)
    a.pair(chamber, chamber)
    a.entry(**chamber)


def _seals(a):
    ledger.post(a.world.sale(key="more"), by=a.world.by)
    ledger.seal(by=a.world.by)
    _shadow(a, "ledger_seal")
    a.pair()
    a.entry()


def _chain(a):
    ledger.seal(by=a.world.by)
    _shadow(a, "ledger_seal", "TRUE", number="number + 98")
    a.run(
        f"INSERT INTO {a.home}ledger_seal (chamber_id, number, kind, first, last, count, root,"
        " previous, digest, sealed_at) SELECT chamber_id, number + 99, kind, last + 1, last + 1,"
        f" 1, root, digest, root, sealed_at FROM {a.home}ledger_seal WHERE number = 4"
    )


def _overlap(a):
    a.world.year(2023)
    _shadow(a, "ledger_financialyear")
    a.run(
        f'INSERT INTO {a.home}ledger_financialyear (book_id, start, "end")'
        f" SELECT book_id, '2023-06-01', '2024-05-31' FROM {a.home}ledger_financialyear"
    )


SHADOWS = {
    "lines that balance": _lines,
    "entries that are not there yet": _entries,
    "arrivals that nobody looks at": _arrivals,
    "years that are open": _years,
    "years that do not overlap": _overlap,
    "accounts of this book": _accounts,
    "auxiliary accounts of this book": _auxiliaries,
    "journals of this book": _journals,
    "books of this chamber": _books,
    "no seals": _seals,
    "seals that come before": _chain,
}  # fmt: skip


def _arrived(a):
    a.run("CREATE TEMPORARY TABLE arrived AS SELECT * FROM public.ledger_journalentry WHERE FALSE")
    _unbalanced(a)


def _copied(a):
    """Two lines that do not balance, by COPY."""
    rows = Line.objects.filter(entry=a.sale).order_by("number").values(*LINE_COLUMNS)
    rows = [{**row, "entry_id": a.entry_id, "amount": 7} for row in rows]
    statement = f"COPY ledger_line ({', '.join(LINE_COLUMNS)}) FROM STDIN"
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        for place, row in enumerate(rows):
            row["id"] = a.line_id + place
            copy.write_row([row[name] for name in LINE_COLUMNS])
    a.entry()


def _sequences(a):
    for name in ("ledger_entry_ids", "ledger_line_ids"):
        a.run(f"CREATE TEMPORARY SEQUENCE {name} START {10**13}")
    a.line_id = a.entry_id = 10**12
    a.pair()
    a.entry()


def _operator(schema, kind):
    """No difference between a sum and zero: an operator that fits better than the server's own."""

    def attack(a):
        a.run(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        a.run(
            f"CREATE FUNCTION {schema}.never(numeric, {kind}) RETURNS boolean LANGUAGE sql"
            " IMMUTABLE AS 'SELECT FALSE'"
        )
        a.run(
            f"CREATE OPERATOR {schema}.<> (LEFTARG = numeric, RIGHTARG = {kind},"
            f" FUNCTION = {schema}.never)"
        )
        a.run(f"SET LOCAL search_path = {schema}, pg_catalog, public")
        _unbalanced(a)

    return attack


def _views(a):
    a.run("CREATE SCHEMA before_it")
    a.pair({"amount": 101})
    a.run(
        "CREATE VIEW before_it.ledger_line AS SELECT id, entry_id, number, chamber_id, book_id,"
        " account_id, resource_id, unit, 0::bigint AS amount, side, day, phase, auxiliary_id,"
        " source_line FROM public.ledger_line"
    )
    a.run("SET LOCAL search_path = before_it, public")
    a.entry()


def _child(kind):
    """The line that makes the entry balance lies in a table beside, which can be dropped."""

    def attack(a):
        a.run(f"CREATE {kind} TABLE beside () INHERITS (public.ledger_line)")
        a.line(1, 100)
        changed = {"id": "id + 1", "number": "2", "amount": "-100", "side": "'C'"}
        values = ", ".join(changed.get(name, name) for name in LINE_COLUMNS)
        a.run(
            f"INSERT INTO beside ({', '.join(LINE_COLUMNS)}) SELECT {values}"
            f" FROM ONLY public.ledger_line WHERE entry_id = {a.entry_id}"
        )
        a.entry()

    return attack


def _parent(*statements):
    """The table becomes part of another one: only triggers of each row are asked then."""

    def attack(a):
        a.run("CREATE TABLE above (LIKE public.ledger_line)")
        a.run("ALTER TABLE public.ledger_line INHERIT above")
        for statement in statements:
            a.run(statement)

    return attack


def _partition(a):
    a.run("CREATE TABLE above (LIKE public.ledger_line) PARTITION BY RANGE (id)")
    a.run("ALTER TABLE above ATTACH PARTITION public.ledger_line DEFAULT")
    a.home, home = "", a.home
    a.lines = "above"
    a.line(1, 101)
    a.home = home
    a.settle()


def _copy(options, *before):
    def attack(a):
        for statement in before:
            a.run(statement)
        a.pair()
        row = Line.objects.filter(entry=a.sale).values(*LINE_COLUMNS)[0]
        row.update(id=a.line_id + 2, number=3, entry_id=a.entry_id)
        with connection.cursor() as cursor, connection.wrap_database_errors:
            statement = f"COPY public.ledger_line ({', '.join(LINE_COLUMNS)}) FROM STDIN {options}"
            with cursor.copy(statement) as copy:
                copy.write_row([row[name] for name in LINE_COLUMNS])
        a.entry(line_count=3)

    return attack


def _sql(*statements):
    def attack(a):
        for statement in statements:
            a.run(statement)

    return attack


def _replica(attack):
    def replicate(a):
        a.run("SET LOCAL session_replication_role = replica")
        attack(a)

    return replicate


def _arrival(statement):
    def attack(a):
        a.line(1, 0)
        a.run(statement)
        a.settle()

    return attack


MORE = "UPDATE {} SET amount = amount + 1"
IN_POSTGRES = {
    "a table called like what arrived": _arrived,
    "sequences that drew it": _sequences,
    "an operator in the ledger's schema": _operator("public", "integer"),
    "an operator before the server's": _operator("before_it", "numeric"),
    "views in a schema before it": _views,
    "a child table": _child(""),
    "a temporary child table": _child("TEMPORARY"),
    "a table above it, changed": _parent(MORE.format("above")),
    "a table above it, deleted from": _parent("DELETE FROM above"),
    "a table above it, emptied": _parent("TRUNCATE above CASCADE"),
    "a table of which it is a part": _partition,
    "a view that can be changed": _sql(
        "CREATE VIEW seen AS SELECT * FROM public.ledger_line", MORE.format("seen")
    ),
    "a merge that changes": _sql(
        "MERGE INTO ledger_line USING (SELECT 1) x ON TRUE WHEN MATCHED THEN UPDATE SET amount = 1"
    ),
    "a merge that deletes": _sql(
        "MERGE INTO ledger_line USING (SELECT 1) x ON TRUE WHEN MATCHED THEN DELETE"
    ),
    "an insert that updates": _sql(
        "INSERT INTO ledger_line SELECT * FROM ledger_line ON CONFLICT (id)"
        " DO UPDATE SET amount = EXCLUDED.amount + 1"
    ),
    "a key that deletes with it": _sql(
        "CREATE TABLE master AS SELECT id FROM public.ledger_account",
        "ALTER TABLE master ADD PRIMARY KEY (id)",
        "ALTER TABLE public.ledger_line ADD FOREIGN KEY (account_id) REFERENCES master"
        " ON DELETE CASCADE",
        "DELETE FROM master",
    ),
    "a copy that does not balance": _copied,
    "a frozen copy": _copy("WITH (FREEZE)"),
    "an emptied table and a frozen copy": _copy("WITH (FREEZE)", "TRUNCATE ledger_line CASCADE"),
    "rows as a replica gets them": _replica(_unbalanced),
    "changes as a replica gets them": _replica(_sql(MORE.format("public.ledger_line"))),
    "a lone line as a replica gets it": _replica(_arrival("SELECT 1")),
    "deleted arrivals": _arrival("DELETE FROM ledger_arrival"),
    "changed arrivals": _arrival("UPDATE ledger_arrival SET entries = '{}'"),
    "other arrivals": _arrival("INSERT INTO ledger_arrival VALUES ('{}')"),
    "emptied arrivals": _arrival("TRUNCATE ledger_arrival"),
    "dropped arrivals": _arrival("DROP TABLE ledger_arrival"),
    "arrivals unguarded while they wait": _arrival(
        "ALTER TABLE ledger_arrival DISABLE TRIGGER ledger_arrival_stays"
    ),
    "deferred arrivals": _arrival("SET CONSTRAINTS ALL DEFERRED"),
}


def _refused(attacker, attack):
    before = list(Line.objects.order_by("pk").values_list("pk", "amount"))

    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        with transaction.atomic():
            attack(attacker)
        attacker.settle()

    assert any(word in str(refusal.value) for word in REASONS), refusal.value
    assert not JournalEntry.objects.filter(key="forged").exists()
    assert list(Line.objects.order_by("pk").values_list("pk", "amount"))[: len(before)] == before


def _late_by(kind, moment):
    """A trigger of somebody else adds a line when its entry has been proved."""

    def attack(a):
        changed = {
            "id": "(SELECT MAX(id) + 1 FROM ledger_line)", "number": "number + 2", "amount": "1",
        }  # fmt: skip
        values = ", ".join(changed.get(name, name) for name in LINE_COLUMNS)
        a.run(
            f"CREATE {kind} TRIGGER late {moment} INSERT ON main.ledger_journalentry BEGIN"
            f" INSERT INTO ledger_line ({', '.join(LINE_COLUMNS)}) SELECT {values}"
            " FROM ledger_line WHERE entry_id = NEW.id AND number = 1; END"
        )
        a.pair()
        a.entry()

    return attack


def _reshaped(a):
    """A year that ends before it begins overlaps with none, and replaces the closed one."""
    _close(a)
    a.world.year(2024)
    a.run("PRAGMA ignore_check_constraints = ON")
    a.run(
        "UPDATE OR REPLACE ledger_financialyear SET start = '2023-01-01', \"end\" = '2022-01-01'"
        " WHERE closed_at IS NULL"
    )


def _respecified(a):
    world = a.world
    ledger.specify(chamber=world.chamber, slug="poires", name="Poires", unit="GRM", by=world.by)
    a.run("PRAGMA recursive_triggers = OFF")
    a.run("PRAGMA defer_foreign_keys = ON")
    (model,) = [one for one in apps.get_models() if one._meta.db_table == "ledger_specification"]
    names = [f'"{field.column}"' for field in model._meta.concrete_fields]
    changed = {'"id"': "id + 1", '"unit"': "'LTR'"}
    values = ", ".join(changed.get(name, name) for name in names)
    a.run(
        f"REPLACE INTO ledger_specification ({', '.join(names)}) SELECT {values}"
        " FROM ledger_specification"
    )


def _attached(a):
    a.run("ATTACH ':memory:' AS aside")
    a.run(f"CREATE TABLE aside.ledger_line AS SELECT * FROM ledger_line WHERE {NEVER}")
    _unbalanced(a)


IN_SQLITE = {
    "a trigger before": _late_by("", "BEFORE"),
    "a trigger after": _late_by("", "AFTER"),
    "a temporary trigger before": _late_by("TEMPORARY", "BEFORE"),
    "a temporary trigger after": _late_by("TEMPORARY", "AFTER"),
    "a year with its end before its start": _reshaped,
    "a kind of thing replaced by its name": _respecified,
    "a line that replaces": _sql("UPDATE OR REPLACE ledger_line SET id = 1"),
    "an account that replaces": _sql("UPDATE OR REPLACE ledger_account SET id = 1"),
    "an insert that updates": _sql(
        "INSERT INTO ledger_line SELECT * FROM ledger_line WHERE TRUE ON CONFLICT (id)"
        " DO UPDATE SET amount = excluded.amount + 1"
    ),
    "an attached database of the same tables": _attached,
}


REASONS = (
    "ledger/",
    "append-only",
    "FOREIGN KEY constraint",
    "invalid foreign key",
    "prevents table",
    "pending trigger events",
    "COPY FREEZE",
    "permission denied",
)
"""What a refusal says of a guard, or of the server itself; not what a mistake in SQL says."""


@pytest.mark.django_db
@pytest.mark.parametrize("name", SHADOWS)
def test_a_temporary_table_proves_nothing(attacker, name):
    _refused(attacker, SHADOWS[name])


@pytest.mark.django_db
@pytest.mark.parametrize("name", IN_POSTGRES if POSTGRES else IN_SQLITE)
def test_nothing_beside_the_ledger_proves_anything(attacker, name):
    attack = (IN_POSTGRES if POSTGRES else IN_SQLITE)[name]
    try:
        _refused(attacker, attack)
    finally:
        if not POSTGRES:
            attacker.run("PRAGMA ignore_check_constraints = OFF")
            attacker.run("PRAGMA recursive_triggers = ON")


def _meanwhile(work):
    """Somebody else does something, and has done it."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


STALE = ["REPEATABLE READ", "SERIALIZABLE"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", STALE)
def test_a_session_that_sees_the_past_does_not_write_into_a_year_closed_meanwhile(world, level):
    if not POSTGRES:
        return  # SQLite has one writer, which sees all that there is
    year = world.year(2023)
    a = Attacker(world)
    with pytest.raises(DatabaseError, match="ledger/isolation"), transaction.atomic():
        a.run(f"SET TRANSACTION ISOLATION LEVEL {level}")
        a.run("SELECT 1 FROM ledger_book")
        _meanwhile(lambda: ledger.close_year(book=world.book, year=year, by=world.by))
        a.pair({"day": LONG_AGO}, {"day": LONG_AGO})
        a.entry(day=LONG_AGO)

    assert not JournalEntry.objects.filter(key="forged").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", STALE)
def test_a_session_that_sees_the_past_opens_no_year_over_one_opened_meanwhile(world, level):
    if not POSTGRES:
        return  # SQLite has one writer, which sees all that there is
    with (
        pytest.raises(DatabaseError, match="ledger/isolation"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        cursor.execute("SELECT 1 FROM ledger_book")
        _meanwhile(lambda: world.year(2023))
        cursor.execute(
            'INSERT INTO ledger_financialyear (book_id, start, "end")'
            " VALUES (%s, '2023-06-01', '2024-05-31')",
            [world.book.pk],
        )

    assert world.book.years.count() == 1
