"""Makes the database ready before the first question is asked of it.

Every command and the server call :func:`prepare`. When nothing is to do it costs one query and a
look at the migration folders; it imports no migration.
"""

from __future__ import annotations

import pkgutil
import time
from pathlib import Path
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, ProgrammingError, connections
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError
from chambre.core.locks import database_lock

log = structlog.get_logger("chambre.database")


def migrations_on_disk() -> set[tuple[str, str]]:
    """``(app label, name)`` of every migration of the installed apps, without importing any."""
    found = set()
    for config in apps.get_app_configs():
        folder = Path(config.path) / "migrations"
        if (folder / "__init__.py").exists():
            found |= {
                (config.label, module.name)
                for module in pkgutil.iter_modules([str(folder)])
                if not module.ispkg and module.name[0] not in "_~"
            }
    return found


def applied_migrations(connection: Any) -> set[tuple[str, str]]:
    """``(app label, name)`` of every migration that the database has; empty when it is new."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return set(cursor.fetchall())
    except (OperationalError, ProgrammingError):
        if connection.in_atomic_block:
            raise
        connection.ensure_connection()  # no such server: say that, and not "no such table"
        if connection.vendor == "postgresql":
            connection.rollback()
        return set()


def pending(connection: Any) -> set[tuple[str, str]]:
    """Migrations that the database does not have yet."""
    return migrations_on_disk() - applied_migrations(connection)


def unknown(connection: Any) -> set[tuple[str, str]]:
    """Migrations of our apps that the database has and this software does not know.

    Then the database was used by a newer version.
    """
    return _ours(applied_migrations(connection) - migrations_on_disk())


def _ours(migrations: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the apps of the house."""
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("chambre.")}
    return {(label, name) for label, name in migrations if label in own}


class NewerDatabase(ChambreError):
    """A newer version of the software has used this database; an older one could damage it."""

    code = "database.newer"
    default_message = _("A newer version of the Chamber used this database. Use that version.")


def create_database(connection: Any) -> None:
    """Make a missing PostgreSQL database, if the role may; SQLite makes its file by itself."""
    if connection.vendor != "postgresql" or not _is_missing(connection):
        return
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    for _attempt in range(20):
        try:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {name}")
        except DatabaseError as error:
            # Another command is making it, or both copy the same template at this moment.
            if getattr(error.__cause__, "sqlstate", None) not in ("42P04", "23505", "55006"):
                raise
        if not _is_missing(connection):
            return
        time.sleep(0.2)


def _is_missing(connection: Any) -> bool:
    """Whether the server answers and has no such database.

    Raises:
        OperationalError: The server does not answer, or does not let us in.
    """
    try:
        connection.ensure_connection()
    except OperationalError as error:
        cause = error.__cause__
        if getattr(cause, "sqlstate", None) == "3D000":
            return True
        text = str(cause)  # while connecting, psycopg knows no SQLSTATE
        if "database" in text and "does not exist" in text:
            return True
        raise
    return False


def prepare(using: str = "default") -> bool:
    """Create and migrate the database when that is needed; whether it was.

    Safe when several commands start at once: one migrates, the others wait for it.

    Raises:
        NewerDatabase: A newer version has used it.
    """
    connection = connections[using]
    home = Path(settings.CHAMBRE_HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_database(connection)
    here, there = migrations_on_disk(), applied_migrations(connection)
    if newer := _ours(there - here):
        raise NewerDatabase(lines=sorted(f"{label}.{name}" for label, name in newer))
    if here <= there:
        return False
    with database_lock(connection, home, "migrate"):
        todo = pending(connection)
        if not todo:
            return False
        log.info("database.migrating", migrations=len(todo))
        call_command("migrate", database=using, verbosity=0, interactive=False)
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).chmod(0o600)
    return True
