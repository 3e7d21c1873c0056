"""Invoices of legs: « en compensation », VAT of each, the part in euros apart."""

from __future__ import annotations

import datetime as dt

import pytest

from chambre.core.errors import Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.rooms.exchange.queries.errors import NotNow
from chambre.rooms.exchange.services import depositing, invoicing, settling
from chambre.rooms.exchange.services.drafting import LegIn, propose
from chambre.rooms.exchange.tests.conftest import SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.services.invoice_issuers import set_issuer

pytestmark = pytest.mark.django_db
UNTIL = dt.date(2026, 6, 30)


@pytest.fixture
def sold(world):
    """The Vergers give apples worth 240 € to the Toile, for a site worth 200 € and 40 € from the Toile."""
    for agent in (world.vergers, world.toile):
        book = ledger.open_book(structure=agent, chart="pcg", by=SYSTEM)
        set_issuer(
            book=book, by=SYSTEM, street="1 rue du Pont", postcode="59000", city="Valmère",
            siren="732829320", siret="73282932000074", vat_number="FR44732829320",
        )  # fmt: skip
        treasury.note_party(
            book=book, agent=world.toile if agent == world.vergers else world.vergers,
            name="Autre", by=SYSTEM, street="2 rue du Pont", postcode="59000", city="Valmère",
            siren="552100554",
        )  # fmt: skip
    exchange = propose(
        actor=world.by(world.lou), title="Troc", key="t", deadline=UNTIL,
        legs=[
            LegIn(world.vergers, world.toile, "goods", 120, unit="kg", what="Pommes", name="pommes",
                  value=24_000, vat=550),
            LegIn(world.toile, world.vergers, "service", what="Site", name="site", value=20_000,
                  vat=2_000),
            LegIn(world.toile, world.vergers, "euros", 4_000, name="soulte"),
        ],
    )  # fmt: skip
    world.sign(exchange, world.vergers, world.bruno)
    world.sign(exchange, world.toile, world.dris)
    return exchange


def settle(world, exchange):
    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))
    depositing.attest(leg=world.leg(exchange, "site"), by=world.by(world.bruno))
    leg = world.leg(exchange, "soulte")
    payment = depositing.ask_for_money(leg=leg, by=world.by(world.dris))
    treasury.receive(
        payment=payment, amount=4_000, means="cheque", day=dt.date(2026, 6, 1), key="s", by=SYSTEM
    )
    depositing.hear_payment(leg=leg, by=SYSTEM)
    settling.settle(exchange=exchange, by=SYSTEM)


def on(structure, account):
    rows = Line.objects.filter(book__structure=structure, account__code=account)
    return sum(rows.values_list("amount", flat=True))


def test_each_side_is_invoiced_with_its_own_vat_and_the_soulte_apart(world, sold):
    settle(world, sold)
    invoice = invoicing.invoice_leg(leg=world.leg(sold, "pommes"), by=world.by(world.bruno))

    assert on(world.vergers, "411800") == 24_000
    texts = [note["text"] for note in invoice.content["notes"]]
    assert "Paiement par compensation." in texts
    assert any("40,00" in text for text in texts)  # the soulte
    assert on(world.vergers, "445710") == -1_251  # 240 € with 5.5 % in it
    assert invoicing.invoice_leg(leg=world.leg(sold, "pommes"), by=world.by(world.bruno)) == invoice
    invoicing.invoice_leg(leg=world.leg(sold, "site"), by=world.by(world.dris))
    assert on(world.toile, "411800") == 20_000
    assert on(world.toile, "445710") == -3_333


def test_nothing_is_invoiced_before_it_has_gone_and_by_nobody_else(world, sold):
    with pytest.raises(NotNow):
        invoicing.invoice_leg(leg=world.leg(sold, "pommes"), by=world.by(world.bruno))
    settle(world, sold)
    with pytest.raises(Forbidden):
        invoicing.invoice_leg(leg=world.leg(sold, "pommes"), by=world.by(world.dris))
    with pytest.raises(Invalid):
        invoicing.invoice_leg(leg=world.leg(sold, "soulte"), by=world.by(world.dris))
    assert on(world.vergers, "411800") == 0
