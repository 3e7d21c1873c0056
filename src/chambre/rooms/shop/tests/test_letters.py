"""Letters to customers: each once, in their language, about the order as it is when it is sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from chambre.rooms.shop.models import Customer, Distribution, Letter, Order, PickupPlace, Product
from chambre.rooms.shop.queries.accounts import open_payment
from chambre.rooms.shop.services import changing, handing, letters, ordering, preparing
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.preparing import Weighed
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://boutique.test/"]


def sent() -> list[Any]:
    """What was sent by the worker now."""
    mail.outbox.clear()
    letters.LETTERS.send_waiting()
    return list(mail.outbox)


def test_who_orders_gets_the_link_and_how_to_pay(farm: Farm) -> None:
    PickupPlace.objects.update(instructions="10 % de pente, porte bleue")
    order = farm.order((farm.sells("Carottes", 250), 2))

    (letter,) = sent()

    assert letter.to == ["lou@exemple.test"]
    assert order.code in letter.subject
    assert f"https://boutique.test/boutique/jardin/commande/{order.public_id}/" in letter.body
    assert "2 × Carottes\u00a0: 5,00\u00a0€" in letter.body
    assert "10 % de pente, porte bleue" in letter.body
    assert "%(" not in letter.body
    ((name, text, kind),) = letter.attachments
    assert (name, kind) == (f"{order.code}.ics", "text/calendar")
    assert "BEGIN:VEVENT" in text
    assert sent() == []


def test_the_reference_of_a_transfer_is_in_the_letter(farm: Farm) -> None:
    from chambre.treasury.models import Payment

    order = farm.order((farm.sells("Carottes", 250), 2))
    Payment.objects.update(iban="FR7630006000011234567890189", by_transfer=True)
    payment = open_payment(order)
    assert payment is not None
    (letter,) = sent()
    assert "FR76 3000 6000 0112 3456 7890 189" in letter.body
    assert payment.reference[:4] in letter.body


def test_letters_are_in_the_language_of_the_customer(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250)
    ordering.place_order(
        distribution=farm.distribution, who=Who("joe@exemple.test", "Joe", language="en"),
        wanted=[Wanted(carrots.pk, 2)], key="en", by=ANYBODY, pay="pickup",
    )  # fmt: skip
    (letter,) = sent()
    assert letter.body.startswith("Hello Joe,\n\nyour order ")
    assert "To be paid when you fetch it: €5.00" in letter.body


def test_what_happens_within_a_minute_is_told_in_one_letter(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250)
    order = farm.order((carrots, 1))
    farm.pay(order)
    (letter,) = sent()
    assert "5,00" not in letter.body

    for many in (2, 3):
        changing.change_order(
            order=order, wanted=[Wanted(carrots.pk, many)], by=ANYBODY, key=f"c{many}"
        )
    (letter,) = sent()
    assert "3 × Carottes" in letter.body
    farm.pay(order)
    assert sent() == []  # it was confirmed before


def test_a_payment_that_comes_later_is_told(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250), 1))
    assert len(sent()) == 1
    farm.pay(order)
    (letter,) = sent()
    assert Letter.objects.latest("pk").kind == "confirmed"
    assert order.code in letter.subject


def test_ready_tells_what_was_weighed_once(farm: Farm) -> None:
    hen = farm.sells("Poule", 1_000, estimate=1_000, pricing=Product.Pricing.WEIGHT)
    order = farm.order((hen, 1), pay="pickup")
    sent()
    for key in ("w1", "w2"):
        preparing.prepare(
            order=order, weighed=[Weighed(1, 1, 1_250)], by=SYSTEM, key=key, ready=True
        )
    (letter,) = sent()
    assert "1,25\u00a0kg" in letter.body
    assert "12,50\u00a0€" in letter.body


def test_a_cancelled_order_says_that_the_money_stays_theirs(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250), 2))
    farm.pay(order)
    sent()
    changing.cancel_order(order=order, by=ANYBODY)
    (letter,) = sent()
    assert "5,00\u00a0€" in letter.body


def test_what_is_too_late_is_not_sent(farm: Farm) -> None:
    order = farm.order((farm.sells("Carottes", 250), 1), pay="pickup")
    handing.hand_over(order=order, key="h", by=SYSTEM, owing=True)
    assert sent() == []
    assert Letter.objects.get().error == "not any more: handed"


def test_nobody_hears_of_an_order_that_was_not_placed(farm: Farm) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        farm.order((farm.sells("Carottes", 250), 1))
        raise RuntimeError
    assert not Letter.objects.exists()


def test_the_stall_and_the_erased_get_no_letters(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250)
    ordering.place_order(
        distribution=farm.distribution, who=Who("comptoir@jardin.invalid", "Comptoir"),
        wanted=[Wanted(carrots.pk, 2)], key="s", by=ANYBODY,
    )  # fmt: skip
    assert not Letter.objects.exists()
    farm.order((carrots, 1))
    Customer.objects.update(erased_at=timezone.now())
    assert sent() == []


def test_a_mail_server_that_is_away_is_tried_again(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    farm.order((farm.sells("Carottes", 250), 1))
    with monkeypatch.context() as away:

        def refuse(_self: Any) -> None:
            raise ConnectionRefusedError("away")

        away.setattr("django.core.mail.EmailMessage.send", refuse)
        assert letters.LETTERS.send_waiting() == 0
    letter = Letter.objects.get()
    assert (letter.tries, letter.sent_at, letter.error) == (1, None, "ConnectionRefusedError: away")
    assert sent() == []  # not at once
    Letter.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    assert len(sent()) == 1
    assert not letters.LETTERS.send(letter)  # somebody else was faster


def test_people_are_reminded_the_day_before_once_and_only_if_they_like(farm: Farm) -> None:
    carrots = farm.sells("Carottes", 250)
    order = farm.order((carrots, 1), pay="pickup")
    farm.order((carrots, 1), who="max", pay="pickup")
    Customer.objects.filter(email="max@exemple.test").update(reminders=False)
    sent()
    assert letters.remind() == 0  # three days before
    Distribution.objects.update(
        starts_at=timezone.now() + dt.timedelta(hours=20),
        ends_at=timezone.now() + dt.timedelta(hours=22),
    )
    assert letters.remind() == 0  # they ordered a moment ago
    Order.objects.update(placed_at=timezone.now() - dt.timedelta(days=1))
    assert (letters.remind(), letters.remind()) == (1, 0)
    (letter,) = sent()
    assert (letter.to, order.code in letter.body) == (["lou@exemple.test"], True)
