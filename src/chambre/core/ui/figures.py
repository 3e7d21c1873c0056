"""Amounts, durations and days as people write them, in French and in English.

Money is integer minor units everywhere; here it becomes text, by arithmetic on integers only.
French follows the *Lexique des règles typographiques* of the Imprimerie nationale, and CLDR: a
narrow no-break space between thousands, a no-break space before the unit, a comma before the
cents, a true minus sign.
"""

from __future__ import annotations

import datetime as dt

from django.utils import dateformat, timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

NNBSP = "\u202f"
NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "–"

EXPONENTS = {"JPY": 0, "XPF": 0, "XAF": 0, "XOF": 0, "TND": 3}
"""ISO 4217 exponents that are not 2, for the currencies met in French-speaking places."""

SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF"}


def is_french() -> bool:
    """Whether the reader reads French (the language of the house when nothing was chosen)."""
    return (get_language() or "fr").startswith("fr")


def group(digits: str, mark: str) -> str:
    """Digits in groups of three, from the right: ``group("1234567", " ")`` is ``1 234 567``."""
    head = len(digits) % 3
    parts = [digits[:head]] if head else []
    parts += [digits[i : i + 3] for i in range(head, len(digits), 3)]
    return mark.join(parts)


def integer(value: int) -> str:
    """A whole number: ``12 345`` in French, ``12,345`` in English."""
    sign = MINUS if value < 0 else ""
    return sign + group(str(abs(value)), NNBSP if is_french() else ",")


def amount(minor: int, currency: str = "EUR", *, dash: bool = False) -> str:
    """An amount without its unit, for columns whose head says the unit: ``1 234,56``.

    Args:
        minor: Minor units (cents).
        currency: ISO 4217 code; decides how many decimals there are.
        dash: Show zero as an en dash, as book-keepers do in wide tables.
    """
    if dash and minor == 0:
        return DASH
    exponent = EXPONENTS.get(currency, 2)
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    whole, rest = (digits[:-exponent], digits[-exponent:]) if exponent else (digits, "")
    french = is_french()
    text = group(whole, NNBSP if french else ",")
    if rest:
        text += ("," if french else ".") + rest
    return (MINUS if minor < 0 else "") + text


def money(minor: int, currency: str = "EUR", *, dash: bool = False) -> str:
    """An amount with its unit: ``1 234,56 €`` in French, ``€1,234.56`` in English.

    Args:
        minor: Minor units (cents).
        currency: ISO 4217 code, or the code of a unit of account of a chamber.
        dash: Show zero as an en dash.
    """
    if dash and minor == 0:
        return DASH
    text = amount(minor, currency)
    symbol = SYMBOLS.get(currency, currency)
    if is_french() or symbol == currency:
        return f"{text}{NBSP}{symbol}"
    sign, figure = (MINUS, text[1:]) if minor < 0 else ("", text)
    return f"{sign}{symbol}{figure}"


def duration(minutes: int) -> str:
    """Minutes as hours and minutes: ``45 min``, ``12 h 05``, ``−3 h``."""
    sign = MINUS if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return f"{sign}{rest}{NBSP}min"
    text = f"{sign}{integer(hours)}{NBSP}h"
    return f"{text}{NBSP}{rest:02d}" if rest else text


def day(value: dt.date | dt.datetime, style: str = "") -> str:
    """A day in words: ``1er mars 2026``, ``1 March 2026``; ``short``: ``01/03/2026``.

    Args:
        value: The day; of an aware moment, the local day.
        style: Empty for words, ``short`` for figures, ``month`` for month and year, ``iso``.
    """
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if style == "iso":
        return value.isoformat()
    if style == "short":
        return value.strftime("%d/%m/%Y")
    if style == "month":
        return date_format(value, "F Y")
    number = "1er" if value.day == 1 and is_french() else str(value.day)
    return f"{number}{NBSP}{dateformat.format(value, 'F Y')}"


def moment(value: dt.datetime) -> str:
    """A day and a time, local: ``1er mars 2026 à 14 h 05``, ``1 March 2026, 14:05``."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    if is_french():
        return f"{day(local)} à {local.hour}{NBSP}h{NBSP}{local.minute:02d}"
    return f"{day(local)}, {local.hour:02d}:{local.minute:02d}"


def size(octets: int) -> str:
    """How large a file is: ``512 octets``, ``1,4 Mo``; in English ``1.4 MB``."""
    french = is_french()
    if octets < 1000:
        return f"{octets}{NBSP}{'octets' if french else 'bytes'}"
    for unit, power in (("k", 3), ("M", 6), ("G", 9), ("T", 12)):
        if octets < 10 ** (power + 3) or unit == "T":
            break
    tenths = (octets * 10 + 10**power // 2) // 10**power
    whole, rest = divmod(tenths, 10)
    figure = integer(whole) + (
        (("," if french else ".") + str(rest)) if rest and whole < 100 else ""
    )
    return f"{figure}{NBSP}{unit}{'o' if french else 'B'}"
