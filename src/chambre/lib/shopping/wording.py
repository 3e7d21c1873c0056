"""How days, moments and refusals of a shop are said in French and in English."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from chambre.lib.money import Money
from chambre.lib.refusal import Refusal
from chambre.lib.units.decimals import NO_BREAK, format_scaled, is_french

PARIS = ZoneInfo("Europe/Paris")
"""Where the clock of a shop hangs, unless another is said."""

_MONTHS = (
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
)


def month_words(month: int, language: str = "fr") -> str:
    """The name of a month, 1 to 12."""
    french, english = _MONTHS[month - 1]
    return french if is_french(language) else english


def day_words(month: int, day: int, language: str = "fr") -> str:
    """A day of the year: ``1er juin``, ``15 juin``; ``1 June``."""
    number = "1er" if day == 1 and is_french(language) else str(day)
    return f"{number} {month_words(month, language)}"


def date_words(day: dt.date, language: str = "fr") -> str:
    """A date: ``1er juin 2026``; ``1 June 2026``."""
    return f"{day_words(day.month, day.day, language)} {day.year}"


def moment_words(moment: dt.datetime, language: str = "fr", zone: ZoneInfo = PARIS) -> str:
    """A moment on the clock of the place: ``4 juin 2026 à 18 h 00``; ``4 June 2026 at 18:00``."""
    local = moment.astimezone(zone)
    joint = "à" if is_french(language) else "at"
    return f"{date_words(local, language)} {joint} {time_words(local.time(), language)}"


def time_words(time: dt.time, language: str = "fr") -> str:
    """A time of the clock: ``18 h 00``; ``18:00``."""
    if is_french(language):
        return f"{time.hour}{NO_BREAK}h{NO_BREAK}{time.minute:02}"
    return f"{time:%H:%M}"


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity as it is said: ``250 g``, ``1,5 kg``, ``750 ml``, ``6``.

    Attributes:
        parts: Grams, millilitres or pieces.
        unit: ``g``, ``ml`` or ``piece``.
    """

    parts: int
    unit: str = "piece"

    def words(self, language: str = "fr") -> str:
        """Below a thousand in the small unit, from there on in kilograms or litres."""
        if self.unit == "piece":
            return format_scaled(self.parts, decimals=0, language=language)
        if abs(self.parts) < 1000:
            return f"{self.parts}{NO_BREAK}{self.unit}"
        number = format_scaled(self.parts, decimals=3, language=language).rstrip("0").rstrip(".,")
        return f"{number}{NO_BREAK}{'kg' if self.unit == 'g' else 'l'}"


class _Facts(Formatter):
    """Fills a template: ``{x:money}`` is cents, days, times and quantities are said in words."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "money":
            return Money(value).format(self.language)
        if isinstance(value, Measured):
            return value.words(self.language)
        if isinstance(value, dt.datetime):
            return moment_words(value, self.language)
        if isinstance(value, dt.date):
            return date_words(value, self.language)
        if isinstance(value, dt.time):
            return time_words(value, self.language)
        return str(super().format_field(value, format_spec))


class ShoppingRefusal(Refusal):
    """A rule of the shop says no, and nothing happened.

    In ``texts``, ``{fact:money}`` is a number of cents. Dates, times, moments and
    :class:`Measured` quantities among the facts stay what they are in ``data`` and are said in words,
    moments on the clock of Paris.
    """

    def message(self, language: str = "en") -> str:
        """What a person reads, in French for ``fr`` and its variants, else in English."""
        english, french = self.texts[self.code]
        text = french if is_french(language) else english
        return _Facts(language).vformat(text, (), self.data)
