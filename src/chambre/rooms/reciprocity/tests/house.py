"""A press, the structure that holds its money, and a contract in force: what these tests share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.lib import reciprocity as words
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Contract, Distribution, Version
from chambre.rooms.reciprocity.services.distributing import booking, deciding
from chambre.rooms.reciprocity.services.distributing.proposing import propose
from chambre.treasury import api as treasury

SYSTEM = Actor.system("command line")
SINCE, UNTIL = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
TEXT = """\
format = 1
slug = "presse"
unit = "EUR"
resources = ["presse"]
title = { fr = "La presse partagée", en = "The shared press" }

[[step]]
name = "entretien"
how = "fund"
to = "fonds-entretien"
share = "25%"

[[step]]
name = "amont"
how = "upstream"
to = { verger = 1 }
share = "10%"
of = "income"

[[step]]
name = "parts"
how = "fixed"
to = { atelier = 2, lysse = 1, cuve = 1 }
share = "80%"
"""


class House:
    """A press, its holder, and a contract in force."""

    @transaction.atomic
    def __init__(self) -> None:
        def structure(slug: str, name: str) -> Any:
            return registry.create_structure(
                slug=slug, name=name, by=SYSTEM, legal_form="association"
            )

        self.holder = structure("cuve", "La Cuve")
        self.workshop = structure("atelier", "L’Atelier de Valmère")
        self.farm = structure("lysse", "Ferme de la Lysse")
        self.press = registry.create_resource(slug="presse", name="La presse", by=SYSTEM)
        self.orchard = registry.create_resource(slug="verger", name="Le verger", by=SYSTEM)
        self.book = ledger.open_book(structure=self.holder, chart="associatif", by=SYSTEM)
        self.contract = Contract.objects.create(
            slug="presse", name="La presse partagée", chamber=registry.home_chamber(),
            resource=self.press, holder=self.holder, state=Contract.State.IN_FORCE, number=1,
        )  # fmt: skip
        self.version = Version.objects.create(
            contract=self.contract, number=1, text=TEXT, digest=words.digest(words.read(TEXT)),
            by="test",
        )  # fmt: skip
        self.sold = 0

    @transaction.atomic
    def sells(self, cents: int, day: dt.date, account: str = "706000") -> JournalEntry:
        self.sold += 1
        return treasury.book_entry(
            book=self.book, journal="VE", day=day, key=f"sale:{self.sold}", label="Pressage",
            lines=[
                treasury.BookLine(cents, account="411000", resource=self.press.pk),
                treasury.BookLine(-cents, account=account, resource=self.press.pk),
            ],
        )  # fmt: skip

    @transaction.atomic
    def pays(self, cents: int, day: dt.date) -> JournalEntry:
        self.sold += 1
        return treasury.book_entry(
            book=self.book, journal="AC", day=day, key=f"cost:{self.sold}", label="Électricité",
            lines=[
                treasury.BookLine(cents, account="606100", resource=self.press.pk),
                treasury.BookLine(-cents, account="401000", resource=self.press.pk),
            ],
        )  # fmt: skip

    def proposes(
        self, since: dt.date = SINCE, until: dt.date = UNTIL, days: int = 0
    ) -> Distribution:
        return propose(
            contract=self.contract, since=since, until=until, by=SYSTEM, objection_days=days
        )

    def books(self, distribution: Distribution) -> Distribution:
        deciding.decide(distribution=distribution, by=SYSTEM)
        return booking.book(distribution=distribution, by=SYSTEM)

    def given(self, distribution: Distribution) -> dict[str, int]:
        return {line.name: line.amount for line in distribution.lines.all()}

    def balance(self, account: str, resource: Any = None) -> int:
        rows = Line.objects.filter(book=self.book, account__code=account)
        if resource is not None:
            rows = rows.filter(resource=resource)
        return sum(rows.values_list("amount", flat=True))
