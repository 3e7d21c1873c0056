"""How often objects are used again, what of them is left, and when reuse has paid for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rotations:
    """How often the objects of a fleet went round: issued and brought back is one rotation.

    Attributes:
        objects: All objects, also those never used.
        used: Objects that were issued at least once.
        loops: Rotations of all objects.
        mean: Rotations per object; None: there are no objects.
        median: Half of the objects made at most so many; the lower one of two.
        most: Rotations of the object that made most.
        reuse_rate: Rotations per object that was used at least once; None: none was used.
    """

    objects: int
    used: int
    loops: int
    mean: float | None
    median: int
    most: int
    reuse_rate: float | None


def rotations(by_count: Mapping[int, int], out_once: int = 0) -> Rotations:
    """Sum up a fleet.

    Args:
        by_count: Objects by the number of rotations that they made.
        out_once: Objects with no rotation yet that are out for the first time, or never came back:
            used all the same.

    Raises:
        ValueError: Negative numbers, or more objects out for the first time than without a rotation.
    """
    if min((*by_count, *by_count.values(), out_once), default=0) < 0:
        raise ValueError(dict(by_count))
    if out_once > by_count.get(0, 0):
        raise ValueError(out_once)
    objects = sum(by_count.values())
    loops = sum(times * many for times, many in by_count.items())
    used = objects - by_count.get(0, 0) + out_once
    return Rotations(
        objects=objects,
        used=used,
        loops=loops,
        mean=loops / objects if objects else None,
        median=_median(by_count, objects),
        most=max((times for times, many in by_count.items() if many), default=0),
        reuse_rate=loops / used if used else None,
    )


def _median(by_count: Mapping[int, int], objects: int) -> int:
    seen = 0
    for times in sorted(by_count):
        seen += by_count[times]
        if 2 * seen >= objects:
            return times
    return 0


def break_even(first: int, each: int, instead: int) -> int | None:
    """Number of uses after which an object has cost no more than throwaway ones.

    Args:
        first: What one object costs to make or buy: cents, grams of CO₂, any unit.
        each: What one rotation costs (wash, way), same unit.
        instead: What one throwaway object costs, same unit.

    Returns:
        The smallest number of uses, at least 1; None: it never does.

    Raises:
        ValueError: A negative number.
    """
    if min(first, each, instead) < 0:
        raise ValueError((first, each, instead))
    saved = instead - each
    if saved <= 0:
        return 1 if first <= saved else None
    return max(1, -(-first // saved))


@dataclass(frozen=True, slots=True)
class Reuse:
    """The yearly figures of reuse for one kind of packaging.

    Attributes:
        uses: Times that an object was put on the market.
        again: Of these, the second and later uses of an object: what counts as reuse.
        first: Of these, the first use of a new reusable object: it does not count as reuse.
        proportion: ``again`` over all uses and single-use ones, from 0 to 1; None: there are
            none.
    """

    uses: int
    again: int
    first: int
    proportion: float | None


def reuse_of_year(uses: int, first: int, single_use: int = 0) -> Reuse:
    """What the duty to report reused packaging asks for.

    A packaging is reused from its second use on (code de l'environnement, art. R. 543-43 and, for the
    proportion, R. 541-350 as of décret n° 2022-507 of 8 April 2022).

    Args:
        uses: Times that objects were issued in the year.
        first: Of these, those of objects that had never been issued before.
        single_use: Single-use packagings of the same kind that were put on the market.

    Raises:
        ValueError: Negative numbers, or more first uses than uses.
    """
    if min(uses, first, single_use) < 0 or first > uses:
        raise ValueError((uses, first, single_use))
    whole = uses + single_use
    return Reuse(uses, uses - first, first, (uses - first) / whole if whole else None)
