"""Cash: where the money came from and where it went, to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.accounting import (
    ACTIVITY_LABELS,
    Activity,
    activity,
    cash_balance,
    cash_flow,
    cash_flow_of,
    counterparts,
    is_cash,
)

CODES = (
    "101 164 181RES 194 215 2815 401 404 411 4411 4196 455 503 512 5121 519 530 58 590 606 641 706 "
    "741 775 864 875 pcg:512 pcg:756"
)
codes = st.sampled_from(CODES.split())
amounts = st.integers(-(10**11), 10**11)


@st.composite
def entries(draw):
    """Make a list of balanced entries over all sorts of accounts."""
    found = draw(st.lists(st.lists(st.tuples(codes, amounts), max_size=6), max_size=8))
    return [[*lines, (draw(codes), -sum(amount for _, amount in lines))] for lines in found]


@given(entries(), st.dictionaries(codes, amounts))
def test_opening_and_flows_make_closing(history, opening):
    flow = cash_flow(history, opening)
    moved = sum(amount for lines in history for account, amount in lines if is_cash(account))

    assert flow.opening == cash_balance(opening)
    assert flow.closing == flow.opening + moved
    assert sum(flow.net(which) for which in Activity) == moved


@given(entries())
def test_receipts_and_payments_are_positive_and_made_of_their_accounts(history):
    for group in cash_flow(history).flows:
        assert group.receipts == sum(part.receipts for part in group.parts) >= 0
        assert group.payments == sum(part.payments for part in group.parts) >= 0
        assert all(activity(part.account) is group.activity for part in group.parts)
        assert not any(is_cash(part.account) for part in group.parts)


@given(entries())
def test_adding_up_elsewhere_gives_the_same(history):
    sums = {}
    for entry in history:
        for account, amount in counterparts(entry):
            receipts, payments = sums.get(account, (0, 0))
            sums[account] = (receipts + max(-amount, 0), payments + max(amount, 0))

    assert cash_flow_of(((a, *pair) for a, pair in sums.items()), 7) == cash_flow(history, 7)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("411", Activity.OPERATING),
        ("4417", Activity.OPERATING),
        ("641", Activity.OPERATING),
        ("4196", Activity.OPERATING),
        ("404", Activity.INVESTMENT),
        ("2154", Activity.INVESTMENT),
        ("462", Activity.INVESTMENT),
        ("775", Activity.INVESTMENT),
        ("4411", Activity.FINANCING),
        ("131", Activity.FINANCING),
        ("164", Activity.FINANCING),
        ("1034", Activity.FINANCING),
        ("4551", Activity.FINANCING),
        ("181RES", Activity.LINKS),
        ("pcg:164", Activity.FINANCING),
    ],
)
def test_what_a_movement_is_for(account, expected):
    assert activity(account) is expected
    assert all(text.fr and text.en for text in ACTIVITY_LABELS[expected])


def test_a_loan_net_of_its_fee_is_a_receipt_and_a_payment():
    flow = cash_flow([[("512", 98_00), ("627", 2_00), ("164", -100_00)]], 5_00)

    assert (flow.opening, flow.receipts, flow.payments, flow.closing) == (500, 10000, 200, 10300)
    assert [(group.activity, group.group, group.net) for group in flow.flows] == [
        (Activity.OPERATING, "62", -200),
        (Activity.FINANCING, "16", 10000),
    ]


def test_money_moved_between_ones_own_accounts_is_no_flow():
    flow = cash_flow(
        [
            [("58", 50_00), ("512", -50_00)],
            [("530", 50_00), ("58", -50_00)],
            [("503", 10_00), ("512", -10_00)],
        ],
        100_00,
    )

    assert flow.flows == ()
    assert flow.closing == 100_00


def test_a_bill_and_its_payment_in_one_entry_count_once():
    flow = cash_flow([[("606", 80), ("401", -80), ("401", 80), ("512", -80)]])

    assert [(group.group, group.payments) for group in flow.flows] == [("60", 80)]


def test_a_resource_whose_money_is_in_the_structures_bank_shows_it_as_a_link():
    structure = cash_flow([[("512", 100), ("181RES", -100)]])
    resource = cash_flow([[("706", -100), ("181RES", 100)]])

    assert structure.net(Activity.LINKS) == structure.closing == 100
    assert resource.flows == ()


def test_an_investment_that_lost_value_moved_no_cash():
    assert cash_flow([[("6866", 10), ("590", -10)]]).flows == ()


def test_an_entry_out_of_balance_is_refused():
    with pytest.raises(ValueError, match="out of balance by 1"):
        cash_flow([[("512", 100), ("706", -99)]])
