"""What was paid ahead over the end of a month, and the VAT due on it (article 269, 2, a of the CGI)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from chambre.ledger.models import Book
from chambre.lib.shopping.advances import Advance, Claim, taxed_advances
from chambre.rooms.shop.models import (
    AccountMove,
    AdvanceVat,
    Order,
    OrderEvent,
    OrderLine,
    Product,
    Shop,
    SubscribedComplement,
    Subscription,
)
from chambre.rooms.shop.queries.opening import GONE
from chambre.rooms.shop.queries.seasonmoney import money_of_all

ENDED = ("cancelled", "expired")


def advances(shop: Shop, last: dt.date) -> list[Advance]:
    """What was paid ahead for goods of this shop's own that had not been handed over by the end of a day.

    Order by order, then season by season, each customer's money once; by rate, with the VAT in it.
    Free credit and suspended baskets are for nothing in particular yet, deposits are no price, and what
    another producer sells is taxed there: none of them is in it.

    Args:
        shop: Which one.
        last: The day, usually the last one of a month.
    """
    has = _balances(shop, last)
    claims: dict[int, list[Claim]] = defaultdict(list)
    orders = _open_orders(shop, last)
    came = _came(orders, last)
    for order in orders:
        covered = min(order.total, came.get(order.pk, 0) + order.credit)
        claims[order.customer_id].append(Claim(order.code, covered, _of_order(order)))
    for customer, claim in _of_seasons(shop, last):
        claims[customer].append(claim)
    found: list[Advance] = []
    for customer in sorted(claims):
        found += taxed_advances(has.get(customer, 0), claims[customer])
    return sorted(found, key=lambda each: (each.name, each.rate))


def _balances(shop: Shop, last: dt.date) -> dict[int, int]:
    moves = AccountMove.objects.filter(customer__shop=shop, day__lte=last).order_by()
    return dict(moves.values_list("customer").annotate(sum=Sum("amount")))


def _end(last: dt.date) -> dt.datetime:
    """The first moment after a day."""
    return timezone.make_aware(dt.datetime.combine(last + dt.timedelta(1), dt.time()))


def waiting_at(last: dt.date) -> Q:
    """Orders that were placed, and neither handed over nor let go, at the end of a day."""
    end = _end(last)
    later = OrderEvent.objects.filter(order=OuterRef("pk"), kind__in=ENDED, at__gte=end)
    alive = ~Q(state__in=GONE) | Q(Exists(later))
    return Q(placed_at__lt=end) & (Q(handed_at=None) | Q(handed_at__gte=end)) & alive


def _open_orders(shop: Shop, last: dt.date) -> list[Order]:
    lines = OrderLine.objects.select_related("producer", "variant__product").order_by("number")
    rows = Order.objects.filter(waiting_at(last), shop=shop)
    return list(
        rows.prefetch_related(Prefetch("lines", queryset=lines)).order_by("placed_at", "pk")
    )


def _came(orders: list[Order], last: dt.date) -> dict[int, int]:
    """What was paid for orders by the end of a day and did not go back, in cents, by id."""
    moves = AccountMove.objects.filter(order__in=orders, day__lte=last).order_by()
    moves = moves.exclude(kind=AccountMove.Kind.BOUGHT)
    return dict(moves.values_list("order").annotate(sum=Sum("amount")))


def _of_order(order: Order) -> tuple[tuple[int, int | None], ...]:
    """The parts of an order's price and their rates."""
    parts: list[tuple[int, int | None]] = [(order.deposits, None)]
    for line in order.lines.all():
        gift = line.variant.product.kind == Product.Kind.SUSPENDED
        ours = line.producer.party_id is None and not gift
        parts.append((line.net, line.vat if ours else None))
    return tuple(parts)


def _of_seasons(shop: Shop, last: dt.date) -> Iterator[tuple[int, Claim]]:
    """What was paid for the baskets to come of seasons, by customer."""
    complements = SubscribedComplement.objects.select_related(
        "complement__variant__product__producer"
    )
    rows = list(
        Subscription.objects.filter(plan__shop=shop, signed_at__lt=_end(last), last__gt=last)
        .exclude(state=Subscription.State.CANCELLED)
        .select_related("plan", "size__product__producer")
        .prefetch_related(Prefetch("complements", queryset=complements))
        .order_by("pk")
    )
    money = money_of_all(rows)
    for row in rows:
        what = [(row.price, row.size.product)]
        what += [
            (each.price * each.quantity, each.complement.variant.product)
            for each in row.complements.all()
        ]
        bound = money[row.pk].bound
        weights = [price for price, _product in what]
        if not bound or not sum(weights):
            continue
        # Not what a basket costs, but what came for all that are still to come, in its proportions.
        scale = -(-bound // sum(weights))
        parts = tuple(
            (price * scale, product.vat if product.producer.party_id is None else None)
            for price, product in what
        )
        yield row.customer_id, Claim(f"{row.plan.name} {row.pk}", bound, parts)


def shops_to_book(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[Shop]]:
    """The shops of a book that were paid ahead, with VAT, over a month's end, and booked nothing yet."""
    taxed = OrderLine.objects.filter(order=OuterRef("pk"), vat__gt=0, producer__party=None).exclude(
        variant__product__kind=Product.Kind.SUSPENDED
    )
    paid = AccountMove.objects.filter(
        order=OuterRef("pk"), day__lte=last, kind=AccountMove.Kind.PAID
    )
    waits = Order.objects.filter(
        waiting_at(last), Exists(taxed), Exists(paid) | Q(credit__gt=0), shop=OuterRef("pk")
    )
    booked = AdvanceVat.objects.filter(shop=OuterRef("pk"), month=first)
    return [Shop.objects.filter(Exists(waits), ~Exists(booked), book=book)]
