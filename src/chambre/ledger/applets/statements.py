"""Statements: the accounts of many structures, by resource or by structure, reconciled."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.ledger.applets import balances, flows, reading
from chambre.ledger.models import Account, Book, FinancialYear
from chambre.lib import accounting
from chambre.lib.accounting import Totals
from chambre.lib.collecting import seldom_collecting
from chambre.lib.consolidation import (
    Elimination,
    Gap,
    Group,
    apply_eliminations,
    difference_between,
    eliminate,
    group_figures,
    read_books,
    read_resources,
)
from chambre.registry.models import Agent, Resource

NOT_ATTRIBUTED = 0


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """The accounts of one resource or structure over a period.

    Attributes:
        key: Slug; none: what is not attributed to a resource.
        name: What people call it.
        pk: Id of the resource or of the structure's book; 0 for what is not attributed.
        figures: Its accounts, eliminations taken off.
        totals: Assets, liabilities, equity, income, expenses, in minor units.
    """

    key: str | None
    name: str
    pk: int
    figures: Group
    totals: Totals

    @property
    def result(self) -> int:
        """Income − expenses of the period, in minor units."""
        return self.totals.result


@dataclass(frozen=True)
class Statement:
    """The accounts of some books over a period, read through one lens.

    Amounts are in minor units; balances are debit positive.

    Attributes:
        by: ``resource`` or ``structure``.
        first: First day.
        last: Last day.
        unit: Unit of account.
        groups: By name; what is not attributed comes last.
        eliminations: What structures owe, sell and buy to each other about one resource, taken
            off the groups (only by resource).
        differences: Where the sum of the groups and the structures' own figures disagree:
            account → (opening, debit, credit). Empty: reconciled to the cent.
        gaps: Opening entries that say otherwise than the closing of the year before.
        provisional: The period touches a day that is not in a closed financial year.
        codes: Every account of the groups.
        charts: By structure: the chart of each group, by its ``pk``.
        structures: Slug by book.
        resources: Slug by resource id.
        own: The structures' own accounts by book, nothing taken off, whatever the lens.
    """

    by: str
    first: dt.date
    last: dt.date
    unit: str
    groups: list[StatementGroup]
    eliminations: list[Elimination]
    differences: dict[str, tuple[int, int, int]]
    gaps: list[Gap]
    provisional: bool
    codes: frozenset[str]
    charts: dict[int, set[str]] = field(default_factory=dict)
    structures: dict[int, str] = field(default_factory=dict)
    resources: dict[int, str] = field(default_factory=dict)
    own: dict[int, Group] = field(default_factory=dict)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Label by account, in the reader's language; read when it is asked for."""
        return labels_of(self.structures, self.codes)

    @property
    def reconciled(self) -> bool:
        """Whether the groups together are the structures' own accounts, account by account."""
        return not self.differences

    @property
    def difference(self) -> int:
        """Size of all differences, in minor units."""
        return sum(abs(part) for parts in self.differences.values() for part in parts)

    def as_json(self) -> dict[str, Any]:
        """The statement as one JSON object; amounts are integers in minor units.

        Accounts have opening and closing debit positive; the totals of a group are positive on
        their natural side, and assets = liabilities + equity + result.
        """
        return {
            "by": self.by,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "unit": self.unit,
            "provisional": self.provisional,
            "groups": [self._group(group) for group in self.groups],
            "eliminated": [self._elimination(each) for each in self.eliminations],
            "reconciled": self.reconciled,
            "difference": self.difference,
            "gaps": [
                {
                    "structure": self.structures[gap.book],
                    "day": gap.day.isoformat(),
                    "account": gap.account,
                    "amount": gap.amount,
                }
                for gap in self.gaps
            ],
        }

    def _group(self, group: StatementGroup) -> dict[str, Any]:
        totals = group.totals
        return {
            "key": group.key,
            "name": group.name,
            "assets": totals.assets,
            "liabilities": totals.liabilities,
            "equity": totals.equity,
            "income": totals.income,
            "expenses": totals.expenses,
            "result": totals.result,
            "accounts": [
                {
                    "account": each.account,
                    "label": self.labels.get(each.account, each.account),
                    "opening": each.opening,
                    "debit": each.debit,
                    "credit": each.credit,
                    "closing": each.closing,
                }
                for each in group.figures.listed()
            ],
        }

    def _elimination(self, each: Elimination) -> dict[str, Any]:
        return {
            "account": each.account,
            "structures": [self.structures[each.book], self.structures[each.partner]],
            "resource": self.resources[each.resource],
            "amount": abs(each.amount),
        }


@seldom_collecting()
def statement(
    *,
    by: str,
    first: dt.date,
    last: dt.date,
    resources: Sequence[Resource] = (),
    structures: Sequence[Agent] = (),
    unattributed: bool | None = None,
    unit: str = "EUR",
    known_on: dt.date | dt.datetime | None = None,
    exercises: Sequence[FinancialYear] | None = None,
) -> Statement:
    """Read the accounts of structures over a period, by resource or by structure.

    Who may see it is the caller's business.

    Args:
        by: ``resource`` or ``structure``.
        first: First day.
        last: Last day.
        resources: Only these resources; empty: all, and what is not attributed.
        structures: Only these structures; empty: all that have a book.
        unattributed: Whether what is not attributed is read; by default when no resource is
            named.
        unit: Unit of account.
        known_on: As the accounts were known then: only what was recorded up to that moment, or
            up to the end of that day. The roll-ups cannot serve, every line is read.
        exercises: Financial years of the structures, in order, when at hand.
    """
    books = books_of(structures)
    wanted = _wanted(resources, unattributed)
    exercises = years_of(books, exercises)
    years = balances.years_of(books, exercises)
    upto = None if known_on is None else reading.last_entry_on(moment_of(known_on))
    read = reading.Reading(tuple(books), years, first, last, wanted, unit, upto=upto)
    own, alike, gaps = reading.consistent(lambda state: _both(read, state))
    groups = alike if by == "resource" else own
    for group in (*own.values(), *alike.values()):
        group.accounts = {
            a: f for a, f in group.accounts.items() if f.opening or f.debit or f.credit
        }
    differences = difference_between(alike.values(), own.values())
    eliminations: list[Elimination] = []
    if by == "resource":
        eliminations = eliminate(flows.flows(books, wanted, [(first, last)], unit, upto)[0])
        eliminations = [each for each in eliminations if each.resource in groups]
        apply_eliminations(groups, eliminations)
    names = _names(by, books, resources)
    return Statement(
        by=by,
        first=first,
        last=last,
        unit=unit,
        groups=_listed(groups, names, {r.pk for r in resources} if by == "resource" else set()),
        eliminations=eliminations,
        differences=differences,
        gaps=gaps,
        provisional=is_provisional(exercises, first, last, known_on),
        codes=frozenset(code for group in groups.values() for code in group.accounts),
        charts=_charts(by, books),
        structures={pk: book.structure.slug for pk, book in books.items()},
        resources={pk: slug for pk, (slug, _name) in names.items()} if by == "resource" else {},
        own=own,
    )


def books_of(structures: Sequence[Agent]) -> dict[int, Book]:
    """The books to read."""
    if structures and all("book" in each._state.fields_cache for each in structures):
        return {each.book.pk: each.book for each in structures}  # read with their structures
    found = Book.objects.select_related("structure")
    if structures:
        found = found.filter(structure__in=structures)
    return {book.pk: book for book in found}


def years_of(
    books: Mapping[int, Book], known: Sequence[FinancialYear] | None
) -> list[FinancialYear]:
    """The financial years of some books, in order; of those at hand when there are any."""
    if known is not None:
        return [year for year in known if year.book_id in books]
    return list(FinancialYear.objects.filter(book__in=books).order_by("book_id", "start"))


def _wanted(resources: Sequence[Resource], unattributed: bool | None) -> tuple[int, ...] | None:
    """Ids of the resources to read, 0 for what is not attributed; none: everything."""
    if not resources:
        return (NOT_ATTRIBUTED,) if unattributed else None
    ids = [resource.pk for resource in resources]
    return tuple([*ids, NOT_ATTRIBUTED] if unattributed else ids)


def _both(
    read: reading.Reading, state: reading.State
) -> tuple[dict[int, Group], dict[int, Group], list[Gap]]:
    """The same lines by structure and by resource, each by a query of its own."""
    rows = reading.by_structure(read, state)
    cells, gaps = read_books(rows, read.years, read.first, whole=read.resources is None)
    own = group_figures(cells, key=lambda cell: cell[0])
    alike = read_resources(
        reading.by_resource(read, state), read.years, reading.results_of(rows), gaps, read.first
    )
    return own, alike, gaps


def _names(
    by: str, books: Mapping[int, Book], resources: Sequence[Resource]
) -> dict[int, tuple[str, str]]:
    """Slug and name by id of resource or book."""
    if by == "structure":
        return {pk: (book.structure.slug, book.structure.name) for pk, book in books.items()}
    if resources:
        return {resource.pk: (resource.slug, resource.name) for resource in resources}
    rows = Resource.objects.order_by().values_list("pk", "slug", "name")
    return {pk: (slug, name) for pk, slug, name in rows}


def _listed(
    groups: Mapping[int, Group], names: Mapping[int, tuple[str, str]], asked: set[int]
) -> list[StatementGroup]:
    """Groups in order: by name, what is not attributed last; empty ones only when asked for."""
    listed = []
    for pk in {*groups, *asked}:
        group = groups.get(pk) or Group(pk)
        if group.empty and pk not in asked:
            continue
        slug, name = names.get(pk, (None, _("Not attributed")))
        listed.append(StatementGroup(slug, name, pk, group, group.totals()))
    return sorted(listed, key=lambda each: (each.key is None, each.name.casefold(), each.pk))


def labels_of(books: Iterable[int], codes: Iterable[str]) -> dict[str, str]:
    """A label for every account of the groups: the books' own, else the chart's."""
    language: Any = "en" if (get_language() or "fr").startswith("en") else "fr"
    labels = dict(
        Account.objects.filter(book__in=list(books)).order_by("-pk").values_list("code", "label")
    )
    for code in codes:
        if code not in labels or accounting.is_link(code):
            labels[code] = (
                accounting.LINK_LABEL.get(language)
                if accounting.is_link(code)
                else accounting.chart("pcg", 2024).label(code, language)
            )
    return labels


def _charts(by: str, books: Mapping[int, Book]) -> dict[int, set[str]]:
    """Which chart each book follows, by the book's id (for statements by structure)."""
    return {pk: {book.chart} for pk, book in books.items()} if by == "structure" else {}


def moment_of(known_on: dt.date | dt.datetime) -> dt.datetime:
    """A moment with its time zone; of a day, its end where the reader is."""
    if isinstance(known_on, dt.datetime):
        return known_on if known_on.tzinfo else timezone.make_aware(known_on)
    return timezone.make_aware(dt.datetime.combine(known_on, dt.time.max))


def is_provisional(
    exercises: Iterable[FinancialYear],
    first: dt.date,
    last: dt.date,
    known_on: dt.date | dt.datetime | None = None,
) -> bool:
    """Whether some day of the period is not in a closed year of every book that has lines.

    A year that was closed after ``known_on`` was still open then.
    """
    moment = None if known_on is None else moment_of(known_on)
    years: dict[int, list[FinancialYear]] = defaultdict(list)
    for year in exercises:
        if year.start <= last and year.end >= first:
            years[year.book_id].append(year)
    if not years:
        return True
    return any(
        year.closed_at is None or (moment is not None and year.closed_at > moment)
        for each in years.values()
        for year in each
    ) or any(each[-1].end < last for each in years.values())


def empty_group(key: str | None, name: str) -> StatementGroup:
    """A group in which nothing is recorded."""
    figures = Group(None)
    return StatementGroup(key, name, 0, figures, figures.totals())
