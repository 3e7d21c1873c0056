"""What somebody else pays for an order: who pays a shared subscription, or what was paid ahead for others.

| | debit | credit |
|---|---|---|
| another customer pays | 4191 of theirs; 411 for what they do not have | 4191 of whose order it is |
| paid ahead for others | 467 of suspended baskets | 4191 of whose order it is |
| not fetched, and given to others | 4191 of whose order it was | 467 of suspended baskets |

What is not needed goes back the same way: when the order is cancelled, or costs less in the end.
"""

from __future__ import annotations

from django.db.models import Sum

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.rooms.shop.models import AccountMove, Customer, Order, PaidByOther
from chambre.rooms.shop.queries.accounts import balance, due
from chambre.rooms.shop.services import suspended
from chambre.rooms.shop.services.happening import happened
from chambre.rooms.shop.services.paying import party_of
from chambre.treasury import api as treasury
from chambre.treasury.api import BookLine


def pay(order: Order, source: Customer | None, amount: int, by: Actor) -> None:
    """Pay an order that is locked out of what somebody else has; less than zero: give it back.

    Args:
        order: Whose order.
        source: Which customer pays; None: what was paid ahead for others.
        amount: Cents.
        by: Who does it.

    Raises:
        Ruled: So much was not paid ahead; nothing happened.
    """
    if not amount:
        return
    number = order.paid_by_others.count() + 1
    key = f"other:{order.public_id}:{number}"
    party = party_of(order.customer)
    entry = treasury.book_entry(
        book=order.shop.book, journal="OD", day=registry.today(),
        lines=[*_from(order, source, amount), BookLine(-amount, use="advance", party=party)],
        key=f"shop:{key}", label=f"{order.shop.name} – {order.code}", piece=order.code,
        source=f"shop.order:{order.pk}",
    )  # fmt: skip
    row = PaidByOther.objects.create(
        order=order, source=source, number=number, amount=amount, entry=entry
    )
    if source is None:
        suspended.use(row)
    moves: list[tuple[Customer, int, Order | None, str]] = [(order.customer, amount, order, "in")]
    if source is not None:
        moves.append((source, -amount, None, "out"))
    for customer, cents, which, side in moves:
        AccountMove.objects.create(
            customer=customer, kind=AccountMove.Kind.OTHER, amount=cents, order=which,
            key=f"{key}:{side}", entry=entry, day=entry.day, by=by.label[:254],
        )  # fmt: skip
    happened(order, "by-other", by, amount=amount)


def _from(order: Order, source: Customer | None, amount: int) -> list[BookLine]:
    if source is None:
        number, label = suspended.ACCOUNT
        return [BookLine(amount, account=number, account_label=label)]
    Customer.objects.select_for_update(of=("self",)).get(pk=source.pk)
    return _out_of(source, amount)


def _out_of(source: Customer, amount: int) -> list[BookLine]:
    """What a customer who is locked has, and what they owe for the rest; less than zero: back to them."""
    party, has = party_of(source), balance(source)
    advance = amount if amount < 0 else min(max(has, 0), amount)
    return [
        BookLine(advance, use="advance", party=party),
        BookLine(amount - advance, use="customer", party=party),
    ]


def give(order: Order, amount: int, by: Actor) -> None:
    """Give cents that were paid for an order to the suspended baskets; once per order.

    The order is locked, and gone. The money was an advance; it is owed to whoever takes a basket from now on.
    """
    if amount <= 0:
        return
    key = f"given:{order.public_id}"
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=order.customer_id)
    number, label = suspended.ACCOUNT
    entry = treasury.book_entry(
        book=order.shop.book, journal="OD", day=registry.today(),
        lines=[
            *_out_of(customer, amount), BookLine(-amount, account=number, account_label=label),
        ],
        key=f"shop:{key}", label=f"{order.shop.name} – {order.code}", piece=order.code,
        source=f"shop.order:{order.pk}",
    )  # fmt: skip
    AccountMove.objects.create(
        customer=customer, kind=AccountMove.Kind.OTHER, amount=-amount, order=order, key=key,
        entry=entry, day=entry.day, by=by.label[:254],
    )  # fmt: skip
    suspended.give(order.shop, amount, key, entry)
    happened(order, "to-others", by, amount=amount)


def take_back(order: Order, by: Actor, most: int | None = None) -> None:
    """Give back what others paid for an order that is locked: all of it, or at most so many cents."""
    rows = order.paid_by_others.order_by().values("source").annotate(sum=Sum("amount"))
    left = most
    for row in sorted(rows, key=lambda each: each["source"] or 0):
        part = row["sum"] if left is None else min(row["sum"], left)
        if part <= 0:
            continue
        source = Customer.objects.get(pk=row["source"]) if row["source"] else None
        pay(order, source, -part, by)
        left = None if left is None else left - part


def trim(order: Order, by: Actor) -> None:
    """Give back what others paid more than an order that is locked costs in the end."""
    if order.paid_by_others.exists() and (over := -due(order)) > 0:
        take_back(order, by, over)
