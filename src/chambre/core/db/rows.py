"""Inserting one row without building its query anew.

``Model.objects.create`` puts the same INSERT together each time, which costs more than the database
does. Tables that get a row with every act (the audit trail, the outbox, events) go through here.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


@cache
def _statement(model: type[models.Model], with_key: bool) -> tuple[str, tuple[Any, ...]]:
    """The INSERT of a model and the fields that it takes."""
    meta = model._meta
    fields = tuple(field for field in meta.concrete_fields if with_key or not field.primary_key)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    key = quote(str(meta.pk.column))
    table = quote(meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {key}", fields


def insert(row: Row) -> Row:
    """Insert a row, as ``save(force_insert=True)`` would; no signals, no fields of parents.

    Args:
        row: Not saved yet; its key is drawn by the database when it has none.

    Returns:
        The same row, with its key.

    Raises:
        IntegrityError: The database refused it.
    """
    statement, fields = _statement(type(row), row.pk is not None)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection=connection)
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (row.pk,) = cursor.fetchone()
    row._state.adding = False
    row._state.db = connection.alias
    return row
