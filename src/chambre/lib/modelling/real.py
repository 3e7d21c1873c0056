"""A model that begins with what really happened: the monthly figures of a resource's books.

Each account of income becomes a price that is earned each month, each account of expense a cost.
From a whole year on the likely value is the month of the last twelve, and the range goes from the
leanest to the fattest twelve months in a row, so that seasons are no uncertainty; uses follow the
months in which income came. With less than a year it is the mean month, and the range goes from
the leanest to the fattest quarter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chambre.lib.modelling.figures import Figure, Kind, Shape
from chambre.lib.modelling.model import EVERY_MONTH, Cost, Model, Price, Segment
from chambre.lib.reciprocity.model import Text

_QUARTER = 3
_YEAR = 12
_MOST = 10
"""An ordinary month counts at most ten times (the language has no more)."""


@dataclass(frozen=True, slots=True)
class RealLine:
    """One account over the months.

    Attributes:
        slug: Short name in the model: lower case letters, digits and hyphens.
        name: What it is called.
        income: Whether it brings money in; otherwise it is an expense.
        amounts: Cents of each month, in order; what corrects an earlier month may be below zero.
    """

    slug: str
    name: Text
    income: bool
    amounts: tuple[int, ...]


def observed(amounts: Sequence[int], source: Text) -> Figure:
    """A monthly figure from what was seen.

    Args:
        amounts: Cents of each month, in order, at least one.
        source: Where they come from.

    Returns:
        The likely month with the leanest and the fattest year, or quarter when there is no whole
        year; one value where these are alike or too few. Nothing is below zero.
    """
    if len(amounts) >= _YEAR:
        spans = [_mean(amounts[at : at + _YEAR]) for at in range(len(amounts) - _YEAR + 1)]
        likely = spans[-1]
    else:
        whole = len(amounts) // _QUARTER * _QUARTER
        recent = amounts[len(amounts) - whole :]
        likely = _mean(amounts)
        spans = [_mean(recent[at : at + _QUARTER]) for at in range(0, whole, _QUARTER)]
    if len(spans) < 2:
        spans = [likely]
    low, middle, high = (
        max(each, 0) for each in (min(*spans, likely), likely, max(*spans, likely))
    )
    shape: Shape = "fixed" if low == high else "triangle"
    return Figure(Kind.MONEY, low, middle, high, shape, source=source)


def _mean(amounts: Sequence[int]) -> int:
    """The mean to the nearest cent, halves up."""
    return (2 * sum(amounts) + len(amounts)) // (2 * len(amounts))


def seasons(months: Sequence[dt.date], amounts: Sequence[int]) -> tuple[int, ...]:
    """How much of an ordinary month each calendar month brings, in percent, January first.

    Only the last whole years count, so that no month counts once more than another; with less
    than one there are no seasons.
    """
    whole = len(months) // _YEAR * _YEAR
    recent = list(zip(months, amounts, strict=True))[len(months) - whole :]
    total = sum(amount for _day, amount in recent)
    if not whole or total <= 0:
        return EVERY_MONTH
    sums = [0] * _YEAR
    for day, amount in recent:
        sums[day.month - 1] += max(amount, 0)
    whole_sum = sum(sums)
    return tuple(
        min((2 * _YEAR * 100 * each + whole_sum) // (2 * whole_sum), 100 * _MOST) for each in sums
    )


def model_from_accounts(
    *,
    slug: str,
    title: Text,
    months: Sequence[dt.date],
    lines: Sequence[RealLine],
    opening: int,
    horizon: int,
    source: Text,
    unit: str = "EUR",
) -> Model:
    """A model of how a resource lived, to go on from.

    It says nothing of users: there is one kind, “activity”, with one use in an ordinary month, so
    that every price is what a month brings. Growth, equipment, funding are for people to add.

    Args:
        slug: Short name of the model.
        title: What it is called.
        months: First days of the months that were read, in order, at least one.
        lines: The accounts, each with as many amounts as there are months.
        opening: Cash at the end of the last month, in cents; below zero when it is owed to a bank.
        horizon: Months to look ahead; the model starts in the month after the last one.
        source: Where the figures come from.
        unit: Currency.
    """
    income = [line for line in lines if line.income and sum(line.amounts) > 0]
    spent = [line for line in lines if not line.income and sum(line.amounts) > 0]
    total = [sum(amounts) for amounts in zip(*(line.amounts for line in income), strict=True)]
    one = Figure.of(Kind.COUNT, 1_000)
    activity = Segment(
        slug="activity",
        name=Text("Activité", "Activity"),
        start=replace(one, source=source),
        season=seasons(months, total) if total else EVERY_MONTH,
    )
    last = months[-1]
    return Model(
        slug=slug,
        title=title,
        unit=unit,
        starts=dt.date(last.year + last.month // 12, last.month % 12 + 1, 1),
        horizon=horizon,
        opening=replace(Figure.of(Kind.MONEY, opening), source=source),
        segments=(activity,),
        prices=tuple(
            Price(slug=line.slug, name=line.name, amount=observed(line.amounts, source))
            for line in income
        ),
        costs=tuple(
            Cost(
                slug=line.slug, name=line.name, kind="fixed", amount=observed(line.amounts, source)
            )
            for line in spent
        ),
    )
