"""What one owes another: who may say so, who knows of it, and that it is one debt."""

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused, NotFound
from chambre.rooms.clearing.models import Obligation
from chambre.rooms.clearing.queries.errors import Decided, TableUnreadable
from chambre.rooms.clearing.queries.obligations import (
    obligation_of,
    obligations_visible_to,
    standing_of,
)
from chambre.rooms.clearing.services import bringing, obligations


def test_what_the_debtor_says_is_accepted_by_that(town):
    row = town.owes(town.mill, town.bakery, 10_000)

    assert (row.state, row.left) == ("accepted", 10_000)
    assert standing_of([town.mill]).net == -10_000
    assert standing_of([town.bakery]).net == 10_000


def test_what_the_creditor_says_waits_for_the_debtor(town):
    row = obligations.propose(
        debtor=town.mill, creditor=town.bakery, amount=500, reference="Pain", key="a",
        by=town.by(town.bakery),
    )  # fmt: skip

    assert row.state == "proposed"
    assert standing_of([town.mill]).owes == 0
    with pytest.raises(Forbidden):
        obligations.accept(obligation=row, by=town.by(town.bakery))
    assert obligations.accept(obligation=row, by=town.by(town.mill)).state == "accepted"
    with pytest.raises(Decided):
        obligations.decline(obligation=row, by=town.by(town.mill))


def test_a_debt_that_was_declined_stays_declined(town):
    row = obligations.propose(
        debtor=town.mill, creditor=town.bakery, amount=500, reference="Pain", key="a",
        by=town.by(town.bakery),
    )  # fmt: skip
    obligations.decline(obligation=row, by=town.by(town.mill))

    with pytest.raises(Decided):
        obligations.accept(obligation=row, by=town.by(town.mill))
    with pytest.raises(Decided):
        obligations.withdraw(obligation=row, by=town.by(town.bakery))


def test_only_the_two_ends_know_of_it(town):
    row = town.owes(town.mill, town.bakery, 10_000)

    for end in (town.mill, town.bakery):
        assert obligation_of(row.pk, town.by(end)) == row
    for other in (town.grocer, town.lou, town.fanny):
        assert not obligations_visible_to(town.by(other)).exists()
        with pytest.raises(NotFound):
            obligation_of(row.pk, town.by(other))


def test_nobody_says_what_two_others_owe(town):
    with pytest.raises(Forbidden):
        obligations.propose(
            debtor=town.mill, creditor=town.bakery, amount=500, reference="x", key="a",
            by=town.by(town.lou),
        )  # fmt: skip
    with pytest.raises(Forbidden):
        obligations.propose(
            debtor=town.mill, creditor=town.bakery, amount=500, reference="x", key="a",
            by=Actor.of(None),
        )  # fmt: skip
    assert not Obligation.objects.exists()


def test_a_debt_is_more_than_zero_and_between_two(town):
    for amount in (0, -5, 10**14):
        with pytest.raises(Invalid):
            town.owes(town.mill, town.bakery, amount)
    with pytest.raises(Invalid):
        town.owes(town.mill, town.mill, 100)
    assert not Obligation.objects.exists()


def test_the_same_key_is_the_same_debt(town):
    def say(amount: int) -> Obligation:
        return obligations.propose(
            debtor=town.mill, creditor=town.bakery, amount=amount, reference="Pain", key="a",
            by=town.by(town.mill),
        )  # fmt: skip

    assert say(500) == say(500)
    with pytest.raises(KeyReused):
        say(501)
    assert Obligation.objects.count() == 1


def test_a_table_comes_in_wholly_and_once(town):
    text = "id,debtor,creditor,amount\nA1,moulin,fournil,1200\nA2,epicerie,moulin,300\n"
    by = town.by(town.mill)
    first = bringing.bring_table(agent=town.mill, text=text, by=by)

    assert [(row.reference, row.state) for row in first] == [("A1", "accepted"), ("A2", "proposed")]
    assert bringing.bring_table(agent=town.mill, text=text, by=by) == first


def test_a_table_with_mistakes_brings_nothing(town):
    text = "id,debtor,creditor,amount\nA1,moulin,fournil,1200\nA2,nobody,moulin,300\nA3,ecole,fournil,5\n"
    with pytest.raises(TableUnreadable) as refused:
        bringing.bring_table(agent=town.mill, text=text, by=town.by(town.mill))

    assert len(refused.value.data["lines"]) == 2
    with pytest.raises(TableUnreadable):
        bringing.bring_table(agent=town.mill, text="id,debtor\n", by=town.by(town.mill))
    assert not Obligation.objects.exists()


def test_a_debt_of_which_something_was_set_off_is_not_taken_back(town):
    row = town.owes(town.mill, town.bakery, 10_000)
    assert obligations.withdraw(obligation=row, by=town.by(town.mill)).state == "withdrawn"
    other = town.owes(town.mill, town.bakery, 10_000)
    Obligation.objects.filter(pk=other.pk).update(cleared=1)
    with pytest.raises(Decided):
        obligations.withdraw(obligation=other, by=town.by(town.mill))
