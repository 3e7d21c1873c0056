"""Contributive budgets: an envelope for a year, in parts, from which people set their own share in the open.

What nobody put into a part is the common part; who asks names a part or the common one. Asking for more
than is there is never refused: it shows, it warns, and an overrun is solved together (:mod:`.overrun`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chambre.lib.contributing.wording import ContributingRefusal

NEAR = 80
"""Percent of an envelope that is asked for, from which the budget warns."""

AHEAD = 20
"""Points by which the share asked for may be ahead of the share of the time that has gone."""

COMMON = ""
"""Stands for the common part."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for.

    Attributes:
        who: Who.
        part: From which part; :data:`COMMON` for the common one.
        minor: Cents.
        paid: Cents of it that were paid.
    """

    who: str
    part: str
    minor: int
    paid: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.paid <= self.minor:
            raise ContributingRefusal("amount-negative")


class Alert(StrEnum):
    """What a budget warns of."""

    PART_OVER = "part-over"
    OVER = "over"
    NEAR = "near"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Part:
    """How a part stands, in cents; ``left`` is negative when more is asked for."""

    name: str
    amount: int
    asked: int
    paid: int

    @property
    def left(self) -> int:
        """What nobody has asked for."""
        return self.amount - self.asked


@dataclass(frozen=True, slots=True)
class Standing:
    """How a budget stands.

    Attributes:
        total: Cents of the year's envelope.
        asked: Cents that are asked for.
        paid: Cents of these that were paid.
        parts: The parts, the common one last.
        people: Cents asked by each person, the most first.
        warnings: What to look at, each once: kind and name of the part.
    """

    total: int
    asked: int
    paid: int
    parts: tuple[Part, ...]
    people: tuple[tuple[str, int], ...]
    warnings: tuple[tuple[Alert, str], ...]

    @property
    def left(self) -> int:
        """What nobody has asked for; negative: an overrun of so much."""
        return self.total - self.asked

    @property
    def over(self) -> int:
        """By how much more is asked for than is there."""
        return max(0, -self.left)


def check_parts(total: int, parts: Mapping[str, int]) -> None:
    """Refuse envelopes that hold more than the budget.

    Raises:
        ContributingRefusal: ``amount-negative``, ``envelopes-over``.
    """
    if total < 0 or any(amount < 0 for amount in parts.values()):
        raise ContributingRefusal("amount-negative")
    if sum(parts.values()) > total:
        raise ContributingRefusal("envelopes-over")


def stand(
    total: int, parts: Mapping[str, int], asked: Iterable[Asked], elapsed: int = 100
) -> Standing:
    """How a budget stands.

    Args:
        total: Cents of the year's envelope.
        parts: Cents by name of the part, without the common one.
        asked: What people ask for.
        elapsed: Percent of the budget's time that has gone; see :func:`elapsed_percent`.

    Raises:
        ContributingRefusal: See :func:`check_parts`.
        KeyError: Somebody asks from a part that is not there.
    """
    check_parts(total, parts)
    sums = {name: [amount, 0, 0] for name, amount in parts.items()}
    sums[COMMON] = [total - sum(parts.values()), 0, 0]
    people: dict[str, int] = {}
    for each in asked:
        row = sums[each.part]
        row[1] += each.minor
        row[2] += each.paid
        people[each.who] = people.get(each.who, 0) + each.minor
    found = tuple(Part(name, *row) for name, row in sums.items())
    wanted = sum(part.asked for part in found)
    return Standing(
        total, wanted, sum(part.paid for part in found), found,
        tuple(sorted(people.items(), key=lambda each: (-each[1], each[0]))),
        _warnings(total, wanted, found, elapsed),
    )  # fmt: skip


def _warnings(
    total: int, asked: int, parts: tuple[Part, ...], elapsed: int
) -> tuple[tuple[Alert, str], ...]:
    found: list[tuple[Alert, str]] = []
    if asked > total:
        found.append((Alert.OVER, COMMON))
    elif asked * 100 >= total * NEAR and asked:
        found.append((Alert.NEAR, COMMON))
    if asked <= total and asked * 100 > total * (elapsed + AHEAD):
        found.append((Alert.AHEAD, COMMON))
    found += [(Alert.PART_OVER, part.name) for part in parts if part.left < 0 and part.name]
    return tuple(found)


def elapsed_percent(starts: dt.date, ends: dt.date, today: dt.date) -> int:
    """Percent of a budget's time that has gone, rounded down: 0 before it, 100 after its last day."""
    days = (ends - starts).days + 1
    gone = (today - starts).days + 1
    return max(0, min(100, gone * 100 // days))
