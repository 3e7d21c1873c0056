"""Baskets that were left out: where their price goes, once their day has come.

| it is | debit | credit |
|---|---|---|
| credited | – (it stays with the member, free for other orders) | |
| a gift | 4191 of the member; 411 for what they do not have | 467 of suspended baskets |
| kept | the same | 701 by resource, 44571 |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from chambre.ledger.models import JournalEntry
from chambre.lib.money import shares
from chambre.lib.shopping.dues import Absent, GivenBack, give_back
from chambre.lib.shopping.lines import vat_in
from chambre.lib.shopping.subscriptions import SubscriptionRefusal
from chambre.registry import api as registry
from chambre.rooms.shop.models import AccountMove, BasketPlan, Customer, MissedBasket, Subscription
from chambre.rooms.shop.queries.accounts import balance
from chambre.rooms.shop.queries.seasons import (
    agreed,
    key_of,
    missed_of,
    price_of_day,
    season_of,
    whole,
)
from chambre.rooms.shop.services import suspended
from chambre.rooms.shop.services.handing import PRODUCERS
from chambre.rooms.shop.services.names import SYSTEM
from chambre.rooms.shop.services.paying import party_of
from chambre.rooms.shop.services.recording import lock_subscription
from chambre.treasury import api as treasury
from chambre.treasury.api import BookLine

LATE = 90
"""Days after a season in which what was left out is still looked for."""


def settle_missed() -> int:
    """Settle every basket that was left out and whose day has come; how many there were."""
    today, done = registry.today(), 0
    rows = Subscription.objects.filter(
        absences__isnull=False, plan__first__lte=today,
        plan__last__gte=today - dt.timedelta(LATE),
    )  # fmt: skip
    for row in whole(rows.distinct()).order_by("pk"):
        for day in _to_settle(row, today):
            done += settle_one(row, day) is not None
    return done


def _to_settle(subscription: Subscription, today: dt.date) -> Iterator[dt.date]:
    plan = subscription.plan
    waits = plan.absent == BasketPlan.Absent.OTHER_DAY and today <= plan.last
    settled = set(subscription.missed.values_list("day", flat=True))
    try:
        days = () if waits else missed_of(subscription)
    except (SubscriptionRefusal, ValueError):
        days = ()
    return (day for day in days if day <= today and day not in settled)


@transaction.atomic
def settle_one(subscription: Subscription, day: dt.date) -> MissedBasket | None:
    """Settle one basket that was left out; None: it was done, or it was not left out after all."""
    subscription = lock_subscription(subscription)
    if subscription.missed.filter(day=day).exists() or day not in missed_of(subscription):
        return None
    plan = subscription.plan
    price = price_of_day(subscription, day)
    parts = give_back([price], Absent(plan.absent), percent=plan.absent_percent)
    entry = _book(subscription, day, parts)
    return MissedBasket.objects.create(
        subscription=subscription, day=day, credit=parts.credit, gift=parts.gift, kept=parts.kept,
        entry=entry,
    )  # fmt: skip


def _book(subscription: Subscription, day: dt.date, parts: GivenBack) -> JournalEntry | None:
    amount = parts.gift + parts.kept
    if not amount:
        return None
    customer, plan = subscription.customer, subscription.plan
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    party, key = party_of(customer), f"missed:{subscription.public_id}:{day}"
    advance = min(max(balance(customer), 0), amount)
    lines = [
        BookLine(advance, use="advance", party=party),
        BookLine(amount - advance, use="customer", party=party),
        *_kept(subscription, day, parts.kept),
    ]
    if parts.gift:
        number, label = suspended.ACCOUNT
        lines.append(BookLine(-parts.gift, account=number, account_label=label))
    entry = treasury.book_entry(
        book=plan.shop.book, journal="VE", day=registry.today(), lines=lines, key=f"shop:{key}",
        label=f"{plan.shop.name} – {plan.name}", piece=f"{day:%Y-%m-%d}",
        source=f"shop.subscription:{subscription.pk}",
    )  # fmt: skip
    AccountMove.objects.create(
        customer=customer, kind=AccountMove.Kind.BOUGHT, amount=-amount, key=key, entry=entry,
        day=entry.day, by=SYSTEM.label,
    )  # fmt: skip
    if parts.gift:
        suspended.give(plan.shop, parts.gift, key, entry)
    return entry


def _kept(subscription: Subscription, day: dt.date, kept: int) -> list[BookLine]:
    """What is kept of a basket and its complements, by what they feed and their VAT."""
    if not kept:
        return []
    season = season_of(subscription.plan)
    what = [(subscription.size.product, subscription.price)]
    rows = {key_of(row.complement_id): row for row in subscription.complements.all()}
    for one in agreed(subscription).complements:
        if day in season.of(one.frequency):
            row = rows[one.key]
            what.append((row.complement.variant.product, row.price * row.quantity))
    found = []
    parts = shares(kept, [price for _product, price in what])
    for (product, _price), part in zip(what, parts, strict=True):
        if (party := product.producer.party) is not None:
            number, label = PRODUCERS
            found.append(BookLine(-part, account=number, account_label=label, party=party))
            continue
        tax = vat_in(part, product.vat)
        resource = product.resource_id or subscription.plan.shop.resource_id
        found.append(BookLine(tax - part, use="sale.product", resource=resource))
        found.append(BookLine(-tax, use="vat.collected", resource=resource))
    return found
