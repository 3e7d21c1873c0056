"""What somebody asks for when they order, and how it becomes lines with their prices."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Distribution, Offer, OrderLine, Product, Stock, Variant
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.prices import gross, in_bounds, in_season, price_on
from chambre.rooms.shop.services.stock import stocks_for
from chambre.treasury import containers

MOST_PIECES = 9_999
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of a variant.

    Attributes:
        variant: Its id.
        quantity: Pieces, one or more.
        price: Cents for one piece (or a kilogram), when the price is free; None: the usual one.
        note: A remark, at most 254 characters.
    """

    variant: int
    quantity: int
    price: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """Who orders. ``credit``: what they have with the shop may be used, as it is surely they."""

    email: str
    name: str
    phone: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    language: str = "fr"
    user: int | None = None
    credit: bool = False


def digest(wanted: Iterable[Wanted], *more: object) -> str:
    """What is asked for, in one word: a key is never used again for something else."""
    told = [[each.variant, each.quantity, each.price, each.note] for each in wanted]
    return hashlib.sha256(json.dumps([told, *map(str, more)]).encode()).hexdigest()


def priced(wanted: Sequence[Wanted], distribution: Distribution) -> list[OrderLine]:
    """The lines of an order with their prices of today; they are not written.

    Raises:
        Invalid: Nothing, too much, no such steps, or a price out of its bounds.
        NoShop: A variant is not offered for this distribution.
    """
    _check(wanted)
    shop, day = distribution.cycle.shop, distribution.starts_at.date()
    rows = Variant.objects.filter(
        pk__in={each.variant for each in wanted}, product__shop=shop
    ).select_related("product", "product__producer")
    variants = {row.pk: row for row in rows}
    offers = {
        row.variant_id: row
        for row in Offer.objects.filter(cycle=distribution.cycle_id, variant__in=variants)
    }
    stocks = stocks_for(variants.values(), distribution)
    kinds = (
        containers.kinds(shop.book, day)
        if any(row.product.container for row in variants.values())
        else {}
    )
    lines = []
    for number, each in enumerate(wanted, 1):
        variant = variants.get(each.variant)
        offered = offers.get(each.variant)
        if variant is None or not _is_offered(variant, offered, day):
            raise NoShop(
                _("“%(name)s” is not offered this time.") % {"name": variant or each.variant},
                variant=each.variant,
            )
        lines.append(
            _line(number, each, variant, offered, stocks.get(variant.pk), kinds, day, shop)
        )
    return lines


def _check(wanted: Sequence[Wanted]) -> None:
    message = ""
    if not wanted:
        message = _("The basket is empty.")
    elif len(wanted) > MOST_LINES:
        message = _("At most %(most)d different things in one order.") % {"most": MOST_LINES}
    elif any(not 0 < each.quantity <= MOST_PIECES for each in wanted):
        message = _("Order between 1 and %(most)d pieces.") % {"most": MOST_PIECES}
    elif len({(each.variant, each.price) for each in wanted}) < len(wanted):
        message = _("The same thing is in the basket twice.")
    if message:
        raise Invalid(message, fields={"quantity": [message]})


def _is_offered(variant: Variant, offered: Offer | None, day: dt.date) -> bool:
    product = variant.product
    if not variant.available or product.state != Product.State.SOLD:
        return False
    if offered is not None:
        return bool(offered.is_there)
    return in_season(product, day)


def _line(
    number: int,
    each: Wanted,
    variant: Variant,
    offered: Offer | None,
    stock: Stock | None,
    kinds: dict[str, containers.Kind],
    day: dt.date,
    shop: object,
) -> OrderLine:
    product = variant.product
    if each.quantity % variant.step:
        message = _("“%(name)s” is ordered in steps of %(step)d.") % {
            "name": variant,
            "step": variant.step,
        }
        raise Invalid(message, fields={"quantity": [message]}, variant=variant.pk)
    price = price_on(variant, day, offered)
    if each.price is not None and each.price != price:
        if variant.lowest is None or not in_bounds(variant, each.price):
            message = _("This price is not within its bounds.")
            raise Invalid(message, fields={"price": [message]}, variant=variant.pk)
        price = each.price
    weighed = product.pricing == Product.Pricing.WEIGHT
    estimate = variant.estimate or 0
    kind = kinds.get(product.container) if product.container else None
    return OrderLine(
        number=number,
        variant=variant,
        producer=product.producer,
        stock=stock,
        name=str(variant)[:340],
        unit=product.unit,
        weighed=weighed,
        quantity=each.quantity,
        estimate=estimate if weighed else 0,
        unit_price=price,
        gross=gross(price, weighed=weighed, quantity=each.quantity, grams=estimate * each.quantity),
        vat=product.vat,
        resource_id=product.resource_id or getattr(shop, "resource_id", None),
        container=kind.key if kind else "",
        containers=each.quantity * product.containers if kind else 0,
        deposit=kind.amount if kind else 0,
        note=each.note[:254],
    )
