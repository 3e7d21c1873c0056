"""The end of the day: who did not come, the drawer, what is left, and the distribution is done."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.rooms.shop.models import Distribution, Order, Stock, StockMove
from chambre.rooms.shop.queries.accounts import LIVE, due
from chambre.rooms.shop.queries.errors import NotNow
from chambre.rooms.shop.services import others
from chambre.rooms.shop.services.changing import cancel_order
from chambre.rooms.shop.services.handing import hand_over
from chambre.rooms.shop.services.happening import happened, lock
from chambre.rooms.shop.services.names import SYSTEM
from chambre.rooms.shop.services.stock import add_stock, move_out
from chambre.treasury import api as treasury
from chambre.treasury.models import CashCount

KEEP, CANCEL, GIVEN_ON, SUSPENDED = "keep", "cancel", "given-on", "suspended"


@transaction.atomic
def note_missed(*, order: Order, by: Actor, key: str) -> Order:
    """Note that nobody fetched an order; its goods stay promised until it is decided. Once per key.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        NotNow: It was handed over, or is gone.
    """
    authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.state == Order.State.MISSED or order.events.filter(key=key).exists():
        return order
    if order.state not in LIVE:
        raise NotNow
    order.state, order.hold_until = Order.State.MISSED, None
    order.save(update_fields=["state", "hold_until"])
    happened(order, "missed", by, key=key)
    audit(by, "shop.order.missed", order)
    return order


@transaction.atomic
def decide_missed(*, order: Order, decision: str, by: Actor, key: str) -> Order:
    """Decide about an order that nobody fetched. Once per key.

    Args:
        order: Which one.
        decision: ``keep`` (it may be fetched later), ``cancel`` (the goods are free, what was paid
            stays with the customer or goes back), ``given-on`` (it is paid, and somebody else gets the
            goods: the sale is booked), ``suspended`` (it is paid and not of a season: the goods are free,
            and what was paid for them goes to the suspended baskets).
        by: Who decides.
        key: Idempotency key, at most 100 characters.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        NotNow: It was handed over, or is gone.
        Invalid: No such decision, or it is not paid, or of a season, and cannot be given.
    """
    authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.events.filter(key=key).exists():
        return order
    if order.state != Order.State.MISSED:
        raise NotNow
    if decision == CANCEL:
        return cancel_order(order=order, by=by, key=key, reason=_("not fetched"), for_them=True)
    if decision in (GIVEN_ON, SUSPENDED) and due(order) > 0:
        message = _("It is not paid: it cannot be given on.")
        raise Invalid(message, fields={"decision": [message]})
    if decision == SUSPENDED:
        return _to_suspended(order, by, key)
    if decision == GIVEN_ON:
        happened(order, "given-on", by)
        return hand_over(order=order, key=key, by=by)
    if decision != KEEP:
        message = _("There is no such choice.")
        raise Invalid(message, fields={"decision": [message]})
    happened(order, "kept", by, key=key)
    return order


def _to_suspended(order: Order, by: Actor, key: str) -> Order:
    """The goods are free again, and what their customer paid for them is paid ahead for others."""
    if order.pay == Order.Pay.SEASON:
        message = _("What a season costs is settled on the page of the subscription.")
        raise Invalid(message, fields={"decision": [message]})
    by_others = order.paid_by_others.aggregate(sum=Sum("amount"))["sum"] or 0
    own = order.total - order.deposits - by_others  # a deposit on what never went out stays theirs
    order = cancel_order(order=order, by=by, key=key, reason=_("not fetched"), for_them=True)
    others.give(order, own, by)
    return order


@transaction.atomic
def count_cash(
    *,
    distribution: Distribution,
    pieces: Mapping[int, int],
    kind: str,
    by: Actor,
    key: str,
    note: str = "",
) -> CashCount:
    """Count the drawer of the place, to open it in the morning or to close it. Once per key.

    Args:
        distribution: Whose place has the drawer.
        pieces: How many of each coin and note, by value in cents.
        kind: ``opening`` or ``closing``.
        by: Who counted.
        key: Idempotency key.
        note: Why it is not what the books say; needed when it is not.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: The place has no drawer, or a difference without a word.
        DrawerClosed: It is closed already, or open already.
    """
    authorize(by, "shop.prepare", distribution)
    drawer = distribution.place.drawer
    if drawer is None:
        message = _("This place has no cash drawer.")
        raise Invalid(message, fields={"pieces": [message]})
    count: CashCount = treasury.count_drawer(
        drawer=drawer, kind=kind, pieces=pieces, day=registry.today(), key=key, by=SYSTEM,
        note=note,
    )  # fmt: skip
    audit(by, "shop.cash.counted", distribution, counted=count.counted, expected=count.expected)
    return count


@transaction.atomic
def clear_stock(
    *, stock: Stock, lost: int, home: int, by: Actor, key: str, reason: str = ""
) -> Stock:
    """Say what becomes of what was not sold: lost, or taken home into the stock for all. Once per key.

    Args:
        stock: What is left.
        lost: Pieces that are spoiled.
        home: Pieces that go back; only of a distribution that has stock of its own.
        by: Who says so.
        key: Idempotency key, at most 80 characters.
        reason: Why.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Less than nothing, or it is the stock for all and nothing can be taken home.
        SoldOut: More than is there and not promised.
    """
    authorize(by, "shop.prepare", stock.variant)
    if min(lost, home) < 0 or (home and stock.distribution_id is None):
        message = _("Say how many pieces.")
        raise Invalid(message, fields={"lost": [message]})
    if lost:
        add_stock(
            variant=stock.variant, quantity=lost, kind=StockMove.Kind.LOSS, by=by,
            key=f"{key}:loss", distribution=stock.distribution, reason=reason,
        )  # fmt: skip
    if home:
        move_out(stock=stock, quantity=home, by=by, key=f"{key}:out", reason=reason)
        add_stock(
            variant=stock.variant, quantity=home, kind=StockMove.Kind.BACK, by=by,
            key=f"{key}:back", reason=reason,
        )  # fmt: skip
    stock.refresh_from_db()
    return stock


@transaction.atomic
def end_distribution(*, distribution: Distribution, by: Actor) -> Distribution:
    """A distribution is done: no order of it waits any more. A second time changes nothing.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Orders wait to be handed over or noted as not fetched.
    """
    authorize(by, "shop.prepare", distribution)
    # A new order holds the row of its distribution: it is in before this, or finds it done.
    row = (
        Distribution.objects.select_for_update(of=("self",))
        .select_related("cycle__shop__book", "place")
        .get(pk=distribution.pk)
    )
    if row.state == Distribution.State.DONE:
        return row
    many = row.orders.filter(state__in=LIVE).count()
    if many:
        message = _("%(many)d orders are neither handed over nor noted as not fetched.") % {
            "many": many
        }
        raise Invalid(message, fields={"orders": [message]}, many=many)
    row.state = Distribution.State.DONE
    row.save(update_fields=["state"])
    audit(by, "shop.distribution.done", row)
    return row
