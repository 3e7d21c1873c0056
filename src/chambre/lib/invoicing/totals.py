"""What an invoice adds up to, as EN 16931 wants it (BR-CO-10 to BR-CO-17).

VAT is computed once per category and rate on the sum of the lines, and rounded half up there; the
sum of taxes rounded line by line would be another figure, and is not one that the standard knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from .model import Allowance, Invoice, Line, Vat

_CENT = Decimal(1)
PRICE_DECIMALS = 6
"""Decimals kept of a price (BR-FR-DEC-03)."""


@dataclass(frozen=True, slots=True)
class VatTotal:
    """One line of the VAT breakdown (BG-23), in cents."""

    vat: Vat
    base: int
    amount: int


@dataclass(frozen=True, slots=True)
class Totals:
    """All sums of an invoice, in cents.

    Attributes:
        nets: Each line without VAT (BT-131), in order.
        lines: Their sum (BT-106).
        allowances: Taken off the whole (BT-107).
        charges: Put on the whole (BT-108).
        taxable: Without VAT (BT-109).
        vat: All VAT (BT-110).
        gross: With VAT (BT-112).
        payable: What is left to pay (BT-115).
    """

    nets: tuple[int, ...]
    lines: int
    allowances: int
    charges: int
    taxable: int
    vat: int
    gross: int
    prepaid: int
    rounding: int
    payable: int
    breakdown: tuple[VatTotal, ...]


def cents(amount: Decimal) -> int:
    """Round an amount of cents half up, away from zero: 0.5 → 1, −0.5 → −1."""
    with localcontext() as context:
        context.prec = 60
        return int(amount.quantize(_CENT, rounding=ROUND_HALF_UP))


def line_net(line: Line) -> int:
    """Cents of a line without VAT: quantity × price − discount, rounded once."""
    if line.net is not None:
        return line.net
    with localcontext() as context:
        context.prec = 60
        return cents(line.quantity * line.price * 100) - line.discount


def vat_amount(base: int, rate: int) -> int:
    """VAT on a sum of cents at a rate in hundredths of a percent (BR-CO-17)."""
    return cents(Decimal(base * rate) / 10_000)


def breakdown(
    lines: Iterable[tuple[Vat, int]], allowances: Iterable[Allowance] = ()
) -> tuple[VatTotal, ...]:
    """Bases and VAT per category and rate, the highest rate first."""
    bases: dict[tuple[str, int], int] = {}
    named: dict[tuple[str, int], Vat] = {}
    parts = list(lines)
    parts += [(each.vat, each.amount if each.charge else -each.amount) for each in allowances]
    for vat, amount in parts:
        bases[vat.key] = bases.get(vat.key, 0) + amount
        known = named.get(vat.key)
        if known is None or (not known.reason and vat.reason):
            named[vat.key] = vat
    ordered = sorted(bases, key=lambda key: (-key[1], key[0]))
    return tuple(VatTotal(named[k], bases[k], vat_amount(bases[k], k[1])) for k in ordered)


def totals(invoice: Invoice) -> Totals:
    """Add an invoice up."""
    return totals_of(
        invoice.lines, invoice.allowances, prepaid=invoice.prepaid, rounding=invoice.rounding
    )


def totals_of(
    lines: Sequence[Line],
    allowances: Sequence[Allowance] = (),
    *,
    prepaid: int = 0,
    rounding: int = 0,
) -> Totals:
    """Add lines up.

    Args:
        lines: In the order of the invoice.
        allowances: What is taken off or put on the whole.
        prepaid: Cents already paid.
        rounding: Cents added to what is payable.
    """
    nets = tuple(line_net(line) for line in lines)
    off = sum(each.amount for each in allowances if not each.charge)
    on = sum(each.amount for each in allowances if each.charge)
    pairs = ((line.vat, net) for line, net in zip(lines, nets, strict=True))
    by_rate = breakdown(pairs, allowances)
    taxable = sum(nets) - off + on
    vat = sum(part.amount for part in by_rate)
    gross = taxable + vat
    return Totals(
        nets=nets,
        lines=sum(nets),
        allowances=off,
        charges=on,
        taxable=taxable,
        vat=vat,
        gross=gross,
        prepaid=prepaid,
        rounding=rounding,
        payable=gross - prepaid + rounding,
        breakdown=by_rate,
    )


def from_gross(lines: Sequence[Line]) -> tuple[tuple[Line, ...], int]:
    """Turn lines whose prices include VAT into lines without, paying exactly the same.

    A till and a shop sell at prices with VAT; EN 16931 knows only prices without. Per rate, the
    base is the gross sum ÷ (1 + rate), rounded half up; the cents by which the lines, rounded one
    by one, differ from it go to the largest lines. Not every gross sum is the sum of a base and
    its rounded VAT (at 20 % one in six is not), so a cent or so may be left per rate: it is
    returned as the rounding of what is payable (BT-114).

    Args:
        lines: Their ``price``, ``discount`` and ``net`` include VAT.

    Returns:
        The same lines without VAT, with ``net`` given, and the rounding in cents: the payable sum
        with it is the gross sum of ``lines``.
    """
    gross = [line_net(line) for line in lines]
    nets = [0] * len(lines)
    kept = 0
    for key in dict.fromkeys(line.vat.key for line in lines):
        places = [at for at, line in enumerate(lines) if line.vat.key == key]
        part = [gross[at] for at in places]
        base = cents(Decimal(sum(part) * 10_000) / (10_000 + key[1]))
        kept += base + vat_amount(base, key[1])
        for at, net in zip(places, _spread(base, part, key[1]), strict=True):
            nets[at] = net
    made = tuple(_netted(line, net) for line, net in zip(lines, nets, strict=True))
    return made, sum(gross) - kept


def _spread(base: int, parts: list[int], rate: int) -> list[int]:
    """Share a base among lines: each rounded alone, odd cents to the largest lines first."""
    nets = [cents(Decimal(part * 10_000) / (10_000 + rate)) for part in parts]
    left = base - sum(nets)
    step = 1 if left > 0 else -1
    for at in sorted(range(len(parts)), key=lambda at: (-abs(parts[at]), at))[: abs(left)]:
        nets[at] += step
    return nets


def _netted(line: Line, net: int) -> Line:
    with localcontext() as context:
        context.prec = 60
        place = Decimal(1).scaleb(-PRICE_DECIMALS)
        price = (
            (Decimal(net) / 100 / line.quantity).quantize(place, rounding=ROUND_HALF_UP)
            if line.quantity
            else Decimal(0)
        )
    return replace(line, price=abs(price), discount=0, discount_reason="", net=net)
