"""Six months of the demonstration: every awkward case, and the ledger still says what the bank says."""

import datetime as dt

import pytest

from chambre.lib.bankfiles import read
from chambre.treasury.models import BankRow, RowReplacement
from chambre.treasury.queries.bank import booked_rows, standing_of
from chambre.treasury.samples import bring_all, statements

from .conftest import OURS

FIRST = dt.date(2026, 1, 1)


def given(form="camt", seed=7):
    return statements(seed=seed, iban=OURS, opening=250_000, first=FIRST, form=form)


def test_the_same_seed_gives_the_same_files():
    assert given() == given()
    assert given() != given(seed=8)


@pytest.mark.parametrize("form", ["camt", "ofx", "mt940"])
def test_every_file_adds_up(form):
    for each in given(form):
        with read(each.content) as file:
            assert file.statements


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["camt", "ofx", "mt940", "csv"])
def test_six_months_brought_in_equal_the_statement(account, by, form):
    files = given(form)

    outcomes = bring_all(account=account, given=files, by=by)

    assert standing_of(account).equal
    assert [outcome.notices for outcome in outcomes if outcome.notices] == []
    gifts = booked_rows(account).filter(amount=2_000, texts__contains="Don")
    assert gifts.count() == 12  # two identical ones each month
    before = BankRow.objects.count()
    again = bring_all(account=account, given=files, by=by)
    assert sum(outcome.new for outcome in again) == 0
    assert BankRow.objects.count() == before


@pytest.mark.django_db
def test_awkward_cases_are_all_there(account, by):
    bring_all(account=account, given=given(), by=by)

    rows = booked_rows(account)
    assert rows.filter(parts=3).count() == 18
    assert rows.filter(reversal=True, return_code="MD06").count() == 3
    assert rows.filter(original_currency="USD").count() == 6
    assert BankRow.objects.filter(status="pending").count() == 6
    assert RowReplacement.objects.filter(why="booked").count() == 5
    assert rows.filter(kind="opening").count() == 1
