"""Invoices from suppliers: read, decided by somebody who may, booked once, paid once."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.models import StoredFile
from chambre.ledger.models import JournalEntry
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Party, PartyIban, Purchase
from chambre.treasury.openitems import source_of
from chambre.treasury.queries.purchases import open_of
from chambre.treasury.services.invoice_issuers import set_issuer
from chambre.treasury.services.invoice_papers import facturx_of
from chambre.treasury.services.invoicing import credit_invoice, issue_invoice
from chambre.treasury.services.purchases import (
    NotOurs,
    PurchaseRefused,
    VatPart,
    accept_purchase,
    enter_purchase,
    receive_purchase,
    refuse_purchase,
)
from chambre.treasury.tests.invoices.conftest import BY, USUAL, booked

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def sent(canteen):
    """The Factur-X that the orchard sends, as another structure receives it."""
    made = issue_invoice(book=canteen.book, party=canteen, asked=USUAL, key="one", by=BY)
    return made, facturx_of(invoice=made, by=BY)


@pytest.fixture
def press(system):
    """La Presse, which buys from the orchard and charges VAT."""
    from chambre.ledger import api as ledger

    structure = registry.create_structure(slug="presse", name="La Presse", by=system)
    book = ledger.open_book(structure=structure, by=system)
    set_issuer(
        book=book, by=BY, street="1 rue", postcode="35000", city="Rennes", siren="552100554",
        vat_number="FR30552100554",
    )  # fmt: skip
    return book


def receive(book, content, name="facture.pdf"):
    return receive_purchase(book=book, content=content, name=name, by=BY)


def test_a_factur_x_is_read_and_waits_for_a_decision(press, sent):
    made, file = sent
    row = receive(press, file)

    assert (row.state, row.supplier, row.number) == (
        "received",
        "Les Vergers de la Lysse",
        made.number,
    )
    assert (row.taxable, row.vat, row.payable) == (14900, 2560, 17460)
    assert (row.due, row.iban) == (dt.date(2026, 4, 1), "FR7630006000011234567890189")
    assert row.reference == made.reference
    assert row.problems == []
    assert not JournalEntry.objects.filter(book=press).exists()
    assert list(source_of("purchase").items(press)) == []


def test_the_same_file_again_is_the_one_that_is_there(press, sent):
    _made, file = sent
    row = receive(press, file)
    before = StoredFile.objects.count()

    assert receive(press, file, "autre nom.pdf") == row
    assert StoredFile.objects.count() == before


def test_accepted_it_is_booked_once_and_waits_to_be_paid(press, sent):
    made, file = sent
    row = receive(press, file)
    pressoir = registry.create_resource(slug="pressoir", name="Pressoir", by=BY)
    done = accept_purchase(purchase=row, by=BY, account="601000", resource=pressoir)

    assert accept_purchase(purchase=row, by=BY, account="607000").account == "601000"
    assert ("601000", 14900) in booked(done.entry)
    assert ("445660", 2560) in booked(done.entry)
    assert ("401000", -17460) in booked(done.entry)
    assert done.entry.journal.code == "AC"
    party = Party.objects.get(book=press)
    assert (party.name, party.siren, party.city) == (
        "Les Vergers de la Lysse",
        "732829320",
        "Rennes",
    )
    iban = PartyIban.objects.get(party=party)
    assert not iban.confirmed, "an account that was only seen is not paid to"
    (item,) = source_of("purchase").items(press)
    assert (item.direction, item.amount, item.iban) == ("out", 17460, row.iban)
    assert made.reference in item.references


def test_who_charges_no_vat_deducts_none(orchard, press, sent):
    _made, file = sent
    set_issuer(book=press, by=BY, regime="non-profit")
    done = accept_purchase(purchase=receive(press, file), by=BY)

    assert booked(done.entry) == [("401000", -17460), ("606000", 17460)]


def test_a_credit_note_goes_the_other_way(canteen, press, sent):
    made, _file = sent
    back = credit_invoice(invoice=made, key="c", by=BY)
    row = receive(press, facturx_of(invoice=back, by=BY))
    done = accept_purchase(purchase=row, by=BY, account="601000")

    assert row.credit
    assert booked(done.entry) == [("401000", 17460), ("445660", -2560), ("601000", -14900)]
    (item,) = source_of("purchase").items(press)
    assert item.direction == "in"


def test_what_does_not_add_up_is_not_accepted(press, sent):
    made, _file = sent
    wrong = lib.cii_bytes(lib.read_invoice(_file).invoice).replace(
        b">174.60</ram:DuePayableAmount>", b">184.60</ram:DuePayableAmount>"
    )
    row = receive(press, wrong, "facture.xml")

    assert [each["code"] for each in row.problems] == ["sum-differs"]
    with pytest.raises(Conflict) as refused:
        accept_purchase(purchase=row, by=BY)
    assert "184,60" in str(refused.value.message)
    assert not JournalEntry.objects.filter(book=press).exists()
    assert refuse_purchase(purchase=row, reason="Le total est faux", by=BY).state == "refused"
    with pytest.raises(Conflict):
        accept_purchase(purchase=row, by=BY)
    assert made.number


def test_an_invoice_for_somebody_else_is_pointed_out(press, sent):
    _made, file = sent
    set_issuer(book=press, by=BY, siren="732829320", siret="")
    row = receive(press, file)

    assert [(each["code"], each["grave"]) for each in row.problems] == [("other-buyer", False)]


def test_what_is_no_invoice_is_refused_and_not_kept(press):
    for content in (b"", b"hello", b"%PDF-1.4 nonsense", b"<html/>"):
        with pytest.raises(PurchaseRefused) as refused:
            receive(press, content)
        assert refused.value.data["fields"]["file"]
    assert not StoredFile.objects.exists()
    assert not Purchase.objects.exists()


def enter(book, **more):
    facts = {"supplier": "Menuiserie", "number": "M-1", "issued": DAY,
             "parts": [VatPart(10000, 2000)], "by": BY}  # fmt: skip
    return enter_purchase(book=book, **{**facts, **more})


def test_a_paper_invoice_is_entered_by_hand_once(press):
    row = enter(press, iban="FR76 3000 6000 0112 3456 7890 189", due=dt.date(2026, 3, 31))

    assert (row.payable, row.iban) == (12000, "FR7630006000011234567890189")
    assert enter(press) == row
    for wrong, field in (
        ({"supplier": " "}, "supplier"), ({"number": ""}, "number"), ({"parts": []}, "base"),
        ({"siren": "123456789"}, "siren"), ({"iban": "FR00"}, "iban"),
        ({"due": dt.date(2026, 2, 1)}, "due"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            enter(press, **wrong)
        assert field in refused.value.data["fields"]
    assert Purchase.objects.count() == 1


def test_one_invoice_is_booked_on_several_accounts(press):
    row = enter(press)
    part = BookLine(4_000, account="602600")
    for wrong in (BookLine(row.taxable + 1, account="602600"), BookLine(-1, account="602600")):
        with pytest.raises(Invalid):
            accept_purchase(purchase=row, by=BY, account="606300", parts=[wrong])
    row.refresh_from_db()
    assert row.state == "received"

    accept_purchase(purchase=row, by=BY, account="606300", parts=[part])

    row.refresh_from_db()
    assert dict(booked(row.entry)) == {
        "606300": row.taxable - 4_000, "602600": 4_000, "445660": row.vat, "401000": -row.payable,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("recover", "expense", "deducted"), [(True, 10_000, 2_000), (False, 12_000, 0)]
)
def test_vat_that_the_buyer_owes_is_booked_both_ways(press, recover, expense, deducted):
    row = enter(press, number="AE-1", parts=[VatPart(10_000, 0)])
    accept_purchase(purchase=row, by=BY, account="604000", recover_vat=recover, reverse_rate=2_000)
    row.refresh_from_db()
    wanted = {"604000": expense, "445660": deducted, "445200": -2_000, "401000": -10_000}
    assert dict(booked(row.entry)) == {code: cents for code, cents in wanted.items() if cents}


def test_nobody_owes_vat_twice(press):
    row = enter(press)
    with pytest.raises(Invalid):
        accept_purchase(purchase=row, by=BY, account="604000", reverse_rate=2_000)
    row.refresh_from_db()
    assert (row.state, row.entry) == ("received", None)


def test_one_number_of_a_supplier_is_paid_once(press):
    accept_purchase(purchase=enter(press), by=BY)
    twice = enter(press, parts=[VatPart(10001, 2000)])

    with pytest.raises(NotOurs):
        accept_purchase(purchase=twice, by=BY)
    assert JournalEntry.objects.filter(book=press).count() == 1


def test_only_who_may_decide_decides(press, passer_by, treasurer):
    row = enter(press)
    for who in (passer_by, treasurer):  # the orchard's treasurer is nobody at the press
        by = Actor.of(who)
        for act in (
            lambda by=by: accept_purchase(purchase=row, by=by),
            lambda by=by: refuse_purchase(purchase=row, reason="x", by=by),
            lambda by=by: receive_purchase(book=press, content=b"x", name="x", by=by),
            lambda by=by: enter(press, number="M-2", by=by),
        ):
            with pytest.raises(Forbidden):
                act()
    row.refresh_from_db()
    assert row.state == "received"
    with pytest.raises(Invalid):
        refuse_purchase(purchase=row, reason="  ", by=BY)


def test_the_bank_pays_it_once_and_is_undone(press):
    row = accept_purchase(purchase=enter(press), by=BY)
    source = source_of("purchase")
    facts = {"book": press, "key": str(row.pk), "amount": 12000, "row": 7, "by": BY}

    lines = source.settle(**facts, day=DAY, idempotency="r7")
    assert [(line.use, line.amount) for line in lines] == [("supplier", 12000)]
    assert source.settle(**facts, day=DAY, idempotency="r7") == lines
    assert open_of(row) == 0
    with pytest.raises(Conflict):
        source.settle(**{**facts, "amount": 1}, day=DAY, idempotency="r8")
    source.release(**facts, idempotency="r7")
    source.release(**facts, idempotency="r7")
    assert open_of(row) == 12000


def test_an_invoice_that_was_not_accepted_is_not_paid(press):
    row = enter(press)
    with pytest.raises(Conflict):
        source_of("purchase").settle(
            book=press, key=str(row.pk), amount=12000, day=DAY, row=1, idempotency="r", by=BY
        )
    assert open_of(row) == 12000
