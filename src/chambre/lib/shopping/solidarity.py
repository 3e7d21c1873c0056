"""Prices that carry each other: bidding rounds, and baskets that some pay ahead for others.

The free price of a product is :class:`chambre.lib.shopping.lines.FreePrice`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from chambre.lib.money import shares
from chambre.lib.shopping.wording import ShoppingRefusal


class SolidarityRefusal(ShoppingRefusal):
    """A pledge out of bounds, or nothing left to take."""

    texts: ClassVar = {
        "pledge-low": (
            "A pledge is at least {least:money}.",
            "Un engagement est d’au moins {least:money}.",
        ),
        "pledge-high": (
            "A pledge is at most {most:money}.",
            "Un engagement est d’au plus {most:money}.",
        ),
        "suspended-little": (
            "{left:money} has been paid ahead and is left; {asked:money} is needed.",
            "Il reste {left:money} payés d’avance ; il faudrait {asked:money}.",
        ),
    }


@dataclass(frozen=True, slots=True)
class Pledge:
    """What a member offers to pay for a season.

    Attributes:
        member: Who.
        amount: Cents that are offered.
        least: The round asks for at least so many cents.
        most: Most cents that this member can or may give, also if asked again.
    """

    member: str
    amount: int
    least: int
    most: int

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most:
            raise ValueError((self.least, self.most))
        if self.amount < self.least:
            raise SolidarityRefusal("pledge-low", least=self.least)
        if self.amount > self.most:
            raise SolidarityRefusal("pledge-high", most=self.most)

    @property
    def headroom(self) -> int:
        """Cents by which it can still be raised."""
        return self.most - self.amount


@dataclass(frozen=True, slots=True)
class Round:
    """How a bidding round stands, in cents.

    Attributes:
        target: What the season costs.
        pledged: What was offered in all.
        mean: What each would pay if all paid the same, rounded up; None: nobody has pledged.
    """

    target: int
    pledged: int
    mean: int | None

    @property
    def missing(self) -> int:
        """What is missing."""
        return max(0, self.target - self.pledged)

    @property
    def over(self) -> int:
        """What is more than needed."""
        return max(0, self.pledged - self.target)

    @property
    def reached(self) -> bool:
        """Whether the season is paid."""
        return not self.missing


def count_round(target: int, pledges: Sequence[Pledge]) -> Round:
    """Count the pledges of a round.

    Raises:
        ValueError: A negative target, or a member who pledges twice.
    """
    if target < 0 or len({pledge.member for pledge in pledges}) != len(pledges):
        raise ValueError(target)
    mean = -(-target // len(pledges)) if pledges else None
    return Round(target, sum(pledge.amount for pledge in pledges), mean)


@dataclass(frozen=True, slots=True)
class Raise:
    """By how much one pledge would be raised.

    Attributes:
        member: Whose.
        by: Cents.
        amount: Cents that it then is, never above the member's most.
    """

    member: str
    by: int
    amount: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a gap could be closed; people decide.

    Attributes:
        raises: One per pledge, in their order.
        missing: Cents that are missing even then.
    """

    raises: tuple[Raise, ...]
    missing: int


def close_equally(target: int, pledges: Sequence[Pledge]) -> Proposal:
    """Propose that everybody gives the same more; who is at their most gives what they can.

    What those cannot give is asked of the others, again in equal parts; cents that do not divide go
    to the earlier pledges.
    """
    gap = count_round(target, pledges).missing
    by = [0] * len(pledges)
    while gap and (
        able := [place for place, one in enumerate(pledges) if by[place] < one.headroom]
    ):
        parts = shares(gap, [1] * len(able))
        gap = 0
        for place, part in zip(able, parts, strict=True):
            given = min(part, pledges[place].headroom - by[place])
            by[place] += given
            gap += part - given
    return _proposal(pledges, by, gap)


def close_by_headroom(target: int, pledges: Sequence[Pledge]) -> Proposal:
    """Propose that each gives more in proportion to what they said they still could."""
    gap = count_round(target, pledges).missing
    rooms = [pledge.headroom for pledge in pledges]
    whole = sum(rooms)
    # A share of at most the sum of the weights never exceeds its own weight.
    by = shares(min(gap, whole), rooms) if whole else [0] * len(pledges)
    return _proposal(pledges, by, gap - sum(by))


def _proposal(pledges: Sequence[Pledge], by: Sequence[int], missing: int) -> Proposal:
    raises = tuple(
        Raise(pledge.member, more, pledge.amount + more)
        for pledge, more in zip(pledges, by, strict=True)
    )
    return Proposal(raises, missing)


@dataclass(frozen=True, slots=True)
class Gift:
    """Something paid ahead for others, at one shop.

    Attributes:
        key: What tells it from the other gifts.
        shop: Where it can be used, and nowhere else.
        amount: Cents that were paid.
    """

    key: str
    shop: str
    amount: int

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(self.amount)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part of a gift that is used.

    Attributes:
        gift: Key of the gift.
        amount: Cents, above 0.
    """

    gift: str
    amount: int


def _left(gifts: Sequence[Gift], used: Mapping[str, int], shop: str) -> list[tuple[Gift, int]]:
    found = [(gift, gift.amount - used.get(gift.key, 0)) for gift in gifts if gift.shop == shop]
    if min((rest for _gift, rest in found), default=0) < 0:
        raise ValueError("more of a gift was used than was given")
    return found


def suspended_left(gifts: Sequence[Gift], used: Mapping[str, int], shop: str) -> int:
    """Cents that were paid ahead at a shop and are left.

    Args:
        gifts: In the order in which they were paid.
        used: Cents used of each gift so far, by its key.
        shop: Which shop.

    Raises:
        ValueError: More of a gift was used than was given.
    """
    return sum(rest for _gift, rest in _left(gifts, used, shop))


def draw(
    gifts: Sequence[Gift], used: Mapping[str, int], *, shop: str, amount: int
) -> tuple[Drawn, ...]:
    """Take from what was paid ahead, first paid first used. Who takes it is nowhere asked.

    Args:
        gifts: In the order in which they were paid.
        used: Cents used of each gift so far, by its key.
        shop: Which shop.
        amount: Cents that are needed.

    Returns:
        Parts that sum to ``amount``.

    Raises:
        SolidarityRefusal: ``suspended-little``: there is not so much, and nothing is taken.
        ValueError: A negative amount, or more of a gift was used than was given.
    """
    if amount < 0:
        raise ValueError(amount)
    left = _left(gifts, used, shop)
    if (whole := sum(rest for _gift, rest in left)) < amount:
        raise SolidarityRefusal("suspended-little", left=whole, asked=amount)
    drawn = []
    for gift, rest in left:
        part = min(rest, amount)
        if part:
            drawn.append(Drawn(gift.key, part))
            amount -= part
    return tuple(drawn)
