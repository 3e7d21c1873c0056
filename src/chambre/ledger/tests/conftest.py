"""A chamber with two structures, two resources, and books to post in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.registry.models import Agent, Resource

DAY = dt.date(2024, 3, 14)
CODES = {
    "101000": "Capital", "120000": "Résultat", "181RES": "Liaison", "879RES": "Liaison en nature",
    "401000": "Fournisseurs", "411000": "Clients", "512000": "Banque",
    "606000": "Achats", "607000": "Achats de marchandises", "706000": "Prestations",
    "864000": "Bénévolat", "870000": "Bénévolat reçu",
}  # fmt: skip


class World:
    """What the tests of the ledger act on."""

    def __init__(self) -> None:
        self.by = Actor.system("test")
        self.chamber = Agent.objects.create(slug="chambre", kind="chamber", name="Chambre")
        self.atelier = self.structure("atelier")
        self.verger = self.structure("verger")
        self.press = self.resource("presse")
        self.orchard = self.resource("pommiers")
        self.book = self.open(self.atelier)
        self.other = self.open(self.verger)

    def structure(self, slug: str) -> Agent:
        return Agent.objects.create(
            slug=slug, kind="structure", name=slug.title(), chamber=self.chamber
        )

    def resource(self, slug: str) -> Resource:
        return Resource.objects.create(slug=slug, name=slug.title(), chamber=self.chamber)

    def open(self, structure: Agent) -> Book:
        book = ledger.open_book(structure=structure, by=self.by)
        book.codes = ledger.accounts(book, CODES)
        book.journal = ledger.journals(book, {"OD": "Opérations diverses"})["OD"]
        return book

    def year(self, number: int, book: Book | None = None) -> Any:
        return ledger.financial_year(
            book=book or self.book,
            start=dt.date(number, 1, 1),
            end=dt.date(number, 12, 31),
            by=self.by,
        )

    def line(
        self, code: str, amount: int, resource: Resource | None = None, **more: Any
    ) -> ledger.LineDraft:
        book = more.pop("book", self.book)
        side = more.pop("side", "D" if amount >= 0 else "C")
        unit, day = more.pop("unit", "EUR"), more.pop("day", DAY)
        return ledger.LineDraft(
            book.codes[code], resource and resource.pk, unit, amount, side, day, **more
        )

    def draft(self, *lines: ledger.LineDraft, key: str = "k1", **more: Any) -> ledger.EntryDraft:
        book = more.pop("book", self.book)
        values = {"journal": book.journal, "day": DAY, "label": "Essai", **more}
        return ledger.EntryDraft(book=book.pk, lines=lines, key=key, **values)

    def sale(self, amount: int = 12_000, key: str = "k1", **more: Any) -> ledger.EntryDraft:
        """A sale to a customer: 411 to 706, not attributed."""
        day = more.get("day", DAY)
        return self.draft(
            self.line("411000", amount, day=day),
            self.line("706000", -amount, day=day),
            key=key,
            **more,
        )


@pytest.fixture
def world(db: Any) -> World:
    """A chamber, two structures with open books, two resources."""
    return World()
