"""Payouts and collections in a browser: every page fits, and is accessible."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.browser.harness import assert_accessible, assert_zooms, shoot

from chambre.core.actors import Actor
from chambre.lib.bankfiles.writing import Page, camt, row
from chambre.registry import api as registry
from chambre.treasury.models import BankAccount, Collection, Mandate, OrderFile, Payout
from chambre.treasury.services import collecting, mandates, prenotices
from chambre.treasury.services.bank import import_file
from chambre.treasury.services.matching import reconcile
from chambre.treasury.services.parties import change_party
from chambre.treasury.tests.payouts.samples import OURS, filled


@pytest.fixture
def treasurer(transactional_db, system, settings, tmp_path):
    """A debtor was told by e-mail, another moved to another bank, a payout came back."""
    settings.CHAMBRE_HOME = tmp_path
    book, user = filled(system)
    by = Actor.of(user)
    _tell_and_amend(by)
    sent = Payout.objects.get(key="p0")
    today = registry.today()
    rows = (
        row(today, -sent.amount, party_name=sent.holder, end_to_end_id=sent.code),
        row(today, sent.amount, end_to_end_id=sent.code, return_code="AC04", texts="RETOUR"),
    )
    statement = Page(OURS.iban, 1, today, today, 100_000, rows, None)
    account = BankAccount.objects.get(book=book)
    import_file(account=account, content="".join(camt([statement])).encode(), name="relevé", by=by)
    reconcile(account, by)
    return user


def _tell_and_amend(by: Actor) -> None:
    mandate = Mandate.objects.get(key="m1")
    change_party(party=mandate.party, by=by, email="adherente@exemple.test")
    day = registry.today() + dt.timedelta(30)
    facts = {"mandate": mandate, "amount": 1_200, "day": day, "use": "membership", "by": by}
    for key in ("told", "to-tell"):
        collecting.plan_collection(key=key, reason=f"Panier {key}", **facts)
    told = Collection.objects.get(key="told")
    assert prenotices.send(prenotices.prepare_notice(collection=told, key="n", by=by))
    mandates.amend_mandate(
        mandate=mandate,
        iban="FR7630004001230000765432193",
        told_on=registry.today(),
        key="a",
        by=by,
    )


@pytest.mark.parametrize(("language", "theme"), [("fr", "light"), ("en", "dark")])
def test_pages_fit_and_are_accessible(visitor, treasurer, language, theme):
    page = visitor.open("/tresorerie/vergers/", user=treasurer, language=language, theme=theme)
    pages = {
        "home": "",
        "list": "virements/",
        "new": "virements/nouveau/",
        "half": f"virements/{Payout.objects.get(key='p2').code}/",
        "returned": f"virements/{Payout.objects.get(key='p0').code}/",
        "file": "virements/fichier/",
        "made": f"fichiers/{OrderFile.objects.get(kind='transfers').message}/",
        "drawn": "prelevements/",
        "plan": "prelevements/nouveau/",
        "planned": f"prelevements/{Collection.objects.get(key='c3').code}/",
        "drawn-file": "prelevements/fichier/",
        "mandates": "mandats/",
        "mandate": f"mandats/{Mandate.objects.get(key='m3').pk}/",
        "mandate-amended": f"mandats/{Mandate.objects.get(key='m1').pk}/",
        "mandate-new": "mandats/nouveau/",
        "told": f"prelevements/{Collection.objects.get(key='told').code}/",
        "to-tell": f"prelevements/{Collection.objects.get(key='to-tell').code}/",
    }
    for name, path in pages.items():
        page.goto(f"/tresorerie/vergers/{path}")
        for folded in page.locator("details.disclose").all():
            folded.evaluate("one => { one.open = true; }")
        shoot(page, f"payouts-{name}-{language}")
        assert_accessible(page)
    page.goto("/tresorerie/vergers/virements/")
    assert_zooms(page)
