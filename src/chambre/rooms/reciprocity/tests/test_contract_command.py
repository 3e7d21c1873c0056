"""``chambre contract``: what others run."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chambre.core.errors import ChambreError
from chambre.lib.reciprocity.outcome import Line, Outcome
from chambre.rooms.reciprocity.cli import contract, contracts

FIXED = """\
format = 1
slug = "x"
title = "X"
[[step]]
name = "parts"
how = "fixed"
to = { ana = 1, bo = 2 }
"""
FACTS = """\
id,date,kind,resource,from,to,amount,unit,quantity,note
f1,2025-02-03,sale,r,c,x,100,EUR,,
f2,2025-02-04,sale,r,c,x,1,EUR,,
"""


def ran(*arguments: str, status: int = 0) -> Any:
    result = CliRunner().invoke(contract, list(arguments), catch_exceptions=False)
    assert result.exit_code == status
    return result.output


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    words, facts = tmp_path / "c.toml", tmp_path / "f.csv"
    words.write_text(FIXED, encoding="utf-8")
    facts.write_text(FACTS, encoding="utf-8")
    return str(words), str(facts)


def run(words: str, facts: str) -> Any:
    span = ["--from", "2025-01-01", "--to", "2025-12-31", "--json"]
    return json.loads(ran("run", words, "--facts", facts, *span))


def test_a_run_says_who_gets_what_and_because_of_what(files: tuple[str, str]) -> None:
    assert run(*files) == {
        "unit": "EUR", "income": 101, "distributed": 101, "kept": 0,
        "lines": [
            {"to": "ana", "clause": "parts", "amount": 34, "because": ["f1", "f2"]},
            {"to": "bo", "clause": "parts", "amount": 67, "because": ["f1", "f2"]},
        ],
        "owed_in_kind": [],
    }  # fmt: skip


def test_every_template_runs_on_the_facts_that_it_documents(tmp_path: Path) -> None:
    rows = json.loads(ran("templates", "--json"))
    assert len(rows) == 12
    for row in rows:
        assert set(row) == {"slug", "title", "source"}
        assert row["title"] and row["source"]
        words, facts = tmp_path / "c.toml", tmp_path / "f.csv"
        words.write_text(ran("show", row["slug"]), encoding="utf-8")
        facts.write_text(ran("facts", row["slug"]), encoding="utf-8")
        assert json.loads(ran("check", str(words), "--json")) == {"valid": True, "errors": []}
        table = list(csv.DictReader(facts.open(encoding="utf-8")))
        days = sorted(each["date"] for each in table)
        known = {each["id"] for each in table}
        told = json.loads(
            ran(
                "run",
                str(words),
                "--facts",
                str(facts),
                "--from",
                days[0],
                "--to",
                days[-1],
                "--json",
            )
        )
        assert told["income"] == told["distributed"] + told["kept"] > 0
        assert told["distributed"] == sum(line["amount"] for line in told["lines"])
        assert all(line["because"] and known.issuperset(line["because"]) for line in told["lines"])


def test_a_mistake_has_its_line_and_column(tmp_path: Path) -> None:
    words = tmp_path / "c.toml"
    words.write_text(FIXED.replace('how = "fixed"', 'how = "fixd"'), encoding="utf-8")
    told = json.loads(ran("check", str(words), "--json", status=1))
    assert told["valid"] is False
    assert [(each["line"], each["column"]) for each in told["errors"]] == [(6, 7)]
    assert "fixed" in told["errors"][0]["message"]


def test_a_bad_row_is_named_and_nothing_is_computed(files: tuple[str, str]) -> None:
    words, facts = files
    Path(facts).write_text(FACTS.replace(",100,EUR", ",1.5,EUR"), encoding="utf-8")
    with pytest.raises(ChambreError) as refusal:
        run(words, facts)
    assert "2" in str(refusal.value.message)


def test_reasons_are_cut_where_they_would_fill_the_disk(monkeypatch: Any) -> None:
    ids = tuple(f"f{number}" for number in range(1_500))
    outcome = Outcome(
        "x", "EUR", dt.date(2025, 1, 1), dt.date(2025, 12, 31), 3, 3, 0,
        tuple(Line(f"p{number}", "parts", 1, ids) for number in range(3)),
    )  # fmt: skip
    assert [line["because"] for line in contracts.as_json_of(outcome)["lines"]] == [list(ids)] * 3
    monkeypatch.setattr(contracts, "MOST_REASONS", 4_000)
    cut = contracts.as_json_of(outcome)["lines"]
    assert [(len(line["because"]), line["because_of"]) for line in cut] == [(1_000, 1_500)] * 3
