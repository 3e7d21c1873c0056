"""An order under its lock, its sums, and the trail of what happened to it."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import Max

from chambre.core.actors import Actor
from chambre.rooms.shop.models import Order, OrderEvent, OrderLine
from chambre.rooms.shop.services import letters

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for others."""


def new_code() -> str:
    """A number that a person can say at a stall: six signs of 32, some 10⁹ of them."""
    signs = "".join(secrets.choice(ALPHABET) for _each in range(6))
    return f"{signs[:3]}-{signs[3:]}"


def lock(order: Order) -> Order:
    """The order as it is now, locked until the end of the transaction."""
    rows = Order.objects.select_for_update(of=("self",)).select_related(
        "shop__book", "customer", "distribution__cycle", "distribution__place"
    )
    return rows.get(pk=order.pk)


def happened(order: Order, kind: str, by: Actor, key: str = "", **data: Any) -> OrderEvent:
    """Write down what happened to an order that is locked, and that its customer is to be told."""
    last = order.events.aggregate(last=Max("number"))["last"] or 0
    event = OrderEvent.objects.create(
        order=order, number=last + 1, kind=kind, data=data, key=key or None, by=by.label[:254]
    )
    letters.tell(order, kind, event.number)
    return event


def add_up(order: Order, lines: list[OrderLine]) -> None:
    """Write the sums of the lines on the order; it is not saved."""
    order.goods = sum(line.gross for line in lines)
    order.reduction = sum(line.reduction for line in lines)
    order.deposits = sum(line.deposits for line in lines)
    order.total = order.goods - order.reduction + order.deposits
