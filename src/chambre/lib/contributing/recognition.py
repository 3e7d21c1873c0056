"""When a contribution counts as recognised: seen by others, objected to, or met with silence.

A contribution is recognised when enough others of its circle have seen it, or when nobody objected for
so many days. An objection has a reason and holds it up until it is taken back, or until it was answered
and the person who objected let the days to reply go by. Objecting again maintains the objection. What is
maintained is decided by whoever the circle asks to (a steward, a facilitator), with a reason. The own
voice counts for nothing. Once recognised it stays so; a mistake is corrected by a new record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from chambre.lib.contributing.wording import ContributingRefusal


class Kind(StrEnum):
    """What somebody says of a contribution."""

    SEEN = "seen"
    OBJECTION = "objection"
    TAKEN_BACK = "taken-back"
    ANSWER = "answer"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class State(StrEnum):
    """Where a contribution stands."""

    WAITING = "waiting"
    CONTESTED = "contested"
    ANSWERED = "answered"
    RECOGNISED = "recognised"
    DECLINED = "declined"


class Way(StrEnum):
    """How it came to be recognised."""

    PEERS = "peers"
    SILENCE = "silence"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Terms:
    """By which rule contributions are recognised.

    Attributes:
        needed: How many others must have seen it; 0: what people say counts at once.
        silence_days: Days without an objection after which it counts; 0: silence never suffices.
        reply_days: Days that somebody who objected has to maintain it after an answer.
    """

    needed: int = 2
    silence_days: int = 30
    reply_days: int = 7

    def __post_init__(self) -> None:
        if min(self.needed, self.silence_days, self.reply_days) < 0:
            raise ValueError(self)


@dataclass(frozen=True, slots=True)
class Voice:
    """What somebody said on a day.

    Attributes:
        who: Who speaks; any text that stands for a person.
        kind: What they say.
        day: When.
        about: For an answer: whose objection is answered.
    """

    who: str
    kind: Kind
    day: dt.date
    about: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contribution stands on a day.

    Attributes:
        state: Where it stands.
        seen: Who has seen it and let it count, in alphabetical order.
        objecting: Whose objection is neither answered nor taken back.
        answered: Whose objection was answered and may still be maintained.
        on: Day on which it was recognised or declined.
        way: How it was recognised.
        due: Day on which it will be, if nobody says anything more; None: it is settled, or held up.
        late: How many voices came after it was settled; they count for nothing.
    """

    state: State
    seen: tuple[str, ...] = ()
    objecting: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    on: dt.date | None = None
    way: Way | None = None
    due: dt.date | None = None
    late: int = 0


@dataclass(slots=True)
class _Talk:
    """What was said so far."""

    since: dt.date
    terms: Terms
    seen: set[str] = field(default_factory=set)
    objecting: set[str] = field(default_factory=set)
    answered: dict[str, dt.date] = field(default_factory=dict)
    last_seen: dt.date | None = None
    quiet: dt.date | None = None

    def hear(self, voice: Voice) -> None:
        """Take one voice in, of somebody other than the contributor unless it is an answer."""
        who, day = voice.who, voice.day
        if voice.kind is Kind.ANSWER:
            if voice.about in self.objecting:
                self.objecting.discard(voice.about)
                self.answered[voice.about] = day
                self.quiet = day
            return
        held = who in self.objecting or who in self.answered
        self.objecting.discard(who)
        self.answered.pop(who, None)
        if held or voice.kind is Kind.OBJECTION:
            self.quiet = day
        if voice.kind is Kind.SEEN:
            self.seen.add(who)
            self.last_seen = day
        else:
            self.seen.discard(who)
        if voice.kind is Kind.OBJECTION:
            self.objecting.add(who)

    def ripe(self) -> tuple[dt.date, Way] | None:
        """When and how it will be recognised if nobody says anything more."""
        if self.objecting:
            return None
        reply = dt.timedelta(days=self.terms.reply_days)
        free = max((day + reply for day in self.answered.values()), default=self.since)
        found: list[tuple[dt.date, Way]] = []
        if len(self.seen) >= self.terms.needed:
            last = max(self.last_seen or self.since, self.quiet or self.since)
            found.append((max(last, free), Way.PEERS))
        if self.terms.silence_days:
            quiet = max(self.quiet or self.since, self.since)
            silence = quiet + dt.timedelta(days=self.terms.silence_days)
            found.append((max(silence, free), Way.SILENCE))
        return min(found, key=lambda each: each[0], default=None)


_DECIDED = {Kind.ACCEPTED: State.RECOGNISED, Kind.DECLINED: State.DECLINED}


def standing(
    *, by: str, since: dt.date, voices: Iterable[Voice], terms: Terms, today: dt.date
) -> Standing:
    """Where a contribution stands.

    Args:
        by: Who contributed; their own voice counts for nothing but answers.
        since: The day on which it was recorded: silence runs from it.
        voices: What was said, in the order in which it was said.
        terms: The rule.
        today: The day that is asked about.
    """
    talk = _Talk(since, terms)
    heard = [voice for voice in voices if (voice.who == by) == (voice.kind is Kind.ANSWER)]
    for number, voice in enumerate(heard):
        late = len(heard) - number
        if (ripe := talk.ripe()) and ripe[0] <= voice.day:
            return _settled(talk, State.RECOGNISED, *ripe, late)
        if voice.kind in _DECIDED:
            return _settled(talk, _DECIDED[voice.kind], voice.day, Way.DECISION, late - 1)
        talk.hear(voice)
    ripe = talk.ripe()
    if ripe and ripe[0] <= today:
        return _settled(talk, State.RECOGNISED, *ripe, 0)
    state = State.CONTESTED if talk.objecting else State.WAITING
    if state is State.WAITING and talk.answered:
        state = State.ANSWERED
    return Standing(
        state, tuple(sorted(talk.seen)), tuple(sorted(talk.objecting)),
        tuple(sorted(talk.answered)), due=ripe[0] if ripe else None,
    )  # fmt: skip


def _settled(talk: _Talk, state: State, on: dt.date, way: Way, late: int) -> Standing:
    kept = None if state is State.DECLINED else way
    return Standing(state, tuple(sorted(talk.seen)), on=on, way=kept, late=late)


def check_voice(
    voice: Voice, *, by: str, roll: Collection[str], now: Standing, reason: str = ""
) -> None:
    """Refuse a voice that may not be raised.

    Args:
        voice: What somebody wants to say.
        by: Who contributed.
        roll: Who may recognise and object.
        now: Where the contribution stands.
        reason: The words that come with it.

    Raises:
        ContributingRefusal: ``already-settled``, ``own-voice``, ``not-on-roll``, ``reason-needed``,
            ``not-the-contributor``, ``no-objection``.
    """
    if now.state in (State.RECOGNISED, State.DECLINED):
        raise ContributingRefusal("already-settled")
    if voice.kind is Kind.ANSWER:
        if voice.who != by:
            raise ContributingRefusal("not-the-contributor")
        if voice.about not in now.objecting:
            raise ContributingRefusal("no-objection")
    elif voice.who == by:
        raise ContributingRefusal("own-voice")
    elif voice.kind not in _DECIDED and voice.who not in roll:
        raise ContributingRefusal("not-on-roll")
    spoken = (Kind.OBJECTION, Kind.ANSWER, *_DECIDED)
    if voice.kind in spoken and not reason.strip():
        raise ContributingRefusal("reason-needed")
    if voice.kind is Kind.TAKEN_BACK and voice.who not in {
        *now.seen, *now.objecting, *now.answered,
    }:  # fmt: skip
        raise ContributingRefusal("no-objection")


def reachable(terms: Terms, roll: Collection[str], by: str) -> bool:
    """Whether a contribution can be recognised without a decision: enough others, or silence."""
    return bool(terms.silence_days) or len(set(roll) - {by}) >= terms.needed
