"""Who has a voice: the parties of a contract that belong to the class of its [change] rule."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chambre.lib.reciprocity import model, outcome
from chambre.lib.reciprocity.eligibility import Eligibility
from chambre.lib.reciprocity.facts import Facts
from chambre.lib.reciprocity.gathering import Gathered
from chambre.registry.api import today
from chambre.rooms.reciprocity.models import Contract, Party
from chambre.rooms.reciprocity.queries.contracts import parties_of, party_states
from chambre.rooms.reciprocity.queries.recognised import recognised


def roll_of(contract: Contract, said: model.Contract) -> list[Party]:
    """The parties that decide about changes of a contract, as things are today.

    Those who are out have no voice any more; those who are suspended keep theirs, for their obligations
    go on too. A class is tested on what was used and on what peers recognised.
    """
    states = party_states(contract)
    parties = [
        party
        for party in parties_of(contract)
        if party.agent_id not in states or states[party.agent_id].kind != "ended"
    ]
    if said.change.roll == model.EVERYONE:
        return parties
    known = {each.name for each in said.parties}
    found = Eligibility(
        said,
        Gathered(said, Facts.of(_facts(contract)), today(), today()),
        [
            model.Party(name, label=party.agent.name)
            for party in parties
            if (name := party.name) not in known
        ],
    )
    members = found.members(said.change.roll)
    return [party for party in parties if party.name in members]


def _facts(contract: Contract) -> Iterator[outcome.Fact]:
    """Uses and recognised contributions, under the names that parties have in the contract."""
    names = {party.agent_id: party.name for party in parties_of(contract)}
    for use in contract.uses.filter(day__lte=today()).select_related("user", "resource"):
        yield outcome.Fact(
            id=f"use:{use.pk}", date=use.day, kind="use", resource=use.resource.slug,
            giver=names.get(use.user_id, use.user.slug), unit=use.unit,
            quantity=int(use.quantity * model.SCALE),
        )  # fmt: skip
    if contract.resource is None:
        return
    for row in recognised(contract.resource, until=today()):
        yield outcome.Fact(
            id=row.id, date=row.day, kind="contribution", resource=row.resource.slug,
            giver=names.get(row.agent.pk, row.agent.slug), unit=row.unit, amount=row.amount or 0,
            quantity=int((row.quantity or Fraction(0)) * model.SCALE),
        )  # fmt: skip
