"""French VAT: which rates hold on a day and where, and why some things bear none.

Rates of metropolitan France: CGI art. 278 (standard), 279 (intermediate), 278-0 bis and 278 bis
(reduced), 281 quater and following (super-reduced); of Corsica: art. 297; of Guadeloupe,
Martinique and La Réunion: art. 296. Rates are hundredths of a percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .model import Vat


class Territory(StrEnum):
    """Where a delivery is taxed."""

    MAINLAND = "fr"
    CORSICA = "fr-20"
    OVERSEAS = "fr-97"
    """Guadeloupe, Martinique, La Réunion."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate while it held.

    Attributes:
        rate: Hundredths of a percent.
        name: ``standard``, ``intermediate``, ``reduced``, ``super-reduced`` or ``special``.
        since: First day.
        until: Last day, or None while it holds.
    """

    rate: int
    name: str
    since: date
    until: date | None = None
    territory: Territory = Territory.MAINLAND

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


_START = date(2000, 4, 1)

RATES: tuple[Rate, ...] = (
    Rate(1960, "standard", _START, date(2013, 12, 31)),
    Rate(2000, "standard", date(2014, 1, 1)),
    Rate(700, "intermediate", date(2012, 1, 1), date(2013, 12, 31)),
    Rate(1000, "intermediate", date(2014, 1, 1)),
    Rate(550, "reduced", _START),
    Rate(210, "super-reduced", _START),
    Rate(1960, "standard", _START, date(2013, 12, 31), Territory.CORSICA),
    Rate(2000, "standard", date(2014, 1, 1), None, Territory.CORSICA),
    Rate(800, "special", _START, date(2013, 12, 31), Territory.CORSICA),
    Rate(1000, "intermediate", date(2014, 1, 1), None, Territory.CORSICA),
    Rate(1300, "special", date(2014, 1, 1), None, Territory.CORSICA),
    Rate(210, "reduced", _START, None, Territory.CORSICA),
    Rate(90, "super-reduced", _START, None, Territory.CORSICA),
    Rate(850, "standard", _START, None, Territory.OVERSEAS),
    Rate(210, "reduced", _START, None, Territory.OVERSEAS),
    Rate(175, "special", _START, None, Territory.OVERSEAS),
    Rate(105, "special", _START, None, Territory.OVERSEAS),
)
"""Every rate known here, since April 2000."""


def rates_on(day: date, territory: Territory = Territory.MAINLAND) -> tuple[Rate, ...]:
    """Rates in force on a day, the highest first; empty before April 2000."""
    found = [each for each in RATES if each.territory is territory and each.holds(day)]
    return tuple(sorted(found, key=lambda each: -each.rate))


def rate_holds(rate: int, day: date) -> bool:
    """Whether a rate is in force somewhere in France on a day."""
    return any(each.rate == rate and each.holds(day) for each in RATES)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why no VAT is asked: the category, its VATEX code and the mention in both languages."""

    key: str
    category: str
    code: str
    en: str
    fr: str

    def vat(self, language: str = "fr") -> Vat:
        """The category as a line bears it, its mention in a language."""
        reason = self.fr if language.lower().startswith("fr") else self.en
        return Vat(self.category, 0, self.code, reason)


EXEMPTIONS: dict[str, Exemption] = {
    each.key: each
    for each in (
        Exemption(
            "franchise", "E", "VATEX-FR-FRANCHISE",
            "VAT not applicable, art. 293 B of the CGI",
            "TVA non applicable, art. 293 B du CGI",
        ),
        Exemption(
            "non-profit", "E", "VATEX-FR-CGI261-7",
            "Exempt from VAT, art. 261, 7, 1° of the CGI (non-profit body)",
            "Exonération de TVA, art. 261, 7, 1° du CGI (organisme sans but lucratif)",
        ),
        Exemption(
            "training", "E", "VATEX-FR-CGI261-4",
            "Exempt from VAT, art. 261, 4, 4° of the CGI (training)",
            "Exonération de TVA, art. 261, 4, 4° du CGI (formation)",
        ),
        Exemption(
            "reverse-charge", "AE", "VATEX-EU-AE",
            "Reverse charge: VAT is owed by the customer, art. 283, 2 of the CGI",
            "Autoliquidation : TVA due par le preneur, art. 283, 2 du CGI",
        ),
        Exemption(
            "intra-community", "K", "VATEX-EU-IC",
            "Exempt from VAT, art. 262 ter, I of the CGI (delivery within the Union)",
            "Exonération de TVA, art. 262 ter, I du CGI (livraison intracommunautaire)",
        ),
        Exemption(
            "export", "G", "VATEX-EU-G",
            "Exempt from VAT, art. 262, I of the CGI (export)",
            "Exonération de TVA, art. 262, I du CGI (exportation)",
        ),
        # The margin is taxed and not shown (CGI art. 297 A and 297 E, 266, 1, e); the words are the law's.
        Exemption(
            "margin-second-hand", "E", "VATEX-EU-F",
            "Margin scheme – second-hand goods (Régime particulier - Biens d’occasion)",
            "Régime particulier - Biens d’occasion",
        ),
        Exemption(
            "margin-art", "E", "VATEX-EU-I",
            "Margin scheme – works of art (Régime particulier - Objets d’art)",
            "Régime particulier - Objets d’art",
        ),
        Exemption(
            "margin-collectors", "E", "VATEX-EU-J",
            "Margin scheme – collectors’ items and antiques "
            "(Régime particulier - Objets de collection et d’antiquité)",
            "Régime particulier - Objets de collection et d’antiquité",
        ),
        Exemption(
            "margin-travel", "E", "VATEX-EU-D",
            "Margin scheme – travel agencies (Régime particulier - Agences de voyages)",
            "Régime particulier - Agences de voyages",
        ),
        Exemption(
            "outside", "O", "VATEX-EU-O",
            "Outside the scope of VAT",
            "Hors du champ d’application de la TVA",
        ),
    )
}  # fmt: skip
"""Exemptions by key, for forms and settings."""


def find_vat(what: str, language: str = "fr") -> Vat:
    """A VAT category by what a form says: ``2000`` (a rate) or ``franchise`` (an exemption).

    Raises:
        KeyError: Neither.
    """
    if what.isdecimal():
        rate = int(what)
        return Vat("S", rate) if rate else Vat("Z", 0)
    return EXEMPTIONS[what].vat(language)
