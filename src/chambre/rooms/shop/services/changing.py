"""Changing an order until its cycle closes; cancelling it; letting it go when nobody pays."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.rows import insert_all
from chambre.rooms.shop.models import Order, OrderLine, Slot
from chambre.rooms.shop.queries.accounts import due
from chambre.rooms.shop.queries.errors import NotNow, SoldAsSeason
from chambre.rooms.shop.queries.prices import gross
from chambre.rooms.shop.services import others, paying, reducing
from chambre.rooms.shop.services.asking import Wanted, priced
from chambre.rooms.shop.services.happening import add_up, happened, lock
from chambre.rooms.shop.services.names import SYSTEM
from chambre.rooms.shop.services.ordering import check_open, promised_by, take_slot
from chambre.rooms.shop.services.stock import free, promise

CHANGEABLE = (Order.State.PLACED, Order.State.CONFIRMED)
"""States in which an order may be changed or cancelled."""
NOT_THEIRS = (Order.Pay.SEASON, Order.Pay.OTHERS)
"""Orders that others pay: what is in them was agreed with these."""


@transaction.atomic
def change_order(
    *, order: Order, wanted: Sequence[Wanted], by: Actor, key: str, slot: Slot | None = None,
    note: str | None = None, for_them: bool = False, codes: Sequence[str] | None = None,
) -> Order:  # fmt: skip
    """Change what is ordered, while the cycle takes orders. Once per key.

    Lines that stay keep the price at which they were ordered; others have that of today. What is dearer
    is asked for, what is cheaper stays with the customer.

    Args:
        order: Which one.
        wanted: All that is wanted now.
        by: Who changes it.
        key: Idempotency key, at most 120 characters.
        slot: Another slot; None: as it is.
        note: Another remark; None: as it is.
        for_them: The shop itself changes it, also outside the cycle's times.
        codes: Codes of coupons and of work done; None: as they are, by the rules of the day on which it
            was placed.

    Raises:
        NotNow: It is being prepared, or gone.
        Ruled: A coupon cannot be used for what is ordered now.
        NotOpen: The cycle takes no changes any more.
        Invalid, NoShop, SoldOut, SlotFull: See :func:`.ordering.place_order`; nothing was changed.
        Forbidden: ``for_them`` without the right to prepare.
    """
    if for_them:
        authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.events.filter(key=key).exists():
        return order
    if order.state not in CHANGEABLE:
        raise NotNow
    if order.pay in NOT_THEIRS and not for_them:
        raise SoldAsSeason
    check_open(order.distribution, timezone.now(), for_them or _has_its_place(order))
    old = list(order.lines.order_by("number"))
    lines = priced(wanted, order.distribution)
    keep_prices(old, lines)
    _promise_difference(old, lines)
    if slot is not None and slot.pk != order.slot_id:
        take_slot(order.distribution, slot)
        _leave_slot(order)
        order.slot = slot
    reductions = _reduce_anew(order, lines, codes)
    order.lines.all().delete()
    for line in lines:
        line.order = order
    insert_all(*lines)
    reducing.write(order, reductions)
    before = order.total
    add_up(order, lines)
    order.credit = min(order.credit, order.total)
    if note is not None:
        order.note = note.strip()[:2000]
    order.version += 1
    order.save()
    told = [[line.variant_id, line.quantity] for line in old]
    happened(order, "changed", by, key=key, before=before, total=order.total, lines=told)
    _follow_with_money(order, by)
    audit(by, "shop.order.changed", order, before=before, total=order.total)
    return order


def _reduce_anew(
    order: Order, lines: list[OrderLine], codes: Sequence[str] | None
) -> reducing.Spread:
    """Take reductions off lines that are not written yet; those before are given up."""
    had = reducing.release(order)
    order.adjustments.all().delete()
    day = timezone.localdate(order.placed_at if codes is None else timezone.now())
    return reducing.spread(lines, had if codes is None else codes, order.customer, day)


def _has_its_place(order: Order) -> bool:
    """A cycle that is full takes changes of orders that are in it, as long as it is open."""
    cycle, now = order.distribution.cycle, timezone.now()
    return (
        cycle.most_orders is not None
        and cycle.closed_at is None
        and cycle.opens_at <= now < cycle.closes_at
    )


def keep_prices(old: Sequence[OrderLine], new: Sequence[OrderLine]) -> None:
    """What was ordered before keeps its price and its VAT, unless a free price was chosen anew."""
    known = {line.variant_id: line for line in old}
    for line in new:
        before = known.get(line.variant_id)
        if before is None or line.variant.lowest is not None:
            continue
        line.unit_price, line.vat, line.deposit = before.unit_price, before.vat, before.deposit
        line.estimate = before.estimate
        line.gross = gross(
            line.unit_price,
            weighed=line.weighed,
            quantity=line.quantity,
            grams=line.estimate * line.quantity,
        )


def _promise_difference(old: list[OrderLine], new: list[OrderLine]) -> None:
    before, after = promised_by(old), promised_by(new)
    promise({pk: after.get(pk, 0) - before.get(pk, 0) for pk in before | after})


def _leave_slot(order: Order) -> None:
    if order.slot_id is not None:
        Slot.objects.filter(pk=order.slot_id, taken__gt=0).update(taken=F("taken") - 1)


def _follow_with_money(order: Order, by: Actor) -> None:
    """Ask for what is dearer; what is paid already confirms the order."""
    still = due(order)
    if order.pay == Order.Pay.AHEAD and still > 0:
        paying.ask(order, by=by)
    elif still <= 0 and order.state == Order.State.PLACED:
        paying.confirm(order, by)


@transaction.atomic
def cancel_order(
    *, order: Order, by: Actor, key: str = "", reason: str = "", for_them: bool = False
) -> Order:
    """Cancel an order: its goods are free again, what was paid stays with the customer.

    The shop gives it back (:func:`.paying.give_back`), or it pays the next order. A second time
    changes nothing.

    Raises:
        NotNow: It was handed over.
        NotOpen: The cycle takes no changes any more, and it is not the shop that cancels.
        Forbidden: ``for_them`` without the right to prepare.
    """
    if for_them:
        authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.state in (Order.State.CANCELLED, Order.State.EXPIRED):
        return order
    if order.state not in (*CHANGEABLE, Order.State.PREPARED, Order.State.MISSED):
        raise NotNow
    if not for_them:
        if order.pay == Order.Pay.SEASON:
            raise SoldAsSeason
        if order.state not in CHANGEABLE:
            raise NotNow(_("This order is being prepared: please call the shop."))
        check_open(order.distribution, timezone.now(), _has_its_place(order))
    _let_go(order, Order.State.CANCELLED, by, key=key, reason=reason)
    audit(by, "shop.order.cancelled", order, reason=reason[:200])
    return order


@transaction.atomic
def expire_order(*, order: Order, by: Actor = SYSTEM) -> Order:
    """Let an order go that was not paid in time; anything else stays as it is."""
    order = lock(order)
    if (
        order.state == Order.State.PLACED
        and order.hold_until is not None
        and order.hold_until <= timezone.now()
        and not any(row.payment.received for row in order.payments.select_related("payment"))
    ):
        _let_go(order, Order.State.EXPIRED, by)
    return order


def _let_go(order: Order, state: str, by: Actor, key: str = "", reason: str = "") -> None:
    free((line.stock_id, line.quantity) for line in order.lines.all())
    _leave_slot(order)
    order.state, order.hold_until, order.credit = state, None, 0
    order.save(update_fields=["state", "hold_until", "credit"])
    happened(order, str(state), by, key=key, reason=reason[:200])
    paying.withdraw(order)
    reducing.release(order)
    others.take_back(order, by)


def expired_orders() -> list[Order]:
    """Orders whose time to be paid is over, the oldest first."""
    rows = Order.objects.filter(state=Order.State.PLACED, hold_until__lte=timezone.now())
    return list(rows.order_by("hold_until")[:500])
