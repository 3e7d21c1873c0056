"""What an account is, and the few figures that must always agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.accounting import (
    LINK_ACCOUNT,
    MEMO_LINK_ACCOUNT,
    Nature,
    chart,
    is_link,
    link_account,
    link_lines,
    nature,
    totals,
)

amounts = st.integers(-(10**12), 10**12)
codes = st.one_of(
    st.text("0123456789", min_size=1, max_size=8),
    st.sampled_from(["411DUPONT", "181RES", "879RES", "pcg:756000", "associatif:194", "X", ""]),
)
some_balances = st.dictionaries(codes, amounts, max_size=40)


def balanced(balances):
    """Make balances sum to zero, on the bank account."""
    return balances | {"512": balances.get("512", 0) - sum(balances.values())}


@pytest.mark.parametrize(
    ("account", "amount", "expected"),
    [
        ("1068", -1, Nature.EQUITY),
        ("119", 1, Nature.EQUITY),
        ("120", -1, Nature.EQUITY),
        ("139", 1, Nature.EQUITY),
        ("109", 1, Nature.ASSET),
        ("1518", -1, Nature.LIABILITY),
        ("164", -1, Nature.LIABILITY),
        ("169", 1, Nature.ASSET),
        ("194", -1, Nature.LIABILITY),
        ("181RES", 1, Nature.ASSET),
        ("181RES", -1, Nature.LIABILITY),
        ("2183", 1, Nature.ASSET),
        ("28183", -1, Nature.ASSET),
        ("229", -1, Nature.LIABILITY),
        ("279", -1, Nature.LIABILITY),
        ("397", -1, Nature.ASSET),
        ("411", 1, Nature.ASSET),
        ("411", -1, Nature.LIABILITY),
        ("401", 1, Nature.ASSET),
        ("491", -1, Nature.ASSET),
        ("4196", -1, Nature.LIABILITY),
        ("5121", 1, Nature.ASSET),
        ("5121", -1, Nature.LIABILITY),
        ("590", -1, Nature.ASSET),
        ("609", -1, Nature.EXPENSE),
        ("709", 1, Nature.INCOME),
        ("864", 1, Nature.MEMO),
        ("875", -1, Nature.MEMO),
        ("879RES", 1, Nature.MEMO),
        ("801", 1, Nature.OUTSIDE),
        ("890", 1, Nature.OUTSIDE),
        ("91", 1, Nature.OUTSIDE),
        ("", 1, Nature.OUTSIDE),
        ("pcg:756", -1, Nature.INCOME),
    ],
)
def test_what_an_account_is(account, amount, expected):
    assert nature(account, amount) is expected


def test_the_figures_of_a_small_association():
    found = totals(
        {
            "512": 90_00,
            "218": 50_00,
            "2818": -20_00,
            "1068": -60_00,
            "194": -15_00,
            "401": -25_00,
            "756": -40_00,
            "606": 20_00,
            "864": 700_00,
            "875": -700_00,
        }
    )

    assert (found.assets, found.liabilities, found.equity) == (120_00, 40_00, 60_00)
    assert (found.income, found.expenses, found.result) == (40_00, 20_00, 20_00)
    assert (found.memo_used, found.memo_received) == (700_00, 700_00)
    assert found.unbalanced == found.difference == 0
    assert found.balances


def test_work_given_but_not_received_is_seen_and_breaks_nothing():
    found = totals({"864": 100, "512": 50, "706": -150})

    assert found.unbalanced == 100
    assert found.assets == 150
    assert found.balances


@given(some_balances)
def test_assets_are_liabilities_equity_and_result(balances):
    found = totals(balanced(balances))

    assert found.difference == 0
    assert found.assets == found.liabilities + found.equity + found.result


@given(some_balances)
def test_what_does_not_balance_is_measured(balances):
    found = totals(balances)

    assert found.difference == sum(balances.values())
    assert found.assets - found.liabilities - found.equity - found.result == found.difference


def test_link_accounts_are_ours_and_named():
    assert is_link("181RES")
    assert is_link("pcg:181RES")
    assert not is_link("1811")
    assert not is_link("181")
    assert "structures" in chart("pcg", 2024).label(LINK_ACCOUNT)
    assert chart("associatif", 2025).label(MEMO_LINK_ACCOUNT, "en").startswith("Link of")
    assert LINK_ACCOUNT[:3].isdigit()
    assert MEMO_LINK_ACCOUNT[:3].isdigit()
    assert link_account("706") == link_account("512") == LINK_ACCOUNT
    assert link_account("864") == MEMO_LINK_ACCOUNT


def test_a_sale_paid_into_the_structures_bank_leaves_a_claim_of_the_resource():
    links = link_lines([("orchard", "706", -100), (None, "512", 100)])

    assert links == [("orchard", "181RES", 100), (None, "181RES", -100)]


def test_volunteering_is_linked_apart_from_money():
    links = link_lines([("orchard", "864", 70), (None, "875", -70)])

    assert links == [("orchard", "879RES", -70), (None, "879RES", 70)]


def test_an_entry_within_one_cell_needs_no_link():
    assert link_lines([("orchard", "606", 10), ("orchard", "512", -10)]) == []


def test_an_entry_that_does_not_balance_has_no_links():
    with pytest.raises(ValueError, match="does not balance"):
        link_lines([("orchard", "606", 10), (None, "512", -9)])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", None]),
            st.sampled_from(["512", "706", "864", "875"]),
            amounts,
        ),
        max_size=8,
    )
)
def test_every_cell_balances_once_linked_and_links_cancel(lines):
    lines = [*lines, ("a", "512", -sum(amount for *_, amount in lines))]
    links = link_lines(lines)

    for cell in ("a", "b", None):
        assert sum(amount for which, _, amount in lines + links if which == cell) == 0
    for account in (LINK_ACCOUNT, MEMO_LINK_ACCOUNT):
        assert sum(amount for _, code, amount in links if code == account) == 0
