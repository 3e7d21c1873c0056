"""What a counterpart would come to for one imagined period, by the engine itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from chambre.lib.reciprocity.model import (
    EVERYONE,
    SCALE,
    Contract,
    Counterpart,
)
from chambre.lib.reciprocity.outcome import Fact
from chambre.lib.reciprocity.running import run
from chambre.lib.reciprocity.steps import is_money

_SOMEBODY = "somebody"
_FIRST, _LAST = dt.date(2001, 1, 1), dt.date(2001, 1, 31)


def example(
    contract: Contract,
    counterpart: Counterpart,
    *,
    quantity: Fraction = Fraction(1),
    sales: int = 0,
    costs: int = 0,
) -> str:
    """What somebody who owes a counterpart would owe for a period, having given nothing yet.

    Args:
        contract: Whose unit counts.
        counterpart: Of that contract; whether it concerns somebody is not asked.
        quantity: How many uses, exact to the millionth (trigger ``use``).
        sales: What they sell, in minor units (``sale``, ``margin``).
        costs: What that costs them, in minor units (``margin``).

    Returns:
        A decimal number in the counterpart's unit; ``"0"`` for nothing.

    Raises:
        ValueError: A quantity finer than a millionth.
    """
    alone = Contract(
        slug="example",
        unit=contract.unit,
        period=contract.period,
        counterparts=(replace(counterpart, by=(EVERYONE,), exempt=()),),
    )
    facts = list(_facts(contract, counterpart, quantity, sales, costs))
    owed = run(alone, facts, _FIRST, _LAST).owed_in_kind
    return owed[0].quantity if owed else "0"


def _facts(
    contract: Contract, counterpart: Counterpart, quantity: Fraction, sales: int, costs: int
) -> Iterator[Fact]:
    """What happens in the imagined period."""
    unit = contract.unit
    if counterpart.trigger in ("sale", "margin"):
        if sales:
            yield Fact("1", _FIRST, "use", giver=_SOMEBODY, amount=sales, unit=unit)
        if costs:
            yield Fact("2", _FIRST, "cost", giver=_SOMEBODY, amount=costs, unit=unit)
        return
    if counterpart.trigger == "period":
        quantity = Fraction(1)
    used = counterpart.of or "use"
    if is_money(used):
        minor = _whole(quantity)
        if minor:
            yield Fact("1", _FIRST, "use", giver=_SOMEBODY, amount=minor, unit=used)
        return
    parts = _whole(quantity * SCALE)
    if parts:
        yield Fact("1", _FIRST, "use", giver=_SOMEBODY, unit=used, quantity=parts)


def _whole(number: Fraction) -> int:
    if number.denominator != 1:
        raise ValueError(f"{number} is finer than what is counted")
    return int(number)
