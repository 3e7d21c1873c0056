"""The simulator: exact to the cent, the same from the same seed, and in the right direction."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from modelling_support import LOAN, MODELS, certain, shop

from chambre.lib.modelling import Band, ModelRefusal, model_from_data, most_runs, simulate, walk
from chambre.lib.modelling.drawing import draw, drawn
from chambre.lib.modelling.engine import YEARLY, run
from chambre.lib.modelling.figures import Figure, Kind
from chambre.lib.modelling.outcome import band, percentile, when

some = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def of_run(values, at):
    """The pick of the values of one run."""
    return lambda key, _figure: int(
        values[key][at] if isinstance(values[key], np.ndarray) else values[key]
    )


# ------------------------------------------------------------------ exact


@some
@given(MODELS)
def test_every_run_is_what_walking_through_it_gives_to_the_cent(data):
    model = model_from_data(data)
    values = drawn(model, 5, seed=3)
    made = run(model, values, 5)

    for at in range(5):
        months = walk(model, of_run(values, at))
        assert made.cash[:, at].tolist() == [month.cash for month in months]
        assert made.held[:, at].tolist() == [month.held for month in months]
        assert made.own_result[:, at].tolist() == [month.own_result for month in months]
        assert made.owed[:, at].tolist() == [month.owed_to_lenders for month in months]
        assert made.users[:, at].tolist() == [sum(month.users.values()) for month in months]
        assert made.uses[:, at].tolist() == [sum(month.uses.values()) for month in months]
        assert made.reserve[:, at].tolist() == [month.reserve for month in months]
        for word in YEARLY:
            named = {"costs": "spent"}.get(word, word)
            sums = [0] * model.years
            for month in months:
                sums[(month.number - 1) // 12] += getattr(month, named)
            assert made.yearly[word][:, at].tolist() == sums, word


@some
@given(MODELS)
def test_cash_is_what_was_there_and_came_in_less_what_went_out_every_month_of_every_run(data):
    model = model_from_data(data)
    values = drawn(model, 20, seed=1)
    made = run(model, values, 20)

    before = np.broadcast_to(np.asarray(values["opening"]), 20)
    for at in range(model.horizon):
        assert (made.cash[at] == before + made.cash_in[at] - made.cash_out[at]).all()
        before = made.cash[at]


@some
@given(MODELS)
def test_what_is_there_is_what_is_owed_and_what_was_earned(data):
    """The balance sheet of every month balances, so no cent is lost between cash and result."""
    model = model_from_data(data)
    own = model.opening.likely
    for month in walk(model):
        own += month.result
        there = month.cash + month.owed_by_users + month.equipment
        assert there == own + month.held + month.owed_to_lenders + month.grants_ahead
        assert month.held >= 0
        assert month.owed_to_lenders >= 0
        assert month.grants_ahead >= 0
        assert month.equipment >= 0


@some
@given(MODELS)
def test_without_uncertainty_every_percentile_is_the_one_walk(data):
    model = model_from_data(certain(data))
    result = simulate(model, runs=7, seed=5)

    assert not list(model.ranges())
    assert result.levers == ()
    for drawn_band, month in zip(result.cash, walk(model), strict=True):
        assert drawn_band == Band(month.cash, month.cash, month.cash, month.cash)


def test_a_small_model_by_hand():
    months = walk(shop())

    assert [month.income for month in months[:2]] == [24_000, 24_000]  # 10 × 2 × 12 €
    assert [month.cash for month in months[:3]] == [104_000, 108_000, 112_000]


def test_seasons_follow_the_calendar_and_not_the_model():
    segment = {"slug": "all", "name": "All", "start": 10, "season": [0] * 6 + [200] * 6}
    months = walk(shop(segment=[segment], starts=shop().starts.replace(month=6)))

    assert [month.income for month in months[:3]] == [0, 24_000, 24_000]


def test_a_loan_is_paid_back_to_the_cent_with_interest_on_what_is_left():
    months = walk(shop(horizon=60, loan=[LOAN | {"month": 2, "grace": 3}]))

    assert sum(month.capital for month in months) == 2_500_000
    assert [month.capital for month in months[:6]] == [0, 0, 0, 0, 0, 69_444]
    assert months[1].interest == 0
    assert months[2].interest == 7_292  # 25,000 € × 3.5 % / 12
    assert months[6].interest == 7_089  # on 24,305.56 €
    assert months[-1].owed_to_lenders == 0


def test_deposits_are_others_money_until_objects_are_lost():
    deposit = {"slug": "jar", "name": "Jar", "amount": 100, "loss": "10%", "delay": 2,
               "rotations": 9, "object_cost": 90}  # fmt: skip
    months = walk(shop(deposit=[deposit]))

    assert [month.held for month in months[:4]] == [2_000, 4_000, 4_000, 4_000]
    third = months[2]
    assert (third.deposits_in, third.deposits_back, third.deposits_kept) == (2_000, 1_800, 200)
    assert third.objects == 360  # 2 lost and 18 / 9 worn out, 0.90 € each


def test_a_grant_for_equipment_is_taken_in_as_the_equipment_wears_out():
    thing = {"slug": "line", "name": "Line", "cost": 100_000, "lifetime": 12, "renew": False}
    grant = {"slug": "region", "name": "Region", "amount": 50_000, "spread": 12}
    months = walk(shop(equipment=[thing], grant=[grant]))

    assert [month.wear for month in months[:3]] == [8_333, 8_333, 8_334]
    assert sum(month.wear for month in months) == 100_000
    assert [month.grants_taken for month in months[:3]] == [4_166, 4_167, 4_167]
    assert sum(month.grants_taken for month in months) == 50_000


def test_money_that_comes_late_is_earned_at_once():
    months = walk(shop(price=[{"slug": "u", "name": "U", "amount": 1_200, "paid_after": 2}]))

    assert [month.received for month in months[:3]] == [0, 0, 24_000]
    assert months[0].own_result == 4_000
    assert months[-1].owed_by_users == 48_000


def test_steps_begin_with_their_first_use():
    cost = {"slug": "w", "name": "W", "kind": "stepwise", "amount": 1_000, "every": 19}
    assert walk(shop(cost=[cost]))[0].spent == 2_000  # 20 uses


def test_costs_rise_in_the_thirteenth_month():
    months = walk(shop(indexing={"costs": "10%"}))
    assert [months[11].spent, months[12].spent] == [20_000, 22_000]


# ------------------------------------------------------------------ seeds


@some
@given(MODELS, st.integers(0, 10**9))
def test_the_same_seed_gives_the_same_result(data, seed):
    model = model_from_data(data)
    assert simulate(model, 30, seed) == simulate(model, 30, seed)


def test_another_seed_gives_other_values():
    model = shop(opening={"low": 0, "high": 10**9})
    assert simulate(model, 30, 1).cash != simulate(model, 30, 2).cash


def test_what_a_seed_gives_does_not_change_from_one_machine_to_the_next():
    figure = {"min": 0, "likely": 300, "max": 1_000}
    values = drawn(shop(opening=figure), 5, seed=1)["opening"].tolist()
    assert values == [224, 752, 602, 485, 677]


def test_changing_one_range_draws_the_others_alike():
    start = {"min": 5, "likely": 10, "max": 30}
    segment = {"slug": "all", "name": "All", "start": start}
    first = drawn(shop(segment=[segment]), 50, 1)
    second = drawn(shop(segment=[segment], opening={"low": 0, "high": 9}), 50, 1)
    assert (first["segment.all.start"] == second["segment.all.start"]).all()


# ------------------------------------------------------------------ directions


@some
@given(MODELS, st.integers(0, 2_000))
def test_a_higher_price_for_the_same_users_never_lowers_cash(data, more):
    model = model_from_data(data)
    dearer = replace(
        model,
        prices=tuple(
            replace(
                price,
                amount=replace(
                    price.amount,
                    low=price.amount.low + more,
                    likely=price.amount.likely + more,
                    high=price.amount.high + more,
                ),
            )
            for price in model.prices
        ),
    )
    values, others = drawn(model, 20, 1), drawn(dearer, 20, 1)
    assert (run(dearer, others, 20).cash >= run(model, values, 20).cash).all()


@some
@given(MODELS, st.integers(1, 10**6))
def test_more_in_hand_at_the_start_is_more_in_hand_for_ever(data, more):
    opening = data["opening"]
    richer = (
        {word: value + more for word, value in opening.items() if word != "shape"}
        | {word: value for word, value in opening.items() if word == "shape"}
        if isinstance(opening, dict)
        else opening + more
    )
    model, better = model_from_data(data), model_from_data(data | {"opening": richer})
    difference = run(better, drawn(better, 9, 1), 9).cash - run(model, drawn(model, 9, 1), 9).cash
    assert (difference == difference[0]).all()
    assert (abs(difference - more) <= 1).all()  # a drawn value is rounded to the cent


# ------------------------------------------------------------------ ranges


@pytest.mark.parametrize("shape", ["triangle", "pert", "even"])
def test_drawn_values_keep_to_their_range_and_are_most_often_near_the_likely_one(shape):
    figure = Figure(Kind.MONEY, 1_000, 2_000, 6_000, shape)
    values = draw(figure, (np.arange(10_000) + 0.5) / 10_000)

    assert values.min() >= 1_000
    assert values.max() <= 6_000
    mean = {"triangle": 3_000, "pert": 2_500, "even": 3_500}[shape]
    assert abs(float(values.mean()) - mean) < 2
    assert (np.diff(values) >= 0).all()


def test_a_grant_comes_in_its_share_of_the_runs():
    model = shop(grant=[{"slug": "g", "name": "G", "amount": 1_000, "chance": "30%"}])
    result = simulate(model, 10_000, 1)

    assert result.cash[0].p50 == 104_000
    assert result.cash[0].p90 == 105_000
    assert abs(result.years[0].lines["grants_in"].mean - 300) <= 15
    assert [lever.key for lever in result.levers] == ["grant.g.chance"]
    assert result.levers[0].swing == 1_000


# ------------------------------------------------------------------ what is read from the runs


def test_percentiles_are_values_of_runs():
    values = np.array([40, 10, 30, 20], np.int64)
    assert band(values) == Band(10, 20, 40, 25)
    assert percentile(np.array([7], np.int64), 1) == 7


def test_when_something_happens_counts_the_runs_in_which_it_never_does():
    happens = np.array([[False, True, False], [True, False, False]])
    found = when(happens)
    assert (found.share, found.p10, found.p50, found.p90) == (667, 1, 2, None)


def test_risk_low_point_and_what_is_missing():
    model = shop(price=[{"slug": "u", "name": "U", "amount": 600}])  # loses 80 € a month
    result = simulate(model, 3, 1)

    assert result.below_zero.share == 1000
    assert result.below_zero.p50 == 13  # 1,000 € last twelve months
    assert (result.lowest.p50, result.lowest_month.p50) == (-92_000, 24)
    assert result.shortfall == 92_000
    assert result.break_even.share == 0
    assert result.upkeep_months is None


def test_break_even_looks_at_twelve_months_so_that_a_good_summer_is_not_enough():
    result = simulate(shop(), 3, 1)
    assert (result.break_even.share, result.break_even.p50) == (1000, 12)


def test_reserve_and_months_of_upkeep():
    result = simulate(shop(upkeep={"amount": 1_000, "reserve": 110}), 3, 1)
    assert result.reserve_full.p50 == 4  # 1,000 € and 30 € a month: 1,120 € in the fourth
    assert result.upkeep_months.p50 == 1_720  # tenths: 172 months of 10 €


def test_the_range_that_matters_most_comes_first():
    model = shop(
        opening={"low": 0, "high": 1_000},
        price=[{"slug": "u", "name": "U", "amount": {"low": 600, "high": 2_000}}],
        cost=[{"slug": "r", "name": "R", "kind": "fixed", "amount": {"low": 1, "high": 9_000}}],
    )
    levers = simulate(model, 2_000, 1).levers

    assert [lever.key for lever in levers] == ["price.u.amount", "cost.r.amount", "opening"]
    assert levers[0].correlation > 900
    assert levers[1].swing < 0


def test_runs_are_limited_by_what_fits_into_memory():
    model = shop(horizon=600)
    assert most_runs(model) == 10_000
    with pytest.raises(ModelRefusal, match="10000 runs"):
        simulate(model, 40_000)
    with pytest.raises(ModelRefusal):
        simulate(model, 0)


def test_a_result_is_json():
    import json

    data = simulate(shop(opening={"low": 0, "high": 9}), 20, 1).as_data()
    assert json.loads(json.dumps(data))["cash"][0].keys() == {"p10", "p50", "p90", "mean"}
