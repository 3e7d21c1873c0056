"""Which contracts there are, which words of them count, and who has signed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from chambre.core.actors import Actor
from chambre.registry.api import roles_held
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import (
    Amendment,
    Contract,
    Party,
    Signature,
    Turn,
    Version,
)
from chambre.rooms.reciprocity.queries.errors import NoContract

BINDING = (Contract.State.IN_FORCE, Contract.State.SUSPENDED)
"""States in which a signed version binds its parties."""


def contracts_visible_to(by: Actor) -> QuerySet[Contract]:
    """The contracts that somebody may read: public ones that are no drafts, and those of their chamber."""
    rows = Contract.objects.select_related("resource", "holder", "chamber")
    if by.is_system:
        return rows
    chambers = {held.chamber for held in roles_held(by.user)}
    own = Q(made_by__user_id=by.user.pk) if by.user is not None else Q(pk__in=[])
    return rows.filter(
        Q(chamber__in=chambers) | own | (Q(public=True) & ~Q(state=Contract.State.DRAFT))
    )


def contract_named(slug: str, by: Actor) -> Contract:
    """The contract of that short name, if somebody may read it.

    Raises:
        NoContract: There is none, or not for them.
    """
    found = (
        contracts_visible_to(by)
        .select_related("made_by", "copied_from")
        .filter(slug=slug.replace("\0", ""))
        .first()
    )
    if found is None:
        raise NoContract(slug=slug)
    return found


def contracts_of(resource: Resource, by: Actor) -> QuerySet[Contract]:
    """The contracts about a resource that somebody may read, those in force first."""
    return contracts_visible_to(by).filter(resource=resource).order_by("-state", "name", "id")


def version_of(contract: Contract, number: int) -> Version:
    """A version by its number.

    Raises:
        NoContract: There is none.
    """
    found: Version | None = contract.versions.filter(number=number).first()
    if found is None:
        raise NoContract(slug=contract.slug, number=number)
    return found


def next_number(contract: Contract) -> int:
    """The number of the next version; under the contract's lock nobody else takes it."""
    return int(contract.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def waiting_amendment(contract: Contract) -> Amendment | None:
    """What is proposed, or accepted and still to be signed; None when nothing is."""
    states = (Amendment.State.OPEN, Amendment.State.ACCEPTED)
    return contract.amendments.filter(state__in=states).select_related("version").first()


def offered_version(contract: Contract, amendment: Amendment | None = None) -> Version | None:
    """The version that waits for signatures: the first one, or one that was accepted as a change."""
    if contract.state == Contract.State.SIGNING:
        return contract.current
    if contract.state in BINDING:
        amendment = amendment or waiting_amendment(contract)
        if amendment is not None and amendment.state == Amendment.State.ACCEPTED:
            return amendment.version
    return None


def versions_with_digest(digest: str, by: Actor) -> QuerySet[Version]:
    """The versions of that digest, of the contracts that somebody may read."""
    readable = contracts_visible_to(by).values("pk")
    return (
        Version.objects.filter(digest=digest, contract__in=readable)
        .select_related("contract")
        .order_by("contract_id", "number")
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A party of a version, with who has signed for it.

    Attributes:
        party: Who is bound.
        signatures: Who signed, in order.
        missing: How many signatures are still missing.
    """

    party: Party
    signatures: tuple[Signature, ...]
    missing: int


def signing_of(version: Version) -> list[Standing]:
    """Each party of a version with its signatures."""
    parties = list(version.parties.select_related("agent"))
    signed: dict[int, list[Signature]] = {party.pk: [] for party in parties}
    for row in Signature.objects.filter(party__in=parties).select_related("signer").order_by("id"):
        signed[row.party_id].append(row)
    return [
        Standing(party, tuple(signed[party.pk]), max(0, party.hands - len(signed[party.pk])))
        for party in parties
    ]


def signed_by_all(version: Version) -> bool:
    """Whether every party's people have signed; a version without parties is signed by nobody."""
    rows = signing_of(version)
    return bool(rows) and all(row.missing == 0 for row in rows)


@dataclass(frozen=True, slots=True)
class PartyState:
    """Where a party stands in a contract that is in force.

    Attributes:
        kind: ``good``, ``breach``, ``suspended`` or ``ended``.
        turn: The turn that says so; None for ``good``.
    """

    kind: str
    turn: Turn | None = None


_AFTER = {
    Turn.Kind.BREACH: "breach",
    Turn.Kind.SUSPENDED: "suspended",
    Turn.Kind.ENDED: "ended",
    Turn.Kind.REMEDIED: "good",
    Turn.Kind.RESUMED: "good",
}


def party_states(contract: Contract) -> dict[int, PartyState]:
    """Where each party stands, by the id of its agent: what the last turn about it says.

    Parties about whom nothing was said are not in it.
    """
    found: dict[int, PartyState] = {}
    for turn in contract.turns.filter(about__isnull=False).select_related("about").order_by("id"):
        kind = _AFTER.get(Turn.Kind(turn.kind))
        about = turn.about_id or 0
        if turn.kind == Turn.Kind.MEDIATION and about in found:
            kind = found[about].kind  # as before, and no day by which it changes by itself
        if kind is not None:
            found[about] = PartyState(kind, turn if kind != "good" else None)
    return found


def parties_of(contract: Contract) -> list[Party]:
    """Who is bound by the version that counts."""
    return list(
        Party.objects.filter(
            version__contract=contract, version__number=contract.number
        ).select_related("agent")
    )


def names_of(agents: list[Agent]) -> dict[int, str]:
    """Names by id."""
    return {agent.pk: agent.name for agent in agents}
