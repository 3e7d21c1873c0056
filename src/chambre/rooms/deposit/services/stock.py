"""Objects that are put in service, and the value that they have in the books."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.lib.deposits import clean_code, new_serial
from chambre.rooms.deposit.models import Depreciation, Item, ItemType, Lot, Move, Place, Untold
from chambre.rooms.deposit.queries.valuing import value_key
from chambre.rooms.deposit.services import accounts
from chambre.rooms.deposit.services.accounts import SYSTEM, line_on
from chambre.treasury import api as treasury

MOST = 100_000
"""Objects of one batch; more are several batches."""
CHUNK = 1_000


def object_uri(type_: ItemType, serial: str) -> str:
    """The address that is an object: a GS1 Digital Link of our own domain, or a plain one."""
    base = type_.scheme.base_uri
    if type_.grai:
        return clean_code(f"{base}/8003/{type_.grai}{serial}")
    return clean_code(f"{base}/consigne/o/{serial}")


@transaction.atomic
def commission(
    *,
    type_: ItemType,
    count: int,
    by: Actor,
    key: str = "",
    lot: str = "",
    place: Place | None = None,
    serials: Callable[[], str] = new_serial,
) -> list[str]:
    """Put objects in service, each with a serial of 80 random bits that cannot be guessed.

    What they cost is booked as fixed assets when each can be told apart, else as stock (CGI ann. III
    art. 38 ter), against invoices to come.

    Args:
        type_: Of which type; it is counted by serial.
        count: How many, 1 to 100,000.
        by: Who does it.
        key: Idempotency key; the same again gives the same objects. Empty: always new ones.
        lot: Name of the batch, for recalls; absent: the day.
        place: Where they are.
        serials: Draws a serial; simulations give their own.

    Returns:
        Their addresses, in the order in which they were made.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: Not between 1 and 100,000, or a type without serials.
        KeyReused: The key was used for another type or number.
    """
    authorize(by, "deposit.manage", type_.scheme)
    if not 1 <= count <= MOST:
        message = _("Between 1 and 100,000 objects at once.")
        raise Invalid(message, fields={"count": [message]})
    if type_.counting != ItemType.Counting.SERIAL:
        message = _("Objects of this type have no codes: they are only counted.")
        raise Invalid(message, fields={"type": [message]})
    ItemType.objects.select_for_update().get(pk=type_.pk)
    if key and (done := Lot.objects.filter(key=key).first()) is not None:
        if (done.type_id, done.count) != (type_.pk, count):
            raise KeyReused(key=key)
        return list(done.items.order_by("pk").values_list("uri", flat=True))
    day, now = clock.today(), timezone.now()
    number = Lot.objects.filter(type=type_).count() + 1
    batch: Lot = Lot.objects.create(
        type=type_,
        name=(lot.strip() or f"{day.isoformat()}-{number}")[:60],
        count=count,
        key=key or f"lot:{type_.pk}:{number}",
        by=by.label[:254],
    )
    uris: list[str] = []
    for first in range(0, count, CHUNK):
        uris += _make(batch, type_, min(CHUNK, count - first), place, by, now, serials)
    _book_value(type_, count * type_.unit_cost, day, value_key(batch.pk))
    audit(by, "deposit.objects.commissioned", batch, count=count, type=type_.slug)
    return uris


def _make(
    lot: Lot,
    type_: ItemType,
    count: int,
    place: Place | None,
    by: Actor,
    now: dt.datetime,
    serials: Callable[[], str],
) -> list[str]:
    items = []
    for _each in range(count):
        serial = serials()
        items.append(
            Item(
                scheme_id=type_.scheme_id, type=type_, lot=lot, serial=serial, place=place,
                uri=object_uri(type_, serial), moves_count=1, moved_at=now,
            )
        )  # fmt: skip
    made = Item.objects.bulk_create(items, batch_size=CHUNK)
    moves = Move.objects.bulk_create(
        [
            Move(
                item=item, number=1, kind=Move.Kind.COMMISSIONED, place=place,
                state=Item.State.ACTIVE, happened_at=now, by=by.label[:254],
            )
            for item in made
        ],
        batch_size=CHUNK,
    )  # fmt: skip
    tell(move.pk for move in moves)
    return [item.uri for item in made]


def tell(moves: Iterable[int]) -> None:
    """Let the repository of events be told these moves after the commit."""
    if listed := list(moves):
        Untold.objects.create(moves=listed)


def value_account(type_: ItemType) -> tuple[str, str]:
    """Where objects of a type are worth something in the books."""
    if not type_.identifiable:
        return accounts.STOCK
    return accounts.EQUIPMENT if type_.equipment else accounts.ASSET


def wear_account(type_: ItemType) -> tuple[str, str]:
    """Where the depreciation of objects of a type is."""
    return accounts.WORN_EQUIPMENT if type_.equipment else accounts.WORN


def worn_until_now(items: Sequence[Item]) -> int:
    """Cents of depreciation that are booked of some objects."""
    lots = Counter(item.lot_id for item in items)
    rows = Depreciation.objects.filter(lot__in=lots).order_by()
    booked = dict(rows.values_list("lot").annotate(cents=Sum("each")))
    return sum(count * booked.get(lot, 0) for lot, count in lots.items())


def _book_value(type_: ItemType, amount: int, day: dt.date, key: str) -> None:
    if not amount:
        return
    scheme = type_.scheme
    treasury.book_entry(
        book=scheme.book, journal="OD", day=day, key=key, source="deposit.lot",
        label=f"Mise en service – {type_.name}",
        lines=[
            line_on(value_account(type_), amount, scheme),
            line_on(accounts.TO_BE_INVOICED, -amount, scheme),
        ],
    )  # fmt: skip


def write_off(items: Sequence[Item], day: dt.date) -> None:
    """Take objects out of the books at what they cost, less what is depreciated of it.

    Args:
        items: Objects of one type that are out of service or lost, for the first time: an object
            leaves the books once.
        day: When.
    """
    type_ = items[0].type
    amount = len(items) * type_.unit_cost
    if not amount:
        return
    told = hashlib.sha256(",".join(str(item.pk) for item in items).encode()).hexdigest()[:32]
    worn = worn_until_now(items)
    account = accounts.SCRAPPED if type_.identifiable else accounts.STOCK_CHANGE
    treasury.book_entry(
        book=type_.scheme.book, journal="OD", day=day, key=f"deposit:out:{told}",
        label=f"Sortie du parc – {type_.name} ({len(items)})", source="deposit.out",
        lines=[
            line_on(account, amount - worn, type_.scheme),
            line_on(wear_account(type_), worn, type_.scheme),
            line_on(value_account(type_), -amount, type_.scheme),
        ],
    )  # fmt: skip


__all__ = [
    "SYSTEM",
    "commission",
    "object_uri",
    "tell",
    "value_account",
    "wear_account",
    "write_off",
]
