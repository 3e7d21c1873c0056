"""From orders to the field and the van: what to harvest, what to put where, what to do when it is short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TypeVar

from chambre.lib.money import shares


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of an order, as far as preparing goes.

    Attributes:
        order: Which order.
        person: For whom.
        place: Where it is handed over.
        slot: When, for words; may be empty.
        producer: Who brings it.
        product: Which product.
        variant: Which variant; may be empty.
        pieces: How many; 0 for what is sold by measure.
        parts: Grams or millilitres, estimated for what is weighed by the piece; 0 if not measured.
    """

    order: str
    person: str
    place: str
    slot: str
    producer: str
    product: str
    variant: str = ""
    pieces: int = 0
    parts: int = 0

    def __post_init__(self) -> None:
        if min(self.pieces, self.parts) < 0:
            raise ValueError((self.pieces, self.parts))


@dataclass(frozen=True, slots=True)
class HarvestRow:
    """What to bring of one product.

    Attributes:
        producer: Who.
        product: Which product.
        variant: Which variant.
        pieces: In all.
        parts: Grams or millilitres in all.
        orders: For how many orders.
    """

    producer: str
    product: str
    variant: str
    pieces: int
    parts: int
    orders: int


def harvest_list(lines: Iterable[Wanted]) -> tuple[HarvestRow, ...]:
    """What to harvest, by producer, product and variant."""
    return tuple(
        HarvestRow(
            producer,
            product,
            variant,
            pieces=sum(line.pieces for line in group),
            parts=sum(line.parts for line in group),
            orders=len({line.order for line in group}),
        )
        for (producer, product, variant), group in _grouped(
            lines, lambda line: (line.producer, line.product, line.variant)
        )
    )


_Key = TypeVar("_Key", tuple[str, str], tuple[str, str, str])


def _grouped(
    lines: Iterable[Wanted], key: Callable[[Wanted], _Key]
) -> list[tuple[_Key, list[Wanted]]]:
    return [(found, list(group)) for found, group in groupby(sorted(lines, key=key), key=key)]


@dataclass(frozen=True, slots=True)
class Pick:
    """A product to put somewhere; pieces and parts are summed."""

    product: str
    variant: str
    pieces: int
    parts: int


@dataclass(frozen=True, slots=True)
class Crate:
    """What one person gets at one place in one slot.

    Attributes:
        place: Where.
        slot: When.
        person: Who.
        orders: From which orders, each once, in order.
        picks: What, by product and variant.
    """

    place: str
    slot: str
    person: str
    orders: tuple[str, ...]
    picks: tuple[Pick, ...]


def picking_by_person(lines: Iterable[Wanted]) -> tuple[Crate, ...]:
    """The crates to fill, by place, slot and person; two orders of one person go into one crate."""
    return tuple(
        Crate(place, slot, person, tuple(sorted({line.order for line in group})), _picks(group))
        for (place, slot, person), group in _grouped(
            lines, lambda line: (line.place, line.slot, line.person)
        )
    )


def _picks(lines: Iterable[Wanted]) -> tuple[Pick, ...]:
    return tuple(
        Pick(
            product,
            variant,
            sum(line.pieces for line in group),
            sum(line.parts for line in group),
        )
        for (product, variant), group in _grouped(lines, lambda line: (line.product, line.variant))
    )


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a product goes into one crate."""

    place: str
    slot: str
    person: str
    pieces: int
    parts: int


@dataclass(frozen=True, slots=True)
class ProductPick:
    """One product and the crates that it goes into, in the order in which one walks along them."""

    product: str
    variant: str
    shares: tuple[Share, ...]


def picking_by_product(lines: Iterable[Wanted]) -> tuple[ProductPick, ...]:
    """For each product, how much goes where."""
    return tuple(
        ProductPick(product, variant, _shares(group))
        for (product, variant), group in _grouped(lines, lambda line: (line.product, line.variant))
    )


def _shares(lines: Iterable[Wanted]) -> tuple[Share, ...]:
    return tuple(
        Share(
            place,
            slot,
            person,
            sum(line.pieces for line in group),
            sum(line.parts for line in group),
        )
        for (place, slot, person), group in _grouped(
            lines, lambda line: (line.place, line.slot, line.person)
        )
    )


class Fair(StrEnum):
    """Who gets what when there is not enough.

    ``PROPORTIONAL``: everybody the same part of what they ordered. ``FIRST_COME``: in the order in
    which it was ordered, until it is gone.
    """

    PROPORTIONAL = "proportional"
    FIRST_COME = "first-come"


@dataclass(frozen=True, slots=True)
class Ask:
    """What was ordered of the product that is short.

    Attributes:
        key: Which line.
        quantity: Pieces, or grams or millilitres.
        amount: Cents of that line after its reductions.
    """

    key: str
    quantity: int
    amount: int

    def __post_init__(self) -> None:
        if min(self.quantity, self.amount) < 0:
            raise ValueError((self.quantity, self.amount))


@dataclass(frozen=True, slots=True)
class Cut:
    """What a line gets of what is short.

    Attributes:
        key: Which line.
        given: At most what was ordered.
        amount: Cents that it then costs.
        reduction: Cents less than before.
    """

    key: str
    given: int
    amount: int
    reduction: int


def cut_short(
    available: int, asks: Sequence[Ask], *, rule: Fair = Fair.PROPORTIONAL, step: int = 1
) -> tuple[Cut, ...]:
    """Share what there is when a crate comes back short.

    Args:
        available: What there is.
        asks: What was ordered, in the order in which it was; steps left over go to the largest
            remainders, ties to the earlier.
        rule: Which way is fair here.
        step: It is given in multiples of this; what of an order is no whole step is lost first.

    Returns:
        One per line, in their order; what is given never sums to more than there is, and when there
        is enough, everybody gets all of it.

    Raises:
        ValueError: A negative quantity, or a step below 1.
    """
    if available < 0 or step < 1:
        raise ValueError((available, step))
    wanted = [ask.quantity for ask in asks]
    if sum(wanted) <= available:
        given = wanted
    elif rule is Fair.FIRST_COME:
        given, left = [], available
        for many in wanted:
            given.append(many if many <= left else left // step * step)
            left -= given[-1]
    else:
        steps = [many // step for many in wanted]
        whole = sum(steps)
        # Shared by the steps themselves and at most all of them, so nobody gets more than asked.
        parts = shares(min(available // step, whole), steps) if whole else steps
        given = [part * step for part in parts]
    return tuple(_cut(ask, many) for ask, many in zip(asks, given, strict=True))


def _cut(ask: Ask, given: int) -> Cut:
    """The price in proportion, halves away from zero."""
    amount = ask.amount
    if given != ask.quantity:
        amount = (2 * ask.amount * given + ask.quantity) // (2 * ask.quantity)
    return Cut(ask.key, given, amount, ask.amount - amount)


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on a delivery round.

    Attributes:
        key: Which place.
        start: From when one is expected there, on the clock of the place.
        end: Until when.
    """

    key: str
    start: dt.time
    end: dt.time

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError((self.start, self.end))


@dataclass(frozen=True, slots=True)
class Leg:
    """A stop in its place on the round.

    Attributes:
        number: From 1 on.
        stop: Where.
        minutes: Minutes between the end of the stop before and the beginning of this one; None: it
            is the first. Negative: one would have to be in two places.
    """

    number: int
    stop: Stop
    minutes: int | None

    @property
    def clashes(self) -> bool:
        """Whether it begins before the one before ends."""
        return self.minutes is not None and self.minutes < 0


def order_round(stops: Iterable[Stop]) -> tuple[Leg, ...]:
    """Stops in the order of their hours: the earlier beginning first, then the earlier end."""
    ordered = sorted(stops, key=lambda stop: (stop.start, stop.end, stop.key))
    legs, before = [], None
    for number, stop in enumerate(ordered, 1):
        legs.append(Leg(number, stop, None if before is None else _minutes(before.end, stop.start)))
        before = stop
    return tuple(legs)


def _minutes(earlier: dt.time, later: dt.time) -> int:
    return (later.hour - earlier.hour) * 60 + later.minute - earlier.minute
