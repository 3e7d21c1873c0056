"""Counting a drawer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.coins import EUROS, fewest, total


def test_a_drawer_is_counted():
    assert total({5_000: 1, 2_000: 3, 200: 7, 1: 4}) == 12_404
    assert total({}) == 0


@pytest.mark.parametrize("pieces", [{300: 1}, {500: -1}, {500: 1.0}])
def test_what_is_no_coin_is_refused(pieces):
    with pytest.raises(ValueError):
        total(pieces)


@given(st.integers(0, 500_000))
def test_the_fewest_pieces_are_the_amount(amount):
    pieces = fewest(amount)

    assert total(pieces) == amount
    for value in EUROS[1:]:
        larger = EUROS[EUROS.index(value) - 1]
        assert pieces.get(value, 0) * value < larger
    with pytest.raises(ValueError):
        fewest(-1)
