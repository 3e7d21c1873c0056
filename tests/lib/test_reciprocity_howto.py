"""The contract and the table of ``docs/howto/contract.md`` do what the page says."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from chambre.lib.reciprocity import read, read_facts
from chambre.lib.reciprocity.interview import Answer, interview
from chambre.lib.reciprocity.readings import plain_reading
from chambre.lib.reciprocity.running import run
from chambre.lib.reciprocity.templates import slugs

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "contract.md"


def _block(kind: str) -> str:
    """The one block of that kind on the page."""
    found = re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_oven_shares_out_what_the_page_says() -> None:
    contract = read(_block("toml"))

    found = run(contract, read_facts(_block("csv")), dt.date(2025, 1, 1), dt.date(2025, 12, 31))

    rows = re.findall(
        r"\| (\S+) \| (\S+) \| ([0-9]+)\.([0-9]{2}) € \| (\S+) \|",
        PAGE.read_text(encoding="utf-8"),
    )
    assert len(rows) == 4
    assert [(line.to, line.clause, line.amount, line.because) for line in found.lines] == [
        (to, clause, int(euros + cents), (because,)) for to, clause, euros, cents, because in rows
    ]
    assert (found.income, found.kept) == (20000, 0)
    assert [(owed.giver, owed.quantity) for owed in found.owed_in_kind] == [("pain-d-ici", "40.00")]


def test_the_page_quotes_the_plain_words() -> None:
    contract = read(_block("toml"))

    said = plain_reading(contract, "fr").clause("counterpart-fournees").paragraphs[0]

    assert said.replace("\u00a0", " ") in PAGE.read_text(encoding="utf-8")


def test_a_stranger_who_bakes_for_the_market_gets_an_answer() -> None:
    contract = read(_block("toml"))

    found = interview(
        contract, {"use": "commercial", "contributed:h:12": "0", "quantity:fournée": "130"}
    )

    assert isinstance(found, Answer)
    assert found.due[0].quantity == "240.00"
    assert [each.name for each in found.openings] == ["actifs"]


def test_the_page_lists_every_template() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert all(f"| `{slug}` |" in page for slug in slugs())
