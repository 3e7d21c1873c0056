"""Rounds: what everybody may see of them, and what concerns one only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.lib.canonical import digest
from chambre.registry.api import roles_held
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import (
    Answer,
    Booking,
    Computation,
    Obligation,
    Part,
    Ring,
    RingPlace,
    Round,
)


def rounds_visible_to(by: Actor) -> QuerySet[Round]:
    """The rounds of the chambers in which somebody is; their totals name nobody."""
    rows = Round.objects.all()
    if by.is_system:
        return rows
    if by.user is None:
        return rows.none()
    return rows.filter(chamber__in={held.chamber for held in roles_held(by.user)})


def round_of(pk: int, by: Actor) -> Round:
    """One round.

    Raises:
        NotFound: There is none that this person may know of.
    """
    found = rounds_visible_to(by).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def current(row: Round) -> Computation | None:
    """The computation that counts; None while it is being made."""
    return row.computations.filter(number=row.number).first()


@dataclass(frozen=True, slots=True)
class Place:
    """A ring in which somebody stands: who owes them, whom they owe, and how much of each goes."""

    amount: int
    length: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a computation does to one agent. Net: owed to them less owed by them, the same after.

    Attributes:
        agent: To whom.
        owes: Parts of what they owe.
        is_owed: Parts of what they are owed.
        rings: Rings in which they stand, with the names of their neighbours only.
        amount: Cents that are set off on each side.
        digest: What an answer is given to: the same obligations and amounts, the same digest.
        answer: What was said to it, if anything was.
    """

    agent: Agent
    owes: list[Part]
    is_owed: list[Part]
    rings: list[Place] = field(default_factory=list)
    amount: int = 0
    digest: str = ""
    answer: Answer | None = None


def digest_of(parts: Iterable[tuple[int, int]]) -> str:
    """The digest of somebody's effect: (obligation, cents) each."""
    return digest([[pk, amount] for pk, amount in sorted(parts)], about="clearing effect").hex()


def effects_of(found: Computation, agents: Iterable[Agent]) -> list[Effect]:
    """What a computation does to these, for those whom it concerns."""
    by_id = {agent.pk: agent for agent in agents}
    rows = found.parts.select_related("obligation__debtor", "obligation__creditor")
    owes: dict[int, list[Part]] = {}
    owed: dict[int, list[Part]] = {}
    mine = Q(obligation__debtor__in=by_id) | Q(obligation__creditor__in=by_id)
    for part in rows.filter(mine):
        if part.obligation.debtor_id in by_id:
            owes.setdefault(part.obligation.debtor_id, []).append(part)
        if part.obligation.creditor_id in by_id:
            owed.setdefault(part.obligation.creditor_id, []).append(part)
    places = _places(found, list(owes))
    answers = {row.agent_id: row for row in found.answers.filter(agent__in=by_id)}
    return [
        Effect(
            agent=by_id[pk],
            owes=owes[pk],
            is_owed=owed.get(pk, []),
            rings=places.get(pk, []),
            amount=sum(part.amount for part in owes[pk]),
            digest=digest_of(
                (part.obligation_id, part.amount) for part in [*owes[pk], *owed.get(pk, [])]
            ),
            answer=answers.get(pk),
        )
        for pk in sorted(owes)
    ]


def _places(found: Computation, agents: list[int]) -> dict[int, list[Place]]:
    """The rings of these, with their neighbours: three queries, whatever there is."""
    rings = Ring.objects.filter(computation=found, places__agent__in=agents).distinct()
    amounts = dict(rings.values_list("pk", "amount"))
    around: dict[int, list[tuple[int, str]]] = {}
    rows = RingPlace.objects.filter(ring__in=amounts).order_by("ring_id", "position")
    for ring, agent, name in rows.values_list("ring_id", "agent_id", "agent__name"):
        around.setdefault(ring, []).append((agent, name))
    places: dict[int, list[Place]] = {}
    for ring in sorted(around, key=lambda pk: (-amounts[pk], pk)):
        members = around[ring]
        for at, (agent, _name) in enumerate(members):
            if agent in agents:
                before, after = members[at - 1][1], members[(at + 1) % len(members)][1]
                place = Place(amounts[ring], len(members), before, after)
                places.setdefault(agent, []).append(place)
    return places


def concerned(found: Computation) -> dict[int, str]:
    """Everybody whom a computation concerns, with the digest of their effect."""
    parts: dict[int, list[tuple[int, int]]] = {}
    rows = found.parts.values_list(
        "obligation_id", "obligation__debtor_id", "obligation__creditor_id", "amount"
    )
    for obligation, debtor, creditor, amount in rows:
        for agent in (debtor, creditor):
            parts.setdefault(agent, []).append((obligation, amount))
    return {agent: digest_of(each) for agent, each in parts.items()}


def refusers(row: Round) -> set[int]:
    """Those who said no to some computation of a round: it is worked out without them."""
    return set(
        Answer.objects.filter(computation__round=row, agrees=False).values_list("agent", flat=True)
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """How many answered, of how many."""

    yes: int
    all: int

    @property
    def complete(self) -> bool:
        """Whether everybody agreed, and there is somebody."""
        return 0 < self.all == self.yes


def counted(found: Computation) -> Counted:
    """How many agreed to a computation."""
    return Counted(found.answers.filter(agrees=True).count(), found.concerned)


def ring_sizes(found: Computation) -> list[tuple[int, int, int]]:
    """How many rings of each length, and the cents that they set off: no names."""
    lengths: Counter[int] = Counter()
    cents: Counter[int] = Counter()
    per_ring = Counter(
        RingPlace.objects.filter(ring__computation=found).order_by().values_list("ring", flat=True)
    )
    for pk, amount in found.rings.values_list("pk", "amount"):
        lengths[per_ring[pk]] += 1
        cents[per_ring[pk]] += amount * per_ring[pk]
    return [(size, lengths[size], cents[size]) for size in sorted(lengths)]


def differences() -> list[str]:
    """Where what rounds set off is not what obligations and books say, for ``ledger verify``."""
    found = []
    for row in Round.objects.filter(state=Round.State.BOOKED):
        net: Counter[int] = Counter()
        given: Counter[int] = Counter()
        parts = Part.objects.filter(
            computation__round=row, computation__number=F("computation__round__number")
        )
        ends = parts.values_list("obligation__debtor_id", "obligation__creditor_id", "amount")
        for debtor, creditor, amount in ends:
            net[debtor] += amount
            net[creditor] -= amount
            given[debtor] += amount
        if any(net.values()):
            found.append(_("Clearing %(row)s changes somebody's net position") % {"row": row})
        for booking in Booking.objects.filter(round=row).prefetch_related("entry__lines"):
            debits = sum(
                line.amount
                for line in booking.entry.lines.all()
                if line.amount > 0 and not line.account.is_link
            )
            if not booking.amount == given[booking.agent_id] == debits:
                found.append(
                    _("Clearing %(row)s: %(given)d cents set off, %(booked)d booked")
                    % {"row": row, "given": given[booking.agent_id], "booked": debits}
                )
    booked = Part.objects.filter(
        computation__round__state=Round.State.BOOKED,
        computation__number=F("computation__round__number"),
    ).order_by()
    sums = dict(
        booked.values("obligation").annotate(n=Sum("amount")).values_list("obligation", "n")
    )
    touched = Obligation.objects.exclude(cleared=0).values_list("pk", "cleared", "amount")
    for pk, cleared, amount in touched:
        if sums.pop(pk, 0) != cleared or cleared > amount:
            found.append(_("Obligation %(pk)d: not what its rounds set off") % {"pk": pk})
    found += [_("Obligation %(pk)d: not what its rounds set off") % {"pk": pk} for pk in sums]
    return found
