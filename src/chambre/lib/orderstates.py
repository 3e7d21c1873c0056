"""What may happen to an order given to a bank: a payout that goes out, a collection that comes in.

Each happening leads from one state to exactly one other; what the table does not name is refused.
Four eyes are in the table: nothing is sent that two happenings ``APPROVED`` have not agreed to (that
they are of two people is for those who know people to hold).

Example::

    >>> state = follow(PAYOUT, [Happening.ASKED, Happening.APPROVED, Happening.APPROVED])
    >>> state.value, state.is_open
    ('agreed', True)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import ClassVar

from chambre.lib.refusal import Refusal


class Happening(StrEnum):
    """What happened to an order.

    ``APPROVED`` by one person; ``REFUSED`` by one; ``WITHDRAWN`` by who asked. ``ANNOUNCED`` to the
    debtor; ``MOVED`` to another day, of which the debtor is told anew. ``EXPORTED`` into a file for
    the bank. ``SETTLED``: a row of the statement is its money; ``RELEASED``: that was a mistake.
    ``REJECTED``: the bank did not do it. ``RETURNING``: the money comes back, says the bank;
    ``RETURNED``: a row of the statement is that money; ``UNRETURNED``: that was a mistake;
    ``KEPT``: it does not come back after all.
    """

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ANNOUNCED = "announced"
    MOVED = "moved"
    EXPORTED = "exported"
    SETTLED = "settled"
    RELEASED = "released"
    REJECTED = "rejected"
    RETURNING = "returning"
    RETURNED = "returned"
    UNRETURNED = "unreturned"
    KEPT = "kept"


class State(StrEnum):
    """Where an order stands.

    ``ASKED`` and ``HALF`` wait for two, for one person; ``AGREED`` may be sent; ``SENT`` waits for
    the statement; ``PAID`` is on it; ``PAID_BESIDE`` too, without a file of ours.
    """

    ASKED = "asked"
    HALF = "half"
    AGREED = "agreed"
    PLANNED = "planned"
    ANNOUNCED = "announced"
    SENT = "sent"
    PAID = "paid"
    PAID_BESIDE = "paid-beside"
    RETURNING = "returning"
    RETURNED = "returned"
    REJECTED = "rejected"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether something is still expected of somebody."""
        return self in _OPEN


_OPEN = frozenset(
    {
        State.ASKED, State.HALF, State.AGREED, State.PLANNED, State.ANNOUNCED, State.SENT,
        State.RETURNING,
    }
)  # fmt: skip

Flow = Mapping[tuple[State | None, Happening], State]
_S, _H = State, Happening

_BANK: Flow = {
    (_S.SENT, _H.SETTLED): _S.PAID,
    (_S.SENT, _H.REJECTED): _S.REJECTED,
    (_S.PAID, _H.RELEASED): _S.SENT,
    (_S.PAID, _H.RETURNING): _S.RETURNING,
    (_S.RETURNING, _H.RETURNED): _S.RETURNED,
    (_S.RETURNING, _H.KEPT): _S.PAID,
    (_S.RETURNED, _H.UNRETURNED): _S.RETURNING,
}
PAYOUT: Flow = {
    (None, _H.ASKED): _S.ASKED,
    (_S.ASKED, _H.APPROVED): _S.HALF,
    (_S.HALF, _H.APPROVED): _S.AGREED,
    (_S.ASKED, _H.REFUSED): _S.REFUSED,
    (_S.HALF, _H.REFUSED): _S.REFUSED,
    (_S.AGREED, _H.REFUSED): _S.REFUSED,
    (_S.ASKED, _H.WITHDRAWN): _S.WITHDRAWN,
    (_S.HALF, _H.WITHDRAWN): _S.WITHDRAWN,
    (_S.AGREED, _H.WITHDRAWN): _S.WITHDRAWN,
    (_S.AGREED, _H.EXPORTED): _S.SENT,
    # Somebody typed the transfer in at the bank instead of sending our file.
    (_S.AGREED, _H.SETTLED): _S.PAID_BESIDE,
    (_S.PAID_BESIDE, _H.RELEASED): _S.AGREED,
    **_BANK,
}
"""A transfer that goes out."""
COLLECTION: Flow = {
    (None, _H.ASKED): _S.PLANNED,
    (_S.PLANNED, _H.ANNOUNCED): _S.ANNOUNCED,
    (_S.PLANNED, _H.WITHDRAWN): _S.WITHDRAWN,
    (_S.ANNOUNCED, _H.WITHDRAWN): _S.WITHDRAWN,
    (_S.PLANNED, _H.MOVED): _S.PLANNED,
    (_S.ANNOUNCED, _H.MOVED): _S.PLANNED,  # the debtor knows another day: told anew
    (_S.ANNOUNCED, _H.EXPORTED): _S.SENT,
    **_BANK,
}
"""A collection (*prélèvement*) that comes in."""


class OrderRefusal(Refusal):
    """Something cannot happen (any more)."""

    texts: ClassVar = {
        "not-now": (
            "“{happening}” cannot follow “{state}”.",
            "« {happening} » ne peut pas suivre « {state} ».",
        )
    }


def step(flow: Flow, state: State | None, happening: Happening) -> State:
    """The state after a happening.

    Args:
        flow: :data:`PAYOUT` or :data:`COLLECTION`.
        state: Where it stands; None: it does not exist yet.
        happening: What happens.

    Raises:
        OrderRefusal: That cannot happen there.
    """
    following = flow.get((state, happening))
    if following is None:
        raise OrderRefusal("not-now", state=state or "–", happening=happening.value)
    return following


def follow(flow: Flow, happenings: Iterable[Happening]) -> State:
    """The state after all that happened, in order.

    Raises:
        OrderRefusal: Something in it cannot have happened there.
        ValueError: Nothing happened.
    """
    state: State | None = None
    for happening in happenings:
        state = step(flow, state, happening)
    if state is None:
        raise ValueError("nothing happened")
    return state


def can(flow: Flow, state: State, happening: Happening) -> bool:
    """Whether something can happen to what stands there."""
    return (state, happening) in flow
