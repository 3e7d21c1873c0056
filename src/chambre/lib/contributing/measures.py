"""How much, as people type it into one box: a time, an amount, or so many of something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from chambre.lib.contributing.wording import ContributingRefusal
from chambre.lib.money import Money
from chambre.lib.refusal import Refusal
from chambre.lib.units.decimals import format_scaled, is_french, parse_scaled

DECIMALS = 6
_HOURS = {"h", "heure", "heures", "hour", "hours"}
_MINUTES = {"m", "mn", "min", "minute", "minutes"}
_MONEY = {"€", "eur", "euro", "euros"}
_CLOCK = re.compile(r"(\d{1,7}) ?(?:h|:) ?([0-5]?\d) ?(?:m|mn|min|minutes?)?", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?[\d][\d\s.,\u00a0\u202f]*)\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Measure:
    """Exactly one of these is there.

    Attributes:
        minutes: A time.
        cents: An amount.
        quantity: So many, at most six decimals.
        unit: Of what, for a quantity.
    """

    minutes: int | None = None
    cents: int | None = None
    quantity: Decimal | None = None
    unit: str = ""


def parse_measure(text: str, language: str = "fr") -> Measure:
    """Read ``2 h 30``, ``2:30``, ``45 min``, ``1,5 h``, ``25 €`` or ``12,5 kg``.

    Args:
        text: What somebody typed.
        language: ``fr`` or ``en``: which of comma and point is which.

    Raises:
        ContributingRefusal: ``not-a-measure``: no number, or nothing beside it.
    """
    text = " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())
    if clock := _CLOCK.fullmatch(text):
        return Measure(minutes=int(clock[1]) * 60 + int(clock[2]))
    if text.startswith("€"):
        text = f"{text[1:].strip()} €"
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ContributingRefusal("not-a-measure")
    number, unit = found[1].strip(), found[2].strip()
    try:
        return _read(number, unit, language)
    except Refusal:
        raise ContributingRefusal("not-a-measure") from None


def _read(number: str, unit: str, language: str) -> Measure:
    name = unit.lower()
    if name in _MONEY:
        return Measure(cents=Money.parse(number, language=language).minor)
    value = parse_scaled(number, decimals=DECIMALS, language=language)
    if name in _HOURS or name in _MINUTES:
        minutes, rest = divmod(value * (60 if name in _HOURS else 1), 10**DECIMALS)
        if rest:
            raise ContributingRefusal("not-a-measure")
        return Measure(minutes=minutes)
    if not unit or len(unit) > 24:
        raise ContributingRefusal("not-a-measure")
    return Measure(quantity=Decimal(value).scaleb(-DECIMALS), unit=unit)


def write_measure(measure: Measure, language: str = "fr") -> str:
    """The measure as it is typed and read: what :func:`parse_measure` reads again as the same."""
    if measure.minutes is not None:
        hours, minutes = divmod(measure.minutes, 60)
        if is_french(language) or not minutes:
            return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"
        return f"{hours}:{minutes:02d}"
    if measure.cents is not None:
        return Money(measure.cents).format(language)
    scaled = int((measure.quantity or Decimal(0)).scaleb(DECIMALS))
    number = format_scaled(scaled, decimals=DECIMALS, language=language)
    mark = "," if is_french(language) else "."
    return f"{number.rstrip('0').rstrip(mark)} {measure.unit}"
