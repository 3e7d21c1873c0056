"""Every append-only table of the house, attacked with SQL: whatever the app, whatever the verb."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import CheckConstraint

from chambre.core.db import guards

pytestmark = pytest.mark.django_db
MODELS = guards.append_only_models()


def row_into(model):
    """Put a row in, whatever its columns ask for: keys are lifted, guards are not."""
    table, columns, values = model._meta.db_table, [], []
    for field in model._meta.concrete_fields:
        kind = getattr(field, "target_field", field).get_internal_type()
        columns.append(f'"{field.column}"')
        if "Binary" in kind:
            values.append(b"\1" * 32)
        elif kind == "JSONField":
            values.append("{}")
        elif kind in ("DateField", "DateTimeField"):
            values.append("2024-01-01")
        elif kind == "BooleanField":
            values.append(False)
        elif kind in ("CharField", "TextField", "SlugField", "UUIDField", "GenericIPAddressField"):
            long = kind != "UUIDField"
            values.append("D" if long else "0" * 32)
        else:
            values.append(1)
    marks = ", ".join(["%s"] * len(columns))
    return f"INTO {table} ({', '.join(columns)}) VALUES ({marks})", values


def run(sql, values=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))


def refused(sql, values=()):
    with pytest.raises(DatabaseError, match=r"append-only|ledger/"), transaction.atomic():
        run(sql, values)


def test_there_are_many_of_them():
    apps = {model._meta.app_label for model in MODELS}
    assert {"core", "ledger", "registry", "lens"} <= apps
    assert len(MODELS) >= 25


def test_a_row_that_is_written_stays(subtests, transactional_db):
    rows = {model: row_into(model) for model in MODELS}

    def attack_all():
        for model, (into, values) in rows.items():
            with subtests.test(model._meta.label), transaction.atomic():
                _attack(model, into, values)

    # PostgreSQL gets its checks back by undoing all of it. SQLite would read its whole schema again
    # after each refusal in a transaction that has changed it: there the rows are committed first.
    undone = connection.vendor == "postgresql"
    with connection.constraint_checks_disabled(), transaction.atomic():
        _put_in(rows)
        if undone:
            attack_all()
            transaction.set_rollback(True)
    if not undone:
        attack_all()


def _put_in(rows):
    """A row in each table, while no guard and no key is in the way."""
    guards.remove_all(connection)
    for model, (into, values) in rows.items():
        _lift_checks(model, True)
        run(f"INSERT {into}", values)
        _lift_checks(model, False)
    guards.install_all(connection)


def _attack(model, into, values):
    """Whatever is done to the row, it is there afterwards, alone and as it was."""
    table, pk = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        before = cursor.fetchall()
    assert len(before) == 1
    refused(f'UPDATE {table} SET "{pk}" = "{pk}"')
    refused(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        refused(f"TRUNCATE {table} CASCADE")
    else:
        run("PRAGMA recursive_triggers = OFF")
        for verb in ("INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"):
            refused(f"{verb} {into}", values)
        run("PRAGMA recursive_triggers = ON")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        assert cursor.fetchall() == before


def _lift_checks(model, lifted):
    """Keys and checks ask for a whole house around a row; the guards do not."""
    if connection.vendor == "postgresql":
        for constraint in model._meta.constraints if lifted else ():
            if isinstance(constraint, CheckConstraint):
                run(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {constraint.name}")
        role = "replica" if lifted else "origin"
        run(f"SET LOCAL session_replication_role = {role}")
    else:
        run(f"PRAGMA ignore_check_constraints = {'ON' if lifted else 'OFF'}")


def test_every_guard_is_there_and_doctor_says_when_one_is_not():
    assert guards.missing(connection) == []
    for name in guards.all_guards(connection.vendor)[2][:3]:
        with transaction.atomic():
            guards.remove_all(connection)
            assert name in guards.missing(connection)
            transaction.set_rollback(True)
