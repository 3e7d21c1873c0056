"""Cards of a structure's treasury page, filled by each counter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

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

    ``look(book, first, last)`` gives ``(done, words, address)``: whether nothing is left to do, what
    is, and where.
    """

    name: str
    look: Callable[..., tuple[bool, str, str]]
    order: int = 50


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


def counters() -> list[Counter]:
    """The links in order."""
    return sorted(_counters, key=lambda counter: counter.order)
