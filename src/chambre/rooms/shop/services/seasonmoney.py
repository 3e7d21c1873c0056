"""Money of a subscription: its instalments, asked for by payment or drawn with a mandate.

What comes is an advance (4191) of who pays; the baskets use it. What was paid for baskets to come
pays nothing else meanwhile (:func:`chambre.rooms.shop.queries.accounts.free_credit`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import ChambreError, Invalid
from chambre.lib.shopping import dues
from chambre.registry import api as registry
from chambre.rooms.shop.models import Instalment, Subscription
from chambre.rooms.shop.queries.accounts import free_credit
from chambre.rooms.shop.queries.seasonmoney import money_of
from chambre.rooms.shop.services.names import SYSTEM
from chambre.rooms.shop.services.paying import follow, party_of
from chambre.rooms.shop.services.recording import lock_subscription, noted
from chambre.treasury import api as treasury
from chambre.treasury.models import Collection, Mandate, Payment, Refund

ORIGIN = "shop-baskets"
AHEAD = 10
"""Days before an instalment is due on which it is asked for."""
DRAWN_AHEAD = 25
"""The same for what is drawn: the debtor is told fourteen days before."""
OPEN = (Payment.State.CREATED, Payment.State.FAILED)


def plan_instalments(subscription: Subscription, parts: Sequence[dues.Instalment]) -> None:
    """Write instalments down, after those that are there."""
    last = subscription.instalments.aggregate(last=Max("number"))["last"] or 0
    Instalment.objects.bulk_create(
        Instalment(subscription=subscription, number=number, day=part.day, amount=part.amount)
        for number, part in enumerate(parts, last + 1)
    )


@transaction.atomic
def ask_due(subscription: Subscription) -> list[Instalment]:
    """Ask for the instalments that are due soon; each once. Draws them where there is a mandate."""
    subscription = lock_subscription(subscription)
    if subscription.state == Subscription.State.CANCELLED:
        return []
    ahead = DRAWN_AHEAD if subscription.mandate_id else AHEAD
    until = registry.today() + dt.timedelta(ahead)
    rows = subscription.instalments.filter(
        payment__isnull=True, collection__isnull=True, dropped=False, day__lte=until
    )
    return [_ask(subscription, row) for row in rows.order_by("number")]


@transaction.atomic
def ask_now(*, instalment: Instalment, by: Actor) -> Payment | None:
    """Ask for one instalment before its time, because somebody wants to pay it now."""
    subscription = lock_subscription(instalment.subscription)
    row = subscription.instalments.select_related("payment").get(pk=instalment.pk)
    if row.payment is None and row.collection_id is None and not row.dropped:
        row = _ask(subscription, row, by_payment=True)
        audit(by, "shop.instalment.asked", row, amount=row.amount)
    return row.payment


def _ask(subscription: Subscription, row: Instalment, by_payment: bool = False) -> Instalment:
    shop, name = subscription.plan.shop, f"{subscription.plan.name} {row.number}"
    party = party_of(subscription.customer)
    key = f"basket:{subscription.public_id}:{row.number}"
    if subscription.mandate is not None and not by_payment:
        row.collection = treasury.plan_collection(
            mandate=subscription.mandate, amount=row.amount, reason=f"{shop.name} {name}"[:140],
            day=max(row.day, _earliest(subscription.mandate)), key=f"shop:{key}", by=SYSTEM,
            use="advance", origin=ORIGIN, origin_key=subscription.public_id,
        )  # fmt: skip
    else:
        row.payment = treasury.request_payment(
            book=shop.book, amount=row.amount, reason=f"{shop.name} – {name}"[:140], by=SYSTEM,
            key=f"shop:{key}", due=row.day, party=party, by_card=shop.by_card,
            lines=[
                treasury.AskedLine(row.amount, label=name, use="advance", party=party, vat=0)
            ],
            payer_name=subscription.customer.name, payer_email=subscription.customer.email,
            origin=ORIGIN, origin_key=subscription.public_id,
            back_url=reverse("shop:subscription", args=[shop.slug, subscription.public_id]),
        )  # fmt: skip
    row.save(update_fields=["payment", "collection"])
    return row


def _earliest(mandate: Mandate) -> dt.date:
    return registry.today() + dt.timedelta(mandate.notice_days)


@transaction.atomic
def draw_with(*, subscription: Subscription, mandate: Mandate | None, by: Actor) -> Subscription:
    """Draw what is not asked for yet with a mandate of who pays; None: ask for payments again.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: The mandate is of somebody else.
    """
    authorize(by, "shop.manage", subscription.plan)
    subscription = lock_subscription(subscription)
    if mandate is not None and mandate.party_id != party_of(subscription.customer).pk:
        message = _("This mandate was not signed by who pays this subscription.")
        raise Invalid(message, fields={"mandate": [message]})
    subscription.mandate = mandate
    subscription.save(update_fields=["mandate"])
    noted(subscription, "mandate", by, mandate=mandate.reference if mandate else "")
    return subscription


@transaction.atomic
def hear_payment(payment: Payment) -> None:
    """The account of who pays follows a payment of an instalment. Told twice it changes nothing."""
    row = Instalment.objects.filter(payment=payment).select_related("subscription").first()
    if row is None:
        return
    subscription = lock_subscription(row.subscription)
    payment.refresh_from_db()
    came = payment.received - payment.refunded
    change = follow(subscription.customer, f"payment:{payment.public_id}:", came)
    Instalment.objects.filter(pk=row.pk).update(came=came)
    if change:
        noted(subscription, "paid" if change > 0 else "refunded", SYSTEM, amount=abs(change))


@transaction.atomic
def hear_collection(code: str, state: str) -> None:
    """The account of who pays follows what was drawn. Told twice it changes nothing."""
    row = Instalment.objects.filter(collection__code=code).select_related("subscription").first()
    if row is None:
        return
    subscription = lock_subscription(row.subscription)
    here = state in ("paid", "paid-beside", "returning")
    came = Collection.objects.get(code=code).amount if here else 0
    change = follow(subscription.customer, f"collection:{code}:", came)
    Instalment.objects.filter(pk=row.pk).update(came=came)
    if change:
        noted(subscription, "paid" if change > 0 else "refunded", SYSTEM, amount=abs(change))


def settle_instalments(subscription: Subscription) -> None:
    """Spread what is still to be paid of a locked subscription anew, over the days that are left.

    What was asked for and of which nothing came is withdrawn; what is drawn already stays.
    """
    rows = list(subscription.instalments.filter(dropped=False).select_related("payment__book"))
    days, coming = [], 0
    for row in rows:
        payment = row.payment
        if row.collection_id is not None:
            coming += row.amount - row.came
        elif payment is None or payment.state in OPEN:
            if payment is not None:
                treasury.cancel_payment(payment=payment, by=SYSTEM, reason=subscription.plan.name)
            row.dropped = True
            row.save(update_fields=["dropped"])
            days.append(row.day)
        elif payment.state in (Payment.State.PENDING, Payment.State.PARTLY_PAID):
            coming += payment.open
    left = max(0, money_of(subscription).open - coming)
    least = subscription.plan.least_instalment
    parts = dues.instalments(
        left, max(len(days), 1), first=days[0] if days else registry.today(), least=least
    )
    plan_instalments(subscription, parts)


@transaction.atomic
def give_back(
    *, subscription: Subscription, amount: int, key: str, by: Actor, means: str = "",
    iban: str = "", reason: str = "",
) -> list[Refund]:  # fmt: skip
    """Give money that was paid for baskets back, the newest payment first.

    Args:
        subscription: Whose payments.
        amount: Cents; at most what is free of who paid.
        key: Idempotency key, at most 60 characters.
        by: Who gives back.
        means: See ``treasury.refund``.
        iban: Account of a transfer.
        reason: Why.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: More than is free, or than was paid by payments.
        NoAccount: By transfer, and no account is known.
    """
    authorize(by, "shop.manage", subscription.plan)
    subscription = lock_subscription(subscription)
    done = Refund.objects.filter(
        payment__shop_instalment__subscription=subscription,
        asked_key__startswith=f"shop:{key}:",
    )
    if refunds := list(done):
        return refunds
    most = free_credit(subscription.customer)
    if not 0 < amount <= most:
        message = _("At most %(most)s can go back.") % {"most": f"{most / 100:.2f} €"}
        raise Invalid(message, fields={"amount": [message]}, most=most)
    left = amount
    rows = Payment.objects.filter(shop_instalment__subscription=subscription)
    for payment in rows.select_related("book__structure").order_by("-pk"):
        part = min(left, payment.received - payment.refunded - payment.refunding)
        if part > 0:
            refunds.append(
                treasury.refund(
                    payment=payment, by=SYSTEM, key=f"shop:{key}:{payment.pk}", amount=part,
                    means=means, iban=iban, reason=reason or subscription.plan.name,
                )
            )  # fmt: skip
            left -= part
            hear_payment(payment)
    if left:
        message = _("Not so much was paid for these baskets.")
        raise Invalid(message, fields={"amount": [message]})
    noted(subscription, "given-back", by, amount=amount)
    audit(by, "shop.subscription.given-back", subscription, amount=amount)
    return refunds


def ask_all_due() -> int:
    """Ask for every instalment that is due soon; how many were asked for."""
    until = registry.today() + dt.timedelta(DRAWN_AHEAD)
    rows = Subscription.objects.filter(
        instalments__payment__isnull=True, instalments__collection__isnull=True,
        instalments__dropped=False, instalments__day__lte=until,
    ).distinct()  # fmt: skip
    asked = 0
    for row in rows.order_by("pk"):
        try:
            asked += len(ask_due(row))
        except ChambreError as refusal:  # a mandate that ended: people see it on its page
            _note_once(row, str(refusal.message)[:200])
    return asked


@transaction.atomic
def _note_once(subscription: Subscription, reason: str) -> None:
    subscription = lock_subscription(subscription)
    last = subscription.events.order_by("-number").first()
    if last is None or last.kind != "not-asked":
        noted(subscription, "not-asked", SYSTEM, reason=reason)
