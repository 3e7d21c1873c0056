"""At the command line a refund goes one way, or in parts."""

import json

import pytest
from click.testing import CliRunner

from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.models import Contract, Part
from chambre.rooms.deposit.queries.holding import holding

pytestmark = pytest.mark.django_db


def back(code, refund, key="k", *more):
    asked = ["return", code, "--place", "halle", "--key", key, "--refund", refund, *more]
    return CliRunner().invoke(deposit, [*asked, "--json"])


def parts():
    rows = Part.objects.filter(amount__gt=0).order_by("channel")
    return list(rows.values_list("channel", "amount"))


def test_one_way_answers_as_it_always_did(house, jar):
    told = json.loads(back(jar, "cash").output)

    assert (told["outcome"], told["refund"], told["reason"]) == ("refunded", 200, "whole")
    assert set(told) == {
        "outcome", "refund", "contract", "reason", "kept", "case", "words", "lines",
    }  # fmt: skip
    assert json.loads(back(jar, "cash").output) == told
    assert parts() == [("cash", 200)]


@pytest.mark.parametrize(
    ("refund", "expected"),
    [
        ("cash:150,gift:50", [("cash", 150), ("gift", 50)]),
        ("cash,gift:50", [("cash", 150), ("gift", 50)]),
        ("gift:50, cash", [("cash", 150), ("gift", 50)]),
        ("gift:20,cash:30", [("cash", 30), ("cash", 150), ("gift", 20)]),
        ("suspended:200", [("suspended", 200)]),
    ],
)
def test_parts_go_their_ways_and_the_rest_goes_too(house, jar, refund, expected):
    told = json.loads(back(jar, refund).output)

    assert (told["outcome"], told["refund"]) == ("refunded", 200)
    assert sorted(parts()) == expected
    assert json.loads(back(jar, refund).output) == told
    assert (holding().held, holding().equal) == (0, True)


def test_a_part_that_is_transferred_has_its_account(house, jar):
    more = ("--iban", "FR7630006000011234567890189", "--name", "Lou")
    told = json.loads(back(jar, "sepa:150,gift", "k", *more).output)

    assert told["refund"] == 200
    assert Part.objects.get(channel="sepa").reference.startswith("payout:")


def test_parts_that_are_more_than_the_deposit_pay_nothing(house, jar):
    told = json.loads(back(jar, "cash:150,gift:51").output)

    assert (told["outcome"], told["refund"]) == ("refused", 0)
    assert parts() == []
    assert Contract.objects.get().state == "open"


@pytest.mark.parametrize(
    "refund",
    ["gold", "cash:", "cash:0", "cash:-5", "cash:1.5", "cash:٣", "cash,gift", "cash:1,,", ""],
)
def test_what_makes_no_sense_is_a_wrong_use(house, jar, refund):
    assert back(jar, refund).exit_code == 2
    assert Contract.objects.get().state == "open"


def test_the_help_says_how():
    said = CliRunner().invoke(deposit, ["return", "--help"]).output
    assert "cash:150,gift:50" in said
    assert "[cash|voucher|gift|sepa" in said
