"""One value of a FEC: what the administration says of it, and what it means.

The two are kept apart. The administration lets pass what no program should guess (``31/02/2023``,
``1,5E3``) and rejects what anybody can read (``12.50``). So each function gives the best reading
of a text *and* the rules that it breaks; whether a file is rejected, or refused on import, follows
from the rules alone.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

AMOUNT_LIMIT = 10**15
"""Amounts reach up to this many cents (ten million million euros), not more: sums stay within
64 bits."""

_MAX_DIGITS = 40
_MAX_EXPONENT = 18


class Reading(NamedTuple):
    """A value and the rules that its text breaks."""

    value: int | date | None
    rules: tuple[str, ...]


# The date forms of the administration's program: separators may be any run of / - . or nothing.
_SEP = r"[/\-.]*"
_HOUR = r"(?:[T ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2})?"
_MONTH, _DAY = r"(?P<m>[0-1][0-9])", r"(?P<d>[0-3][0-9])"
_YEAR_FIRST = re.compile(rf"(?P<y>(?:20|19)[0-9]{{2}}){_SEP}{_MONTH}{_SEP}{_DAY}{_HOUR}")
_YEAR_LAST = re.compile(rf"{_DAY}{_SEP}{_MONTH}{_SEP}(?P<y>(?:20|19)[0-9]{{2}}){_HOUR}")
_ODD_YEAR_FIRST = re.compile(rf"(?P<y>[0-9]{{4}}){_SEP}{_MONTH}{_SEP}{_DAY}{_HOUR}")
_ODD_YEAR_LAST = re.compile(rf"{_DAY}{_SEP}{_MONTH}{_SEP}(?P<y>[0-9]{{4}}){_HOUR}")
_NO_DATE = re.compile(r"[0\-/.]*")
_LEGAL_DATE = re.compile(r"[0-9]{8}")


def read_date(text: str, *, mandatory: bool = False) -> Reading:
    """Read a date as the administration's program does.

    Args:
        text: Without padding. Empty, zeros and bare separators mean *no date*.
        mandatory: Whether a date must be there (EcritureDate).

    Returns:
        The day, or None when there is none or it cannot be read, and among the rules:
        ``E_EMPTY_DATE``, ``E_NOT_A_DATE``, ``E_DATE_CALENDAR`` (month > 12 or day > 31),
        ``A_DATE_YEAR``, ``W_DATE_FORM`` (a tolerated form), ``W_DAY_NOT_IN_CALENDAR`` or
        ``W_DATE_NOT_IN_CALENDAR`` (31 February; the first when the date is mandatory).
    """
    if _NO_DATE.fullmatch(text):
        return Reading(None, ("E_EMPTY_DATE",) if mandatory else ())
    usual = _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)
    match = usual or _ODD_YEAR_FIRST.fullmatch(text) or _ODD_YEAR_LAST.fullmatch(text)
    if match is None:
        return Reading(None, ("E_NOT_A_DATE",))
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    if usual is None:
        rules: tuple[str, ...] = ("A_DATE_YEAR",)
    elif month > 12 or day > 31:
        return Reading(None, ("E_DATE_CALENDAR",))
    else:
        rules = ()
    if not (_LEGAL_DATE.fullmatch(text) and text.startswith(match["y"])):
        rules += ("W_DATE_FORM",)
    try:
        return Reading(date(year, month, day), rules)
    except ValueError:
        absent = "W_DAY_NOT_IN_CALENDAR" if mandatory else "W_DATE_NOT_IN_CALENDAR"
        return Reading(None, (*rules, absent))


_GROUPED = re.compile(r" *[0-9]+ [0-9]+")
_NUMBER = re.compile(r" *[+-]*[0-9.,]+ *[+-]* *")
_SCIENTIFIC = re.compile(r" *[+-]*[0-9.,]+[Ee][0-9+-]+ *")
_PLAIN = re.compile(
    r"(?P<before>[+-]?) *(?P<units>[0-9]*)(?:,(?P<parts>[0-9]*))? *(?P<after>[+-]?)"
)
_POWER = re.compile(
    r"(?P<before>[+-]?)(?P<units>[0-9]*)(?:,(?P<parts>[0-9]*))?[Ee](?P<power>[+-]?[0-9]{1,4})"
)


def number_rules(text: str) -> tuple[str, ...]:
    """The rules of the administration that a numeric text breaks, in its own order of tests."""
    rules: tuple[str, ...] = ()
    if "." in text:
        rules = ("E_DOT_IN_NUMBER",)
    if sum(text.count(mark) for mark in " .,") > 1 or _GROUPED.match(text):
        return (*rules, "E_THOUSANDS_SEPARATOR")
    plain = _NUMBER.fullmatch(text) and text.count("-") < 2
    if not (plain or _SCIENTIFIC.fullmatch(text)):
        return (*rules, "E_NOT_A_NUMBER")
    return rules


class Decimals(NamedTuple):
    """A decimal number taken apart: ``sign × digits × 10^-scale``, no trailing zero in it."""

    digits: int
    scale: int

    def minor(self, exponent: int) -> int | None:
        """The number in units of ``10^-exponent``, or None when it is not whole in them."""
        if self.scale > exponent:
            return None
        return int(self.digits * 10 ** (exponent - self.scale))

    def text(self) -> str:
        """The exact decimal text, with a point."""
        if self.scale <= 0:
            return str(self.digits * 10**-self.scale)
        body = str(abs(self.digits)).rjust(self.scale + 1, "0")
        sign = "-" if self.digits < 0 else ""
        return f"{sign}{body[: -self.scale]}.{body[-self.scale :]}"


def take_apart(text: str) -> Decimals | None:
    """Read a decimal text as exactly as given: comma or point, sign before or after, or a power.

    Thousands separators are dropped when there is no doubt about them. None when it is no number.
    """
    match = _PLAIN.fullmatch(text) or _POWER.fullmatch(text)
    if match is None and ("." in text or " " in text):
        match = _PLAIN.fullmatch(_without_grouping(text))
    if match is None:
        return None
    found = match.groupdict()
    figures = found["units"] + (found["parts"] or "")
    signs = found["before"] + (found.get("after") or "")
    if not figures or len(signs) > 1 or len(figures) > _MAX_DIGITS:
        return None
    power = int(found.get("power") or 0)
    if abs(power) > _MAX_EXPONENT:
        return None
    digits, scale = int(figures), len(found["parts"] or "") - power
    while scale > 0 and digits % 10 == 0:
        digits, scale = digits // 10, scale - 1
    return Decimals(-digits if signs == "-" else digits, max(scale, 0) if not digits else scale)


def _without_grouping(text: str) -> str:
    """Make of ``1 234.50``, ``1.234,50`` or ``12.50`` a plain text with a comma."""
    body = text.replace(" ", "")
    if "," in body:
        return body.replace(".", "")
    return body.replace(".", ",") if body.count(".") == 1 else body.replace(".", "")


def read_amount(text: str) -> Reading:
    """Read a debit or a credit.

    Args:
        text: Without padding; no-break spaces count as spaces. Empty means zero.

    Returns:
        The amount in cents, as well as it can be read (None if not at all), and among the rules:
        ``E_DOT_IN_NUMBER``, ``E_THOUSANDS_SEPARATOR``, ``E_NOT_A_NUMBER``, ``W_AMOUNT_UNREADABLE``,
        ``W_AMOUNT_DECIMALS``, ``W_AMOUNT_TOO_LARGE``, ``W_SCIENTIFIC_NOTATION``.
    """
    if not text:
        return Reading(0, ())
    text = text.replace("\xa0", " ")
    rules = number_rules(text)
    number = take_apart(text)
    if number is None:
        return Reading(None, rules or ("W_AMOUNT_UNREADABLE",))
    if not rules and ("e" in text or "E" in text):
        rules = ("W_SCIENTIFIC_NOTATION",)
    cents = number.minor(2)
    if cents is None:
        return Reading(None, (*rules, "W_AMOUNT_DECIMALS"))
    if abs(cents) >= AMOUNT_LIMIT:
        return Reading(None, (*rules, "W_AMOUNT_TOO_LARGE"))
    return Reading(cents, rules)


_EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND",
         "VUV", "XAF", "XOF", "XPF"), 0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}  # fmt: skip


def read_currency(text: str, currency: str) -> tuple[int | str | None, tuple[str, ...]]:
    """Read an amount in another currency.

    Args:
        text: Montantdevise without padding.
        currency: Idevise; an ISO 4217 code decides the number of decimals, two otherwise.

    Returns:
        Minor units of that currency; or the exact decimal text with a point when it has more
        decimals; or None when empty or unreadable. And the rules broken.
    """
    if not text:
        return None, ()
    text = text.replace("\xa0", " ")
    rules = number_rules(text)
    number = take_apart(text)
    if number is None:
        return None, rules or ("W_CURRENCY_UNREADABLE",)
    minor = number.minor(_EXPONENTS.get(currency, 2))
    if minor is None or abs(minor) >= AMOUNT_LIMIT:
        return number.text(), rules
    return minor, rules


def currency_text(amount: int | str | None, currency: str) -> str:
    """Write an amount in another currency as a FEC does, the reverse of :func:`read_currency`."""
    if amount is None:
        return ""
    if isinstance(amount, str):
        return amount.replace(".", ",")
    exponent = _EXPONENTS.get(currency, 2)
    if not exponent:
        return str(amount)
    whole, rest = divmod(abs(amount), 10**exponent)
    return f"{'-' if amount < 0 else ''}{whole},{rest:0{exponent}d}"


_SIDES = {"D": "D", "+1": "D", "C": "C", "-1": "C"}


def read_side(text: str) -> str | None:
    """Read *Sens*: ``"D"`` for D and +1, ``"C"`` for C and -1, else None (``E_SENS``)."""
    return _SIDES.get(text.upper())
