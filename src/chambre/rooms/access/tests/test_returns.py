"""What is given back for a use: the deposit in the books of who holds it, the hours of work."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import Sum
from django.urls import reverse

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden, Invalid
from chambre.core.hooks import deliver_pending
from chambre.ledger import api as ledger
from chambre.ledger.models import Event, JournalEntry, Line
from chambre.rooms.access.models import Booking, Handover
from chambre.rooms.access.queries.errors import DepositDue, NotNow
from chambre.rooms.access.queries.moments import pretend
from chambre.rooms.access.queries.returns import deposit_of, hours_of, waiting_returns
from chambre.rooms.access.services import changing, custody, deposits, hours, letters
from chambre.rooms.access.services.custody import Seen
from chambre.rooms.access.tests.conftest import SYSTEM, Workshop
from chambre.treasury import api as treasury
from chambre.treasury.models import Payment

pytestmark = pytest.mark.django_db
AMOUNT = 30_000


class Desk:
    """The workshop's books and drawer; the lathe is lent against 300 €."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.book = ledger.open_book(structure=shop.workshop, chart="associatif", by=SYSTEM)
        drawer = treasury.add_drawer(book=self.book, name="Caisse", by=SYSTEM)
        treasury.count_drawer(
            drawer=drawer, kind="opening", pieces={}, day=dt.date.today(), key="open", by=SYSTEM
        )
        self.offer = shop.offers(gives="deposit", gives_amount=AMOUNT)

    def asks(self, row: Booking) -> Payment:
        return deposits.ask(booking=row, by=self.shop.by(row.person))

    def pays(self, row: Booking, amount: int = AMOUNT, means: str = "cash") -> Payment:
        payment = self.asks(row)
        treasury.receive(
            payment=payment, amount=amount, means=means, day=dt.date.today(),
            key=f"{row.pk}:{amount}", by=SYSTEM,
        )  # fmt: skip
        deliver_pending(force=True)
        return payment

    def out(self, row: Booking) -> None:
        with pretend(row.starts_at):
            custody.hand_out(
                booking=row, seen=Seen(), key=f"out:{row.pk}", by=self.shop.by(row.person)
            )

    def back(self, row: Booking, seen: Seen | None = None, by: Any = None, late: int = 0) -> None:
        with pretend(row.ends_at + dt.timedelta(minutes=late)):
            custody.bring_back(
                booking=row, seen=seen or Seen(), key=f"back:{row.pk}",
                by=self.shop.by(by or self.shop.bea),
            )  # fmt: skip

    def on(self, account: str) -> int:
        """What stands on an account of the workshop, in cents; credits are negative."""
        rows = Line.objects.filter(book=self.book, account__code=account, unit="EUR")
        return int(rows.aggregate(sum=Sum("amount"))["sum"] or 0)


@pytest.fixture
def desk(shop: Workshop) -> Desk:
    """The workshop holds deposits."""
    return Desk(shop)


def standing(row: Booking) -> Any:
    found = deposit_of(Booking.objects.select_related("offer", "terms").get(pk=row.pk))
    assert found is not None
    return found


def test_nothing_is_handed_out_before_its_deposit_is_paid(desk, shop):
    row = shop.books(shop.carl, 9, 12)
    with pytest.raises(DepositDue) as refused:
        desk.out(row)
    assert reverse("access:booking", args=[row.pk]) in str(refused.value.message)
    assert "300,00" in str(refused.value.message)
    assert not Handover.objects.exists()

    desk.pays(row, 10_000)
    with pytest.raises(DepositDue):
        desk.out(row)
    payment = desk.pays(row, 20_000)

    assert Payment.objects.get() == payment
    assert standing(row)[:1] + standing(row)[3:] == (AMOUNT, AMOUNT, 0, 0, "")
    assert (desk.on("165100"), desk.on("530000")) == (-AMOUNT, AMOUNT)
    desk.out(row)
    assert standing(row).state == "held"


def test_brought_back_in_order_it_goes_back_and_nothing_is_income(desk, shop):
    row = shop.books(shop.carl, 9, 12)
    desk.pays(row)
    desk.out(row)

    desk.back(row, Seen("worn"))

    assert standing(row).state == "settled"
    assert standing(row).back == AMOUNT
    assert (desk.on("165100"), desk.on("530000"), desk.on("758800")) == (0, 0, 0)
    assert waiting_returns(desk.offer) == []


@pytest.mark.parametrize(
    ("seen", "late", "by"),
    [(Seen("damaged"), 0, "bea"), (Seen(), 31, "bea"), (Seen(), 0, "carl")],
    ids=["damaged", "late", "by oneself"],
)
def test_otherwise_somebody_decides(desk, shop, seen, late, by):
    row = shop.books(shop.carl, 9, 12)
    desk.pays(row)
    desk.out(row)

    desk.back(row, seen, getattr(shop, by), late)

    assert standing(row).state == "decide"
    assert desk.on("165100") == -AMOUNT
    assert waiting_returns(desk.offer) == [(row, AMOUNT, 0)]


def test_a_part_is_kept_with_a_reason_and_the_rest_goes_back(desk, shop):
    row = shop.books(shop.carl, 9, 12)
    desk.pays(row)
    with pytest.raises(NotNow):  # it is not even out
        deposits.settle(booking=row, kept=0, by=shop.by(shop.bea))
    desk.out(row)
    desk.back(row, Seen("damaged", "Mandrin tordu"))
    for person in (shop.carl, shop.dora):
        with pytest.raises(Forbidden):
            deposits.settle(booking=row, kept=0, by=shop.by(person))
    for kept, reason in ((4_500, " "), (AMOUNT + 1, "Trop"), (-1, "Moins")):
        with pytest.raises(Invalid):
            deposits.settle(booking=row, kept=kept, reason=reason, by=shop.by(shop.ada))
    assert (desk.on("165100"), desk.on("758800")) == (-AMOUNT, 0)

    told = {"booking": row, "kept": 4_500, "reason": "Mandrin à redresser"}
    found = deposits.settle(by=shop.by(shop.ada), **told)
    again = deposits.settle(by=shop.by(shop.bea), **told)

    assert found == again
    assert found[3:] == (0, 4_500, 25_500, "Mandrin à redresser")
    assert (desk.on("165100"), desk.on("758800"), desk.on("530000")) == (0, -4_500, 4_500)
    assert JournalEntry.objects.get(label="Mandrin à redresser").book == desk.book
    assert Line.objects.get(account__code="758800").resource == shop.lathe
    with pytest.raises(NotNow):
        deposits.settle(booking=row, kept=0, by=shop.by(shop.ada))
    assert waiting_returns(desk.offer) == []


def test_who_had_the_thing_is_told_once_what_is_kept_and_why(desk, shop):
    row = shop.books(shop.carl, 9, 12)
    desk.pays(row)
    desk.out(row)
    desk.back(row, Seen("damaged", "Mandrin tordu"))
    letters.LETTERS.send_waiting()
    mail.outbox.clear()
    for _again in range(2):
        deposits.settle(booking=row, kept=4_500, reason="Mandrin 100 % tordu", by=shop.by(shop.ada))

    letters.LETTERS.send_waiting()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (
        ["carl@valmere.test"], "Votre caution\u00a0: Le tour à bois",
    )  # fmt: skip
    assert "45,00\u00a0€ sont gardés\u00a0: Mandrin 100 % tordu" in letter.body
    assert "255,00\u00a0€ vous reviennent." in letter.body
    assert reverse("access:booking", args=[row.pk]) in letter.body


def test_a_lost_thing_keeps_its_deposit_until_somebody_decides(desk, shop):
    row = shop.books(shop.carl, 9, 12)
    desk.pays(row)
    desk.out(row)
    with pretend(row.ends_at):
        custody.report(offer=desk.offer, kind="lost", seen=Seen(), key="lost", by=shop.by(shop.bea))
    assert standing(row).state == "decide"

    deposits.settle(booking=row, kept=AMOUNT, reason="Perdu", by=shop.by(shop.bea))

    assert (standing(row).state, desk.on("165100"), desk.on("758800")) == ("settled", 0, -AMOUNT)


def test_who_paid_by_cheque_without_an_account_gets_it_back_by_a_decision(desk, shop):
    row = shop.books(shop.carl, 9, 12)
    desk.pays(row, means="cheque")
    desk.out(row)
    desk.back(row)  # it is taken back whatever becomes of the money
    row.refresh_from_db()
    assert (row.state, standing(row).state) == ("done", "decide")

    with pytest.raises(ChambreError):
        deposits.settle(booking=row, kept=100, reason="Nettoyage", by=shop.by(shop.bea))
    assert standing(row).kept == 0  # and nothing was booked
    payment = Payment.objects.get()
    assert payment.party is not None
    treasury.note_iban(
        party=payment.party, iban="FR7630006000011234567890189", by=SYSTEM, confirmed=True
    )
    deposits.settle(booking=row, kept=0, by=shop.by(shop.bea), means="transfer")
    assert standing(row).state == "settled"


def test_a_cancelled_booking_gives_its_deposit_back_also_what_comes_later(desk, shop):
    paid, asked = shop.books(shop.carl, 9, 10), shop.books(shop.dora, 11, 12)
    desk.pays(paid)
    late = desk.asks(asked)
    for row in (paid, asked):
        changing.cancel(booking=row, by=shop.by(shop.bea))
    assert (desk.on("165100"), standing(paid).state) == (0, "settled")
    late.refresh_from_db()
    assert late.state == "cancelled"
    with pytest.raises(NotNow):
        desk.asks(asked)

    other = shop.books(shop.dora, 15, 16)
    part = desk.pays(other, 10_000)
    changing.cancel(booking=other, by=shop.by(shop.bea))
    part.refresh_from_db()
    assert (part.refunded, desk.on("165100")) == (10_000, 0)
    treasury.receive(
        payment=part, amount=20_000, means="cash", day=dt.date.today(), key="rest", by=SYSTEM
    )
    for _twice in range(2):
        deliver_pending(force=True)
        deposits.hear_payment(booking=other)
    assert (standing(other).back, standing(other).here, desk.on("165100")) == (AMOUNT, 0, 0)


def test_who_has_no_books_takes_deposits_by_hand(shop):
    shop.offers(gives="deposit", gives_amount=AMOUNT)
    row = shop.books(shop.carl, 9, 12)
    assert deposit_of(row) is None
    with pytest.raises(NotNow):
        deposits.ask(booking=row, by=shop.by(shop.carl))
    with pretend(row.starts_at):
        assert custody.hand_out(booking=row, seen=Seen(), key="o", by=shop.by(shop.carl))


def test_hours_are_owed_until_somebody_else_confirms_them(shop):
    offer = shop.offers(gives="hours", gives_amount=45)
    row = shop.books(shop.carl, 9, 12)
    with pytest.raises(NotNow):
        hours.confirm(booking=row, by=shop.by(shop.bea))
    with pretend(row.starts_at):
        custody.hand_out(booking=row, seen=Seen(), key="o", by=shop.by(shop.carl))
    with pretend(row.ends_at):
        custody.bring_back(booking=row, seen=Seen(), key="b", by=shop.by(shop.carl))
    assert waiting_returns(offer) == [(row, 0, 45)]
    for person in (shop.carl, shop.dora):
        with pytest.raises(Forbidden):
            hours.confirm(booking=row, by=shop.by(person))
    assert not Event.objects.filter(action="work").exists()

    event = hours.confirm(booking=row, by=shop.by(shop.bea), note="Atelier balayé")

    assert hours.confirm(booking=row, by=shop.by(shop.bea), note="Encore") == event
    assert (event.action, event.provider, event.receiver, event.effort) == (
        "work", shop.carl, shop.workshop, 45,
    )  # fmt: skip
    assert waiting_returns(offer) == []
    owed = hours_of(row)
    assert owed is not None
    assert owed.event == event


def test_the_deposit_on_pages(desk, shop, client, django_assert_max_num_queries):
    row = shop.books(shop.carl, 9, 12)
    page, hand = (reverse(f"access:{name}", args=[row.pk]) for name in ("booking", "hand"))
    settle = reverse("access:settle_deposit", args=[row.pk])
    client.force_login(shop.carl.user)
    assert "300,00" in client.get(page).content.decode()
    pay = reverse("access:pay_deposit", args=[row.pk])
    assert pay in client.get(hand).content.decode()
    asked = client.post(pay)
    assert asked.url == reverse("treasury:pay", args=[Payment.objects.get().public_id])
    assert client.get(settle).status_code == 403
    client.force_login(shop.dora.user)
    assert client.post(pay).status_code == 403

    desk.pays(row)
    desk.out(row)
    desk.back(row, Seen("damaged", "Fêlé"))
    client.force_login(shop.bea.user)
    keep = reverse("access:keep", args=["tour"])
    assert settle in client.get(keep).content.decode()
    for address in (page, keep, settle):
        with django_assert_max_num_queries(15):
            assert " style=" not in client.get(address).content.decode()
    wrong = client.post(settle, {"kept": "20,00", "reason": "", "means": ""})
    assert wrong.status_code == 422
    assert client.post(settle, {"kept": "20,00", "reason": "Fêlé", "means": "cash"}).url == page
    shown = client.get(page).content.decode()
    assert "280,00" in shown
    assert "Fêlé" in shown


def test_a_machine_asks_where_to_pay(desk, shop, client):
    row = shop.books(shop.carl, 9, 12)
    address = f"/api/access/bookings/{row.pk}/deposit"
    assert client.post(address).status_code == 401
    client.force_login(shop.dora.user)
    assert client.post(address).status_code == 404
    client.force_login(shop.carl.user)

    asked, again = client.post(address).json(), client.post(address).json()

    assert asked == again
    assert (asked["amount"], asked["state"], asked["held"]) == (AMOUNT, "due", 0)
    assert asked["pay"].endswith(f"{Payment.objects.get().public_id}/")
    changing.cancel(booking=row, by=shop.by(shop.carl))
    refused = client.post(address)
    assert refused.status_code == 409


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_decide_once(transactional_db):
    shop = Workshop()
    desk = Desk(shop)
    row = shop.books(shop.carl, 9, 12)
    desk.pays(row)
    desk.out(row)
    desk.back(row, Seen("damaged"))
    barrier = threading.Barrier(4)
    told: list[str] = []

    def decide(kept: int, by: Actor) -> None:
        try:
            barrier.wait()
            deposits.settle(booking=row, kept=kept, reason="Abîmé", by=by)
            told.append("done")
        except ChambreError as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    acts = [(0, shop.ada), (1_000, shop.bea), (0, shop.ada), (1_000, shop.bea)]
    threads = [threading.Thread(target=decide, args=(kept, shop.by(who))) for kept, who in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["access.not-now", "access.not-now", "done", "done"]
    found = standing(row)
    assert (found.kept + found.back, desk.on("165100")) == (AMOUNT, 0)
    assert -desk.on("758800") == found.kept
