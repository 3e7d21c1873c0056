"""Reads of distributions: what comes next, what a line is made of, where each line stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext as _

from chambre.core.errors import NotFound
from chambre.lib import reciprocity as words
from chambre.lib.reciprocity.model import INCOME
from chambre.lib.reciprocity.model import Contract as Words
from chambre.rooms.reciprocity.models import (
    Contract,
    Distribution,
    DistributionFact,
    DistributionLine,
    LineTurn,
)
from chambre.rooms.reciprocity.queries.ledgerfacts import STANDING


def distribution_of(contract: Contract, number: int) -> Distribution:
    """A distribution of a contract.

    Raises:
        NotFound: There is none.
    """
    found = (
        Distribution.objects.select_related("version", "contract", "entry")
        .filter(contract=contract, number=number)
        .first()
    )
    if found is None:
        raise NotFound
    found.contract = contract
    return found


def next_period(contract: Contract, today: dt.date) -> tuple[dt.date, dt.date]:
    """The span after the last distribution, as long as the contract's period; else the last whole one."""
    said = words.read(contract.current.text)
    last = contract.distributions.filter(state__in=STANDING).aggregate(last=Max("until"))["last"]
    months = {"month": 1, "quarter": 3, "year": 12}[said.period]
    if last is None:
        start = today.replace(day=1)
        start = _moved(start.replace(month=(start.month - 1) // months * months + 1), -months)
    else:
        start = last + dt.timedelta(days=1)
    return start, _moved(start, months) - dt.timedelta(days=1)


def _moved(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of a distribution, as a page shows it.

    Attributes:
        name: Its clause.
        label: Its words in the contract.
        how: Its method.
        came: What was left when it came, smallest parts of the unit.
        took: What it gave out or kept.
        limit: What held it.
        lines: ``(line, last turn, agent's address)`` of each who got something.
    """

    name: str
    label: str
    how: str
    came: int
    took: int
    limit: str
    lines: list[tuple[DistributionLine, LineTurn | None]]


def steps_of(distribution: Distribution, said: Words, language: str) -> list[StepShown]:
    """The steps in order, with their lines and what became of these."""
    lines = list(distribution.lines.select_related("agent", "resource").order_by("number"))
    last: dict[int, LineTurn] = {}
    for turn in LineTurn.objects.filter(line__distribution=distribution).order_by("id"):
        last[turn.line_id] = turn
    by_step: dict[str, list[tuple[DistributionLine, LineTurn | None]]] = {}
    for line in lines:
        by_step.setdefault(line.step, []).append((line, last.get(line.pk)))
    shown = []
    for trace in distribution.steps:
        step = said.step(trace["clause"])
        shown.append(
            StepShown(
                step.name,
                step.label.in_language(language) or step.name,
                step.how,
                trace["came"],
                trace["took"],
                trace["limit"],
                by_step.get(step.name, []),
            )
        )
    return shown


def facts_of(line: DistributionLine) -> QuerySet[DistributionFact]:
    """The facts that a line comes from."""
    rows = DistributionFact.objects.filter(distribution=line.distribution_id)
    if line.because is None:
        return rows.filter(kind__in=INCOME)
    return rows.filter(ref__in=line.because[:5_000])


def entries_of(facts: Iterable[DistributionFact]) -> dict[str, int]:
    """The journal entry of each fact that is a movement of the books, by the fact."""
    from chambre.ledger.models import Line

    numbers = {int(fact.ref[5:]): fact.ref for fact in facts if fact.ref.startswith("line:")}
    rows = Line.objects.filter(pk__in=numbers).values_list("pk", "entry_id")
    return {numbers[pk]: entry for pk, entry in rows}


def received_by(agent: Any) -> QuerySet[DistributionLine]:
    """What somebody got by contracts, the latest first."""
    return (
        DistributionLine.objects.filter(agent=agent, distribution__state=Distribution.State.BOOKED)
        .select_related("distribution__contract")
        .order_by("-distribution__until", "distribution_id", "number")
    )


def differences() -> list[str]:
    """Distributions whose entry says otherwise than their lines, for ``ledger verify``."""
    from chambre.ledger.models import Line

    found = []
    for row in Distribution.objects.filter(state=Distribution.State.BOOKED):
        staying = LineTurn.objects.filter(line__distribution=row, kind=LineTurn.Kind.STAYS).values(
            "line"
        )
        given = row.lines.exclude(pk__in=staying).aggregate(sum=Sum("amount"))["sum"] or 0
        debits = Line.objects.filter(entry=row.entry_id, amount__gt=0, account__is_link=False)
        booked = debits.order_by().aggregate(sum=Sum("amount"))["sum"] or 0
        if given != booked:
            found.append(
                _("Distribution %(row)s: %(given)d cents given, %(booked)d booked")
                % {"row": row, "given": given, "booked": booked}
            )
    return found
