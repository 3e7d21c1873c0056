"""Who would get what: the yearly surplus of a model run through contracts of reciprocity.

The contracts are run on the surplus of the tenth, middle and ninetieth run in a hundred and on its
mean, year by year, exactly as they would be on the books. A year's surplus is what the year brought
without grants, once the losses of the years before are made good.

What the contracts count comes from the model: hours given by its volunteers, uses by its users, at
their likely values; besides, whatever facts the caller knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chambre.lib.modelling.model import Model
from chambre.lib.modelling.outcome import Band, Result
from chambre.lib.modelling.plain import Month, walk
from chambre.lib.modelling.problems import ModelRefusal
from chambre.lib.modelling.wording import money
from chambre.lib.reciprocity import Contract, Fact, Outcome, Party, Text, run
from chambre.lib.reciprocity.model import SCALE
from chambre.lib.units.decimals import NO_BREAK, is_french

CASES = ("p10", "p50", "p90", "mean")
"""For which surplus a contract is run."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who receives by which clause.

    Attributes:
        name: Slug of the party or fund.
        label: What people call them.
        clause: Name of the step.
        clause_label: What the step is called.
        amounts: Cents in each year.
    """

    name: str
    label: Text
    clause: str
    clause_label: Text
    amounts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Cents over all years."""
        return sum(self.amounts)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What one contract makes of one case.

    Attributes:
        contract: Slug of the contract.
        title: What it is called.
        case: Of :data:`CASES`.
        surplus: Cents to share in each year.
        receivers: In the order of the contract.
        kept: Cents that stay with the resource in each year.
    """

    contract: str
    title: Text
    case: str
    surplus: tuple[int, ...]
    receivers: tuple[Receiver, ...]
    kept: tuple[int, ...]

    def lines(self, unit: str, language: str = "fr") -> list[str]:
        """Each receiver with what comes to them over all years, in words."""
        colon = f"{NO_BREAK}:" if is_french(language) else ":"
        said = [
            f"{each.label.in_language(language)}{colon} {money(each.total, unit, language)}"
            f" ({each.clause_label.in_language(language)})"
            for each in self.receivers
        ]
        if left := sum(self.kept):
            stays = "Reste à la ressource" if is_french(language) else "Stays with the resource"
            said.append(f"{stays}{colon} {money(left, unit, language)}")
        return said


@dataclass(frozen=True, slots=True)
class Comparison:
    """Contracts on the same surplus.

    Attributes:
        contracts: For each contract what it makes of each case, in the order of :data:`CASES`.
    """

    contracts: tuple[tuple[Sharing, ...], ...]

    def as_data(self) -> dict[str, Any]:
        """The comparison as JSON can hold it."""
        return asdict(self)

    def of(self, case: str) -> tuple[Sharing, ...]:
        """All contracts for one case."""
        return tuple(cases[CASES.index(case)] for cases in self.contracts)


def compare(
    model: Model,
    result: Result,
    contracts: Sequence[Contract],
    facts: Sequence[Fact] = (),
    parties: Sequence[Party] = (),
) -> Comparison:
    """Run contracts on the surplus of a model, to put beside each other.

    Args:
        model: The model.
        result: Its result.
        contracts: One, two or more.
        facts: Further facts, such as contributions in money.
        parties: What is known of parties.

    Raises:
        ModelRefusal: A contract that counts in another unit than the model.
        FactsError: Facts that contradict themselves.
    """
    return Comparison(tuple(share_out(model, result, each, facts, parties) for each in contracts))


def share_out(
    model: Model,
    result: Result,
    contract: Contract,
    facts: Sequence[Fact] = (),
    parties: Sequence[Party] = (),
) -> tuple[Sharing, ...]:
    """Run one contract on the surplus of each case; see :func:`compare`.

    Raises:
        ModelRefusal: The contract counts in another unit than the model.
        FactsError: Facts that contradict themselves.
    """
    if contract.unit != model.unit:
        raise ModelRefusal("unit", contract=contract.slug, theirs=contract.unit, ours=model.unit)
    told = [*facts, *given(model, contract)]
    return tuple(
        _share(model, contract, case, surpluses(result, case), told, parties) for case in CASES
    )


def surpluses(result: Result, case: str) -> tuple[int, ...]:
    """What can be shared in each year of a case: losses of earlier years are made good first."""
    found, lost = [], 0
    for year in result.years:
        band: Band = year.surplus
        left = getattr(band, case) + lost
        lost = min(left, 0)
        found.append(max(left, 0))
    return tuple(found)


def given(model: Model, contract: Contract) -> Iterator[Fact]:
    """What volunteers give and users use in each year, as facts that a contract can count.

    Uses are told in every unit in which the contract counts uses.
    """
    units = _use_units(contract)
    for year, months in enumerate(_years(walk(model)), 1):
        last = _last_day(model, year)
        for volunteer in model.volunteers:
            there = [month.number for month in months
                     if volunteer.first <= month.number <= (volunteer.last or model.horizon)]  # fmt: skip
            minutes = volunteer.hours.likely * len(there)
            if minutes:
                yield Fact(
                    f"{year:03}-h-{volunteer.slug}", last, "contribution",
                    giver=volunteer.slug, unit="h", quantity=minutes * SCALE // 60,
                )  # fmt: skip
        for segment in model.segments:
            uses = sum(month.uses[segment.slug] for month in months)
            for unit in units if uses else ():
                yield Fact(
                    f"{year:03}-u-{segment.slug}-{unit}", last, "use",
                    giver=segment.slug, unit=unit, quantity=uses * (SCALE // 1000),
                )  # fmt: skip


def _use_units(contract: Contract) -> tuple[str, ...]:
    counted = [count.unit for step in contract.steps for count in step.count if count.kind == "use"]
    owed = [each.of for each in contract.counterparts if each.trigger == "use"]
    tested = [
        test.threshold.unit
        for group in contract.classes
        for test in (*group.all, *group.any, *group.none)
        if test.word == "used" and test.threshold is not None
    ]
    return tuple(dict.fromkeys(unit for unit in (*counted, *owed, *tested) if unit))


def _years(months: Sequence[Month]) -> Iterator[Sequence[Month]]:
    for at in range(0, len(months), 12):
        yield months[at : at + 12]


def _last_day(model: Model, year: int) -> dt.date:
    return model.month(min(year * 12, model.horizon) + 1) - dt.timedelta(days=1)


def _share(
    model: Model,
    contract: Contract,
    case: str,
    amounts: tuple[int, ...],
    told: Iterable[Fact],
    parties: Sequence[Party],
) -> Sharing:
    history = list(told)
    outcomes: list[Outcome] = []
    for year, amount in enumerate(amounts, 1):
        last = _last_day(model, year)
        if amount:
            history.append(
                Fact(f"{year:03}-s", last, "sale", giver="users", amount=amount, unit=model.unit)
            )
        first = model.month((year - 1) * 12 + 1)
        outcome = run(contract, history, first, last, parties)
        outcomes.append(outcome)
        history += _paid(contract, outcome, year)
    return Sharing(
        contract.slug,
        contract.title,
        case,
        amounts,
        _receivers(model, contract, outcomes),
        tuple(outcome.kept for outcome in outcomes),
    )


def _paid(contract: Contract, outcome: Outcome, year: int) -> Iterator[Fact]:
    """What a year gave out, as history of the next ones."""
    for at, line in enumerate(outcome.lines):
        how = contract.step(line.clause).how
        kind = "transfer" if how in {"fund", "upstream"} else "repayment"
        yield Fact(
            f"{year:03}-z-{at:04}", outcome.until, kind,
            taker=line.to, amount=line.amount, unit=outcome.unit, note=line.clause,
        )  # fmt: skip


def _named(slug: str) -> Text:
    words = slug.replace("-", " ")
    words = words[:1].upper() + words[1:]
    return Text(words, words)


def _receivers(
    model: Model, contract: Contract, outcomes: Sequence[Outcome]
) -> tuple[Receiver, ...]:
    names = {each.slug: each.name for each in model.segments}
    names |= {each.slug: each.name for each in model.volunteers}
    names |= {
        party.name: Text(party.label, party.label) for party in contract.parties if party.label
    }
    sums: dict[tuple[str, str], list[int]] = {}
    for at, outcome in enumerate(outcomes):
        for line in outcome.lines:
            amounts = sums.setdefault((line.clause, line.to), [0] * len(outcomes))
            amounts[at] += line.amount
    order = {step.name: at for at, step in enumerate(contract.steps)}
    found = sorted(sums.items(), key=lambda item: order[item[0][0]])
    return tuple(
        Receiver(
            to,
            names.get(to, _named(to)),
            clause,
            contract.step(clause).label or Text(clause, clause),
            tuple(amounts),
        )
        for (clause, to), amounts in found
    )
