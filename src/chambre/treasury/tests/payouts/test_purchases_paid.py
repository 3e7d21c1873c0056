"""A supplier's invoice is paid by a payout, once; when the payout comes to nothing it is open again."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden
from chambre.treasury.models import Payout, PayoutLine
from chambre.treasury.openitems import source_of
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.purchases import open_of
from chambre.treasury.services.payouts import refuse_payout, withdraw_payout
from chambre.treasury.services.purchasepaying import pay_purchase
from chambre.treasury.services.purchases import VatPart, accept_purchase, enter_purchase
from chambre.treasury.tests.payouts.conftest import THEIRS, match

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase(orchard, payee, bruno):
    entered = enter_purchase(
        book=orchard, supplier=payee.name, number="F-17", issued=dt.date(2026, 3, 1),
        parts=[VatPart(10_000, 2_000)], iban=THEIRS, by=bruno,
    )  # fmt: skip
    return accept_purchase(purchase=entered, by=bruno, account="606300", party=payee)


def test_it_is_settled_by_the_payout_and_leaves_the_books_with_the_bank_row(
    orchard, purchase, bruno, agree
):
    payout = pay_purchase(purchase=purchase, key="pay", by=bruno)

    assert pay_purchase(purchase=purchase, key="pay", by=bruno) == payout
    assert (payout.amount, payout.reason, payout.iban) == (12_000, "Facture F-17", THEIRS)
    assert open_of(purchase) == 0
    assert list(source_of("purchase").items(orchard)) == []
    assert balance_of(orchard, "401000") == -12_000
    with pytest.raises(Conflict):
        pay_purchase(purchase=purchase, key="again", by=bruno)

    match(orchard, "payout", agree(payout).code, 12_000, 7, bruno)
    assert balance_of(orchard, "401000") == 0
    assert PayoutLine.objects.get().use == "supplier"


@pytest.mark.parametrize("end", [refuse_payout, withdraw_payout])
def test_a_payout_that_comes_to_nothing_opens_it_again(purchase, bruno, end):
    payout = pay_purchase(purchase=purchase, key="pay", by=bruno)

    end(payout=payout, key="end", by=bruno, reason="Doublon")

    assert open_of(purchase) == 12_000
    assert pay_purchase(purchase=purchase, key="other", by=bruno).pk != payout.pk


def test_others_pay_nothing(purchase, passer_by):
    with pytest.raises(Forbidden):
        pay_purchase(purchase=purchase, key="pay", by=Actor.of(passer_by))
    assert not Payout.objects.exists()


def test_the_page_of_the_invoice_asks_for_the_payout_once(client, purchase, treasurer):
    client.force_login(treasurer)
    page = f"/tresorerie/vergers/achats/{purchase.pk}/"

    assert f"{page}payer/" in client.get(page).content.decode()
    for _twice in range(2):
        client.post(f"{page}payer/", {"once": "0"})

    assert Payout.objects.count() == 1
    assert f"{page}payer/" not in client.get(page).content.decode()
