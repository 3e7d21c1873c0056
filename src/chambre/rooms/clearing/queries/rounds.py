"""Rounds: what everybody may see of them, and what concerns one only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Prefetch, Q, QuerySet, Sum
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
    Loan,
    Obligation,
    Part,
    Ring,
    RingPlace,
    Round,
)


def rounds_visible_to(by: Actor) -> QuerySet[Round]:
    """The rounds of the chambers in which somebody is; their totals name nobody."""
    rows = Round.objects.select_related("chamber", "lender")
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
    rows = row.computations.filter(number=row.number)
    if row.pot:
        rows = rows.prefetch_related(Prefetch("loans", Loan.objects.select_related("agent")))
    return rows.first()


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
        amount: Cents of what they owe that are set off.
        received: Cents of what they are owed that are set off; as much as ``amount``, but for a pot.
        borrowed: Cents that they owe the lender of the pot instead.
        left: Cents that the lender owes them instead.
        lends: For who lends: to whom, and who leaves how much with them.
        digest: What an answer is given to: the same obligations and amounts, the same digest.
        answer: What was said to it, if anything was.
    """

    agent: Agent
    owes: list[Part]
    is_owed: list[Part]
    rings: list[Place] = field(default_factory=list)
    amount: int = 0
    received: int = 0
    borrowed: int = 0
    left: int = 0
    lends: list[Loan] = field(default_factory=list)
    digest: str = ""
    answer: Answer | None = None


def digest_of(parts: Iterable[tuple[int, int]], loans: Iterable[Loan] = ()) -> str:
    """The digest of somebody's effect: (obligation, cents) each, and what a pot lends and keeps."""
    said: list[list[int | str]] = [[pk, amount] for pk, amount in sorted(parts)]
    said += sorted([str(loan.way), str(loan.agent_id), loan.amount] for loan in loans)
    return digest(said, about="clearing effect").hex()


def loans_by_agent(found: Computation) -> dict[int, list[Loan]]:
    """What the pot lends and keeps, for each whom it concerns: who lends is concerned by all of it."""
    loans: dict[int, list[Loan]] = {}
    lender = found.round.lender_id
    for loan in found.loans.all() if found.round.pot else []:
        loans.setdefault(loan.agent_id, []).append(loan)
        if lender is not None:
            loans.setdefault(lender, []).append(loan)
    return loans


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
    loans = loans_by_agent(found)
    touched = sorted({*owes, *owed, *loans} & set(by_id))
    places = _places(found, touched)
    answers = {row.agent_id: row for row in found.answers.filter(agent__in=by_id)}
    return [
        _effect(
            found, by_id[pk], (owes.get(pk, []), owed.get(pk, [])), loans.get(pk, []),
            rings=places.get(pk, []), answer=answers.get(pk),
        )
        for pk in touched
    ]  # fmt: skip


def _effect(
    found: Computation, agent: Agent, parts: tuple[list[Part], list[Part]], loans: list[Loan],
    *, rings: list[Place], answer: Answer | None,
) -> Effect:  # fmt: skip
    owes, is_owed = parts
    lender = agent.pk == found.round.lender_id
    sums: Counter[str] = Counter()
    for loan in [] if lender else loans:
        sums[loan.way] += loan.amount
    return Effect(
        agent=agent, owes=owes, is_owed=is_owed, rings=rings, answer=answer,
        amount=sum(part.amount for part in owes),
        received=sum(part.amount for part in is_owed),
        borrowed=sums[Loan.Way.LENT], left=sums[Loan.Way.LEFT], lends=loans if lender else [],
        digest=digest_of(
            ((part.obligation_id, part.amount) for part in [*owes, *is_owed]), loans
        ),
    )  # fmt: skip


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
    loans = loans_by_agent(found)
    return {
        agent: digest_of(parts.get(agent, []), loans.get(agent, [])) for agent in {**parts, **loans}
    }


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
    per_ring: Counter[int] = Counter()
    owing: Counter[int] = Counter()
    lender = found.round.lender_id
    places = RingPlace.objects.filter(ring__computation=found).order_by()
    for ring, agent in places.values_list("ring", "agent"):
        per_ring[ring] += 1
        # What is owed to the pot and by it is no obligation that was set off.
        owing[ring] += 1 if agent != lender else -1
    for pk, amount in found.rings.values_list("pk", "amount"):
        lengths[per_ring[pk]] += 1
        cents[per_ring[pk]] += amount * owing[pk]
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
        for loan in Loan.objects.filter(computation__round=row, computation__number=row.number):
            sign = 1 if loan.way == Loan.Way.LENT else -1
            net[loan.agent_id] -= sign * loan.amount
            net[row.lender_id or 0] += sign * loan.amount
            given[loan.agent_id if sign < 0 else row.lender_id or 0] += loan.amount
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
