"""Writing the FEC of a book's financial year."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import NotFound
from chambre.ledger.models import FinancialYear, Line
from chambre.lib import fec
from chambre.registry.models import Agent
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.services.ledgerlines import NO_JOURNAL

AT_ONCE = 50_000
"""Lines that are sorted at once."""


def year_of(structure: Agent, year: int) -> FinancialYear:
    """The financial year of a structure that ends in a calendar year.

    Raises:
        NotFound: There is none.
    """
    found = FinancialYear.objects.filter(book__structure=structure)
    found = found.filter(end__year=year) if 1 <= year <= 9999 else found.none()
    exercise = found.order_by("-end").first() or _year_of_name(structure, year)
    if exercise is None:
        raise NotFound(
            _("%(name)s has no financial year that ends in %(year)d.")
            % {"name": structure.name, "year": year}
        )
    return exercise


def _year_of_name(structure: Agent, year: int) -> FinancialYear | None:
    """The year of the last import whose file name says that it closed in a calendar year.

    Names are sometimes wrong; whoever goes by theirs finds the accounts again all the same.
    """
    for each in FecImport.objects.filter(book__structure=structure, replaced_by__isnull=True):
        if fec.parse_name(each.name).closing_year == year:
            found: FinancialYear = each.year
            return found
    return None


def export_fec(*, structure: Agent, year: int, out: BinaryIO, by: Actor) -> str:
    """Write a FEC of every entry of a financial year, in the order of the law.

    Entries that only attribute lines to resources are left out, as are closing entries and
    entries that were reversed together with their reversal when both came from replacing an
    import: what is written is the structure's own accounts.

    Args:
        structure: Whose accounts.
        year: Year in which the financial year ends.
        out: Binary file to write to.
        by: Who asks.

    Returns:
        The file name of the law, ``SirenFECAAAAMMJJ.txt``.

    Raises:
        Forbidden: ``by`` may not see these books.
        NotFound: The structure has no such financial year.
    """
    authorize(by, "lens.export_fec", structure)
    exercise = year_of(structure, year)
    fec.write(_lines(exercise), out, extra_columns=_further_columns(exercise))
    audit(by, "lens.fec.exported", exercise, structure=structure.slug, year=year)
    return fec.file_name(structure.siren or "000000000", exercise.end)


def _further_columns(exercise: FinancialYear) -> list[str]:
    """The columns beyond those of the law that the imports of a year brought, in their order."""
    imports = FecImport.objects.filter(year=exercise, replaced_by__isnull=True)
    return list(
        dict.fromkeys(name for each in imports for name in each.report.get("further_columns", ()))
    )


def _lines(exercise: FinancialYear) -> Iterator[fec.FecLine]:
    """The lines of a year: openings first, then by day, as they were recorded."""
    no_journal = "" if "DateRglt" in _further_columns(exercise) else NO_JOURNAL
    every = chain.from_iterable(part.iterator(chunk_size=5000) for part in _parts(exercise))
    for number, row in enumerate(every, 2):
        yield _line(number, row, no_journal=no_journal)


def _parts(exercise: FinancialYear) -> Iterator[QuerySet[Line, tuple[Any, ...]]]:
    """The rows of a year in parts that follow on each other.

    SQLite sorts in memory and would hold a large year there; such a one is read month by month.
    """
    rows = _rows(exercise)
    yield rows.filter(phase=1)
    rows = rows.filter(phase=0)
    if rows.order_by().count() <= AT_ONCE:
        yield rows
        return
    for month in _months(exercise):
        yield rows.filter(day__range=month)


def _months(exercise: FinancialYear) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last day of each month of a financial year, within it."""
    first = exercise.start
    while first <= exercise.end:
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        yield first, min(last, exercise.end)
        first = last + dt.timedelta(days=1)


def _rows(exercise: FinancialYear) -> QuerySet[Line, tuple[Any, ...]]:
    """What is read of each line of a year, in order."""
    return (
        Line.objects.filter(
            book=exercise.book_id,
            day__gte=exercise.start,
            day__lte=exercise.end,
            account__is_link=False,
            source_line__isnull=True,
            entry__kind__in=("entry", "opening", "reversal"),
        )
        .exclude(entry__source__startswith="fec:", entry__reversed_by__isnull=False)
        .exclude(entry__kind="reversal", entry__reverses__source__startswith="fec:")
        .order_by("entry__day", "entry_id", "number")
        .values_list(
            "entry__journal__code",
            "entry__journal__label",
            "entry__number",
            "day",
            "account__code",
            "account__label",
            "auxiliary__code",
            "auxiliary__label",
            "piece",
            "piece_day",
            "label",
            "amount",
            "side",
            "lettering",
            "lettered_on",
            "entry__validated_on",
            "currency",
            "currency_amount",
            "extra",
            "entry__label",
            "entry_id",
        )
    )


def _line(number: int, row: tuple[Any, ...], *, no_journal: str) -> fec.FecLine:
    """A row as a line of the file; what the law wants and nobody gave is filled in."""
    (journal, journal_label, entry_number, day, account, account_label, auxiliary, auxiliary_label,
     piece, piece_day, label, amount, side, letter, letter_day, valid, currency, currency_amount,
     extra, entry_label, entry_id) = row  # fmt: skip
    kept = extra or {}
    journal = kept.get("JournalCode", journal)
    foreign: int | str | None = None
    if currency_amount:
        foreign = int(currency_amount) if currency_amount.lstrip("-").isdigit() else currency_amount
    return fec.FecLine(
        line=number,
        journal=no_journal if journal == NO_JOURNAL else journal,
        journal_label=kept.get("JournalLib", journal_label),
        number=kept.get("EcritureNum") or entry_number or str(entry_id),
        day=day,
        account=account,
        account_label=kept.get("CompteLib") or account_label or account,
        auxiliary=auxiliary or "",
        auxiliary_label=kept.get("CompAuxLib") or auxiliary_label or "",
        piece=kept.get("PieceRef", piece),
        piece_day=piece_day,
        label=kept.get("EcritureLib") or label or entry_label or account_label,
        amount=amount,
        side=side,
        letter=kept.get("EcritureLet", letter),
        letter_day=letter_day,
        valid_day=valid,
        currency_amount=foreign,
        currency=kept.get("Idevise", currency),
        extras=extra or None,
    )
