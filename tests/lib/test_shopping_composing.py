"""What goes into the baskets, and what stands in the place of what is not wanted."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.shopping.composing import Crop, Size, SwapRefusal, Why, compose, swap

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SIZES = [Size("small", 10, 1000), Size("large", 5, 2000)]
LEEKS = Crop("leeks", 20_000, 300, step=250, unit="g")
LETTUCE = Crop("lettuce", 23, 120)


def test_a_poor_harvest_is_given_in_proportion():
    found = compose(SIZES, [LEEKS, LETTUCE])
    assert found.contents == {
        "small": {"leeks": 1000, "lettuce": 1},
        "large": {"leeks": 2000, "lettuce": 2},
    }
    assert found.worth == {"small": 420, "large": 840}
    assert [(one.given, one.left, one.why) for one in found.notes] == [
        (20_000, 0, Why.NOTHING_LEFT),
        (20, 3, Why.STEPS),
    ]
    assert found.notes[1].words("fr") == "reste 3 : trop peu pour refaire un tour de 1"
    assert found.notes[0].words("en") == "all given"


def test_a_rich_harvest_fills_the_baskets_and_no_more():
    found = compose(SIZES, [Crop("leeks", 100_000, 300, step=250, unit="g"), Crop("kale", 50, 200)])
    assert found.contents == {
        "small": {"leeks": 2500, "kale": 1},
        "large": {"leeks": 5250, "kale": 2},
    }
    assert found.worth == {"small": 950, "large": 1975}
    assert found.notes[0].words("fr") == (
        "reste 48,75\u00a0kg : 250\u00a0g de plus dépasserait la valeur des paniers"
    )


def test_what_rounding_leaves_goes_to_the_size_furthest_below_its_value():
    found = compose([Size("small", 2, 1000), Size("large", 1, 1900)], [Crop("melon", 5, 300)])
    assert found.contents == {"small": {"melon": 1}, "large": {"melon": 3}}
    assert found.notes[0].left == 0


def test_a_basket_may_be_worth_exactly_its_value():
    found = compose([Size("small", 1, 900)], [Crop("melon", 5, 300)])
    assert found.contents == {"small": {"melon": 3}}
    found = compose(
        [Size("small", 1, 900)], [Crop("melon", 1, 300), Crop("beans", 900, 1000, 600, "g")]
    )
    assert found.contents == {"small": {"melon": 1, "beans": 600}}
    assert found.worth == {"small": 900}


def test_what_costs_nothing_goes_round_once():
    found = compose(SIZES, [Crop("parsley", 47, 0), LETTUCE])
    assert found.contents["small"]["parsley"] == 2
    assert found.contents["large"]["parsley"] == 4
    assert found.notes[0].left == 7


def test_without_baskets_everything_is_left():
    found = compose([Size("small", 0, 1000)], [LETTUCE])
    assert (found.contents, found.notes[0].left, found.notes[0].why) == ({}, 23, Why.NO_BASKETS)
    with pytest.raises(ValueError):
        compose(SIZES * 2, [])
    with pytest.raises(ValueError):
        compose(SIZES, [LEEKS, LEEKS])


crops = st.lists(
    st.builds(
        Crop,
        st.sampled_from("abcdef"),
        st.integers(0, 50_000),
        st.integers(0, 3000),
        st.integers(1, 500),
        st.sampled_from(["piece", "g"]),
    ),
    max_size=6,
    unique_by=lambda crop: crop.product,
)
sizes = st.lists(
    st.builds(Size, st.sampled_from("smlx"), st.integers(0, 40), st.integers(1, 4000)),
    max_size=4,
    unique_by=lambda size: size.key,
)


@UNHURRIED
@given(sizes, crops)
def test_nothing_is_given_that_was_not_harvested_and_no_basket_is_above_its_value(sizes, harvest):
    found = compose(sizes, harvest)
    many = {size.key: size.baskets for size in sizes}
    for crop, note in zip(harvest, found.notes, strict=True):
        given_ = sum(
            many[key] * content.get(crop.product, 0) for key, content in found.contents.items()
        )
        assert given_ == note.given
        assert note.given + note.left == crop.quantity
        assert note.left >= 0
        assert bool(note.left) == (note.why is not Why.NOTHING_LEFT)
        assert all(
            not content.get(crop.product, 0) % crop.step for content in found.contents.values()
        )
    for size in sizes:
        if not size.baskets:
            continue
        content = found.contents[size.key]
        worth = sum(crop.worth(content.get(crop.product, 0)) for crop in harvest)
        assert worth <= size.value * 1000
        assert found.worth[size.key] == worth // 1000
    assert compose(sizes, harvest) == found


BASKET = {"leeks": 1000, "lettuce": 2, "fennel": 1}
COSTS = [LEEKS, LETTUCE, Crop("fennel", 0, 150)]
OFFERED = [
    Crop("fennel", 20, 150),
    Crop("carrots", 2000, 200, step=500, unit="g"),
    Crop("kale", 3, 160),
]


def test_what_is_not_wanted_is_replaced_by_at_least_its_value():
    found = swap(BASKET, frozenset({"fennel"}), COSTS, OFFERED)
    assert found.content == {"leeks": 1000, "lettuce": 2, "kale": 1}
    assert (found.out, found.put, found.worth_out, found.worth_in) == (
        {"fennel": 1},
        {"kale": 1},
        150,
        160,
    )
    more = swap(BASKET, frozenset({"fennel", "lettuce", "kale"}), COSTS, OFFERED)
    assert more.put == {"carrots": 2000}
    assert (more.worth_out, more.worth_in) == (390, 400)


def test_several_are_taken_when_one_is_not_enough():
    found = swap({"ham": 1}, frozenset({"ham"}), [Crop("ham", 0, 700)], OFFERED[1:])
    assert found.put == {"carrots": 2000, "kale": 2}
    assert found.worth_in == 720
    exact = swap({"ham": 1}, frozenset({"ham"}), [Crop("ham", 0, 880)], OFFERED[1:])
    assert exact.put == {"carrots": 2000, "kale": 3}


def test_when_nothing_is_worth_enough_nothing_is_swapped():
    with pytest.raises(SwapRefusal) as refused:
        swap({"ham": 1}, frozenset({"ham"}), [Crop("ham", 0, 900)], OFFERED[1:])
    assert refused.value.fr == "Rien de ce qui est proposé ne vaut ce qui est laissé (9,00\u00a0€)."


def test_nothing_unwanted_in_it_changes_nothing():
    found = swap(BASKET, frozenset({"celery"}), COSTS, OFFERED)
    assert (found.content, found.put, found.worth_in) == (BASKET, {}, 0)


@UNHURRIED
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 50)),
    st.frozensets(st.sampled_from("abcdef")),
    crops,
    st.lists(st.integers(0, 3000), min_size=6, max_size=6),
)
def test_a_swap_keeps_within_the_offered_and_is_worth_it(content, unwanted, offered, prices):
    costs = [Crop(product, 0, price) for product, price in zip("abcdef", prices, strict=True)]
    try:
        found = swap(content, unwanted, costs, offered)
    except SwapRefusal:
        left = [crop for crop in offered if crop.product not in unwanted]
        value = sum(
            crop.worth(content.get(crop.product, 0)) for crop in costs if crop.product in unwanted
        )
        assert sum(crop.worth(crop.quantity // crop.step * crop.step) for crop in left) < value
        return
    there = {crop.product: crop for crop in offered}
    assert unwanted.isdisjoint(found.content)
    assert all(many <= there[product].quantity for product, many in found.put.items())
    assert all(not many % there[product].step for product, many in found.put.items())
    assert found.worth_in >= found.worth_out
    worth = sum(there[product].worth(many) for product, many in found.put.items())
    assert worth >= sum(
        crop.worth(found.out[crop.product]) for crop in costs if crop.product in found.out
    )
