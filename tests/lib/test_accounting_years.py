"""Trial balance, comparison, and what goes from one financial year into the next."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.accounting import (
    EntryLine,
    FinancialYear,
    Origin,
    Unbalanced,
    balance_sheet,
    carried,
    carry_forward,
    closing,
    compare,
    layout,
    result_accounts,
    totals,
    trial_balance,
)

amounts = st.integers(-(10**11), 10**11)
codes = st.one_of(
    st.text("0123456789", min_size=1, max_size=6),
    st.sampled_from(["181RES", "879RES", "864", "875", "606", "706", "512", "120"]),
)


@st.composite
def balanced(draw, only="12345678"):
    """Make balances that sum to zero, classes 8 and 9 by themselves."""
    found = draw(st.dictionaries(codes.filter(lambda c: c[0] in only), amounts, max_size=30))
    apart = sum(amount for code, amount in found.items() if code[0] == "8")
    found["875"] = found.get("875", 0) - apart
    found["512"] = found.get("512", 0) - sum(found.values())
    return found


@given(st.lists(st.tuples(codes, amounts, amounts, amounts), max_size=30))
def test_a_trial_balance_adds_up_what_it_was_given(rows):
    found = trial_balance(rows)

    assert [line.account for line in found.lines] == sorted({row[0] for row in rows})
    assert found.opening == sum(row[1] for row in rows)
    assert found.debit == sum(row[2] for row in rows)
    assert found.credit == sum(row[3] for row in rows)
    assert found.closing == sum(found.closings().values())
    for line in found.lines:
        assert line.closing == line.opening + line.movement == found.closings()[line.account]
        assert found.movements()[line.account] == line.debit - line.credit
        assert found.openings()[line.account] == line.opening


def test_a_trial_balance_is_read_account_by_account():
    found = trial_balance(
        [("512", 100, 50, 0), ("706", 0, 0, 80), ("512", 0, 30, 0), ("106", -100, 0, 0)]
    )

    assert [(line.account, line.opening, line.debit, line.credit) for line in found.lines] == [
        ("106", -100, 0, 0),
        ("512", 100, 80, 0),
        ("706", 0, 0, 80),
    ]
    assert found.closings() == {"106": -100, "512": 180, "706": -80}
    assert found.balanced
    assert not trial_balance([("512", 0, 1, 0)]).balanced


def test_two_years_are_compared_account_by_account():
    found = compare({"706": -1_500, "606": 200}, {"706": -1_000, "641": 300})

    assert [(row.account, row.change, row.permille) for row in found] == [
        ("606", 200, None),
        ("641", -300, -1000),
        ("706", -500, -500),
    ]


@pytest.mark.parametrize(
    ("current", "previous", "permille"),
    [(3, 2, 500), (1, 3, -667), (2, 3, -333), (0, 0, None), (2001, 2000, 1), (-1, 2, -1500)],
)
def test_changes_are_rounded_to_the_nearest_thousandth(current, previous, permille):
    (row,) = compare({"706": current}, {"706": previous})

    assert row.permille == permille


def test_a_surplus_goes_to_120_and_a_deficit_to_129():
    surplus = carry_forward({"512": 30, "706": -100, "606": 70}, 2024)
    deficit = carry_forward({"512": -30, "706": -70, "606": 100}, 2024, loss="129000")

    assert surplus.day == date(2025, 1, 1)
    assert surplus.lines == (EntryLine("512", 30), EntryLine("120", -30, Origin.RESULT))
    assert deficit.lines == (EntryLine("512", -30), EntryLine("129000", 30, Origin.RESULT))
    assert deficit.result == -30


def test_a_year_can_end_in_august():
    year = FinancialYear(date(2023, 9, 1), date(2024, 8, 31))

    assert carry_forward({"512": 1, "106": -1}, year).day == date(2024, 9, 1)
    with pytest.raises(ValueError, match="ends after"):
        FinancialYear(date(2024, 9, 1), date(2024, 8, 31))


def test_volunteering_does_not_go_on_into_the_next_year():
    opening = carry_forward({"864": 500, "875": -500, "512": 5, "102": -5}, 2024)

    assert [line.account for line in opening.lines] == ["102", "512"]


def test_books_out_of_balance_are_not_carried_forward():
    with pytest.raises(Unbalanced) as trial:
        carry_forward({"512": 5, "102": -4}, 2024)
    with pytest.raises(Unbalanced) as kind:
        carry_forward({"864": 5, "512": -5}, 2024)

    assert (trial.value.amount, kind.value.amount) == (1, 5)
    assert "classes 8 and 9" in str(kind.value)


def test_reading_books_that_nobody_closed_loses_nothing_either():
    assert carried({"864": 5, "512": -5}) == (
        EntryLine("512", -5),
        EntryLine("471", 5, Origin.DIFFERENCE),
    )


def test_a_book_keeps_its_own_result_accounts():
    assert result_accounts(["129000", "120000", "120900", "512"]) == ("120000", "129000")
    assert result_accounts(["1209", "512"]) == ("120", "129")


@given(balanced())
def test_the_opening_entry_balances_and_keeps_what_is_owned_and_owed(balances):
    before = totals(balances)
    opening = carry_forward(balances, 2024)
    after = {}
    for line in opening.lines:
        after[line.account] = after.get(line.account, 0) + line.amount

    assert sum(after.values()) == 0
    assert not any(account[0] in "6789" for account in after)
    now = totals(after)
    assert (now.assets, now.liabilities) == (before.assets, before.liabilities)
    assert now.equity == before.equity + before.result
    assert (now.income, now.expenses) == (0, 0)
    sheet = layout("associatif", 2024)
    assert balance_sheet(sheet, after).total_assets == balance_sheet(sheet, balances).total_assets


@given(balanced())
def test_closing_empties_income_and_expenses(balances):
    found = closing(balances, 2024)
    left = dict(balances)
    for line in [*found.lines, *found.memo_lines]:
        left[line.account] = left.get(line.account, 0) + line.amount

    assert sum(line.amount for line in found.lines) == 0
    assert sum(line.amount for line in found.memo_lines) == 0
    assert not any(amount for account, amount in left.items() if account[0] in "6789")
    assert found.result == found.income - found.expenses
    assert found.opening is not None


def test_closing_says_what_to_look_at_first():
    found = closing(
        {
            "120": -10,
            "471": 4,
            "580": 2,
            "530": -1,
            "512": 6,
            "864": 3,
            "875": -2,
        },
        2024,
    )

    assert [finding.code for finding in found.findings] == [
        "suspense",
        "transfers",
        "previous_result",
        "cash_negative",
        "memo_unbalanced",
        "unbalanced",
    ]
    assert found.findings[0].accounts == (("471", 4),)
    assert found.findings[-1].accounts == (("", 2),)
    assert all(finding.message.fr and finding.message.en for finding in found.findings)
    assert found.opening is None
