"""``chambre barter rings``, as others run it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from chambre.core.errors import Invalid
from chambre.rooms.exchange.cli.barter import barter

TOWN = """person,kind,category,value
ada,offer,bread,500
ada,need,honey,
bruno,offer,wood,9000
bruno,need,bread,
chloe,offer,honey,700
chloe,need,wood,
dris,offer,songs,
"""


@pytest.fixture
def town(tmp_path):
    """A file with a ring of three and somebody who needs nothing."""
    path = tmp_path / "town.csv"
    path.write_text(TOWN, encoding="utf-8")
    return str(path)


def run(*arguments: str):
    return CliRunner().invoke(barter, ["rings", *arguments], catch_exceptions=False)


def test_rings_are_given_as_they_were_asked_for(town):
    answer = run(town, "--max", "4", "--json")

    assert answer.exit_code == 0
    assert json.loads(answer.output) == {
        "served": 3,
        "rings": [
            [
                {"from": "ada", "to": "bruno", "category": "bread"},
                {"from": "bruno", "to": "chloe", "category": "wood"},
                {"from": "chloe", "to": "ada", "category": "honey"},
            ]
        ],
    }


def test_nobody_is_served_where_rings_must_be_shorter(town):
    assert json.loads(run(town, "--max", "2", "--json").output) == {"served": 0, "rings": []}


def test_the_bound_is_said_when_asked_for(town):
    answer = json.loads(run(town, "--bound", "--most", "value", "--json").output)

    assert (answer["worth"], answer["bound"], answer["proved"]) == (10_200, 10_200, True)


def test_a_line_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text("person,kind,category\nada,lends,bread\n", encoding="utf-8")

    with pytest.raises(Invalid, match="2"):
        run(str(path), "--json")
