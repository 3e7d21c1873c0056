"""Numbers, days and the few words of the frame, in French and in English."""

from __future__ import annotations

from datetime import date, datetime

from chambre.lib.exports.model import Column, Kind, Table, Value
from chambre.lib.money import Money, account_unit
from chambre.lib.units.decimals import NO_BREAK, format_scaled, is_french

MINUS = "\u2212"
"""The minus sign of print, as wide as a digit; files for machines keep the hyphen."""
DASH = "–"
"""Zero in printed accounts."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_WORDS: dict[str, tuple[str, str]] = {
    "provisional": ("Provisional", "Provisoire"),
    "provisional-why": (
        "The period is still open: these figures can change.",
        "La période n’est pas close : ces chiffres peuvent encore changer.",
    ),
    "page": ("Page", "Page"),
    "of": ("of", "sur"),
    "seal": ("Seal of the ledger", "Sceau du registre"),
    "issued": ("Issued", "Établi le"),
    "issuer": ("Issued by", "Établi par"),
    "subject": ("About", "Concerne"),
    "period": ("Period", "Période"),
    "at": ("at", "à"),
    "notes": ("Notes", "Notes"),
    "provenance": ("Where these figures come from", "D’où viennent ces chiffres"),
    "amounts-in": ("Amounts in {unit}", "Montants en {unit}"),
    "hours": ("hours", "heures"),
    "nothing": ("Nothing over this period.", "Rien sur cette période."),
}


def word(code: str, language: str) -> str:
    """A word of the frame in the language of the report."""
    english, french = _WORDS[code]
    return french if is_french(language) else english


def words(language: str) -> dict[str, str]:
    """All words of the frame."""
    return {code: word(code, language) for code in _WORDS}


def format_day(day: date, language: str) -> str:
    """``05/03/2026`` in French, ``5 Mar 2026`` in English."""
    if is_french(language):
        return f"{day:%d/%m/%Y}"
    return f"{day.day}{NO_BREAK}{_MONTHS[day.month - 1]}{NO_BREAK}{day.year}"


def format_moment(moment: datetime, language: str) -> str:
    """``05/03/2026 à 14:05`` in French, ``5 Mar 2026 at 14:05`` in English, with the zone."""
    zone = moment.strftime("%Z") or moment.strftime("%z")
    at = word("at", language)
    return f"{format_day(moment, language)} {at} {moment:%H:%M}{NO_BREAK}({zone})"


def plain_number(value: int, column: Column, *, french: bool) -> str:
    """A number for a machine that reads French or English: no separator of thousands.

    Hours are written ``12:05``.
    """
    if column.kind is Kind.AMOUNT and account_unit(column.unit).kind == "time":
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 60}:{abs(value) % 60:02d}"
    digits = str(abs(value)).rjust(column.decimals + 1, "0")
    sign = "-" if value < 0 else ""
    if not column.decimals:
        return sign + digits
    point = "," if french else "."
    return f"{sign}{digits[: -column.decimals]}{point}{digits[-column.decimals :]}"


def printed(value: Value, column: Column, language: str) -> str:
    """A cell as it is read on paper, without its unit; a share with its percent sign."""
    if value is None:
        return ""
    if isinstance(value, date):
        return format_day(value, language)
    if isinstance(value, str):
        return value
    if not value and column.dash:
        return DASH
    if column.kind is Kind.AMOUNT and account_unit(column.unit).kind == "time":
        shown = Money(value, column.unit).format(language)
    else:
        shown = format_scaled(value, decimals=column.decimals, language=language)
    if column.kind is Kind.SHARE:
        shown += f"{NO_BREAK}%" if is_french(language) else "%"
    return shown.replace("-", MINUS, 1) if value < 0 else shown


def unit_label(column: Column, language: str) -> str:
    """The unit of a column in words: ``€``, ``heures``, ``kg``; empty for none."""
    if column.kind is not Kind.AMOUNT:
        return column.unit if column.kind is Kind.QUANTITY else ""
    unit = account_unit(column.unit)
    return word("hours", language) if unit.kind == "time" else unit.symbol


def common_unit(table: Table, language: str) -> str:
    """The unit that all amounts of a table share; empty when there are several or none."""
    units = {unit_label(c, language) for c in table.columns if c.kind is Kind.AMOUNT}
    return units.pop() if len(units) == 1 else ""


def heading(column: Column, *, said: bool, language: str) -> str:
    """The heading of a column, with its unit where the table does not say it for all amounts."""
    label = "" if said and column.kind is Kind.AMOUNT else unit_label(column, language)
    return f"{column.title} ({label})" if label else column.title
