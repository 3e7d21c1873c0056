"""The lines behind a figure: whole lines, or the parts of them that a resource has.

An attribution moves shares of a line to resources by lines of its own; here they are put together
again, so that a reader meets each line of the books once, with the part that counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from chambre.ledger.models import FinancialYear, Journal, JournalEntry, Line
from chambre.lib.accounting import bare
from chambre.registry.models import Agent

NOT_ATTRIBUTED = "-"
STEP = 800
"""Ids in one question, which every database takes."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines are asked for.

    Attributes:
        structures: Those whose books the reader may see; no line of another is given.
        first: First day.
        last: Last day.
        accounts: Numbers of accounts, ``701*`` for all that begin so; empty: all but links.
        resource: Slug, ``-`` for what is not attributed, empty for whole lines.
        structure: Slug; empty: all of ``structures``.
        journal: Code of a journal; empty: all.
        text: Words in the label, the piece or the third party's name; empty: any.
        opening: The opening entries (à-nouveaux) instead of the movements.
        standing: Leave out what was reversed, and the reversals.
    """

    structures: Sequence[Agent]
    first: dt.date
    last: dt.date
    accounts: tuple[str, ...] = ()
    resource: str = ""
    structure: str = ""
    journal: str = ""
    text: str = ""
    opening: bool = False
    standing: bool = False

    @property
    def one_account(self) -> str:
        """The account, when there is exactly one."""
        if len(self.accounts) != 1 or self.accounts[0].endswith("*"):
            return ""
        return self.accounts[0]

    @property
    def chosen(self) -> list[Agent]:
        """The structures that are read."""
        return [each for each in self.structures if self.structure in ("", each.slug)]


@dataclass(frozen=True, slots=True)
class Found:
    """Lines of a page, and sums over all pages, in cents.

    Attributes:
        rows: ``(line, debit, credit)``: the line as it stands in the books, and what of it
            counts here.
        count: Lines in all.
        debit: Sum of the debits.
        credit: Sum of the credits.
    """

    rows: list[tuple[Line, int, int]]
    count: int
    debit: int
    credit: int


def accounts_condition(accounts: Sequence[str]) -> Q:
    """Lines on one of these accounts; the chart before a number (``pcg:701``) is left aside."""
    condition = Q()
    for each in accounts:
        code = bare(each)
        if code.endswith("*"):
            condition |= Q(account__code__startswith=code[:-1])
        else:
            condition |= Q(account__code=code)
    return condition if accounts else Q(account__is_link=False)


def _within(scope: Scope) -> Q:
    """Books, accounts and resource; not yet the days."""
    condition = Q(book__in=[each.book.pk for each in scope.chosen], unit="EUR")
    condition &= accounts_condition(scope.accounts)
    if scope.resource == NOT_ATTRIBUTED:
        condition &= Q(resource__isnull=True)
    elif scope.resource:
        condition &= Q(resource__slug=scope.resource)
    else:
        condition &= Q(source_line__isnull=True)
    return condition


def _wanted(scope: Scope) -> QuerySet[Line]:
    """The lines of the ledger that make up the figure."""
    rows = Line.objects.filter(
        _within(scope), day__gte=scope.first, day__lte=scope.last, phase=int(scope.opening)
    )
    if scope.journal:
        rows = rows.filter(entry__journal__code=scope.journal)
    if scope.standing:
        rows = rows.filter(entry__reversed_by__isnull=True).exclude(entry__kind="reversal")
    if scope.text:
        meant = Line.objects.filter(
            Q(label__icontains=scope.text)
            | Q(piece__icontains=scope.text)
            | Q(auxiliary__label__icontains=scope.text),
            book__in=[each.book.pk for each in scope.chosen],
            day__gte=scope.first,
            day__lte=scope.last,
            source_line__isnull=True,
        )
        rows = rows.annotate(whole=Coalesce("source_line", "id")).filter(
            whole__in=meant.values("pk")
        )
    return rows


def _side(side: str, sign: int) -> Sum:
    return Sum(Case(When(side=side, then=F("amount") * Value(sign)), default=Value(0)))


def _by_line(scope: Scope) -> Any:
    """One row per line of the books: its id, and what of it counts."""
    return (
        _wanted(scope)
        .annotate(origin=Coalesce("source_line", "id"))
        .order_by()
        .values("origin", "day")
        .annotate(debit=_side("D", 1), credit=_side("C", -1))
        .exclude(debit=0, credit=0)
    )


def find_lines(scope: Scope, *, at: int, size: int, newest_first: bool = False) -> Found:
    """A page of lines in the order of their days, and the sums over all.

    Args:
        scope: Which lines.
        at: How many lines to pass over.
        size: How many to give; 0: all.
        newest_first: The last days first.
    """
    rows = _by_line(scope)
    sums = rows.aggregate(count=Count("*"), all_debit=Sum("debit"), all_credit=Sum("credit"))
    order = ["-day", "-origin"] if newest_first else ["day", "origin"]
    picked = list(rows.order_by(*order)[at : at + size if size else None])
    lines = _read_lines([row["origin"] for row in picked])
    return Found(
        rows=[(lines[row["origin"]], row["debit"], row["credit"]) for row in picked],
        count=sums["count"],
        debit=sums["all_debit"] or 0,
        credit=sums["all_credit"] or 0,
    )


FIELDS = (
    "day",
    "book__structure__name",
    "entry__journal__code",
    "entry__number",
    "account__code",
    "account__label",
    "piece",
    "label",
    "auxiliary__label",
)
"""What a file says of a line, before its debit, its credit and the number of its entry."""


def count_lines(scope: Scope) -> int:
    """How many lines :func:`each_line` gives."""
    return int(_by_line(scope).aggregate(count=Count("*"))["count"])


def each_line(scope: Scope, *, newest_first: bool = False) -> Iterator[tuple[Any, ...]]:
    """All lines of a scope for a file: :data:`FIELDS`, debit and credit in cents, entry number.

    Plain tuples, read some at a time; names that come again and again are held once.
    """
    order = ["-day", "-origin"] if newest_first else ["day", "origin"]
    picked = _by_line(scope).order_by(*order).values_list("origin", "debit", "credit")
    known: dict[Any, Any] = {}
    rest = picked.iterator(chunk_size=STEP)
    while part := list(islice(rest, STEP)):
        rows = Line.objects.filter(pk__in=[origin for origin, _debit, _credit in part])
        read = {row[0]: row[1:] for row in rows.values_list("pk", *FIELDS, "entry_id")}
        for origin, debit, credit in part:
            *said, entry = read[origin]
            yield (*(known.setdefault(each, each) for each in said), debit, credit, entry)


def _read_lines(ids: Sequence[int]) -> dict[int, Line]:
    """Lines with what is shown of them, by id; in steps that every database takes."""
    found: dict[int, Line] = {}
    for at in range(0, len(ids), STEP):
        rows = Line.objects.filter(pk__in=ids[at : at + STEP]).select_related(
            "entry__journal", "entry__about", "book__structure", "account", "auxiliary"
        )
        found.update({line.pk: line for line in rows})
    return found


def net_before(scope: Scope, *, count: int) -> int:
    """Debit − credit of the first lines of a list that begins with the earliest day, in cents."""
    if not count:
        return 0
    rows = _by_line(scope).order_by("day", "origin")[:count]
    sums = rows.aggregate(debit_before=Sum("debit"), credit_before=Sum("credit"))
    return (sums["debit_before"] or 0) - (sums["credit_before"] or 0)


# Balances before the period ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Year:
    """Where the balances of a book begin, for a period.

    Attributes:
        start: First day of the financial year in which the period begins.
        base: First day of the last year up to then that has an opening entry; none: the
            beginning of the book.
        second: First day of the book's second year; openings from then on repeat what is there.
        following: First day of the year after ``start``.
        carried: The year begins without an opening entry, on what the year before left.
    """

    start: dt.date | None = None
    base: dt.date | None = None
    second: dt.date | None = None
    following: dt.date | None = None
    carried: bool = False


def _years(scope: Scope) -> dict[int, _Year]:
    """Per book, where its balances begin."""
    books = [each.book.pk for each in scope.chosen]
    openings = JournalEntry.objects.filter(
        book=OuterRef("book"), kind="opening", day__gte=OuterRef("start"), day__lte=OuterRef("end")
    )
    rows = (
        FinancialYear.objects.filter(book__in=books)
        .annotate(opened=Exists(openings))
        .order_by("book_id", "start")
        .values_list("book_id", "start", "opened")
    )
    starts: dict[int, list[tuple[dt.date, bool]]] = {book: [] for book in books}
    for book, start, opened in rows:
        starts[book].append((start, opened))
    return {book: _year(found, scope.first) for book, found in starts.items()}


def _year(starts: list[tuple[dt.date, bool]], first: dt.date) -> _Year:
    if not starts:
        return _Year()
    at = max(sum(start <= first for start, _opened in starts) - 1, 0)
    opened = [start for start, has in starts[1 : at + 1] if has]
    return _Year(
        start=starts[at][0],
        base=opened[-1] if opened else None,
        second=starts[1][0] if len(starts) > 1 else None,
        following=starts[at + 1][0] if at + 1 < len(starts) else None,
        carried=at > 0 and not starts[at][1],
    )


def opening_balance(scope: Scope) -> int | None:
    """The balance of one account before the period, debit positive, in cents.

    As statements read it (``docs/adr/0003``): the opening entry of a structure's year says where
    it begins; a resource's balances are carried over from the beginning. None where lines alone
    do not tell: for several accounts, contributions in kind, and a result that is carried over.
    """
    account = bare(scope.one_account)
    if not account or account[:1] not in "1234567" or not scope.chosen:
        return None
    years = _years(scope)
    if account[:2] == "12" and (scope.resource or any(each.carried for each in years.values())):
        return None
    if account[:1] in "67":
        return _sum(scope, years, _earlier_in_the_year)
    if scope.resource == "":
        return _sum(scope, years, _whole)
    if scope.resource != NOT_ATTRIBUTED:
        return _sum(scope, years, _carried)
    whole = _sum(replace(scope, resource=""), years, _whole)
    return whole - _sum(scope, years, _carried, attributed=True)


def _sum(
    scope: Scope,
    years: dict[int, _Year],
    counts: Callable[[_Year, dt.date], Q],
    *,
    attributed: bool = False,
) -> int:
    """Sum the lines of a scope that count, book by book."""
    condition = Q(pk__in=[])
    for book, year in years.items():
        condition |= Q(book=book) & counts(year, scope.first)
    if attributed:
        rows = Line.objects.filter(
            accounts_condition(scope.accounts), unit="EUR", resource__isnull=False
        )
    else:
        rows = Line.objects.filter(_within(scope))
    return int(rows.filter(condition).aggregate(sum=Sum("amount"))["sum"] or 0)


def _earlier_in_the_year(year: _Year, first: dt.date) -> Q:
    since = Q(day__gte=year.start) if year.start else Q()
    return since & Q(phase=0, day__lt=first)


def _whole(year: _Year, first: dt.date) -> Q:
    opening = Q(phase=1)
    if year.following:
        opening &= Q(day__lt=year.following)
    since = Q(day__gte=year.base) if year.base else Q()
    return since & (Q(phase=0, day__lt=first) | opening)


def _carried(year: _Year, first: dt.date) -> Q:
    opening = Q(phase=1)
    if year.second:
        opening &= Q(day__lt=year.second)
    return Q(phase=0, day__lt=first) | opening


# What can be chosen --------------------------------------------------------------------------------


def journals_of(structures: Sequence[Agent]) -> list[tuple[str, str]]:
    """Journals to choose from: code and label, each code once."""
    rows = Journal.objects.filter(book__in=[each.book.pk for each in structures])
    found: dict[str, str] = {}
    for code, label in rows.order_by("code", "pk").values_list("code", "label"):
        found.setdefault(code, label)
    return list(found.items())
