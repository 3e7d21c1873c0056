"""Splitting one signed amount by integer weights, exactly."""

from __future__ import annotations

from collections.abc import Mapping


def split_amount(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share an amount over keys by integer weights without losing a unit.

    Largest remainder (Hamilton): each key gets the floor of its share of the absolute amount,
    the units left go one by one to the largest remainders, ties to the key that comes first in
    alphabetical order; the sign is put back at the end. So the result depends neither on the
    order in which the weights were written nor on the sign, and sums to ``amount``.

    Args:
        amount: Minor units, any sign.
        weights: Positive integers by key.

    Returns:
        The part of every key, zero parts left out.
    """
    if not amount:
        return {}
    if len(weights) == 1:
        return dict.fromkeys(weights, amount)
    total = sum(weights.values())
    size = abs(amount)
    parts: dict[str, int] = {}
    rests: list[tuple[int, str]] = []
    given = 0
    for key in sorted(weights):
        part, rest = divmod(size * weights[key], total)
        parts[key] = part
        given += part
        rests.append((-rest, key))
    left = size - given
    if left:
        rests.sort()
        for _rest, key in rests[:left]:
            parts[key] += 1
    if amount < 0:
        return {key: -part for key, part in parts.items() if part}
    return {key: part for key, part in parts.items() if part}
