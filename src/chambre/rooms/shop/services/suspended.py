"""Suspended baskets: somebody pays one ahead, somebody takes one, and nobody asks who.

What is paid ahead is owed until it is used (account 467), and no income: the sale is booked when a
basket goes out, paid by what was given first. The row of the fund is the lock; it never goes below zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger.models import JournalEntry, Line
from chambre.lib.money import Money
from chambre.lib.shopping.solidarity import Gift, SolidarityRefusal, draw
from chambre.rooms.shop.models import (
    Distribution,
    Order,
    OrderLine,
    PaidByOther,
    Product,
    Shop,
    Slot,
    SuspendedFund,
    SuspendedGift,
    SuspendedUse,
    Variant,
)
from chambre.rooms.shop.queries.accounts import due
from chambre.rooms.shop.queries.errors import Ruled
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.names import SYSTEM

ACCOUNT = ("467200", "Paniers suspendus – payés d’avance pour d’autres")


def is_suspended(line: OrderLine) -> bool:
    """Whether a line pays something ahead for others."""
    return bool(line.variant.product.kind == Product.Kind.SUSPENDED)


def fund(shop: Shop) -> SuspendedFund:
    """What was paid ahead in a shop; nothing yet is zero. It is not locked."""
    found: SuspendedFund | None = SuspendedFund.objects.filter(shop=shop).first()
    return found or SuspendedFund(shop=shop)


def _locked(shop: Shop) -> SuspendedFund:
    SuspendedFund.objects.get_or_create(shop=shop)
    row: SuspendedFund = SuspendedFund.objects.select_for_update().get(shop=shop)
    return row


def give(shop: Shop, amount: int, key: str, entry: JournalEntry) -> None:
    """Note cents that were paid ahead for others, in the caller's transaction."""
    row = _locked(shop)
    SuspendedGift.objects.create(fund=row, amount=amount, key=key, entry=entry)
    SuspendedFund.objects.filter(pk=row.pk).update(given=F("given") + amount)


def give_lines(order: Order, lines: Sequence[OrderLine]) -> None:
    """Note what the lines of an order that is handed over paid ahead for others."""
    for line in lines:
        if line.net > 0 and is_suspended(line) and order.entry is not None:
            key = f"order:{order.public_id}:{line.number}"
            give(order.shop, line.net, key, order.entry)


def use(payment: PaidByOther) -> None:
    """Take what pays an order from the gifts, first paid first used; less than zero: put it back.

    Raises:
        Ruled: There is not so much; nothing was taken.
    """
    row = _locked(payment.order.shop)
    if payment.amount < 0:
        parts = _last_used(payment)
    else:
        gifts = [Gift(str(gift.pk), "", gift.amount) for gift in row.gifts.order_by("pk")]
        sums = row.gifts.order_by().values_list("pk").annotate(sum=Sum("uses__amount"))
        try:
            drawn = draw(
                gifts, {str(pk): int(sum_ or 0) for pk, sum_ in sums}, shop="",
                amount=payment.amount,
            )  # fmt: skip
        except SolidarityRefusal as refusal:
            raise Ruled(refusal) from None
        parts = [(int(part.gift), part.amount) for part in drawn]
    SuspendedUse.objects.bulk_create(
        SuspendedUse(gift_id=gift, payment=payment, amount=amount) for gift, amount in parts
    )
    SuspendedFund.objects.filter(pk=row.pk).update(used=F("used") + payment.amount)


def _last_used(payment: PaidByOther) -> list[tuple[int, int]]:
    """What an order gives back to the gifts that it used, the last one first."""
    rows = SuspendedUse.objects.filter(payment__order=payment.order).order_by()
    sums = rows.values_list("gift").annotate(sum=Sum("amount"))
    left, parts = -payment.amount, []
    for gift, used in sorted(sums, reverse=True):
        part = min(used, left)
        if part > 0:
            parts.append((gift, -part))
            left -= part
    return parts


@transaction.atomic
def take(
    *, distribution: Distribution, variant: Variant, key: str, by: Actor, called: str = "",
    slot: Slot | None = None,
) -> Order:  # fmt: skip
    """Take a basket that others paid ahead; once per key. Who takes it is nowhere asked.

    Args:
        distribution: Where and when it is fetched.
        variant: Which basket.
        key: Idempotency key, 1 to 80 characters.
        by: Who asks.
        called: A word to say at the stall, if they like.
        slot: A part of the distribution, where it has any.

    Returns:
        The order, paid and confirmed; its address is the ticket.

    Raises:
        Ruled: Not so much was paid ahead, or it is used up; nothing happened.
        Invalid: It is not a basket.
        NoShop, NotOpen, SlotFull, SoldOut: See :func:`.ordering.place_order`.
    """
    from chambre.rooms.shop.services import others
    from chambre.rooms.shop.services.ordering import place_order

    shop = distribution.cycle.shop
    if variant.product.kind != Product.Kind.BASKET:
        message = _("Choose a basket.")
        raise Invalid(message, fields={"variant": [message]})
    order = place_order(
        distribution=distribution,
        who=Who(email=f"suspendus@{shop.slug}.invalid", name=_("Suspended basket")),
        wanted=[Wanted(variant.pk, 1)],
        key=f"suspended:{key}",
        by=by,
        pay=Order.Pay.OTHERS,
        slot=slot,
        note=called[:60],
        inside=True,
    )
    if not order.paid_by_others.exists():
        others.pay(order, None, order.total, by)
        audit(by, "shop.suspended.taken", order, amount=order.total)
    return order


def settle_paid(order: Order) -> None:
    """An order of nothing but baskets for others is done once it is paid: nobody comes for it."""
    from chambre.rooms.shop.services.handing import hand_over

    order.refresh_from_db()
    if order.state != Order.State.CONFIRMED or order.pay != Order.Pay.AHEAD or due(order) > 0:
        return
    lines = list(order.lines.select_related("variant__product"))
    if lines and all(is_suspended(line) for line in lines):
        hand_over(order=order, key=f"suspended:{order.public_id}", by=SYSTEM)


def differences() -> Iterator[str]:
    """One message for each book whose account of suspended baskets is not what the gifts say."""
    funds: dict[int, int] = defaultdict(int)
    for row in SuspendedFund.objects.select_related("shop"):
        funds[row.shop.book_id] += row.left
    for book, kept in funds.items():
        lines = Line.objects.filter(account__book=book, account__code=ACCOUNT[0], unit="EUR")
        booked = -int(lines.order_by().aggregate(sum=Sum("amount"))["sum"] or 0)
        if booked != kept:
            yield _("Suspended baskets of book %(book)d: %(kept)s kept, %(booked)s booked") % {
                "book": book,
                "kept": Money(kept),
                "booked": Money(booked),
            }
