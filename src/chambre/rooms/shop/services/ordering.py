"""Placing an order: prices frozen, pieces promised, payment asked for, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import trail_row
from chambre.core.db.questions import Question
from chambre.core.db.rows import insert, insert_all
from chambre.core.errors import ChambreError, Invalid, KeyReused
from chambre.rooms.shop.models import (
    Customer,
    Cycle,
    Distribution,
    Offer,
    Order,
    OrderEvent,
    OrderLine,
    OrderPayment,
    Shop,
    Slot,
)
from chambre.rooms.shop.queries.accounts import free_credit
from chambre.rooms.shop.queries.errors import NoShop, NotOpen, SlotFull
from chambre.rooms.shop.services import letters, paying, reducing, suspended
from chambre.rooms.shop.services.asking import Wanted, Who, digest, priced
from chambre.rooms.shop.services.happening import add_up, new_code
from chambre.rooms.shop.services.stock import promise
from chambre.treasury.models.payments import new_public_id


def place_order(
    *,
    distribution: Distribution,
    who: Who,
    wanted: Sequence[Wanted],
    key: str,
    by: Actor,
    pay: str = Order.Pay.AHEAD,
    slot: Slot | None = None,
    note: str = "",
    for_them: bool = False,
    inside: bool = False,
    codes: Sequence[str] = (),
) -> Order:
    """Order for a distribution, once per key.

    Nobody needs a right or an account: who has the address of an order may see it, pay it and change
    it until the cycle closes.

    Args:
        distribution: Where and when it is handed over.
        who: Who orders.
        wanted: What.
        key: Idempotency key, 1 to 100 characters.
        by: Who does it.
        pay: ``ahead`` or ``pickup``.
        slot: A part of the distribution, where it has any; the shop itself may leave it open.
        note: A remark for the shop.
        for_them: The shop itself orders for a customer, also outside the cycle's times.
        inside: A service of this room has seen to the money: ``pay`` may be ``season`` or ``others``.
        codes: Codes of coupons and of work done, the first taken off first.

    Returns:
        The order: ``placed`` until its payment has come, or ``confirmed``; the one that is there when
        the key was used for the same.

    Raises:
        Invalid: Something is missing or makes no sense.
        NoShop: A variant is not offered.
        NotOpen: The cycle takes no orders now.
        SlotFull: No more fit into the slot.
        SoldOut: Less is left; nothing was promised.
        Ruled: A coupon cannot be used for it.
        KeyReused: The key was used for another order.
    """
    who = clean_who(who)
    about = digest(wanted, distribution.pk, slot and slot.pk, who.email, pay, *codes)
    full_key = f"{distribution.cycle.shop_id}:{key}"[:120]
    for tries_left in (2, 1, 0):
        try:
            order = _placed(
                distribution,
                who,
                wanted,
                full_key,
                about,
                by,
                pay,
                slot,
                note,
                for_them,
                inside,
                codes,
            )
            break
        except (IntegrityError, ChambreError) as error:
            # The same order again is the exception, so it is looked for when something is refused: its
            # key by the table, or what it wants because the first one has it. Else somebody was faster
            # with the same new customer, or drew the same number: once more.
            if known := _known(full_key, about):
                return known
            if isinstance(error, ChambreError) or not tries_left:
                raise
    if order.state == Order.State.CONFIRMED and pay == Order.Pay.AHEAD:
        suspended.settle_paid(order)
    return order


def _known(key: str, about: str) -> Order | None:
    known: Order | None = Order.objects.filter(key=key).first()
    if known is not None and known.about != about:
        raise KeyReused(key=key)
    return known


_KNOWN = (
    "email", "name", "phone", "address", "postcode", "city", "language", "user", "party__code",
    "party__name", "party__email",
)  # fmt: skip
"""What placing an order takes of a customer."""
_NEEDED = (
    "starts_at", "ends_at", "state", "place", "cycle__shop", "cycle__opens_at", "cycle__closes_at",
    "cycle__closed_at", "cycle__most_orders", "cycle__shop__slug", "cycle__shop__name",
    "cycle__shop__book", "cycle__shop__resource", "cycle__shop__pay_ahead",
    "cycle__shop__pay_at_pickup", "cycle__shop__by_card", "cycle__shop__hold_minutes",
    "cycle__shop__is_open", "cycle__shop__book__chart", "cycle__shop__book__chamber",
    "cycle__shop__book__structure__name",
)  # fmt: skip
"""What placing an order takes of its distribution, its shop and whose it is."""
_DISTRIBUTION = Question(
    lambda pk: (
        Distribution.objects.select_related("cycle__shop__book__structure")
        .only(*_NEEDED)
        .annotate(
            has_slots=Exists(Slot.objects.filter(distribution=OuterRef("pk"))),
            has_offers=Exists(Offer.objects.filter(cycle=OuterRef("cycle"))),
        )
        .filter(pk=pk)
        .order_by()
    )
)
_CUSTOMER = Question(
    lambda shop, email: (
        Customer.objects.select_related("party")
        .only(*_KNOWN)
        .filter(shop=shop, email=email)
        .order_by()
    )
)


@transaction.atomic
def _placed(
    distribution: Distribution,
    who: Who,
    wanted: Sequence[Wanted],
    key: str,
    about: str,
    by: Actor,
    pay: str,
    slot: Slot | None,
    note: str,
    for_them: bool,
    inside: bool,
    codes: Sequence[str],
) -> Order:
    now = timezone.now()
    found = _DISTRIBUTION(distribution.pk)
    if not found:
        raise NoShop
    distribution = found[0]
    shop = distribution.cycle.shop
    check_open(distribution, now, for_them)
    _check_pay(shop, pay, inside)
    lines = priced(wanted, distribution)
    customer = note_customer(shop, who)
    season = pay == Order.Pay.SEASON
    credit = free_credit(customer, seasons=season) if who.credit else 0
    promise(promised_by(lines))
    if slot is not None or not for_them:
        take_slot(distribution, slot)
    reductions = reducing.spread(lines, codes, customer, timezone.localdate(now))
    order = Order(
        shop=shop,
        public_id=new_public_id(),
        code=new_code(),
        key=key,
        about=about,
        customer=customer,
        distribution=distribution,
        slot=slot,
        pay=pay,
        note=note.strip()[:2000],
        placed_at=now,
        by=by.label[:254],
    )
    add_up(order, lines)
    _hold(order, credit)
    _write(order, lines, by)
    if reductions.rows:
        reducing.write(order, reductions)
    return order


def _hold(order: Order, credit: int) -> None:
    """Pay an order from credit, in cents, and let it wait for the rest where that is paid ahead."""
    order.credit = min(credit, order.total)
    waits = order.pay == Order.Pay.AHEAD and order.total > order.credit
    order.state = Order.State.PLACED if waits else Order.State.CONFIRMED
    if waits:
        order.hold_until = order.placed_at + dt.timedelta(minutes=order.shop.hold_minutes)


def _write(order: Order, lines: list[OrderLine], by: Actor) -> None:
    """Write a new order with all that belongs to it, and ask for its payment while it waits for one."""
    insert(order)
    for line in lines:
        line.order = order
    event = OrderEvent(
        order=order, number=1, kind="placed", data={"total": order.total}, by=order.by
    )
    rows = [
        *lines,
        event,
        *letters.first_letter(order),
        trail_row(by, "shop.order.placed", order, total=order.total),
    ]
    if order.state == Order.State.PLACED:
        rows.append(OrderPayment(order=order, payment=paying.first_payment(order), number=1))
    insert_all(*rows)


def promised_by(lines: Sequence[OrderLine]) -> dict[int, int]:
    """Pieces by id of the stock that lines promise."""
    sums: dict[int, int] = defaultdict(int)
    for line in lines:
        if line.stock_id is not None:
            sums[line.stock_id] += line.quantity
    return sums


def check_open(distribution: Distribution, now: dt.datetime, for_them: bool = False) -> None:
    """Whether orders for a distribution are taken or may be changed now.

    A cycle that closes at a number of orders is locked, so that no two take its last place.

    Raises:
        NotOpen: They are not.
    """
    cycle = distribution.cycle
    if distribution.state == Distribution.State.DONE:
        raise NotOpen
    if for_them:
        return
    if not cycle.shop.is_open or now < cycle.opens_at:
        raise NotOpen
    if now >= cycle.closes_at or cycle.closed_at is not None:
        raise NotOpen(_("The orders for this distribution are closed."))
    if cycle.most_orders is not None:
        Cycle.objects.select_for_update().get(pk=cycle.pk)
        live = Order.objects.filter(distribution__cycle=cycle).exclude(
            state__in=(Order.State.CANCELLED, Order.State.EXPIRED)
        )
        if live.count() >= cycle.most_orders:
            raise NotOpen(_("There are as many orders as can be prepared."))


def take_slot(distribution: Distribution, slot: Slot | None) -> None:
    """Take a place in a slot, in the caller's transaction.

    Raises:
        Invalid: The distribution has slots and none was chosen, or it is of another one.
        SlotFull: No place is left.
    """
    if slot is None:
        has_slots = getattr(distribution, "has_slots", None)
        if distribution.slots.exists() if has_slots is None else has_slots:
            message = _("Choose a time.")
            raise Invalid(message, fields={"slot": [message]})
        return
    if slot.distribution_id != distribution.pk:
        message = _("Choose a time of this distribution.")
        raise Invalid(message, fields={"slot": [message]})
    if not Slot.objects.filter(pk=slot.pk, taken__lt=F("capacity")).update(taken=F("taken") + 1):
        raise SlotFull


def note_customer(shop: Shop, who: Who) -> Customer:
    """The customer of an e-mail address, as they say they are now; made when they are new."""
    said: dict[str, Any] = {
        name: getattr(who, name)
        for name in ("name", "phone", "address", "postcode", "city")
        if getattr(who, name)
    }
    row = next(iter(_CUSTOMER(shop.pk, who.email)), None)
    if row is None:
        # Two at once: the table refuses the second one, and its order is tried again.
        party = paying.new_party(shop, who.name, who.email)
        row = Customer(
            shop=shop, email=who.email, language=who.language, user_id=who.user, party=party, **said
        )
        return insert(row)
    row.shop = shop
    if who.credit:
        # Only somebody who is known to be this customer changes what is known of them.
        changed = {name: value for name, value in said.items() if getattr(row, name) != value}
        if who.user and row.user_id is None:
            changed["user_id"] = who.user
        if changed:
            Customer.objects.filter(pk=row.pk).update(**changed)
    return row


def _check_pay(shop: Shop, pay: str, inside: bool) -> None:
    offered = {
        Order.Pay.SEASON.value: inside,
        Order.Pay.OTHERS.value: inside,
        Order.Pay.AHEAD.value: shop.pay_ahead,
        Order.Pay.PICKUP.value: shop.pay_at_pickup,
    }
    if not offered.get(pay):
        message = _("Choose how to pay.")
        raise Invalid(message, fields={"pay": [message]})


def clean_who(who: Who) -> Who:
    """Who orders, with an address and a name that are some.

    Raises:
        Invalid: One of them is not.
    """
    email, name = who.email.strip().lower(), " ".join(who.name.split())[:140]
    wrong: dict[str, list[str]] = {}
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = [_("This is not an e-mail address.")]
    if not name:
        wrong["name"] = [_("Say who fetches the order.")]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)
    return Who(
        email=email, name=name, phone=who.phone.strip()[:32], address=who.address.strip()[:254],
        postcode=who.postcode.strip()[:16], city=who.city.strip()[:70],
        language=who.language[:5], user=who.user, credit=who.credit,
    )  # fmt: skip
