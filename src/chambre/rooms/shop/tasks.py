"""What the shop does by the clock."""

from __future__ import annotations

import structlog

from chambre.core.schedule import every
from chambre.rooms.shop.services import basketorders, letters
from chambre.rooms.shop.services.changing import expire_order, expired_orders
from chambre.rooms.shop.services.missing import settle_missed
from chambre.rooms.shop.services.seasonmoney import ask_all_due

log = structlog.get_logger("chambre.shop")


@every("shop.expire", minutes=5)
def let_unpaid_orders_go() -> None:
    """Free the goods of orders that nobody paid in time."""
    for order in expired_orders():
        expire_order(order=order)


@every("shop.baskets", minutes=30)
def make_baskets() -> None:
    """Make the orders of subscriptions, settle what was left out, ask for instalments."""
    _made, failed = basketorders.make_due_orders()
    for each in failed:
        log.warning("shop.basket-not-made", subscription=each.subscription.pk, reason=each.reason)
    settle_missed()
    ask_all_due()


@every("shop.letters", minutes=1)
def send_letters() -> None:
    """Send the e-mails that wait."""
    letters.send_waiting()


@every("shop.remind", minutes=30)
def remind_customers() -> None:
    """Remind people of what they fetch within a day."""
    letters.remind()
