"""Care, hand-over, recall, cases and rules at the command line: the same services as on the pages."""

import json

import pytest
from click.testing import CliRunner

from chambre.core.errors import Conflict, NotFound
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.models import Case, Item, Lot, Move, Tariff, Terms, UnclaimedDecision
from chambre.rooms.deposit.queries.errors import NotNow
from chambre.rooms.deposit.queries.recalling import lot_called
from chambre.rooms.deposit.services import deciding, schemes, stock
from chambre.rooms.deposit.services.asking import Condition

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


def run(*words):
    return CliRunner().invoke(deposit, [str(word) for word in words])


def told(*words):
    done = run(*words, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.output)


def test_a_wash_is_noted_for_all_of_a_crate_or_for_none(house, jar):
    house.back(jar)
    (fresh,) = house.jars()
    wash = ("--scheme", "bocaux", "--step", "wash", "--temperature", 72, "--minutes", 4)

    assert told("care", jar, fresh, *wash) == {"count": 2}
    move = Move.objects.get(item__uri=jar, kind="washed")
    assert move.facts == {"temperature": 72, "minutes": 4}
    house.out(*house.jars())
    out = Item.objects.get(state="out").uri
    refused = run("care", jar, out, "--scheme", "bocaux", "--step", "pass")
    assert isinstance(refused.exception, NotNow)
    assert Item.objects.get(uri=jar).state == "washing"
    assert run("care", jar, "--scheme", "bocaux", "--step", "polish").exit_code == 2


def test_objects_go_from_place_to_place_once_for_the_key(house):
    schemes.create_place(slug="hub", scheme=house.scheme, name="Atelier", by=SYSTEM)
    schemes.create_type(slug="gobelet", scheme=house.scheme, counting="class", by=SYSTEM)
    codes = house.jars(2)
    asked = ("hand-over", *codes, "--from", "halle", "--to", "hub", "--counted", "gobelet:40",
             "--key", "t1")  # fmt: skip
    first = told(*asked)

    assert {row["type"]: row["quantity"] for row in first["handovers"]} == {
        "bocal": 2, "gobelet": 40,
    }  # fmt: skip
    assert told(*asked) == first
    assert Item.objects.filter(place__slug="hub").count() == 2
    for wrong in ("gobelet", "gobelet:0", "gobelet:-1", "gobelet:٣"):
        bad = run("hand-over", "--from", "halle", "--to", "hub", "--counted", wrong, "--key", "t2")
        assert bad.exit_code == 2


def test_a_batch_is_recalled_by_its_name(house):
    first = stock.commission(type_=house.type, count=2, lot="printemps", by=SYSTEM)
    house.out(first[0])
    done = told("recall", "printemps", "--scheme", "bocaux", "--reason", "verre fragile")

    assert done == {"lot": Lot.objects.get(name="printemps").pk, "here": 1, "out": 1}
    assert set(Item.objects.filter(uri__in=first).values_list("state", flat=True)) == {"recalled"}


def test_of_two_batches_of_one_name_the_number_says_which(house):
    for _each in range(2):
        stock.commission(type_=house.type, count=1, lot="printemps", by=SYSTEM)
    second = Lot.objects.order_by("pk").last()
    with pytest.raises(Conflict) as several:
        lot_called(house.scheme, "printemps")
    assert str(second.pk) in str(several.value.message)
    with pytest.raises(NotFound):
        lot_called(house.scheme, "automne")

    assert lot_called(house.scheme, str(second.pk)) == second


def test_cases_are_read_and_closed_and_nobody_pays_from_here(house, jar, two_people):
    number = house.back(jar, condition=Condition.DAMAGED).case
    deciding.propose(case=Case.objects.get(), words="ébréché", amount=150, by=two_people[0])
    (listed,) = told("case", "list", "--scheme", "bocaux")["cases"]
    assert (listed["number"], listed["kind"], listed["object"]) == (number, "damaged", jar)
    assert listed["voices"][0]["amount"] == 150
    assert "1,50" in run("case", "show", number, "--scheme", "bocaux").output

    pay = run("case", "close", number, "--scheme", "bocaux", "--outcome", "paid", "--words", "x")
    assert pay.exit_code == 2
    done = told("case", "close", number, "--scheme", "bocaux", "--outcome", "refused",
                "--words", "cassé")  # fmt: skip
    assert (done["decision"], done["words"], done["proposal"]) == ("refused", "cassé", None)
    assert told("case", "list", "--scheme", "bocaux") == {"cases": []}
    assert len(told("case", "list", "--scheme", "bocaux", "--state", "all")["cases"]) == 1


def test_rules_are_read_and_decided_and_what_is_not_said_stays(house):
    said = ("--reason", "AG", "--damaged-kept", 40, "--late-after", 90)
    assert told("rules", "set", "bocaux", *said)["damaged_kept"] == 40
    row = told("rules", "set", "bocaux", "--reason", "AG 2", "--damaged-kept", "none")

    assert (row["number"], row["damaged_kept"], row["late_after"]) == (3, None, 90)
    assert told("rules", "show", "bocaux") == row
    assert run("rules", "set", "bocaux", "--damaged-kept", 40).exit_code == 2
    assert Terms.objects.count() == 3


def test_tariff_unclaimed_deposits_and_costs_are_decided(house):
    new = told("rules", "tariff", "bocaux", "--amount", 250, "--type", "bocal", "--reason", "AG")
    assert (new["amount"], new["type"], new["vat"]) == (250, "bocal", 2000)
    assert Tariff.objects.get(type=house.type).amount == 250
    (code,) = house.jars()
    assert house.out(code).refund == 250

    kept = told("rules", "unclaimed", "bocaux", "--after-days", 730, "--outcome", "sale",
                "--reference", "AG 2029")  # fmt: skip
    assert (kept["after_days"], kept["outcome"]) == (730, "sale")
    assert UnclaimedDecision.objects.get().reference == "AG 2029"
    costs = told("rules", "costs", "bocaux", "--wash", 18, "--instead", 42, "--reason", "facture")
    assert (costs["wash"], costs["instead"], costs["type"]) == (18, 42, "")
