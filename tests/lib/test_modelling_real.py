"""A model that begins with what really happened."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.modelling import read_model, walk, write_model
from chambre.lib.modelling.real import RealLine, model_from_accounts, observed, seasons
from chambre.lib.reciprocity import Text

SOURCE = Text("Comptes 2025", "Accounts 2025")
YEAR = [dt.date(2025, month, 1) for month in range(1, 13)]


def made(lines, months=YEAR, **more):
    return model_from_accounts(
        slug="press", title=Text("Presse", "Press"), months=months, lines=lines, opening=-5_000,
        horizon=12, source=SOURCE, **more,
    )  # fmt: skip


def test_the_range_goes_from_the_leanest_to_the_fattest_year():
    figure = observed([0] * 11 + [1_200] + [0] * 11 + [3_600] + [0] * 6, SOURCE)
    assert (figure.low, figure.likely, figure.high) == (100, 300, 300)
    assert (figure.shape, figure.source, figure.assumption) == ("triangle", SOURCE, False)


def test_with_less_than_a_year_it_goes_from_the_leanest_to_the_fattest_quarter():
    figure = observed([900, 100, 100, 100, 400, 400, 400, 100, 200, 300], SOURCE)
    assert (figure.low, figure.likely, figure.high) == (100, 300, 400)


def test_a_season_is_no_uncertainty_and_little_is_one_value():
    assert observed([0] * 6 + [200] * 6, SOURCE).fixed
    assert observed([100, 300], SOURCE).fixed
    assert observed([5] * 36, SOURCE).fixed


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=40))
def test_what_was_observed_is_a_range_in_order(amounts):
    figure = observed(amounts, SOURCE)
    assert 0 <= figure.low <= figure.likely <= figure.high


def test_seasons_are_those_of_the_income():
    income = [0] * 6 + [200] * 6
    assert seasons(YEAR, income) == (0,) * 6 + (200,) * 6
    assert seasons(YEAR[:11], income[:11]) == (100,) * 12
    assert seasons(YEAR, [0] * 12) == (100,) * 12


def test_the_likely_year_of_the_model_is_the_year_of_the_books():
    sales = RealLine("c706", Text("Prestations", "Services"), True, tuple([0] * 6 + [20_000] * 6))
    rent = RealLine("c613", Text("Loyer", "Rent"), False, (3_000,) * 12)
    nothing = RealLine("c600", Text("Rien", "Nothing"), False, (0,) * 12)
    model = made([sales, rent, nothing])

    assert model.starts == dt.date(2026, 1, 1)
    months = walk(model)
    assert sum(month.income for month in months) == 120_000
    assert [month.income for month in months[5:7]] == [0, 20_000]
    assert sum(month.spent for month in months) == 36_000
    assert months[0].cash == -5_000 - 3_000
    assert [cost.slug for cost in model.costs] == ["c613"]
    assert read_model(write_model(model)) == model


def test_a_resource_without_income_is_a_model_too():
    rent = RealLine("c613", Text("Loyer", "Rent"), False, (3_000,))
    model = made([rent], months=YEAR[:1])
    assert walk(model)[-1].cash == -5_000 - 12 * 3_000
    assert read_model(write_model(model)) == model
