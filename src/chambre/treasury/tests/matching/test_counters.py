"""With the counters themselves: a payment by transfer is paid by its row, and open again without it."""

import pytest

from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.matching import match_of
from chambre.treasury.services.matching import undo_match
from chambre.treasury.services.payments import request_payment
from chambre.treasury.tests.bank.conftest import DAY, gift, page

from .conftest import only_row, suspense

pytestmark = pytest.mark.django_db


def test_a_payment_that_was_asked_for_is_paid_by_its_row(account, bring, by):
    payment = request_payment(book=account.book, amount=2500, reason="Adhésion", key="p", by=by)

    bring(page(gift(1000, day=payment.created_at.date(), texts=f"{payment.reference[:8]} "
               f"{payment.reference[8:]}", party_name="Inconnue"), first=DAY,
               last=payment.created_at.date()))  # fmt: skip
    payment.refresh_from_db()
    first = only_row()
    assert (match_of(first).how, payment.received) == ("alone", 1000)
    assert suspense(account.book) == 0
    undo_match(match=match_of(first), key="u", by=by)
    payment.refresh_from_db()

    assert payment.received == 0
    assert suspense(account.book) == -1000
    assert balance_of(account.book, "419100") == 0
