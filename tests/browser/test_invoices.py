"""Invoices in a browser: totals while one types, the pages on both screens."""

from __future__ import annotations

import pytest
from tests.browser.harness import assert_accessible, shoot

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.registry import api as registry
from chambre.treasury.models import InvoiceDraft
from chambre.treasury.services.invoice_issuers import save_draft, set_issuer
from chambre.treasury.services.invoice_papers import facturx_of
from chambre.treasury.services.invoicing import issue_invoice
from chambre.treasury.services.parties import note_party
from chambre.treasury.services.purchases import receive_purchase
from chambre.treasury.tests.invoices.conftest import CANTEEN, ISSUER, USUAL

HOME = "/tresorerie/vergers/"


@pytest.fixture
def treasurer(transactional_db, system, make_user, settings, tmp_path):
    settings.CHAMBRE_HOME = tmp_path
    structure = registry.create_structure(
        slug="vergers", name="Les Vergers de la Lysse", by=system, legal_form="association"
    )
    book = ledger.open_book(structure=structure, chart="associatif", by=system)
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=system)
    registry.grant_role(agent=person, kind="treasurer", scope=structure, by=system)
    by = Actor.of(user)
    set_issuer(book=book, by=by, **ISSUER)
    canteen = note_party(book=book, name="Cantine du Bourg", by=by, **CANTEEN)
    made = issue_invoice(book=book, party=canteen, asked=USUAL, key="one", by=by)
    save_draft(book=book, party=canteen, asked=USUAL, by=by)
    purchase = receive_purchase(
        book=book, content=facturx_of(invoice=made, by=by), name="facture.pdf", by=by
    )
    user.pages = {
        "home": "", "list": "factures/", "due": "factures/a-recevoir/",
        "show": f"factures/{made.pk}/", "credit": f"factures/{made.pk}/avoir/",
        "draft": f"factures/brouillons/{InvoiceDraft.objects.get().pk}/",
        "issuer": "factures/emetteur/", "customer": "factures/clients/nouveau/",
        "purchases": "achats/", "purchase": f"achats/{purchase.pk}/", "enter": "achats/saisie/",
    }  # fmt: skip
    return user


def test_pages_fit_and_are_accessible(visitor, treasurer):
    page = visitor.open("/", user=treasurer)

    for name, path in treasurer.pages.items():
        page.goto(HOME + path)
        shoot(page, f"invoices-{name}")
        assert_accessible(page)


def test_totals_follow_what_one_types(visitor, treasurer):
    page = visitor.open(HOME + "factures/nouvelle/", user=treasurer)
    page.fill("[name=l0-name]", "Pressage")
    page.fill("[name=l0-price]", "12,50")
    page.wait_for_selector("#totals .total")

    assert "15,00" in page.inner_text("#totals .total")
    assert not InvoiceDraft.objects.filter(party=None).exists(), "nothing is kept by typing"
