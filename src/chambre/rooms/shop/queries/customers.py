"""Customers of a shop: what they ordered, what they have with it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from chambre.rooms.shop.models import AccountMove, Customer, Order, Shop
from chambre.rooms.shop.queries.errors import NoShop


def customers_of(shop: Shop, text: str = "") -> QuerySet[Customer]:
    """Customers by name, each with orders that were handed over, their sum, and what they have.

    Args:
        shop: Whose.
        text: A part of the name, the address or the telephone; empty: all.
    """
    moves = AccountMove.objects.filter(customer=OuterRef("pk")).order_by().values("customer")
    handed = Q(orders__state=Order.State.HANDED)
    rows = Customer.objects.filter(shop=shop).annotate(
        many=Count("orders", filter=handed),
        bought=Coalesce(Sum("orders__total", filter=handed), 0),
        last=Max("orders__placed_at"),
        has=Coalesce(Subquery(moves.annotate(sum=Sum("amount")).values("sum")), 0),
    )
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(email__icontains=text) | Q(phone__icontains=text)
        )
    return rows.order_by("name", "pk")


def customer_of(shop: Shop, number: int) -> Customer:
    """A customer of a shop.

    Raises:
        NoShop: There is none.
    """
    rows: Any = Customer.objects.filter(shop=shop, pk=number)
    found: Customer | None = rows.select_related("party").first()
    if found is None:
        raise NoShop
    found.shop = shop
    return found
