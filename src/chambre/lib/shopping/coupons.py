"""What takes something off the price of an order: coupons in a stated order, then work that was done.

A reduction is computed on what is left of the lines that it concerns after the ones before it, and
shared on them by largest remainder. So no line falls below zero, and no cent is lost or doubled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from chambre.lib.money import shares
from chambre.lib.shopping.wording import ShoppingRefusal

WORK = "work"
"""The name under which a reduction for work stands among the reductions."""


class CouponRefusal(ShoppingRefusal):
    """A coupon that cannot be used for this order."""

    texts: ClassVar = {
        "coupon-early": (
            "The coupon {coupon} can be used from {starts} on.",
            "Le bon {coupon} est utilisable à partir du {starts}.",
        ),
        "coupon-late": (
            "The coupon {coupon} could be used until {ends}.",
            "Le bon {coupon} était utilisable jusqu’au {ends}.",
        ),
        "coupon-minimum": (
            "The coupon {coupon} is for orders of at least {minimum:money}.",
            "Le bon {coupon} vaut à partir de {minimum:money} de commande.",
        ),
        "coupon-nothing": (
            "Nothing in this order is concerned by the coupon {coupon}.",
            "Le bon {coupon} ne concerne aucun produit de cette commande.",
        ),
        "coupon-used-person": (
            "You have already used the coupon {coupon} as often as allowed.",
            "Vous avez déjà utilisé le bon {coupon} autant de fois que permis.",
        ),
        "coupon-used-up": (
            "The coupon {coupon} is used up.",
            "Le bon {coupon} est épuisé.",
        ),
        "coupon-alone": (
            "The coupon {coupon} does not go together with another one.",
            "Le bon {coupon} ne se cumule pas avec un autre.",
        ),
        "coupon-twice": (
            "The coupon {coupon} is already on this order.",
            "Le bon {coupon} est déjà sur cette commande.",
        ),
    }


class CouponKind(StrEnum):
    """What a coupon takes off: a percentage, an amount in all, an amount from each piece."""

    PERCENT = "percent"
    AMOUNT = "amount"
    PER_PIECE = "per-piece"


@dataclass(frozen=True, slots=True)
class Coupon:
    """What a coupon gives and within which bounds.

    Attributes:
        code: What one types.
        kind: What ``value`` means.
        value: ``PERCENT``: hundredths of a percent, 1000 is 10 %; else cents.
        minimum: Cents of goods before reductions that the order must have, whether or not the coupon
            concerns them; delivery and the like do not count.
        most: Largest reduction in cents; None: no bound.
        products: It concerns these; empty: all. What fits one of ``products``, ``categories`` and
            ``producers`` is concerned.
        categories: It concerns the products of these.
        producers: It concerns the products of these.
        starts: First day.
        ends: Last day.
        per_person: How often one person may use it.
        in_all: How often it may be used in all.
        not_on_sale: It does not concern what is on sale already.
        alone: It does not go together with another coupon.
    """

    code: str
    kind: CouponKind
    value: int
    minimum: int = 0
    most: int | None = None
    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    producers: frozenset[str] = frozenset()
    starts: dt.date | None = None
    ends: dt.date | None = None
    per_person: int | None = None
    in_all: int | None = None
    not_on_sale: bool = False
    alone: bool = False

    def __post_init__(self) -> None:
        if min(self.value, self.minimum, self.most or 0) < 0:
            raise ValueError((self.value, self.minimum, self.most))
        if self.kind is CouponKind.PERCENT and self.value > 10_000:
            raise ValueError(self.value)

    def concerns(self, line: OrderLine) -> bool:
        """Whether it takes something off a line."""
        if not line.reducible or (self.not_on_sale and line.on_sale):
            return False
        if not (self.products or self.categories or self.producers):
            return True
        return (
            line.product in self.products
            or line.producer in self.producers
            or not self.categories.isdisjoint(line.categories)
        )


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order as far as its price goes.

    Attributes:
        key: What tells it from the other lines.
        gross: Cents with VAT, before reductions; not negative.
        vat: Hundredths of a percent: 550 is 5.5 %; None: no VAT.
        pieces: Number of pieces, for coupons per piece; 1 for what is sold by measure.
        product: Which product.
        producer: Whose.
        categories: In which categories it is.
        on_sale: It is on sale already.
        reducible: Coupons and work take something off it; not off delivery or a membership.
    """

    key: str
    gross: int
    vat: int | None = None
    pieces: int = 1
    product: str = ""
    producer: str = ""
    categories: frozenset[str] = frozenset()
    on_sale: bool = False
    reducible: bool = True

    def __post_init__(self) -> None:
        if self.gross < 0 or self.pieces < 0:
            raise ValueError((self.gross, self.pieces))


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a coupon was used before: by this person, and by all."""

    by_person: int = 0
    in_all: int = 0


@dataclass(frozen=True, slots=True)
class Reduction:
    """What one coupon, or work, takes off.

    Attributes:
        code: Of the coupon, or :data:`WORK`.
        amount: Cents, not negative.
        by_line: Cents of each line of the order, in its order; they sum to ``amount``.
    """

    code: str
    amount: int
    by_line: tuple[int, ...]


def check_coupon(
    coupon: Coupon,
    lines: Sequence[OrderLine],
    *,
    day: dt.date,
    uses: Uses = Uses(),
) -> None:
    """Say whether a coupon can be used for an order.

    Args:
        coupon: Which one.
        lines: The order.
        day: On the clock of the shop.
        uses: How often it was used before, this order left out.

    Raises:
        CouponRefusal: It cannot; the code says why.
    """
    code = coupon.code
    if coupon.starts is not None and day < coupon.starts:
        raise CouponRefusal("coupon-early", coupon=code, starts=coupon.starts)
    if coupon.ends is not None and day > coupon.ends:
        raise CouponRefusal("coupon-late", coupon=code, ends=coupon.ends)
    if coupon.in_all is not None and uses.in_all >= coupon.in_all:
        raise CouponRefusal("coupon-used-up", coupon=code)
    if coupon.per_person is not None and uses.by_person >= coupon.per_person:
        raise CouponRefusal("coupon-used-person", coupon=code)
    if sum(line.gross for line in lines if line.reducible) < coupon.minimum:
        raise CouponRefusal("coupon-minimum", coupon=code, minimum=coupon.minimum)
    if not any(coupon.concerns(line) for line in lines):
        raise CouponRefusal("coupon-nothing", coupon=code)


def check_together(coupons: Sequence[Coupon]) -> None:
    """Say whether coupons go together on one order.

    Raises:
        CouponRefusal: ``coupon-twice`` or ``coupon-alone``.
    """
    seen: set[str] = set()
    for coupon in coupons:
        if coupon.code in seen:
            raise CouponRefusal("coupon-twice", coupon=coupon.code)
        seen.add(coupon.code)
        if coupon.alone and len(coupons) > 1:
            raise CouponRefusal("coupon-alone", coupon=coupon.code)


def reduce(
    lines: Sequence[OrderLine], coupons: Sequence[Coupon] = (), *, work: int = 0
) -> tuple[Reduction, ...]:
    """What coupons, in the order given, and then work take off an order.

    Whether the coupons can be used is asked before (:func:`check_coupon`). A coupon that finds
    nothing left takes 0.

    Args:
        lines: The order.
        coupons: First come, first computed.
        work: Cents that work gives, see :func:`work_credit`; what does not fit is not used.

    Raises:
        CouponRefusal: The coupons do not go together.
        ValueError: A negative amount for work.
    """
    if work < 0:
        raise ValueError(work)
    check_together(coupons)
    left = [line.gross for line in lines]
    found = []
    for coupon in coupons:
        parts = _coupon_parts(coupon, lines, left)
        found.append(Reduction(coupon.code, sum(parts), tuple(parts)))
        left = [before - part for before, part in zip(left, parts, strict=True)]
    if work:
        weights = [rest if line.reducible else 0 for line, rest in zip(lines, left, strict=True)]
        parts = _share(work, weights)
        found.append(Reduction(WORK, sum(parts), tuple(parts)))
    return tuple(found)


def _share(amount: int, weights: Sequence[int]) -> list[int]:
    """At most the weights themselves, shared by them."""
    whole = sum(weights)
    return shares(min(amount, whole), weights) if whole else [0] * len(weights)


def _coupon_parts(coupon: Coupon, lines: Sequence[OrderLine], left: Sequence[int]) -> list[int]:
    weights = [rest if coupon.concerns(line) else 0 for line, rest in zip(lines, left, strict=True)]
    if coupon.kind is CouponKind.PER_PIECE:
        parts = [
            min(rest, coupon.value * line.pieces) for line, rest in zip(lines, weights, strict=True)
        ]
        if coupon.most is None or sum(parts) <= coupon.most:
            return parts
        return _share(coupon.most, parts)
    amount = coupon.value
    if coupon.kind is CouponKind.PERCENT:
        amount = (2 * sum(weights) * coupon.value + 10_000) // 20_000
    if coupon.most is not None:
        amount = min(amount, coupon.most)
    return _share(amount, weights)


def work_credit(done: int, per_shift: int, *, used: int = 0, most: int | None = None) -> int:
    """Cents that work shifts still give against an order.

    Args:
        done: Shifts that were done.
        per_shift: Cents that each gives.
        used: Cents of them that were used before.
        most: Largest reduction of one order; None: no bound.

    Raises:
        ValueError: A negative number.
    """
    if min(done, per_shift, used, most or 0) < 0:
        raise ValueError((done, per_shift, used, most))
    left = max(0, done * per_shift - used)
    return left if most is None else min(left, most)
