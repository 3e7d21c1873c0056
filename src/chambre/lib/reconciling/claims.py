"""Rows that name what they pay: by a reference, whole, in part, several at once.

A name in a row decides before any likeness does. What is asked for an item by all its rows is
looked at together; the order in which rows are given never matters, only their days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from chambre.lib.reconciling.evidence import MOST_SUMMED, likeness_of_item
from chambre.lib.reconciling.index import OWN_ACTS, Index, View, due_of, party_key, rank
from chambre.lib.reconciling.model import Item, Part, Proposal, Reason, reason
from chambre.lib.reconciling.names import one_edit

MOST_OVER = 5
"""An item that allows it may be overpaid by one of so many parts of what is open."""


@dataclass(eq=False)
class Claim:
    """What a row pays by the references in it.

    Attributes:
        view: The row.
        parts: Items and cents of each.
        reasons: What speaks for it.
        whole: Each item is paid whole and nothing is left.
        block: Why a person has to decide.
    """

    view: View
    parts: tuple[tuple[Item, int], ...]
    reasons: tuple[Reason, ...]
    whole: bool = True
    block: Reason | None = None

    def proposal(self) -> Proposal:
        """As it is shown."""
        given = sum(amount for _item, amount in self.parts)
        score = (70 if self.block else 95) + (5 if self.whole else -15)
        parts = tuple(Part(item.key, amount) for item, amount in self.parts)
        return Proposal(parts, self.view.amount - given, score=min(score, 100),
                        reasons=self.reasons)  # fmt: skip


def claim(view: View, index: Index) -> Claim | None:
    """What a row pays by the references in it; nothing when it names no open item."""
    named = index.named(view)
    items = [
        item
        for item in named
        if item.amount > 0
        and any(
            each in view.found.exact and not index.is_shared(each)
            for each in index.references_of[item.key]
        )
    ]
    if not items:
        return None
    made = _fit(view, items, index)
    if any(item.amount == 0 for item in named) and made.block is None:
        made.block = reason("already-paid", item=next(i.key for i in named if i.amount == 0))
    return made


def _fit(view: View, items: list[Item], index: Index) -> Claim:
    """What a row pays of the items that it names, by its amount."""
    total = sum(item.amount for item in items)
    like = [likeness_of_item(view, item) for item in items]
    sure = all(index.proves(item, view) for item in items) or any(each.strong for each in like)
    why = reason("reference") if len(items) == 1 else reason("references", count=len(items))
    if total == view.amount:
        parts = tuple((item, item.amount) for item in items)
        block = None if sure or len(items) > 1 else _twin(view, items[0], index)
        return Claim(view, parts, (why, reason("amount")), block=block)
    if len(items) > 1:
        return Claim(view, _in_turn(items, view.amount), (why,), whole=False,
                     block=reason("sum-differs", named=total, paid=view.amount))  # fmt: skip
    if view.amount < total:
        return _part(view, items[0], index, why, sure=sure)
    return _more(view, items[0], index, why, sure=sure)


def _twin(view: View, item: Item, index: Index) -> Reason | None:
    """Another item of the amount whose number is one sign away, when the payer is nobody known.

    A number without check digits may be mistyped into that of somebody else's.
    """
    mine = [each for each in index.references_of[item.key] if each in view.found.exact]
    for other in index.same_amount[item.direction, item.amount]:
        if other.key != item.key and any(
            one_edit(one, two) for one in mine for two in index.references_of[other.key]
        ):
            return reason("near-twin", item=other.key)
    return None


def _in_turn(items: Sequence[Item], amount: int) -> tuple[tuple[Item, int], ...]:
    """The amount spread over the items, those due first before the others."""
    parts = []
    for item in sorted(items, key=rank):
        given = min(item.amount, amount)
        if given:
            parts.append((item, given))
            amount -= given
    return tuple(parts)


def _part(view: View, item: Item, index: Index, why: Reason, *, sure: bool) -> Claim:
    """Less than what is open: an instalment, unless it is the whole of something else."""
    block = None
    if item.kind in OWN_ACTS or not item.partial:
        block = reason("amount-differs", open=item.amount, paid=view.amount)
    elif not sure:
        block = reason("part-of-stranger")
    elif rival := _rival(view, item, index):
        block = reason("rival", item=rival.key)
    reasons = (why, reason("part", open=item.amount, paid=view.amount))
    return Claim(view, ((item, view.amount),), reasons, whole=False, block=block)


def _rival(view: View, item: Item, index: Index) -> Item | None:
    """Another item of exactly this amount, of the same party or of whoever paid."""
    for other in index.same_amount[item.direction, view.amount]:
        if party_key(other) == party_key(item) or likeness_of_item(view, other).strong:
            return other
    return None


def _more(view: View, item: Item, index: Index, why: Reason, *, sure: bool) -> Claim:
    """More than what is open: other items of the party with it, or paid too much."""
    excess = view.amount - item.amount
    ways = list(_others(item, excess, index)) if item.kind not in OWN_ACTS else []
    if ways:
        parts = tuple((each, each.amount) for each in sorted([item, *ways[0]], key=rank))
        block = None if sure else reason("part-of-stranger")
        if len(ways) > 1:
            block = reason("several-sums", count=len(ways))
        return Claim(view, parts, (why, reason("sum", count=len(parts))), block=block)
    reasons = (why, reason("over", open=item.amount, paid=view.amount))
    if item.over and sure and excess * MOST_OVER <= item.amount:
        return Claim(view, ((item, view.amount),), reasons, whole=False)
    block = reason("over-by", excess=excess)
    return Claim(view, ((item, item.amount),), reasons, whole=False, block=block)


def _others(item: Item, excess: int, index: Index) -> Iterator[tuple[Item, ...]]:
    """Other open items of the party that make up the excess, at most two ways."""
    others = [
        other
        for other in index.of_party[item.direction, *party_key(item)]
        if other.key != item.key and other.amount <= excess
    ]
    if len(others) > MOST_SUMMED:
        return
    found = 0
    for count in range(1, min(len(others), 5) + 1):
        for some in combinations(sorted(others, key=rank), count):
            if sum(each.amount for each in some) == excess:
                yield some
                found += 1
                if found == 2:
                    return


def settle(claims: Sequence[Claim], left: dict[str, int]) -> list[Claim]:
    """Accept the claims that fit together; the others get their ``block``.

    When more is asked for an item than is open, the earliest row that pays it whole has it, if
    all pay it whole and one is the earliest; otherwise a person decides among them.

    Args:
        claims: All claims of the run.
        left: Cents open of each item; what is accepted is taken off.

    Returns:
        The accepted claims, in order of day.
    """
    asked: dict[str, list[Claim]] = defaultdict(list)
    for each in claims:
        if each.block is None:
            for item, _amount in each.parts:
                asked[item.key].append(each)
    for key, some in sorted(asked.items()):
        _narrow(key, some, left)
    accepted = [each for each in claims if each.block is None]
    for each in accepted:
        for item, amount in each.parts:
            left[item.key] = max(0, left[item.key] - amount)
    return sorted(accepted, key=lambda each: (each.view.row.day, each.view.row.key))


def _narrow(key: str, some: Sequence[Claim], left: dict[str, int]) -> None:
    """Block those that an item has no room for."""
    wanted = sum(amount for each in some for item, amount in each.parts if item.key == key)
    if len(some) == 1 or wanted <= left[key]:
        return
    days = sorted(each.view.row.day for each in some)
    first_alone = all(each.whole for each in some) and days[0] < days[1]
    for each in some:
        if first_alone and each.view.row.day == days[0]:
            continue
        each.block = each.block or (
            reason("already-paid", item=key) if first_alone else reason("tie", count=len(some))
        )


def paid_before(view: View, index: Index) -> Item | None:
    """The settled item that a row names, if it names no open one."""
    named = index.named(view)
    if named and all(item.amount == 0 for item in named):
        return max(named, key=due_of)
    return None
