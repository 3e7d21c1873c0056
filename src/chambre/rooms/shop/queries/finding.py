"""Shops, distributions and orders by their names."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from chambre.rooms.shop.models import BasketPlan, Coupon, Order, Product, Shop, WorkShift
from chambre.rooms.shop.queries.errors import NoShop


def shop_named(slug: str) -> Shop:
    """A shop by its short name; ``has_baskets``, ``has_suspended``… say what it has.

    Raises:
        NoShop: There is none.
    """
    plans = BasketPlan.objects.filter(shop=OuterRef("pk"), is_open=True)
    given = Product.objects.filter(shop=OuterRef("pk"), kind="suspended", state="sold")
    rows = Shop.objects.select_related("book__structure", "resource").annotate(
        has_baskets=Exists(plans),
        has_suspended=Exists(given),
        has_coupons=Exists(Coupon.objects.filter(shop=OuterRef("pk"), is_on=True)),
        has_shifts=Exists(WorkShift.objects.filter(distribution__cycle__shop=OuterRef("pk"))),
    )
    found: Shop | None = rows.filter(slug=slug).first()
    if found is None:
        raise NoShop(_("There is no shop “%(slug)s”.") % {"slug": slug[:60]})
    return found


def order_named(shop: Shop, public_id: str) -> Order:
    """An order of a shop by its public number, which only those know who may see it.

    Raises:
        NoShop: There is none.
    """
    rows = Order.objects.filter(shop=shop, public_id=public_id)
    found: Order | None = rows.select_related(
        "customer", "distribution__cycle", "distribution__place", "slot"
    ).first()
    if found is None:
        raise NoShop
    return found
