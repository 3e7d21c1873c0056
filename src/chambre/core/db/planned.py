"""Statements that PostgreSQL plans once for a connection.

Django sends each statement with its values written into it, so PostgreSQL parses and plans it anew each
time; for a question over six tables that costs more than its answer. Inside :func:`planned` a statement
goes with its values beside it and is prepared when a connection asks it again: for the few statements of
an act that many people do at once, not for every page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

AGAIN = 2
"""How often a statement is asked before it is prepared."""


@contextmanager
def planned() -> Iterator[None]:
    """Prepare what is asked inside: single statements without words that only make sense as literals.

    On other databases, and behind a pool that gives each transaction another connection
    (``CHAMBRE_PREPARED=0``), nothing is otherwise.
    """
    if connection.vendor != "postgresql" or not settings.CHAMBRE_PREPARED:
        yield
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    from django.db.backends.postgresql.base import ServerBindingCursor

    before = raw.cursor_factory, raw.prepare_threshold
    raw.cursor_factory, raw.prepare_threshold = ServerBindingCursor, AGAIN
    try:
        yield
    finally:
        raw.cursor_factory, raw.prepare_threshold = before
