"""What a circle does when more was asked for than is there: a guided procedure, step by step.

The steps are those that a cooperative used in 2024 to close its contributive budget of 2023 (15,000 €
asked, 10,000 € there): the data are recalled; a first round says how each feels; the table of what is
unpaid; a second round says « my position on mine, my position on the whole »; proposals, until
everybody consents, or the closing rule that was agreed beforehand applies; a third round keeps good
practice for the next time.

A state is a value; each act gives the next one, or refuses and changes nothing. Folding the same acts
again gives the same state, so that the acts are all that has to be kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from chambre.lib.contributing.closing import Claim, Outcome, Rest, Rule, close
from chambre.lib.contributing.wording import ContributingRefusal


class Stage(StrEnum):
    """The steps, in order."""

    DATA = "data"
    FEELINGS = "feelings"
    TABLE = "table"
    POSITIONS = "positions"
    PROPOSALS = "proposals"
    PRACTICE = "practice"
    DONE = "done"


ORDER = tuple(Stage)


@dataclass(frozen=True, slots=True)
class Position:
    """What somebody thinks of theirs and of the whole.

    Attributes:
        keeps: Cents of theirs that they keep asking for.
        rest: What they want to become of what they are not paid.
        whole: The rule that they would see for all; None: none in particular.
    """

    keeps: int
    rest: Rest = Rest.WAIVE
    whole: Rule | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule that is proposed, with what it comes to for everybody.

    Attributes:
        by: Who proposes it.
        rule: The rule.
        rest: What becomes of what is not paid; None: as each wants.
        outcomes: What each claim comes to.
    """

    by: str
    rule: Rule
    rest: Rest | None
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Overrun:
    """Where the procedure stands.

    Attributes:
        available: Cents that are there.
        claims: Cents that each asked for and was not paid.
        fallback: The closing rule that was agreed beforehand.
        deadline: From this day on the closing rule may be applied.
        stage: The step.
        felt: Who spoke in the first round, and who was excused.
        positions: The positions of the second round.
        excused: Who was excused from the second round: their claim stays as it was.
        proposals: What was proposed, the last one counts.
        consents: Who consents to the last proposal.
        objections: Who objects to it.
        stale: Whether positions changed since the last proposal: it counts no more.
        outcomes: What was decided; empty before.
        by_rule: Whether the closing rule decided.
        practised: Who spoke in the third round.
    """

    available: int
    claims: Mapping[str, int]
    fallback: Rule
    deadline: dt.date
    stage: Stage = Stage.DATA
    felt: frozenset[str] = frozenset()
    positions: Mapping[str, Position] = field(default_factory=dict)
    excused: frozenset[str] = frozenset()
    proposals: tuple[Proposal, ...] = ()
    consents: frozenset[str] = frozenset()
    objections: frozenset[str] = frozenset()
    stale: bool = False
    outcomes: tuple[Outcome, ...] = ()
    by_rule: bool = False
    practised: frozenset[str] = frozenset()

    @property
    def asked(self) -> int:
        """Cents that were asked for in all."""
        return sum(self.claims.values())

    @property
    def over(self) -> int:
        """Cents that are missing."""
        return self.asked - self.available

    def positioned(self) -> list[Claim]:
        """The claims with what their people said in the second round."""
        return [
            Claim(who, asked, said.keeps, said.rest)
            if (said := self.positions.get(who)) else Claim(who, asked)
            for who, asked in self.claims.items()
        ]  # fmt: skip

    def missing(self) -> frozenset[str]:
        """Who has not spoken yet at this step."""
        people = frozenset(self.claims)
        if self.stage is Stage.FEELINGS:
            return people - self.felt
        if self.stage is Stage.POSITIONS:
            return people - frozenset(self.positions) - self.excused
        if self.stage is Stage.PROPOSALS:
            return people - self.consents - self.objections
        return people - self.practised if self.stage is Stage.PRACTICE else frozenset()


def begin(
    available: int, claims: Mapping[str, int], *, fallback: Rule, deadline: dt.date
) -> Overrun:
    """Begin the procedure.

    Args:
        available: Cents that are there for what is not paid.
        claims: Cents that each person asked for and was not paid.
        fallback: The closing rule that was agreed beforehand.
        deadline: From this day on it may be applied.

    Raises:
        ContributingRefusal: ``no-overrun``, ``amount-negative``.
    """
    if available < 0 or any(minor < 0 for minor in claims.values()):
        raise ContributingRefusal("amount-negative")
    found = {who: minor for who, minor in sorted(claims.items()) if minor}
    if sum(found.values()) <= available:
        raise ContributingRefusal("no-overrun")
    return Overrun(available, found, fallback, deadline)


def _at(state: Overrun, *stages: Stage) -> None:
    if state.stage not in stages:
        raise ContributingRefusal("wrong-stage", stage=str(state.stage))


def _claimant(state: Overrun, who: str) -> None:
    if who not in state.claims:
        raise ContributingRefusal("not-a-claimant")


def feel(state: Overrun, who: str) -> Overrun:
    """Somebody said in the first round how they feel.

    Raises:
        ContributingRefusal: ``wrong-stage``, ``not-a-claimant``.
    """
    _at(state, Stage.FEELINGS)
    _claimant(state, who)
    return replace(state, felt=state.felt | {who})


def take_position(state: Overrun, who: str, position: Position) -> Overrun:
    """Somebody says what they think of theirs and of the whole; saying it again replaces it.

    Raises:
        ContributingRefusal: ``wrong-stage``, ``not-a-claimant``, ``lowered-above``.
    """
    _at(state, Stage.POSITIONS)
    _claimant(state, who)
    if not 0 <= position.keeps <= state.claims[who]:
        raise ContributingRefusal("lowered-above")
    return replace(
        state,
        positions={**state.positions, who: position},
        excused=state.excused - {who},
        stale=bool(state.proposals),
    )


def excuse(state: Overrun, who: str) -> Overrun:
    """Somebody cannot speak in this round: it goes on without them, their claim stays as it was.

    In the rounds only: whoever has a claim must consent to a proposal.

    Raises:
        ContributingRefusal: ``wrong-stage``, ``not-a-claimant``.
    """
    _at(state, Stage.FEELINGS, Stage.POSITIONS, Stage.PRACTICE)
    _claimant(state, who)
    if state.stage is Stage.FEELINGS:
        return replace(state, felt=state.felt | {who})
    if state.stage is Stage.PRACTICE:
        return replace(state, practised=state.practised | {who})
    return replace(state, excused=state.excused | {who})


def go_on(state: Overrun) -> Overrun:
    """Go to the next step once everybody was heard.

    Raises:
        ContributingRefusal: ``not-heard``; ``wrong-stage``: proposals end by consent or by rule.
    """
    _at(
        state, Stage.DATA, Stage.FEELINGS, Stage.TABLE, Stage.POSITIONS, Stage.PRACTICE,
    )  # fmt: skip
    if missing := state.missing():
        raise ContributingRefusal("not-heard", who=sorted(missing))
    return replace(state, stage=ORDER[ORDER.index(state.stage) + 1])


def go_back(state: Overrun) -> Overrun:
    """Back from the proposals to the second round: positions may be changed.

    Raises:
        ContributingRefusal: ``wrong-stage``.
    """
    _at(state, Stage.PROPOSALS)
    return replace(state, stage=Stage.POSITIONS, consents=frozenset(), objections=frozenset())


def result_of(state: Overrun, rule: Rule, rest: Rest | None = None) -> tuple[Outcome, ...]:
    """What a rule would come to with the positions that were taken; nothing is decided."""
    return close(rule, state.available, state.positioned(), rest)


def propose(state: Overrun, who: str, rule: Rule, rest: Rest | None = None) -> Overrun:
    """Propose a rule; consent and objections to the proposal before it are void.

    Raises:
        ContributingRefusal: ``wrong-stage``.
    """
    _at(state, Stage.PROPOSALS)
    made = Proposal(who, rule, rest, result_of(state, rule, rest))
    return replace(
        state,
        proposals=(*state.proposals, made),
        consents=frozenset(),
        objections=frozenset(),
        stale=False,
    )


def answer(state: Overrun, who: str, consent: bool) -> Overrun:
    """Somebody consents to the last proposal, or objects. When all consent it is decided.

    Raises:
        ContributingRefusal: ``wrong-stage``, ``not-a-claimant``, ``no-proposal``.
    """
    _at(state, Stage.PROPOSALS)
    _claimant(state, who)
    if not state.proposals or state.stale:
        raise ContributingRefusal("no-proposal")
    consents = state.consents | {who} if consent else state.consents - {who}
    objections = state.objections - {who} if consent else state.objections | {who}
    state = replace(state, consents=consents, objections=objections)
    if state.missing() or objections:
        return state
    return replace(state, stage=Stage.PRACTICE, outcomes=state.proposals[-1].outcomes)


def apply_fallback(state: Overrun, today: dt.date) -> Overrun:
    """Without consent, the closing rule that was agreed beforehand decides.

    Raises:
        ContributingRefusal: ``wrong-stage``; ``too-early``.
    """
    _at(state, Stage.PROPOSALS)
    if today < state.deadline:
        raise ContributingRefusal("too-early", deadline=state.deadline.isoformat())
    return replace(
        state, stage=Stage.PRACTICE, outcomes=result_of(state, state.fallback), by_rule=True
    )


def keep_practice(state: Overrun, who: str) -> Overrun:
    """Somebody says in the third round what to do better the next time.

    Raises:
        ContributingRefusal: ``wrong-stage``, ``not-a-claimant``.
    """
    _at(state, Stage.PRACTICE)
    _claimant(state, who)
    return replace(state, practised=state.practised | {who})


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the procedure, as it is kept.

    Attributes:
        kind: ``feel``, ``position``, ``excuse``, ``go-on``, ``go-back``, ``propose``, ``consent``,
            ``object``, ``fallback`` or ``practice``.
        who: Whom it is of.
        day: When.
        keeps: For ``position``: cents.
        rest: For ``position`` and ``propose``; empty: none said.
        rule: For ``position`` and ``propose``; empty: none said.
    """

    kind: str
    who: str
    day: dt.date
    keeps: int = 0
    rest: str = ""
    rule: str = ""


def _position(state: Overrun, act: Act) -> Overrun:
    whole = Rule(act.rule) if act.rule else None
    position = Position(act.keeps, Rest(act.rest or Rest.WAIVE), whole)
    return take_position(state, act.who, position)


def _propose(state: Overrun, act: Act) -> Overrun:
    return propose(state, act.who, Rule(act.rule), Rest(act.rest) if act.rest else None)


ACTS: Mapping[str, Callable[[Overrun, Act], Overrun]] = {
    "feel": lambda state, act: feel(state, act.who),
    "position": _position,
    "excuse": lambda state, act: excuse(state, act.who),
    "go-on": lambda state, act: go_on(state),
    "go-back": lambda state, act: go_back(state),
    "propose": _propose,
    "consent": lambda state, act: answer(state, act.who, True),
    "object": lambda state, act: answer(state, act.who, False),
    "fallback": lambda state, act: apply_fallback(state, act.day),
    "practice": lambda state, act: keep_practice(state, act.who),
}
"""What each kind of act does."""


def act_on(state: Overrun, act: Act) -> Overrun:
    """The state after an act.

    Raises:
        ContributingRefusal: The act does not fit; the state stays as it was.
        KeyError: There is no such kind of act.
    """
    return ACTS[act.kind](state, act)
