"""What a return gives back: one object, what is known of it, the rules of its scheme."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a return ends for who made it."""

    REFUNDED = "refunded"
    ALREADY = "already"
    CASE = "case"
    REFUSED = "refused"


class Condition(StrEnum):
    """In which condition an object came back."""

    GOOD = "good"
    DAMAGED = "damaged"


class Presence(StrEnum):
    """What says that the object itself is there, and not a picture of its code.

    ``COUNTER``: a person of the place holds it. ``MACHINE``: a return machine took it in. ``TAP``: a
    tag that signs each tap was read. ``DISTANCE``: a code alone, from anywhere.
    """

    COUNTER = "counter"
    MACHINE = "machine"
    TAP = "tap"
    DISTANCE = "distance"


class Reason(StrEnum):
    """Why a return ended so; each has its words."""

    WHOLE = "whole"
    LATE = "late"
    DAMAGED = "damaged"
    ALREADY = "already"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    NEVER_ISSUED = "never-issued"
    WITHDRAWN = "withdrawn"
    ELSEWHERE = "elsewhere"
    DISTANCE = "distance"
    TRAVEL = "travel"
    BURST = "burst"
    CLONED = "cloned"
    PLACE = "place"
    MEANS = "means"
    COUNT = "count"
    FREE = "free"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a scanned code.

    Attributes:
        exists: Some object has this code.
        foreign: It belongs to another scheme than the place.
        withdrawn: It is out of service, recalled or written off.
        was_out: It was issued at least once.
        held: Deposit of its open contract in cents; None: there is no open contract.
        days_out: Days since it was issued.
        own_place: The place is the one that issued it.
    """

    exists: bool = True
    foreign: bool = False
    withdrawn: bool = False
    was_out: bool = False
    held: int | None = None
    days_out: int = 0
    own_place: bool = True


@dataclass(frozen=True, slots=True)
class Scan:
    """How it was brought back.

    Attributes:
        condition: In which condition.
        presence: What says that the object is there.
        too_fast: It cannot have come from where it was seen last.
        burst: Whoever records it has recorded very many just now.
        cloned: The tag's counter did not rise.
    """

    condition: Condition = Condition.GOOD
    presence: Presence = Presence.COUNTER
    too_fast: bool = False
    burst: bool = False
    cloned: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What a scheme decided. Percents are whole numbers from 0 to 100.

    Attributes:
        damaged_kept: Percent kept of a damaged object; None: a person decides.
        late_after: An object is late after so many days; None: never.
        late_kept: Percent kept of a late object; None: nothing.
        distance_limit: Most cents that a code alone pays at a distance.
        same_place: Only the place that issued an object takes it back.
    """

    damaged_kept: int | None = None
    late_after: int | None = None
    late_kept: int | None = None
    distance_limit: int = 0
    same_place: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens.

    Attributes:
        outcome: How it ends.
        reason: Why.
        refund: Cents that are paid back.
        kept: Cents that are kept; with ``refund``, what was paid when the contract ends.
        case: Whether people should look at it.
    """

    outcome: Outcome
    reason: Reason
    refund: int = 0
    kept: int = 0
    case: bool = False

    @property
    def ends(self) -> bool:
        """Whether the contract ends."""
        return self.outcome is Outcome.REFUNDED


def decide(known: Known, scan: Scan, rules: Rules) -> Verdict:
    """Decide one return.

    What cannot be paid by rule is never paid and never refused for good: it is a case that people
    decide, while the deposit stays held.

    Args:
        known: What is known of the object.
        scan: How it was brought back.
        rules: The rules of its scheme on that day.

    Returns:
        The verdict; when it ends the contract, ``refund + kept`` is exactly what was paid.
    """
    if (reason := _not_ours(known)) is not None:
        return Verdict(Outcome.CASE, reason, case=True)
    if known.held is None:
        if known.was_out:
            return Verdict(Outcome.ALREADY, Reason.ALREADY, case=True)
        return Verdict(Outcome.CASE, Reason.NEVER_ISSUED, case=True)
    if (reason := _suspicious(known, scan, rules, known.held)) is not None:
        return Verdict(Outcome.CASE, reason, case=True)
    return _paid(known.held, known.days_out, scan, rules)


def _not_ours(known: Known) -> Reason | None:
    if not known.exists:
        return Reason.UNKNOWN
    if known.foreign:
        return Reason.FOREIGN
    return Reason.WITHDRAWN if known.withdrawn and known.held is None else None


def _suspicious(known: Known, scan: Scan, rules: Rules, held: int) -> Reason | None:
    if scan.cloned:
        return Reason.CLONED
    if rules.same_place and not known.own_place:
        return Reason.ELSEWHERE
    if scan.presence is Presence.DISTANCE and held > rules.distance_limit:
        return Reason.DISTANCE
    if scan.too_fast and scan.presence is not Presence.COUNTER:
        return Reason.TRAVEL
    if scan.burst:
        return Reason.BURST
    if scan.condition is Condition.DAMAGED and rules.damaged_kept is None:
        return Reason.DAMAGED
    return None


def _paid(held: int, days_out: int, scan: Scan, rules: Rules) -> Verdict:
    """The larger of what is kept for damage and for lateness; the cent left over is given back."""
    damaged = (rules.damaged_kept or 0) if scan.condition is Condition.DAMAGED else 0
    is_late = rules.late_after is not None and days_out > rules.late_after
    late = (rules.late_kept or 0) if is_late else 0
    kept = held * max(damaged, late) // 100
    reason = Reason.WHOLE
    if scan.condition is Condition.DAMAGED and damaged >= late:
        reason = Reason.DAMAGED
    elif late:
        reason = Reason.LATE
    return Verdict(
        Outcome.REFUNDED, reason, refund=held - kept, kept=kept, case=reason is Reason.DAMAGED
    )
