"""Seals and verification: what changed after it was recorded is found, and named."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.db import connection

from chambre.core.db import guards
from chambre.ledger import api as ledger
from chambre.ledger.cli import ledger as command
from chambre.ledger.models import JournalEntry, Line, Seal
from chambre.ledger.tasks import seal_what_is_new
from chambre.registry import api as registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(system):
    """Three entries of one book."""
    structure = registry.create_structure(slug="a", name="A", by=system)
    book = ledger.open_book(structure=structure, by=system)
    ids = ledger.accounts(book, {"512000": "Banque", "701000": "Ventes"})
    journal = ledger.journals(book, {"VE": "Ventes"})["VE"]
    day = dt.date(2025, 3, 1)
    for number in (1, 2, 3):
        lines = [
            ledger.LineDraft(ids["512000"], None, "EUR", 100 * number, "D", day),
            ledger.LineDraft(ids["701000"], None, "EUR", -100 * number, "C", day),
        ]
        ledger.post(
            ledger.EntryDraft(book.pk, journal, day, lines, key=f"sale-{number}"), by=system
        )
    return book


def tamper(statement, *values):
    """What somebody could do who lifts the guards first, and puts them back."""
    guards.remove_all(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    guards.install_all(connection)


def kinds(report):
    return [(problem.key, problem.kind) for problem in report.problems]


def test_what_was_recorded_verifies(recorded, system):
    assert ledger.seal(by=system).entries == 3
    assert ledger.seal(by=system).seals == 0

    report = ledger.verify()

    assert report.as_json() == {
        "ok": True, "events": 0, "entries": 3, "lines": 6, "seals": 4, "problems": [],
    }  # fmt: skip


def test_seals_are_chained(recorded, system):
    first = ledger.seal(by=system)
    book = recorded
    journal = ledger.journals(book, {"VE": "Ventes"})["VE"]
    ids = ledger.accounts(book, {"512000": "Banque", "701000": "Ventes"})
    day = dt.date(2025, 4, 1)
    lines = [
        ledger.LineDraft(ids["512000"], None, "EUR", 7, "D", day),
        ledger.LineDraft(ids["701000"], None, "EUR", -7, "C", day),
    ]
    ledger.post(ledger.EntryDraft(book.pk, journal, day, lines, key="late"), by=system)
    second = ledger.seal(by=system)

    seals = list(Seal.objects.order_by("number"))
    assert [(seal.number, seal.kind) for seal in seals] == [
        (1, "book"), (2, "account"), (3, "journal"), (4, "entry"), (5, "entry"),
    ]  # fmt: skip
    assert bytes(seals[4].previous).hex() == first.head
    assert second.head != first.head
    assert ledger.verify().ok


def test_a_changed_amount_names_its_entry(recorded, system):
    ledger.seal(by=system)
    line = Line.objects.get(entry__key="sale-2", number=1)
    tamper("UPDATE ledger_line SET amount = 201 WHERE id = %s", line.pk)

    report = ledger.verify()

    assert kinds(report)[:2] == [("sale-2", "balance"), ("sale-2", "digest")]
    assert report.problems[0].entry == line.entry_id


def test_a_balanced_forgery_is_found_too(recorded):
    entry = JournalEntry.objects.get(key="sale-3")
    tamper("UPDATE ledger_line SET amount = amount * 2 WHERE entry_id = %s", entry.pk)

    assert ("sale-3", "digest") in kinds(ledger.verify())


def test_a_rewritten_digest_is_found_by_the_seal(recorded, system):
    ledger.seal(by=system)
    entry = JournalEntry.objects.get(key="sale-1")
    tamper("UPDATE ledger_journalentry SET digest = %s WHERE id = %s", b"\x01" * 32, entry.pk)

    assert {kind for _key, kind in kinds(ledger.verify())} == {"digest", "sealed-changed"}


def test_a_removed_entry_is_found(recorded, system):
    ledger.seal(by=system)
    entry = JournalEntry.objects.get(key="sale-3")
    tamper("DELETE FROM ledger_line WHERE entry_id = %s", entry.pk)
    tamper("DELETE FROM ledger_journalentry WHERE id = %s", entry.pk)

    assert kinds(ledger.verify()) == [("", "sealed-missing")]


def test_a_broken_chain_is_found(recorded, system):
    ledger.seal(by=system)
    tamper("UPDATE ledger_seal SET previous = %s", b"\x02" * 32)

    assert "seal" in {kind for _key, kind in kinds(ledger.verify())}


def test_missing_guards_are_told(recorded):
    guards.remove_all(connection)

    found = ledger.verify()
    guards.install_all(connection)

    assert {problem.kind for problem in found.problems} == {"guard"}


def test_the_command_line_says_it_in_json(recorded, system):
    sealed = CliRunner().invoke(command, ["seal", "--json"])
    good = CliRunner().invoke(command, ["verify", "--json"])
    tamper("UPDATE ledger_line SET label = 'other' WHERE number = 1")
    bad = CliRunner().invoke(command, ["verify", "--json"])

    assert json.loads(sealed.output)["entries"] == 3
    assert (good.exit_code, json.loads(good.output)["ok"]) == (0, True)
    assert bad.exit_code == 1
    assert json.loads(bad.output)["problems"][0]["key"] == "sale-1"


def test_the_clock_seals_what_nobody_sealed(recorded):
    assert not Seal.objects.exists()

    seal_what_is_new()

    assert Seal.objects.filter(kind="entry").get().count == 3
    assert ledger.verify().ok
    number = Seal.objects.count()
    seal_what_is_new()
    assert Seal.objects.count() == number
