"""VAT on what was paid ahead: due when the money comes, as far as it is for goods that are known.

Article 269, 2, a of the French tax code, since 1 January 2023: of deliveries of goods, too, the tax falls
due when an advance is received, on the amount received. Money that is for nothing in particular yet
(credit of a customer, a gift for whoever comes) is no such advance, as its goods and their rate are
not known (BOI-TVA-BASE-20-10).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chambre.lib.money import shares
from chambre.lib.shopping.lines import vat_in


@dataclass(frozen=True, slots=True)
class Claim:
    """What money that came is meant for.

    Attributes:
        name: By which a person knows it: an order's code.
        covered: Cents of it that were paid or set aside, VAT included.
        parts: Cents and VAT rate (hundredths of a percent) of each part of its price; a rate of None
            is not taxed by us: a deposit, what another one sells, a gift.
    """

    name: str
    covered: int
    parts: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Advance:
    """Money of one claim at one rate: cents with VAT, and the VAT in them."""

    name: str
    rate: int
    paid: int
    vat: int


def taxed_advances(has: int, claims: Sequence[Claim]) -> list[Advance]:
    """What of a customer's money is advances that are taxed, the first claims first.

    Args:
        has: Cents that the customer has with us; nothing when it is less than zero.
        claims: What it is for, in the order in which it will be used.

    Returns:
        One row for each claim and rate above zero that money came for. Money is spread on the parts of
        a claim by their prices.
    """
    left, found = max(has, 0), []
    for claim in claims:
        weights = [max(cents, 0) for cents, _rate in claim.parts]
        taken = min(left, max(claim.covered, 0), sum(weights))
        if not taken:
            continue
        left -= taken
        by_rate: dict[int, int] = {}
        for (_cents, rate), part in zip(claim.parts, shares(taken, weights), strict=True):
            if rate and part:
                by_rate[rate] = by_rate.get(rate, 0) + part
        found += [
            Advance(claim.name, rate, paid, vat_in(paid, rate)) for rate, paid in by_rate.items()
        ]
    return found


def by_rate(advances: Iterable[Advance]) -> dict[int, tuple[int, int]]:
    """Cents with VAT, and VAT, by rate, the lowest rate first."""
    found: dict[int, tuple[int, int]] = {}
    for each in advances:
        paid, vat = found.get(each.rate, (0, 0))
        found[each.rate] = (paid + each.paid, vat + each.vat)
    return dict(sorted(found.items()))
