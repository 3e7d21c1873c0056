"""What is drawn of a resource or a structure over a period: flows, what happened, coverage.

Only of books that the reader may see: the caller names the structures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Abs, Coalesce, Substr, TruncDate, TruncMonth

from chambre.ledger.models import Book, Line
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.queries.entries import SOURCE


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at.

    Attributes:
        structures: Whose books, with their books at hand; the reader may see them.
        resource: The resource; none: the structures as a whole.
        first: First day.
        last: Last day.
    """

    structures: Sequence[Agent]
    resource: Resource | None
    first: dt.date
    last: dt.date

    @property
    def books(self) -> dict[int, Book]:
        """The books, by id."""
        return {each.book.pk: each.book for each in self.structures}

    def lines(self) -> QuerySet[Line]:
        """Its movements: the resource's shares, or whole lines."""
        rows = Line.objects.filter(
            book__in=list(self.books),
            unit="EUR",
            phase=0,
            day__gte=self.first,
            day__lte=self.last,
        ).order_by()
        if self.resource is not None:
            return rows.filter(resource=self.resource)
        return rows.filter(source_line__isnull=True)


INCOME = Q(account__code__startswith="6") | Q(account__code__startswith="7")


def by_resource(view: View) -> list[tuple[str, str, int, str, int]]:
    """Income and expenses of structures by resource: slug, name, book, account, debit − credit.

    What no resource has comes with an empty slug.
    """
    rows = (
        Line.objects.filter(
            INCOME,
            book__in=list(view.books),
            unit="EUR",
            phase=0,
            day__gte=view.first,
            day__lte=view.last,
        )
        .order_by()
        .values_list("resource__slug", "resource__name", "book_id", "account__code")
        .annotate(sum=Sum("amount"))
    )
    return [
        (slug or "", name or "", book, account, int(amount))
        for slug, name, book, account, amount in rows
        if amount
    ]


def third_parties(view: View) -> list[tuple[int, str, int]]:
    """From whom a resource's income comes: book, name, amount in cents.

    An entry names somebody when exactly one auxiliary account stands in it; the name is empty
    where none or several do.
    """
    if view.resource is None or not view.books:
        return []
    marks = ", ".join(["%s"] * len(view.books))
    query = (
        "SELECT t.book_id, x.label, x.code, SUM(t.amount) FROM ("  # noqa: S608 - only marks
        " SELECT l.book_id, l.amount, (SELECT CASE WHEN COUNT(DISTINCT s.auxiliary_id) = 1"
        " THEN MIN(s.auxiliary_id) END FROM ledger_line s WHERE s.entry_id ="
        " COALESCE(e.about_id, e.id) AND s.auxiliary_id IS NOT NULL) AS who"
        " FROM ledger_line l JOIN ledger_journalentry e ON e.id = l.entry_id"
        " JOIN ledger_account a ON a.id = l.account_id"
        f" WHERE l.resource_id = %s AND l.book_id IN ({marks}) AND l.unit = 'EUR'"
        " AND l.phase = 0 AND l.day >= %s AND l.day <= %s AND a.code LIKE '7%%'"
        ") t LEFT JOIN ledger_auxiliary x ON x.id = t.who GROUP BY 1, 2, 3"
    )
    values: list[Any] = [view.resource.pk, *view.books, view.first, view.last]
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    return [(book, label or code or "", -int(amount)) for book, label, code, amount in rows]


# What happened -------------------------------------------------------------------------------------


def months(view: View) -> dict[dt.date, tuple[int, int]]:
    """Received and spent by first day of the month, in cents; every month of the period."""
    rows = (
        view.lines()
        .filter(INCOME)
        .annotate(month=TruncMonth("day"), kind=Substr("account__code", 1, 1))
        .values_list("month", "kind")
        .annotate(sum=Sum("amount"))
    )
    found: dict[dt.date, list[int]] = {}
    at = view.first.replace(day=1)
    while at <= view.last and len(found) < 120:
        found[at] = [0, 0]
        at = (at + dt.timedelta(days=32)).replace(day=1)
    for month, kind, amount in rows:
        if month in found:
            found[month][0 if kind == "7" else 1] += -amount if kind == "7" else amount
    return {month: (received, spent) for month, (received, spent) in found.items()}


def biggest(view: View, count: int = 5) -> list[tuple[Line, int]]:
    """The lines of income and expense that weigh most, with what of them counts."""
    rows = list(
        view.lines()
        .filter(INCOME)
        .annotate(origin=Coalesce("source_line", "id"))
        .values("origin")
        .annotate(total=Sum("amount"), size=Abs(Sum("amount")))
        .exclude(total=0)
        .order_by("-size", "origin")[:count]
    )
    lines = Line.objects.filter(pk__in=[row["origin"] for row in rows])
    known = {line.pk: line for line in lines.select_related("entry", "book__structure")}
    return [(known[row["origin"]], row["total"]) for row in rows]


def imports(view: View) -> list[FecImport]:
    """The imports that brought its lines, whenever; the latest twenty."""
    books = list(view.books)
    if view.resource is None:
        found = FecImport.objects.filter(book__in=books)
    else:
        shares = Line.objects.filter(resource=view.resource, book__in=books).order_by()
        sources = shares.exclude(entry__about=None).values_list("entry__about__source")
        numbers = [
            int(source.removeprefix(SOURCE))
            for (source,) in sources.distinct()
            if source.startswith(SOURCE) and source.removeprefix(SOURCE).isdecimal()
        ]
        found = FecImport.objects.filter(pk__in=numbers)
    return list(found.select_related("book__structure", "year").order_by("-at")[:20])


def attributions(view: View) -> list[tuple[dt.date, int]]:
    """Days on which lines were attributed to the resource, and how many shares."""
    if view.resource is None:
        return []
    rows = (
        Line.objects.filter(
            resource=view.resource, book__in=list(view.books), source_line__isnull=False
        )
        .order_by()
        .annotate(on=TruncDate("entry__recorded_at"))
        .values_list("on")
        .annotate(count=Count("pk"))
        .order_by("-on")[:10]
    )
    return [(day, count) for day, count in rows]


# Coverage ------------------------------------------------------------------------------------------


class Cover(NamedTuple):
    """How much of an account's movements is attributed; amounts in cents, without sign.

    Attributes:
        lines: Lines.
        taken: Lines of which some resource has a part.
        size: Their amounts.
        attributed: What resources have of them.
        mine: What the resource that is looked at has.
    """

    lines: int = 0
    taken: int = 0
    size: int = 0
    attributed: int = 0
    mine: int = 0

    def plus(self, other: Cover) -> Cover:
        """Both together."""
        return Cover(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def left(self) -> int:
        """What no resource has, in cents."""
        return max(self.size - self.attributed, 0)

    @property
    def others(self) -> int:
        """What other resources have, in cents."""
        return max(self.attributed - self.mine, 0)


def books_about(view: View) -> set[int]:
    """The books that have something about the resource."""
    rows = Line.objects.filter(resource=view.resource, book__in=list(view.books)).order_by()
    return set(rows.values_list("book_id", flat=True).distinct())


def coverage(view: View) -> dict[tuple[int, str], Cover]:
    """Coverage of the movements of a period by book and account, what was reversed left out."""
    books = list(view.books)
    rows = (
        Line.objects.filter(
            book__in=books,
            unit="EUR",
            phase=0,
            day__gte=view.first,
            day__lte=view.last,
            source_line__isnull=True,
            account__is_link=False,
            entry__reversed_by__isnull=True,
        )
        .exclude(entry__kind="reversal")
        .order_by()
        .values_list("book_id", "account__code")
        .annotate(count=Count("pk"), size=Sum(Abs(F("amount"))))
    )
    found = {
        (book, account): Cover(lines=count, size=int(size)) for book, account, count, size in rows
    }
    for book, account, taken, attributed, mine in _taken(view):
        key = (book, account)
        found[key] = found.get(key, Cover()).plus(
            Cover(taken=taken, attributed=attributed, mine=mine)
        )
    return found


def _taken(view: View) -> list[tuple[int, str, int, int, int]]:
    """What resources have, by book and account: lines, amounts, those of one resource."""
    books: list[Any] = list(view.books)
    if not books:
        return []
    marks = ", ".join(["%s"] * len(books))
    query = (
        "SELECT t.book_id, a.code, COUNT(*), SUM(ABS(t.total)), SUM(ABS(t.mine))"  # noqa: S608
        " FROM ("
        " SELECT book_id, account_id, source_line, SUM(amount) AS total,"
        " SUM(CASE WHEN resource_id = %s THEN amount ELSE 0 END) AS mine FROM ledger_line"
        f" WHERE book_id IN ({marks}) AND unit = 'EUR' AND phase = 0"
        " AND day >= %s AND day <= %s AND source_line IS NOT NULL AND resource_id IS NOT NULL"
        " GROUP BY book_id, account_id, source_line HAVING SUM(amount) <> 0"
        ") t JOIN ledger_account a ON a.id = t.account_id GROUP BY 1, 2"
    )
    mine = view.resource.pk if view.resource else 0
    with connection.cursor() as cursor:
        cursor.execute(query, [mine, *books, view.first, view.last])
        return [(b, code, int(n), int(a), int(m)) for b, code, n, a, m in cursor.fetchall()]
