"""What customers have with a shop, and whether the books say the same."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.utils.translation import gettext as _

from chambre.ledger.models import Line
from chambre.lib.money import Money
from chambre.rooms.shop.models import AccountMove, Customer, Order, Shop
from chambre.rooms.shop.queries.seasonmoney import bound_by_seasons
from chambre.treasury import api as treasury
from chambre.treasury.models import Payment

LIVE = (Order.State.PLACED, Order.State.CONFIRMED, Order.State.PREPARED)
"""States in which an order is still to be handed over."""


def balance(customer: Customer) -> int:
    """What a customer has with the shop, in cents; below zero they owe it."""
    moves = AccountMove.objects.filter(customer=customer)
    return int(moves.aggregate(sum=Sum("amount"))["sum"] or 0)


def paid_for(order: Order) -> int:
    """What was paid for an order and did not go back, in cents."""
    moves = AccountMove.objects.filter(order=order).exclude(kind=AccountMove.Kind.BOUGHT)
    return int(moves.aggregate(sum=Sum("amount"))["sum"] or 0)


def due(order: Order) -> int:
    """What is still to be paid for an order, in cents; below zero too much was paid."""
    return order.total - order.credit - paid_for(order)


def free_credit(customer: Customer, *, seasons: bool = False) -> int:
    """What a customer has and no order that is under way needs, in cents; never below zero.

    What was paid for baskets to come is not free, except (``seasons``) for these baskets.
    """
    has, leaving = _has_and_leaving(customer)
    if has <= 0:
        return 0
    moves = AccountMove.objects.filter(order=OuterRef("pk")).order_by()
    live = Order.objects.filter(customer=customer, state__in=(*LIVE, Order.State.MISSED)).order_by()
    rows = live.values_list(
        "total", "credit", Subquery(moves.values("order").annotate(sum=Sum("amount")).values("sum"))
    )
    bound = sum(min(total, credit + (paid or 0)) for total, credit, paid in rows)
    bound += 0 if seasons else bound_by_seasons(customer)
    return int(max(has - bound - leaving, 0))


def _has_and_leaving(customer: Customer) -> tuple[int, int]:
    """What a customer has, and what of it is on its way back to them, in cents."""
    moves = AccountMove.objects.filter(customer=OuterRef("pk")).order_by().values("customer")
    payments = Payment.objects.filter(
        Q(shop_order__order__customer=OuterRef("pk"))
        | Q(shop_instalment__subscription__customer=OuterRef("pk"))
    )
    leaving = payments.order_by().annotate(all_of_it=Value(1)).values("all_of_it")
    has, gone = Customer.objects.values_list(
        Subquery(moves.annotate(sum=Sum("amount")).values("sum")),
        Subquery(leaving.annotate(sum=Sum("refunding")).values("sum")),
    ).get(pk=customer.pk)
    return int(has or 0), int(gone or 0)


def open_payment(order: Order) -> Payment | None:
    """The payment by which an order can be paid now, if one was asked for."""
    row = (
        order.payments.filter(
            payment__state__in=(
                Payment.State.CREATED, Payment.State.PENDING, Payment.State.FAILED,
                Payment.State.PARTLY_PAID,
            )
        )
        .select_related("payment__book__structure")
        .order_by("-number")
        .first()
    )  # fmt: skip
    return row.payment if row else None


def differences() -> Iterator[str]:
    """One message for each customer whose account is not what the books say of their party."""
    for shop in Shop.objects.select_related("book"):
        kept = dict(
            AccountMove.objects.filter(customer__shop=shop, customer__party__isnull=False)
            .order_by()
            .values_list("customer__party__code")
            .annotate(sum=Sum("amount"))
        )
        booked = _booked(shop, list(kept))
        for code in sorted(kept):
            there = booked.get(code, 0)
            if kept[code] != there:
                yield _("Shop %(shop)s, customer %(code)s: %(kept)s kept, %(booked)s booked") % {
                    "shop": shop.slug,
                    "code": code,
                    "kept": Money(kept[code]),
                    "booked": Money(there),
                }


def _booked(shop: Shop, codes: list[str]) -> dict[str, int]:
    """What the books say of customers: advances less what is owed, by code, in cents."""
    accounts = {treasury.account_of(shop.book, use) for use in ("advance", "customer")}
    lines = Line.objects.filter(
        account__book=shop.book, account__code__in=accounts, auxiliary__code__in=codes, unit="EUR"
    ).order_by()
    rows = lines.values_list("auxiliary__code").annotate(sum=Sum("amount"))
    return {code: -sum_ for code, sum_ in rows}
