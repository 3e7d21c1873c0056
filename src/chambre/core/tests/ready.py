"""A database as the migrations leave it, made once and copied for every run and every worker.

Migrating from nothing takes longer than most files of tests. What the migrations make depends on
few things, and all of them are in :func:`fingerprint`: when one of them changes, another one is made.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.apps import apps
from django.db import OperationalError

FOLDER = Path(tempfile.gettempdir()) / f"chambre-ready-{os.getuid()}"
NAMED = "chambre_ready_"
MOST = 6
"""So many are kept of each kind: people change branches."""
OURS = re.compile(rb"^\s*(?:from|import) (chambre[\w.]*)", re.MULTILINE)


@cache
def fingerprint(vendor: str) -> str:
    """What decides how a migrated database looks, in 20 letters and digits.

    All migrations and what they import of ours, the guards, the models (their content types and
    permissions are written after migrating), and Django.

    Args:
        vendor: ``sqlite`` or ``postgresql``.
    """
    from chambre.core.db import guards

    told = hashlib.sha256(f"{django.VERSION}\n".encode())
    imported: set[bytes] = set()
    for config in apps.get_app_configs():
        told.update(f"{config.label}\n".encode())
        for path in sorted((Path(config.path) / "migrations").glob("*.py")):
            content = path.read_bytes()
            imported |= set(OURS.findall(content))
            told.update(path.name.encode() + content)
    for name in sorted(imported):
        spec = importlib.util.find_spec(name.decode())
        if spec is not None and spec.origin:
            told.update(Path(spec.origin).read_bytes())
    for statements in guards.all_guards(vendor):
        told.update("\n".join(statements).encode())
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        facts = (meta.label, meta.verbose_name_raw, meta.default_permissions, meta.permissions)
        told.update(repr(facts).encode())
    return told.hexdigest()[:20]


@contextmanager
def alone(vendor: str) -> Iterator[None]:
    """Wait until nobody else makes or copies the same one."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    with (FOLDER / f"{fingerprint(vendor)}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def file() -> Path:
    """Where the ready SQLite database is, if it is there."""
    return FOLDER / f"{fingerprint('sqlite')}.sqlite3"


def name() -> str:
    """What the ready PostgreSQL database is called, if it is there."""
    return NAMED + fingerprint("postgresql")


def lend(connection: Any) -> None:
    """Let the databases for tests of this process be copies of the ready one, made when it is missing."""
    creation = connection.creation
    make = creation.create_test_db
    kind = _OnSQLite if connection.vendor == "sqlite" else _OnPostgreSQL

    def create_test_db(*arguments: Any, **options: Any) -> str:
        with alone(connection.vendor):
            ready = kind(connection)
            if ready.is_there():
                with ready.copied():
                    return str(make(*arguments, **options))
            made = str(make(*arguments, **options))
            ready.keep(made)
            return made

    creation.create_test_db = create_test_db


@contextmanager
def _instead_of_migrating(do: Callable[[], None]) -> Iterator[None]:
    """Something else where Django would migrate the database that it made."""
    from django.core import management

    command = management.call_command

    def call(called: str, *arguments: Any, **options: Any) -> Any:
        return do() if called == "migrate" else command(called, *arguments, **options)

    with mock.patch.object(management, "call_command", call):
        yield


class _OnSQLite:
    """The ready database is a file."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def is_there(self) -> bool:
        return file().exists()

    @contextmanager
    def copied(self) -> Iterator[None]:
        def copy() -> None:
            self.connection.close()
            shutil.copyfile(file(), self.connection.settings_dict["NAME"])

        os.utime(file())
        with _instead_of_migrating(copy):
            yield

    def keep(self, made: str) -> None:
        self.connection.close()
        half = file().with_suffix(".half")
        shutil.copyfile(made, half)
        half.replace(file())
        kept = sorted(FOLDER.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MOST]:
            path.unlink(missing_ok=True)
            path.with_suffix(".lock").unlink(missing_ok=True)


class _OnPostgreSQL:
    """The ready database is a template on the server of the tests."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def _ask(self, query: str, *values: Any) -> list[str]:
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(query, values)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

    def is_there(self) -> bool:
        return bool(self._ask("SELECT datname FROM pg_database WHERE datname = %s", name()))

    @contextmanager
    def copied(self) -> Iterator[None]:
        test = self.connection.settings_dict["TEST"]
        with mock.patch.dict(test, TEMPLATE=name()), _instead_of_migrating(lambda: None):
            yield

    def keep(self, made: str) -> None:
        self.connection.close()
        self._ask(f'CREATE DATABASE "{name()}" TEMPLATE "{made}"')
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC"
        for old in self._ask(query, NAMED)[MOST:]:
            with suppress(OperationalError):  # another run copies it at this moment
                self._ask(f'DROP DATABASE IF EXISTS "{old}"')
