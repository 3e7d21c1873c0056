"""Many at once: numbers without a hole, one invoice per key, never more taken back than there was."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from chambre.core.db.busy import patiently
from chambre.core.errors import ChambreError
from chambre.core.models import AuditEntry
from chambre.ledger.models import JournalEntry
from chambre.registry.services.agents import create_structure
from chambre.treasury.models import Invoice, InvoiceSettlement, Party
from chambre.treasury.services.invoice_settling import settle_invoice
from chambre.treasury.services.invoicing import credit_invoice, issue_invoice
from chambre.treasury.services.parties import note_party
from chambre.treasury.tests.invoices.conftest import BY, USUAL

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run functions at the same instant; what each gave, or the error that refused it."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at, act):
        try:
            barrier.wait(20)
            results[at] = act()
        except ChambreError as error:
            results[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    return results


def issue(party, key, fail=False):
    from django.db import transaction

    try:
        with transaction.atomic():
            made = issue_invoice(book=party.book, party=party, asked=USUAL, key=key, by=BY)
            if fail:
                raise ZeroDivisionError
            return made
    except ZeroDivisionError:
        return None


def test_numbers_have_no_hole_though_some_fail(canteen):
    results = at_once(
        *[lambda at=at: patiently(lambda: issue(canteen, f"k{at}", fail=at % 3 == 0))
          for at in range(8)]
    )  # fmt: skip

    assert not [each for each in results if isinstance(each, ChambreError)]
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == [f"VERGERS-2026-{at:04d}" for at in range(1, len(numbers) + 1)]
    assert len(numbers) == len([each for each in results if each]) == 5
    assert JournalEntry.objects.count() == 5


def test_the_same_key_at_once_is_one_invoice(canteen):
    results = at_once(*[lambda: patiently(lambda: issue(canteen, "same"))] * 4)

    assert len({each.pk for each in results}) == 1
    assert Invoice.objects.count() == 1


def test_credit_notes_at_once_take_back_no_more_than_there_was(canteen):
    made = issue(canteen, "one")
    acts = [
        lambda at=at: patiently(
            lambda: credit_invoice(invoice=made, key=f"c{at}", by=BY, lines={2: Decimal(2)})
        )
        for at in range(3)
    ]
    results = at_once(*acts)

    assert len([each for each in results if isinstance(each, Invoice)]) == 1
    credit = Invoice.objects.get(kind="381")
    assert (credit.number, credit.payable) == ("VERGERS-A-2026-0001", 9600)


def test_two_rows_at_once_settle_an_invoice_once(canteen):
    made = issue(canteen, "one")
    acts = [
        lambda at=at: patiently(
            lambda: settle_invoice(
                book=canteen.book, key=str(made.pk), amount=17460, day=made.issued,
                idempotency=f"row:{at}", by=BY,
            )
        )
        for at in range(3)
    ]  # fmt: skip
    results = at_once(*acts)

    assert len([each for each in results if isinstance(each, list)]) == 1
    assert InvoiceSettlement.objects.count() == 1


def test_somebody_of_the_register_noted_at_once_is_one_third_party(canteen):
    farm = create_structure(slug="ferme", name="Ferme des Aulnes", by=BY)
    codes = ["", "", "F1", "F2"]
    results = at_once(
        *[lambda code=code: patiently(
            lambda: note_party(book=canteen.book, name="Ferme", agent=farm, code=code, by=BY))
          for code in codes]
    )  # fmt: skip

    [noted] = Party.objects.filter(agent=farm)
    assert {each.pk for each in results} == {noted.pk}
    assert AuditEntry.objects.filter(action="treasury.party.noted").count() == 2  # the canteen too
