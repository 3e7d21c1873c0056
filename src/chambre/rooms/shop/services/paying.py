"""Money of an order: asked for, heard of, given back. Everything that is paid is an advance at first.

The sale is booked when the order is handed over (:mod:`.handing`); until then what was paid is on the
account of advances, with the customer's code, and can go back.
"""

from __future__ import annotations

import secrets

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.rooms.shop.models import AccountMove, Customer, Order, OrderPayment, Shop
from chambre.rooms.shop.queries.accounts import due, free_credit, open_payment
from chambre.rooms.shop.services.happening import happened, lock
from chambre.rooms.shop.services.names import SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.models import CashDrawer, Party, Payment, Refund

ORIGIN = "shop"


def new_party(shop: Shop, name: str, email: str) -> Party:
    """A code in the books for a customer who has none; the caller notes it with them, locked or new."""
    code = f"S{secrets.token_hex(6).upper()}"
    return treasury.note_new_party(book=shop.book, name=name, email=email, code=code)


def party_of(customer: Customer) -> Party:
    """Who a customer is in the books: a code, given at the first time that it is needed."""
    if customer.party is None:
        locked = Customer.objects.select_for_update(of=("self",)).select_related("party")
        customer.party = locked.get(pk=customer.pk).party or new_party(
            customer.shop, customer.name, customer.email
        )
        Customer.objects.filter(pk=customer.pk).update(party=customer.party)
    return customer.party


def ask(order: Order, *, by: Actor) -> Payment | None:
    """Ask for what is still to be paid for an order that is locked; None: nothing is.

    A payment that was asked for before and of which nothing came is withdrawn.
    """
    withdraw(order)
    amount = due(order)
    if amount <= 0:
        return None
    number = order.payments.count() + 1
    payment = _request(order, amount, number)
    OrderPayment.objects.create(order=order, payment=payment, number=number)
    audit(by, "shop.order.payment-asked", order, amount=amount, payment=payment.public_id)
    return payment


def first_payment(order: Order) -> Payment:
    """The first payment of an order that is made in this transaction; the caller writes its row."""
    return _request(order, order.total - order.credit, 1, fresh=True)


def _request(order: Order, amount: int, number: int, *, fresh: bool = False) -> Payment:
    party = party_of(order.customer)
    return treasury.request_payment(
        book=order.shop.book,
        amount=amount,
        reason=f"{order.shop.name[:100]} – {order.code}",
        by=SYSTEM,
        key=f"shop:{order.public_id}:{number}",
        lines=[treasury.AskedLine(amount, label=order.code, use="advance", party=party, vat=0)],
        party=party,
        payer_name=order.customer.name,
        payer_email=order.customer.email,
        by_card=order.shop.by_card,
        origin=ORIGIN,
        origin_key=order.public_id,
        back_url=reverse("shop:order", args=[order.shop.slug, order.public_id]),
        fresh=fresh,
    )


def withdraw(order: Order) -> None:
    """Ask no longer for what nobody began to pay."""
    for row in order.payments.select_related("payment__book__structure"):
        if row.payment.state in (Payment.State.CREATED, Payment.State.FAILED):
            treasury.cancel_payment(payment=row.payment, by=SYSTEM, reason=order.code)


@transaction.atomic
def hear(payment: Payment) -> None:
    """Take in what became of a payment: the customer's account follows, the order is confirmed.

    Money that comes for an order that is gone stays with the customer: the shop gives it back or they
    use it for the next order. Told twice it changes nothing.
    """
    row = OrderPayment.objects.filter(payment=payment).select_related("order").first()
    if row is None:
        return
    order = lock(row.order)
    payment.refresh_from_db()
    change = follow(
        order.customer, f"payment:{payment.public_id}:", payment.received - payment.refunded, order
    )
    if change:
        happened(order, "paid" if change > 0 else "refunded", SYSTEM, amount=abs(change))
    if order.state == Order.State.PLACED and due(order) <= 0:
        confirm(order, SYSTEM)


def follow(customer: Customer, prefix: str, came: int, order: Order | None = None) -> int:
    """Let a customer's account follow what came in all under a prefix of keys; the change in cents."""
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    moves = AccountMove.objects.filter(key__startswith=prefix)
    change = came - int(moves.aggregate(sum=Sum("amount"))["sum"] or 0)
    if change:
        AccountMove.objects.create(
            customer=customer,
            kind=AccountMove.Kind.PAID if change > 0 else AccountMove.Kind.REFUNDED,
            amount=change,
            order=order,
            key=f"{prefix}{moves.count() + 1}",
            day=registry.today(),
            by=SYSTEM.label,
        )
    return change


def confirm(order: Order, by: Actor) -> None:
    """An order that is locked is paid, or need not be: it will be prepared."""
    order.state = Order.State.CONFIRMED
    order.hold_until = None
    order.save(update_fields=["state", "hold_until"])
    happened(order, "confirmed", by)


@transaction.atomic
def take_cash(*, order: Order, drawer: CashDrawer, key: str, by: Actor) -> Order:
    """Take what is due for an order in cash, at the stall; once per key.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Nothing is due.
        DrawerClosed: The drawer is closed.
    """
    authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.events.filter(key=key).exists():
        return order
    payment = to_pay_now(order, by)
    amount = payment.open
    treasury.take_cash(
        payment=payment, drawer=drawer, amount=amount, day=registry.today(), key=key, by=SYSTEM
    )
    happened(order, "cash", by, key=key, amount=amount)
    hear(payment)
    return lock(order)


@transaction.atomic
def take_card(*, order: Order, key: str, by: Actor) -> Order:
    """Note that what is due was paid by card at the shop's own terminal; once per key.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Nothing is due.
    """
    authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.events.filter(key=key).exists():
        return order
    payment = to_pay_now(order, by)
    amount = payment.open
    treasury.receive(
        payment=payment, amount=amount, means="provider", day=registry.today(), key=key, by=SYSTEM
    )
    happened(order, "card", by, key=key, amount=amount)
    hear(payment)
    return lock(order)


@transaction.atomic
def ask_at_stall(*, order: Order, by: Actor) -> Payment:
    """Ask for what is due now, so that its customer pays on their telephone; asked before, the same.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Nothing is due.
    """
    authorize(by, "shop.prepare", order)
    return to_pay_now(lock(order), by)


def to_pay_now(order: Order, by: Actor) -> Payment:
    """The payment of exactly what is due for an order that is locked.

    What was asked for before it was weighed or came short is asked for anew.

    Raises:
        Invalid: Nothing is due.
    """
    payment = open_payment(order)
    if payment is None or payment.open != due(order):
        payment = ask(order, by=by)
    if payment is None:
        message = _("Nothing is to be paid.")
        raise Invalid(message, fields={"amount": [message]})
    return payment


@transaction.atomic
def give_back(
    *, order: Order, amount: int, key: str, by: Actor, means: str = "", iban: str = "",
    drawer: CashDrawer | None = None, reason: str = "",
) -> list[Refund]:  # fmt: skip
    """Give money of an order back to its customer, by the way it came unless another one is given.

    Args:
        order: Whose payments.
        amount: Cents; at most what was paid for it and what the customer still has.
        key: Idempotency key, at most 60 characters.
        by: Who gives back.
        means: See ``treasury.refund``.
        iban: Account of a transfer.
        drawer: Out of which drawer cash goes.
        reason: Why.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: More than the customer has, or than was paid for this order.
        NoAccount: By transfer, and no account is known.
    """
    authorize(by, "shop.manage", order)
    order = lock(order)
    done = Refund.objects.filter(
        payment__shop_order__order=order, asked_key__startswith=f"shop:{key}:"
    )
    if refunds := list(done):
        return refunds
    most = free_credit(order.customer)
    rows = order.payments.select_related("payment__book__structure").order_by("-number")
    if not 0 < amount <= most:
        message = _("At most %(most)s can go back.") % {"most": f"{most / 100:.2f} €"}
        raise Invalid(message, fields={"amount": [message]}, most=most)
    left = amount
    for row in rows:
        part = min(left, row.payment.received - row.payment.refunded - row.payment.refunding)
        if part <= 0:
            continue
        refunds.append(
            treasury.refund(
                payment=row.payment, by=SYSTEM, key=f"shop:{key}:{row.number}",
                amount=part, means=means,
                iban=iban, drawer=drawer, reason=reason or order.code,
            )
        )  # fmt: skip
        left -= part
        hear(row.payment)
    if left:
        message = _("Not so much was paid for this order.")
        raise Invalid(message, fields={"amount": [message]})
    happened(order, "given-back", by, amount=amount, reason=reason[:200])
    audit(by, "shop.order.given-back", order, amount=amount)
    return refunds
