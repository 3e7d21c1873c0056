"""Quantities as people type and read them: ``1,5 kg``, ``2 h 30``, ``3 pièces``."""

from __future__ import annotations

import re
from fractions import Fraction

from chambre.lib.units.decimals import (
    NO_BREAK,
    format_scaled,
    is_french,
    parse_exact,
    parse_scaled,
)
from chambre.lib.units.table import Unit, UnitRefusal, convert, find_unit, to_parts

_HOURS = re.compile(
    r"([+-]?)\s*([0-9][^hH:]*?)\s*(?:h|hr|hrs|heures?|hours?|:)\s*([0-9]{1,2})\s*"
    r"(?:min|mn|minutes?|m)?",
    re.IGNORECASE,
)
_NUMBER_AND_UNIT = re.compile(r"([+\-\u2212]?[\s0-9.,\u00a0\u202f\u2009]*[0-9.,])\s*(\S.*)?")


def _hours_and_minutes(text: str, language: str) -> int | None:
    """Minutes of ``2 h 30``, ``2h30``, ``2:30``; None if it is not written so."""
    match = _HOURS.fullmatch(text.replace("\u2212", "-"))
    if match is None:
        return None
    minutes = int(match[3])
    if minutes > 59:
        raise UnitRefusal("quantity-unreadable", text=text[:60])
    total = parse_scaled(match[2], decimals=0, language=language) * 60 + minutes
    return -total if match[1] == "-" else total


def parse_quantity(text: str, *, unit: Unit, language: str = "fr") -> int:
    """Read a quantity as a count of a unit's smallest parts.

    The text may bear its own unit of the same dimension; it is then converted exactly:
    ``"500 g"`` read for kilograms gives 500 (grams). Hours may be written ``2 h 30``, ``2:30`` or
    ``2,5``.

    Args:
        text: What somebody typed.
        unit: The unit in which the quantity is kept, and which a bare number is in.
        language: ``"fr"`` or ``"en"``: how decimals and thousands are written.

    Returns:
        Smallest parts of ``unit``.

    Raises:
        NumberRefusal: The number cannot be read, or is finer than what is kept.
        UnitRefusal: The unit is unknown, measures something else, or the amount is not whole.
    """
    text = text.strip()
    if unit.dimension == "time" and (minutes := _hours_and_minutes(text, language)) is not None:
        return to_parts(convert(minutes, find_unit("minute-Time"), unit), unit)
    match = _NUMBER_AND_UNIT.fullmatch(text)
    if match is None:
        raise UnitRefusal("quantity-unreadable", text=text[:60])
    number, name = match[1].strip(), match[2]
    written = find_unit(name) if name else unit
    if written is unit and unit.decimals is not None:
        return to_parts(
            Fraction(parse_scaled(number, decimals=unit.decimals, language=language), unit.parts),
            unit,
        )
    return to_parts(convert(parse_exact(number, language=language), written, unit), unit)


def format_number(parts: int, unit: Unit, *, language: str = "fr") -> str:
    """Write a stored quantity without its unit, with no needless decimals.

    Hours are written ``2 h 30`` because their parts are minutes; see :func:`format_quantity`.
    """
    if unit.decimals is None:
        return _format_hours(parts, language)
    return format_scaled(parts, decimals=unit.decimals, language=language, least=0)


def _format_hours(minutes: int, language: str) -> str:
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else ""
    shown = f"{sign}{format_scaled(hours, decimals=0, language=language)}{NO_BREAK}h"
    if rest:
        shown += f"{NO_BREAK}{rest:02d}"
        if not is_french(language):
            shown += f"{NO_BREAK}min"
    return shown


def format_quantity(parts: int, unit: Unit, *, language: str = "fr") -> str:
    """Write a stored quantity with its unit.

    Args:
        parts: Smallest parts of ``unit``.
        unit: The unit in which they are kept.
        language: ``"fr"`` or ``"en"``.

    Returns:
        ``"1,5 kg"``, ``"2 h 30"``, ``"3 pièces"`` with no-break spaces. French counts one and a
        half as singular, English as plural.
    """
    number = format_number(parts, unit, language=language)
    if unit.decimals is None:
        return number
    size = abs(parts)
    plural = size >= 2 * unit.parts if is_french(language) else size != unit.parts
    return number + NO_BREAK + (unit.symbol(language) or unit.label(language, plural=plural))
