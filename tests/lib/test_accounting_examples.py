"""Two sets of books worked by hand: an association that keeps an orchard, a cooperative shop.

Amounts are in cents; each expected figure was added up by hand from the entries above it.
"""

from collections import Counter

import pytest

from chambre.lib.accounting import (
    Activity,
    balance_sheet,
    carry_forward,
    cash_flow,
    closing,
    income_statement,
    layout,
    totals,
)

OPENING = [
    ("218300", 6_000_00),  # tools
    ("281830", -2_000_00),
    ("512100", 20_000_00),
    ("106800", -15_000_00),
    ("131000", -5_000_00),  # a grant for the tools
    ("194000", -4_000_00),  # kept of last year's grant
]
ASSOCIATION = {
    "fees": [("512100", 1_200_00), ("756100", -1_200_00)],
    "grant notified": [("441700", 10_000_00), ("741000", -10_000_00)],
    "grant received": [("512100", 8_000_00), ("441700", -8_000_00)],
    "trees": [("606300", 2_500_00), ("401000", -2_500_00)],
    "trees paid": [("401000", 2_000_00), ("512100", -2_000_00)],
    "wages": [
        ("641000", 6_000_00),
        ("645000", 2_400_00),
        ("421000", -4_700_00),
        ("431000", -3_700_00),
    ],
    "wages paid": [("421000", 4_700_00), ("512100", -4_700_00)],
    "contributions paid": [("431000", 1_500_00), ("512100", -1_500_00)],
    "workshop": [("411000", 450_00), ("706000", -450_00)],
    "crates lent": [("530000", 300_00), ("419600", -300_00)],
    "cash to the bank": [("580000", 200_00), ("530000", -200_00)],
    "cash arrived": [("512100", 200_00), ("580000", -200_00)],
    "wear of the tools": [("681120", 1_200_00), ("281830", -1_200_00)],
    "last year's grant used": [("194000", 4_000_00), ("789400", -4_000_00)],
    "this year's grant kept": [("689400", 3_000_00), ("194000", -3_000_00)],
    "volunteers": [("864000", 7_500_00), ("875000", -7_500_00)],
    "room lent": [("861000", 900_00), ("871000", -900_00)],
}


def add(entries):
    """Add entries up to balances."""
    found = Counter()
    for account, amount in entries:
        found[account] += amount
    return dict(found)


def association(share_account):
    """Give the orchard's books; the share of the grant for tools has another number since 2025."""
    share = [("139000", 1_000_00), (share_account, -1_000_00)]
    return {**ASSOCIATION, "share of the grant for tools": share}


def balances_of(entries):
    return add([*OPENING, *(line for entry in entries.values() for line in entry)])


@pytest.fixture
def orchard():
    return balances_of(association("777000"))


def nets(statement, *keys):
    return {key: statement.row(key).net for key in keys}


def test_the_balance_sheet_of_the_orchard(orchard):
    sheet = balance_sheet(layout("associatif", 2023), orchard, add(OPENING))

    tools = sheet.row("other_tangible")
    assert (tools.gross, tools.allowance, tools.net) == (6_000_00, 3_200_00, 2_800_00)
    assert tools.previous == 4_000_00
    assert nets(sheet, "customers", "other_receivables", "cash", "total_current") == {
        "customers": 450_00,
        "other_receivables": 2_000_00,
        "cash": 21_300_00,
        "total_current": 23_750_00,
    }
    assert nets(
        sheet, "reserves_project", "result", "net_position", "investment_grants", "total_own"
    ) == {
        "reserves_project": 15_000_00,
        "result": 1_550_00,
        "net_position": 16_550_00,
        "investment_grants": 4_000_00,
        "total_own": 20_550_00,
    }
    assert nets(sheet, "dedicated_funds", "suppliers", "tax_social", "other_debts") == {
        "dedicated_funds": 3_000_00,
        "suppliers": 500_00,
        "tax_social": 2_200_00,
        "other_debts": 300_00,
    }
    assert sheet.row("dedicated_funds").previous == 4_000_00
    assert sheet.total_assets == sheet.total_liabilities == 26_550_00
    assert sheet.row("total_assets").previous == 24_000_00
    assert [(part.account, part.amount) for part in sheet.row("cash").parts] == [
        ("512100", 21_200_00),
        ("530000", 100_00),
    ]


def test_the_income_statement_of_the_orchard(orchard):
    income = income_statement(layout("associatif", 2023), orchard)

    assert nets(income, "fees", "services_other", "grants", "dedicated_used") == {
        "fees": 1_200_00,
        "services_other": 450_00,
        "grants": 10_000_00,
        "dedicated_used": 4_000_00,
    }
    assert nets(income, "external", "wages", "social", "depreciation", "dedicated_kept") == {
        "external": 2_500_00,
        "wages": 6_000_00,
        "social": 2_400_00,
        "depreciation": 1_200_00,
        "dedicated_kept": 3_000_00,
    }
    assert nets(income, "operating_result", "exceptional_result", "result") == {
        "operating_result": 550_00,
        "exceptional_result": 1_000_00,
        "result": 1_550_00,
    }
    assert (income.income, income.expenses) == (16_650_00, 15_100_00)
    assert nets(income, "memo_volunteering", "memo_services", "total_memo_received") == {
        "memo_volunteering": 7_500_00,
        "memo_services": 900_00,
        "total_memo_received": 8_400_00,
    }
    assert nets(income, "memo_work", "memo_goods", "total_memo_used") == {
        "memo_work": 7_500_00,
        "memo_goods": 900_00,
        "total_memo_used": 8_400_00,
    }


def test_since_2025_the_share_of_a_grant_for_tools_is_no_longer_exceptional():
    income = income_statement(layout("associatif", 2025), balances_of(association("747000")))

    assert nets(income, "grants", "operating_result", "exceptional_result", "result") == {
        "grants": 11_000_00,
        "operating_result": 1_550_00,
        "exceptional_result": 0,
        "result": 1_550_00,
    }
    printed = [row.key for row in income.visible()]
    assert "exceptional_income" not in printed
    assert printed.index("operating_income") < printed.index("fees") < printed.index("result")


def test_the_totals_of_the_orchard(orchard):
    found = totals(orchard)

    assert (found.assets, found.liabilities, found.equity) == (26_550_00, 6_000_00, 19_000_00)
    assert (found.income, found.expenses, found.result) == (16_650_00, 15_100_00, 1_550_00)
    assert (found.memo_used, found.memo_received) == (8_400_00, 8_400_00)


def test_the_cash_of_the_orchard(orchard):
    flow = cash_flow(association("777000").values(), add(OPENING))

    assert (flow.opening, flow.receipts, flow.payments, flow.closing) == (
        20_000_00,
        9_500_00,
        8_200_00,
        21_300_00,
    )
    assert flow.net(Activity.INVESTMENT) == flow.net(Activity.FINANCING) == 0
    assert {group.group: (group.receipts, group.payments) for group in flow.flows} == {
        "40": (0, 2_000_00),
        "41": (300_00, 0),
        "42": (0, 4_700_00),
        "43": (0, 1_500_00),
        "44": (8_000_00, 0),
        "75": (1_200_00, 0),
    }
    assert flow.closing == orchard["512100"] + orchard["530000"]


def test_the_orchard_goes_on_into_the_next_year(orchard):
    opening = carry_forward(orchard, 2023)

    assert (str(opening.day), opening.result) == ("2024-01-01", 1_550_00)
    assert [(line.account, line.amount) for line in opening.lines] == [
        ("106800", -15_000_00),
        ("131000", -5_000_00),
        ("139000", 1_000_00),
        ("194000", -3_000_00),
        ("218300", 6_000_00),
        ("281830", -3_200_00),
        ("401000", -500_00),
        ("411000", 450_00),
        ("419600", -300_00),
        ("431000", -2_200_00),
        ("441700", 2_000_00),
        ("512100", 21_200_00),
        ("530000", 100_00),
        ("120", -1_550_00),
    ]
    assert closing(orchard, 2023).findings == ()


SHOP = {
    "101300": -10_000_00,
    "106100": -500_00,
    "110000": -300_00,
    "164000": -3_000_00,
    "215000": 8_000_00,
    "281500": -3_000_00,
    "370000": 1_000_00,
    "397000": -100_00,
    "401000": -1_900_00,
    "404000": -600_00,
    "409100": 200_00,
    "411000": 2_400_00,
    "416000": 600_00,
    "419600": -350_00,
    "445660": 150_00,
    "445710": -400_00,
    "455100": -2_000_00,
    "486000": 120_00,
    "487000": -80_00,
    "491000": -300_00,
    "512100": 11_360_00,
    "512200": -700_00,
    "607000": 5_000_00,
    "603700": 200_00,
    "613000": 900_00,
    "641000": 3_500_00,
    "645000": 1_300_00,
    "661100": 150_00,
    "681100": 800_00,
    "681740": 300_00,
    "695000": 200_00,
    "706000": -2_000_00,
    "707000": -10_500_00,
    "708600": -50_00,
}
SALE_2024 = {"675200": 400_00, "775200": -800_00}
SALE_2025 = {"657000": 400_00, "757000": -800_00}


def test_the_balance_sheet_of_the_shop():
    sheet = balance_sheet(layout("pcg", 2025), SHOP | SALE_2025)

    assert sum((SHOP | SALE_2025).values()) == 0
    assert nets(sheet, "technical", "stock_goods", "advances_paid", "customers") == {
        "technical": 5_000_00,
        "stock_goods": 900_00,
        "advances_paid": 200_00,
        "customers": 2_700_00,
    }
    assert nets(sheet, "other_receivables", "cash", "prepaid", "total_assets") == {
        "other_receivables": 150_00,
        "cash": 11_360_00,
        "prepaid": 120_00,
        "total_assets": 20_430_00,
    }
    assert nets(sheet, "capital", "reserve_legal", "retained", "result", "total_own") == {
        "capital": 10_000_00,
        "reserve_legal": 500_00,
        "retained": 300_00,
        "result": 600_00,
        "total_own": 11_400_00,
    }
    assert nets(sheet, "bank_loans", "suppliers", "asset_suppliers", "tax_social") == {
        "bank_loans": 3_700_00,  # the loan and the overdraft of the second bank
        "suppliers": 1_900_00,
        "asset_suppliers": 600_00,
        "tax_social": 400_00,
    }
    assert nets(sheet, "other_debts", "deferred_income", "total_debts", "total_liabilities") == {
        "other_debts": 2_350_00,  # deposits on crates and the partners' accounts
        "deferred_income": 80_00,
        "total_debts": 9_030_00,
        "total_liabilities": 20_430_00,
    }


def test_the_income_statement_of_the_shop_before_and_since_2025():
    old = income_statement(layout("pcg", 2024), SHOP | SALE_2024)
    new = income_statement(layout("pcg", 2025), SHOP | SALE_2025)

    for statement in (old, new):
        assert nets(statement, "goods_sold", "production_sold", "turnover", "result") == {
            "goods_sold": 10_500_00,
            "production_sold": 2_050_00,
            "turnover": 12_550_00,
            "result": 600_00,
        }
        assert (statement.income, statement.expenses) == (13_350_00, 12_750_00)
        assert nets(statement, "impairment_current", "depreciation", "financial_result") == {
            "impairment_current": 300_00,
            "depreciation": 800_00,
            "financial_result": -150_00,
        }
    assert nets(old, "operating_result", "exceptional_result") == {
        "operating_result": 550_00,
        "exceptional_result": 400_00,
    }
    assert nets(new, "disposals", "book_values", "operating_result", "exceptional_result") == {
        "disposals": 800_00,
        "book_values": 400_00,
        "operating_result": 950_00,
        "exceptional_result": 0,
    }
