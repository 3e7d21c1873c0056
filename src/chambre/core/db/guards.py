"""Registry of database guards: what must exist, put back after migrations, checked by doctor.

An app with guards of its own (the ledger) registers a provider: a function that takes the vendor
and returns ``(install statements, remove statements, names)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import transaction

from chambre.core.db.append_only import guard_sql, unique_keys
from chambre.core.models import AppendOnlyModel

Guards = tuple[list[str], list[str], list[str]]
Provider = Callable[[str], Guards]
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


def all_guards(vendor: str, tables: set[str] | None = None) -> Guards:
    """Statements to install, statements to remove, and trigger names that must exist.

    Args:
        vendor: ``sqlite`` or ``postgresql``.
        tables: Only these tables exist (in the middle of a migration); the guards that apps
            registered wait until all do.
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
        suffixes = ["change"] if vendor == "postgresql" else ["update", "delete", "replace"]
        names += [f"{table}_no_{suffix}" for suffix in suffixes]
    for provider in _providers if len(there) == len(models) else []:
        up, down, own = provider(vendor)
        install += up
        remove += down
        names += own
    return install, remove, names


def install_all(connection: Any) -> None:
    """Put every guard in place, replacing older versions of itself."""
    tables = set(connection.introspection.table_names())
    install, remove, _names = all_guards(connection.vendor, tables)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in (*remove, *install):
            cursor.execute(statement)


def remove_all(connection: Any) -> None:
    """Lift every guard: only for emptying a test database."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in all_guards(connection.vendor, tables)[1]:
            cursor.execute(statement)


def missing(connection: Any) -> list[str]:
    """Names of the triggers that should be there and are not."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in all_guards(connection.vendor)[2] if name not in present]
