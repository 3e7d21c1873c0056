"""A contract on what really happened in a period: read the facts, run the words, write nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.lib import reciprocity as words
from chambre.lib.reciprocity.model import Contract as Words
from chambre.lib.reciprocity.outcome import Fact, Outcome
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contract, Distribution, Version
from chambre.rooms.reciprocity.queries import ledgerfacts
from chambre.rooms.reciprocity.queries.parties import parties_of


@dataclass(frozen=True, slots=True)
class Computed:
    """What a contract makes of a period.

    Attributes:
        contract: Whose.
        version: The words that were run.
        words: The same, read.
        outcome: What comes of it.
        facts: The facts that count in the period, by id.
        late: Ids of those that are of before it.
        before: The last distribution of the contract that ends before it.
    """

    contract: Contract
    version: Version
    words: Words
    outcome: Outcome
    facts: dict[str, Fact]
    late: frozenset[str]
    before: Distribution | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the facts in the order of their ids."""
        rows = [
            [each.id, each.date.isoformat(), each.kind, each.giver, each.taker, each.amount,
             each.unit, each.quantity]
            for each in sorted(self.facts.values(), key=lambda fact: fact.id)
        ]  # fmt: skip
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class _Read:
    facts: list[Fact] = field(default_factory=list)
    counted: dict[str, Fact] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)


def compute(
    contract: Contract, since: dt.date, until: dt.date, version: Version | None = None
) -> Computed:
    """Run a contract on what the ledger holds of a period. Nothing is written.

    Args:
        contract: With a resource and a structure that holds the money.
        since: First day.
        until: Last day.
        version: Other words than those that count now, to see what they would give.

    Raises:
        Invalid: No resource or holder, a period the wrong way round, or facts in other money.
    """
    check(contract, since, until)
    version = version or contract.current
    said = words.read(version.text)
    read = _facts(contract, said, since, until)
    try:
        outcome = words.run(said, read.facts, since, until, parties=parties_of(version, said))
    except words.ReciprocityRefusal as refusal:
        raise Invalid(refusal.message((get_language() or "fr")[:2])) from refusal
    before = ledgerfacts.earlier(contract, since).last()
    return Computed(
        contract, version, said, outcome, read.counted, frozenset(read.late), before
    )  # fmt: skip


def check(contract: Contract, since: dt.date, until: dt.date) -> None:
    """Whether a period of a contract can be computed.

    Raises:
        Invalid: It cannot.
    """
    if contract.resource is None or contract.holder is None:
        raise Invalid(
            _(
                "Say first which resource the contract is about and which structure holds its money."
            ),
            fields={"holder": [""]},
        )
    if until < since:
        message = _("The last day lies before the first one.")
        raise Invalid(message, fields={"until": [message]})


def _facts(contract: Contract, said: Words, since: dt.date, until: dt.date) -> _Read:
    """Everything that the words may count, and what of it is of the period."""
    read = _Read()
    for fact, late in ledgerfacts.money_facts(contract, since, until):
        if fact.unit != said.unit:
            continue  # the books keep each unit by itself, and so does a contract
        read.facts.append(fact)
        read.counted[fact.id] = fact
        if late:
            read.late.add(fact.id)
    for fact in _others(contract, since, until):
        read.facts.append(fact)
        if since <= fact.date <= until and fact.kind in ("use", "contribution"):
            read.counted[fact.id] = fact
    return read


def _others(contract: Contract, since: dt.date, until: dt.date) -> Iterator[Fact]:
    yield from ledgerfacts.use_facts(contract, until)
    yield from ledgerfacts.share_facts(contract, since)
    yield from ledgerfacts.given_facts(contract, until)


def difference(computed: Computed) -> list[dict[str, Any]]:
    """What each party gets by each step now and got the last time, where there was one.

    Returns:
        ``[{"to", "clause", "before", "now", "change"}, …]`` in the order of the steps; amounts in the
        smallest part of the unit.
    """
    if computed.before is None:
        return []
    former: dict[tuple[str, str], int] = {}
    for line in computed.before.lines.all():
        former[line.step, line.name] = former.get((line.step, line.name), 0) + line.amount
    now: dict[tuple[str, str], int] = {}
    for each in computed.outcome.lines:
        now[each.clause, each.to] = now.get((each.clause, each.to), 0) + each.amount
    order = [*now, *(pair for pair in former if pair not in now)]
    return [
        {
            "to": name, "clause": clause, "before": former.get((clause, name), 0),
            "now": now.get((clause, name), 0),
            "change": now.get((clause, name), 0) - former.get((clause, name), 0),
        }
        for clause, name in order
    ]  # fmt: skip


def agents_named(contract: Contract, names: Sequence[str]) -> dict[str, Agent]:
    """Agents of the register by the names that a contract uses for them (their short names)."""
    rows = Agent.objects.filter(slug__in=set(names))
    return {
        agent.slug: agent for agent in rows if contract.chamber_id in (agent.chamber_id, agent.pk)
    }


def names_of(contract: Contract, names: Sequence[str]) -> dict[str, str]:
    """What people call those whom a contract names by their short names: agents and resources."""
    found = {
        each.slug: each.name
        for each in Resource.objects.filter(slug__in=set(names), chamber=contract.chamber_id)
    }
    return found | {slug: agent.name for slug, agent in agents_named(contract, names).items()}
