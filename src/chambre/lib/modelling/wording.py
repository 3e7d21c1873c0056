"""How figures of models are written for people, in French and in English."""

from __future__ import annotations

import datetime as dt
import re

from chambre.lib.exports.wording import MINUS
from chambre.lib.modelling.figures import Figure, Kind
from chambre.lib.modelling.writing import people_write
from chambre.lib.money import account_unit
from chambre.lib.units.decimals import NARROW, NO_BREAK, format_scaled, is_french

_FRENCH = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_ENGLISH = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


_WIDE = re.compile(r" (?=[€%:»])|(?<=«) ")
_THIN = re.compile(r" (?=[;!?])")


def tidy(words: str, language: str) -> str:
    """Words with the no-break spaces of French, so that no line begins with a sign.

    Colons, guillemets and units keep a full space, ``;``, ``!`` and ``?`` a narrow one.
    """
    return _THIN.sub(NARROW, _WIDE.sub(NO_BREAK, words)) if is_french(language) else words


def money(cents: int, unit: str, language: str, *, exact: bool = False) -> str:
    """An amount: to the whole euro, or to the cent where that matters.

    Args:
        cents: The amount.
        unit: Its currency.
        language: ``fr`` or ``en``.
        exact: Write the cents where there are any.
    """
    symbol = account_unit(unit).symbol
    sign = MINUS if cents < 0 else ""
    if exact and cents % 100:
        number = format_scaled(abs(cents), decimals=2, language=language)
    else:
        number = format_scaled((abs(cents) + 50) // 100, decimals=0, language=language)
        sign = "" if number == "0" else sign
    if is_french(language):
        return f"{sign}{number}{NO_BREAK}{symbol}"
    return f"{sign}{symbol}{NO_BREAK if symbol.isalpha() else ''}{number}"


def month(day: dt.date, language: str) -> str:
    """A month with its year: ``mars 2028``, ``March 2028``."""
    names = _FRENCH if is_french(language) else _ENGLISH
    return f"{names[day.month - 1]} {day.year}"


def since(day: dt.date, language: str) -> str:
    """From a month on: ``à partir d’août 2028``, ``from August 2028 on``."""
    name = month(day, language)
    if not is_french(language):
        return f"from {name} on"
    return f"à partir d’{name}" if name[0] in "ao" else f"à partir de {name}"


def permille(share: int, language: str) -> str:
    """A share given in thousandths, in whole percent; never a false 0 % or 100 %."""
    french = is_french(language)
    gap = NO_BREAK if french else ""
    if 0 < share < 5:
        return f"{'moins de' if french else 'less than'} 1{gap}%"
    if 995 <= share < 1000:
        return f"{'plus de' if french else 'more than'} 99{gap}%"
    return f"{(share + 5) // 10}{gap}%"


def tenths(number: int, language: str) -> str:
    """A number given in tenths: ``12,5``."""
    return format_scaled(number, decimals=1, language=language, least=0)


def figure(number: Figure, unit: str, language: str) -> str:
    """A figure with its range: ``12 (8 à 18)``, ``0,3 à 1,4``, ``3 %``."""
    french = is_french(language)
    unit_once = number.kind in {Kind.HOURS, Kind.MONTHS} and number.shape != "fixed"
    low, likely, high = (
        people_write(each, number.kind, language)
        if unit_once
        else one(each, number.kind, unit, language)
        for each in (number.low, number.likely, number.high)
    )
    if number.shape == "fixed":
        return likely
    between = f"{low} à {high}" if french else f"{low} to {high}"
    written = between if number.shape == "even" else f"{likely} ({between})"
    return f"{written}{_after(number.kind, language)}"


def _after(kind: Kind, language: str) -> str:
    """The unit after a number of hours or months; nothing for the others."""
    if kind is Kind.HOURS:
        return f"{NO_BREAK}h"
    if kind is Kind.MONTHS:
        return f"{NO_BREAK}{'mois' if is_french(language) else 'months'}"
    return ""


def one(parts: int, kind: Kind, unit: str, language: str) -> str:
    """One value of a kind, with its unit."""
    if kind is Kind.MONEY:
        return money(parts, unit, language, exact=abs(parts) < 100_000)
    written = people_write(parts, kind, language)
    french = is_french(language)
    if kind is Kind.SHARE:
        return f"{written}{NO_BREAK}%" if french else f"{written}%"
    return f"{written}{_after(kind, language)}"
