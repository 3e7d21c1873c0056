"""Rounds: opened, worked out in the background, answered by everybody whom they concern."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import KeyReused
from chambre.core.jobs import start_job
from chambre.lib import clearing as lib
from chambre.registry.api import home_chamber, today
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import (
    Answer,
    Computation,
    Obligation,
    Part,
    Ring,
    RingPlace,
    Round,
    RoundMember,
)
from chambre.rooms.clearing.queries.errors import NotNow
from chambre.rooms.clearing.queries.obligations import open_amounts
from chambre.rooms.clearing.queries.rounds import concerned, current, effects_of, refusers
from chambre.rooms.clearing.services.common import kept_key, label_of, words, wrong
from chambre.rooms.clearing.services.lending import (
    Lending,
    check_lending,
    lends,
    names_of,
    pot_sizes,
    write_pot,
)

State = Round.State
JOB = "clearing.compute"


@transaction.atomic
def open_round(
    *, name: str, key: str, by: Actor, members: Collection[Agent] = (), days: int = 7,
    max_ring: int | None = None, even: bool = True, lending: Lending | None = None,
) -> Round:  # fmt: skip
    """Open a round; it is worked out in the background.

    Args:
        name: What people know it by.
        key: Idempotency key, 1 to 80 characters.
        by: A facilitator or the chamber's administrator.
        members: Among whom; everybody of the chamber, if nobody is named.
        days: How long people have to answer, 1 to 90.
        max_ring: At most so many members per ring, 2 to 50.
        even: Among equally large set-offs the most even one; with a pot or short rings the first one.
        lending: A pot, who lends it, and when it is given back.

    Raises:
        Forbidden: ``by`` does not lead rounds.
        Invalid: No name, or options outside their bounds.
    """
    chamber = home_chamber()
    authorize(by, "clearing.lead", chamber)
    name = words(name, 140, "name")
    if not 1 <= days <= 90:
        raise wrong("days", _("Between 1 and 90 days."))
    if max_ring is not None and not 2 <= max_ring <= 50:
        raise wrong("max_ring", _("Between 2 and 50 members."))
    check_lending(lending)
    whole = kept_key(key, "round")
    Agent.objects.select_for_update().get(pk=chamber.pk)
    if known := Round.objects.filter(key=whole).first():
        if known.name != name:
            raise KeyReused
        return known
    row = Round.objects.create(
        name=name, chamber=chamber, days=days, max_ring=max_ring,
        even=even and max_ring is None and lending is None, key=whole, by=label_of(by),
        pot=lending.pot if lending else 0, lender=lending.lender if lending else None,
        pot_days=lending.days if lending else 30,
    )  # fmt: skip
    for agent in sorted(members, key=lambda each: each.pk):
        RoundMember.objects.create(round=row, agent=agent)
    audit(by, "clearing.round.opened", row, members=len(members))
    _ask(row, by)
    return row


def _ask(row: Round, by: Actor) -> None:
    """Start the job once the transaction is there for it to see."""
    number, pk = row.number, row.pk
    transaction.on_commit(lambda: start_job(JOB, by, round=pk, number=number))


def _locked(row: Round) -> Round:
    return Round.objects.select_for_update(of=("self",)).get(pk=row.pk)


@transaction.atomic
def work_out_again(*, round_: Round, by: Actor) -> Round:
    """Work a round out anew, from what is owed now: somebody refused, or something was paid.

    Raises:
        Forbidden: ``by`` does not lead rounds.
        NotNow: It is being worked out, was booked, or has ended.
    """
    authorize(by, "clearing.lead", round_.chamber)
    row = _locked(round_)
    if row.state != State.PROPOSED:
        raise NotNow
    return _again(row, by)


def _again(row: Round, by: Actor) -> Round:
    row.number += 1
    row.state = State.COMPUTING
    row.answer_by = None
    row.save(update_fields=["number", "state", "answer_by"])
    audit(by, "clearing.round.again", row, number=row.number)
    _ask(row, by)
    return row


@transaction.atomic
def end_round(*, round_: Round, by: Actor) -> Round:
    """End a round without booking anything; a second time changes nothing.

    Raises:
        Forbidden: ``by`` does not lead rounds.
        NotNow: It was booked.
    """
    authorize(by, "clearing.lead", round_.chamber)
    row = _locked(round_)
    if row.state == State.BOOKED:
        raise NotNow
    if row.state != State.ENDED:
        row.state = State.ENDED
        row.save(update_fields=["state"])
        audit(by, "clearing.round.ended", row)
    return row


def counting(row: Round) -> list[Obligation]:
    """The obligations that a round counts with: accepted, among its members, of nobody who said no.

    Who lends stands apart: what they owe and are owed is not set off in a round with their pot.
    """
    rows = Obligation.objects.filter(chamber=row.chamber, state=Obligation.State.ACCEPTED)
    members = list(row.members.values_list("agent", flat=True))
    if members:
        rows = rows.filter(debtor__in=members, creditor__in=members)
    out = refusers(row)
    if row.lender_id is not None:
        out.add(row.lender_id)
    rows = rows.exclude(debtor__in=out).exclude(creditor__in=out)
    return list(rows.select_related("invoice", "purchase__book").order_by("pk"))


def work_out(*, round_: Round, number: int) -> Computation | None:
    """Work out a computation that was asked for; one that is there, or not wanted, changes nothing.

    The thinking is done outside any transaction; it is written only if the round still waits for
    that number. What changed meanwhile is noticed when the round is booked.
    """
    rows = counting(round_)
    left = open_amounts(rows)
    owed = [
        lib.Obligation(str(row.pk), str(row.debtor_id), str(row.creditor_id), left[row.pk])
        for row in rows
        if left[row.pk]
    ]
    pot = round_.pot if lends(round_) else 0
    result = lib.solve(owed, max_ring=round_.max_ring, liquidity=pot, fair=round_.even)
    sizes = pot_sizes(owed, result, round_)
    return _write(round_, number, result, left, sizes)


@transaction.atomic
def _write(
    round_: Round, number: int, result: lib.Result, left: dict[int, int],
    sizes: list[lib.PotSize],
) -> Computation | None:  # fmt: skip
    row = _locked(round_)
    if row.number != number or row.state != State.COMPUTING:
        return current(row) if row.number == number else None
    names = names_of(row, result)
    people = {names(name) for ring in result.rings for name in ring.members}
    found = Computation.objects.create(
        round=row, number=number, total=result.total, cleared=result.cleared, bound=result.bound,
        obligations=len(result.obligations), concerned=len(people),
    )  # fmt: skip
    Part.objects.bulk_create(
        Part(
            computation=found, obligation_id=int(each.id), owed=left[int(each.id)],
            amount=each.cleared,
        )
        for each in result.obligations
        if each.cleared
    )  # fmt: skip
    _write_rings(found, result, names)
    write_pot(found, result, sizes)
    _keep_answers(row, found)
    row.state = State.PROPOSED
    row.answer_by = today() + dt.timedelta(days=row.days)
    row.save(update_fields=["state", "answer_by"])
    return found


def _write_rings(found: Computation, result: lib.Result, names: Callable[[str], int]) -> None:
    Ring.objects.bulk_create(
        Ring(computation=found, number=number, amount=ring.amount)
        for number, ring in enumerate(result.rings, 1)
    )
    made = {ring.number: ring for ring in found.rings.all()}
    RingPlace.objects.bulk_create(
        RingPlace(ring=made[number], position=position, agent_id=names(name))
        for number, ring in enumerate(result.rings, 1)
        for position, name in enumerate(ring.members, 1)
    )


def _keep_answers(row: Round, found: Computation) -> None:
    """Who agreed to the very same effect before still agrees."""
    before = row.computations.filter(number__lt=found.number).first()
    if before is None:
        return
    effects = concerned(found)
    for answer in before.answers.filter(agrees=True):
        if effects.get(answer.agent_id) == answer.effect:
            Answer.objects.create(
                computation=found, agent_id=answer.agent_id, agrees=True, effect=answer.effect,
                kept=True, by=answer.by,
            )  # fmt: skip


@transaction.atomic
def answer(*, round_: Round, agent: Agent, agrees: bool, effect: str, by: Actor) -> Answer:
    """Agree to one's own effect of a round, or refuse; a refusal has the round worked out without one.

    Args:
        round_: Which round.
        agent: For whom.
        agrees: Yes or no.
        effect: The digest of the effect that was shown.
        by: Speaks for ``agent``.

    Returns:
        The answer; the one that is there when the same was said before.

    Raises:
        Forbidden: ``by`` does not speak for ``agent``.
        NotNow: It does not wait for answers, the effect is another one by now, the round does not concern
            ``agent``, or the opposite was said.
    """
    authorize(by, "clearing.speak", agent)
    row = _locked(round_)
    found = current(row)
    if row.state != State.PROPOSED or found is None:
        raise NotNow
    mine = effects_of(found, [agent])
    if not mine or mine[0].digest != effect:
        raise NotNow
    if known := mine[0].answer:
        if known.agrees != agrees:
            raise NotNow
        return known
    said = Answer.objects.create(
        computation=found, agent=agent, agrees=agrees, effect=effect, by=label_of(by)
    )
    audit(by, "clearing.round.answered", row, agrees=agrees)
    if not agrees:
        _again(row, Actor.system("clearing"))
    return said


def settle_due() -> int:
    """Silence is no agreement: once the day has passed, a round is worked out without those who said nothing.

    Returns:
        How many rounds were.
    """
    late = Round.objects.filter(state=State.PROPOSED, answer_by__lt=today())
    return sum(_without_the_silent(row) for row in late)


@transaction.atomic
def _without_the_silent(round_: Round) -> bool:
    row = _locked(round_)
    found = current(row)
    if (
        found is None
        or row.state != State.PROPOSED
        or not row.answer_by
        or row.answer_by >= today()
    ):
        return False
    effects = concerned(found)
    silent = set(effects) - set(found.answers.values_list("agent", flat=True))
    if not silent:
        return False
    for pk in sorted(silent):
        Answer.objects.create(
            computation=found, agent_id=pk, agrees=False, effect=effects[pk], by="clearing"
        )
    _again(row, Actor.system("clearing"))
    return True
