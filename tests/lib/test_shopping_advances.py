"""VAT on what was paid ahead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.shopping.advances import Advance, Claim, by_rate, taxed_advances
from chambre.lib.shopping.lines import vat_in

parts = st.tuples(st.integers(0, 100_000), st.sampled_from([None, 0, 210, 550, 1000, 2000]))
claims = st.lists(
    st.builds(
        Claim, st.sampled_from("abcd"), st.integers(-500, 200_000),
        st.lists(parts, min_size=0, max_size=5).map(tuple),
    ),
    max_size=6,
)  # fmt: skip


def test_half_an_order_is_half_its_vat():
    claim = Claim("7KM-2QX", 1_055, ((1_055, 550), (1_055, None)))

    assert taxed_advances(5_000, [claim]) == [Advance("7KM-2QX", 550, 528, 28)]


def test_the_first_claim_has_the_money():
    first, second = Claim("a", 1_000, ((1_000, 550),)), Claim("b", 1_000, ((1_000, 2000),))

    found = taxed_advances(1_200, [first, second])

    assert found == [Advance("a", 550, 1_000, 52), Advance("b", 2000, 200, 33)]
    assert by_rate(reversed(found)) == {550: (1_000, 52), 2000: (200, 33)}


@given(st.integers(-1_000, 500_000), claims)
def test_never_more_than_came_and_only_what_is_taxed(has, asked):
    found = taxed_advances(has, asked)

    assert sum(row.paid for row in found) <= max(has, 0)
    assert sum(row.paid for row in found) <= sum(max(claim.covered, 0) for claim in asked)
    assert all(row.rate > 0 < row.paid for row in found)
    assert all(row.vat == vat_in(row.paid, row.rate) for row in found)
    assert sum(vat for _paid, vat in by_rate(found).values()) == sum(row.vat for row in found)


@given(st.integers(0, 500_000), claims)
def test_more_money_is_never_less_advance(has, asked):
    less, more = taxed_advances(has, asked), taxed_advances(has + 1, asked)

    assert sum(row.paid for row in less) <= sum(row.paid for row in more) + len(asked) * 4


@given(claims)
def test_money_for_all_is_taxed_like_the_sales(asked):
    whole = [Claim(each.name, sum(c for c, _r in each.parts), each.parts) for each in asked]

    found = taxed_advances(10**9, whole)

    for rate in (210, 550, 1000, 2000):
        sold = sum(cents for each in whole for cents, at in each.parts if at == rate)
        assert by_rate(found).get(rate, (0, 0))[0] == sold
