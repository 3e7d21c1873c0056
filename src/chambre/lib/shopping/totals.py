"""What an order comes to: goods by rate of VAT, reductions, deposits, and what is still due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chambre.lib.money import shares
from chambre.lib.shopping.coupons import OrderLine, Reduction
from chambre.lib.shopping.lines import vat_in


@dataclass(frozen=True, slots=True)
class Deposit:
    """Deposits on containers that go out with an order, or come back with it.

    While they are deposits they are money held, not a price: no VAT, no reduction.

    Attributes:
        key: Which line or kind of container.
        unit: Cents of one.
        quantity: Containers; negative: brought back.
    """

    key: str
    unit: int
    quantity: int = 1

    @property
    def amount(self) -> int:
        """Cents; negative: given back."""
        return self.unit * self.quantity


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line after everything.

    Attributes:
        key: Of the line.
        gross: Cents before reductions.
        reduction: Cents taken off.
        net: Cents to pay, with VAT: ``gross - reduction``.
        vat: Cents of VAT in ``net``, its share of the VAT of all lines of the rate.
        rate: Hundredths of a percent; None: no VAT.
    """

    key: str
    gross: int
    reduction: int
    net: int
    vat: int
    rate: int | None


@dataclass(frozen=True, slots=True)
class RateTotal:
    """All lines of one rate of VAT.

    Attributes:
        rate: Hundredths of a percent; None: no VAT.
        net: Cents with VAT.
        vat: Cents of VAT in ``net``, computed on the sum.
    """

    rate: int | None
    net: int
    vat: int

    @property
    def without_vat(self) -> int:
        """Cents without VAT."""
        return self.net - self.vat


@dataclass(frozen=True, slots=True)
class OrderTotal:
    """What an order comes to, in cents.

    Attributes:
        lines: Each line, in the order given; they sum to the totals exactly.
        rates: By rate, lowest first, those without VAT before.
        reductions: What was taken off, in the order in which it was.
        gross: Goods before reductions.
        reduced: What was taken off in all.
        goods: Goods to pay, with VAT.
        vat: VAT in ``goods``.
        deposits: Deposits that go out, less those that come back.
    """

    lines: tuple[PricedLine, ...]
    rates: tuple[RateTotal, ...]
    reductions: tuple[Reduction, ...]
    gross: int
    reduced: int
    goods: int
    vat: int
    deposits: int

    @property
    def due(self) -> int:
        """Goods and deposits; negative when more deposits come back than the goods cost."""
        return self.goods + self.deposits


def total_order(
    lines: Sequence[OrderLine],
    reductions: Sequence[Reduction] = (),
    deposits: Sequence[Deposit] = (),
) -> OrderTotal:
    """Sum an order up.

    Args:
        lines: The order.
        reductions: From :func:`chambre.lib.shopping.coupons.reduce`, of the same lines.
        deposits: Containers that go out and come back.

    Raises:
        ValueError: A reduction that is not of these lines, or takes more than there is.
    """
    taken = [0] * len(lines)
    for reduction in reductions:
        if sum(reduction.by_line) != reduction.amount or min(reduction.by_line, default=0) < 0:
            raise ValueError(reduction)
        taken = [sum(pair) for pair in zip(taken, reduction.by_line, strict=True)]
    nets = [line.gross - part for line, part in zip(lines, taken, strict=True)]
    if min(nets, default=0) < 0:
        raise ValueError(nets)
    rates, taxes = _taxes([line.vat for line in lines], nets)
    priced = tuple(
        PricedLine(line.key, line.gross, part, net, tax, line.vat)
        for line, part, net, tax in zip(lines, taken, nets, taxes, strict=True)
    )
    return OrderTotal(
        lines=priced,
        rates=rates,
        reductions=tuple(reductions),
        gross=sum(line.gross for line in lines),
        reduced=sum(taken),
        goods=sum(nets),
        vat=sum(taxes),
        deposits=sum(deposit.amount for deposit in deposits),
    )


def _taxes(
    rates: Sequence[int | None], nets: Sequence[int]
) -> tuple[tuple[RateTotal, ...], list[int]]:
    """The VAT of each rate on its sum, and the share of each line in it."""
    totals, taxes = [], [0] * len(nets)
    for rate in sorted(set(rates), key=lambda one: -1 if one is None else one):
        places = [place for place, other in enumerate(rates) if other == rate]
        whole = sum(nets[place] for place in places)
        tax = vat_in(whole, rate)
        totals.append(RateTotal(rate, whole, tax))
        if tax:
            parts = shares(tax, [nets[place] for place in places])
            for place, part in zip(places, parts, strict=True):
                taxes[place] = part
    return tuple(totals), taxes


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an order is squared once everything is weighed, in cents.

    Attributes:
        due: Still to be paid.
        back: To be given back or put to the buyer's credit; one of the two is 0.
        surprise: Final less estimated: by how much it is dearer than what was shown.
    """

    due: int
    back: int
    surprise: int


def settle(estimated: int, paid: int, final: int) -> Settlement:
    """What is still due or to be given back.

    Args:
        estimated: What the order showed, in cents.
        paid: What came in for it, less what went back, in cents.
        final: What it comes to after weighing, in cents.

    Raises:
        ValueError: More went back than came in.
    """
    if paid < 0:
        raise ValueError(paid)
    return Settlement(max(0, final - paid), max(0, paid - final), final - estimated)
