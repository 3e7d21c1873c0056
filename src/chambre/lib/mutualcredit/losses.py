"""Who bears what somebody leaves behind below zero."""

from __future__ import annotations

from collections.abc import Mapping

from chambre.lib.money import shares


def shares_of_loss(
    loss: int, weights: Mapping[int, int], most: Mapping[int, int]
) -> dict[int, int]:
    """Share a loss by weights, nobody above what they can bear.

    What somebody cannot bear is shared among the others by the same weights, until all of it is
    borne or nobody can bear more. Leftover parts go to the largest remainders, ties to the lower key, so the
    result is the same everywhere.

    Args:
        loss: What has to be borne, zero or more.
        weights: By key of a member; zero: bears nothing.
        most: What each can bear at most; a key that is missing can bear nothing.

    Returns:
        What each bears, without zeros; less than ``loss`` in sum only when all bear their most.

    Raises:
        ValueError: A negative number.
    """
    if loss < 0 or min([*weights.values(), *most.values()], default=0) < 0:
        raise ValueError("a loss, a weight and what can be borne are zero or more")
    borne = dict.fromkeys(sorted(weights), 0)
    left = loss
    while left:
        open_ = [key for key in borne if weights[key] and most.get(key, 0) > borne[key]]
        if not open_:
            break
        parts = shares(left, [weights[key] for key in open_])
        for key, part in zip(open_, parts, strict=True):
            bears = min(part, most[key] - borne[key])
            borne[key] += bears
            left -= bears
    return {key: part for key, part in borne.items() if part}
