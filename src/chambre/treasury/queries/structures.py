"""Whose money somebody answers for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.registry.models import Agent

NON_PROFIT = frozenset({"association", "association-local", "collective", "foundation"})
"""Legal forms whose books follow the chart of associations (règlement ANC 2018-06)."""


class NoBook(NotFound):
    """The structure keeps no accounts here yet; its treasury page opens them."""

    code = "treasury.no-book"
    default_message = _("This structure keeps no accounts here yet. Its treasury page opens them.")


def structures_of(by: Actor) -> list[Agent]:
    """The structures whose money somebody answers for, by name."""
    rows = Agent.objects.filter(kind__in=["structure", "chamber"]).order_by("name")
    return [each for each in rows.select_related("book") if by.may("treasury.read", each)]


def chart_for(structure: Agent) -> str:
    """The chart of accounts that goes with a structure's legal form."""
    return "associatif" if structure.legal_form in NON_PROFIT else "pcg"


def book_of(
    slug: str, by: Actor, permission: str = "treasury.read", *, opening: bool = False
) -> Book:
    """The book of a structure.

    Args:
        slug: Short name of the structure.
        by: Who asks.
        permission: What they are going to do.
        opening: Open it when there is none: for an act that needs one. Reading never opens one.

    Raises:
        NotFound: There is no such structure.
        NoBook: It keeps no accounts here yet.
        Forbidden: ``by`` does not answer for its money.
    """
    structure = registry.structure(slug)
    authorize(by, permission, structure)
    if book := Book.objects.select_related("structure").filter(structure=structure).first():
        return book
    if not opening:
        raise NoBook(structure=slug)
    return ledger.open_book(structure=structure, chart=chart_for(structure), by=by)
