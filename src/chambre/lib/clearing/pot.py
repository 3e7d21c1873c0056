"""What a pot of liquidity frees: chains that do not close become rings through the pot.

The pot lends to whoever begins a chain of obligations and gets it back, at once, from whoever ends it: one
owes the pot what they owed to their creditors, the other is owed by the pot what their debtors owed them.
The pot is whole again at the end of the round, and nobody's net position changes. Cents are lent where
each one frees the most, so less liquidity is always used as well as possible too.
"""

from __future__ import annotations

import numpy as np

from chambre.lib.clearing.flow import Flow
from chambre.lib.clearing.pushing import Ints


def with_pot(found: Flow, liquidity: int) -> tuple[Flow, int]:
    """Go on from the largest circulation with a pot of ``liquidity`` cents.

    Two nodes are added, the pot that gives (``n``) and the pot that takes (``n+1``), and for each
    member an arc from the one and one to the other, at no cost.

    Returns:
        The flow in the larger network (obligations first, then what is lent to each member, then what
        each leaves), and the bound: what a pot of this size cannot exceed.
    """
    n = found.n
    each = np.arange(n, dtype=np.int64)
    none = np.zeros(2 * n, dtype=np.int64)
    tail = np.concatenate([found.tail, np.full(n, n, dtype=np.int64), each])
    head = np.concatenate([found.head, each, np.full(n, n + 1, dtype=np.int64)])
    cap = np.concatenate([found.cap, np.full(2 * n, liquidity + 1, dtype=np.int64)])
    low, high = int(found.price.min(initial=0)), int(found.price.max(initial=0))
    grown = Flow(
        n + 2, tail, head, cap,
        np.concatenate([found.cost, none]),
        np.concatenate([found.flow, none]),
        np.concatenate([found.price, np.array([high, low], dtype=np.int64)]),
    )  # fmt: skip
    excess = np.zeros(n + 2, dtype=np.int64)
    excess[n], excess[n + 1] = liquidity, -liquidity
    grown.balance(excess, below=0)
    # Duality with one arc more, from the pot that takes to the pot that gives, for L cents: it is
    # worth what the two prices differ by. The arcs to and from the pot hold more than that.
    reduced = found.cost + grown.price[found.tail] - grown.price[found.head]
    gain = max(0, int(grown.price[n] - grown.price[n + 1]))
    return grown, int((found.cap * np.maximum(0, -reduced)).sum()) + gain * liquidity


def parts(grown: Flow, m: int) -> tuple[Ints, Ints, Ints]:
    """What flows along the ``m`` obligations, what is lent to each member, what each leaves."""
    n = grown.n - 2
    return grown.flow[:m], grown.flow[m : m + n], grown.flow[m + n :]
