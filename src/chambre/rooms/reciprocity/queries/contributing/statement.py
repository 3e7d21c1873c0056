"""What somebody gave, asked for and was paid in a year, for themselves and for whoever asks them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contribution, OverrunOutcome, Paid
from chambre.rooms.reciprocity.queries.contributing.finding import current


@dataclass(frozen=True, slots=True)
class Month:
    """One month: minutes that were given, minutes for which something is asked, cents that were paid."""

    month: int
    given: int
    asked: int
    paid: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A year of somebody.

    Attributes:
        agent: Whose.
        year: Which.
        contributions: Recognised and waiting ones, the earliest first.
        paid: What was paid to them from budgets.
        outcomes: What became of what they asked for in budgets that were shared.
        months: The twelve months.
    """

    agent: Agent
    year: int
    contributions: list[Contribution]
    paid: list[Paid]
    outcomes: list[OverrunOutcome]
    months: list[Month]

    @property
    def minutes(self) -> int:
        """Minutes of all contributions of time."""
        return sum(month.given + month.asked for month in self.months)

    @property
    def given(self) -> int:
        """Minutes for which nothing is asked."""
        return sum(month.given for month in self.months)

    @property
    def received(self) -> int:
        """Cents that were paid to them."""
        return sum(row.minor for row in self.paid)

    @property
    def money(self) -> int:
        """Cents of money that they gave."""
        return sum(row.cents or 0 for row in self.contributions)


def statement_of(agent: Agent, year: int) -> Statement:
    """The year of a person, a contribution on its last day, a payment on its own."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    rows = list(
        current(Contribution.objects.filter(agent=agent, until__gte=first, until__lte=last))
        .select_related("resource", "words", "recognition")
        .order_by("until", "pk")
    )
    paid = list(
        Paid.objects.filter(retribution__agent=agent, day__gte=first, day__lte=last)
        .select_related("retribution__budget__structure", "retribution__words")
        .order_by("day", "pk")
    )
    outcomes = list(
        OverrunOutcome.objects.filter(
            agent=agent, overrun__opened_on__gte=first, overrun__opened_on__lte=last
        ).select_related("overrun__budget__structure")
    )
    return Statement(agent, year, rows, paid, outcomes, _months(rows, paid))


def _months(rows: list[Contribution], paid: list[Paid]) -> list[Month]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        if row.minutes:
            sums[row.until.month][1 if row.asked else 0] += row.minutes
    for payment in paid:
        sums[payment.day.month][2] += payment.minor
    return [Month(month, *sums[month]) for month in range(1, 13)]


def years_of(agent: Agent) -> list[int]:
    """The years in which somebody has something, the latest first."""
    given = Contribution.objects.filter(agent=agent).order_by().values_list("until__year")
    paid = Paid.objects.filter(retribution__agent=agent).order_by().values_list("day__year")
    return sorted({year for (year,) in [*given.distinct(), *paid.distinct()]}, reverse=True)
