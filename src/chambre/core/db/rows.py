"""Inserting rows without building their queries anew.

``Model.objects.create`` puts the same INSERT together each time, which costs more than the database
does. Tables that get a row with every act (the audit trail, the outbox, events) go through here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import DatabaseError, connection, models

Row = TypeVar("Row", bound=models.Model)


@cache
def _statement(model: type[models.Model], with_key: bool) -> tuple[str, tuple[Any, ...]]:
    """The INSERT of a model, and its fields, each with the type that goes in as it is."""
    meta = model._meta
    fields = tuple(field for field in meta.concrete_fields if with_key or not field.primary_key)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    key = quote(str(meta.pk.column))
    table = quote(meta.db_table)
    typed = tuple((field, field.attname, _plain_type(field)) for field in fields)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {key}", typed


def _plain_type(field: Any) -> type | None:
    """The type whose values, and None, a field hands to the database as they are.

    Fields that turn values into something else, or fill them in, have none.
    """
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    if not type(field).__module__.startswith("django."):
        return None
    if isinstance(field, models.CharField):
        return str
    return int if isinstance(field, models.IntegerField) else None


def _values(row: models.Model, fields: Sequence[tuple[Any, str, type | None]]) -> list[Any]:
    """The values of a row as the database takes them."""
    values = []
    for field, name, plain in fields:
        value = getattr(row, name)
        if plain is None or not (value is None or type(value) is plain):
            value = field.get_db_prep_save(field.pre_save(row, add=True), connection=connection)
        values.append(value)
    return values


def _kept(row: models.Model, key: Any) -> None:
    row.pk = key
    row._state.adding = False
    row._state.db = connection.alias


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
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(row, fields))
        _kept(row, cursor.fetchone()[0])
    return row


@cache
def _change(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """The UPDATE of some fields of a row of a model, and these fields."""
    meta = model._meta
    fields: tuple[Any, ...] = tuple(meta.get_field(name) for name in names)
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    key = quote(str(meta.pk.column))
    typed = tuple((field, field.attname, _plain_type(field)) for field in fields)
    return f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {key} = %s", typed


def update(row: models.Model, *names: str) -> None:
    """Write some fields of a row that is there, as ``save(update_fields=names)`` would; no signals.

    Args:
        row: Read or inserted before.
        *names: Names of its fields.

    Raises:
        DatabaseError: There is no such row any more.
        IntegrityError: The database refused it.
    """
    statement, fields = _change(type(row), names)
    values = [
        value
        if plain is not None and (value is None or type(value) is plain)
        else field.get_db_prep_save(field.pre_save(row, add=False), connection=connection)
        for field, name, plain in fields
        for value in (getattr(row, name),)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"there is no {row._meta.label} {row.pk} to change")


def insert_all(*rows: models.Model) -> None:
    """Insert rows of any models, in this order; on PostgreSQL in one message.

    Args:
        *rows: Each as in :func:`insert`; their keys are set.

    Raises:
        IntegrityError: The database refused one of them; must be called inside a transaction.
    """
    features: Any = connection.features
    if connection.vendor != "postgresql" or features.uses_server_side_binding:
        for row in rows:
            insert(row)
        return
    statements, values = [], []
    for row in rows:
        statement, fields = _statement(type(row), row.pk is not None)
        statements.append(statement)
        values += _values(row, fields)
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements), values)
        for row in rows:
            _kept(row, cursor.fetchone()[0])
            cursor.nextset()


def _target(model: type[models.Model], names: Sequence[str]) -> tuple[str, str]:
    """The table of a model and the columns of some attributes, quoted."""
    quote = connection.ops.quote_name
    fields = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    columns = ", ".join(quote(fields[name]) for name in names)
    return quote(model._meta.db_table), columns


_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = b"\xff\xff"
PORTION = 512
"""Packed rows that are handed over at once."""


def copy_packed(model: type[models.Model], names: Sequence[str], rows: Iterable[bytes]) -> None:
    """Insert rows that are in the binary format of COPY already; PostgreSQL only.

    Args:
        model: Whose rows; the database draws their keys where ``names`` has none.
        names: Attributes in the order of the values.
        rows: Each with the number of its values and before each value its length, as PostgreSQL's
            documentation of COPY has it; read as they are sent.

    Raises:
        IntegrityError: The database refused one of them.
    """
    table, columns = _target(model, names)
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor:
        send_packed(cursor, statement, rows)


def send_packed(cursor: Any, statement: str, rows: Iterable[bytes]) -> None:
    """The same with a COPY statement of one's own.

    Args:
        cursor: Where it is sent.
        statement: A ``COPY … FROM STDIN (FORMAT binary)``.
        rows: As in :func:`copy_packed`.

    Raises:
        IntegrityError: The database refused one of them.
    """
    left = iter(rows)
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write(_HEAD)
        while some := list(islice(left, PORTION)):
            copy.write(b"".join(some))
        copy.write(_TAIL)


CHUNK = 100
"""Rows in one INSERT on SQLite, whose cost per statement grows inside an open savepoint."""


def insert_stream(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Insert any number of rows without building an object for each: COPY on PostgreSQL.

    Args:
        model: Whose rows; the database draws their keys.
        names: Attributes in the order of the values (``account_id``, not ``account``); all but the
            key, as nothing is filled in.
        rows: Values of the types that the fields have; read as they are sent.

    Returns:
        How many rows were inserted.

    Raises:
        IntegrityError: The database refused one of them.
    """
    table, columns = _target(model, names)
    count = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = f"COPY {table} ({columns}) FROM STDIN"
            with connection.wrap_database_errors, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
            return count
        left = iter(rows)
        marks = f"({', '.join(['%s'] * len(names))})"
        while some := list(islice(left, CHUNK)):
            statement = f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(some))}"
            values = [
                value.isoformat() if type(value) is dt.date else value
                for value in chain.from_iterable(some)
            ]
            cursor.execute(statement, values)
            count += len(some)
    return count
