"""Graphs of debts made of a seed, and a slow clearing that shares nothing with the fast one."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

from chambre.lib.clearing import Obligation, Result, net_positions


def random_debts(seed: int, *, members: int = 12, count: int = 40) -> list[Obligation]:
    """Anybody owes anybody; small and large amounts, several between the same two."""
    rng = random.Random(seed)
    debts = []
    for number in range(rng.randint(2, count)):
        debtor, creditor = rng.sample(range(rng.randint(2, members)), 2)
        amount = rng.randint(1, rng.choice([5, 1000, 10**9]))
        debts.append(Obligation(f"o{number}", f"m{debtor}", f"m{creditor}", amount))
    return debts


def scale_free_debts(seed: int, *, members: int = 14, count: int = 40) -> list[Obligation]:
    """Who has many debts or claims gets more of them (preferential attachment, both ways)."""
    rng = random.Random(seed)
    ends = [0, 1]
    debts: list[Obligation] = []
    while len(debts) < count:
        new = rng.randrange(members)
        old = rng.choice(ends)
        if new == old:
            continue
        debtor, creditor = (new, old) if rng.random() < 0.5 else (old, new)
        amount = int(rng.paretovariate(1.2) * 100)
        debts.append(Obligation(f"o{len(debts)}", f"m{debtor}", f"m{creditor}", amount))
        ends += [new, old]
    return debts


def slow_largest(debts: Iterable[Obligation]) -> int:
    """The largest circulation, by cancelling rings that gain (M. Klein 1967) until none is left."""
    debts = list(debts)
    flow = [0] * len(debts)
    while ring := _gaining_ring(debts, flow):
        amount = min(
            debts[place].amount - flow[place] if forward else flow[place] for place, forward in ring
        )
        for place, forward in ring:
            flow[place] += amount if forward else -amount
    return sum(flow)


def _gaining_ring(debts: list[Obligation], flow: list[int]) -> list[tuple[int, bool]]:
    """A ring in which more is set off than taken back (R. Bellman and L. R. Ford)."""
    arcs = []
    for place, each in enumerate(debts):
        if flow[place] < each.amount:
            arcs.append((each.debtor, each.creditor, -1, place, True))
        if flow[place]:
            arcs.append((each.creditor, each.debtor, 1, place, False))
    names = {name for each in debts for name in (each.debtor, each.creditor)}
    cost = dict.fromkeys(names, 0)
    came: dict[str, tuple[str, int, bool]] = {}
    changed = ""
    for _round in range(len(names) + 1):
        changed = ""
        for begin, end, step, place, forward in arcs:
            if cost[begin] + step < cost[end]:
                cost[end] = cost[begin] + step
                came[end] = (begin, place, forward)
                changed = end
        if not changed:
            return []
    for _step in names:
        changed = came[changed][0]
    ring = []
    node = changed
    while True:
        before, place, forward = came[node]
        ring.append((place, forward))
        node = before
        if node == changed:
            return ring


def hold(result: Result, debts: Iterable[Obligation]) -> None:
    """What holds for every clearing: bounds, net positions, rings that add up."""
    by_id = {each.id: each for each in debts}
    assert {each.id for each in result.obligations} == set(by_id)
    set_off: dict[tuple[str, str], int] = defaultdict(int)
    for each in result.obligations:
        debt = by_id[each.id]
        assert 0 <= each.cleared <= debt.amount
        assert each.left == debt.amount - each.cleared
        set_off[debt.debtor, debt.creditor] += each.cleared
    assert sum(set_off.values()) == result.cleared <= result.bound
    if result.pot is not None:
        for loan in result.pot.lent:
            set_off[result.pot.name, loan.member] += loan.amount
        for loan in result.pot.returned:
            set_off[loan.member, result.pot.name] += loan.amount
    changed = net_positions((*pair, amount) for pair, amount in set_off.items())
    assert not any(changed.values())
    around: dict[tuple[str, str], int] = defaultdict(int)
    for ring in result.rings:
        assert ring.amount > 0
        assert len(set(ring.members)) == len(ring.members) > 1
        for pair in zip(ring.members, (*ring.members[1:], ring.members[0]), strict=True):
            around[pair] += ring.amount
    assert dict(around) == {pair: amount for pair, amount in set_off.items() if amount}
