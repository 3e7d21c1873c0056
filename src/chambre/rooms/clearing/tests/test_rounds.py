"""Rounds: each sees the own effect only, anybody refuses, and everything is booked or nothing."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.registry.api import today
from chambre.rooms.clearing.models import Answer, Booking, Obligation, Round
from chambre.rooms.clearing.queries.errors import NotNow, Stale, Unanswered
from chambre.rooms.clearing.queries.obligations import standing_of
from chambre.rooms.clearing.queries.rounds import (
    differences,
    effects_of,
    ring_sizes,
    rounds_visible_to,
)
from chambre.rooms.clearing.services import booking, obligations, rounds


def test_the_largest_set_off_is_worked_out(town):
    town.ring()
    row = town.opens()
    found = town.found(row)

    assert row.state == "proposed"
    assert row.answer_by == today() + dt.timedelta(days=7)
    assert (found.total, found.cleared, found.bound, found.concerned) == (26_000, 21_000, 21_000, 3)
    assert ring_sizes(found) == [(3, 1, 21_000)]


def test_each_sees_the_own_effect_and_the_names_of_neighbours_only(town):
    town.ring()
    effect = effects_of(town.found(town.opens()), [town.mill])[0]

    assert [(part.owed, part.amount) for part in effect.owes] == [(10_000, 7_000)]
    assert [(part.owed, part.amount) for part in effect.is_owed] == [(9_000, 7_000)]
    place = effect.rings[0]
    assert (place.before, place.after, place.length) == ("L’Épicerie", "Le Fournil", 3)
    assert effects_of(town.found(town.opens()), [town.lou]) == []


def test_only_who_leads_opens_and_books(town):
    with pytest.raises(Forbidden):
        rounds.open_round(name="x", key="k", by=town.by(town.mill))
    town.ring()
    row = town.opens()
    town.all_agree(row)
    with pytest.raises(Forbidden):
        booking.book(round_=row, by=town.by(town.mill))
    with pytest.raises(Forbidden):
        effect = effects_of(town.found(row), [town.mill])[0]
        rounds.answer(
            round_=row, agent=town.mill, agrees=True, effect=effect.digest, by=town.by(town.fanny)
        )
    assert not Booking.objects.exists()


def test_options_outside_their_bounds(town):
    for wrong in ({"days": 0}, {"days": 91}, {"max_ring": 1}, {"max_ring": 51}, {"name": " "}):
        with pytest.raises(Invalid):
            rounds.open_round(**{"name": "x", "key": "k", "by": town.by(town.fanny), **wrong})
    assert not Round.objects.exists()


def test_a_round_is_booked_in_every_book_and_changes_nobodys_net_position(town):
    owed = town.ring()
    before = [standing_of([each]).net for each in (town.mill, town.bakery, town.grocer)]
    row = town.opens()
    town.all_agree(row)
    booking.book(round_=row, by=town.by(town.fanny))

    row.refresh_from_db()
    assert (row.state, row.booked_on) == ("booked", today())
    assert [standing_of([each]).net for each in (town.mill, town.bakery, town.grocer)] == before
    assert [Obligation.objects.get(pk=each.pk).left for each in owed] == [3_000, 0, 2_000]
    for agent in (town.mill, town.bakery, town.grocer):
        assert town.balance(agent, "401000") == 7_000
        assert town.balance(agent, "411000") == -7_000
    assert Booking.objects.filter(round=row).count() == 3
    assert differences() == []
    assert list(ledger.verify().problems) == []


def test_booking_again_changes_nothing(town):
    town.ring()
    row = town.opens()
    town.all_agree(row)
    for _time in range(3):
        booking.book(round_=row, by=town.by(town.fanny))

    assert Booking.objects.count() == 3
    assert town.balance(town.mill, "401000") == 7_000


def test_nothing_is_booked_before_everybody_agreed(town):
    town.ring()
    row = town.opens()
    town.all_agree(row, town.mill, town.bakery)
    with pytest.raises(Unanswered):
        booking.book(round_=row, by=town.by(town.fanny))

    assert not Booking.objects.exists()
    assert not Obligation.objects.exclude(cleared=0).exists()


def test_somebody_without_a_book_takes_part(town):
    town.owes(town.mill, town.lou, 500)
    town.owes(town.lou, town.mill, 800)
    row = town.opens()
    town.all_agree(row, town.mill, town.lou)
    booking.book(round_=row, by=town.by(town.fanny))

    assert Booking.objects.get().amount == 500
    assert standing_of([town.lou]).owes == 300


def test_a_refusal_works_it_out_again_without_who_refused(town):
    town.ring()
    town.owes(town.bakery, town.mill, 4_000)
    row = town.opens()
    assert town.found(row).cleared == 21_000 + 6_000
    town.all_agree(row, town.mill)
    town.says(row, town.grocer, agrees=False)
    row.refresh_from_db()
    assert (row.state, row.number, row.answer_by) == ("computing", 2, None)
    with pytest.raises(NotNow):
        booking.book(round_=row, by=town.by(town.fanny))
    row = town.computed(row)

    assert town.found(row).cleared == 8_000
    assert effects_of(town.found(row), [town.grocer]) == []
    assert not town.found(row).answers.exists()


def test_who_agreed_to_the_same_effect_need_not_answer_again(town):
    town.owes(town.mill, town.bakery, 100)
    town.owes(town.bakery, town.mill, 100)
    town.owes(town.grocer, town.lou, 50)
    town.owes(town.lou, town.grocer, 50)
    row = town.opens()
    town.all_agree(row, town.mill, town.bakery)
    town.says(row, town.lou, agrees=False)
    row = town.computed(row)

    kept = town.found(row).answers.all()
    assert {answer.agent for answer in kept} == {town.mill, town.bakery}
    assert all(answer.kept for answer in kept)
    booking.book(round_=row, by=town.by(town.fanny))


def test_an_answer_is_given_once_and_to_what_was_shown(town):
    town.ring()
    row = town.opens()
    first = town.says(row, town.mill)

    assert town.says(row, town.mill) == first
    with pytest.raises(NotNow):
        town.says(row, town.mill, agrees=False)
    with pytest.raises(NotNow):
        rounds.answer(
            round_=row, agent=town.bakery, agrees=True, effect="0" * 64, by=town.by(town.bakery)
        )
    assert Answer.objects.count() == 1


def test_silence_is_no_agreement(town):
    town.ring()
    town.owes(town.bakery, town.mill, 4_000)
    row = town.opens(days=3)
    town.all_agree(row, town.mill, town.bakery)
    assert rounds.settle_due() == 0
    with clock.pretend(today() + dt.timedelta(days=4)):
        assert rounds.settle_due() == 1
        row = town.computed(row)
    assert town.found(row).cleared == 8_000


def test_what_was_taken_back_meanwhile_stops_the_booking(town):
    owed = town.ring()
    row = town.opens()
    town.all_agree(row)
    obligations.withdraw(obligation=owed[0], by=town.by(town.mill))
    with pytest.raises(Stale):
        booking.book(round_=row, by=town.by(town.fanny))

    assert not Booking.objects.exists()
    assert not Obligation.objects.exclude(cleared=0).exists()
    rounds.work_out_again(round_=row, by=town.by(town.fanny))
    assert town.found(town.computed(row)).cleared == 0


def test_two_rounds_never_set_the_same_off_twice(town):
    town.ring()
    first, second = town.opens(), town.opens()
    for row in (first, second):
        town.all_agree(row)
    booking.book(round_=first, by=town.by(town.fanny))
    with pytest.raises(Stale):
        booking.book(round_=second, by=town.by(town.fanny))

    assert differences() == []


def test_a_round_among_members_leaves_the_others_alone(town):
    town.ring()
    town.owes(town.bakery, town.mill, 4_000)
    row = town.opens(members=[town.mill, town.bakery])

    assert town.found(row).cleared == 8_000


def test_rings_of_two(town):
    town.ring()
    row = town.opens(max_ring=2)

    assert town.found(row).cleared == 0


def test_a_round_that_has_ended_is_not_booked(town):
    town.ring()
    row = town.opens()
    town.all_agree(row)
    rounds.end_round(round_=row, by=town.by(town.fanny))
    with pytest.raises(NotNow):
        booking.book(round_=row, by=town.by(town.fanny))
    with pytest.raises(NotNow):
        rounds.work_out_again(round_=row, by=town.by(town.fanny))


def test_rounds_are_for_members(town):
    town.opens()
    assert rounds_visible_to(town.by(town.lou)).count() == 1
    assert not rounds_visible_to(Actor.of(None)).exists()


def test_the_database_holds_the_bounds(town):
    row = town.owes(town.mill, town.bakery, 100)
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.filter(pk=row.pk).update(cleared=101)


def test_the_books_are_compared_with_the_rounds(town):
    town.ring()
    row = town.opens()
    town.all_agree(row)
    booking.book(round_=row, by=town.by(town.fanny))
    Obligation.objects.filter(cleared=7_000).update(cleared=6_999)

    assert len(differences()) == 3
