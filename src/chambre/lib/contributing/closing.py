"""Rules that close a budget in which more was asked for than is there, exact in cents.

Each rule says what everybody is paid; what becomes of the rest is a second question, which each person
answers for themselves unless the rule answers it: it is let go, kept as a claim on what comes, or given
as volunteer work. For each person ``asked = paid + carried + given + waived``; nobody is paid more than
they asked for, and never more is paid than is there. The order of the people changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chambre.lib.attribution.shares import split_amount
from chambre.lib.contributing.wording import ContributingRefusal


class Rule(StrEnum):
    """How what is there is shared."""

    PRO_RATA = "pro-rata"
    CAP = "cap"
    CARRY = "carry"
    VOLUNTEER = "volunteer"
    LOWERED = "lowered"


class Rest(StrEnum):
    """What becomes of what is not paid."""

    WAIVE = "waive"
    CARRY = "carry"
    GIVE = "give"


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody asks for, and their position on it.

    Attributes:
        who: Who; unique among the claims.
        asked: Cents that they asked for and that are not paid.
        keeps: Cents that they keep asking for; None: all of it.
        rest: What they want to become of what they are not paid.
    """

    who: str
    asked: int
    keeps: int | None = None
    rest: Rest = Rest.WAIVE

    def __post_init__(self) -> None:
        if self.asked < 0:
            raise ContributingRefusal("amount-negative")
        if self.keeps is not None and not 0 <= self.keeps <= self.asked:
            raise ContributingRefusal("lowered-above")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a claim comes to, in cents: ``asked = paid + carried + given + waived``.

    Attributes:
        who: Whose.
        asked: What was asked for.
        paid: Paid from the budget.
        carried: Kept as a claim on what comes.
        given: Given as volunteer work.
        waived: Let go.
    """

    who: str
    asked: int
    paid: int
    carried: int = 0
    given: int = 0
    waived: int = 0


def close(
    rule: Rule, available: int, claims: Sequence[Claim], rest: Rest | None = None
) -> tuple[Outcome, ...]:
    """Close a budget by a rule.

    ``pro-rata`` pays everybody the same share of what they asked for. ``cap`` pays everybody up to
    the same amount, so that small claims are whole. ``carry`` and ``volunteer`` are pro rata, with
    the whole rest carried or given. ``lowered`` pays what each keeps asking for, pro rata where
    that is still too much; what is then left stays in the budget.

    Args:
        rule: The rule.
        available: Cents that are there.
        claims: One for each person.
        rest: What becomes of what is not paid, for all; None: as each wants.

    Returns:
        One outcome for each claim, by ``who`` in alphabetical order.

    Raises:
        ContributingRefusal: ``amount-negative``.
        ValueError: Somebody stands there twice.
    """
    if available < 0:
        raise ContributingRefusal("amount-negative")
    if len({claim.who for claim in claims}) != len(claims):
        raise ValueError("somebody claims twice")
    rest = {Rule.CARRY: Rest.CARRY, Rule.VOLUNTEER: Rest.GIVE}.get(rule, rest)
    wanted = {
        claim.who: claim.asked if rule is not Rule.LOWERED or claim.keeps is None else claim.keeps
        for claim in claims
    }
    paid = _level(available, wanted) if rule is Rule.CAP else _share(available, wanted)
    return tuple(
        _outcome(claim, paid.get(claim.who, 0), rest or claim.rest)
        for claim in sorted(claims, key=lambda each: each.who)
    )


def _outcome(claim: Claim, paid: int, rest: Rest) -> Outcome:
    unpaid = claim.asked - paid
    return Outcome(
        claim.who, claim.asked, paid,
        carried=unpaid if rest is Rest.CARRY else 0,
        given=unpaid if rest is Rest.GIVE else 0,
        waived=unpaid if rest is Rest.WAIVE else 0,
    )  # fmt: skip


def _share(available: int, wanted: dict[str, int]) -> dict[str, int]:
    """Pro rata; all of it where it is enough."""
    if sum(wanted.values()) <= available:
        return wanted
    return split_amount(available, {who: minor for who, minor in wanted.items() if minor})


def _level(available: int, wanted: dict[str, int]) -> dict[str, int]:
    """Everybody up to the same amount: the smallest claims are served first, each whole if it fits.

    The cents that do not go round go to the first in alphabetical order.
    """
    paid: dict[str, int] = {}
    left = available
    queue = sorted(wanted.items(), key=lambda each: (each[1], each[0]))
    for place, (who, minor) in enumerate(queue):
        level = left // (len(queue) - place)
        if minor > level:
            return paid | _equal(left, [each for each, _minor in queue[place:]])
        paid[who] = minor
        left -= minor
    return paid


def _equal(left: int, people: list[str]) -> dict[str, int]:
    """The same for everybody; the cents that are left to the first in alphabetical order."""
    level, more = divmod(left, len(people))
    return {who: level + (place < more) for place, who in enumerate(sorted(people))}
