"""Whose money somebody answers for."""

from __future__ import annotations

from django.db.models import Q

from chambre.core.actors import Actor, authorize
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.registry.models import Agent


def structures_of(by: Actor) -> list[Agent]:
    """The structures whose money somebody answers for, by name; a chamber once it keeps books."""
    kept = Q(kind="structure") | Q(kind="chamber", book__isnull=False)
    rows = Agent.objects.filter(kept).order_by("name")
    return [each for each in rows.select_related("book") if by.may("treasury.read", each)]


def book_of(slug: str, by: Actor, permission: str = "treasury.read") -> Book:
    """The book of a structure, opened when it has none yet and ``by`` may do that.

    Raises:
        NotFound: There is no such structure.
        Forbidden: ``by`` does not answer for its money.
    """
    structure = registry.structure(slug)
    authorize(by, permission, structure)
    if book := Book.objects.select_related("structure").filter(structure=structure).first():
        return book
    return ledger.open_book(structure=structure, by=by)
