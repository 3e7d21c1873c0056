"""What the owner of the tables does to the guards cannot be refused, and is found and told."""

import pytest
from django.db import connection, transaction

from chambre.core.db import guards
from chambre.core.health import guard_triggers
from chambre.ledger import api as ledger

pytestmark = pytest.mark.django_db
POSTGRES = connection.vendor == "postgresql"
ENTRIES = "chambre_ledger_entries()"
HARMLESS = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"

CHANGED_POSTGRES = {
    "dropped": (
        ["DROP TRIGGER ledger_line_no_change ON ledger_line"],
        ["ledger_line_no_change"],
    ),
    "switched off": (
        ["ALTER TABLE ledger_journalentry DISABLE TRIGGER ledger_journalentry_arrives"],
        ["ledger_journalentry_arrives"],
    ),
    "on for replicas only": (
        ["ALTER TABLE ledger_arrival ENABLE REPLICA TRIGGER ledger_arrival_stays"],
        ["ledger_arrival_stays"],
    ),
    "on for origins only": (
        ["ALTER TABLE ledger_line ENABLE TRIGGER ledger_line_no_change"],
        ["ledger_line_no_change"],
    ),
    "all switched off": (
        ["ALTER TABLE ledger_account DISABLE TRIGGER USER"],
        ["ledger_account_stays", "ledger_account_whole", "ledger_account_keeps"],
    ),
    "on a condition": (
        [
            "CREATE OR REPLACE TRIGGER ledger_seal_follows BEFORE INSERT ON ledger_seal FOR EACH"
            " ROW WHEN (NEW.number < 0) EXECUTE FUNCTION chambre_ledger_seal()",
            "ALTER TABLE ledger_seal ENABLE ALWAYS TRIGGER ledger_seal_follows",
        ],
        ["ledger_seal_follows"],
    ),
    "of a function elsewhere": (
        [
            "CREATE SCHEMA beside",
            f"CREATE FUNCTION beside.chambre_ledger_seal() {HARMLESS}",
            "CREATE OR REPLACE TRIGGER ledger_seal_follows BEFORE INSERT ON ledger_seal FOR EACH"
            " ROW EXECUTE FUNCTION beside.chambre_ledger_seal()",
            "ALTER TABLE ledger_seal ENABLE ALWAYS TRIGGER ledger_seal_follows",
        ],
        ["ledger_seal_follows"],
    ),
    "with another body": ([f"CREATE OR REPLACE FUNCTION {ENTRIES} {HARMLESS}"], [ENTRIES]),
    "with another body that refuses nothing": (
        [f"CREATE OR REPLACE FUNCTION chambre_refuse_change() {HARMLESS}"],
        ["chambre_refuse_change()"],
    ),
    "that looks where the session looks": (
        [f"ALTER FUNCTION {ENTRIES} RESET search_path"],
        [ENTRIES],
    ),
    "that looks elsewhere": (
        [f"ALTER FUNCTION {ENTRIES} SET search_path = beside, pg_catalog"],
        [ENTRIES],
    ),
    "that sees the past": ([f"ALTER FUNCTION {ENTRIES} STABLE"], [ENTRIES]),
    "with one of the same name": (
        ["CREATE FUNCTION chambre_ledger_years(text) RETURNS void LANGUAGE sql AS $$ $$"],
        ["chambre_ledger_years()"],
    ),
}
CHANGED_SQLITE = {
    "dropped": (["DROP TRIGGER ledger_line_no_update"], ["ledger_line_no_update"]),
    "on a condition": (
        [
            "DROP TRIGGER ledger_seal_follows",
            "CREATE TRIGGER ledger_seal_follows BEFORE INSERT ON ledger_seal WHEN NEW.number < 0"
            " BEGIN SELECT RAISE(ABORT, 'x'); END",
        ],
        ["ledger_seal_follows"],
    ),
    "rewritten in the schema": (
        [
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_master SET sql = replace(sql, '<> 0', '< 0')"
            " WHERE name = 'ledger_journalentry_arrives'",
            "PRAGMA writable_schema = OFF",
        ],
        ["ledger_journalentry_arrives"],
    ),
    "on a table of another name": (
        [
            "PRAGMA legacy_alter_table = OFF",
            "ALTER TABLE ledger_sealedlist RENAME TO beside",
            "CREATE TABLE ledger_sealedlist AS SELECT * FROM beside",
        ],
        [f"ledger_sealedlist_no_{verb}" for verb in ("update", "delete", "replace")],
    ),
}
CHANGED = CHANGED_POSTGRES if POSTGRES else CHANGED_SQLITE
STRANGE = (
    {
        "a rule": (
            ["CREATE RULE none AS ON INSERT TO ledger_arrival DO ALSO NOTHING"],
            ["ledger_arrival: rule none"],
        ),
        "a trigger": (
            [
                f"CREATE FUNCTION eats() {HARMLESS}",
                "CREATE TRIGGER eats BEFORE INSERT ON ledger_arrival FOR EACH ROW"
                " EXECUTE FUNCTION eats()",
            ],
            ["ledger_arrival: trigger eats"],
        ),
        "rows that are hidden": (
            ["ALTER TABLE ledger_financialyear ENABLE ROW LEVEL SECURITY"],
            ["ledger_financialyear: row security"],
        ),
        "a table below": (
            ["CREATE TABLE beside () INHERITS (ledger_line)"],
            ["ledger_line: table below: beside"],
        ),
        "a table above": (
            [
                "DROP TRIGGER ledger_line_no_parent ON ledger_line",
                "CREATE TABLE above (LIKE ledger_line)",
                "ALTER TABLE ledger_line INHERIT above",
            ],
            ["ledger_line: table above: above"],
        ),
        "keys that are off": (
            ["ALTER TABLE ledger_line DISABLE TRIGGER ALL"],
            ["ledger_line: foreign keys off"],
        ),
    }
    if POSTGRES
    else {
        "a trigger": (
            ["CREATE TRIGGER eats BEFORE INSERT ON ledger_line BEGIN SELECT RAISE(IGNORE); END"],
            ["ledger_line: trigger eats"],
        ),
    }
)


def _run(statements):
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_as_installed_nothing_is_missing_or_strange(world):
    assert (guards.missing(connection), guards.strange(connection)) == ([], [])
    assert guard_triggers().level == "ok"


@pytest.mark.parametrize("name", CHANGED)
def test_a_guard_that_somebody_changed_is_named(world, name):
    statements, names = CHANGED[name]
    with transaction.atomic():
        _run(statements)

        assert guards.missing(connection) == names
        told = [problem.message for problem in ledger.verify().problems]
        assert [one for one in told if names[0] in one]
        assert guard_triggers().facts["missing"] == names
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", STRANGE)
def test_what_stands_beside_the_guards_is_named(world, name):
    statements, names = STRANGE[name]
    with transaction.atomic():
        _run(statements)

        assert guards.strange(connection) == names
        told = [problem.message for problem in ledger.verify().problems]
        assert [one for one in told if names[0] in one]
        assert guard_triggers().level == "error"
        transaction.set_rollback(True)


def test_guards_that_were_changed_are_put_back(world):
    statements, _names = CHANGED["on a condition"]
    _run(statements)

    guards.install_all(connection)

    assert guards.missing(connection) == []
