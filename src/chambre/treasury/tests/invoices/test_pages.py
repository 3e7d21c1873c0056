"""The pages: an invoice from nothing to paid, without JavaScript, by who answers for the money."""

import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chambre.lib import invoicing as lib
from chambre.treasury.models import Invoice, InvoiceDraft, InvoiceIssuer, Party, Purchase
from chambre.treasury.services.invoice_papers import facturx_of
from chambre.treasury.services.invoicing import issue_invoice
from chambre.treasury.services.purchases import VatPart, accept_purchase, enter_purchase
from chambre.treasury.tests.invoices.conftest import BY, CANTEEN, ISSUER, USUAL

pytestmark = pytest.mark.django_db
HOME = "/tresorerie/vergers/"
LINES = {
    "lines": "2",
    "l0-name": "Pommes", "l0-quantity": "12,5", "l0-unit": "KGM", "l0-price": "2,40",
    "l0-vat": "550", "l0-use": "sale.product", "l0-discount": "1,00",
    "l1-name": "Pressage", "l1-quantity": "3", "l1-unit": "HUR", "l1-price": "40",
    "l1-vat": "2000", "l1-use": "sale.service",
}  # fmt: skip


@pytest.fixture
def page(client, orchard, treasurer):
    client.force_login(treasurer)

    def get(path, data=None, **more):
        answer = (
            client.post(HOME + path, data, **more) if data is not None else client.get(HOME + path)
        )
        if not answer.streaming:
            answer.text = re.sub("[\xa0\u202f]", " ", answer.content.decode(errors="replace"))
        return answer

    return get


def issue(party, key="one", **more):
    return issue_invoice(book=party.book, party=party, asked=USUAL, key=key, by=BY, **more)


def test_from_nothing_to_an_issued_invoice(page, orchard):
    assert page("factures/nouvelle/").url == f"{HOME}factures/emetteur/"
    settings = {**ISSUER, "name": "Les Vergers", "regime": "vat", "prefix": "VERGERS",
                "country": "FR", "term_days": "30", "first_reminder": "7", "second_reminder": "21",
                "last_reminder": "45"}  # fmt: skip
    wrong = page("factures/emetteur/", {**settings, "siren": "123456789"})
    assert wrong.status_code == 422
    assert "Ce SIREN est faux." in wrong.text
    assert page("factures/emetteur/", settings).status_code == 302
    assert InvoiceIssuer.objects.get().prefix == "VERGERS"

    taken = page(
        "factures/clients/nouveau/", {"name": "Cantine du Bourg", "country": "FR", **CANTEEN}
    )
    party = Party.objects.get(book=orchard)
    assert taken.url == f"{HOME}factures/nouvelle/?client={party.code}"
    assert "Cantine du Bourg" in page(f"factures/nouvelle/?client={party.code}").text

    computed = page("factures/nouvelle/", {**LINES, "party": party.code, "compute": "1"})
    assert "174,60 €" in computed.text
    assert "Rien ne manque" in computed.text
    assert not InvoiceDraft.objects.exists()
    more = page("factures/nouvelle/", {**LINES, "party": party.code, "add": "1"})
    assert 'name="l2-name"' in more.text
    assert 'value="Pommes"' in more.text

    asked = page("factures/nouvelle/", {**LINES, "party": party.code, "issue": "1"})
    draft = InvoiceDraft.objects.get()
    assert asked.url == f"{HOME}factures/brouillons/{draft.pk}/emettre/"
    confirm = page(f"factures/brouillons/{draft.pk}/emettre/")
    assert "174,60 € à payer par Cantine du Bourg." in confirm.text
    assert not Invoice.objects.exists()
    done = page(f"factures/brouillons/{draft.pk}/emettre/", {})
    made = Invoice.objects.get()
    assert done.url == f"{HOME}factures/{made.pk}/"
    assert page(f"factures/brouillons/{draft.pk}/").url == done.url

    shown = page(f"factures/{made.pk}/").text
    for text in ("VERGERS-2026-0001", "12,5 kg", "174,60 €", "FR76 3000 6000 0112", "40 €"):
        assert text in shown, text
    assert "VERGERS-2026-0001" in page("factures/").text


def test_what_cannot_be_read_is_said_where_it_is_and_nothing_is_lost(page, canteen):
    answer = page(
        "factures/nouvelle/",
        {**LINES, "party": canteen.code, "l0-price": "deux", "l1-name": "", "issued": "32/01/2026"},
    )

    assert answer.status_code == 422
    assert "Tapez un nombre comme 12,5." in answer.text
    assert "Dites ce qui est vendu." in answer.text
    assert 'value="deux"' in answer.text
    assert 'value="32/01/2026"' in answer.text
    assert not InvoiceDraft.objects.exists()


def test_a_draft_is_kept_shown_again_and_thrown_away(page, canteen):
    kept = page("factures/nouvelle/", {**LINES, "save": "1", "barter": "on", "barter_amount": "12"})
    draft = InvoiceDraft.objects.get()
    assert kept.url == f"{HOME}factures/brouillons/{draft.pk}/"
    again = page(f"factures/brouillons/{draft.pk}/").text
    assert 'value="2,40"' in again
    assert 'value="12,00"' in again
    assert "le client n’a pas de nom" in again
    assert page(f"factures/brouillons/{draft.pk}/emettre/").url == kept.url, "no customer yet"
    assert page(f"factures/brouillons/{draft.pk}/brouillon.pdf").content.startswith(b"%PDF")
    assert "pas encore de client" in page("factures/").text
    page(f"factures/brouillons/{draft.pk}/jeter/", {})
    assert not InvoiceDraft.objects.exists()


def test_totals_come_while_one_types(page, canteen):
    answer = page("factures/totaux/", {**LINES, "party": canteen.code})

    assert 'id="totals"' in answer.text
    assert "174,60 €" in answer.text
    assert "<html" not in answer.text
    assert "illisible" in page("factures/totaux/", {**LINES, "l0-price": "x"}).text


def test_the_file_and_the_data_are_given(page, canteen):
    made = issue(canteen)

    with CaptureQueriesContext(connection) as asked:
        pdf = page(f"factures/{made.pk}/facture.pdf")
    assert len(asked) <= 14
    assert pdf["Content-Type"] == "application/pdf"
    assert f"{made.number}.pdf" in pdf["Content-Disposition"]
    assert lib.read_invoice(pdf.content).invoice.number == made.number
    assert page(f"factures/{made.pk}/facture.xml").content == lib.embedded_xml(pdf.content)
    assert page(f"factures/{made.pk}/facture.doc").status_code == 404


def test_a_credit_note_by_lines_and_whole(page, canteen):
    made = issue(canteen)
    assert (
        "174,60 € de cette facture peuvent encore être repris."
        in page(f"factures/{made.pk}/avoir/").text
    )
    wrong = page(f"factures/{made.pk}/avoir/", {"q1": "13", "q2": "x", "key": "k", "all": "0"})
    assert wrong.status_code == 422
    assert 'value="13"' in wrong.text
    wrong = page(f"factures/{made.pk}/avoir/", {"q1": "13", "key": "k", "all": "0"})
    assert "Il reste au plus 12.5." in wrong.text.replace("12,5", "12.5")
    assert not Invoice.objects.filter(kind="381").exists()

    for key in ("k1", "k1"):  # sent twice
        page(f"factures/{made.pk}/avoir/", {"q2": "1", "key": key, "all": "0", "note": "Une heure"})
    back = Invoice.objects.get(kind="381")
    assert "Avoir sur la facture" in page(f"factures/{back.pk}/").text
    page(f"factures/{made.pk}/avoir/", {"key": "k2", "all": "1"})
    assert (
        "Tout ce qui est sur cette facture a déjà été repris"
        in page(f"factures/{made.pk}/avoir/").text
    )


def test_what_is_due_is_listed_and_reminded_of(
    page, client, treasurer, canteen, march, mailoutbox, django_capture_on_commit_callbacks
):
    made = issue(canteen)
    march.move_to("2026-04-20T11:00:00Z")
    client.force_login(treasurer)
    assert "1 à 30 jours de retard" in page("factures/a-recevoir/").text
    assert "en retard" in page("factures/?which=late").text
    with django_capture_on_commit_callbacks(execute=True):
        page(
            f"factures/{made.pk}/envoyer/",
            {"to": "cantine@example.org", "reminder": "1", "key": "a"},
        )
        page(
            f"factures/{made.pk}/envoyer/",
            {"to": "cantine@example.org", "reminder": "1", "key": "a"},
        )
    assert len(mailoutbox) == 1
    assert "niveau 1" in page("factures/a-recevoir/").text
    page(f"factures/{made.pk}/perte/", {"reason": "Liquidation"})
    assert "Personne ne doit rien" in page("factures/a-recevoir/").text


def test_a_supplier_s_invoice_from_the_file_to_the_decision(page, canteen):
    file = facturx_of(invoice=issue(canteen), by=BY)

    def send(content):
        upload = io.BytesIO(content)
        upload.name = "facture.pdf"
        return page("achats/", {"file": upload})

    bad = send(b"nothing")
    assert bad.status_code == 422
    assert "ni un PDF Factur-X" in bad.text
    sent = send(file)
    row = Purchase.objects.get()
    assert sent.url == f"{HOME}achats/{row.pk}/"
    shown = page(f"achats/{row.pk}/").text
    assert "Pommes" in shown
    assert "est adressée à Cantine du Bourg" in shown
    assert page(f"achats/{row.pk}/", {"account": "x"}).status_code == 422
    page(f"achats/{row.pk}/", {"account": "601000"})
    row.refresh_from_db()
    assert (row.state, row.account) == ("accepted", "601000")
    assert "601000" in page(f"achats/{row.pk}/").text
    assert b"".join(page(f"achats/{row.pk}/fichier/").streaming_content) == file
    assert "acceptée" in page("achats/").text


def test_a_paper_invoice_is_typed_and_refused(page, issuer):
    typed = {"supplier": "Menuiserie", "number": "M-1", "issued": "2026-03-01", "base": "100",
             "vat": "20"}  # fmt: skip
    assert page("achats/saisie/", {**typed, "siren": "123456789"}).status_code == 422
    page("achats/saisie/", typed)
    row = Purchase.objects.get()
    page(f"achats/{row.pk}/refuser/", {"reason": ""})
    page(f"achats/{row.pk}/refuser/", {"reason": "Jamais commandé"})
    row.refresh_from_db()
    assert row.state == "refused"
    assert "Jamais commandé" in page(f"achats/{row.pk}/").text


def test_compensation_from_the_page(page, canteen):
    from dataclasses import replace

    made = issue_invoice(
        book=canteen.book, party=canteen, asked=replace(USUAL, barter=True), key="b", by=BY
    )
    meal = enter_purchase(
        book=canteen.book, supplier="Cantine du Bourg", number="C-7", issued=dt.date(2026, 3, 1),
        parts=[VatPart(10000, 2000)], by=BY, barter=True,
    )  # fmt: skip
    accept_purchase(purchase=meal, by=BY, party=canteen)
    assert "C-7" in page(f"factures/{made.pk}/").text
    page(f"factures/{made.pk}/compenser/", {"purchase": meal.pk, "key": "s"})
    assert "54,60 €" in page(f"factures/{made.pk}/").text


def test_nobody_else_sees_or_does_anything(client, canteen, passer_by):
    made = issue(canteen)
    row = enter_purchase(
        book=canteen.book, supplier="M", number="1", issued=dt.date(2026, 3, 1),
        parts=[VatPart(1, 0)], by=BY,
    )  # fmt: skip
    one, two = [made.pk], [row.pk]
    pages = {
        "invoices": [], "invoices_due": [], "invoice": one, "invoice_file": [*one, "pdf"],
        "invoice_credit": one, "invoice_loss": one, "issuer": [], "invoice_new": [],
        "customer_new": [], "purchases": [], "purchase": two, "purchase_enter": [],
        "purchase_file": two, "invoice_mail": one, "invoice_set_off": one, "purchase_refuse": two,
        "draft_totals": [], "invoice_copy": one,
    }  # fmt: skip
    client.force_login(passer_by)
    for name, args in pages.items():
        address = reverse(f"treasury:{name}", args=["vergers", *args])
        assert {client.get(address).status_code, client.post(address).status_code} <= {403, 405}, (
            name
        )


def test_few_questions_whatever_there_is(page, canteen, django_assert_max_num_queries):
    for at in range(12):
        issue(canteen, key=f"k{at}")
    made = Invoice.objects.first()
    page("factures/")
    for path in ("factures/", "factures/a-recevoir/", f"factures/{made.pk}/", "achats/",
                 "factures/nouvelle/", f"factures/{made.pk}/avoir/"):  # fmt: skip
        with django_assert_max_num_queries(15):
            page(path)
