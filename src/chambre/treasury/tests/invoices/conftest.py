"""An orchard that may send invoices, and a canteen that buys."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from chambre.core.actors import Actor
from chambre.ledger.models import Line
from chambre.treasury.invoicedata import InvoiceIn, LineIn
from chambre.treasury.services.invoice_issuers import set_issuer
from chambre.treasury.services.parties import note_party

BY = Actor.system("test")
ISSUER = {
    "street": "1 chemin du Clos",
    "postcode": "35000",
    "city": "Rennes",
    "siren": "732829320",
    "siret": "73282932000074",
    "vat_number": "FR44732829320",
    "iban": "FR7630006000011234567890189",
    "email": "verger@example.org",
}
CANTEEN = {
    "street": "2 place de la Mairie",
    "postcode": "35000",
    "city": "Rennes",
    "siren": "552100554",
    "email": "cantine@example.org",
    "is_business": True,
}
APPLES = LineIn(
    "Pommes", Decimal("2.4"), Decimal("12.5"), "550", "sale.product", "KGM", discount=100
)
PRESSING = LineIn("Pressage", Decimal(40), Decimal(3), "2000", "sale.service", "HUR")
USUAL = InvoiceIn(lines=(APPLES, PRESSING))


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Any) -> None:
    settings.CHAMBRE_HOME = tmp_path


@pytest.fixture(autouse=True)
def march() -> Any:
    """It is 2 March 2026, noon."""
    with time_machine.travel("2026-03-02T11:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def issuer(orchard: Any) -> Any:
    return set_issuer(book=orchard, by=BY, **ISSUER)


@pytest.fixture
def canteen(orchard: Any, issuer: Any) -> Any:
    return note_party(book=orchard, name="Cantine du Bourg", by=BY, **CANTEEN)


def booked(entry: Any) -> list[tuple[str, int]]:
    """Account and cents of the lines of an entry, by account."""
    rows = Line.objects.filter(entry=entry).order_by("account__code", "amount")
    return [(row.account.code, row.amount) for row in rows.select_related("account")]
