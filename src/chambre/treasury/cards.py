"""Cards of a structure's treasury page, filled by each counter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse

from chambre.ledger.models import Book


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the home page.

    Attributes:
        name: Unique; becomes the id ``card-NAME``.
        render: Gives safe HTML that begins with an ``h2``, or an empty string for nothing to show.
        order: Smaller comes first: 10 what came in, 20 what is not matched, 30 what is due,
            40 what goes out and who must agree, 50 the rest.
    """

    name: str
    render: Callable[[HttpRequest, Book], str]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the list that closes a month.

    Attributes:
        name: Unique.
        left: ``left(book, first, last)`` gives the rows that are left to do in a month, in one or
            several queries. They are only counted, and those of all checks together.
        say: ``say(count, rows)`` puts that in words, also that nothing is left.
        url_name: The page where it is done; its address takes the structure.
        order: Smaller comes first.
    """

    name: str
    left: Callable[[Book, dt.date, dt.date], Sequence[QuerySet[Any]]]
    say: Callable[[int, Sequence[QuerySet[Any]]], str]
    url_name: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class Looked:
    """What a check found: whether nothing is left to do, what is, and where."""

    done: bool
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Counter:
    """A link of the treasury's own menu: ``label``, and an address that takes the structure."""

    label: object
    url_name: str
    order: int = 50


_cards: list[Card] = []
_checks: list[Check] = []
_counters: list[Counter] = []


def add_card(card: Card) -> None:
    """Show a card on every structure's treasury page."""
    if all(known.name != card.name for known in _cards):
        _cards.append(card)


def add_check(check: Check) -> None:
    """Ask this before a month is closed."""
    if all(known.name != check.name for known in _checks):
        _checks.append(check)


def add_counter(counter: Counter) -> None:
    """Add a link to the menu of a structure's treasury."""
    if counter not in _counters:
        _counters.append(counter)


def cards() -> list[Card]:
    """The cards in order."""
    return sorted(_cards, key=lambda card: card.order)


def checks() -> list[Check]:
    """The checks of a month in order."""
    return sorted(_checks, key=lambda check: check.order)


class Counted(Subquery):
    """How many rows a query has, as one value of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def look(checks: Iterable[Check], book: Book, first: dt.date, last: dt.date) -> list[Looked]:
    """What checks find in a month, in their order; one question counts for all of them."""
    asked = [(check, check.left(book, first, last)) for check in checks]
    counts = {
        f"{check.name}_{place}": Counted(part.order_by().values("pk"))
        for check, parts in asked
        for place, part in enumerate(parts)
    }
    rows: QuerySet[Any, Any] = Book.objects.filter(pk=book.pk).order_by()
    found = rows.values("pk", **counts)[0]
    looked = []
    for check, parts in asked:
        count = sum(found[f"{check.name}_{place}"] for place in range(len(parts)))
        address = reverse(check.url_name, args=[book.structure.slug])
        looked.append(Looked(not count, check.say(count, parts), address))
    return looked


def counters() -> list[Counter]:
    """The links in order."""
    return sorted(_counters, key=lambda counter: counter.order)
