"""What a line of an order costs: by the piece, by weight, in steps, or at a price that one chooses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from chambre.lib.deposits.vat import vat_inside
from chambre.lib.shopping.wording import Measured, ShoppingRefusal

THOUSAND = 1000


class PriceRefusal(ShoppingRefusal):
    """A quantity that is not sold, or a price that is out of bounds."""

    texts: ClassVar = {
        "quantity-step": (
            "This is sold by {step}; {quantity} is between two steps.",
            "Ce produit se vend par {step} ; {quantity} tombe entre deux.",
        ),
        "quantity-little": (
            "At least {least} of this is sold at a time.",
            "Ce produit se vend à partir de {least}.",
        ),
        "quantity-much": (
            "At most {most} of this is sold at a time.",
            "Ce produit se vend jusqu’à {most} par commande.",
        ),
        "price-low": (
            "The lowest price is {least:money}.",
            "Le prix le plus bas est de {least:money}.",
        ),
        "price-high": (
            "The highest price is {most:money}.",
            "Le prix le plus haut est de {most:money}.",
        ),
        "price-fixed": (
            "The price of this is not to be chosen.",
            "Le prix de ce produit ne se choisit pas.",
        ),
    }


class Selling(StrEnum):
    """How a product is sold.

    ``PIECE``: so much a piece (a bunch, a jar). ``WEIGHED``: ordered by the piece, paid by the
    weight that each turns out to have (a chicken, a pumpkin). ``MEASURE``: ordered and paid by
    weight or volume.
    """

    PIECE = "piece"
    WEIGHED = "weighed"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class FreePrice:
    """A price that the buyer chooses within bounds.

    Attributes:
        least: Lowest unit price in cents.
        suggested: What is proposed, in cents: what the product costs to make.
        most: Highest unit price in cents; None: no bound.
    """

    least: int
    suggested: int
    most: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.suggested or (
            self.most is not None and self.most < self.suggested
        ):
            raise ValueError((self.least, self.suggested, self.most))

    def check(self, price: int | None) -> int:
        """The unit price that holds: the chosen one, or the suggested one if none was chosen.

        Raises:
            PriceRefusal: ``price-low`` or ``price-high``.
        """
        if price is None:
            return self.suggested
        if price < self.least:
            raise PriceRefusal("price-low", least=self.least)
        if self.most is not None and price > self.most:
            raise PriceRefusal("price-high", most=self.most)
        return price


@dataclass(frozen=True, slots=True)
class Tariff:
    """How a product is sold and at which price, as it was frozen on the line of the order.

    A *part* is the small unit of what is measured: a gram or a millilitre.

    Attributes:
        selling: By the piece, weighed by the piece, or by measure.
        price: Cents with VAT, of one piece (``PIECE``) or of 1,000 parts (``WEIGHED``,
            ``MEASURE``). With ``free``, what stands there counts instead.
        estimate: Parts that one piece probably has; for ``WEIGHED``, above 0.
        step: It is ordered in multiples of so many pieces or parts (250 g, 6 eggs).
        least: Smallest quantity of one order; 0: one step.
        most: Largest quantity of one order; None: no bound.
        free: The bounds of a price that the buyer chooses; None: the price is fixed.
        liquid: Parts are millilitres, not grams; for words only.
    """

    selling: Selling
    price: int
    estimate: int = 0
    step: int = 1
    least: int = 0
    most: int | None = None
    free: FreePrice | None = None
    liquid: bool = False

    def __post_init__(self) -> None:
        if self.price < 0 or self.step < 1 or self.least < 0:
            raise ValueError((self.price, self.step, self.least))
        if (self.selling is Selling.WEIGHED) != (self.estimate > 0):
            raise ValueError(self.estimate)

    def check(self, quantity: int) -> int:
        """A quantity that can be ordered, in pieces or, by measure, in parts.

        Raises:
            PriceRefusal: ``quantity-little``, ``quantity-much`` or ``quantity-step``.
        """
        least = max(self.least, self.step)
        asked = self.measured(quantity)
        if quantity < least:
            raise PriceRefusal("quantity-little", least=self.measured(least), quantity=asked)
        if self.most is not None and quantity > self.most:
            raise PriceRefusal("quantity-much", most=self.measured(self.most), quantity=asked)
        if quantity % self.step:
            raise PriceRefusal("quantity-step", step=self.measured(self.step), quantity=asked)
        return quantity

    def measured(self, quantity: int) -> Measured:
        """A quantity of this with its unit, for words."""
        if self.selling is not Selling.MEASURE:
            return Measured(quantity)
        return Measured(quantity, "ml" if self.liquid else "g")


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What a line costs.

    Attributes:
        gross: Cents with VAT, before reductions.
        price: The unit price that held, in cents.
        parts: Grams or millilitres that were paid; 0 for pieces.
        final: Whether nothing is still to be weighed.
    """

    gross: int
    price: int
    parts: int
    final: bool


def by_thousand(price: int, parts: int) -> int:
    """Cents of some grams or millilitres, halves away from zero: 333 g at 3.50 € a kilo is 117.

    Args:
        price: Cents of 1,000 parts.
        parts: Grams or millilitres.
    """
    product = price * parts
    cents = (2 * abs(product) + THOUSAND) // (2 * THOUSAND)
    return cents if product >= 0 else -cents


def price_line(
    tariff: Tariff, quantity: int, *, chosen: int | None = None, weighed: int | None = None
) -> LinePrice:
    """Price a line, at the order with what is estimated and after weighing with what is.

    Args:
        tariff: How it is sold.
        quantity: Pieces, or parts by measure: what was ordered and, once prepared, what is given.
            It is not checked here (:meth:`Tariff.check`): what is given need not keep to steps.
        chosen: The unit price that the buyer chose, in cents.
        weighed: What the scales said of all pieces together, in parts; None: not weighed yet.

    Raises:
        PriceRefusal: The chosen price is out of bounds, or there is none to choose.
        ValueError: A negative quantity or weight, or a weight of what is sold by the piece.
    """
    if quantity < 0 or (weighed is not None and weighed < 0):
        raise ValueError((quantity, weighed))
    if tariff.free is not None:
        price = tariff.free.check(chosen)
    elif chosen not in {None, tariff.price}:
        raise PriceRefusal("price-fixed", price=tariff.price)
    else:
        price = tariff.price
    if tariff.selling is Selling.PIECE:
        if weighed is not None:
            raise ValueError(weighed)
        return LinePrice(price * quantity, price, 0, final=True)
    estimated = quantity if tariff.selling is Selling.MEASURE else quantity * tariff.estimate
    parts = estimated if weighed is None else weighed
    # What is ordered by measure may be given exactly so; what is sold by the piece may not.
    final = weighed is not None or tariff.selling is Selling.MEASURE or not quantity
    return LinePrice(by_thousand(price, parts), price, parts, final)


def vat_in(amount: int, rate: int | None) -> int:
    """The VAT in an amount that includes it, to the nearest cent, halves away from zero.

    Args:
        amount: Cents, VAT included; negative for what goes back.
        rate: Hundredths of a percent: 550 is 5.5 %; None or 0: no VAT.
    """
    if not rate:
        return 0
    part = vat_inside(abs(amount), rate)
    return part if amount >= 0 else -part


def with_margin(estimated: int, margin: int) -> int:
    """How much to have authorised for an order that is still to be weighed, rounded up.

    Args:
        estimated: Cents.
        margin: Percent on top, 0 to 100; 15 is usual.

    Raises:
        ValueError: A negative amount, or a margin out of bounds.
    """
    if estimated < 0 or not 0 <= margin <= 100:
        raise ValueError((estimated, margin))
    return -(-estimated * (100 + margin) // 100)
