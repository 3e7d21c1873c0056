"""Periods that people choose with one touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.ledger.models import FinancialYear
from chambre.registry.models import Agent

_MOST = 6


class QuickPeriod(NamedTuple):
    """A period with a name.

    Attributes:
        name: What people call it.
        first: First day.
        last: Last day.
    """

    name: str
    first: dt.date
    last: dt.date


def exercises(structures: Iterable[Agent]) -> list[FinancialYear]:
    """The financial years of some structures, in order, book by book."""
    books = [each.book.pk for each in structures]
    return list(FinancialYear.objects.filter(book__in=books).order_by("book_id", "start"))


def quick_periods(years: Sequence[FinancialYear]) -> list[QuickPeriod]:
    """The latest financial years, this year, the last twelve months.

    Args:
        years: Financial years of the structures that are read.
    """
    spans = sorted({(year.start, year.end) for year in years}, reverse=True)[:_MOST]
    found = [QuickPeriod(_year_name(start, end), start, end) for start, end in spans]
    today = timezone.localdate()
    this = (today.replace(month=1, day=1), today.replace(month=12, day=31))
    if this not in spans:
        found.append(QuickPeriod(_("this year"), *this))
    month = today.replace(day=1)
    last = month - dt.timedelta(days=1)
    found.append(QuickPeriod(_("last 12 months"), month.replace(year=month.year - 1), last))
    return found


def _year_name(start: dt.date, end: dt.date) -> str:
    """``2024``, ``2023–2024``, or two days for a year that is not twelve months."""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year:
        return str(start.year)
    if 360 < (end - start).days < 370:
        return f"{start.year}–{end.year}"
    return f"{start:%d/%m/%Y} – {end:%d/%m/%Y}"
