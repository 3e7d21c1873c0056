"""Habits come from what people choose, and decide only what people said or did twice."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.treasury.models import Habit
from chambre.treasury.queries.matching import habits_of, match_of
from chambre.treasury.services.matching import (
    BookedPart,
    accept_proposal,
    forget_habit,
    keep_habit,
    match_row,
)

from .conftest import DAY, booked, debt, gift, only_row, page

pytestmark = pytest.mark.django_db
IBAN = "FR1420041010050500013M02606"
MONTH = dt.timedelta(days=31)


def rent(number: int, amount: int = -45_000, **more):
    texts = f"LOYER {('MARS', 'AVRIL', 'MAI')[number]}"
    values = {"party_name": "SCI DES TILLEULS", "party_iban": IBAN, "texts": texts}
    return gift(amount, day=DAY + number * MONTH, **(values | more))


@pytest.fixture
def month(bring):
    """Bring the statement of one month in."""

    def bring_month(number: int, row, opening: int):
        first = DAY + number * MONTH
        return bring(page(row, opening=opening, first=first, last=first, number=number + 1))

    return bring_month


def test_a_choice_said_to_be_for_always_is_followed_from_then_on(account, month, debts, by):
    month(0, rent(0), 100_000)
    part = BookedPart(-45_000, account="613200")
    match_row(row=only_row(), parts=[part], key="a", by=by)
    habit = keep_habit(row=only_row(), part=part, by=by, always=True)

    outcome = month(1, rent(1), 55_000)

    match = match_of(only_row(day=DAY + MONTH))
    assert (outcome.matching.matched, match.how, match.habit) == (1, "alone", habit)
    assert booked(match.booking_key) == [("471000", -45_000), ("613200", 45_000)]


def test_a_choice_alone_is_proposed_and_the_second_one_is_enough(account, month, debts, by):
    month(0, rent(0), 100_000)
    part = BookedPart(-45_000, account="613200")
    match_row(row=only_row(), parts=[part], key="a", by=by)
    keep_habit(row=only_row(), part=part, by=by)

    month(1, rent(1), 55_000)
    second = only_row(day=DAY + MONTH)
    assert match_of(second) is None
    accept_proposal(row=second, proposal=second.proposals.get().pk, key="b", by=by)
    learned = Habit.objects.get()
    assert (learned.seen, learned.words) == (2, ["loyer", "sci", "tilleuls"])

    month(2, rent(2), 10_000)
    assert match_of(only_row(day=DAY + 2 * MONTH)).how == "alone"


def test_another_choice_for_the_same_rows_ends_the_habit(account, month, debts, by):
    month(0, rent(0), 100_000)
    row = only_row()
    first = keep_habit(row=row, part=BookedPart(-45_000, account="613200"), by=by, always=True)

    second = keep_habit(row=row, part=BookedPart(-45_000, account="614000"), by=by, always=True)

    first.refresh_from_db()
    assert first.forgotten_at is not None
    assert list(habits_of(account.book)) == [second]


def test_what_is_forgotten_is_followed_no_more(account, month, debts, by):
    month(0, rent(0), 100_000)
    part = BookedPart(-45_000, account="613200")
    habit = keep_habit(row=only_row(), part=part, by=by, always=True)

    forget_habit(habit=habit, by=by)

    assert forget_habit(habit=habit, by=by).forgotten_at is not None
    outcome = month(1, rent(1), 55_000)
    assert outcome.matching.matched == 0


def test_words_can_be_a_habit_for_everybody_and_what_is_open_goes_first(account, month, debts, by):
    month(0, gift(1000, texts="don verger"), 100_000)
    keep_habit(row=only_row(), part=BookedPart(1000, use="donation"), by=by,
               anybody_who_writes="Don")  # fmt: skip
    owed = debt("1", amount=3000, party_name="Paul Roux", texts=("Don promis",))
    debts.add(owed)
    other = {"texts": "DON LIBRE", "party_name": "ROUX PAUL", "party_iban": IBAN}

    month(1, gift(900, day=DAY + MONTH, **other), 101_000)
    month(2, gift(3000, day=DAY + 2 * MONTH, **other | {"texts": "don"}), 101_900)

    given = match_of(only_row(day=DAY + MONTH))
    assert booked(given.booking_key) == [("471000", 900), ("754110", -900)]
    assert match_of(only_row(day=DAY + 2 * MONTH)).parts.get().item == "1"


def test_a_row_without_words_teaches_nothing(account, month, debts, by):
    month(0, gift(1000, texts="", party_name=""), 100_000)

    assert keep_habit(row=only_row(), part=BookedPart(1000, use="donation"), by=by) is None
    assert not Habit.objects.exists()


def test_fees_of_the_bank_are_booked_without_being_taught(account, month, debts):
    month(0, gift(-420, texts="", party_name="", info="FRAIS DE TENUE DE COMPTE"), 100_000)

    assert booked(match_of(only_row()).booking_key) == [("471000", -420), ("627800", 420)]


def test_only_those_who_answer_for_the_money_teach(account, month, debts, by, passer_by):
    month(0, rent(0), 100_000)
    part = BookedPart(-45_000, account="613200")
    habit = keep_habit(row=only_row(), part=part, by=by)

    with pytest.raises(Forbidden):
        keep_habit(row=only_row(), part=part, by=Actor.of(passer_by))
    with pytest.raises(Forbidden):
        forget_habit(habit=habit, by=Actor.of(passer_by))
    assert Habit.objects.get().forgotten_at is None
