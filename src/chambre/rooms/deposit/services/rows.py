"""Rows of returns and issues, many at once: what the ORM would do row by row costs more than they do.

On PostgreSQL ids are drawn first, rows go by COPY and lists travel as one array; on SQLite, where the
transaction is alone, ids follow the highest one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import F, Max

from chambre.core.db.rows import insert_stream
from chambre.rooms.deposit.models import Act, Contract, Item, Move, Part, Receipt, Refund
from chambre.rooms.deposit.queries.finding import Found

COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Act: (
        "id", "scheme_id", "kind", "key", "about", "place_id", "answer", "total", "device", "by",
        "at",
    ),
    Move: (
        "id", "item_id", "number", "kind", "place_id", "act_id", "contract_id", "state",
        "happened_at", "facts", "note", "device", "by", "recorded_at",
    ),
    Contract: (
        "id", "uid", "scheme_id", "type_id", "item_id", "place_id", "act_id", "quantity", "amount",
        "vat", "means", "payment", "holder_id", "opened_at", "opened_on", "state", "closed_at",
        "back", "refunded", "kept",
    ),
    Refund: (
        "contract_id", "act_id", "serial", "quantity", "paid", "amount", "kept", "reason", "entry",
        "at", "day",
    ),
    Part: ("act_id", "channel", "amount", "reference", "resource_id"),
    Receipt: ("scheme_id", "act_id", "digest", "hint", "amount", "at"),
}  # fmt: skip
"""The columns of each table, in the order in which rows give their values."""


def draw(model: type[models.Model], count: int) -> Sequence[int]:
    """So many new ids of a table."""
    if connection.vendor != "postgresql":
        last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        return range(last + 1, last + 1 + count)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def write(model: type[models.Model], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values are in the order of :data:`COLUMNS`.

    Raises:
        IntegrityError: The database refused one of them.
    """
    if listed := list(rows):
        insert_stream(model, COLUMNS[model], listed)


def moments() -> Callable[[dt.datetime], Any]:
    """What turns a moment into what the database takes; asked for once for many rows."""
    adapt: Callable[[dt.datetime], Any] = connection.ops.adapt_datetimefield_value
    return adapt


def number(value: uuid.UUID) -> Any:
    """A UUID as the database takes it."""
    return value if connection.vendor == "postgresql" else value.hex


_UPDATE = """
UPDATE deposit_item SET state = v.state, place_id = v.place, moved_at = v.moved_at,
       moves_count = v.moves, rotations = v.rotations
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[], %s::int[], %s::int[])
       AS v(id, state, place, moved_at, moves, rotations)
 WHERE deposit_item.id = v.id
"""


def update_items(items: Sequence[Found]) -> None:
    """Let objects, which are locked, stand as a batch left them."""
    if not items:
        return
    if connection.vendor == "postgresql":
        values = zip(
            *((i.id, i.state, i.place, i.moved_at, i.moves, i.rotations) for i in items),
            strict=True,
        )
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [list(each) for each in values])
        return
    for item in items:
        Item.objects.filter(pk=item.id).update(
            state=item.state,
            place=item.place,
            moved_at=item.moved_at,
            moves_count=item.moves,
            rotations=item.rotations,
        )


def close_whole(contracts: Sequence[int], now: dt.datetime) -> None:
    """End contracts of objects whose whole deposit is paid back."""
    if not contracts:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE deposit_contract SET state = 'closed', closed_at = %s, back = 1,"
                " refunded = amount WHERE id = ANY(%s)",
                [now, list(contracts)],
            )
        return
    Contract.objects.filter(pk__in=contracts).update(
        state=Contract.State.CLOSED, closed_at=now, back=1, refunded=F("amount")
    )
