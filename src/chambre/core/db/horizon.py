"""How far a table is settled: below which id nothing can appear any more.

Whoever reads a table up to some id, and never looks below it again, has to know this. Nobody is
made to wait for it: no lock is taken, the writers that were there are watched until they are gone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Max

PATIENCE = 5.0
"""Seconds to wait for writers in flight; an import may take longer, and is left to the next time."""
_PAUSE = 0.005
_WRITERS = """
SELECT c.relname, l.virtualtransaction FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
    'AccessExclusiveLock') AND c.relname = ANY (%s)
"""


def settled(models: Iterable[Any], patience: float = PATIENCE) -> dict[Any, int | None]:
    """The highest id of each table below which no further row can appear.

    Ids grow in the order in which they are drawn, and are drawn by transactions that hold a
    writer's lock on the table. So the highest id that is there, once every writer that was there
    beside it has ended, leaves no lower one to come. On SQLite there is one writer at a time.

    Args:
        models: The tables.
        patience: Seconds to wait for writers in flight.

    Returns:
        The id by model, 0 for an empty table; ``None`` where a writer was still at work.
    """
    tables = {model._meta.db_table: model for model in models}
    found: dict[Any, int | None] = {
        model: model._default_manager.order_by().aggregate(last=Max("pk"))["last"] or 0
        for model in tables.values()
    }
    if connection.vendor != "postgresql":
        return found
    waiting = _writers(tables)
    deadline = time.monotonic() + patience
    while waiting and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        waiting &= _writers(tables)
    for table, _writer in waiting:
        found[tables[table]] = None
    return found


def _writers(tables: Iterable[str]) -> set[tuple[str, str]]:
    """Who is writing in which table now, ourselves left out."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [list(tables)])
        return set(cursor.fetchall())
