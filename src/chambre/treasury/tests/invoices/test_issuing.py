"""Issuing: numbered without a hole, frozen, in the books; all of it or nothing."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid, KeyReused
from chambre.core.models import AuditEntry, OutboxEvent
from chambre.ledger.models import JournalEntry, Line
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.treasury.invoicedata import AllowanceIn, InvoiceIn, paper_of
from chambre.treasury.models import Invoice, InvoiceLine, NumberSeries
from chambre.treasury.services import invoicing
from chambre.treasury.services.booking import change_rule
from chambre.treasury.services.invoice_composing import InvoiceIncomplete
from chambre.treasury.services.invoice_issuers import discard_draft, save_draft, set_issuer
from chambre.treasury.services.invoice_papers import draft_paper, facturx_of, xml_of
from chambre.treasury.services.invoicing import OutOfOrder, issue_invoice
from chambre.treasury.services.months import MonthClosed, close_month
from chambre.treasury.services.parties import note_party
from chambre.treasury.tests.invoices.conftest import (
    APPLES,
    BY,
    CANTEEN,
    ISSUER,
    PRESSING,
    USUAL,
    booked,
)

pytestmark = pytest.mark.django_db


def issue(party, asked=USUAL, key="one", **more):
    return issue_invoice(book=party.book, party=party, asked=asked, key=key, by=BY, **more)


def test_an_invoice_has_its_number_and_is_in_the_books(canteen):
    made = issue(canteen)

    assert made.number == "VERGERS-2026-0001"
    assert (made.taxable, made.vat, made.payable) == (14900, 2560, 17460)
    assert (made.issued, made.due) == (dt.date(2026, 3, 2), dt.date(2026, 4, 1))
    assert booked(made.entry) == [
        ("411000", 17460),
        ("445710", -2400),
        ("445710", -160),
        ("701000", -2900),
        ("706000", -12000),
    ]
    line = Line.objects.get(entry=made.entry, account__code="411000")
    assert line.auxiliary.code == canteen.code
    assert made.entry.journal.code == "VE"
    assert [row.net for row in made.lines.all()] == [2900, 12000]
    assert AuditEntry.objects.filter(action="treasury.invoice.issued").count() == 1
    assert OutboxEvent.objects.filter(name="treasury.invoice.changed").count() == 1


def test_the_content_is_frozen_whatever_changes_after(canteen, issuer):
    made = issue(canteen)
    set_issuer(book=canteen.book, by=BY, city="Vitré", iban="", penalty_rate="12")
    canteen.name = "Autre nom"
    canteen.save()

    paper = paper_of(Invoice.objects.get(pk=made.pk).content)
    assert paper.seller.address.city == "Rennes"
    assert paper.buyer.name == "Cantine du Bourg"
    assert paper.settlement.iban == ISSUER["iban"]
    assert paper.settlement.reference == made.reference
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=made.pk)._raw_delete("default")


def test_the_same_key_is_the_same_invoice_and_another_content_is_refused(canteen):
    first = issue(canteen)

    assert issue(canteen) == first
    with pytest.raises(KeyReused):
        issue(canteen, replace(USUAL, lines=(APPLES,)))
    assert Invoice.objects.count() == JournalEntry.objects.count() == 1


def test_numbers_follow_each_other_by_year_and_structure(canteen, march, system):
    first, second = issue(canteen), issue(canteen, key="two")
    march.move_to("2027-01-04T11:00:00Z")
    third = issue(canteen, key="three")

    assert [each.number for each in (first, second, third)] == [
        "VERGERS-2026-0001", "VERGERS-2026-0002", "VERGERS-2027-0001",
    ]  # fmt: skip


def test_a_number_is_not_older_than_the_one_before(canteen):
    issue(canteen)

    with pytest.raises(OutOfOrder):
        issue(canteen, replace(USUAL, issued=dt.date(2026, 3, 1)), key="two")
    with pytest.raises(Invalid):
        issue(canteen, replace(USUAL, issued=dt.date(2026, 3, 3)), key="two")
    assert NumberSeries.objects.get().last == 1
    assert issue(canteen, key="two").number == "VERGERS-2026-0002"


@pytest.mark.parametrize("where", ["book_entry", "audit", "emit"])
def test_what_fails_on_the_way_leaves_no_hole_and_nothing_else(canteen, monkeypatch, where):
    issue(canteen)

    def crash(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(invoicing, where, crash)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            issue(canteen, key="two")
    assert Invoice.objects.count() == JournalEntry.objects.count() == 1

    assert issue(canteen, key="two").number == "VERGERS-2026-0002"


def test_what_the_law_wants_is_asked_before_a_number_is_drawn(orchard, issuer):
    nobody = note_party(book=orchard, name="Sans adresse", by=BY)

    with pytest.raises(InvoiceIncomplete) as refused:
        issue(nobody, InvoiceIn(lines=(replace(PRESSING, name=" "),)))
    assert set(refused.value.data["fields"]) == {"buyer.address", "lines.1.name"}
    assert not NumberSeries.objects.filter(last__gt=0).exists()
    assert not JournalEntry.objects.exists()


def test_nothing_is_issued_before_the_structure_said_how_it_signs(orchard):
    party = note_party(book=orchard, name="Cantine", by=BY, **CANTEEN)

    with pytest.raises(InvoiceIncomplete) as refused:
        issue(party)
    assert "issuer" in refused.value.data["fields"]


def test_only_who_answers_for_the_money(canteen, treasurer, passer_by):
    for act in (
        lambda by: issue_invoice(book=canteen.book, party=canteen, asked=USUAL, key="k", by=by),
        lambda by: set_issuer(book=canteen.book, by=by, city="Vitré"),
        lambda by: save_draft(book=canteen.book, asked=USUAL, by=by),
    ):
        with pytest.raises(Forbidden):
            act(Actor.of(passer_by))
    assert not Invoice.objects.exists()
    assert act(Actor.of(treasurer)).pk


def test_a_closed_month_takes_no_invoice(canteen, march):
    march.move_to("2026-04-02T11:00:00Z")
    close_month(book=canteen.book, month=dt.date(2026, 3, 1), by=BY)

    with pytest.raises(MonthClosed):
        issue(canteen, replace(USUAL, issued=dt.date(2026, 3, 30)))
    assert not NumberSeries.objects.filter(last__gt=0).exists()


def test_a_structure_without_vat_says_why_and_collects_none(orchard, canteen):
    set_issuer(book=orchard, by=BY, regime="franchise", vat_number="")
    made = issue(canteen)

    assert (made.taxable, made.vat, made.payable) == (14900, 0, 14900)
    assert booked(made.entry) == [("411000", 14900), ("701000", -2900), ("706000", -12000)]
    reasons = {line.vat.reason for line in paper_of(made.content).lines}
    assert reasons == {"TVA non applicable, art. 293 B du CGI"}


def test_prices_with_vat_come_to_exactly_what_was_said(canteen):
    asked = InvoiceIn(
        lines=(
            replace(APPLES, discount=0, price=Decimal("1"), quantity=Decimal("0.03"), vat="2000"),
        ),
        with_vat=True,
    )
    made = issue(canteen, asked)

    assert (made.taxable, made.vat, made.payable) == (3, 1, 3)
    assert booked(made.entry) == [("411000", 3), ("445710", -1), ("658000", 1), ("701000", -3)]


def test_reductions_advances_and_rules_find_their_accounts(canteen):
    change_rule(book=canteen.book, use="vat.collected", means="2000", account="445711", by=BY)
    verger = registry.create_resource(slug="verger", name="Verger", by=BY)
    asked = replace(
        USUAL,
        lines=(APPLES, replace(PRESSING, resource=verger.pk)),
        allowances=(AllowanceIn(1000, "Fidélité"), AllowanceIn(500, "Transport", charge=True)),
        prepaid=5000,
    )
    made = issue(canteen, asked)

    found = dict.fromkeys(())
    rows = Line.objects.filter(entry=made.entry, resource=None).select_related("account")
    found = {row.account.code: row.amount for row in rows if not row.account.is_link}
    assert found == {
        "411000": 11860, "419100": 5000, "445711": -2300, "445710": -160, "701000": -2900,
        "708500": -500, "709000": 1000,
    }  # fmt: skip
    own = Line.objects.filter(entry=made.entry, resource=verger, account__is_link=False)
    assert [(row.account.code, row.amount) for row in own] == [("706000", -12000)]
    assert sum(row.amount for row in Line.objects.filter(entry=made.entry)) == 0


def test_the_file_is_factur_x_and_stays_the_same(canteen):
    made = issue(canteen)
    file = facturx_of(invoice=made, by=BY)

    assert facturx_of(invoice=made, by=BY) == file
    received = lib.read_invoice(file)
    assert received.invoice.number == made.number
    assert received.sums().payable == 17460
    assert lib.embedded_xml(file) == xml_of(invoice=made, by=BY)
    set_issuer(book=canteen.book, by=BY, iban="")
    assert facturx_of(invoice=made, by=BY) == file


def test_a_draft_is_kept_whatever_it_lacks_and_closed_by_issuing(canteen):
    draft = save_draft(book=canteen.book, asked=InvoiceIn(lines=()), by=BY)
    save_draft(book=canteen.book, asked=USUAL, party=canteen, draft=draft, by=BY)
    assert draft_paper(draft=draft.__class__.objects.get(pk=draft.pk), by=BY).startswith(b"%PDF")

    made = issue(canteen, draft=draft)
    draft.refresh_from_db()
    assert draft.invoice == made
    for act in (
        lambda: issue(canteen, key="two", draft=draft),
        lambda: save_draft(book=canteen.book, asked=USUAL, draft=draft, by=BY),
        lambda: discard_draft(draft=draft, by=BY),
    ):
        with pytest.raises(Conflict):
            act()
    assert Invoice.objects.count() == 1


def test_a_draft_can_be_thrown_away_and_leaves_no_hole(canteen):
    draft = save_draft(book=canteen.book, asked=USUAL, party=canteen, by=BY)
    discard_draft(draft=draft, by=BY)

    assert issue(canteen).number == "VERGERS-2026-0001"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"siren": "732829321"}, "siren"),
        ({"siret": "55210055400013"}, "siret"),
        ({"vat_number": ""}, "vat_number"),
        ({"prefix": "f 1"}, "prefix"),
        ({"iban": "FR76"}, "iban"),
        ({"second_reminder": 3}, "second_reminder"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_settings_are_refused_where_they_are(orchard, issuer, fields, field):
    with pytest.raises(Invalid) as refused:
        set_issuer(book=orchard, by=BY, **fields)
    assert field in refused.value.data["fields"]
    issuer.refresh_from_db()
    assert issuer.siren == "732829320"


def test_no_two_structures_number_alike(orchard, issuer, system):
    from chambre.ledger import api as ledger

    other = registry.create_structure(slug="ver-gers", name="Les Vergers", by=system)
    book = ledger.open_book(structure=other, by=system)
    made = set_issuer(book=book, by=BY, **ISSUER)

    assert (issuer.prefix, made.prefix) == ("VERGERS", "VERGERS2")
    with pytest.raises(Invalid):
        set_issuer(book=book, by=BY, prefix="VERGERS")


def test_another_structures_customer_is_refused(canteen, system):
    from chambre.ledger import api as ledger

    other = registry.create_structure(slug="autre", name="Autre", by=system)
    book = ledger.open_book(structure=other, by=system)
    set_issuer(book=book, by=BY, **{**ISSUER, "siren": "", "siret": ""})
    with pytest.raises(Invalid):
        issue_invoice(book=book, party=canteen, asked=USUAL, key="x", by=BY)
    assert not InvoiceLine.objects.exists()
