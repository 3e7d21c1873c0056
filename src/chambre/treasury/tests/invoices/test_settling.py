"""What settles an invoice: once, exactly, and undone as it was."""

import datetime as dt
from dataclasses import replace

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.ledger.models import JournalEntry
from chambre.treasury.invoicedata import paper_of
from chambre.treasury.openitems import source_of
from chambre.treasury.queries.invoices import debtors_of, due_of, invoices_of, open_of, state_of
from chambre.treasury.queries.purchases import open_of as purchase_open_of
from chambre.treasury.services.invoice_settling import set_off, settle_invoice, write_off
from chambre.treasury.services.invoicing import credit_invoice, issue_invoice
from chambre.treasury.services.purchases import VatPart, accept_purchase, enter_purchase
from chambre.treasury.tests.invoices.conftest import BY, USUAL, booked

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 5)


def issue(party, asked=USUAL, key="one"):
    return issue_invoice(book=party.book, party=party, asked=asked, key=key, by=BY)


def settle(invoice, amount, key="row:1"):
    return source_of("invoice").settle(
        book=invoice.book, key=str(invoice.pk), amount=amount, day=DAY, row=1, idempotency=key,
        by=BY,
    )  # fmt: skip


def release(invoice, key="row:1"):
    source_of("invoice").release(
        book=invoice.book, key=str(invoice.pk), amount=0, row=1, idempotency=key, by=BY
    )


def shown(lines):
    return [(line.use, line.amount, line.party and line.party.name) for line in lines]


def test_an_open_invoice_waits_for_its_money(canteen):
    made = issue(canteen)
    (item,) = source_of("invoice").items(canteen.book)

    assert (item.direction, item.amount, item.key) == ("in", 17460, str(made.pk))
    assert item.reference == made.reference
    assert item.references == (made.number,)
    assert (item.party_name, item.due, item.partial, item.over) == (
        "Cantine du Bourg", dt.date(2026, 4, 1), True, True,
    )  # fmt: skip
    assert item.url == f"/tresorerie/vergers/factures/{made.pk}/"


def test_money_settles_it_in_parts_and_once(canteen):
    made = issue(canteen)

    assert shown(settle(made, 10000)) == [("customer", -10000, "Cantine du Bourg")]
    assert shown(settle(made, 10000)) == [("customer", -10000, "Cantine du Bourg")]
    assert open_of(made) == 7460
    settle(made, 7460, key="row:2")
    assert list(source_of("invoice").items(canteen.book)) == []
    with pytest.raises(Conflict):
        settle(made, 1, key="row:3")


def test_what_is_paid_above_is_an_advance(canteen):
    made = issue(canteen)

    assert shown(settle(made, 20000)) == [
        ("customer", -17460, "Cantine du Bourg"), ("advance", -2540, "Cantine du Bourg"),
    ]  # fmt: skip
    assert shown(settle(made, 20000)) == shown(settle(made, 20000)), "the same again"
    assert open_of(made) == 0


def test_what_was_settled_is_undone_once(canteen):
    made = issue(canteen)
    settle(made, 17460)
    release(made)
    release(made)

    assert open_of(made) == 17460
    settle(made, 17460, key="row:2")
    assert open_of(made) == 0
    with pytest.raises(Conflict):
        release(made, key="row:9")


def test_a_credit_note_of_what_was_paid_waits_to_be_given_back(canteen):
    made = issue(canteen)
    settle(made, 17460)
    back = credit_invoice(invoice=made, key="c", by=BY)
    (item,) = source_of("invoice").items(canteen.book)

    assert (item.direction, item.amount, item.key, item.over) == ("out", 17460, str(back.pk), False)
    with pytest.raises(Conflict):
        settle(back, 17461, key="row:2")
    assert shown(settle(back, 17460, key="row:2")) == [("customer", 17460, "Cantine du Bourg")]
    assert open_of(back) == 0


def test_what_is_due_is_seen_by_age(canteen, march):
    first = issue(canteen, replace(USUAL, due=dt.date(2026, 3, 10)))
    issue(canteen, key="two")
    march.move_to("2026-04-15T11:00:00Z")

    (debtor,) = debtors_of(due_of(canteen.book))
    assert debtor.ages == [0, 17460, 17460, 0]
    assert debtor.total == 34920
    states = {row.number: state_of(row) for row in invoices_of(canteen.book)}
    assert set(states.values()) == {"late"}
    settle(first, 17460)
    assert state_of(invoices_of(canteen.book).get(pk=first.pk)) == "paid"


def test_compensation_settles_both_and_leaves_the_balance_in_money(canteen):
    asked = replace(USUAL, barter=True, barter_amount=12000)
    made = issue(canteen, asked)
    texts = [note.text for note in paper_of(made.content).notes]
    assert "Paiement par compensation." in texts
    assert any(text.startswith("Soulte à payer en argent : 54,60") for text in texts)
    assert ("411800", 17460) in booked(made.entry)
    meal = enter_purchase(
        book=canteen.book, supplier="Cantine du Bourg", number="C-7", issued=DAY, barter=True,
        parts=[VatPart(10000, 2000)], by=BY,
    )  # fmt: skip
    accept_purchase(purchase=meal, by=BY, account="625700", party=canteen)

    assert set_off(invoice=made, purchase=meal, day=DAY, key="s", by=BY) == 12000
    assert set_off(invoice=made, purchase=meal, day=DAY, key="s", by=BY) == 12000
    assert (open_of(made), purchase_open_of(meal)) == (5460, 0)
    entry = JournalEntry.objects.get(source="treasury.set-off")
    assert booked(entry) == [("401800", 12000), ("411800", -12000)]
    assert shown(settle(made, 5460)) == [("barter.customer", -5460, "Cantine du Bourg")]
    with pytest.raises(Conflict):
        set_off(invoice=made, purchase=meal, day=DAY, key="t", by=BY)


def test_not_more_is_set_off_than_is_open_on_both(canteen):
    made = issue(canteen, replace(USUAL, barter=True))
    meal = enter_purchase(
        book=canteen.book, supplier="Cantine", number="C-7", issued=DAY, barter=True,
        parts=[VatPart(10000, 2000)], by=BY,
    )  # fmt: skip

    with pytest.raises(Conflict):
        set_off(invoice=made, purchase=meal, day=DAY, key="s", by=BY)  # not accepted yet
    accept_purchase(purchase=meal, by=BY, party=canteen)
    with pytest.raises(Conflict):
        set_off(invoice=made, purchase=meal, day=DAY, key="s", by=BY, amount=12001)
    assert open_of(made) == 17460


def test_a_debt_that_is_given_up_is_booked_as_a_loss(canteen, passer_by):
    made = issue(canteen)
    settle(made, 10000)
    with pytest.raises(Invalid):
        write_off(invoice=made, day=DAY, reason=" ", key="w", by=BY)
    with pytest.raises(Forbidden):
        write_off(invoice=made, day=DAY, reason="x", key="w", by=Actor.of(passer_by))

    assert write_off(invoice=made, day=DAY, reason="Liquidation", key="w", by=BY) == 7460
    assert write_off(invoice=made, day=DAY, reason="Liquidation", key="w", by=BY) == 7460
    assert open_of(made) == 0
    assert booked(JournalEntry.objects.get(source="treasury.write-off")) == [
        ("411000", -7460), ("654000", 7460),
    ]  # fmt: skip


def test_an_invoice_of_another_book_is_not_touched(canteen, system):
    from chambre.ledger import api as ledger
    from chambre.registry import api as registry

    made = issue(canteen)
    other = ledger.open_book(
        structure=registry.create_structure(slug="autre", name="Autre", by=system), by=system
    )
    for key in (str(made.pk), "nonsense", "999999"):
        with pytest.raises(Conflict):
            settle_invoice(book=other, key=key, amount=1, day=DAY, idempotency="x", by=BY)
    assert open_of(made) == 17460
