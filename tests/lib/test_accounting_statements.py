"""The French balance sheet and income statement: nothing lost, nothing twice, always in balance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.accounting import (
    LAYOUTS,
    LINK_DUE_TO_IT,
    LINK_IT_OWES,
    Column,
    RowKind,
    balance_sheet,
    income_statement,
    layout,
    nature,
    totals,
)

KEYS = ["pcg-2014", "pcg-2025", "associatif-2018", "associatif-2025"]
numbers = st.text("0123456789", min_size=1, max_size=8)
accounts = st.one_of(
    numbers,
    st.builds("{}{}".format, st.sampled_from("1234567"), numbers),
    st.builds("{}:{}".format, st.sampled_from(["pcg", "associatif", *KEYS]), numbers),
    st.sampled_from(["181RES", "879RES", "864", "875", "411DUPONT", "X9"]),
)


@st.composite
def balanced(draw):
    """Make a trial balance over any accounts at all that sums to zero."""
    found = draw(st.dictionaries(accounts, st.integers(-(10**11), 10**11), max_size=40))
    last = draw(accounts)
    return found | {last: found.get(last, 0) - sum(found.values())}


def lines(*statements):
    return [row for it in statements for row in it.rows if row.kind is RowKind.LINE]


@settings(max_examples=200)
@given(st.sampled_from(KEYS), balanced())
def test_the_balance_sheet_balances_whatever_the_accounts(key, balances):
    sheet = balance_sheet(LAYOUTS[key], balances)
    found = totals(balances)

    assert sheet.total_assets == sheet.total_liabilities == found.assets
    assert sheet.difference == 0
    assert sheet.row("total_own").net == found.equity + found.result
    assert sheet.row("result").net == sheet.result == found.result


@settings(max_examples=200)
@given(st.sampled_from(KEYS), balanced())
def test_every_account_stands_in_exactly_one_line(key, balances):
    sheet = balance_sheet(LAYOUTS[key], balances)
    income = income_statement(LAYOUTS[key], balances)
    placed = [part.account for row in lines(sheet, income) for part in row.parts]

    assert sorted(placed) == sorted(account for account, amount in balances.items() if amount)


@settings(max_examples=200)
@given(st.sampled_from(KEYS), balanced())
def test_the_income_statement_has_the_same_result_and_keeps_gifts_in_kind_apart(key, balances):
    income = income_statement(LAYOUTS[key], balances)
    found = totals(balances)

    assert income.income == found.income
    assert income.expenses == found.expenses
    assert income.row("result").net == income.result == found.result
    received = income.row("total_memo_received").net
    used = income.row("total_memo_used").net
    memo = sum(a for code, a in balances.items() if nature(code, a) == "memo")
    assert used - received == memo


@given(st.sampled_from(KEYS), balanced())
def test_every_figure_can_be_opened(key, balances):
    for statement in (
        balance_sheet(LAYOUTS[key], balances),
        income_statement(LAYOUTS[key], balances),
    ):
        for row in statement.rows:
            gross = sum(p.amount for p in row.parts if p.column is Column.GROSS)
            taken = sum(p.amount for p in row.parts if p.column is Column.ALLOWANCE)
            assert (row.gross, row.allowance, row.net) == (gross, taken, gross - taken)


@given(st.sampled_from(KEYS), balanced(), balanced())
def test_the_year_before_stands_beside_each_row(key, balances, before):
    for draw in (balance_sheet, income_statement):
        both = draw(LAYOUTS[key], balances, before)
        alone = draw(LAYOUTS[key], before)
        assert [row.previous for row in both.rows] == [row.net for row in alone.rows]
        assert [row.previous_parts for row in both.rows] == [row.parts for row in alone.rows]
        assert both.previous_result == alone.result
        assert all(row.previous is None for row in alone.rows)


@pytest.mark.parametrize("key", KEYS)
def test_the_models_are_whole(key):
    for model in (LAYOUTS[key].balance_sheet, LAYOUTS[key].income_statement):
        names = [row.key for row in model.rows]
        assert len(names) == len(set(names))
        for row in model.rows:
            assert all((row.label.fr, row.label.en, row.plain.fr, row.plain.en))
            assert bool(row.terms) is (row.kind is RowKind.TOTAL)
            assert bool(row.accounts) is (row.kind is RowKind.LINE)
        summed = [name for row in model.rows for _, name in row.terms]
        assert {r.key for r in model.rows if r.kind is RowKind.LINE} - {"outside"} <= set(summed)


def test_the_model_follows_the_day_on_which_the_year_opens():
    assert layout("associatif", 2024).key == "associatif-2018"
    assert layout("pcg", 2025).key == "pcg-2025"
    assert list(LAYOUTS) == KEYS
    with pytest.raises(ValueError, match="no chart"):
        layout("commune", 2025)


def test_an_empty_set_of_books_prints_its_totals_and_nothing_else():
    sheet = balance_sheet(layout("pcg", 2025), {})

    assert [row.key for row in sheet.visible()] == ["total_assets", "total_liabilities"]
    assert sheet.total_assets == sheet.total_liabilities == 0


def test_a_trial_balance_that_does_not_balance_shows_by_how_much():
    sheet = balance_sheet(layout("pcg", 2025), {"512": 100, "101": -90})

    assert sheet.difference == 10


def where(kind, year, account, amount):
    """Name the line in which an account stands."""
    its = layout(kind, year)
    balances = {account: amount, "": -amount}
    (found,) = [
        row.key
        for row in lines(balance_sheet(its, balances), income_statement(its, balances))
        if account in [part.account for part in row.parts]
    ]
    return found


@pytest.mark.parametrize(
    ("account", "amount", "expected"),
    [
        ("411000", 5, "customers"),
        ("411000", -5, "other_debts"),
        ("4196", -5, "other_debts"),
        ("4096", 5, "other_receivables"),
        ("401000", -5, "suppliers"),
        ("401000", 5, "other_receivables"),
        ("404", -5, "asset_suppliers"),
        ("4084", -5, "asset_suppliers"),
        ("4081", -5, "suppliers"),
        ("441", 5, "other_receivables"),
        ("44571", -5, "tax_social"),
        ("512000", 5, "cash"),
        ("512000", -5, "bank_loans"),
        ("519", -5, "bank_loans"),
        ("580000", 5, "cash"),
        ("503", 5, "securities"),
        ("509", -5, "other_debts"),
        ("486", 5, "prepaid"),
        ("487", -5, "deferred_income"),
        ("28183", -5, "other_tangible"),
        ("2812", -5, "land"),
        ("27682", 5, "long_securities"),
        ("275", 5, "other_financial"),
        ("279", -5, "asset_suppliers"),
        ("24", 5, "bequest_goods"),
        ("461", 5, "bequest_claims"),
        ("1022", -5, "funds_free_statutory"),
        ("1024", -5, "funds_free_other"),
        ("1034", -5, "funds_return_other"),
        ("108", -5, "funds_consumable"),
        ("115", -5, "retained_controlled"),
        ("119", 5, "retained"),
        ("120", -5, "result_pending"),
        ("139", 5, "investment_grants"),
        ("1631", -5, "bonds"),
        ("164", -5, "bank_loans"),
        ("165", -5, "other_loans"),
        ("191", -5, "deferred_funds"),
        ("194", -5, "dedicated_funds"),
        ("181RES", 5, "links_due"),
        ("181RES", -5, "links_owed"),
        ("181", -5, "establishment_links_owed"),
        ("181REV", 5, "establishment_links_due"),
        ("7063", -5, "services_sponsorship"),
        ("7073", -5, "goods_gifts"),
        ("701", -5, "goods_other"),
        ("7086", -5, "services_other"),
        ("741", -5, "grants"),
        ("73", -5, "grants"),
        ("7541", -5, "gifts"),
        ("7551", -5, "contributions"),
        ("7561", -5, "fees"),
        ("7894", -5, "dedicated_used"),
        ("72", -5, "other_income"),
        ("6037", 5, "stock_change"),
        ("60262", 5, "external"),
        ("6571", 5, "aid_given"),
        ("6411", 5, "wages"),
        ("6451", 5, "social"),
        ("6894", 5, "dedicated_kept"),
        ("6811", 5, "depreciation"),
        ("6815", 5, "provisions_made"),
        ("695", 5, "income_tax"),
        ("864", 5, "memo_work"),
        ("870", -5, "memo_gifts"),
        ("875", -5, "memo_volunteering"),
        ("879RES", 5, "memo_link_given"),
        ("879RES", -5, "memo_link_received"),
        ("801", 5, "outside"),
        ("912", 5, "outside"),
    ],
)
@pytest.mark.parametrize("year", [2023, 2025])
def test_an_association_reads_an_account_in_its_line(account, amount, expected, year):
    assert where("associatif", year, account, amount) == expected


@pytest.mark.parametrize(
    ("kind", "year", "account", "expected"),
    [
        ("associatif", 2024, "757", "other_income"),
        ("associatif", 2025, "757", "disposals"),
        ("associatif", 2024, "652", "other_expenses"),
        ("associatif", 2025, "652", "book_values"),
        ("associatif", 2024, "775", "exc_capital_income"),
        ("associatif", 2025, "778", "exc_all_income"),
        ("associatif", 2024, "777", "exc_capital_income"),
        ("associatif", 2025, "747", "grants"),
        ("associatif", 2024, "791", "reversals"),
        ("associatif", 2024, "7715", "exc_operations_income"),
        ("pcg", 2024, "675", "exc_capital_expense"),
        ("pcg", 2025, "657", "book_values"),
        ("pcg", 2025, "757", "disposals"),
        ("pcg", 2025, "6671", "fin_book_values"),
        ("pcg", 2025, "7673", "fin_securities_gains"),
        ("pcg", 2025, "755", "joint_income"),
        ("pcg", 2025, "655", "joint_expense"),
        ("pcg", 2025, "649", "wages"),
        ("pcg", 2024, "1671", "participating"),
        ("pcg", 2024, "4091", "advances_paid"),
        ("pcg", 2024, "502", "own_shares"),
        ("pcg", 2024, "45621", "called_capital"),
        ("pcg", 2025, "194", "dedicated_funds"),
        # A resource borne by a company and an association is read in one layout.
        ("associatif", 2025, "pcg:756", "other_income"),
        ("associatif", 2025, "pcg:657", "book_values"),
        ("associatif", 2025, "pcg:1013", "other_own_funds"),
        ("associatif", 2025, "pcg:108", "other_own_funds"),
        ("associatif", 2025, "pcg:411", "customers"),
        ("pcg", 2025, "associatif:756", "other_income"),
        ("pcg", 2025, "associatif:755", "other_income"),
        ("pcg", 2025, "associatif:657", "other_expenses"),
        ("pcg", 2025, "associatif:652", "book_values"),
        ("pcg", 2025, "associatif:102", "other_own_funds"),
        ("pcg", 2025, "associatif:108", "other_own_funds"),
        # A year is compared with one that followed older rules.
        ("associatif", 2025, "associatif-2018:757", "other_income"),
        ("associatif", 2025, "associatif-2018:652", "other_expenses"),
        ("associatif", 2025, "associatif-2018:756", "fees"),
        ("associatif", 2025, "associatif-2018:474", "other_receivables"),
        ("associatif", 2025, "474", "conversion_assets"),
        ("associatif", 2025, "pcg-2014:756", "other_income"),
        ("associatif", 2025, "pcg-2014:775", "exc_all_income"),
        ("pcg", 2025, "associatif-2025:755", "other_income"),
        ("pcg", 2025, "associatif-2018:757", "other_income"),
        ("pcg", 2025, "associatif-2025:757", "disposals"),
    ],
)
def test_the_year_and_the_chart_decide_what_a_number_means(kind, year, account, expected):
    amount = -5 if account.rpartition(":")[2][0] in "17" else 5
    assert where(kind, year, account, amount) == expected


def test_a_company_shows_the_advances_of_its_customers_apart():
    assert where("pcg", 2024, "4191", -5) == "advances_received"
    assert where("associatif", 2024, "4191", -5) == "other_debts"


def test_what_is_missing_in_gifts_in_kind_stands_in_a_row_of_its_own():
    sheet = balance_sheet(layout("associatif", 2025), {"864": 100, "512": 50, "706": -150})

    assert sheet.row("unbalanced_assets").net == 100
    assert [part.account for part in sheet.row("unbalanced_assets").parts] == ["864"]
    assert sheet.row("unbalanced_debts").empty
    assert sheet.total_assets == sheet.total_liabilities == 150


@pytest.mark.parametrize("key", KEYS)
def test_a_link_is_told_in_words(key):
    sheet = LAYOUTS[key].balance_sheet

    assert sheet["links_due"].plain == LINK_DUE_TO_IT
    assert sheet["links_owed"].plain == LINK_IT_OWES


def test_customers_given_one_by_one_are_not_set_off():
    its = layout("pcg", 2025)
    apart = balance_sheet(its, {"411/A": 100, "411/B": -40, "101": -60})
    together = balance_sheet(its, {"411": 60, "101": -60})

    assert apart.row("customers").net == 100
    assert apart.row("other_debts").net == 40
    assert together.row("customers").net == together.total_assets == 60
