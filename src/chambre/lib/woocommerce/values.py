"""The writing of one cell: prices, numbers, lists, escapes. Everything here is exact.

Reading follows what WooCommerce's own importer accepts, writing what its exporter writes, so that
either side understands the other.
"""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .problems import Unreadable

_TRIGGERS = "=+-@\t\r"
"""What a spreadsheet takes for a formula when a cell begins with it."""
_GUARDED = re.compile(rf"'+[{re.escape(_TRIGGERS)}]")
_DANGEROUS = re.compile(rf"'*[{re.escape(_TRIGGERS)}]")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_NUMBER = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_CURRENCY = re.compile(r"^(?:€|EUR)|(?:€|EUR)$", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T][0-9:.Z+]*)?")
_SPLIT = re.compile(r"(?<!\\),")


def unguard(text: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from computing a cell."""
    return text[1:] if _GUARDED.match(text) else text


def guard(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute; :func:`unguard` undoes it."""
    return "'" + text if _DANGEROUS.match(text) else text


def read_number(text: str) -> Decimal:
    """Read a number with a comma or a point; thousands may stand apart.

    One kind of sign once is the decimal sign, since WooCommerce writes no thousands. Where both
    stand the last one is, and the other must part groups of three.

    Raises:
        Unreadable: Not a number.
    """
    plain = _SPACES.sub("", text)
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and point >= 0:
        sign, other = (",", ".") if comma > point else (".", ",")
        plain = _join_thousands(plain, other, sign, text).replace(",", ".")
    elif plain.count(",") > 1 or plain.count(".") > 1:
        plain = _join_thousands(plain, "," if comma >= 0 else ".", "", text)
    else:
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise Unreadable("number-unreadable", text)
    return Decimal(plain)


def _join_thousands(plain: str, thousands: str, decimal: str, text: str) -> str:
    """Take the signs between thousands out, if they do part thousands."""
    whole, _, fraction = plain.partition(decimal) if decimal else (plain, "", "")
    groups = whole.lstrip("-").split(thousands)
    parted = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    if not parted or (decimal and decimal in fraction):
        raise Unreadable("number-unreadable", text)
    return whole.replace(thousands, "") + ("." + fraction if fraction else "")


def read_cents(text: str, *, decimals: int = 2, below_zero: bool = False) -> int:
    """Read a price to the cent, never rounding.

    Args:
        text: ``12.5``, ``12,50``, ``1.234,56 €``…
        decimals: Decimals of the currency.
        below_zero: Whether it may be, as in a refund.

    Returns:
        The price in the smallest parts of its currency.

    Raises:
        Unreadable: Not a price, finer than a cent, or below zero where it may not be.
    """
    try:
        value = read_number(_CURRENCY.sub("", _SPACES.sub("", text)))
    except Unreadable:
        raise Unreadable("price-unreadable", text) from None
    cents = value.scaleb(decimals)
    if cents != cents.to_integral_value():
        raise Unreadable("price-finer-than-cent", text)
    if cents < 0 and not below_zero:
        raise Unreadable("price-negative", text)
    return int(cents)


def write_cents(cents: int, decimal: str = ".") -> str:
    """Write cents as ``12.50``, with the decimal sign of the file."""
    return f"{cents // 100}{decimal}{cents % 100:02d}"


def read_measure(text: str, factor: Decimal) -> int:
    """Read a weight to the gram, or a length to the millimetre, rounded half up.

    Args:
        text: The number.
        factor: Grams or millimetres in one of its unit.

    Raises:
        Unreadable: Not a number.
    """
    return int((read_number(text) * factor).quantize(Decimal(1), ROUND_HALF_UP))


def write_measure(value: int, factor: Decimal, decimal: str = ".") -> str:
    """Write grams or millimetres in a unit, as short as it still reads back to the same."""
    exact = Decimal(value) / factor
    for digits in range(10):
        short = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if int((short * factor).quantize(Decimal(1), ROUND_HALF_UP)) == value:
            break
    return write_number(short, decimal)


def write_number(value: Decimal, decimal: str = ".") -> str:
    """Write a number without needless zeros."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text in {"", "-0"} else text).replace(".", decimal)


def read_whole(text: str) -> int:
    """Read an integer.

    Raises:
        Unreadable: Not a number, or a broken one.
    """
    value = read_number(text)
    if value != value.to_integral_value():
        raise Unreadable("number-unreadable", text)
    return int(value)


def read_date(text: str) -> date:
    """Read a day; a time behind it is left out, as WooCommerce does.

    Raises:
        Unreadable: Not a date written as 2026-05-31.
    """
    if match := _DATE.fullmatch(text.strip()):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    raise Unreadable("date-unreadable", text)


def read_list(text: str) -> tuple[str, ...]:
    r"""Take a list apart at its commas; ``\,`` is a comma that belongs to an item."""
    parts = (part.replace("\\,", ",").strip() for part in _SPLIT.split(text))
    return tuple(part for part in parts if part)


def write_list(items: tuple[str, ...]) -> str:
    r"""Put a list together; a comma inside an item is written ``\,``.

    An item that ends in ``\`` gets a space behind it, which reading takes off again, so that the
    comma after it stays a comma between items.
    """
    parts = [item.replace(",", "\\,") for item in items]
    closed = [part + " " if part.endswith("\\") else part for part in parts[:-1]]
    return ", ".join(closed + parts[-1:])


def read_category(text: str) -> tuple[str, ...]:
    """Take ``Légumes > Racines`` apart, from the root down."""
    parts = (html.unescape(part.strip()).strip() for part in text.split(">"))
    return tuple(part for part in parts if part)


def write_category(path: tuple[str, ...]) -> str:
    """Put a category together, with entities for what would be read otherwise."""
    parts = []
    for part in path:
        if ">" in part or html.unescape(part) != part:
            part = part.replace("&", "&amp;").replace(">", "&gt;")  # noqa: PLW2901
        parts.append(part)
    return " > ".join(parts)


def read_text(text: str) -> str:
    r"""Read a description: ``\n`` is a line break, ``\\n`` is those two characters."""
    return re.sub(r"\\(\\?)n", lambda match: "\\n" if match[1] else "\n", text)


def write_text(text: str) -> str:
    """Write a description on one line, as WooCommerce does; :func:`read_text` undoes it.

    A break behind a backslash stays a break: escaped, it would read as something else.
    """
    return re.sub(r"(?<!\\)\n", r"\\n", re.sub(r"\\n", r"\\\\n", text))
