"""Labels of accounting lines compared by their words: numbers, months and accents do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]{2,}")
# What tells one month or one invoice from the next, and says nothing of what it is about.
_LEFT_OUT = re.compile(
    "janv(ier)?|fevr?(ier)?|mars|avr(il)?|mai|juin|juil(let)?|aout|sept(embre)?|oct(obre)?"
    "|nov(embre)?|dec(embre)?|les?|la|des?|du|une?|et|en|aux?|pour|par|sur|avec|the|of|for"
)
MAX_WORDS = 12


@lru_cache(maxsize=50_000)
def normal_words(label: str) -> tuple[str, ...]:
    """The words of a label that say what it is about, without accents and capitals.

    Numbers, months, articles and single letters are left out, so that the same thing of another
    month or another invoice has the same words.
    """
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", label.casefold())
        if not unicodedata.combining(letter)
    )
    words = [word for word in _WORD.findall(plain) if not _LEFT_OUT.fullmatch(word)]
    return tuple(words[:MAX_WORDS])


@lru_cache(maxsize=50_000)
def normal_label(label: str) -> str:
    """What :func:`normal_words` leaves of a label, as one text; may be empty."""
    return " ".join(normal_words(label))


def common_expression(labels: Sequence[str]) -> str:
    """A regular expression that finds each of these labels by the words they share, in order.

    Returns:
        ``(?i)word.*word`` in the letters of the first label, at most five words; empty when the
        labels have no word in common.
    """
    if not labels:
        return ""
    kept = [word for word in _WORD.findall(labels[0]) if normal_words(word)]
    for label in labels[1:]:
        kept = _in_order(kept, label.casefold())
        if not kept:
            return ""
    while kept and any(not _holds(kept, label.casefold()) for label in labels):
        kept.pop()
    return "(?i)" + ".*".join(re.escape(word) for word in kept[:5]) if kept else ""


def _in_order(words: Sequence[str], label: str) -> list[str]:
    """Those words that a label has, each after the one before."""
    found, at = [], 0
    for word in words:
        place = label.find(word.casefold(), at)
        if place >= 0:
            found.append(word)
            at = place + len(word)
    return found


def _holds(words: Sequence[str], label: str) -> bool:
    return len(_in_order(words, label)) == len(words)
