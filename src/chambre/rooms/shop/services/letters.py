"""E-mails to customers: written down in the transaction of what happened, sent by the worker, each once.

What they say is put together when they are sent, from the order as it is then: of several things that
happen within a minute, one letter tells.
"""

from __future__ import annotations

import datetime as dt

from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from chambre.core.addresses import own_address
from chambre.core.db.rows import insert
from chambre.core.mailing import Postman
from chambre.rooms.shop.models import Letter, Order
from chambre.rooms.shop.queries.calendars import calendar_of
from chambre.rooms.shop.queries.letters import wording
from chambre.rooms.shop.queries.sorts import sort_of

AHEAD = dt.timedelta(hours=24)
"""How long before a distribution people are reminded of it."""
FRESH = dt.timedelta(hours=12)
"""Who ordered so shortly before is not reminded."""
ABOUT = {
    "placed": Letter.Kind.PLACED,
    "confirmed": Letter.Kind.CONFIRMED,
    "changed": Letter.Kind.CHANGED,
    "prepared": Letter.Kind.READY,
    "cancelled": Letter.Kind.CANCELLED,
    "expired": Letter.Kind.EXPIRED,
}
"""Which events of an order a letter tells of."""
LIVE = (Order.State.PLACED, Order.State.CONFIRMED, Order.State.PREPARED)
FITS = {
    Letter.Kind.CANCELLED: (Order.State.CANCELLED,),
    Letter.Kind.EXPIRED: (Order.State.EXPIRED,),
    Letter.Kind.READY: (Order.State.PREPARED,),
}
"""States in which a letter is still worth sending; of the others: while the order is under way."""


def tell(order: Order, event: str, number: int) -> Letter | None:
    """Write down that a letter is due about an event of an order, in the caller's transaction.

    None where the event needs none, or where one that waits will tell it too.
    """
    kind = ABOUT.get(event)
    if kind is None or not has_address(order):
        return None
    if kind == Letter.Kind.READY and (order.state != Order.State.PREPARED or _was_told(order)):
        return None
    if number > 1:  # the first event of an order has nothing before it
        waiting = order.letters.filter(sent_at__isnull=True)
        if kind == Letter.Kind.CONFIRMED:
            waiting = waiting.filter(kind__in=(kind, Letter.Kind.PLACED, Letter.Kind.CHANGED))
        else:
            waiting = waiting.filter(kind=kind)
        if waiting.exists():
            return None
    return insert(_about(order, kind, number))


def _was_told(order: Order) -> bool:
    """An order is ready once, however often it is weighed again."""
    return order.letters.filter(kind=Letter.Kind.READY).exists()


def first_letter(order: Order) -> list[Letter]:
    """The letter about an order that was placed, not written yet; none where nobody reads it.

    Baskets of a season are made by themselves: a reminder tells of them.
    """
    if order.pay == Order.Pay.SEASON or not has_address(order):
        return []
    return [_about(order, Letter.Kind.PLACED, 1)]


def has_address(order: Order) -> bool:
    """Whether its customer has an address; that of the stall's customer is none (RFC 2606)."""
    return not order.customer.email.endswith(".invalid")


def _about(order: Order, kind: str, number: int) -> Letter:
    return Letter(order=order, kind=kind, key=f"{order.public_id}:{number}:{kind}")


def _write(letter: Letter) -> EmailMessage | str:
    order = letter.order
    return _not_any_more(letter, order) or message(letter.kind, order)


def _not_any_more(letter: Letter, order: Order) -> str:
    """Why a letter is not sent; empty: it is."""
    if order.customer.erased_at is not None or not has_address(order):
        return "erased"
    if order.state not in FITS.get(Letter.Kind(letter.kind), LIVE):
        return f"not any more: {order.state}"
    if letter.kind == Letter.Kind.REMINDER and not order.customer.reminders:
        return "no reminders"
    return ""


def message(kind: str, order: Order) -> EmailMessage:
    """A letter in its customer's language, with the pick-up as a calendar file where it is certain."""
    with translation.override(order.customer.language or "fr"):
        link = own_address() + reverse("shop:order", args=[order.shop.slug, order.public_id])
        subject, body = wording(kind, order, link)
        mail = EmailMessage(
            subject, body, to=[order.customer.email],
            reply_to=[order.shop.email] if order.shop.email else None,
        )  # fmt: skip
        if kind in (Letter.Kind.PLACED, Letter.Kind.CHANGED, Letter.Kind.CANCELLED):
            mail.attach(f"{order.code}.ics", calendar_of(order, link), "text/calendar")
        return mail


def remind() -> int:
    """Write down reminders of the orders that are fetched within a day; how many. Each once."""
    now = timezone.now()
    orders = Order.objects.filter(
        state__in=(Order.State.CONFIRMED, Order.State.PREPARED),
        distribution__starts_at__gt=now, distribution__starts_at__lte=now + AHEAD,
        placed_at__lt=now - FRESH, customer__reminders=True, customer__erased_at__isnull=True,
    ).exclude(letters__kind=Letter.Kind.REMINDER).exclude(customer__email__endswith=".invalid")  # fmt: skip
    made = 0
    for order in orders.order_by("pk")[:1000]:
        with transaction.atomic():
            made += Letter.objects.get_or_create(
                key=f"{order.public_id}:reminder",
                defaults={"order": order, "kind": Letter.Kind.REMINDER},
            )[1]
    return made


LETTERS = Postman(
    Letter,
    _write,
    related=(
        "order__shop__book__structure",
        "order__customer__user",
        "order__distribution__place",
        "order__distribution__cycle",
        "order__slot",
    ),
    sort=sort_of,
    reader=lambda letter: letter.order.customer.user,
)
