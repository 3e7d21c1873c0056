"""Payouts: two people agree, one file holds each, one row of the statement ends each."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.core.models import AuditEntry, OutboxEvent
from chambre.lib.orderstates import PAYOUT, Happening, State, follow
from chambre.registry import api as registry
from chambre.treasury.models import Payout, PayoutEvent
from chambre.treasury.queries.orders import figures, going_out, payouts_of
from chambre.treasury.services import payouts as service
from chambre.treasury.services.booking import BookLine
from chambre.treasury.services.orders import OrderNotNow, OrderRefused, state_of
from chambre.treasury.services.parties import note_iban, note_party
from chambre.treasury.services.payout_checks import NoAccount

pytestmark = pytest.mark.django_db


def test_a_payout_is_asked_for_and_waits_for_two_people(orchard, ask, payee):
    payout = ask(reason="  Salades   de mars ", reference="rf18 5390 0754 7034")

    assert state_of(payout) is State.ASKED
    assert (payout.holder, payout.iban) == ("Maraîchage Dupré", "DE89370400440532013000")
    assert (payout.reason, payout.reference) == ("Salades de mars", "RF18539007547034")
    assert [(line.use, line.amount) for line in payout.lines.all()] == [("supplier", 12_345)]
    assert figures(going_out(orchard))["waiting_sum"] == 12_345
    assert OutboxEvent.objects.filter(name="treasury.payout.changed").count() == 1


def test_the_same_key_asks_once_and_other_content_is_refused(ask):
    assert ask("one") == ask("one")
    with pytest.raises(KeyReused):
        ask("one", 99)
    assert Payout.objects.count() == 1


def test_two_different_people_agree(ask, bruno, chloe):
    payout = ask()

    service.approve_payout(payout=payout, key="a", by=bruno)
    assert state_of(payout) is State.HALF
    with pytest.raises(service.NotTwice):
        service.approve_payout(payout=payout, key="b", by=bruno)
    assert state_of(payout) is State.HALF
    assert service.approve_payout(payout=payout, key="a", by=bruno).number == 2  # told twice
    service.approve_payout(payout=payout, key="c", by=chloe)

    assert state_of(payout) is State.AGREED
    with pytest.raises(OrderNotNow):
        service.refuse_payout(payout=ask("two"), key="x", by=bruno, reason="non") and (
            service.withdraw_payout(payout=Payout.objects.last(), key="y", by=bruno)
        )


def test_the_database_itself_holds_the_four_eyes(ask, bruno):
    payout = ask()
    event = service.approve_payout(payout=payout, key="a", by=bruno)
    facts = {"payout": payout, "kind": "approved", "state": "agreed", "by": "x", "key": "again"}

    for number, user in ((3, event.user), (4, None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PayoutEvent.objects.create(number=number, user=user, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk)._raw_delete("default")


def test_nobody_agrees_to_money_for_themselves(orchard, ask, bruno, chloe, treasurer, system):
    for number, party in enumerate(
        (
            note_party(book=orchard, name="Bruno", by=system, agent=treasurer.agent),
            note_party(book=orchard, name="B.", by=system, email="BRUNO@exemple.test"),
        )
    ):
        note_iban(party=party, iban="DE89370400440532013000", by=system, confirmed=True)
        payout = ask(f"mine-{number}", party=party)

        with pytest.raises(service.OwnPayout):
            service.approve_payout(payout=payout, key="a", by=bruno)
        service.approve_payout(payout=payout, key="b", by=chloe)
        assert state_of(payout) is State.HALF


def test_no_machine_agrees(ask, treasurer):
    payout = ask()
    key = Actor(kind="token", user=treasurer, label="key", scopes=frozenset({"*"}))

    for by in (Actor.system("shop"), key):
        with pytest.raises(service.PeopleOnly):
            service.approve_payout(payout=payout, key="a", by=by)
    assert state_of(payout) is State.ASKED


def test_a_passer_by_does_nothing(orchard, ask, payee, passer_by):
    payout, by = ask(), Actor.of(passer_by)

    for act in (
        lambda: ask("two", by=by),
        lambda: service.approve_payout(payout=payout, key="a", by=by),
        lambda: service.refuse_payout(payout=payout, key="a", by=by, reason="x"),
        lambda: service.withdraw_payout(payout=payout, key="a", by=by),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (Payout.objects.count(), PayoutEvent.objects.count()) == (1, 1)


def test_one_person_refuses_with_a_reason_and_nobody_agrees_any_more(ask, bruno, chloe):
    payout = ask()
    service.approve_payout(payout=payout, key="a", by=bruno)

    with pytest.raises(Invalid):
        service.refuse_payout(payout=payout, key="b", by=chloe, reason="  ")
    service.refuse_payout(payout=payout, key="b", by=chloe, reason="Déjà payé")

    assert state_of(payout) is State.REFUSED
    assert payout.events.last().reason == "Déjà payé"
    with pytest.raises(OrderNotNow):
        service.approve_payout(payout=payout, key="c", by=chloe)


def test_a_change_is_another_payout_that_nobody_has_agreed_to(ask, agree):
    first = agree(ask())

    second = ask("two", 20_000, replaces=first)

    assert (state_of(first), state_of(second)) == (State.WITHDRAWN, State.ASKED)
    assert first.replaced_by == second
    with pytest.raises(OrderNotNow):
        ask("three", replaces=first)
    assert Payout.objects.count() == 2


def test_money_goes_only_to_an_account_that_was_given(orchard, ask, system):
    seen = note_party(book=orchard, name="Vue sur un relevé", by=system)
    note_iban(party=seen, iban="DE89370400440532013000", by=system)
    with pytest.raises(NoAccount):
        ask(party=seen)

    note_iban(party=seen, iban="DE89370400440532013000", by=system, confirmed=True)
    note_iban(party=seen, iban="FR7630006000011234567890189", by=system, confirmed=True)
    with pytest.raises(NoAccount):
        ask(party=seen)
    chosen = ask(party=seen, iban="fr76 3000 6000 0112 3456 7890 189")
    assert chosen.iban == "FR7630006000011234567890189"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 100_000_000_000}, "amount"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 141}, "reason"),
        ({"reference": "RF19539007547034"}, "reference"),
        ({"lines": [BookLine(12_344, use="supplier")]}, "lines"),
        ({"lines": [BookLine(12_345)]}, "lines"),
        ({"lines": [BookLine(12_345, use="nothing")]}, "use"),
    ],
)
def test_what_a_bank_or_the_books_would_not_take_is_refused_at_its_field(ask, change, field):
    with pytest.raises(Invalid) as refused:
        ask(**change)
    assert field in refused.value.data["fields"]
    assert not Payout.objects.exists()


def test_an_account_outside_sepa_is_refused_when_asked_not_when_sent(orchard, ask, system):
    far = note_party(book=orchard, name="Café do Porto", by=system)
    note_iban(party=far, iban="BR1800360305000010009795493C1", by=system, confirmed=True)

    with pytest.raises(OrderRefused) as refused:
        ask(party=far)
    assert refused.value.data["fields"]["iban"]


def test_a_payout_can_be_for_several_things_and_resources(ask, system):
    verger = registry.create_resource(slug="verger", name="Verger", by=system)
    parts = [
        BookLine(10_000, use="purchase", resource=verger.pk, label="Plants"),
        BookLine(2_345, account="626000"),
    ]

    payout = ask(lines=parts)

    kept = [(line.use, line.account, line.amount, line.resource_id) for line in payout.lines.all()]
    assert kept == [("purchase", "", 10_000, verger.pk), ("", "626000", 2_345, None)]


def test_where_it_stands_is_what_its_events_say(orchard, ask, agree, bruno):
    agree(ask("one"))
    service.withdraw_payout(payout=ask("two"), key="w", by=bruno)
    ask("three")

    for row in payouts_of(orchard):
        told = [Happening(each.kind) for each in row.events.order_by("number")]
        assert row.state == follow(PAYOUT, told)
        assert row.approvals == told.count(Happening.APPROVED)
    assert AuditEntry.objects.filter(action="treasury.payout.approved").count() == 2


def test_a_day_is_kept(ask):
    assert ask(day=dt.date(2026, 5, 1)).day == dt.date(2026, 5, 1)
