"""Few pages in memory while very much is written at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LEAN = 4_000
"""Kibibytes of pages that SQLite keeps meanwhile. What it takes for them is several times that: the
page cache of 20,000 that pages are answered with grew the process by 90 MB in an import."""


@contextmanager
def lean(many: bool = True) -> Iterator[None]:
    """Let SQLite keep few pages, and give back what it held; nothing changes on PostgreSQL.

    Begun outside the transaction, so that what the commit writes is given back too. Random reads
    are slower meanwhile: for one long act, not for pages.

    Args:
        many: Whether it is worth it; else everything stays as it is.
    """
    if not many or connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    # past Django, which lets nothing through once a transaction has failed
    database = connection.connection
    before = database.execute("PRAGMA cache_size").fetchone()[0]
    database.execute(f"PRAGMA cache_size=-{LEAN}")
    try:
        yield
    finally:
        if connection.connection is database:
            database.execute(f"PRAGMA cache_size={int(before)}")
            database.execute("PRAGMA shrink_memory")
