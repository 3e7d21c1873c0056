"""Which SQLite library is used, and how its files are opened."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FIXED = (3, 51, 3)
"""First SQLite without the WAL-reset bug (sqlite.org/wal.html#walresetbug)."""


def prefer_bundled(choice: str = "auto") -> None:
    """Put the SQLite that comes as a wheel in the place of an older one of the machine.

    With a library that is free of the WAL-reset bug, readers never wait for a long import.

    Args:
        choice: ``auto`` or ``system`` (leave Python's own).
    """
    if choice != "auto" or find_spec("pysqlite3") is None:
        return
    import sqlite3

    if sqlite3.sqlite_version_info >= FIXED:
        return
    sys.modules["sqlite3"] = import_module("pysqlite3")
    sys.modules["sqlite3.dbapi2"] = import_module("pysqlite3.dbapi2")


def journal_mode() -> str:
    """WAL where the SQLite library is free of the WAL-reset bug, else the rollback journal.

    SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write and checkpoint
    at the same instant.
    """
    import sqlite3

    return "WAL" if sqlite3.sqlite_version_info >= FIXED else "DELETE"


def sqlite_database(path: Path) -> dict[str, Any]:
    """The SQLite settings: writers wait for their turn, and nothing committed is ever lost."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "ATOMIC_REQUESTS": False,  # a page view must not take the write lock
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # An act asks some 150 statements; Python keeps 128 prepared, savepoints among them.
            "cached_statements": 600,
            "init_command": f"PRAGMA journal_mode={journal_mode()};PRAGMA synchronous=FULL;"
            "PRAGMA journal_size_limit=67108864;PRAGMA cache_size=-20000;"
            "PRAGMA recursive_triggers=ON;",
        },
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }
