"""From an accepted invoice to the bank: four eyes, once, and undone as it was."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden
from chambre.registry import api as registry
from chambre.treasury.models import Payout
from chambre.treasury.openitems import source_of
from chambre.treasury.queries.purchases import open_of
from chambre.treasury.services.payout_checks import NoAccount
from chambre.treasury.services.payouts import approve_payout, refuse_payout
from chambre.treasury.services.purchase_paying import note_payout, pay_purchase
from chambre.treasury.services.purchases import VatPart, accept_purchase, enter_purchase
from chambre.treasury.tests.invoices.conftest import BY

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
IBAN = "FR7630006000011234567890189"


@pytest.fixture
def people(orchard, treasurer, make_user, system):
    """Two who answer for the orchard's money."""
    user = make_user("chloe@exemple.test")
    person = registry.create_person(email=user.email, name="Chloé", by=system)
    registry.grant_role(agent=person, kind="treasurer", scope=orchard.structure, by=system)
    return Actor.of(treasurer), Actor.of(user)


@pytest.fixture
def bill(orchard, issuer):
    row = enter_purchase(
        book=orchard, supplier="Menuiserie", number="M-1", issued=DAY, iban=IBAN,
        parts=[VatPart(10000, 2000)], by=BY,
    )  # fmt: skip
    return accept_purchase(purchase=row, by=BY, account="606300")


def settle(payout, key="row"):
    return source_of("payout").settle(
        book=payout.book, key=payout.code, amount=payout.amount, day=DAY, row=1,
        idempotency=key, by=BY,
    )  # fmt: skip


def test_an_account_that_was_only_seen_is_not_paid_to(bill):
    with pytest.raises(NoAccount):
        pay_purchase(purchase=bill, key="a", by=BY)
    assert not Payout.objects.exists()


def test_it_is_asked_once_agreed_by_two_and_settled_by_the_bank(bill, people):
    bruno, chloe = people
    payout = pay_purchase(purchase=bill, key="a", by=bruno, checked=True)

    assert (payout.amount, payout.iban, payout.reason) == (12000, IBAN, "M-1")
    assert pay_purchase(purchase=bill, key="a", by=bruno) == payout
    with pytest.raises(Conflict):
        pay_purchase(purchase=bill, key="b", by=bruno)
    assert list(source_of("purchase").items(bill.book)) == [], "the transfer is matched instead"
    approve_payout(payout=payout, key="1", by=bruno)
    approve_payout(payout=payout, key="2", by=chloe)
    lines = settle(payout)
    assert [(line.use, line.amount, line.party) for line in lines] == [
        ("supplier", 12000, bill.party)
    ]
    for _again in range(2):
        note_payout(code=payout.code, by=BY)
    assert open_of(bill) == 0

    source_of("payout").release(
        book=bill.book, key=payout.code, amount=12000, row=1, idempotency="row", by=BY
    )
    note_payout(code=payout.code, by=BY)
    assert open_of(bill) == 12000
    settle(payout, key="row2")
    note_payout(code=payout.code, by=BY)
    assert open_of(bill) == 0


def test_a_transfer_that_is_refused_frees_the_invoice(bill, people):
    bruno, chloe = people
    payout = pay_purchase(purchase=bill, key="a", by=bruno, checked=True)
    refuse_payout(payout=payout, key="r", by=chloe, reason="Pas encore livré")
    note_payout(code=payout.code, by=BY)

    assert open_of(bill) == 12000
    assert [item.amount for item in source_of("purchase").items(bill.book)] == [12000]
    assert pay_purchase(purchase=bill, key="b", by=bruno).amount == 12000


def test_only_who_answers_for_the_money_asks(bill, passer_by, orchard):
    with pytest.raises(Forbidden):
        pay_purchase(purchase=bill, key="a", by=Actor.of(passer_by), checked=True)
    waiting = enter_purchase(
        book=orchard, supplier="M", number="2", issued=DAY, parts=[VatPart(1, 0)], by=BY
    )
    with pytest.raises(Conflict):
        pay_purchase(purchase=waiting, key="a", by=BY, checked=True)
    assert not Payout.objects.exists()


def test_the_page_asks_for_the_transfer(bill, client, people):
    bruno, _chloe = people
    client.force_login(bruno.user)
    path = f"/tresorerie/vergers/achats/{bill.pk}/"
    assert "Demander le virement" in client.get(path).content.decode()
    client.post(f"{path}payer/", {"key": "k", "iban": IBAN, "checked": "1"})
    payout = Payout.objects.get()
    shown = client.get(path).content.decode()
    assert payout.code in shown
    assert "Demander le virement" not in shown
