"""``chambre bank reconcile``, as others run it."""

import json

import pytest
from click.testing import CliRunner

from chambre.treasury.cli import bank

from .conftest import RF, debt, gift, page

pytestmark = pytest.mark.django_db


def test_it_says_how_rows_and_balances_stand(account, bring, debts):
    bring(page(gift(2500, texts=RF), gift(900, texts="")))
    debts.add(debt("1", reference=RF), debt("2", amount=900))
    words = ["reconcile", "--account", "credit", "--json"]

    ran = CliRunner().invoke(bank, words, catch_exceptions=False)
    again = CliRunner().invoke(bank, words, catch_exceptions=False)

    assert json.loads(ran.stdout) == {
        "matched": 1,
        "proposed": 1,
        "unmatched": 1,  # the balance before the first statement
        "ledger_balance": 103_400,
        "statement_balance": 103_400,
        "equal": True,
    }
    assert json.loads(again.stdout) == json.loads(ran.stdout)
    human = CliRunner().invoke(bank, words[:-1], catch_exceptions=False)
    assert human.exit_code == 0
    assert "1" in human.output
