"""Obligations as a network: members are numbered by their names, so no order of lines matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chambre.lib.clearing.obligations import Obligation
from chambre.lib.clearing.pushing import Ints


@dataclass(frozen=True, slots=True)
class Network:
    """Who owes whom how much in all.

    Attributes:
        members: In the order of their names.
        tail, head: Debtor and creditor of each arc, as places in ``members``; sorted, none twice.
        cap: Cents owed from one to the other in all.
        groups: For each arc its obligations, in the order of their names.
    """

    members: list[str]
    tail: Ints
    head: Ints
    cap: Ints
    groups: list[list[Obligation]]

    @property
    def n(self) -> int:
        """Number of members."""
        return len(self.members)


def network(obligations: Sequence[Obligation]) -> Network:
    """Number the members, and put together what the same two owe in the same direction."""
    members = sorted(
        {each.debtor for each in obligations} | {each.creditor for each in obligations}
    )
    place = {name: index for index, name in enumerate(members)}
    width = len(members)
    grouped: dict[int, list[Obligation]] = {}
    for each in sorted(obligations, key=lambda one: one.id):
        grouped.setdefault(place[each.debtor] * width + place[each.creditor], []).append(each)
    keys = sorted(grouped)
    groups = [grouped[key] for key in keys]
    pairs = np.array(keys, dtype=np.int64)
    cap = np.array([sum(each.amount for each in group) for group in groups], dtype=np.int64)
    return Network(members, pairs // max(1, width), pairs % max(1, width), cap, groups)


def share_out(group: Sequence[Obligation], amount: int, *, fair: bool) -> list[int]:
    """How much of what was set off between two goes to each obligation between them.

    Args:
        group: Obligations of one debtor to one creditor, in the order of their names.
        amount: Cents set off between the two, at most their sum.
        fair: Each by its share (what is left over by rounding down, a cent each to the largest
            remainders, the first by name among equals) rather than one after the other.
    """
    if not fair:
        parts = []
        for each in group:
            part = min(each.amount, amount)
            amount -= part
            parts.append(part)
        return parts
    whole = sum(each.amount for each in group)
    parts = [each.amount * amount // whole for each in group]
    order = sorted(
        range(len(group)), key=lambda index: (-(group[index].amount * amount % whole), index)
    )
    for index in order[: amount - sum(parts)]:
        parts[index] += 1
    return parts
