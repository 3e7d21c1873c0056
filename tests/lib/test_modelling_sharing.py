"""Who would get what: the surplus of a model through contracts, exact and with its history."""

import pytest
from modelling_support import shop

from chambre.lib.modelling import ModelRefusal, simulate
from chambre.lib.modelling.sharing import CASES, compare, given, share_out, surpluses
from chambre.lib.reciprocity import read

HELPERS = [
    {"slug": "ana", "name": "Ana", "hours": 30, "rate": 1_500},
    {"slug": "ben", "name": "Ben", "hours": 10, "rate": 1_500},
]
BY_HOURS = """format = 1
slug = "hours"
[title]
fr = "Selon les heures"
en = "By the hours"
[[step]]
name = "founders"
how = "fixed"
cap = 30000
to = ["eve"]
[[step]]
name = "reserve"
how = "fund"
share = "50%"
target = 20000
to = ["reserve"]
[[step]]
name = "work"
how = "contribution"
months = 12
[[step.count]]
kind = "contribution"
unit = "h"
rate = 1
[change]
by = "consent"
"""
BY_USES = """format = 1
slug = "uses"
[[step]]
name = "rebate"
how = "contribution"
share = "80%"
[[step.count]]
kind = "use"
unit = "jar"
rate = 1
[change]
by = "consent"
"""


@pytest.fixture
def model():
    return shop(volunteer=HELPERS)


@pytest.fixture
def result(model):
    return simulate(model, 5, 1)


def test_what_is_shared_and_kept_is_the_surplus_of_every_year(model, result):
    for cases in compare(model, result, [read(BY_HOURS), read(BY_USES)]).contracts:
        assert [sharing.case for sharing in cases] == list(CASES)
        for sharing in cases:
            for year, surplus in enumerate(sharing.surplus):
                given_out = sum(receiver.amounts[year] for receiver in sharing.receivers)
                assert given_out + sharing.kept[year] == surplus


def test_caps_and_funds_remember_the_years_before(model, result):
    middle = share_out(model, result, read(BY_HOURS))[1]

    assert middle.surplus == (48_000, 48_000)
    shares = {(each.clause, each.name): each.amounts for each in middle.receivers}
    # Year 1: 300 € to the founder, half of the other 180 € to the reserve, the rest by hours.
    # Year 2: the founder has had all, the reserve takes the 110 € that it still lacks.
    assert shares == {
        ("founders", "eve"): (30_000, 0),
        ("reserve", "reserve"): (9_000, 11_000),
        ("work", "ana"): (6_750, 27_750),
        ("work", "ben"): (2_250, 9_250),
    }


def test_people_are_called_by_the_names_of_the_model(model, result):
    middle = share_out(model, result, read(BY_HOURS))[1]
    labels = {each.name: each.label.fr for each in middle.receivers}
    assert labels == {"eve": "Eve", "reserve": "Reserve", "ana": "Ana", "ben": "Ben"}
    assert middle.lines("EUR", "fr")[0] == "Eve\u00a0: 300\u00a0€ (founders)"


def test_uses_are_told_in_the_unit_that_the_contract_counts(model, result):
    facts = list(given(model, read(BY_USES)))

    assert {fact.unit for fact in facts if fact.kind == "use"} == {"jar"}
    assert sum(fact.quantity for fact in facts if fact.kind == "use") == 480 * 1_000_000
    assert sum(fact.quantity for fact in facts if fact.giver == "ana") == 720 * 1_000_000
    middle = share_out(model, result, read(BY_USES))[1]
    assert [(each.name, each.total) for each in middle.receivers] == [("all", 76_800)]
    assert sum(middle.kept) == 19_200


def test_losses_are_made_good_before_anything_is_shared():
    rent = [{"slug": "r", "name": "R", "kind": "fixed", "amount": 30_000, "last": 12}]
    result = simulate(shop(cost=rent), 3, 1)

    assert [year.surplus.p50 for year in result.years] == [-72_000, 288_000]
    assert surpluses(result, "p50") == (0, 216_000)


def test_a_contract_in_another_currency_is_refused(model, result):
    contract = read(BY_USES.replace('slug = "uses"', 'slug = "uses"\nunit = "GBP"'))
    with pytest.raises(ModelRefusal, match="counts in GBP, the model in EUR"):
        share_out(model, result, contract)
