"""Set off as much as can be, without changing what anybody is owed in all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from chambre.lib.clearing.bounded import rings_of_at_most
from chambre.lib.clearing.chains import chains_of_at_most
from chambre.lib.clearing.even import spread
from chambre.lib.clearing.flow import MOST, Flow, largest_circulation
from chambre.lib.clearing.network import Network, network, share_out
from chambre.lib.clearing.obligations import (
    ClearingRefusal,
    Loan,
    MemberRing,
    Obligation,
    Pot,
    PotSize,
    Result,
    SetOff,
    check,
)
from chambre.lib.clearing.pot import parts, with_pot
from chambre.lib.clearing.pushing import Ints
from chambre.lib.clearing.rings import Ring, rings_of


def solve(
    obligations: Iterable[Obligation],
    *,
    members: Collection[str] | None = None,
    refused: Collection[str] = (),
    max_ring: int | None = None,
    liquidity: int = 0,
    fair: bool = False,
) -> Result:
    """The largest total set-off that leaves every net position as it was.

    Exact in cents, and the same whatever the order of the obligations: several set-offs may be equally
    large, and which one is chosen depends on names and amounts only. Between the same two, obligations
    are set off one after the other in the order of their names; with ``fair`` each by its share.

    Args:
        obligations: Who owes whom how much.
        members: Only what is owed among these is set off; all, if not given.
        refused: Names of obligations that stay as they are.
        max_ring: At most so many members per ring, 2 or more. The maximum is then proved for 2, and
            comes with a bound otherwise (:mod:`~chambre.lib.clearing.bounded`).
        liquidity: Cents of a pot that lends to whoever begins a chain and has it back from whoever
            ends it (:mod:`~chambre.lib.clearing.pot`). With ``max_ring`` such a chain has at most so
            many members too, the pot not counted (:mod:`~chambre.lib.clearing.chains`).
        fair: Among equally large set-offs the one that spreads most evenly
            (:mod:`~chambre.lib.clearing.even`), rather than the first.

    Raises:
        ClearingRefusal: An obligation or an option makes no sense.
    """
    given = sorted(obligations, key=lambda each: each.id)
    check(given)
    _check_options(max_ring, liquidity, fair=fair)
    left_out = set(refused)
    among = None if members is None else set(members)
    used = [
        each
        for each in given
        if each.id not in left_out
        and (among is None or (each.debtor in among and each.creditor in among))
    ]
    net = network(used)
    flow, rings, bound, pot = _flow(net, max_ring, liquidity, fair=fair)
    cleared = {each.id: 0 for each in given}
    for group, amount in zip(net.groups, flow, strict=True):
        for each, part in zip(group, share_out(group, amount, fair=fair), strict=True):
            cleared[each.id] = part
    return Result(
        total=sum(each.amount for each in given),
        cleared=sum(flow),
        bound=bound,
        obligations=tuple(
            SetOff(each.id, cleared[each.id], each.amount - cleared[each.id]) for each in given
        ),
        rings=tuple(rings),
        pot=pot,
    )


def pot_table(
    obligations: Iterable[Obligation], sizes: Iterable[int], *, max_ring: int | None = None
) -> list[PotSize]:
    """What pots of several sizes would free, each on its own.

    Args:
        obligations: Who owes whom how much.
        sizes: Cents of each pot, more than zero.
        max_ring: As in :func:`solve`.

    Raises:
        ClearingRefusal: An obligation or a size makes no sense.
    """
    given = sorted(obligations, key=lambda each: each.id)
    check(given)
    net = network(given)
    found = largest_circulation(net.n, net.tail, net.head, net.cap)
    table = []
    for size in sorted(set(sizes)):
        _check_options(max_ring, size, fair=False)
        if max_ring is None:
            flow, lent, _returned = parts(with_pot(found, size)[0], len(net.cap))
            table.append(PotSize(size, int(lent.sum()), int(flow.sum() - found.flow.sum())))
        else:
            pot = _short(net, found, max_ring, size)[3]
            assert pot is not None
            table.append(PotSize(size, sum(loan.amount for loan in pot.lent), pot.more))
    return table


def _check_options(max_ring: int | None, liquidity: int, *, fair: bool) -> None:
    if max_ring is not None and max_ring < 2:
        raise ClearingRefusal("ring", count=max_ring)
    if not 0 <= liquidity <= MOST // 4:
        raise ClearingRefusal("liquidity", amount=liquidity, most=MOST // 4)
    if fair and (max_ring is not None or liquidity > 0):
        raise ClearingRefusal("both")


def _flow(
    net: Network, max_ring: int | None, liquidity: int, *, fair: bool
) -> tuple[list[int], list[MemberRing], int, Pot | None]:
    """What is set off on each arc, as rings, the bound, and what a pot did."""
    found = largest_circulation(net.n, net.tail, net.head, net.cap)
    bound = found.bound()
    tail, head = net.tail.tolist(), net.head.tolist()
    flow = (spread(found) if fair else found.flow).tolist()
    if max_ring is not None:
        return _short(net, found, max_ring, liquidity)
    if liquidity:
        before = sum(flow)
        grown, bound = with_pot(found, liquidity)
        flow, pot, named = _through_pot(net, *parts(grown, len(flow)), before)
        return flow, named, bound, pot
    return flow, _named(rings_of(net.n, tail, head, flow), tail, net.members), bound, None


def _short(
    net: Network, found: Flow, max_ring: int, liquidity: int
) -> tuple[list[int], list[MemberRing], int, Pot | None]:
    """Rings of a few members, then chains of a few that a pot closes."""
    n, cap = net.n, net.cap.tolist()
    tail, head = net.tail.tolist(), net.head.tolist()
    rings, bound = rings_of_at_most(n, tail, head, cap, found.flow.tolist(), max_ring)
    left = _without(cap, rings)
    if not liquidity:
        flow = [all_ - rest for all_, rest in zip(cap, left, strict=True)]
        return flow, _named(rings, tail, net.members), bound, None
    before = sum(cap) - sum(left)
    # Without its chains any choice is one of rings; and each cent lent frees one less than a ring has.
    bound = min(with_pot(found, liquidity)[1], bound + liquidity * (max_ring - 1))
    chains = chains_of_at_most(n, tail, head, left, most=max_ring - 1, liquidity=liquidity)
    left = _without(left, chains)
    flow = [all_ - rest for all_, rest in zip(cap, left, strict=True)]
    lent, returned = [0] * n, [0] * n
    for chain in chains:
        lent[tail[chain.arcs[0]]] += chain.amount
        returned[head[chain.arcs[-1]]] += chain.amount
    pot = _pot(net, lent, returned, sum(flow) - before)
    closed = [
        Ring(
            (len(cap) + tail[chain.arcs[0]], *chain.arcs, len(cap) + n + head[chain.arcs[-1]]),
            chain.amount,
        )
        for chain in chains
    ]
    everybody = [*net.members, pot.name]
    return flow, _named([*rings, *closed], [*tail, *[n] * n, *range(n)], everybody), bound, pot


def _without(left: Sequence[int], taken: Sequence[Ring]) -> list[int]:
    """What is left of each arc after ``taken``."""
    rest = list(left)
    for ring in taken:
        for arc in ring.arcs:
            rest[arc] -= ring.amount
    return rest


def _named(rings: Sequence[Ring], tail: list[int], members: list[str]) -> list[MemberRing]:
    """Rings with the names of their members, the first name first; the largest ring first."""
    found: dict[tuple[str, ...], int] = {}
    for ring in rings:
        places = [tail[arc] for arc in ring.arcs]
        first = places.index(min(places))
        names = tuple(members[place] for place in places[first:] + places[:first])
        found[names] = found.get(names, 0) + ring.amount
    return [
        MemberRing(names, amount)
        for names, amount in sorted(found.items(), key=lambda each: (-each[1], each[0]))
    ]


def _through_pot(
    net: Network, flow: Ints, lent: Ints, returned: Ints, before: int
) -> tuple[list[int], Pot, list[MemberRing]]:
    """Rings in which the pot is one more member, and what it lends and has back."""
    each = range(net.n)
    tail = [*net.tail.tolist(), *[net.n] * net.n, *each]
    head = [*net.head.tolist(), *each, *[net.n] * net.n]
    everything = [*flow.tolist(), *lent.tolist(), *returned.tolist()]
    rings = rings_of(net.n + 1, tail, head, everything)
    pot = _pot(net, lent.tolist(), returned.tolist(), int(flow.sum()) - before)
    return flow.tolist(), pot, _named(rings, tail, [*net.members, pot.name])


def _pot(net: Network, lent: Sequence[int], returned: Sequence[int], more: int) -> Pot:
    """What the pot did, under a name that no member has."""
    name, number = "pot", 1
    while name in net.members:
        number += 1
        name = f"pot-{number}"
    return Pot(
        name,
        tuple(Loan(net.members[i], amount) for i, amount in enumerate(lent) if amount),
        tuple(Loan(net.members[i], amount) for i, amount in enumerate(returned) if amount),
        more,
    )
