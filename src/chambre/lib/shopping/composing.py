"""What goes into the baskets of a distribution: proposed from the harvest, equal for equal sizes.

Every size gets of each product in proportion to its value, in whole steps, never more than its value
and never more than was harvested. What rounding down to steps leaves is then given on, one step at a
time, to the size that is furthest below its value. The same harvest always gives the same baskets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from chambre.lib.shopping.lines import THOUSAND
from chambre.lib.shopping.wording import Measured, ShoppingRefusal
from chambre.lib.units.decimals import is_french


@dataclass(frozen=True, slots=True)
class Size:
    """A size of basket.

    Attributes:
        key: Which.
        baskets: How many there are.
        value: Cents that the content of one should be worth, above 0.
    """

    key: str
    baskets: int
    value: int

    def __post_init__(self) -> None:
        if self.baskets < 0 or self.value < 1:
            raise ValueError((self.baskets, self.value))


@dataclass(frozen=True, slots=True)
class Crop:
    """What there is of a product.

    Attributes:
        product: Which.
        quantity: Pieces, or grams or millilitres.
        price: Cents of one piece, or of 1,000 grams or millilitres.
        step: It is given in multiples of this.
        unit: ``piece``, ``g`` or ``ml``.
    """

    product: str
    quantity: int
    price: int
    step: int = 1
    unit: str = "piece"

    def __post_init__(self) -> None:
        if self.quantity < 0 or self.price < 0 or self.step < 1:
            raise ValueError((self.quantity, self.price, self.step))

    def worth(self, quantity: int) -> int:
        """Thousandths of a cent, so that nothing is rounded."""
        return self.price * quantity * (THOUSAND if self.unit == "piece" else 1)


class Why(StrEnum):
    """Why something of a product is left over.

    ``NOTHING_LEFT``: nothing is. ``STEPS``: too little to go round once more. ``ENOUGH``: where it
    would go round, the baskets would be worth more than they should. ``NO_BASKETS``: there are none.
    """

    NOTHING_LEFT = "nothing-left"
    STEPS = "steps"
    ENOUGH = "enough"
    NO_BASKETS = "no-baskets"


_WHY: Mapping[Why, tuple[str, str]] = {
    Why.NOTHING_LEFT: ("all given", "tout est donné"),
    Why.STEPS: (
        "{left} left: too little to go round once more by {step}",
        "reste {left} : trop peu pour refaire un tour de {step}",
    ),
    Why.ENOUGH: (
        "{left} left: {step} more would take baskets above their value",
        "reste {left} : {step} de plus dépasserait la valeur des paniers",
    ),
    Why.NO_BASKETS: ("{left} left: there are no baskets", "reste {left} : il n’y a pas de panier"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """What became of a product.

    Attributes:
        crop: The product.
        given: Into all baskets together.
        left: Over.
        why: Why that is over.
    """

    crop: Crop
    given: int
    left: int
    why: Why

    def words(self, language: str = "fr") -> str:
        """``reste 300 g : trop peu pour refaire un tour de 50 g``."""
        english, french = _WHY[self.why]
        template = french if is_french(language) else english
        return template.format(
            left=Measured(self.left, self.crop.unit).words(language),
            step=Measured(self.crop.step, self.crop.unit).words(language),
        )


@dataclass(frozen=True, slots=True)
class Composition:
    """What goes into one basket of each size.

    Attributes:
        contents: By size: product and quantity, in the order of the harvest; never a quantity of 0.
        worth: By size: cents of one basket, rounded down; at most the value of the size.
        notes: One per product of the harvest, in its order.
    """

    contents: Mapping[str, Mapping[str, int]]
    worth: Mapping[str, int]
    notes: tuple[Note, ...]


def compose(sizes: Sequence[Size], harvest: Sequence[Crop]) -> Composition:
    """Propose what goes into the baskets.

    Args:
        sizes: With their numbers; the order decides where all else is equal.
        harvest: What there is; the order decides where all else is equal.

    Raises:
        ValueError: A size or a product stands there twice.
    """
    if len({size.key for size in sizes}) != len(sizes):
        raise ValueError("a size stands there twice")
    if len({crop.product for crop in harvest}) != len(harvest):
        raise ValueError("a product stands there twice")
    live = [size for size in sizes if size.baskets]
    table = _first_shares(live, harvest)
    left = [
        crop.quantity - sum(size.baskets * row[at] for size, row in zip(live, table, strict=True))
        for at, crop in enumerate(harvest)
    ]
    worth = [
        sum(crop.worth(many) for crop, many in zip(harvest, row, strict=True)) for row in table
    ]
    while (chosen := _next_step(live, harvest, left, worth)) is not None:
        row, at = chosen
        table[row][at] += harvest[at].step
        left[at] -= live[row].baskets * harvest[at].step
        worth[row] += harvest[at].worth(harvest[at].step)
    return Composition(
        contents={
            size.key: {crop.product: many for crop, many in zip(harvest, row, strict=True) if many}
            for size, row in zip(live, table, strict=True)
        },
        worth={size.key: cents // THOUSAND for size, cents in zip(live, worth, strict=True)},
        notes=tuple(
            Note(crop, crop.quantity - rest, rest, _why(live, crop, rest))
            for crop, rest in zip(harvest, left, strict=True)
        ),
    )


def _first_shares(sizes: Sequence[Size], harvest: Sequence[Crop]) -> list[list[int]]:
    """The exact proportion of each size, rounded down to steps.

    Divided by the larger of what the baskets should be worth and what the harvest is worth: so the
    first keeps within the harvest, the second within the value of each basket. What costs nothing
    takes nothing of the value, so all of it goes round.
    """
    target = sum(size.baskets * size.value for size in sizes) * THOUSAND
    whole = max(target, sum(crop.worth(crop.quantity) for crop in harvest))
    return [
        [
            crop.quantity
            * size.value
            * THOUSAND
            // (whole if crop.price else target)
            // crop.step
            * crop.step
            for crop in harvest
        ]
        for size in sizes
    ]


def _next_step(
    sizes: Sequence[Size], harvest: Sequence[Crop], left: Sequence[int], worth: Sequence[int]
) -> tuple[int, int] | None:
    """The size furthest below its value that something fits into, and that of which most is left."""
    best: tuple[tuple[int, ...], int, int] | None = None
    for row, size in enumerate(sizes):
        gap = size.value * THOUSAND - worth[row]
        for at, crop in enumerate(harvest):
            # What costs nothing never fills a basket: its first shares are all that is given of it.
            value = crop.worth(crop.step)
            if not 0 < value <= gap or left[at] < size.baskets * crop.step:
                continue
            rank = (-gap * 10_000 // (size.value * THOUSAND), -crop.worth(left[at]), row, at)
            if best is None or rank < best[0]:
                best = (rank, row, at)
    return None if best is None else best[1:]


def _why(sizes: Sequence[Size], crop: Crop, left: int) -> Why:
    if not left:
        return Why.NOTHING_LEFT
    if not sizes:
        return Why.NO_BASKETS
    if left < crop.step * min(size.baskets for size in sizes):
        return Why.STEPS
    # What costs nothing was shared first: less than a step for each basket is left of it.
    return Why.ENOUGH if crop.price else Why.STEPS


class SwapRefusal(ShoppingRefusal):
    """Nothing fits in the place of what somebody does not want."""

    texts: ClassVar = {
        "swap-nothing": (
            "Nothing that is offered is worth what is left out ({value:money}).",
            "Rien de ce qui est proposé ne vaut ce qui est laissé ({value:money}).",
        )
    }


@dataclass(frozen=True, slots=True)
class Swap:
    """What stands in the place of products that somebody does not want.

    Attributes:
        content: The whole basket after it.
        out: What was taken out.
        put: What was put in.
        worth_out: Cents of what was taken out, halves up.
        worth_in: Cents of what was put in, halves up; at least ``worth_out``.
    """

    content: Mapping[str, int]
    out: Mapping[str, int]
    put: Mapping[str, int]
    worth_out: int
    worth_in: int


def swap(
    content: Mapping[str, int],
    unwanted: frozenset[str],
    prices: Sequence[Crop],
    offered: Sequence[Crop],
) -> Swap:
    """Replace what somebody does not want by something offered of at least its value.

    One product in the fewest steps that reach the value is preferred, and of several the one that
    goes least beyond it, ties to the earlier; if none alone has enough, they are used up in the order
    in which they are offered.

    Args:
        content: The basket: product and quantity.
        unwanted: Products that are not wanted in it.
        prices: What the products of the basket cost.
        offered: What is there for swaps; unwanted products among it are left out.

    Raises:
        SwapRefusal: ``swap-nothing``: all that is offered together is not worth enough.
        KeyError: There is no price of an unwanted product of the basket.
    """
    price = {crop.product: crop for crop in prices}
    out = {product: many for product, many in content.items() if product in unwanted}
    value = sum(price[product].worth(many) for product, many in out.items())
    choices = [crop for crop in offered if crop.product not in unwanted and crop.price]
    put = _reach(value, choices) if value else {}
    kept = {product: many for product, many in content.items() if product not in out}
    for product, many in put.items():
        kept[product] = kept.get(product, 0) + many
    inside = sum(crop.worth(put.get(crop.product, 0)) for crop in choices)
    return Swap(kept, out, put, _cents(value), _cents(inside))


def _cents(worth: int) -> int:
    return (2 * worth + THOUSAND) // (2 * THOUSAND)


def _reach(value: int, choices: Sequence[Crop]) -> dict[str, int]:
    """Quantities worth at least ``value`` thousandths of a cent."""
    alone = []
    for at, crop in enumerate(choices):
        steps = -(-value // crop.worth(crop.step))
        if steps * crop.step <= crop.quantity:
            alone.append((crop.worth(steps * crop.step), at, steps * crop.step))
    if alone:
        _worth, at, many = min(alone)
        return {choices[at].product: many}
    found, left = {}, value
    for crop in choices:
        steps = min(crop.quantity // crop.step, -(-left // crop.worth(crop.step)))
        if steps:
            found[crop.product] = steps * crop.step
            left -= crop.worth(steps * crop.step)
        if left <= 0:
            return found
    raise SwapRefusal("swap-nothing", value=-(-value // THOUSAND))
