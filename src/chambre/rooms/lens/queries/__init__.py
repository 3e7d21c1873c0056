"""What the lens reads; lists shown to a person start from what that person may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound
from chambre.ledger import api as ledger
from chambre.ledger.models import Account, Auxiliary, Book, FinancialYear, Journal, Line
from chambre.lib import accounting
from chambre.registry.models import Agent
from chambre.rooms.lens.models import FecImport, HandAttribution


def structures_with_books(chamber: Agent) -> QuerySet[Agent]:
    """The structures of a chamber that have a book."""
    return Agent.objects.filter(book__chamber=chamber).select_related("book").order_by("name")


def readable_structures(by: Actor) -> list[Agent]:
    """The structures whose lines this actor may see."""
    candidates = (
        Agent.objects.filter(book__isnull=False)
        .select_related("book")
        .annotate(last_start=Max("book__years__start"), last_end=Max("book__years__end"))
        .order_by("name")
    )
    return [structure for structure in candidates if by.may("lens.read_books", structure)]


def books_readable_by(by: Actor) -> list[Agent]:
    """The structures whose lines this actor may see, for what makes no sense without one.

    Raises:
        Forbidden: There is none.
    """
    structures = readable_structures(by)
    if not structures:
        raise Forbidden(permission="lens.read_books")
    return structures


def with_book(structure: Agent) -> Agent:
    """The structure with its book at hand.

    Raises:
        NotFound: It has none.
    """
    found = Agent.objects.filter(book__isnull=False).select_related("book")
    agent = found.filter(pk=structure.pk).first()
    if agent is None:
        raise NotFound
    return agent


def books_of(chamber: Agent) -> dict[int, str]:
    """Slug of the structure by book id."""
    return dict(Book.objects.filter(chamber=chamber).values_list("pk", "structure__slug"))


def attributable_structures(chamber: Agent, by: Actor) -> list[Agent]:
    """The structures with a book whose lines this actor may attribute, by name."""
    return [each for each in structures_with_books(chamber) if by.may("lens.attribute_line", each)]


def codes(
    books: Iterable[int],
) -> tuple[dict[int, str], dict[int | None, str], dict[int, str]]:
    """Codes of accounts, auxiliaries and journals by id, for some books."""
    listed = list(books)
    accounts = dict(Account.objects.filter(book__in=listed).values_list("pk", "code"))
    auxiliaries: dict[int | None, str] = dict(
        Auxiliary.objects.filter(book__in=listed).values_list("pk", "code")
    )
    journals = dict(Journal.objects.filter(book__in=listed).values_list("pk", "code"))
    return accounts, auxiliaries, journals


def hand_attributions(books: Iterable[int] | None = None) -> dict[int, dict[str, int]]:
    """The word of people that holds, by line id; of some books, or of all."""
    latest: dict[int, dict[str, int]] = {}
    said = HandAttribution.objects.all()
    if books is not None:
        said = said.filter(line__book__in=list(books))
    rows = said.order_by("line_id", "number").values_list("line_id", "shares")
    for line_id, shares in rows.iterator():
        latest[line_id] = shares
    return {line_id: shares for line_id, shares in latest.items() if shares}


def original_lines(ids: Iterable[int]) -> list[Line]:
    """Lines that can be attributed, with their entry and book."""
    return list(
        Line.objects.filter(pk__in=list(ids), source_line__isnull=True, account__is_link=False)
        .select_related("entry", "book__structure", "book__chamber")
        .order_by("pk")
    )


def imports_in(structures: Iterable[Agent]) -> QuerySet[FecImport]:
    """Imports into the books of some structures, the latest first."""
    return FecImport.objects.filter(book__structure__in=list(structures)).select_related(
        "book__structure", "year"
    )


def imports_visible_to(by: Actor) -> QuerySet[FecImport]:
    """Imports of the structures whose books this actor may see."""
    return imports_in(readable_structures(by))


def check_context(structure: Agent | None = None) -> dict[str, Any]:
    """What a FEC can be compared with: the chart, and what a structure's own book says.

    With a structure: its SIREN, its chart, and what its last financial year leaves to the next.
    """
    book = None if structure is None else Book.objects.filter(structure=structure).first()
    year = None if book is None else FinancialYear.objects.filter(book=book).last()
    day = year.end if year else timezone.localdate()
    kinds = [book.chart] if book else ["pcg", "associatif"]
    known = {account.code for kind in kinds for account in accounting.chart(kind, day)}
    context: dict[str, Any] = {"known_accounts": known}
    if structure is not None:
        context["siren"] = structure.siren or None
    if structure is not None and year is not None:
        context["previous_closing"] = _carried(structure, year)
    return context


def _carried(structure: Agent, year: FinancialYear) -> dict[str, int]:
    """What a financial year leaves to the next, account by account."""
    read = ledger.statement(by="structure", first=year.start, last=year.end, structures=[structure])
    balances = {
        figures.account: figures.closing
        for group in read.groups
        for figures in group.figures.listed()
    }
    profit, loss = accounting.result_accounts(balances)
    return {line.account: line.amount for line in accounting.carried(balances, profit, loss)}


def last_year(structures: Iterable[Agent]) -> tuple[Any, Any]:
    """First and last day of the latest financial year of some structures, else this year's."""
    known = [each for each in structures if getattr(each, "last_end", None)]
    if known:  # read together with the structures
        latest = max(known, key=lambda each: each.last_end)  # type: ignore[attr-defined]
        return latest.last_start, latest.last_end  # type: ignore[attr-defined]
    year = FinancialYear.objects.filter(book__structure__in=structures).order_by("end").last()
    if year is not None:
        return year.start, year.end
    today = timezone.localdate()
    return today.replace(month=1, day=1), today.replace(month=12, day=31)
