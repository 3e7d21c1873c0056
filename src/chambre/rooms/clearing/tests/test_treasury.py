"""Invoices of the treasury: brought in as obligations, and settled when a round is booked."""

import datetime as dt
from decimal import Decimal

import pytest

from chambre.core.errors import Forbidden, Invalid
from chambre.registry import api as registry
from chambre.rooms.clearing.models import Obligation
from chambre.rooms.clearing.queries.errors import Stale
from chambre.rooms.clearing.services import booking, bringing, obligations
from chambre.rooms.clearing.tests.conftest import SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.models import Purchase
from chambre.treasury.queries.invoices import open_of
from chambre.treasury.queries.purchases import open_of as purchase_open_of
from chambre.treasury.services.invoice_issuers import set_issuer


def invoice(town, seller, buyer, net):
    """An invoice without VAT, issued today."""
    book = town.books[seller.pk]
    if not hasattr(book, "invoice_issuer"):
        set_issuer(
            book=book, by=SYSTEM, name=seller.name, street="1 place du Marché", postcode="59999",
            city="Valmère", regime="non-profit", prefix=seller.slug[:4].upper(), siren="000000109",
        )  # fmt: skip
    party = treasury.note_party(
        book=book, name=buyer.name, agent=buyer, by=SYSTEM, street="2 rue du Quai",
        postcode="59999", city="Valmère", siren=buyer.siren, is_business=bool(buyer.siren),
    )  # fmt: skip
    town.told += 1
    return treasury.issue_invoice(
        book=book, party=party, by=SYSTEM, key=f"i{town.told}",
        asked=treasury.InvoiceIn(
            lines=(treasury.LineIn(name="Farine", price=Decimal(net) / 100),)
        ),
    )  # fmt: skip


def test_open_invoices_come_in_once_and_wait_for_their_debtors(town):
    made = invoice(town, town.bakery, town.mill, 10_000)
    by = town.by(town.bakery)
    brought = bringing.bring_from_treasury(agent=town.bakery, by=by)

    assert [(row.reference, row.amount, row.state) for row in brought.made] == [
        (made.number, 10_000, "proposed")
    ]
    assert bringing.bring_from_treasury(agent=town.bakery, by=by).made == []
    with pytest.raises(Forbidden):
        bringing.bring_from_treasury(agent=town.bakery, by=town.by(town.mill))
    with pytest.raises(Invalid):
        bringing.bring_from_treasury(agent=town.school, by=town.by(town.school))


def test_a_booked_round_settles_the_invoice(town):
    made = invoice(town, town.bakery, town.mill, 10_000)
    bringing.bring_from_treasury(agent=town.bakery, by=town.by(town.bakery))
    obligations.accept(obligation=Obligation.objects.get(), by=town.by(town.mill))
    town.owes(town.bakery, town.grocer, 7_000)
    town.owes(town.grocer, town.mill, 9_000)
    row = town.opens()
    town.all_agree(row)
    booking.book(round_=row, by=town.by(town.fanny))

    assert open_of(made) == 3_000
    settled = made.settlements.get()
    assert (settled.amount, settled.how) == (7_000, "barter")
    assert town.balance(town.bakery, "411000") == 3_000
    assert town.balance(town.bakery, "401000") == 7_000


def test_an_invoice_that_was_paid_meanwhile_stops_the_booking(town):
    made = invoice(town, town.bakery, town.mill, 10_000)
    bringing.bring_from_treasury(agent=town.bakery, by=town.by(town.bakery))
    obligations.accept(obligation=Obligation.objects.get(), by=town.by(town.mill))
    town.owes(town.bakery, town.mill, 8_000)
    row = town.opens()
    town.all_agree(row, town.mill, town.bakery)
    treasury.settle_invoice(
        book=made.book, key=str(made.pk), amount=5_000, day=dt.date.today(), idempotency="bank:1",
        by=SYSTEM,
    )  # fmt: skip
    with pytest.raises(Stale):
        booking.book(round_=row, by=town.by(town.fanny))

    assert open_of(made) == 5_000
    assert town.found(town.opens()).cleared == 10_000


def test_an_invoice_received_is_settled_too(town):
    made = invoice(town, town.bakery, town.mill, 10_000)
    mills = town.books[town.mill.pk]
    received = Purchase.objects.create(
        book=mills, state="accepted", supplier=town.bakery.name, number=made.number,
        issued=made.issued, taxable=10_000, vat=0, payable=10_000, digest="d" * 64, by="test",
        party=treasury.note_party(book=mills, name="Le Fournil", agent=town.bakery, by=SYSTEM),
    )  # fmt: skip
    bringing.bring_from_treasury(agent=town.bakery, by=town.by(town.bakery))
    obligations.accept(obligation=Obligation.objects.get(), by=town.by(town.mill))
    town.owes(town.bakery, town.mill, 4_000)
    row = town.opens()
    town.all_agree(row, town.mill, town.bakery)
    booking.book(round_=row, by=town.by(town.fanny))

    assert (open_of(made), purchase_open_of(received)) == (6_000, 6_000)
    assert received.settlements.get().how == "barter"


def test_an_invoice_is_one_debt_whoever_brings_it_in(town):
    made = invoice(town, town.bakery, town.mill, 10_000)
    mills = town.books[town.mill.pk]
    Purchase.objects.create(
        book=mills, state="accepted", supplier=town.bakery.name, number=made.number,
        issued=made.issued, taxable=10_000, vat=0, payable=10_000, digest="d" * 64, by="test",
        party=treasury.note_party(book=mills, name="Le Fournil", agent=town.bakery, by=SYSTEM),
    )  # fmt: skip
    first = bringing.bring_from_treasury(agent=town.mill, by=town.by(town.mill))
    second = bringing.bring_from_treasury(agent=town.bakery, by=town.by(town.bakery))

    assert [row.invoice for row in first.made] == [made]
    assert (second.made, second.refused) == ([], [])
    assert Obligation.objects.get().state == "accepted"


def test_an_electronic_invoice_comes_in_as_what_it_says(town):
    registry.change_agent(agent=town.bakery, by=SYSTEM, siren="000000109")
    registry.change_agent(agent=town.mill, by=SYSTEM, siren="000000208")
    for agent in (town.bakery, town.mill):
        agent.refresh_from_db()
    made = invoice(town, town.bakery, town.mill, 12_345)
    content = treasury.facturx_of(invoice=made, by=SYSTEM)
    row = bringing.bring_invoice_file(agent=town.mill, content=content, by=town.by(town.mill))

    assert (row.debtor, row.creditor, row.amount) == (town.mill, town.bakery, 12_345)
    assert (row.state, row.invoice) == ("accepted", made)
    assert bringing.bring_from_treasury(agent=town.bakery, by=town.by(town.bakery)).made == []
    with pytest.raises(Invalid):
        bringing.bring_invoice_file(agent=town.grocer, content=content, by=town.by(town.grocer))
    with pytest.raises(Invalid):
        bringing.bring_invoice_file(agent=town.mill, content=b"%PDF-1.4", by=town.by(town.mill))
