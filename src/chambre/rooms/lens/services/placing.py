"""Which financial year a file belongs to, and which former export of it it would take over."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.ledger import api as ledger
from chambre.ledger.models import Book, FinancialYear
from chambre.lib import fec
from chambre.rooms.lens.models import FecImport

DAY = dt.timedelta(days=1)


class YearsDiffer(Conflict):
    """The file has days of several financial years of the book; ``data["years"]`` names them."""

    code = "lens.fec-years-differ"


def former(book: Book, prepared: fec.Prepared) -> FecImport | None:
    """The import in force of which a file has days, if there is one.

    Raises:
        YearsDiffer: There are several.
    """
    found = FecImport.objects.filter(
        book=book,
        replaced_by__isnull=True,
        year__start__lte=prepared.last_day,
        year__end__gte=prepared.first_day,
    )
    found = found.select_related("year").order_by("year__start")
    if len(found) > 1:
        raise _differ(prepared, [each.year for each in found])
    return found[0] if found else None


def year_for(
    book: Book, prepared: fec.Prepared, taken_over: FecImport | None, by: Actor
) -> FinancialYear:
    """The financial year of a file: the one that has its days, else a new one.

    An open year that has some of them is stretched, or takes the bounds that a newer export gives
    it; a new one ends where its neighbours begin.

    Raises:
        ClosedYear: It is closed.
        YearsDiffer: The days are of several years of the book.
    """
    first, last = prepared.first_day, prepared.last_day
    years = list(FinancialYear.objects.filter(book=book).order_by("start"))
    touched = [each for each in years if each.start <= last and each.end >= first]
    if len(touched) > 1:
        raise _differ(prepared, touched)
    year = touched[0] if touched else (taken_over.year if taken_over else None)
    if year is not None:
        if year.closed_at:
            raise ledger.ClosedYear
        others = [each for each in years if each.pk != year.pk]
        start, end = _between(others, prepared)
        if taken_over is None:
            start, end = min(start, year.start), max(end, year.end)
        return ledger.reshape_year(year=year, start=start, end=end, by=by)
    start, end = _between(years, prepared)
    return ledger.financial_year(book=book, start=start, end=end, by=by)


def _between(others: list[FinancialYear], prepared: fec.Prepared) -> tuple[dt.date, dt.date]:
    """The days that the file claims for its year, without those of other years."""
    before = [each.end + DAY for each in others if each.end < prepared.first_day]
    after = [each.start - DAY for each in others if each.start > prepared.last_day]
    return max([prepared.year_start, *before]), min([prepared.year_end, *after])


def _differ(prepared: fec.Prepared, years: list[FinancialYear]) -> YearsDiffer:
    names = [f"{_shown(year.start)} – {_shown(year.end)}" for year in years]
    message = _(
        "The file goes from %(first)s to %(last)s and has days of several financial years of the "
        "book. Export each financial year into a file of its own."
    ) % {"first": _shown(prepared.first_day), "last": _shown(prepared.last_day)}
    return YearsDiffer(message, years=[str(year) for year in years], lines=names)


def _shown(day: dt.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
