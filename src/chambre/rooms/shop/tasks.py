"""What the shop does by the clock."""

from __future__ import annotations

from chambre.core.schedule import every
from chambre.rooms.shop.services.changing import expire_order, expired_orders


@every("shop.expire", minutes=5)
def let_unpaid_orders_go() -> None:
    """Free the goods of orders that nobody paid in time."""
    for order in expired_orders():
        expire_order(order=order)
