"""Customers: notes about them, their credit back, their personal data erased. The books stay as they are."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.rooms.shop.models import Customer, ImportedOrder, Order, OrderLine, Subscription
from chambre.rooms.shop.queries.accounts import LIVE, balance, due, free_credit
from chambre.rooms.shop.services.names import SYSTEM
from chambre.rooms.shop.services.paying import give_back
from chambre.treasury import api as treasury
from chambre.treasury.models import CashDrawer, Refund


@transaction.atomic
def note_about(*, customer: Customer, note: str, by: Actor) -> Customer:
    """Write down what the shop wants to remember of a customer.

    Raises:
        Forbidden: ``by`` does not manage the shop.
    """
    authorize(by, "shop.manage", customer)
    customer.note = note.strip()[:2_000]
    customer.save(update_fields=["note"])
    audit(by, "shop.customer.noted", customer)
    return customer


@transaction.atomic
def give_credit_back(
    *, customer: Customer, amount: int, key: str, by: Actor, means: str = "", iban: str = "",
    drawer: CashDrawer | None = None, reason: str = "",
) -> list[Refund]:  # fmt: skip
    """Give back what a customer has and no order needs, out of the payments that brought it.

    Args:
        customer: Whom.
        amount: Cents; at most their free credit.
        key: Idempotency key, at most 40 characters.
        by: Who gives back.
        means: See ``treasury.refund``; empty: by the way it came.
        iban: Account of a transfer.
        drawer: Out of which drawer cash goes.
        reason: Why.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: More than they have, or than came through their payments.
        NoAccount: By transfer, and no account is known.
    """
    authorize(by, "shop.manage", customer)
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    begun = Refund.objects.filter(
        payment__shop_order__order__customer=customer, asked_key__startswith=f"shop:{key}."
    )
    if known := list(begun):
        return known
    most = free_credit(customer)
    if not 0 < amount <= most:
        message = _("At most %(most)s can go back.") % {"most": f"{most / 100:.2f} €"}
        raise Invalid(message, fields={"amount": [message]}, most=most)
    made: list[Refund] = []
    for order, part in _out_of(customer, amount):
        made += give_back(
            order=order, amount=part, key=f"{key}.{order.pk}", by=by, means=means, iban=iban,
            drawer=drawer, reason=reason,
        )  # fmt: skip
    return made


def _out_of(customer: Customer, amount: int) -> list[tuple[Order, int]]:
    """The orders out of whose payments an amount goes back, and how much out of each.

    What an order that waits has paid stays with it: only what is too much for it goes back.

    Raises:
        Invalid: Not so much came through payments.
    """
    parts, left = [], amount
    for order in Order.objects.filter(customer=customer).order_by("-placed_at", "-pk"):
        paid = [row.payment for row in order.payments.select_related("payment")]
        there = sum(each.received - each.refunded - each.refunding for each in paid)
        gone = order.state in (Order.State.CANCELLED, Order.State.EXPIRED)
        part = min(left, there, there if gone else max(-due(order), 0))
        if part > 0:
            parts.append((order, part))
            left -= part
    if left:
        message = _("Not so much came through payments of this shop.")
        raise Invalid(message, fields={"amount": [message]})
    return parts


def erased_number(shop: int, number: str) -> str:
    """By what somebody erased is known again when their former shop tells of them; it says not who."""
    digest = salted_hmac("chambre.shop.erased", f"{shop}:{number}", algorithm="sha256")
    return f"erased:{digest.hexdigest()}"


@transaction.atomic
def erase_customer(*, customer: Customer, by: Actor) -> Customer:
    """Erase what says who a customer was, here and among the third parties of the structure.

    Orders, payments and the ledger keep their amounts and the customer's code; orders of a former shop
    keep their sum. A second time changes nothing.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: They have orders that wait, or money is owed to them or by them.
    """
    authorize(by, "shop.manage", customer)
    row = (
        Customer.objects.select_for_update(of=("self",))
        .select_related("shop__book__structure", "party")
        .get(pk=customer.pk)
    )
    if row.erased_at is not None:
        return row
    has = balance(row)
    running = Subscription.objects.filter(
        people__customer=row, state=Subscription.State.RUNNING, last__gte=registry.today()
    )
    if running.exists():
        message = _("They have a subscription that runs: end it first.")
        raise Invalid(message, fields={"customer": [message]})
    if Order.objects.filter(customer=row, state__in=(*LIVE, Order.State.MISSED)).exists():
        message = _("They have orders that wait: hand them over or cancel them first.")
        raise Invalid(message, fields={"customer": [message]})
    if has:
        message = _("Their account is not at zero: give the money back or settle it first.")
        raise Invalid(message, fields={"customer": [message]}, balance=has)
    row.name, row.email = _("Erased customer"), f"efface-{row.pk}@{row.shop.slug}.invalid"
    row.phone = row.address = row.postcode = row.city = row.note = ""
    row.external_id = erased_number(row.shop_id, row.external_id) if row.external_id else ""
    row.tags, row.user, row.reminders, row.erased_at = [], None, False, timezone.now()
    row.save()
    Order.objects.filter(customer=row).update(note="")
    OrderLine.objects.filter(order__customer=row).update(note="")
    Subscription.objects.filter(people__customer=row).update(note="")
    ImportedOrder.objects.filter(customer=row).update(
        customer=None, number="", lines=[], placed_at=None, paid_at=None, erased_at=timezone.now()
    )
    if row.party is not None:
        treasury.forget_party(party=row.party, by=SYSTEM, name=row.name)
    audit(by, "shop.customer.erased", row)
    return row
