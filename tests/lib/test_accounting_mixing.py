"""Books of several charts in one statement, the year before, and links paired."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib import accounting
from chambre.lib.accounting import FinancialYear

AMOUNTS = st.dictionaries(
    st.sampled_from(["101300", "106800", "411000", "401000", "474000", "512000", "181RES",
                     "601000", "657000", "701000", "756000", "757000", "102400", "215400"]),
    st.integers(-(10**9), 10**9),
)  # fmt: skip
BOOK = st.tuples(st.sampled_from(["pcg", "associatif"]), st.sampled_from([2024, 2025]), AMOUNTS)


@given(st.lists(BOOK, max_size=4), st.sampled_from([2024, 2025]))
def test_mixing_books_changes_no_total(books, year):
    into = accounting.layout_of([kind for kind, _year, _balances in books], year)
    plain: dict[str, int] = {}
    for _kind, _year, balances in books:
        for account, amount in balances.items():
            plain[account] = plain.get(account, 0) + amount

    found = accounting.mixed(into, books)

    assert accounting.totals(found) == accounting.totals(plain)
    sheet = accounting.balance_sheet(into, found)
    assert sheet.difference == sum(plain.values())


def test_an_account_is_named_after_its_chart_only_where_that_matters():
    into = accounting.layout_of(["pcg", "associatif"], 2025)

    found = accounting.mixed(
        into,
        [
            ("associatif", 2025, {"756000": -100, "701000": -5}),
            ("pcg", 2025, {"756000": -30, "701000": -7, "411000": 12}),
        ],
    )

    assert into.key == "associatif-2025"
    assert found == {"756000": -100, "pcg-2025:756000": -30, "701000": -12, "411000": 12}


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (("2024-01-01", "2024-12-31"), ("2023-01-01", "2023-12-31")),
        (("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31")),
        (("2024-02-01", "2024-02-29"), ("2023-02-01", "2023-02-28")),
        (("2025-02-01", "2025-02-28"), ("2024-02-01", "2024-02-29")),
        (("2024-02-29", "2024-03-15"), ("2023-02-28", "2023-03-15")),
        (("2024-03-15", "2024-06-30"), ("2023-03-15", "2023-06-30")),
    ],
)
def test_the_year_before_of_some_days(period, expected):
    first, last = map(date.fromisoformat, period)

    assert accounting.year_before(first, last) == tuple(map(date.fromisoformat, expected))


def test_the_year_before_of_a_whole_financial_year_is_the_one_that_ended_before_it():
    years = [
        FinancialYear(date(2022, 4, 1), date(2023, 6, 30)),
        FinancialYear(date(2023, 7, 1), date(2024, 6, 30)),
    ]

    assert accounting.year_before(date(2023, 7, 1), date(2024, 6, 30), years) == (
        date(2022, 4, 1),
        date(2023, 6, 30),
    )
    assert accounting.year_before(date(2022, 4, 1), date(2023, 6, 30), years) == (
        date(2021, 4, 1),
        date(2022, 6, 30),
    )


@given(st.dictionaries(st.integers(0, 9), st.integers(-1000, 1000), max_size=8))
def test_the_links_of_an_entry_are_paired_to_the_cent(balances):
    balances[99] = -sum(balances.values())

    pairs = accounting.pair_links(balances)

    assert all(amount > 0 for amount in pairs.values())
    for cell, amount in balances.items():
        assert amount == sum(
            each * ((owed == cell) - (owing == cell)) for (owed, owing), each in pairs.items()
        )


def test_links_that_do_not_cancel_are_refused():
    with pytest.raises(ValueError, match="do not cancel"):
        accounting.pair_links({"verger": 5, "presse": -4})
