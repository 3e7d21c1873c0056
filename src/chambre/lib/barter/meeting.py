"""Offers and needs, and which of them meet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from text_unidecode import unidecode

MOST_VALUE = 10**11
"""A thousand million euros: what is worth more is no barter."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody offers or needs.

    Attributes:
        key: Tells it from all others; ties are decided by its order.
        person: Whose it is.
        category: An offer meets a need of the same category only.
        value: Estimated, in cents; nothing where nobody said.
        words: What exactly. Where both sides say something they have a word in common, accents and
            endings aside; where one says nothing the category is enough.
        place: Where; empty is anywhere.
        first: The first day that suits, if any.
        last: The last day that suits, if any.
        quantity: How many or how much; an offer is enough for a need of as much or less. Nothing:
            whatever is needed.
    """

    key: str
    person: str
    category: str
    value: int | None = None
    words: str = ""
    place: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    quantity: int | None = None


@lru_cache(maxsize=20_000)
def stems(words: str) -> frozenset[str]:
    """The words of a text that say something: four letters or more, no accents, no endings.

    A plural and its singular come to the same; grammar of no language is known here.
    """
    found = re.findall(r"[a-z0-9]+", unidecode(words).lower())
    return frozenset(word[:5] for word in found if len(word) >= 4)


def suits(offer: Wish, need: Wish) -> bool:
    """Whether an offer is what somebody else needs."""
    if offer.person == need.person or offer.category != need.category:
        return False
    if offer.place and need.place and offer.place != need.place:
        return False
    if offer.last and need.first and offer.last < need.first:
        return False
    if need.last and offer.first and need.last < offer.first:
        return False
    if offer.quantity is not None and need.quantity is not None and offer.quantity < need.quantity:
        return False
    if not offer.words or not need.words:
        return True
    here, there = stems(offer.words), stems(need.words)
    return not here or not there or not here.isdisjoint(there)


def worth(offer: Wish, need: Wish) -> int:
    """What a gift is worth in cents: as its giver says, else as its taker says, else nothing known."""
    value = offer.value if offer.value is not None else need.value
    return min(value or 0, MOST_VALUE)


def meetings(offers: Sequence[Wish], needs: Iterable[Wish]) -> list[tuple[Wish, Wish]]:
    """Every offer with every need that it suits, in the order of their keys."""
    by_category: dict[str, list[Wish]] = {}
    for need in sorted(needs, key=lambda one: one.key):
        by_category.setdefault(need.category, []).append(need)
    return [
        (offer, need)
        for offer in sorted(offers, key=lambda one: one.key)
        for need in by_category.get(offer.category, ())
        if suits(offer, need)
    ]
