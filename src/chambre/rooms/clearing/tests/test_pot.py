"""A pot closes chains: who lends agrees, everybody sees what it does to them, the books say who owes whom."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from chambre.core.errors import Invalid
from chambre.registry.api import today
from chambre.rooms.clearing.models import Loan, Obligation, Round
from chambre.rooms.clearing.queries.errors import Unanswered
from chambre.rooms.clearing.queries.obligations import standing_of
from chambre.rooms.clearing.queries.rounds import differences, effects_of, ring_sizes
from chambre.rooms.clearing.services import booking
from chambre.rooms.clearing.services.lending import Lending


@pytest.fixture
def chain(town):
    """The mill owes the bakery 100 €, the bakery the school 80 €: nothing comes around."""
    town.owes(town.mill, town.bakery, 10_000)
    town.owes(town.bakery, town.school, 8_000)
    return town


def with_pot(town, pot=6_000, **given):
    return town.opens(lending=Lending(town.grocer, pot, 45), **given)


def test_what_pots_would_free_is_said_without_one(chain):
    found = chain.found(chain.opens())

    assert (found.cleared, found.loans.count()) == (0, 0)
    sizes = {size.liquidity: (size.lent, size.more) for size in found.pots.all()}
    assert sizes[1_800] == (1_800, 3_600)
    assert sizes[18_000] == (10_000, 18_000)


def test_a_pot_frees_a_chain_and_each_sees_what_it_does(chain):
    row = with_pot(chain)
    found = chain.found(row)

    assert (found.cleared, found.bound, found.concerned) == (12_000, 12_000, 4)
    assert found.pots.get(liquidity=6_000).more == 12_000
    assert ring_sizes(found) == [(4, 1, 12_000)]
    mill, bakery, grocer, school = effects_of(
        found, [chain.mill, chain.bakery, chain.grocer, chain.school]
    )
    assert (mill.amount, mill.received, mill.borrowed, mill.left) == (6_000, 0, 6_000, 0)
    assert (bakery.amount, bakery.received, bakery.borrowed) == (6_000, 6_000, 0)
    assert (school.amount, school.received, school.left) == (0, 6_000, 6_000)
    assert [(loan.agent, loan.way) for loan in grocer.lends] == [
        (chain.mill, "lent"), (chain.school, "left"),
    ]  # fmt: skip


def test_the_books_say_who_owes_whom_afterwards(chain):
    agents = (chain.mill, chain.bakery, chain.grocer, chain.school)
    before = [standing_of([agent]).net for agent in agents]
    row = with_pot(chain)
    chain.all_agree(row, chain.mill, chain.bakery, chain.school)
    with pytest.raises(Unanswered):
        booking.book(round_=row, by=chain.by(chain.fanny))
    chain.all_agree(row, chain.grocer)
    booking.book(round_=row, by=chain.by(chain.fanny))

    assert [standing_of([agent]).net for agent in agents] == before
    owed = Obligation.objects.filter(reference=f"COMP-{row.pk}").order_by("debtor__slug")
    assert [(one.debtor, one.creditor, one.amount, one.state) for one in owed] == [
        (chain.grocer, chain.school, 6_000, "accepted"),
        (chain.mill, chain.grocer, 6_000, "accepted"),
    ]
    assert {one.due for one in owed} == {today() + dt.timedelta(days=45)}
    # The mill: 60 € less to the bakery, 60 € more to the grocer. The grocer: owed and owing as much.
    assert chain.balance(chain.mill, "401000") == 0
    assert chain.balance(chain.grocer, "411000") == 6_000
    assert chain.balance(chain.grocer, "401000") == -6_000
    assert differences() == []


def test_what_the_pot_left_is_set_off_in_a_later_round(chain):
    row = with_pot(chain)
    chain.all_agree(row, chain.mill, chain.bakery, chain.grocer, chain.school)
    booking.book(round_=row, by=chain.by(chain.fanny))
    chain.owes(chain.school, chain.mill, 5_000)

    assert chain.found(chain.opens()).cleared == 15_000


def test_a_lender_who_refuses_lends_nothing(chain):
    chain.owes(chain.bakery, chain.mill, 1_000)
    row = with_pot(chain)
    assert chain.found(row).cleared == 14_000
    chain.says(row, chain.grocer, agrees=False)
    found = chain.found(chain.computed(row))

    assert (found.cleared, found.loans.count(), found.concerned) == (2_000, 0, 2)


def test_what_the_lender_owes_stays_out_of_the_round(chain):
    chain.owes(chain.school, chain.grocer, 9_000)
    chain.owes(chain.grocer, chain.mill, 9_000)

    assert chain.found(chain.opens()).cleared == 32_000
    found = chain.found(with_pot(chain))
    assert not found.parts.filter(obligation__debtor=chain.grocer).exists()
    assert found.cleared == 12_000


def test_with_short_rings_the_chains_of_the_pot_are_short(chain):
    found = chain.found(with_pot(chain, max_ring=2))

    assert found.cleared == 6_000
    assert sum(loan.amount for loan in found.loans.filter(way="lent")) == 6_000


def test_a_pot_has_a_lender_and_bounds(chain):
    for lending in (Lending(chain.grocer, 0), Lending(chain.grocer, 10**14)):
        with pytest.raises(Invalid):
            chain.opens(lending=lending)
    for days in (0, 366):
        with pytest.raises(Invalid):
            chain.opens(lending=Lending(chain.grocer, 1, days))
    row = with_pot(chain)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=row.pk).update(lender=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.create(
            computation=chain.found(row), agent=chain.bakery, way=Loan.Way.LENT, amount=0
        )


def test_who_agreed_to_the_same_loan_need_not_answer_again(chain):
    row = with_pot(chain)
    chain.all_agree(row, chain.mill)
    chain.says(row, chain.school, agrees=False)
    found = chain.found(chain.computed(row))

    # Now the bakery leaves what the mill borrows; for the mill that is the same effect.
    assert [(said.agent, said.kept) for said in found.answers.all()] == [(chain.mill, True)]
    assert found.loans.get(way="left").agent == chain.bakery
