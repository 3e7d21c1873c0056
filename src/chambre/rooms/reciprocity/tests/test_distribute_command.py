"""``chambre distribute``, with and without ``--commit``."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from click.testing import CliRunner

from chambre.ledger.models import JournalEntry
from chambre.rooms.reciprocity.cli.distributing import distribute
from chambre.rooms.reciprocity.models import Distribution
from chambre.rooms.reciprocity.tests.house import House

pytestmark = pytest.mark.django_db
ASKED = ["presse", "--from", "2025-01-01", "--to", "2025-12-31", "--json"]


def said(*more: str) -> Any:
    result = CliRunner().invoke(distribute, [*ASKED, *more], catch_exceptions=False)
    assert result.exit_code == 0
    return json.loads(result.output)


def test_a_dry_run_and_a_commit_say_the_same_and_the_second_commit_changes_nothing() -> None:
    house = House()
    house.sells(120_000, dt.date(2025, 3, 1))
    dry = said()
    assert dry["state"] == "dry-run"
    assert Distribution.objects.count() == 0
    kept = said("--commit")
    for name in ("unit", "income", "distributed", "kept", "lines", "owed_in_kind"):
        assert kept[name] == dry[name]
    assert kept["income"] == kept["distributed"] + kept["kept"] == 120_000
    assert kept["distributed"] == sum(line["amount"] for line in kept["lines"])
    assert (kept["distribution"], kept["state"]) == (1, "booked")
    entries = JournalEntry.objects.count()
    assert said("--commit") == kept
    assert JournalEntry.objects.count() == entries
