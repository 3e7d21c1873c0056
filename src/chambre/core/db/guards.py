"""Registry of database guards: what must exist, put back after migrations, checked by doctor.

An app with guards of its own (the ledger) registers a provider: a function that takes the vendor
and returns ``(install statements, remove statements, names)``. On PostgreSQL ``@`` before a name in
its statements stands for the schema of the tables.

Whoever owns the tables can lift or change guards, or put something beside them that gets round them.
That cannot be refused, so it is found: :func:`missing` and :func:`strange`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from chambre.core.db import guardcheck
from chambre.core.db.append_only import guard_sql, unique_keys
from chambre.core.models import AppendOnlyModel

Guards = tuple[list[str], list[str], list[str]]
Provider = Callable[[str], Guards]
_VERBS = ["update", "delete", "replace"]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Add guards that are not simple append-only protection."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def append_only_models() -> list[type[AppendOnlyModel]]:
    """Every concrete append-only model of the installed apps."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel) and not model._meta.abstract and model._meta.managed
    ]


def all_guards(vendor: str, tables: set[str] | None = None, schema: str = "public") -> Guards:
    """Statements to install, statements to remove, and trigger names that must exist.

    Args:
        vendor: ``sqlite`` or ``postgresql``.
        tables: Only these tables exist (in the middle of a migration); the guards that apps
            registered wait until all do.
        schema: Where the tables are (PostgreSQL).
    """
    install: list[str] = []
    remove: list[str] = []
    names: list[str] = []
    models = append_only_models()
    there = [model for model in models if tables is None or model._meta.db_table in tables]
    for model in there:
        table = model._meta.db_table
        up, down = guard_sql(vendor, table, unique_keys(model))
        install += up
        remove += down
        suffixes = ["change", "parent"] if vendor == "postgresql" else _VERBS
        names += [f"{table}_no_{suffix}" for suffix in suffixes]
    for provider in _providers if len(there) == len(models) else []:
        up, down, own = provider(vendor)
        at = f'"{schema}".' if vendor == "postgresql" else "@"
        install += [statement.replace("@", at) for statement in up]
        remove += [statement.replace("@", at) for statement in down]
        names += own
    return list(dict.fromkeys(install)), remove, names


def _schema(connection: Any) -> str:
    """Where new tables go, and ours went; the guards name it.

    Raises:
        ImproperlyConfigured: It has a name that cannot be written between quotes of any kind.
    """
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.current_schema()")
        name = str(cursor.fetchone()[0])
    if set(name) & set("\"'$@%"):
        raise ImproperlyConfigured(f"The schema {name} cannot hold the Chamber: rename it.")
    return name


def _ours(connection: Any, tables: set[str] | None = None) -> Guards:
    """All guards of the database of a connection."""
    return all_guards(connection.vendor, tables, _schema(connection))


def _execute(connection: Any, statements: list[str]) -> None:
    """Run statements; PostgreSQL takes them in one message, SQLite one at a time."""
    with connection.cursor() as cursor:
        for statement in ["; ".join(statements)] if _schema(connection) else statements:
            cursor.execute(statement)


def install_all(connection: Any) -> None:
    """Put every guard in place, replacing older versions of itself.

    Raises:
        IntegrityError: Something written before in this transaction is refused by those that are
            there: PostgreSQL switches no trigger while one waits for the commit.
    """
    install, remove, _names = _ours(connection, set(connection.introspection.table_names()))
    with transaction.atomic(using=connection.alias):
        if connection.vendor == "postgresql":
            connection.check_constraints()
        _execute(connection, [*remove, *install])


def remove_all(connection: Any) -> None:
    """Lift every guard: only for emptying a test database."""
    tables = set(connection.introspection.table_names())
    _execute(connection, _ours(connection, tables)[1])


def missing(connection: Any) -> list[str]:
    """Names of the guards that are not there, are switched off, or are not as they should be."""
    install, _remove, names = _ours(connection)
    return guardcheck.faulty(connection, install, names, _schema(connection))


def strange(connection: Any) -> list[str]:
    """What somebody put on a guarded table and could get round its guards: table and name."""
    install, _remove, names = _ours(connection)
    return guardcheck.strange(connection, install, names, _schema(connection))
