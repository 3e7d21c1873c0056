"""A sale in the books, a contract, a distribution: every cent is found again, and nothing twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.lib import reciprocity as words
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import (
    Contract,
    Distribution,
    DistributionFact,
    LineTurn,
    ObjectionAnswer,
    Use,
    Version,
)
from chambre.rooms.reciprocity.services.distributing import booking, deciding
from chambre.rooms.reciprocity.services.distributing.computing import compute, difference
from chambre.rooms.reciprocity.services.distributing.names import (
    FactsChanged,
    NothingToShare,
    NotInForce,
    NotNow,
    Overlaps,
    StillOpen,
)
from chambre.rooms.reciprocity.services.distributing.proposing import propose
from chambre.rooms.reciprocity.tests.house import SINCE, SYSTEM, TEXT, UNTIL, House
from chambre.treasury import api as treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db: Any) -> House:
    return House()


def test_a_dry_run_reads_the_books_and_writes_nothing(house: House) -> None:
    house.sells(100_000, dt.date(2025, 3, 1))
    house.sells(20_000, dt.date(2025, 6, 1))
    house.sells(5_000, dt.date(2024, 6, 1))  # before
    house.sells(7_000, dt.date(2025, 7, 1), account="741000")  # a grant is not shared
    entries = JournalEntry.objects.count()
    computed = compute(house.contract, SINCE, UNTIL)
    assert (computed.outcome.income, computed.outcome.distributed) == (120_000, 104_400)
    got = {line.to: line.amount for line in computed.outcome.lines}
    # 25 % of 120,000; 10 % of the income; 80 % of the 78,000 that are left as 2 : 1 : 1
    assert got == {
        "fonds-entretien": 30_000, "verger": 12_000, "atelier": 31_200, "cuve": 15_600,
        "lysse": 15_600,
    }  # fmt: skip
    assert computed.outcome.kept == 15_600
    assert Distribution.objects.count() == 0
    assert JournalEntry.objects.count() == entries


def test_what_is_decided_is_booked_by_resource_and_owed_to_each(house: House) -> None:
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.books(house.proposes())
    assert made.state == Distribution.State.BOOKED
    # 467: the workshop and the farm; 751 of the orchard; 708 of the holder itself
    assert house.balance("467000", house.press) == -(31_200 + 15_600)
    assert house.balance("651000", house.press) == 31_200 + 15_600 + 15_600 + 12_000
    assert house.balance("751000", house.orchard) == -12_000
    assert house.balance("708000") == -15_600
    turns = {
        turn.line.name: turn.kind for turn in LineTurn.objects.select_related("line").order_by("id")
    }
    assert turns == {
        "fonds-entretien": "stays", "verger": "moved", "atelier": "owed", "lysse": "owed",
        "cuve": "moved",
    }  # fmt: skip
    assert ledger.verify().ok
    assert made.income == made.distributed + made.kept


def test_booking_again_changes_nothing(house: House) -> None:
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.books(house.proposes())
    entries = JournalEntry.objects.count()
    assert house.proposes().pk == made.pk
    assert booking.book(distribution=made, by=SYSTEM).entry_id == made.entry_id
    assert JournalEntry.objects.count() == entries


def test_every_cent_leads_to_the_movements_of_the_books(house: House) -> None:
    entry = house.sells(120_000, dt.date(2025, 3, 1))
    made = house.proposes()
    fact = DistributionFact.objects.get(distribution=made)
    line = Line.objects.get(entry=entry, account__code="706000")
    assert (fact.ref, fact.amount, fact.kind) == (f"line:{line.pk}", 120_000, "sale")
    assert {each.because for each in made.lines.all()} == {None}  # of all the income


def test_a_correction_of_the_past_is_settled_by_the_next_one(house: House) -> None:
    wrong = house.sells(120_000, dt.date(2025, 3, 1))
    house.books(house.proposes())
    ledger.reverse(entry=wrong, day=dt.date(2025, 3, 1), key="back", by=SYSTEM)
    house.sells(100_000, dt.date(2025, 3, 1))
    house.sells(50_000, dt.date(2026, 2, 1))
    later = compute(house.contract, dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    assert later.outcome.income == 50_000 - 120_000 + 100_000
    assert len(later.late) == 2
    made = house.books(house.proposes(dt.date(2026, 1, 1), dt.date(2026, 6, 30)))
    assert made.facts.filter(late=True).count() == 2
    changes = {(row["clause"], row["to"]): row for row in difference(later)}
    assert changes["amont", "verger"] == {
        "to": "verger", "clause": "amont", "before": 12_000, "now": 3_000, "change": -9_000,
    }  # fmt: skip
    # settled once: nothing of it comes again
    again = compute(house.contract, dt.date(2026, 7, 1), dt.date(2026, 12, 31))
    assert (again.outcome.income, again.late) == (0, frozenset())


def test_a_distribution_is_no_cost_of_the_next_one(house: House) -> None:
    house.sells(120_000, dt.date(2025, 3, 1))
    house.books(house.proposes())
    today = registry.today()
    later = compute(house.contract, today, today)
    assert [fact for fact in later.facts.values() if fact.kind == "cost"] == []


def test_what_is_not_positive_waits(house: House) -> None:
    with pytest.raises(NothingToShare):
        house.proposes()
    assert Distribution.objects.count() == 0


def test_days_are_shared_once(house: House) -> None:
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.proposes()
    with pytest.raises(Overlaps):
        house.proposes(dt.date(2025, 6, 1), dt.date(2026, 5, 31))
    deciding.withdraw(distribution=made, by=SYSTEM, reason="Il manque une facture.")
    assert house.proposes().number == 2


def test_books_that_changed_since_are_seen_before_booking(house: House) -> None:
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.proposes()
    deciding.decide(distribution=made, by=SYSTEM)
    house.sells(1, dt.date(2025, 3, 2))
    with pytest.raises(FactsChanged):
        booking.book(distribution=made, by=SYSTEM)
    made.refresh_from_db()
    assert made.state == Distribution.State.DECIDED
    assert house.balance("467000") == 0


def test_it_waits_for_objections_and_for_their_answers(house: House) -> None:
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.proposes(days=7)
    with pytest.raises(StillOpen):
        deciding.decide(distribution=made, by=SYSTEM)
    objection = deciding.object_to(
        distribution=made, reason="Le tarif de juin manque.", key="o1", by=SYSTEM, agent=house.farm
    )
    yesterday = registry.today() - dt.timedelta(days=1)
    Distribution.objects.filter(pk=made.pk).update(objections_until=yesterday)
    with pytest.raises(StillOpen):
        deciding.decide(distribution=made, by=SYSTEM)
    with pytest.raises(Invalid):
        deciding.end_objection(objection=objection, outcome="answered", by=SYSTEM)
    deciding.end_objection(
        objection=objection, outcome=ObjectionAnswer.Outcome.ANSWERED, by=SYSTEM,
        words="Il est dans la facture de juillet.",
    )  # fmt: skip
    assert deciding.decide(distribution=made, by=SYSTEM).state == Distribution.State.DECIDED
    with pytest.raises(NotNow):
        deciding.object_to(
            distribution=made, reason="Trop tard.", key="o2", by=SYSTEM, agent=house.farm
        )


def test_only_a_contract_in_force_distributes(house: House) -> None:
    house.sells(120_000, dt.date(2025, 3, 1))
    Contract.objects.update(state=Contract.State.SUSPENDED)
    with pytest.raises(NotInForce):
        house.proposes()


def test_whoever_gave_an_account_is_paid_through_the_treasury(house: House) -> None:
    party = treasury.note_party(book=house.book, name="L’Atelier", agent=house.workshop, by=SYSTEM)
    treasury.note_iban(party=party, iban="FR7630006000011234567890189", by=SYSTEM, confirmed=True)
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.books(house.proposes())
    line = made.lines.get(name="atelier")
    turn = line.turns.order_by("-id").first()
    assert turn is not None and turn.kind == LineTurn.Kind.ASKED and turn.payout
    with pytest.raises(NotNow):
        booking.ask_payout(line=line, key="again", by=SYSTEM)
    booking.hear(line.pk, turn.payout, "paid")
    booking.hear(line.pk, turn.payout, "paid")
    assert [each.kind for each in line.turns.order_by("id")] == ["owed", "asked", "paid"]


def test_strangers_see_and_do_nothing(house: House, client: Any) -> None:
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.proposes()
    nobody = Actor.of(None)
    for act in (
        lambda: propose(contract=house.contract, since=SINCE, until=UNTIL, by=nobody),
        lambda: deciding.decide(distribution=made, by=nobody),
        lambda: booking.book(distribution=made, by=nobody),
        lambda: deciding.object_to(distribution=made, reason="Non", key="x", by=nobody),
    ):
        with pytest.raises(Forbidden):
            act()
    for name in ("distribution", "distribution_facts"):
        answer = client.get(reverse(f"reciprocity:{name}", args=["presse", made.number]))
        assert answer.status_code in (302, 403, 404)


def test_costs_that_the_holder_bore_are_not_booked_a_second_time(house: House) -> None:
    text = TEXT.replace('how = "fund"\nto = "fonds-entretien"\nshare = "25%"', 'how = "costs"')
    Version.objects.create(
        contract=house.contract, number=2, text=text, digest=words.digest(words.read(text)), by="t"
    )
    Contract.objects.update(number=2)
    house.contract.refresh_from_db()
    house.sells(120_000, dt.date(2025, 3, 1))
    house.pays(20_000, dt.date(2025, 4, 1))
    made = house.books(house.proposes())
    line = made.lines.get(step="entretien")
    assert (line.name, line.amount) == ("cuve", 20_000)
    assert [turn.kind for turn in line.turns.all()] == [LineTurn.Kind.STAYS]
    assert house.balance("651000", house.press) == made.distributed - 20_000
    # paid once: the next one finds nothing that is still to be paid
    house.sells(10_000, dt.date(2026, 1, 5))
    later = compute(house.contract, dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    assert [each.to for each in later.outcome.lines if each.clause == "entretien"] == []


def test_what_users_owe_is_told_in_words_and_money(
    house: House, client: Any, make_user: Any
) -> None:
    text = (
        TEXT
        + """
[[counterpart]]
name = "machine"
of = "machine"
rate = 15000
label = { fr = "Redevance par machine", en = "Royalty per machine" }
"""
    )
    Version.objects.create(
        contract=house.contract, number=2, text=text, digest=words.digest(words.read(text)), by="t"
    )
    Contract.objects.update(number=2)
    house.contract.refresh_from_db()
    Use.objects.create(
        contract=house.contract, user=house.workshop, resource=house.press, quantity=2,
        unit="machine", day=dt.date(2025, 5, 1), key="u1", by="t",
    )  # fmt: skip
    house.sells(120_000, dt.date(2025, 3, 1))
    made = house.proposes()
    assert made.owed == [
        {"from": "atelier", "clause": "machine", "quantity": "300.00", "unit": "EUR",
         "because": [f"use:{Use.objects.get().pk}"]}
    ]  # fmt: skip
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.holder, by=SYSTEM)
    client.force_login(user)
    shown = client.get(reverse("reciprocity:distribution", args=["presse", 1])).content.decode()
    assert "L’Atelier de Valmère" in shown
    assert "Redevance par machine" in shown
    assert "300,00\u202f€" in shown or "300,00\u00a0€" in shown
