"""Every letter of every room is of a sort that people find on the page where they choose."""

from __future__ import annotations

from typing import Any

import pytest

from chambre.core import choosing
from chambre.rooms.access.models import AccessLetter
from chambre.rooms.access.queries import sorts as access
from chambre.rooms.exchange.models import ExchangeLetter, MarketLetter
from chambre.rooms.exchange.queries import sorts as exchange
from chambre.rooms.reciprocity.models import ContractLetter
from chambre.rooms.reciprocity.queries import sorts as reciprocity

ROOMS: list[tuple[Any, dict[str, str], tuple[choosing.Sort, ...]]] = [
    (AccessLetter, access.SORT_OF, access.SORTS),
    (ExchangeLetter, exchange.SORT_OF, exchange.SORTS),
    (MarketLetter, exchange.MARKET_SORT_OF, exchange.MARKET_SORTS),
    (ContractLetter, reciprocity.SORT_OF, reciprocity.SORTS),
]


@pytest.mark.parametrize(("model", "sort_of", "sorts"), ROOMS)
def test_every_kind_of_letter_is_of_a_sort_that_is_on_the_page(model, sort_of, sorts):
    assert set(sort_of) == set(model.Kind.values)
    assert set(sort_of.values()) == {sort.name for sort in sorts}
    assert set(sorts) <= {sort for section in choosing.sections() for sort in section.sorts}


def test_no_two_rooms_have_a_sort_of_the_same_name():
    names = [sort.name for section in choosing.sections() for sort in section.sorts]

    assert len(names) == len(set(names))


def test_what_binds_people_and_what_the_law_asks_for_cannot_be_stopped():
    sorts = [sort for section in choosing.sections() for sort in section.sorts]

    assert {sort.name for sort in sorts if sort.always} == {
        "core.codes", "treasury.papers", "exchange.outcome", "access.returns",
        "reciprocity.standing", "shop.orders",
    }  # fmt: skip
    for kind in ("opened", "disputed", "decided", "settled", "returned"):
        assert exchange.SORT_OF[kind] == "exchange.outcome"
