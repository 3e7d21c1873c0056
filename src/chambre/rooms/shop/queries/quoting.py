"""What lines come to: goods, reductions, deposits, total, and the VAT in it by rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chambre.lib.shopping.lines import vat_in
from chambre.rooms.shop.models import OrderLine


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of some lines, in cents, VAT included.

    Attributes:
        goods: Before reductions.
        reduction: What is taken off.
        deposits: On containers; no VAT and no reduction in it.
        total: What is to be paid.
        vat: The rates in hundredths of a percent, and the VAT in what is paid for the goods.
        containers: Containers that go out.
        estimated: Something in it is still to be weighed.
    """

    goods: int
    reduction: int
    deposits: int
    total: int
    vat: tuple[tuple[int, int], ...]
    containers: int
    estimated: bool


def sums_of(lines: Iterable[OrderLine]) -> Sums:
    """Add lines up; VAT once for each rate."""
    goods = reduction = deposits = containers = 0
    rates: dict[int, int] = defaultdict(int)
    estimated = False
    for line in lines:
        goods += line.gross
        reduction += line.reduction
        deposits += line.deposits
        containers += line.containers if line.deposit else 0
        rates[line.vat] += line.net
        estimated = estimated or (line.weighed and line.grams is None)
    vat = tuple((rate, vat_in(rates[rate], rate)) for rate in sorted(rates) if rate and rates[rate])
    return Sums(
        goods, reduction, deposits, goods - reduction + deposits, vat, containers, estimated
    )
