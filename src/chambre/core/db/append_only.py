"""Append-only tables, enforced by triggers on SQLite and PostgreSQL.

Migrations may import this module, and nothing else of the project; a test freezes its SQL text.
Django's SQLite ``ALTER TABLE`` rebuilds the table and silently drops its triggers, so the guards
are put back after every ``migrate`` (:mod:`chambre.core.apps`) and checked by ``chambre doctor``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.models import UniqueConstraint


def unique_keys(model: Any) -> list[tuple[str, ...]]:
    """The columns of each unique key of a model, the primary key first."""
    keys = [(field.column,) for field in model._meta.local_fields if field.unique]
    for constraint in model._meta.constraints:
        fields = getattr(constraint, "fields", ())
        if isinstance(constraint, UniqueConstraint) and fields and constraint.condition is None:
            keys.append(tuple(model._meta.get_field(name).column for name in fields))
    return sorted(keys, key=lambda key: key != (model._meta.pk.column,))


def guard_sql(
    vendor: str, table: str, unique: Sequence[tuple[str, ...]] = (("id",),)
) -> tuple[list[str], list[str]]:
    """The statements that protect a table, and those that lift the protection.

    Args:
        vendor: ``sqlite`` or ``postgresql``.
        table: Name of the table.
        unique: Columns of each unique key (SQLite needs them to refuse ``REPLACE``).

    Returns:
        Two lists of idempotent statements: install, remove. SQLSTATE 23514 makes PostgreSQL
        raise ``IntegrityError``, as SQLite's ``RAISE(ABORT)`` does.
    """
    if vendor == "postgresql":
        install = [
            "CREATE OR REPLACE FUNCTION chambre_refuse_change() RETURNS trigger"
            " LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME"
            " USING ERRCODE = '23514'; END $$",
            f'CREATE OR REPLACE TRIGGER "{table}_no_change" BEFORE DELETE OR UPDATE OR TRUNCATE'
            f' ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION chambre_refuse_change()',
            # A table that is part of another one (INHERIT, ATTACH PARTITION) is written through
            # that one, whose statements ask no statement trigger of it. PostgreSQL makes no table
            # a part of another that has a row trigger with a transition table.
            f'CREATE OR REPLACE TRIGGER "{table}_no_parent" AFTER DELETE ON "{table}"'
            " REFERENCING OLD TABLE AS gone FOR EACH ROW EXECUTE FUNCTION chambre_refuse_change()",
            # Whatever role a session plays: session_replication_role turns other triggers off.
            *(
                f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{table}_{name}"'
                for name in ("no_change", "no_parent")
            ),
        ]
        remove = [
            f'DROP TRIGGER IF EXISTS "{table}_{name}" ON "{table}"'
            for name in ("no_change", "no_parent")
        ]
        return install, remove
    install = [
        f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}"'
        f" BEGIN SELECT RAISE(ABORT, 'append-only: {verb} on {table}'); END"
        for verb in ("UPDATE", "DELETE")
    ]
    # INSERT OR REPLACE deletes without firing delete triggers unless the connection has
    # recursive_triggers on; this guard holds for any connection.
    same = [" AND ".join(f'"{column}" = NEW."{column}"' for column in key) for key in unique]
    known = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}" WHERE {one})' for one in same)
    install.append(
        f'CREATE TRIGGER IF NOT EXISTS "{table}_no_replace" BEFORE INSERT ON "{table}"'
        f" WHEN {known} BEGIN SELECT RAISE(ABORT, 'append-only: {table} has this row'); END"
    )
    remove = [
        f'DROP TRIGGER IF EXISTS "{table}_no_{verb}"' for verb in ("update", "delete", "replace")
    ]
    return install, remove


class ProtectTable(Operation):
    """From here on the rows of a model are never changed."""

    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing changes in the models."""

    def _run(self, app_label: str, schema_editor: Any, state: Any, which: int) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        vendor = schema_editor.connection.vendor
        for statement in guard_sql(vendor, model._meta.db_table, unique_keys(model))[which]:
            schema_editor.execute(statement, params=None)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Install the guards."""
        self._run(app_label, schema_editor, to_state, 0)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Lift the guards."""
        self._run(app_label, schema_editor, from_state, 1)

    def describe(self) -> str:
        """One line for ``migrate``."""
        return f"Protect the rows of {self.model_name} from change"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How the operation is written in a migration file."""
        return self.__class__.__name__, [self.model_name], {}


class ReleaseTable(ProtectTable):
    """From here on the rows of a model may change again: it holds what people may have erased."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Lift the guards."""
        self._run(app_label, schema_editor, from_state, 1)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Install the guards again."""
        self._run(app_label, schema_editor, to_state, 0)

    def describe(self) -> str:
        """One line for ``migrate``."""
        return f"Let the rows of {self.model_name} change"
