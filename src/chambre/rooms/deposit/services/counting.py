"""Objects without codes: a contract is of a number of them; the oldest deposits are paid back first.

There is no object to lock, so the guard is the quantity: no more come back than went out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.rooms.deposit.models import Contract, ItemType, Place
from chambre.rooms.deposit.services.asking import Asked


@dataclass(slots=True)
class Taken:
    """So many of a contract came back.

    Attributes:
        contract: Its id.
        uid: Its number.
        place: Id of the place that issued.
        type: Short name of their type.
        quantity: How many came back now.
        amount: Their deposits in cents.
        ends: Whether none is left out.
    """

    contract: int
    uid: object
    place: int
    type: str
    quantity: int
    amount: int
    ends: bool


def take(asked: Asked, place: Place, at: dt.datetime) -> list[Taken]:
    """Which open contracts the counted objects of an act end, or a part of them."""
    taken: list[Taken] = []
    for slug, many in asked.counted:
        taken += _take_type(slug, many, place)
    return taken


def _take_type(slug: str, many: int, place: Place) -> list[Taken]:
    type_ = ItemType.objects.select_for_update().filter(slug=slug, scheme=place.scheme_id).first()
    if type_ is None or type_.counting != ItemType.Counting.CLASS:
        message = _("There is no type “%(slug)s” that is only counted.") % {"slug": slug[:60]}
        raise Invalid(message, fields={"counted": [message]})
    rows = Contract.objects.filter(type=type_, state=Contract.State.OPEN, item__isnull=True)
    taken, left = [], many
    for row in rows.order_by("opened_at", "pk"):
        if not left:
            break
        out = row.quantity - row.back
        some = min(out, left)
        left -= some
        amount = _share(row, some)
        taken.append(Taken(row.pk, row.uid, row.place_id, slug, some, amount, some == out))
    return taken


def _share(row: Contract, some: int) -> int:
    """Deposits of some of a contract; the last ones get what is left, to the cent."""
    out = row.quantity - row.back
    left = row.amount - row.refunded - row.kept
    return left if some == out else left * some // out
