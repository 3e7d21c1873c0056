"""A distribution is proposed: computed once more under a lock, and kept with all its facts."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Max

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.lib.reciprocity.outcome import Fact
from chambre.registry.api import today
from chambre.registry.models import Resource
from chambre.rooms.reciprocity.models import (
    Contract,
    Distribution,
    DistributionFact,
    DistributionLine,
)
from chambre.rooms.reciprocity.queries.ledgerfacts import BLOCK, STANDING
from chambre.rooms.reciprocity.services.distributing.computing import (
    Computed,
    agents_named,
    check,
    compute,
)
from chambre.rooms.reciprocity.services.distributing.names import (
    NothingToShare,
    NotInForce,
    Overlaps,
)

OBJECTION_DAYS = 14
"""How long people may object unless it is said otherwise."""


@transaction.atomic
def propose(
    *,
    contract: Contract,
    since: dt.date,
    until: dt.date,
    by: Actor,
    objection_days: int = OBJECTION_DAYS,
) -> Distribution:
    """Compute a contract over a period and put the result before its people.

    The same period again is the distribution that is there: nothing is proposed twice.

    Args:
        contract: In force.
        since: First day.
        until: Last day.
        by: Who proposes.
        objection_days: How many days people may object, today and the next ones; 0 to 365.

    Raises:
        Forbidden: ``by`` does not work on this contract.
        Invalid: The period or the contract cannot be computed.
        NotInForce: It is not in force.
        Overlaps: Another distribution holds some of the days.
        NothingToShare: The net income is zero or less.
    """
    authorize(by, "reciprocity.change_contract", contract)
    check(contract, since, until)
    contract = (
        Contract.objects.select_for_update(of=("self",))
        .select_related("resource", "holder")
        .get(pk=contract.pk)
    )
    standing = Distribution.objects.filter(contract=contract, state__in=STANDING)
    same = standing.filter(since=since, until=until).first()
    if same is not None:
        return same
    if contract.state != Contract.State.IN_FORCE:
        raise NotInForce
    if standing.filter(since__lte=until, until__gte=since).exists():
        raise Overlaps
    computed = compute(contract, since, until)
    if computed.outcome.income <= 0:
        raise NothingToShare
    last = today() + dt.timedelta(days=min(max(objection_days, 0), 365) - 1)
    made = _keep(computed, by, last)
    audit(
        by, "reciprocity.distribution.proposed", made, income=made.income,
        distributed=made.distributed, since=since.isoformat(), until=until.isoformat(),
    )  # fmt: skip
    return made


def _keep(computed: Computed, by: Actor, objections_until: dt.date) -> Distribution:
    """Write down what was computed, with the facts."""
    outcome, contract = computed.outcome, computed.contract
    last = contract.distributions.aggregate(last=Max("number"))["last"] or 0
    made = Distribution.objects.create(
        contract=contract,
        version=computed.version,
        number=last + 1,
        since=outcome.since,
        until=outcome.until,
        unit=outcome.unit,
        income=outcome.income,
        distributed=outcome.distributed,
        kept=outcome.kept,
        digest=computed.digest,
        steps=[_trace(each) for each in outcome.trace],
        owed=[
            {"from": each.giver, "clause": each.clause, "quantity": each.quantity,
             "unit": each.unit, "because": list(each.because)}
            for each in outcome.owed_in_kind
        ],
        objections_until=objections_until,
        by=by.label[:254],
    )  # fmt: skip
    DistributionFact.objects.bulk_create(
        (_fact(made, fact, fact.id in computed.late) for fact in computed.facts.values()),
        batch_size=BLOCK,
    )
    _lines(made, computed)
    return made


def _trace(trace: Any) -> dict[str, Any]:
    """What a step did, as JSON; fractions as text."""
    return {
        "clause": trace.clause,
        "came": trace.came,
        "meant": str(trace.meant),
        "took": trace.took,
        "limit": trace.limit,
        "facts": {
            name: str(value) if isinstance(value, Fraction) else value
            for name, value in trace.facts.items()
        },
    }


def _fact(made: Distribution, fact: Fact, late: bool) -> DistributionFact:
    return DistributionFact(
        distribution=made,
        ref=fact.id,
        kind=fact.kind,
        day=fact.date,
        source=fact.giver[:140],
        target=fact.taker[:140],
        amount=fact.amount,
        unit=fact.unit,
        quantity=str(Fraction(fact.quantity, 1_000_000)) if fact.quantity else "",
        note=fact.note[:300],
        late=late,
    )


def _lines(made: Distribution, computed: Computed) -> None:
    """The lines, with whom of the register they name; all the income stands as null."""
    outcome, contract = computed.outcome, computed.contract
    agents = agents_named(contract, [line.to for line in outcome.lines])
    upstream = {step.name for step in computed.words.steps if step.how == "upstream"}
    methods = {step.name: step.how for step in computed.words.steps}
    resources = {
        each.slug: each
        for each in Resource.objects.filter(
            slug__in={line.to for line in outcome.lines if line.clause in upstream}
        )
    }
    income = {
        each.id for each in computed.facts.values() if each.kind in ("sale", "fee", "royalty")
    }
    DistributionLine.objects.bulk_create(
        DistributionLine(
            distribution=made,
            number=number,
            step=line.clause,
            how=methods[line.clause],
            name=line.to[:140],
            agent=None if line.clause in upstream else agents.get(line.to),
            resource=resources.get(line.to) if line.clause in upstream else None,
            amount=line.amount,
            because=None if set(line.because) == income else list(line.because),
        )
        for number, line in enumerate(outcome.lines, start=1)
    )
