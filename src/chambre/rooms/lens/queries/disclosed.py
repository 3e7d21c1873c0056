"""Figures as everybody may see them: totals that their structures disclose, and nothing else.

Neither lines nor names of third parties pass through here: amounts are added up by account of the
official chart or by class (``chambre.lib.disclosure``) before anything is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Q, Sum, Value, When

from chambre.ledger.models import Book, FinancialYear, Line
from chambre.lib import accounting, disclosure
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens.models import Disclosure

Level = Disclosure.Level
Decisions = dict[tuple[int, int | None], str]
"""What is public, by structure and resource (none: every resource without a word of its own)."""


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A total that everybody may see.

    Attributes:
        code: An account of the official chart, or a class.
        label: Its name in the chart; empty for a class.
        amount: In cents, positive on its natural side (see :func:`disclosure.natural`).
        net: The same, debit positive.
    """

    code: str
    label: str
    amount: int
    net: int


@dataclass(frozen=True, slots=True)
class PublicPart:
    """What one structure shows of one resource's accounts in one financial year.

    Attributes:
        structure: Which structure.
        resource: Which resource.
        level: ``class`` or ``account``.
        first: First day of the financial year.
        last: Its last day.
        rows: The totals, in the order of :data:`disclosure.CLASSES`.
        classes: Debit − credit by class, in cents.
    """

    structure: Agent
    resource: Resource
    level: str
    first: dt.date
    last: dt.date
    rows: list[PublicRow]
    classes: dict[str, int]


@dataclass(frozen=True, slots=True)
class PublicAccounts:
    """All that everybody may see of a resource, or of a structure, in one year.

    Attributes:
        years: Years to choose from, the latest first.
        year: The one that is shown.
        parts: What is disclosed.
        hidden: Structures of the resource that do not disclose.
        totals: Sums over the parts by class: ``(code, amount)``.
    """

    years: list[int] = field(default_factory=list)
    year: int = 0
    parts: list[PublicPart] = field(default_factory=list)
    hidden: list[Agent] = field(default_factory=list)
    totals: list[tuple[str, int]] = field(default_factory=list)

    @property
    def income(self) -> int:
        """What was received, in cents."""
        return dict(self.totals).get("7", 0)

    @property
    def expenses(self) -> int:
        """What was spent, in cents."""
        return dict(self.totals).get("6", 0)


def decisions(structures: Iterable[Agent]) -> Decisions:
    """The decisions that hold: the latest for each resource, and the latest for all."""
    rows = Disclosure.objects.filter(structure__in=list(structures)).order_by("id")
    return _standing(
        {
            (structure, resource): level
            for structure, resource, level in rows.values_list(
                "structure_id", "resource_id", "level"
            )
        }
    )


def _standing(latest: Decisions) -> Decisions:
    """Without those that were taken back: what is decided for all holds there."""
    return {key: level for key, level in latest.items() if level != Level.SAME}


def level_of(held: Mapping[tuple[int, int | None], str], structure: int, resource: int) -> str:
    """What is public of a structure's figures about a resource."""
    own = held.get((structure, resource))
    return own if own is not None else held.get((structure, None), Level.NONE)


def of_resource(resource: Resource, *, year: int | None = None, language: str) -> PublicAccounts:
    """What the structures around a resource let everybody see of its accounts."""
    ids = Line.objects.filter(resource=resource, unit="EUR").order_by().values("book").distinct()
    books = list(
        Book.objects.filter(pk__in=ids).select_related("structure").order_by("structure__name")
    )
    held = decisions([book.structure for book in books])
    shown = [book for book in books if level_of(held, book.structure_id, resource.pk) != Level.NONE]
    hidden = [book.structure for book in books if book not in shown]
    found = _accounts(shown, [resource], held, year, language)
    return PublicAccounts(found.years, found.year, found.parts, hidden, found.totals)


def of_structure(
    structure: Agent,
    *,
    year: int | None = None,
    language: str,
    held: Decisions | None = None,
    instead: Decisions | None = None,
) -> PublicAccounts:
    """What a structure lets everybody see, resource by resource.

    Args:
        structure: Which structure.
        year: Calendar year in which the financial year ends; absent: the latest.
        language: ``fr`` or ``en``, for the labels.
        held: Its decisions, when at hand.
        instead: Decisions to be looked at before they are made, above those that hold.
    """
    held = {**(decisions([structure]) if held is None else held), **(instead or {})}
    held = _standing(held)
    if all(level == Level.NONE for level in held.values()):
        return PublicAccounts()
    rows = FinancialYear.objects.filter(book__structure=structure).select_related("book")
    exercises = list(rows.order_by("end"))
    if not exercises:
        return PublicAccounts()
    book = exercises[0].book
    book.structure = structure
    return _accounts([book], None, held, year, language, exercises)


def _accounts(
    books: Sequence[Book],
    resources: Sequence[Resource] | None,
    held: Decisions,
    year: int | None,
    language: str,
    exercises: Iterable[FinancialYear] | None = None,
) -> PublicAccounts:
    """The parts of some books, for some resources or for all."""
    spans: dict[int, dict[int, tuple[dt.date, dt.date]]] = {}
    if exercises is None:
        exercises = FinancialYear.objects.filter(book__in=books).order_by("end")
    for each in exercises:
        spans.setdefault(each.end.year, {})[each.book_id] = (each.start, each.end)
    years = sorted(spans, reverse=True)
    chosen = year if year in spans else (years[0] if years else 0)
    if not chosen:
        return PublicAccounts()
    by_book = {book.pk: book for book in books}
    sums = _sums(spans[chosen], resources)
    known = {each.pk: each for each in resources or _named(sums)}
    parts = []
    for (book_id, resource_id), amounts in sums.items():
        book = by_book[book_id]
        level = level_of(held, book.structure_id, resource_id)
        if level != Level.NONE and resource_id in known:
            span = spans[chosen][book_id]
            parts.append(_part(book, known[resource_id], level, span, amounts, language))
    parts = [each for each in parts if each.rows]
    parts.sort(key=lambda each: (each.structure.name.casefold(), each.resource.name.casefold()))
    totals = disclosure.add_up(pair for part in parts for pair in part.classes.items())
    return PublicAccounts(
        years=years,
        year=chosen,
        parts=parts,
        totals=[
            (code, disclosure.natural(code, totals[code]))
            for code in sorted(totals, key=disclosure.class_order)
        ],
    )


def _named(sums: Mapping[tuple[int, int], object]) -> list[Resource]:
    """The resources of some sums."""
    ids = {resource for _book, resource in sums}
    return list(Resource.objects.filter(pk__in=ids).only("pk", "slug", "name"))


def _sums(
    spans: Mapping[int, tuple[dt.date, dt.date]], resources: Sequence[Resource] | None
) -> dict[tuple[int, int], dict[str, int]]:
    """Debit − credit by book, resource and account, as statements read them.

    Income, expenses and contributions in kind are those of the financial year; everything else is
    the balance at its end, the results of earlier years among equity.
    """
    wanted, earlier = Q(pk__in=[]), Q(pk__in=[])
    for book, (first, last) in spans.items():
        wanted |= Q(book=book, day__lte=last)
        earlier |= Q(book=book, day__lt=first)
    about = Q(resource__isnull=False) if resources is None else Q(resource__in=resources)
    rows = Line.objects.filter(wanted, about, unit="EUR", phase__lt=2, account__is_link=False)
    grouped = (
        rows.annotate(earlier=Case(When(earlier, then=Value(1)), default=Value(0)))
        .order_by()
        .values_list("book_id", "resource_id", "account__code", "earlier")
        .annotate(sum=Sum("amount"))
    )
    found: dict[tuple[int, int], dict[str, int]] = {}
    for book, resource, account, before, amount in grouped:
        code = account
        if before and account[:1] in "67":
            code = disclosure.RESULT
        elif before and account[:1] not in "12345":
            continue
        sums = found.setdefault((book, resource), {})
        sums[code] = sums.get(code, 0) + int(amount)
    return found


def _part(
    book: Book,
    resource: Resource,
    level: str,
    span: tuple[dt.date, dt.date],
    amounts: Mapping[str, int],
    language: str,
) -> PublicPart:
    """One structure's figures about one resource, added up as it decided."""
    first, last = span
    chart = accounting.chart(book.chart, first)
    classes = disclosure.add_up((disclosure.public_class(a), n) for a, n in amounts.items())
    if level == Level.ACCOUNT:
        shown = disclosure.add_up(
            (disclosure.public_account(a, chart), n) for a, n in amounts.items()
        )
    else:
        shown = classes
    order = sorted(
        shown, key=lambda code: (disclosure.class_order(disclosure.public_class(code)), code)
    )
    return PublicPart(
        structure=book.structure,
        resource=resource,
        level=level,
        first=first,
        last=last,
        rows=[
            PublicRow(
                code,
                chart.label(code, language) if level == Level.ACCOUNT else "",
                disclosure.natural(code, shown[code]),
                shown[code],
            )
            for code in order
        ],
        classes=classes,
    )


def resources_of(structure: Agent) -> Iterable[Resource]:
    """The resources about which a structure's accounts say something, by name."""
    ids = Line.objects.filter(book__structure=structure, resource__isnull=False).order_by()
    return Resource.objects.filter(pk__in=ids.values("resource").distinct()).order_by("name")
