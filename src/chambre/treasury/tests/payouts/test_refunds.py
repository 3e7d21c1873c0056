"""A refund by transfer is a payout: four eyes, a file, a row of the statement; the payment follows."""

import datetime as dt

import pytest

from chambre.core.errors import Invalid
from chambre.core.models import OutboxEvent
from chambre.lib.bankfiles import Mapping
from chambre.lib.paymentstates import stand
from chambre.treasury.models import PartyIban, Payout, Refund
from chambre.treasury.openitems import open_items
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.orders import payouts_of
from chambre.treasury.services import payouts as service
from chambre.treasury.services.bank import import_file
from chambre.treasury.services.orders import OrderNotNow
from chambre.treasury.services.paymentfacts import facts
from chambre.treasury.services.payments import AskedLine, Refused, request_payment
from chambre.treasury.services.payout_checks import NoAccount
from chambre.treasury.services.payoutfiles import export_payouts
from chambre.treasury.services.receiving import receive
from chambre.treasury.services.refund_paying import cancel_refund, note_refund_payout
from chambre.treasury.services.refunds import refund
from chambre.treasury.tests.payouts.conftest import DAY, OURS, THEIRS, match, unmatch

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(orchard, bruno):
    """A basket of 30.00 with 5.5 % VAT less a deposit of 2.00, paid by cheque."""
    payment = request_payment(
        book=orchard, amount=2_800, reason="Panier de mars", by=bruno, key="p", origin="shop",
        origin_key="17", payer_name="Zoé Martin",
        lines=[AskedLine(3_000, use="sale.goods", vat=550), AskedLine(-200, use="deposit")],
    )  # fmt: skip
    receive(payment=payment, amount=2_800, means="cheque", day=DAY, key="c", by=bruno)
    return payment


def give_back(payment, by, amount=2_800, key="r", **facts):
    given = {"iban": THEIRS, "amount": amount, **facts}
    if amount == 2_800:  # all of it, line by line: the deposit that was taken off as well
        given |= {"amount": None, "lines": {line.pk: line.amount for line in payment.lines.all()}}
    return refund(payment=payment, key=key, means="transfer", by=by, **given)


def heard(by):
    """The outbox is emptied: what happened to payouts reaches the refunds."""
    for event in OutboxEvent.objects.filter(name="treasury.payout.changed").order_by("id"):
        note_refund_payout(code=event.payload["payout"], by=by)


def stands(payment):
    payment.refresh_from_db()
    assert payment.state == stand(payment.amount, facts(payment)).state
    return payment.state, payment.refunding, payment.refunded


def test_it_goes_through_four_eyes_to_the_statement_and_the_room_hears(
    orchard, paid, bruno, chloe, agree, account, system
):
    row = give_back(paid, bruno)
    payout = row.payout
    assert (payout.holder, payout.amount, payout.iban) == ("Zoé Martin", 2_800, THEIRS)
    assert give_back(paid, bruno) == row
    assert Payout.objects.count() == 1
    assert stands(paid) == ("paid", 2_800, 0)
    assert open_items(orchard, ["payout"]) == []  # nobody agreed yet
    with pytest.raises(Refused):
        give_back(paid, bruno, amount=1, key="more")

    agree(payout)
    export_payouts(book=orchard, account=OURS, key="f", by=bruno)
    heard(system)
    assert (Refund.objects.get().stage, stands(paid)[0]) == ("sent", "paid")

    match(orchard, "payout", payout.code, 2_800, 7, bruno)
    heard(system)
    heard(system)
    assert stands(paid) == ("refunded", 0, 2_800)
    assert (balance_of(orchard, "707000"), balance_of(orchard, "445710")) == (0, 0)
    assert (balance_of(orchard, "419600"), balance_of(orchard, "471000")) == (0, -2_800)
    said = OutboxEvent.objects.filter(name="treasury.payment.changed").order_by("-id").first()
    assert (said.payload["state"], said.payload["origin_key"]) == ("refunded", "17")


def test_a_match_that_was_wrong_and_money_that_came_back_are_followed(
    orchard, paid, bruno, agree, account, system
):
    payout = give_back(paid, bruno, amount=1_000).payout
    agree(payout)
    export_payouts(book=orchard, account=OURS, key="f", by=bruno)
    match(orchard, "payout", payout.code, 1_000, 7, bruno)
    heard(system)
    assert stands(paid) == ("partly_refunded", 0, 1_000)

    unmatch(orchard, "payout", payout.code, 1_000, 7, bruno)
    heard(system)
    assert stands(paid) == ("paid", 1_000, 0)
    match(orchard, "payout", payout.code, 1_000, 8, bruno)
    heard(system)
    assert stands(paid) == ("partly_refunded", 0, 1_000)

    service.expect_return(payout=payout, key="x", by=bruno, code="AC04")
    match(orchard, "payout-return", payout.code, 1_000, 9, bruno)
    heard(system)
    assert stands(paid) == ("paid", 0, 0)
    unmatch(orchard, "payout-return", payout.code, 1_000, 9, bruno)
    heard(system)
    assert stands(paid) == ("partly_refunded", 0, 1_000)


def test_given_up_or_refused_it_can_be_given_back_another_way(orchard, paid, bruno, chloe, system):
    row = give_back(paid, bruno)
    cancel_refund(refund=row, by=bruno)
    heard(system)
    assert payouts_of(orchard).get().state == "withdrawn"
    assert stands(paid) == ("paid", 0, 0)

    other = give_back(paid, bruno, key="again")
    service.refuse_payout(payout=other.payout, key="no", by=chloe, reason="Pas ce compte")
    heard(system)
    other.refresh_from_db()
    assert (other.stage, "Pas ce compte" in other.problem) == ("failed", True)
    third = give_back(paid, bruno, key="third")
    service.approve_payout(payout=third.payout, key="a", by=bruno)
    service.approve_payout(payout=third.payout, key="b", by=chloe)
    match(orchard, "payout", third.payout.code, 2_800, 7, bruno)  # typed in at the bank
    with pytest.raises(OrderNotNow):
        cancel_refund(refund=third, by=bruno)
    heard(system)
    assert stands(paid) == ("refunded", 0, 2_800)


def test_another_payout_in_its_place_makes_the_same_refund(orchard, paid, bruno, agree, system):
    row = give_back(paid, bruno)
    new = {"book": orchard, "party": row.payout.party, "reason": "Panier", "by": bruno}
    with pytest.raises(Invalid):
        service.ask_payout(**new, amount=2_700, key="o", replaces=row.payout)
    other = service.ask_payout(**new, amount=2_800, key="n", replaces=row.payout)
    heard(system)
    assert Refund.objects.get(payout=other).stage == "asked"
    agree(other)
    match(orchard, "payout", other.code, 2_800, 7, bruno)
    heard(system)

    assert stands(paid) == ("refunded", 0, 2_800)
    assert balance_of(orchard, "707000") == 0


def test_it_goes_to_the_account_that_the_money_came_from(orchard, bruno, account, system, agree):
    payment = request_payment(
        book=orchard, amount=1_000, reason="Adhésion", by=bruno, key="m", payer_name="Zoé",
        asked_on=DAY,
    )  # fmt: skip
    other = request_payment(
        book=orchard, amount=500, reason="Stage", by=bruno, key="s", payer_name="Ana"
    )
    receive(payment=other, amount=500, means="cheque", day=DAY, key="z", by=bruno)
    with pytest.raises(NoAccount):
        give_back(other, bruno, amount=500, iban="")
    assert not Refund.objects.exists()
    content = (
        f"Date;Montant;Nom;IBAN;Libellé\n2026-03-04;10,00;Zoé Martin;{THEIRS};{payment.reference}\n"
    )
    columns = Mapping(
        day="Date", day_order="ymd", amount="Montant", party_name="Nom", party_iban="IBAN",
        texts=("Libellé",),
    )  # fmt: skip
    import_file(
        account=account, content=content.encode(), name="mars.csv", by=bruno, mapping=columns
    )
    assert stands(payment)[0] == "paid"

    row = give_back(payment, bruno, amount=1_000, iban="")

    assert (row.payout.iban, row.payout.holder) == (THEIRS, "Zoé Martin")
    assert PartyIban.objects.get(iban=THEIRS).confirmed
    assert dt.date(2026, 3, 4) == payment.events.get(kind="paid").day
