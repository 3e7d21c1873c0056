"""At the stall: an order is paid and handed over in one act, and things are sold without an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Distribution, Order, Shop
from chambre.rooms.shop.queries.accounts import due
from chambre.rooms.shop.queries.errors import NotNow
from chambre.rooms.shop.services import paying
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.handing import HANDABLE, hand_over
from chambre.rooms.shop.services.happening import lock
from chambre.rooms.shop.services.ordering import place_order
from chambre.rooms.shop.services.preparing import Weighed, prepare
from chambre.treasury.models import CashDrawer

CASH, CARD = "cash", "card"


@dataclass(frozen=True, slots=True)
class Sold:
    """Something that is sold at the stall.

    Attributes:
        variant: Its id.
        quantity: Pieces, one or more.
        grams: What they weigh together, for what is sold by weight.
    """

    variant: int
    quantity: int
    grams: int | None = None


@transaction.atomic
def pay_and_hand_over(
    *,
    order: Order,
    key: str,
    by: Actor,
    means: str = "",
    drawer: CashDrawer | None = None,
    amount: int | None = None,
    codes: Sequence[str] = (),
    owing: bool = False,
) -> Order:
    """Take what is due for an order and hand it over: both, or nothing. Once per key.

    Args:
        order: Which one.
        key: Idempotency key, at most 100 characters.
        by: Who hands it over.
        means: ``cash``, ``card`` (the shop's own terminal), or empty: nothing is taken.
        drawer: Into which cash goes.
        amount: Cents that whoever took it believed to be due; None: whatever is due.
        codes: Codes of the containers that go out.
        owing: What is not paid is owed by the customer.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        NotNow: It was handed over already, or is gone.
        Invalid: Another amount is due, something is not paid or not weighed, or a container cannot go out.
        DrawerClosed: The drawer is closed.
    """
    authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.events.filter(key=key).exists():
        return order
    if order.state not in HANDABLE:
        raise NotNow
    still = max(due(order), 0)
    if means and amount is not None and amount != still:
        message = _("%(amount)s are due now, not %(taken)s.") % {
            "amount": f"{still / 100:.2f} €",
            "taken": f"{amount / 100:.2f} €",
        }
        raise Invalid(message, fields={"amount": [message]}, due=still)
    if still and means:
        _take(order, means, drawer, f"{key}:paid", by)
    return hand_over(order=order, key=key, by=by, codes=codes, owing=owing)


def _take(order: Order, means: str, drawer: CashDrawer | None, key: str, by: Actor) -> None:
    if means == CARD:
        paying.take_card(order=order, key=key, by=by)
    elif means == CASH and drawer is not None:
        paying.take_cash(order=order, drawer=drawer, key=key, by=by)
    else:
        message = _("This place has no cash drawer.") if means == CASH else _("Choose how to pay.")
        raise Invalid(message, fields={"means": [message]})


@transaction.atomic
def sell_at_stall(
    *,
    distribution: Distribution,
    sold: Sequence[Sold],
    key: str,
    by: Actor,
    means: str = CASH,
    drawer: CashDrawer | None = None,
    codes: Sequence[str] = (),
) -> Order:
    """Sell to somebody who did not order: priced, paid, booked and handed over at once. Once per key.

    Nobody's name is asked: the order is of the shop's customer of the stall.

    Args:
        distribution: Where the stall is.
        sold: What.
        key: Idempotency key, at most 60 characters.
        by: Who sells.
        means: ``cash`` or ``card``.
        drawer: Into which cash goes.
        codes: Codes of the containers that go out.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Nothing, not weighed, or a container cannot go out; nothing was sold.
        NoShop: Something is not on sale.
        SoldOut: Less is left.
        KeyReused: The key was used for another sale.
    """
    authorize(by, "shop.prepare", distribution)
    shop = distribution.cycle.shop
    order = place_order(
        distribution=distribution, who=walk_in(shop),
        wanted=[Wanted(each.variant, each.quantity) for each in sold], key=f"stall:{key}",
        by=by, pay=Order.Pay.PICKUP if shop.pay_at_pickup else Order.Pay.AHEAD, for_them=True,
    )  # fmt: skip
    weighed = [
        Weighed(number, each.quantity, each.grams)
        for number, each in enumerate(sold, 1)
        if each.grams is not None
    ]
    if weighed:
        prepare(order=order, weighed=weighed, by=by, key=f"stall:{key}:w:{order.pk}")
    return pay_and_hand_over(
        order=order, key=f"stall:{key}:h:{order.pk}", by=by, means=means, drawer=drawer, codes=codes
    )


def walk_in(shop: Shop) -> Who:
    """The customer of a shop for whom things are sold without a name; the address exists nowhere."""
    return Who(email=f"comptoir@{shop.slug}.invalid", name=_("Sale at the stall"))
