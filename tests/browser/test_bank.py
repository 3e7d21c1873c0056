"""Bank accounts in a browser: every page fits and is accessible; a table is mapped by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.browser.harness import assert_accessible, assert_zooms, shoot

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.lib.bankfiles.writing import Page, row, table
from chambre.registry import api as registry
from chambre.treasury.models import BankFile, BankRow
from chambre.treasury.samples import bring_all, statements
from chambre.treasury.services.bank import create_account

IBAN = "FR7630006000011234567890189"
FIRST = dt.date(2026, 1, 1)


@pytest.fixture
def treasurer(transactional_db, system, make_user, settings, tmp_path):
    settings.CHAMBRE_HOME = tmp_path
    structure = registry.create_structure(
        slug="vergers", name="Les Vergers de la Lysse", by=system, legal_form="association"
    )
    book = ledger.open_book(structure=structure, chart="associatif", by=system)
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=system)
    with clock.pretend(dt.date(2020, 1, 1)):  # also on the days that the statements are brought in
        registry.grant_role(agent=person, kind="treasurer", scope=structure, by=system)
    by = Actor.of(user)
    account = create_account(book=book, slug="courant", name="Compte courant", iban=IBAN, by=by)
    files = statements(seed=3, iban=IBAN, opening=250_000, first=FIRST)
    bring_all(account=account, given=[each for each in files if "-02" not in each.name], by=by)
    create_account(
        book=book, slug="livret", name="Livret", iban="FR7630004001230000765432193", by=by
    )
    return user


def test_pages_fit_and_are_accessible(visitor, treasurer):
    page = visitor.open("/tresorerie/vergers/banque/", user=treasurer)
    part = BankRow.objects.filter(parts=3).first()
    announced = BankRow.objects.filter(replaced__isnull=False, status="pending").first()
    pages = {
        "list": "",
        "new": "ajouter/",
        "rows": "courant/",
        "none": "courant/?text=rien",
        "empty": "livret/",
        "change": "courant/modifier/",
        "bring": "courant/apporter/",
        "file": f"courant/fichiers/{BankFile.objects.first().pk}/",
        "row": f"courant/lignes/{part.pk}/",
        "replaced": f"courant/lignes/{announced.pk}/",
    }
    for name, path in pages.items():
        page.goto(f"/tresorerie/vergers/banque/{path}")
        shoot(page, f"bank-{name}")
        assert_accessible(page)
    page.goto("/tresorerie/vergers/banque/courant/")
    assert_zooms(page)


def test_a_table_is_mapped_by_hand(visitor, treasurer, tmp_path):
    rows = [row(FIRST, 1250, texts="Don"), row(FIRST, -800, texts="Pain")]
    path = tmp_path / "livret.csv"
    statement = Page("FR7630004001230000765432193", 1, FIRST, FIRST, 0, rows)
    path.write_text(table(statement, balance=True), encoding="utf-8")
    page = visitor.open("/tresorerie/vergers/banque/livret/apporter/", user=treasurer)
    page.set_input_files("input[type=file]", path)
    page.click("main form button.button")
    shoot(page, "bank-columns")
    assert_accessible(page)
    page.click("main form button.button")

    assert "2 lignes sont nouvelles" in page.inner_text("body")
    assert BankRow.objects.filter(account__slug="livret", kind="row").count() == 2
