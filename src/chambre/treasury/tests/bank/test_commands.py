"""``chambre bank``, as others run it."""

import json

import pytest
from click.testing import CliRunner

from chambre.core.errors import Invalid
from chambre.lib.bankfiles.writing import table
from chambre.treasury.cli.bank import bank
from chambre.treasury.models import BankAccount, BankFile, BankRow
from chambre.treasury.services.bank import BankRefused

from .conftest import OURS, camt_of, gift, page

pytestmark = pytest.mark.django_db


def run(*words):
    return CliRunner().invoke(bank, [str(word) for word in words], catch_exceptions=False)


def test_an_account_is_made_once(orchard):
    words = ("account", "create", "vergers-1", "--structure", "vergers", "--iban", OURS)
    assert run(*words).exit_code == 0
    assert run(*words, "--json").exit_code == 0

    made = BankAccount.objects.get()
    assert (made.slug, made.iban, made.code) == ("vergers-1", OURS, "512100")
    with pytest.raises(Invalid):
        run(*words[:-1], "FR7630006000011234567890188")


def test_a_file_is_brought_in_and_says_what_it_brought(account, tmp_path):
    path = tmp_path / "mars.xml"
    path.write_bytes(camt_of(page(gift(100), gift(100), gift(7, status="pending"))))

    ran = run("import", path, "--account", "credit", "--json")

    assert json.loads(ran.stdout) == {
        "format": "camt.053",
        "rows": 3,
        "new": 2,
        "already": 0,
        "pending": 1,
        "opening": 100_000,
        "closing": 100_200,
        "matched": 0,
        "proposed": 0,
    }
    assert list(json.loads(run("import", path, "--account", "credit", "--json").stdout).values())[
        1:5
    ] == [3, 0, 2, 1]
    assert BankFile.objects.get().name == "mars.xml"


def test_a_file_that_does_not_add_up_is_refused(account, tmp_path):
    path = tmp_path / "mars.xml"
    path.write_bytes(camt_of(page(gift(100), closing=1)))
    with pytest.raises(BankRefused):
        run("import", path, "--account", "credit", "--json")
    assert not BankRow.objects.exists()
    assert not BankFile.objects.exists()


def test_a_table_that_speaks_for_itself_is_read_and_remembered(account, tmp_path):
    path = tmp_path / "mars.csv"
    path.write_text(table(page(gift(100), gift(-30)), balance=True))

    ran = run("import", path, "--account", "credit", "--json")

    assert json.loads(ran.stdout)["closing"] == 100_070
    account.refresh_from_db()
    assert account.mapping["debit"] == "Débit"


def test_notices_go_beside_the_result(account, tmp_path):
    other = "FR7630004001230000765432158"
    path = tmp_path / "deux.xml"
    path.write_bytes(camt_of(page(gift(100)), page(gift(200), iban=other)))

    ran = run("import", path, "--account", "credit", "--json")

    assert json.loads(ran.stdout)["new"] == 1
    assert other in ran.stderr
