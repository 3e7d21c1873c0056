"""Leaving in euros, both ways: what is owed is paid to the chamber, what is held is paid out by it."""

import datetime as dt

import pytest

from chambre.core import clock
from chambre.core.errors import Conflict
from chambre.core.hooks import deliver_pending
from chambre.registry import api as registry
from chambre.rooms.credit.models import Leaving
from chambre.rooms.credit.queries.errors import NotSettled
from chambre.rooms.credit.queries.pots import pot_of
from chambre.rooms.credit.services import leaving
from chambre.rooms.credit.services.tickets import make_ticket
from chambre.rooms.credit.tests.conftest import SINCE, SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.models import Payout
from chambre.treasury.openitems import source_of
from chambre.treasury.services import payouts

pytestmark = pytest.mark.django_db
APRIL = dt.date(2026, 4, 2)
IBAN = "DE89370400440532013000"


@pytest.fixture
def two_people(village):
    """The chamber's administrator and its treasurer, who agree to payouts."""
    found = []
    for name, kind in (("chloe", "administrator"), ("bruno", "treasurer")):
        with clock.pretend(SINCE):
            agent = village.person(name)
            registry.grant_role(agent=agent, kind=kind, scope=village.chamber, by=SYSTEM)
        found.append(village.by(name))
    return found


def begin(village, who):
    return leaving.begin(
        account=village.account(who), way="euros", until=APRIL + dt.timedelta(days=90),
        by=village.by(who),
    )  # fmt: skip


def ask(village, who, going, iban=""):
    return leaving.settle(leaving=going, by=village.by(who), iban=iban)


def heard(going):
    """What the worker does, twice."""
    for _twice in range(2):
        deliver_pending(force=True)
    going.refresh_from_db()
    return going.state


def on_the_statement(payout):
    """A row of the bank statement is the money of a payout."""
    source_of("payout").settle(
        book=payout.book, key=payout.code, amount=payout.amount, day=APRIL, row=1,
        idempotency="row:1", by=SYSTEM,
    )  # fmt: skip


def test_who_holds_units_leaves_in_euros(village, two_people):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        going = begin(village, "basile")
        with pytest.raises(treasury.NoAccount):
            ask(village, "basile", going)
        assert village.held() == [-3_000, 3_000, 0, 0, 0]
        asked = ask(village, "basile", going, IBAN)
        payout = Payout.objects.get()
        assert (payout.code, payout.amount, payout.iban) == (asked.payment, 3_000, IBAN)
        assert (payout.book.structure, payout.party.agent) == (
            village.chamber, village.people["basile"],
        )  # fmt: skip
        # The units wait: nobody spends them, nor gets them from the common account.
        assert village.held() == [-3_000, 0, 0, 0, 3_000]
        assert pot_of(village.community) == 0
        for act in (lambda: ask(village, "basile", going, IBAN),
                    lambda: village.pays("basile", "cora", 1),
                    lambda: village.pays("cora", "basile", 1),
                    lambda: leaving.stay(leaving=going, by=village.by("basile"))):  # fmt: skip
            with pytest.raises((NotSettled, Conflict)):
                act()
        for number, by in enumerate(two_people):
            payouts.approve_payout(payout=payout, key=f"a{number}", by=by)
        assert heard(going) == "open"
        on_the_statement(payout)
        assert heard(going) == "done"
    assert village.held() == [-3_000, 0, 0, 0, 3_000]
    assert pot_of(village.community) == 3_000
    assert not village.account("basile").is_open


def test_units_come_back_when_a_payout_is_refused_and_may_be_asked_for_again(village, two_people):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        going = begin(village, "basile")
        ask(village, "basile", going, IBAN)
        first = Payout.objects.get()
        payouts.refuse_payout(payout=first, key="no", by=two_people[0], reason="Plus tard")
        assert heard(going) == "open"
        assert (going.payment, village.held()) == ("", [-3_000, 3_000, 0, 0, 0])
        village.pays("basile", "cora", 1_000)
        ask(village, "basile", going)
        second = Payout.objects.get(amount=2_000)
        assert heard(going) == "open"
        assert (going.payment, second.iban) == (second.code, IBAN)
        assert village.held() == [-3_000, 0, 1_000, 0, 2_000]
        leaving.hear_payout(going.pk, first.code, "refused")  # said again, late
        assert village.held() == [-3_000, 0, 1_000, 0, 2_000]


def test_another_payout_in_the_place_of_one_is_waited_for(village, two_people):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        going = begin(village, "basile")
        ask(village, "basile", going, IBAN)
        first = Payout.objects.get()
        second = payouts.ask_payout(
            book=first.book, party=first.party, amount=3_000, reason="Unités", key="again",
            by=two_people[1], replaces=first,
        )  # fmt: skip
        assert heard(going) == "open"
        assert going.payment == second.code
        assert village.held() == [-3_000, 0, 0, 0, 3_000]
        for number, by in enumerate(two_people):
            payouts.approve_payout(payout=second, key=f"b{number}", by=by)
        on_the_statement(second)
        assert heard(going) == "done"


def test_only_who_leaves_says_which_account_is_theirs(village, two_people):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        going = begin(village, "basile")
        with pytest.raises(treasury.NoAccount):
            leaving.settle(leaving=going, by=two_people[1], iban=IBAN)
    assert not Payout.objects.exists()


def test_who_owes_pays_the_rest_in_euros(village):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        going = begin(village, "ada")
        asked = ask(village, "ada", going)
        payment = treasury.payment(asked.payment)
        assert (payment.amount, payment.book.structure) == (3_000, village.chamber)
        with pytest.raises(NotSettled):
            ask(village, "ada", going)
        with pytest.raises(Conflict):
            leaving.stay(leaving=going, by=village.by("ada"))
        treasury.receive(
            payment=payment, amount=3_000, means="transfer", day=APRIL, key="t", by=SYSTEM,
            counterpart=[treasury.BookLine(3_000, account="512100")],
        )  # fmt: skip
        assert heard(going) == "done"
        leaving.hear_payment(going.pk, payment.public_id, "paid")
    assert village.held() == [0, 3_000, 0, 0, -3_000]  # the chamber holds the euros for that


def test_who_earned_meanwhile_is_paid_back_what_was_too_much(village, two_people):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        going = begin(village, "ada")
        payment = treasury.payment(ask(village, "ada", going).payment)
        village.pays("basile", "ada", 1_000)
        for _twice in range(2):
            leaving.hear_payment(going.pk, payment.public_id, "paid")
        going.refresh_from_db()
        assert (going.state, going.payment) == ("open", "")
        assert village.held() == [1_000, 2_000, 0, 0, -3_000]
        ask(village, "ada", going, IBAN)
    assert Payout.objects.get().amount == 1_000
    assert village.held() == [0, 2_000, 0, 0, -2_000]


def test_a_ticket_and_a_payout_both_wait_in_the_common_account(village):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        make_ticket(
            account=village.account("cora"), amount=500, until=APRIL, key="t",
            by=village.by("cora"),
        )  # fmt: skip
        ask(village, "basile", begin(village, "basile"), IBAN)
    assert pot_of(village.community) == 0
    assert village.held() == [-3_000, 0, -500, 0, 3_500]
    assert Leaving.objects.get().payment == Payout.objects.get().code


def test_a_payment_that_is_asked_for_no_longer_may_be_asked_for_again(village):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        going = begin(village, "ada")
        first = treasury.payment(ask(village, "ada", going).payment)
        treasury.cancel_payment(payment=first, by=SYSTEM)
        assert heard(going) == "open"
        assert going.payment == ""
        again = ask(village, "ada", going)
        assert again.payment not in ("", first.public_id)
        leaving.hear_payment(going.pk, first.public_id, "cancelled")  # said again, late
        going.refresh_from_db()
        assert going.payment == again.payment
        assert village.held() == [-3_000, 3_000, 0, 0, 0]
        village.pays("basile", "ada", 3_000)
        treasury.cancel_payment(payment=treasury.payment(again.payment), by=SYSTEM)
        assert heard(going) == "done"  # nothing is owed any more
    assert village.held() == [0, 0, 0, 0, 0]
