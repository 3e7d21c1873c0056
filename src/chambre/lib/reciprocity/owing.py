"""What users owe in return for what they did in a span, and have not given yet."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from chambre.lib.money import account_unit
from chambre.lib.reciprocity.eligibility import Eligibility
from chambre.lib.reciprocity.gathering import Gathered
from chambre.lib.reciprocity.model import (
    SCALE,
    Contract,
    Counterpart,
    Rate,
)
from chambre.lib.reciprocity.outcome import Owed
from chambre.lib.reciprocity.steps import is_money
from chambre.lib.reciprocity.values import write_decimal


class _Ledger:
    """What parties gave in the span, to be set against what they owe, once."""

    def __init__(self, contract: Contract, gathered: Gathered) -> None:
        facts = gathered.facts
        self.gathered = gathered
        self.money: dict[str, int] = defaultdict(int)
        for i in gathered.paid_fees:
            self.money[facts.givers[i]] += facts.amounts[i]
        self.kind: dict[tuple[str, str], Fraction] = {}

    def take_money(self, party: str, owed: int) -> int:
        """What is still owed after the fees that were paid."""
        used = min(owed, max(self.money[party], 0))
        self.money[party] -= used
        return owed - used

    def take_kind(self, party: str, unit: str, owed: Fraction) -> Fraction:
        """What is still owed after the contributions in that unit."""
        key = (party, unit)
        if key not in self.kind:
            parts = account_unit(unit).parts if is_money(unit) else SCALE
            total = self.gathered.sums("contribution", unit, "period").get(party, 0)
            self.kind[key] = Fraction(total, parts)
        used = min(owed, self.kind[key])
        self.kind[key] -= used
        return owed - used


def owed_in_kind(
    contract: Contract, gathered: Gathered, eligibility: Eligibility
) -> tuple[Owed, ...]:
    """What each party owes by each counterpart, less what it gave in the span."""
    ledger = _Ledger(contract, gathered)
    found = []
    for counterpart in contract.counterparts:
        counted = _counted(counterpart, contract, gathered)
        by = eligibility.among(counterpart.by)
        exempt = eligibility.among(counterpart.exempt)
        for party in sorted(counted):
            if party in by and party not in exempt:
                owed = _owed(counterpart, contract, party, counted[party], ledger)
                if owed:
                    because = _because(counterpart, contract, gathered, party)
                    unit = counterpart.unit
                    found.append(Owed(party, counterpart.name, owed, unit, because))
    return tuple(found)


def _sources(
    counterpart: Counterpart, contract: Contract, gathered: Gathered
) -> list[tuple[str, str]]:
    """Kinds and units of the facts that trigger a counterpart."""
    if counterpart.trigger == "use":
        units = [counterpart.of] if counterpart.of else gathered.units_of("use")
        return [("use", unit) for unit in units]
    if counterpart.trigger == "period":
        return [(kind, unit) for kind in ("use", "sale") for unit in gathered.units_of(kind)]
    return [("sale", contract.unit), ("use", contract.unit)]


def _counted(
    counterpart: Counterpart, contract: Contract, gathered: Gathered
) -> dict[str, Fraction]:
    """By party, what counts: units used, minor units sold, or 1 for the period."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for kind, unit in _sources(counterpart, contract, gathered):
        money = is_money(unit)
        parts = SCALE
        if money:
            parts = account_unit(unit).parts if counterpart.trigger == "use" else 1
        for party, total in gathered.sums(kind, unit, "period").items():
            if counterpart.trigger == "period":
                found[party] = Fraction(1)
            else:
                found[party] += Fraction(total, parts)
    if counterpart.trigger == "margin":
        for party, cost in gathered.sums("cost", contract.unit, "period").items():
            if party in found:
                found[party] -= cost
    return {party: number for party, number in found.items() if number > 0}


def _because(
    counterpart: Counterpart, contract: Contract, gathered: Gathered, party: str
) -> tuple[str, ...]:
    sources = _sources(counterpart, contract, gathered)
    if counterpart.trigger == "margin":
        sources.append(("cost", contract.unit))
    return gathered.ids(sources, "period", party)


def _owed(
    counterpart: Counterpart, contract: Contract, party: str, counted: Fraction, ledger: _Ledger
) -> str:
    """The decimal number owed, or nothing."""
    owed = _by_rates(counterpart, counted)
    if counterpart.floor is not None:
        owed = max(owed, counterpart.floor)
    if counterpart.cap is not None:
        owed = min(owed, counterpart.cap)
    if counterpart.kind == "money":
        unit = account_unit(contract.unit)
        left = ledger.take_money(party, int(owed))
        return write_money(left, unit.decimals, unit.parts) if left else ""
    rest = ledger.take_kind(party, counterpart.unit, owed)
    return write_decimal(rest) if rest else ""


def _by_rates(counterpart: Counterpart, counted: Fraction) -> Fraction:
    """Rates over what is counted beyond the threshold, marginal where there are bands."""
    counted = max(counted - counterpart.above, Fraction(0))
    if counterpart.rate is not None:
        return counted * counterpart.rate.value
    if not counterpart.bands:
        return Fraction(1) if counted else Fraction(0)
    owed = Fraction(0)
    tops: list[Fraction | None] = [band.above for band in counterpart.bands[1:]]
    for band, top in zip(counterpart.bands, [*tops, None], strict=True):
        upper = counted if top is None else min(counted, top)
        if upper > band.above:
            owed += (upper - band.above) * _times(band.rate)
    return owed


def _times(rate: Rate) -> Fraction:
    return rate.value


def write_money(minor: int, decimals: int, parts: int) -> str:
    """Minor units as a decimal number of the unit: 1250 cents are ``12.50``."""
    whole, rest = divmod(abs(minor), parts)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"
