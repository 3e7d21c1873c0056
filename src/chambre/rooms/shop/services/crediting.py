"""After the hand-over: a line, or a part of it, is credited, because it was not as it should be."""

from __future__ import annotations

import copy
from dataclasses import replace

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.core.ui import figures
from chambre.ledger.models import JournalEntry
from chambre.registry import api as registry
from chambre.rooms.shop.models import AccountMove, Customer, LineCredit, Order, OrderLine
from chambre.rooms.shop.queries.accounts import balance
from chambre.rooms.shop.queries.errors import NotNow
from chambre.rooms.shop.services import paying, suspended
from chambre.rooms.shop.services.handing import goods_of
from chambre.rooms.shop.services.happening import happened, lock
from chambre.treasury import api as treasury
from chambre.treasury.api import BookLine


@transaction.atomic
def credit_line(
    *, order: Order, line: int, amount: int, reason: str, key: str, by: Actor
) -> LineCredit:
    """Credit a line of an order that was handed over, or a part of it; once per key.

    The sale goes back by so much: its income on the resource that it fed, the VAT in it, the share of
    another producer and the commission. The customer has the money then, for their next order or to be
    given back (:func:`.paying.give_back`); what they still owed is less.

    Args:
        order: Which one.
        line: Number of the line.
        amount: Cents, VAT included; with what was credited before never more than the line cost.
        reason: Why, 1 to 200 characters.
        key: Idempotency key, at most 100 characters.
        by: Who credits.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        NotNow: The order was not handed over.
        Invalid: No such line, more than it cost, no reason, or a suspended basket.
        KeyReused: The key was used for something else.
    """
    authorize(by, "shop.manage", order)
    order = lock(order)
    row = (
        order.lines.select_related("producer__party", "variant__product")
        .filter(number=line)
        .first()
    )
    known: LineCredit | None = LineCredit.objects.filter(key=key).first()
    if known is not None:
        if (known.line_id, known.amount) != (row and row.pk, amount):
            raise KeyReused(key=key)
        return known
    if order.state != Order.State.HANDED:
        raise NotNow
    reason = " ".join(reason.split())[:200]
    row = _checked(row, line, amount, reason)
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=order.customer_id)
    order.customer = customer
    entry = _book(order, row, amount, reason, key, balance(customer))
    AccountMove.objects.create(
        customer=customer, kind=AccountMove.Kind.OTHER, amount=amount, order=order,
        key=f"credit:{key}"[:120], entry=entry, day=entry.day, by=by.label[:254],
    )  # fmt: skip
    made: LineCredit = LineCredit.objects.create(
        line=row, amount=amount, reason=reason, key=key, entry=entry, by=by.label[:254]
    )
    happened(order, "credited", by, amount=amount, line=line, reason=reason)
    audit(by, "shop.order.credited", order, amount=amount, line=line, reason=reason)
    return made


def left_of(line: OrderLine) -> int:
    """What of a line can still be credited, in cents."""
    before = line.credits.aggregate(sum=Sum("amount"))["sum"] or 0
    return int(line.net - before)


def _checked(row: OrderLine | None, number: int, amount: int, reason: str) -> OrderLine:
    if row is None:
        raise Invalid(_("There is no such line."), fields={"line": [str(number)]})
    wrong: dict[str, list[str]] = {}
    most = left_of(row)
    if suspended.is_suspended(row):
        wrong["line"] = [_("A suspended basket is not credited: it was given to others.")]
    elif not 0 < amount <= most:
        wrong["amount"] = [_("At most %(most)s can go back.") % {"most": figures.money(most)}]
    if not reason:
        wrong["reason"] = [_("Say why.")]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)
    return row


def _book(
    order: Order, line: OrderLine, amount: int, reason: str, key: str, has: int
) -> JournalEntry:
    """The sale of a part of a line, turned round: what is owed is less first, the rest is an advance."""
    part = copy.copy(line)
    part.gross, part.reduction = amount, 0
    owed = min(max(-has, 0), amount)
    party = paying.party_of(order.customer)
    return treasury.book_entry(
        book=order.shop.book,
        journal="VE",
        day=registry.today(),
        lines=[
            *(replace(each, amount=-each.amount) for each in goods_of(order, [part])),
            BookLine(-owed, use="customer", party=party),
            BookLine(owed - amount, use="advance", party=party),
        ],
        key=f"shop:credit:{order.public_id}:{key}"[:120],
        label=f"Avoir – {order.shop.name} – {order.code} – {reason}",
        piece=order.code,
        source=f"shop.order:{order.pk}",
    )
