"""Books, their financial years, and the accounts, auxiliary accounts and journals they use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.questions import Question
from chambre.core.errors import Invalid, NotFound
from chambre.ledger.applets.errors import ClosedYear, YearOverlaps, guard_of
from chambre.ledger.models import Account, Auxiliary, Book, FinancialYear, Journal, Line
from chambre.lib.accounting.links import is_link
from chambre.registry.models import Agent

CHUNK = 500


_BOOK_OF = Question(
    lambda structure: Book.objects.filter(structure_id=structure).select_related("structure")
)
"""The book of a structure."""


def open_book(*, structure: Agent, chart: str = "pcg", by: Actor) -> Book:
    """Open the accounts of a structure; the book that it has, if it has one.

    Args:
        structure: Whose accounts. It belongs to a chamber, or is one.
        chart: ``pcg`` or ``associatif``; a book that is open keeps its own.
        by: Who opens it.

    Raises:
        Forbidden: ``by`` may not open this structure's books.
        Invalid: The structure belongs to no chamber, or there is no such chart.
    """
    authorize(by, "ledger.open_book", structure)
    if chart not in Book.Chart.values:
        raise Invalid(_("There is no such chart of accounts."), fields={"chart": [chart]})
    if known := _BOOK_OF(structure.pk):
        return known[0]
    chamber = structure.chamber_id
    if chamber is None and structure.kind == Agent.Kind.CHAMBER:
        chamber = structure.pk
    if chamber is None:
        raise Invalid(
            _("%(name)s belongs to no chamber.") % {"name": structure.name},
            fields={"structure": [structure.slug]},
        )
    with transaction.atomic():
        book, made = Book.objects.get_or_create(
            structure=structure, defaults={"chart": chart, "chamber_id": chamber}
        )
        if made:
            audit(by, "ledger.book.opened", book, chart=chart)
    return book


@transaction.atomic
def financial_year(*, book: Book, start: dt.date, end: dt.date, by: Actor) -> FinancialYear:
    """Open a financial year of a book; the one with these dates, if it is there.

    Args:
        book: Whose year.
        start: First day.
        end: Last day.
        by: Who opens it.

    Raises:
        Forbidden: ``by`` may not post in this book.
        Invalid: It ends before it starts.
        YearOverlaps: The book has another year over these dates; ``data`` has its dates.
    """
    authorize(by, "ledger.open_year", book)
    if end <= start:
        raise Invalid(_("A financial year ends after it starts."), fields={"end": [str(end)]})
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)
    years = FinancialYear.objects.filter(book=book)
    if other := years.filter(start__lte=end, end__gte=start).order_by("start").first():
        if (other.start, other.end) == (start, end):
            return other
        raise YearOverlaps(start=other.start.isoformat(), end=other.end.isoformat())
    try:
        with transaction.atomic():
            year = FinancialYear.objects.create(book=book, start=start, end=end)
    except IntegrityError as error:
        if guard_of(error) == "overlap":
            raise YearOverlaps from error
        raise
    audit(by, "ledger.year.opened", year, book=book.pk)
    return year


@transaction.atomic
def reshape_year(*, year: FinancialYear, start: dt.date, end: dt.date, by: Actor) -> FinancialYear:
    """Give an open financial year other bounds; it keeps every day that has lines.

    Args:
        year: The year.
        start: Its first day.
        end: Its last day.
        by: Who asks.

    Raises:
        Forbidden: ``by`` may not post in this book.
        ClosedYear: The year is closed.
        YearOverlaps: Another year of the book has some of these days; ``data`` has its dates.
    """
    authorize(by, "ledger.open_year", year.book)
    Book.objects.select_for_update(no_key=True).get(pk=year.book_id)
    year = FinancialYear.objects.select_related("book").get(pk=year.pk)
    lines = Line.objects.filter(book=year.book_id).order_by()
    if start > year.start and lines.filter(day__gte=year.start, day__lt=start).exists():
        start = year.start
    if end < year.end and lines.filter(day__gt=end, day__lte=year.end).exists():
        end = year.end
    if (start, end) == (year.start, year.end):
        return year
    if year.closed_at:
        raise ClosedYear
    others = FinancialYear.objects.filter(book=year.book_id).exclude(pk=year.pk)
    if other := others.filter(start__lte=end, end__gte=start).order_by("start").first():
        raise YearOverlaps(start=other.start.isoformat(), end=other.end.isoformat())
    year.start, year.end = start, end
    year.save(update_fields=["start", "end"])
    audit(by, "ledger.year.reshaped", year, start=start.isoformat(), end=end.isoformat())
    return year


def year_of(structure: Agent, year: int) -> FinancialYear:
    """The financial year of a structure that ends in a calendar year.

    Raises:
        NotFound: There is none.
    """
    found = FinancialYear.objects.filter(book__structure=structure)
    found = found.filter(end__year=year) if 1 <= year <= 9999 else found.none()
    exercise: FinancialYear | None = (
        found.select_related("book__structure").order_by("-end").first()
    )
    if exercise is None:
        raise NotFound(
            _("%(name)s has no financial year that ends in %(year)d.")
            % {"name": structure.name, "year": year}
        )
    return exercise


def accounts(book: Book, labels: Mapping[str, str]) -> dict[str, int]:
    """Ids of a book's accounts by code; those that it did not use before are added.

    A service that has authorized its own act calls this while it prepares a posting. Safe when
    several do so at once. The label first seen stays.

    Args:
        book: Whose accounts.
        labels: Label by code; codes of 1 to 32 characters, labels are cut at 200.

    Raises:
        Invalid: A code is empty or too long.
    """
    return _known_or_new(Account, book, labels, 32)


def auxiliaries(book: Book, labels: Mapping[str, str]) -> dict[str, int]:
    """Ids of a book's auxiliary accounts by code (1 to 64 characters); see :func:`accounts`."""
    return _known_or_new(Auxiliary, book, labels, 64)


def journals(book: Book, labels: Mapping[str, str]) -> dict[str, int]:
    """Ids of a book's journals by code (1 to 32 characters); see :func:`accounts`."""
    return _known_or_new(Journal, book, labels, 32)


def _known_or_new(
    model: type[Any], book: Book, labels: Mapping[str, str], longest: int
) -> dict[str, int]:
    """Read those that exist, add the others, read again what somebody else added meanwhile."""
    for code in labels:
        if not 0 < len(code) <= longest or "\0" in code:
            raise Invalid(_("A code is empty or too long."), fields={"code": [repr(code)]})
    found = _ids(model, book, labels)
    missing = [code for code in labels if code not in found]
    if missing:
        with transaction.atomic():
            found |= _ids(model, book, missing)  # on SQLite we are alone from here on
            rows = [_row(model, book, code, labels[code]) for code in missing if code not in found]
            _add_rows(model, rows)
        found |= _ids(model, book, missing)
    return found


def _add_rows(model: type[Any], rows: list[Any]) -> None:
    """Add rows; on PostgreSQL those that somebody else adds at this moment are theirs."""
    model.objects.bulk_create(
        rows, batch_size=CHUNK, ignore_conflicts=connection.vendor == "postgresql"
    )


def _row(model: type[Any], book: Book, code: str, label: str) -> Any:
    row = model(book=book, code=code, label=label.replace("\0", " ")[:200])
    if model is Account:
        row.is_link = is_link(code)
    return row


def _ids(model: type[Any], book: Book, codes: Iterable[str]) -> dict[str, int]:
    """Ids by code."""
    listed = list(codes)
    found: dict[str, int] = {}
    for at in range(0, len(listed), CHUNK):
        some = listed[at : at + CHUNK]
        marks = ", ".join(["%s"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT code, id FROM {model._meta.db_table} WHERE book_id = %s AND code IN ({marks})",
                [book.pk, *some],
            )
            found.update(cursor.fetchall())
    return found
