"""Handing an order over: the sale is booked, goods leave the stock, containers go out.

The entry (journal VE), in the structure's book:

| | debit | credit |
|---|---|---|
| what was paid before | 4191, customer | |
| what is still owed | 411, customer | |
| own goods, by resource | | 701, 44571 |
| goods of other producers | | 467 of the producer; 706, 44571 for the commission |
| baskets paid ahead for others | | 467 of suspended baskets |
| deposits | | 4196 of the scheme, or what is owed to it |
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger.models import JournalEntry
from chambre.lib.shopping.lines import vat_in
from chambre.registry import api as registry
from chambre.rooms.shop.models import AccountMove, Customer, Order, OrderLine
from chambre.rooms.shop.queries.accounts import balance, paid_for
from chambre.rooms.shop.queries.errors import NotNow
from chambre.rooms.shop.services import others, paying, suspended
from chambre.rooms.shop.services.happening import happened, lock
from chambre.rooms.shop.services.stock import take_out
from chambre.treasury import api as treasury
from chambre.treasury import containers
from chambre.treasury.api import BookLine

PRODUCERS = ("467500", "Producteurs – ventes pour leur compte")
HANDABLE = (Order.State.CONFIRMED, Order.State.PREPARED, Order.State.PLACED, Order.State.MISSED)


@transaction.atomic
def hand_over(
    *, order: Order, key: str, by: Actor, codes: Sequence[str] = (), owing: bool = False
) -> Order:
    """Hand an order over to whoever fetches it; once per key, and once at all.

    Args:
        order: Which one; what is not prepared is given as ordered.
        key: Idempotency key, at most 120 characters.
        by: Who hands it over.
        codes: Codes of the containers that go out, for kinds that have them.
        owing: What is still to be paid is owed by the customer, and that is right; always so for
            baskets by subscription, which are paid by instalments.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        NotNow: It was handed over already, or is gone.
        Invalid: Something is still to be paid, not weighed, or a container cannot go out.
    """
    authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.events.filter(key=key).exists():
        return order
    if order.state not in HANDABLE:
        raise NotNow
    lines = list(
        order.lines.select_related("producer__party", "variant__product").order_by("number")
    )
    if missing := [line.name for line in lines if line.weighed and line.grams is None]:
        message = _("“%(name)s” is not weighed yet.") % {"name": missing[0]}
        raise Invalid(message, fields={"lines": [message]})
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=order.customer_id)
    order.customer = customer
    others.trim(order, by)
    has = balance(customer)
    still = max(order.total - _usable(order, has), 0)
    if still and not owing and order.pay != Order.Pay.SEASON:
        message = _("%(amount)s are still to be paid.") % {"amount": f"{still / 100:.2f} €"}
        raise Invalid(message, fields={"payment": [message]}, due=still)
    take_out(
        [(line.stock_id, line.quantity, _given(line)) for line in lines],
        order=order.pk, key=f"order:{order.public_id}", by=by,
    )  # fmt: skip
    order.entry = _book(order, lines, has)
    if order.entry is not None:
        AccountMove.objects.create(
            customer=customer, kind=AccountMove.Kind.BOUGHT, amount=-order.total, order=order,
            key=f"order:{order.public_id}", entry=order.entry, day=order.entry.day,
            by=by.label[:254],
        )  # fmt: skip
        suspended.give_lines(order, lines)
    _containers_out(order, lines, codes, by)
    order.state, order.handed_at, order.hold_until = Order.State.HANDED, timezone.now(), None
    order.save(update_fields=["state", "handed_at", "hold_until", "entry"])
    paying.withdraw(order)
    happened(order, "handed", by, key=key, total=order.total, owed=still)
    audit(by, "shop.order.handed", order, total=order.total, owed=still)
    return order


def _usable(order: Order, has: int) -> int:
    """What of the customer's money may pay this order: its own payments and its credit."""
    return min(max(has, 0), order.credit + paid_for(order))


def _given(line: OrderLine) -> int:
    return line.quantity if line.given is None else line.given


def _book(order: Order, lines: list[OrderLine], has: int) -> JournalEntry | None:
    if not order.total:
        return None
    kinds = containers.kinds(order.shop.book, order.distribution.starts_at.date())
    parts = [*goods_of(order, lines), *_deposits(lines, kinds)]
    party = paying.party_of(order.customer)
    advance = min(max(has, 0), order.total)
    return treasury.book_entry(
        book=order.shop.book,
        journal="VE",
        day=registry.today(),
        lines=[
            BookLine(advance, use="advance", party=party),
            BookLine(order.total - advance, use="customer", party=party),
            *parts,
        ],
        key=f"shop:order:{order.public_id}",
        label=f"{order.shop.name} – {order.code}",
        piece=order.code,
        source=f"shop.order:{order.pk}",
    )


def goods_of(order: Order, lines: list[OrderLine]) -> list[BookLine]:
    """Credits for the goods, by what they feed, whose they are and their VAT rate."""
    own: dict[tuple[int | None, int], int] = defaultdict(int)
    others: dict[int, int] = defaultdict(int)
    producers: dict[int, Any] = {}
    ahead = 0
    for line in lines:
        if suspended.is_suspended(line):
            ahead += line.net
        elif line.producer.party_id is None:
            own[line.resource_id, line.vat] += line.net
        else:
            others[line.producer_id] += line.net
            producers[line.producer_id] = line.producer
    found: list[BookLine] = []
    for (resource, rate), amount in own.items():
        tax = vat_in(amount, rate)
        found.append(BookLine(tax - amount, use="sale.product", resource=resource))
        if tax:
            found.append(BookLine(-tax, use="vat.collected", resource=resource))
    for pk, amount in others.items():
        found += _of_another(order, producers[pk], amount)
    if ahead:
        number, label = suspended.ACCOUNT
        found.append(BookLine(-ahead, account=number, account_label=label))
    return found


def _of_another(order: Order, producer: Any, amount: int) -> list[BookLine]:
    """Sales for another producer: owed to them, less the shop's commission (halves of a cent up)."""
    kept = (2 * amount * producer.commission + 10_000) // 20_000
    rate = treasury.rule_of(order.shop.book, "sale.service").vat or 0
    tax = vat_in(kept, rate)
    number, label = PRODUCERS
    found = [
        BookLine(
            kept - amount, account=number, account_label=label, party=producer.party,
            label=f"{producer.name} – {order.code}",
        )
    ]  # fmt: skip
    if kept:
        found.append(BookLine(tax - kept, use="sale.service", resource=order.shop.resource_id))
    if tax:
        found.append(BookLine(-tax, use="vat.collected", resource=order.shop.resource_id))
    return found


def _deposits(lines: list[OrderLine], kinds: dict[str, containers.Kind]) -> list[BookLine]:
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.deposits:
            sums[line.container] += line.deposits
    return [kinds[key].line(cents, kinds[key].name) for key, cents in sums.items()]


def _containers_out(order: Order, lines: list[OrderLine], codes: Sequence[str], by: Actor) -> None:
    """Tell the keeper of deposits which containers went out.

    Raises:
        Invalid: One of them cannot go out, or fewer codes were read than containers were sold.
    """
    counts: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.containers and line.deposit:
            counts[line.container] += line.containers
    keeper = containers.keeper()
    if not counts or keeper is None:
        return
    kinds = containers.kinds(order.shop.book, order.distribution.starts_at.date())
    coded = sum(many for key, many in counts.items() if kinds[key].coded)
    if coded != len(set(codes)):
        message = _("Scan the %(many)d containers that go out; %(read)d were read.") % {
            "many": coded,
            "read": len(set(codes)),
        }
        raise Invalid(message, fields={"codes": [message]}, needed=coded)
    told = keeper.go_out(
        containers.Went(
            place=order.distribution.place.container_place,
            key=f"shop:{order.public_id}",
            payment=order.public_id,
            book=order.shop.book,
            codes=tuple(codes),
            counted=tuple((key, many) for key, many in counts.items() if not kinds[key].coded),
        ),
        by,
    )
    if refused := [each for each in told if not each.done]:
        message = "; ".join(f"{each.code}: {each.reason}" for each in refused)
        raise Invalid(message, fields={"codes": [message]})
