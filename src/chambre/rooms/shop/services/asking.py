"""What somebody asks for when they order, and how it becomes lines with their prices."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.db.questions import Question
from chambre.core.errors import ChambreError, Invalid
from chambre.rooms.shop.models import Distribution, Offer, OrderLine, Product, Stock, Variant
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.prices import gross, in_bounds, is_offered, price_on
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
        agreed: ``price`` was agreed before (a subscription): nobody asks whether it is offered.
    """

    variant: int
    quantity: int
    price: int | None = None
    note: str = ""
    agreed: bool = False


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
    shelf = _Shelf(wanted, distribution)
    return [shelf.line(number, each) for number, each in enumerate(wanted, 1)]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a line cannot be ordered as it is, in words; ``left`` pieces could be."""

    message: str
    left: int = 0


def quoted(
    wanted: Sequence[Wanted], distribution: Distribution, promised: Mapping[int, int] | None = None
) -> tuple[list[OrderLine | None], list[Trouble | None]]:
    """What a cart would cost now, each line for itself: its price, or why there is none.

    Nothing is promised by it. A line of which less is left has both.

    Args:
        wanted: What is in the cart.
        distribution: For which distribution.
        promised: Pieces that an order which is changed already has, by id of the stock.
    """
    if not wanted:
        return [], []
    shelf = _Shelf(wanted, distribution)
    asked: dict[int, int] = defaultdict(int)
    lines: list[OrderLine | None] = []
    troubles: list[Trouble | None] = []
    for number, each in enumerate(wanted, 1):
        try:
            line = shelf.line(number, each)
        except ChambreError as refusal:
            lines.append(None)
            troubles.append(Trouble(str(refusal.message)))
            continue
        lines.append(line)
        left = _left(line, asked, promised or {})
        troubles.append(None if left is None or each.quantity <= left else _short(left))
    return lines, troubles


def _left(line: OrderLine, asked: dict[int, int], promised: Mapping[int, int]) -> int | None:
    """Pieces of a line that are left beside the lines before it; None: not counted."""
    stock = line.stock
    if stock is None or stock.beyond:
        return None
    left = max(stock.left + promised.get(stock.pk, 0) - asked[stock.pk], 0)
    asked[stock.pk] += line.quantity
    return left


def _short(left: int) -> Trouble:
    words = (
        ngettext("Only %(left)d is left.", "Only %(left)d are left.", left) % {"left": left}
        if left
        else _("This is sold out.")
    )
    return Trouble(words, left)


_NEEDED = (
    "name", "price", "sale_price", "sale_from", "sale_until", "lowest", "highest", "step",
    "estimate", "counted", "available", "product__shop", "product__name", "product__state",
    "product__unit", "product__pricing", "product__vat", "product__resource", "product__container",
    "product__containers", "product__season_from", "product__season_until",
    "product__producer__party",
)  # fmt: skip
"""What an order takes of a variant: descriptions and rows of other shops are long."""
_VARIANTS = Question(
    lambda variants, shop: (
        Variant.objects.filter(pk__in=variants, product__shop=shop)
        .select_related("product__producer")
        .only(*_NEEDED)
        .order_by()
    )
)


class _Shelf:
    """What is known of the variants that somebody wants, read at once."""

    def __init__(self, wanted: Sequence[Wanted], distribution: Distribution) -> None:
        self.shop, self.day = distribution.cycle.shop, distribution.starts_at.date()
        rows = _VARIANTS(sorted({each.variant for each in wanted}), self.shop.pk)
        self.variants = {row.pk: row for row in rows}
        # Who places an order has asked already whether there are any.
        offers = Offer.objects.filter(cycle=distribution.cycle_id, variant__in=self.variants)
        some = getattr(distribution, "has_offers", True)
        self.offers = {row.variant_id: row for row in offers.order_by()} if some else {}
        self.stocks = stocks_for(self.variants.values(), distribution)
        self.kinds = (
            containers.kinds(self.shop.book, self.day)
            if any(row.product.container for row in self.variants.values())
            else {}
        )

    def line(self, number: int, each: Wanted) -> OrderLine:
        """One line with its price; it is not written.

        Raises:
            Invalid: No such steps, or a price out of its bounds.
            NoShop: The variant is not offered.
        """
        variant = self.variants.get(each.variant)
        offered = self.offers.get(each.variant)
        if variant is None or not (each.agreed or is_offered(variant, offered, self.day)):
            raise NoShop(
                _("“%(name)s” is not offered this time.") % {"name": variant or each.variant},
                variant=each.variant,
            )
        stock = self.stocks.get(variant.pk)
        return _line(number, each, variant, offered, stock, self.kinds, self.day, self.shop)


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
    if each.quantity % variant.step and not each.agreed:
        message = _("“%(name)s” is ordered in steps of %(step)d.") % {
            "name": variant,
            "step": variant.step,
        }
        raise Invalid(message, fields={"quantity": [message]}, variant=variant.pk)
    price = price_on(variant, day, offered)
    if each.agreed and each.price is not None:
        price = each.price
    elif each.price is not None and each.price != price:
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
