"""What one page of accounts is about, read as a whole: figures, cash, links, names.

A scope is one resource, what is not attributed to any, or some structures. Everything that it
reads is bounded by the same books, unit and state of knowledge; several periods cost no more
questions to the database than one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from chambre.ledger.applets import balances, cashflows, cells, flows, linkage, reading
from chambre.ledger.applets.cells import Period, PeriodFigures
from chambre.ledger.applets.statements import (
    books_of,
    is_provisional,
    labels_of,
    moment_of,
    years_of,
)
from chambre.ledger.models import Book, FinancialYear
from chambre.lib import accounting
from chambre.lib.consolidation import eliminate
from chambre.registry.models import Agent, Resource


class Part(StrEnum):
    """Which lines of the books a scope reads."""

    ALL = "all"
    """The structures' own accounts, whatever their lines concern."""
    RESOURCE = "resource"
    """What concerns one resource."""
    REST = "rest"
    """What is not attributed to any resource."""


class Cash(NamedTuple):
    """Cash of a period.

    Attributes:
        flow: What there was, what moved, what is left.
        between: What the structures paid each other about the resource, in minor units; it is
            neither in the receipts nor in the payments.
    """

    flow: accounting.CashFlow
    between: int


@dataclass(frozen=True)
class Scope:
    """Whose accounts are read.

    Attributes:
        part: Which lines.
        resource: The resource, for :attr:`Part.RESOURCE`.
        books: The books, by id, with their structures.
        exercises: Their financial years, in order.
        known_on: As known then; none: as known now.
        upto: The last journal entry that was recorded by then.
        unit: Unit of account.
    """

    part: Part
    resource: Resource | None
    books: Mapping[int, Book]
    exercises: Sequence[FinancialYear]
    known_on: dt.date | dt.datetime | None = None
    upto: int | None = None
    unit: str = "EUR"

    def figures(self, periods: Sequence[Period]) -> list[PeriodFigures]:
        """The accounts over each period, book by book, with what is eliminated."""
        resources = (self.resource.pk,) if self.resource else None
        keep = {Part.ALL: "none", Part.RESOURCE: "resource", Part.REST: "attributed"}[self.part]
        found = cells.read_periods(
            books=tuple(self.books),
            years=balances.years_of(self.books, self.exercises),
            periods=periods,
            resources=resources,
            keep=keep,
            unit=self.unit,
            upto=self.upto,
        )
        if self.part is Part.REST:
            for each in found:
                for cell in [cell for cell in each.cells if cell[1] is not None]:
                    del each.cells[cell]
        if resources is None:
            return found
        told = flows.flows(
            self.books, resources, periods, self.unit, self.upto, known=self.partners
        )
        for each, said in zip(found, told, strict=True):
            present = {book for book, _resource in each.cells}
            each.eliminations.extend(e for e in eliminate(said) if e.book in present)
        return found

    def crossed(self, first: dt.date, last: dt.date) -> PeriodFigures:
        """Every cell of the books over a period: each resource in each structure.

        What is eliminated is told, and taken off no cell.
        """
        (found,) = cells.read_periods(
            books=tuple(self.books),
            years=balances.years_of(self.books, self.exercises),
            periods=[(first, last)],
            resources=None,
            keep="resource",
            unit=self.unit,
            upto=self.upto,
        )
        told = flows.flows(
            self.books, None, [(first, last)], self.unit, self.upto, known=self.partners
        )
        found.eliminations.extend(eliminate(told[0]))
        return found

    def cash(self, periods: Sequence[Period], openings: Sequence[Mapping[str, int]]) -> list[Cash]:
        """Cash of each period, by the direct method.

        Args:
            periods: First and last days.
            openings: For each of them the balances in which the cash at the start stands.
        """
        known = self.partners if self.part is Part.RESOURCE else {}
        found = cashflows.read(self._lines(), periods, known)
        return [
            Cash(accounting.cash_flow_of(each.rows, opening), each.between)
            for each, opening in zip(found, openings, strict=True)
        ]

    @cached_property
    def partners(self) -> dict[int, int]:
        """Auxiliary accounts that stand for another structure of the scope, with its book."""
        return flows.partners(self.books)

    def links(self, day: dt.date) -> list[linkage.LinkBalance]:
        """What the scope owes to, and is owed by, structures and resources at the end of a day."""
        if self.part is Part.ALL:
            return []
        return linkage.read(self._lines(), day, balances.years_of(self.books, self.exercises))

    def provisional(self, first: dt.date, last: dt.date) -> bool:
        """Whether some day of a period is not in a closed year."""
        return is_provisional(self.exercises, first, last, self.known_on)

    def labels(self, codes: Iterable[str]) -> dict[str, str]:
        """A label for every account, in the reader's language."""
        return labels_of(self.books, codes)

    def opening_of(self, book: int, day: dt.date) -> dt.date:
        """First day of the financial year of a book in which a day lies, or of the year."""
        for year in self.exercises:
            if year.book_id == book and year.start <= day <= year.end:
                return year.start
        return day.replace(month=1, day=1)

    def _lines(self) -> cashflows.Lines:
        resource = self.resource.pk if self.resource else None
        if self.part is Part.REST:
            resource = 0
        return cashflows.Lines(tuple(self.books), resource, self.unit, self.upto)


def scope(
    *,
    part: Part,
    structures: Sequence[Agent],
    resource: Resource | None = None,
    known_on: dt.date | dt.datetime | None = None,
    exercises: Sequence[FinancialYear] | None = None,
    unit: str = "EUR",
) -> Scope:
    """Say whose accounts are read. Who may see them is the caller's business.

    Args:
        part: Which lines.
        structures: Whose books.
        resource: The resource, for :attr:`Part.RESOURCE`.
        known_on: As known at the end of that day, or at that moment.
        exercises: Financial years of the structures, in order, when at hand.
        unit: Unit of account.
    """
    books = books_of(structures)
    kept = years_of(books, exercises)
    upto = None if known_on is None else reading.last_entry_on(moment_of(known_on))
    return Scope(part, resource, books, kept, known_on, upto, unit)
