"""What a variant costs, and whether it is there, on a day. Cents, VAT included."""

from __future__ import annotations

import datetime as dt

from chambre.lib.shopping.lines import by_thousand
from chambre.rooms.shop.models import Offer, Product, Variant


def price_on(variant: Variant, day: dt.date, offered: Offer | None = None) -> int:
    """The usual price of a variant, in cents: of the cycle, reduced, or its own."""
    if offered is not None and offered.price is not None:
        return int(offered.price)
    if variant.sale_price is not None:
        begun = variant.sale_from is None or variant.sale_from <= day
        over = variant.sale_until is not None and variant.sale_until < day
        if begun and not over:
            return int(variant.sale_price)
    return int(variant.price)


def in_season(product: Product, day: dt.date) -> bool:
    """Whether a product is there on a day; a season may go over the new year."""
    first, last = product.season_from, product.season_until
    if first is None or last is None:
        return True
    now = day.month * 100 + day.day
    return first <= now <= last if first <= last else now >= first or now <= last


def is_offered(variant: Variant, offered: Offer | None, day: dt.date) -> bool:
    """Whether a variant can be ordered for a day, by what its cycle says of it and its season."""
    product = variant.product
    if not variant.available or product.state != Product.State.SOLD:
        return False
    if offered is not None:
        return bool(offered.is_there)
    return in_season(product, day)


def in_bounds(variant: Variant, price: int) -> bool:
    """Whether a price is within those of a free price; any is, where the price is not free."""
    if variant.lowest is None or variant.highest is None:
        return True
    return bool(variant.lowest <= price <= variant.highest)


def gross(unit_price: int, *, weighed: bool, quantity: int, grams: int) -> int:
    """Price in cents: of pieces, or of a weight (cents per kilogram; halves of a cent go up)."""
    return by_thousand(unit_price, grams) if weighed else unit_price * quantity
