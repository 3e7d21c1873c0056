"""``chambre clearing solve``: a file in, the largest set-off out."""

import json

import pytest
from click.testing import CliRunner
from django.utils import translation

from chambre.core.errors import Invalid
from chambre.rooms.clearing.cli import clearing

TABLE = "id,debtor,creditor,amount\nF1,a,b,100\nF2,b,c,70\nF3,c,a,90\nF4,c,d,50\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "owed.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def ask(*words):
    done = CliRunner().invoke(clearing, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_a_file_is_solved(file):
    told = json.loads(ask("solve", file, "--json").output)

    assert told == {
        "total": 310,
        "cleared": 210,
        "bound": 210,
        "obligations": [
            {"id": "F1", "cleared": 70, "left": 30},
            {"id": "F2", "cleared": 70, "left": 0},
            {"id": "F3", "cleared": 70, "left": 20},
            {"id": "F4", "cleared": 0, "left": 50},
        ],
        "rings": [{"members": ["a", "b", "c"], "amount": 70}],
    }


def test_at_most_two_in_a_ring(file):
    told = json.loads(ask("solve", file, "--json", "--max-ring", 2).output)

    assert (told["cleared"], told["rings"]) == (0, [])


def test_a_pot_lends_and_has_it_back(file):
    told = json.loads(ask("solve", file, "--json", "--liquidity", 30).output)

    assert told["cleared"] == 210 + told["pot"]["more"]
    assert told["pot"]["more"] > 0
    lent = sum(each["amount"] for each in told["pot"]["lent"])
    assert lent == sum(each["amount"] for each in told["pot"]["returned"]) <= 30


def test_a_person_reads_it_in_french(file):
    with translation.override("fr"):
        words = ask("solve", file).output

    assert "2,10\u00a0€ sur 3,10\u00a0€ se compensent" in words
    assert "0,70\u00a0€\u00a0: a → b → c → a" in words


def test_mistakes_of_the_file_are_told_by_line_and_column(file):
    file.write_text(TABLE + "F5,d,d,5\nF6,d,a,1.5\n", encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        ask("solve", file, "--json")

    lines = refused.value.data["lines"]
    assert len(lines) == 2
    assert "6" in lines[0]
    assert "7" in lines[1]


def test_options_that_make_no_sense_are_refused(file):
    with pytest.raises(Invalid):
        ask("solve", file, "--max-ring", 1)
    with pytest.raises(Invalid):
        ask("solve", file, "--max-ring", 3, "--fair")
