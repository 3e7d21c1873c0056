"""What the books say of a resource over a whole year, as a model can begin with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import ExtractMonth

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.registry.api import structures_readable_by, today
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contribution
from chambre.rooms.reciprocity.queries.recognised import recognised
from chambre.rooms.reciprocity.queries.simulating.errors import NothingInBooks

YEARS_BACK = 5
"""How many whole years are looked through for one that says something."""
SALES, HELD, CASH = "70", ("4196", "165"), ("5", "18")
"""Beginnings of accounts: sales; deposits held of customers and others; cash and what is held for it."""


@dataclass(frozen=True, slots=True)
class YearRead:
    """A calendar year of a resource in the books. Amounts are cents.

    Attributes:
        year: Which.
        movements: Debit − credit by account of classes 6, 7 and 8, structures' dealings with each
            other about the resource taken off.
        sales: How many entries sell something; an entry is a sale, or a day of them.
        customers: How many accounts of customers these entries touch; 0 when none is told.
        months: What was sold in each month, January first.
        taken: Deposits taken.
        returned: Deposits given back.
        cash: What lay in accounts of class 5 at the end of the year, with what structures held for
            the resource (link accounts, class 18).
        minutes: Time that was given, of recognised contributions.
        structures: Whose books they are.
    """

    year: int
    movements: dict[str, int]
    sales: int
    customers: int
    months: tuple[int, ...]
    taken: int
    returned: int
    cash: int
    minutes: int
    structures: tuple[str, ...]

    def of(self, *prefixes: str) -> int:
        """Debit − credit of the accounts that begin so."""
        return sum(amount for code, amount in self.movements.items() if code.startswith(prefixes))

    def accounts(self, prefix: str) -> list[str]:
        """The accounts that begin so and moved, by number."""
        return sorted(code for code, amount in self.movements.items()
                      if code.startswith(prefix) and amount)  # fmt: skip


def books_about(resource: Resource, by: Actor) -> list[Agent]:
    """The structures whose books somebody may read and that say something of the resource.

    Raises:
        NothingInBooks: There is none.
    """
    readable = structures_readable_by(by)
    told = Line.objects.filter(resource=resource, book__structure__in=readable)
    ids = set(told.order_by().values_list("book__structure", flat=True).distinct())
    found = list(Agent.objects.filter(pk__in=ids).order_by("slug"))
    if not found:
        raise NothingInBooks
    return found


def last_years(
    resource: Resource, structures: Sequence[Agent], only: int | None = None
) -> list[YearRead]:
    """The last whole year in which a resource earned or cost something, and the one before it.

    Args:
        resource: Whose.
        structures: Whose books are read.
        only: This year and no other.

    Raises:
        NothingInBooks: None of the last five, or not this one.
    """
    last = today().year - 1
    for year in range(last, last - YEARS_BACK, -1) if only is None else (only,):
        found = read_year(resource, structures, year)
        if found.of("6", "7"):
            before = read_year(resource, structures, year - 1)
            return [found, before] if before.of("6", "7") else [found]
    raise NothingInBooks


def read_year(resource: Resource, structures: Sequence[Agent], year: int) -> YearRead:
    """One calendar year of a resource in some books."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    said = ledger.statement(
        by="resource", first=first, last=last, resources=[resource], structures=structures
    )
    lines = Line.objects.filter(
        resource=resource, book__structure__in=structures, day__range=(first, last), phase=0,
        unit=said.unit,
    ).order_by()  # fmt: skip
    sold = lines.filter(account__code__startswith=SALES)
    counted = sold.filter(amount__lt=0).aggregate(entries=Count("entry", distinct=True))
    customers = lines.filter(
        account__code__startswith="411", amount__gt=0, entry__in=sold.values("entry")
    )
    by_month = dict(
        sold.annotate(month=ExtractMonth("day")).values_list("month").annotate(sum=Sum("amount"))
    )
    held = Q()
    for prefix in HELD:
        held |= Q(account__code__startswith=prefix)
    deposits = lines.filter(held).aggregate(
        taken=Sum(-F("amount"), filter=Q(amount__lt=0)), back=Sum("amount", filter=Q(amount__gt=0))
    )
    hours = [
        each.quantity for each in recognised(resource, first, last)
        if each.kind in (Contribution.Kind.TIME, Contribution.Kind.CARE) and each.unit == "h"
        and each.quantity is not None and not each.asked
    ]  # fmt: skip
    return YearRead(
        year=year,
        movements=said.groups[0].figures.movements(),
        sales=counted["entries"],
        customers=customers.aggregate(told=Count("auxiliary", distinct=True))["told"],
        months=tuple(-by_month.get(month, 0) for month in range(1, 13)),
        taken=deposits["taken"] or 0,
        returned=deposits["back"] or 0,
        cash=sum(
            figures.closing
            for code, figures in said.groups[0].figures.accounts.items()
            if code.startswith(CASH)
        ),
        minutes=int(sum(hours) * 60),
        structures=tuple(each.name for each in structures),
    )
