"""Reading and writing decimal numbers as people do in French and in English, without floats.

French writes ``1 234,56`` (any of the usual spaces between thousands; a point is taken for the
comma, because it is the key of the numeric keypad), English ``1,234.56`` (commas only where
thousands stand). A number is an integer count of the smallest parts, so one that is finer than
what is kept is refused, never rounded; so is one that could mean two things, such as ``1,230``
where only two decimals are kept (1.23, or one thousand two hundred and thirty?).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import ClassVar, Literal

from chambre.lib.refusal import Refusal

Language = Literal["fr", "en"]
"""How numbers are written; any tag that begins with ``fr`` counts as French."""

NARROW = "\u202f"
"""Narrow no-break space: between thousands in French."""
NO_BREAK = "\u00a0"
"""No-break space: between a number and its unit."""

MAX_DIGITS = 30
"""Longest number read; stored quantities are 64-bit (19 digits)."""

_SPACES = " \u00a0\u202f\u2009\u2007"
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\ufe63": "-"})
_FRENCH = re.compile(
    rf"([+-]?)[{_SPACES}]?(?:([0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]+)(?:[.,]([0-9]*))?"
    r"|[.,]([0-9]+))"
)
_ENGLISH = re.compile(
    rf"([+-]?)[{_SPACES}]?(?:([0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+"
    r"|[0-9]+)(?:\.([0-9]*))?|\.([0-9]+))"
)
_NOT_DIGITS = re.compile("[^0-9]")


class NumberRefusal(Refusal):
    """A text that is not one number, or is finer than what is kept."""

    texts: ClassVar = {
        "number-unreadable": (
            "“{text}” is not a number written as {example}.",
            "« {text} » n’est pas un nombre écrit comme {example}.",
        ),
        "number-too-long": (
            "This number has more than {limit} digits.",
            "Ce nombre a plus de {limit} chiffres.",
        ),
        "number-too-precise": (
            "“{text}” has more decimals than the {decimals} that are kept.",
            "« {text} » a plus de décimales que les {decimals} qui sont gardées.",
        ),
        "number-ambiguous": (
            "“{text}” could be a decimal number or thousands; write the thousands with a space.",
            "« {text} » peut être un nombre décimal ou des milliers ; "
            "écrivez les milliers avec une espace.",
        ),
    }


def is_french(language: str) -> bool:
    """Whether a language tag asks for French (``fr``, ``fr-FR``, ``FR``)."""
    return language.lower().startswith("fr")


def _take_apart(text: str, language: str) -> tuple[bool, str, str]:
    """Split a number into (negative, digits before, digits after)."""
    french = is_french(language)
    match = (_FRENCH if french else _ENGLISH).fullmatch(text.translate(_MINUS).strip())
    shown = text if len(text) <= 60 else text[:57] + "…"
    if match is None:
        raise NumberRefusal(
            "number-unreadable", text=shown, example="1 234,56" if french else "1,234.56"
        )
    sign, whole, after, only_after = match.groups()
    whole = _NOT_DIGITS.sub("", whole or "")
    after = after or only_after or ""
    if len(whole) + len(after) > MAX_DIGITS:
        raise NumberRefusal("number-too-long", limit=MAX_DIGITS)
    return sign == "-", whole, after


def parse_scaled(text: str, *, decimals: int, language: str = "fr") -> int:
    """Read a decimal number as an integer count of its last kept decimal.

    Args:
        text: What somebody typed, for instance ``"1 234,56"``.
        decimals: How many decimals are kept, 0 or more: with 2, ``"1,5"`` gives 150.
        language: ``"fr"`` or ``"en"``: which of comma and point is which.

    Returns:
        The number times ``10 ** decimals``, exactly.

    Raises:
        NumberRefusal: Not a number, too long, finer than ``decimals``, or ambiguous.
    """
    negative, whole, after = _take_apart(text, language)
    if len(after) > decimals:
        if len(after) == 3 and decimals < 3 and 1 <= len(whole) <= 3 and whole != "0":
            raise NumberRefusal("number-ambiguous", text=text.strip())
        if after[decimals:].strip("0"):
            raise NumberRefusal("number-too-precise", text=text.strip(), decimals=decimals)
        after = after[:decimals]
    value = int((whole + after.ljust(decimals, "0")) or "0")
    return -value if negative else value


def parse_exact(text: str, *, language: str = "fr") -> Fraction:
    """Read a decimal number exactly, whatever its decimals.

    Raises:
        NumberRefusal: Not a number, or too long.
    """
    negative, whole, after = _take_apart(text, language)
    value = Fraction(int((whole + after) or "0"), 10 ** len(after))
    return -value if negative else value


def format_scaled(
    value: int, *, decimals: int, language: str = "fr", least: int | None = None
) -> str:
    """Write an integer count of the last decimal as a decimal number.

    Args:
        value: The number times ``10 ** decimals``.
        decimals: How many decimals are kept.
        language: ``"fr"`` (narrow no-break spaces and a comma) or ``"en"`` (commas and a point).
        least: Decimals shown even when they are zero; by default all of ``decimals``.

    Returns:
        For instance ``"1 234,50"``; the minus sign is the ASCII hyphen, so that what is copied
        into a spreadsheet stays a number.
    """
    digits = str(abs(value)).rjust(decimals + 1, "0")
    whole, after = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    keep = decimals if least is None else least
    after = after[:keep] + after[keep:].rstrip("0")
    french = is_french(language)
    shown = f"{int(whole):,}"
    if french:
        shown = shown.replace(",", NARROW)
    if after:
        shown += ("," if french else ".") + after
    return f"-{shown}" if value < 0 else shown
