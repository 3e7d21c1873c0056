"""French accounting as data and pure functions: charts, natures, statements, cash flow, years.

Everywhere an **amount** is an integer in minor units (cents) and, unless it says otherwise, signed
*debit − credit*; **balances** are a mapping of account number to such an amount. Account numbers
are strings of any length that begin like those of the chart (``"512100"``, ``"411DUPONT"``); what
stands after the number is free, so that customers in debit and in credit can be given one by one
(``"411000/C0012"``) and are then not set off against each other.
Words for people come as :class:`Text`, in French and English.

Charts (``chart("associatif", date(2025, 1, 1)).label("6136", "fr")``)
    :func:`chart`, :class:`Chart`, :class:`Account`, :data:`CHARTS`
Link accounts between the cells of one book
    :data:`LINK_ACCOUNT`, :data:`MEMO_LINK_ACCOUNT`, :func:`link_account`, :func:`link_lines`,
    :func:`pair_links`,
    :func:`is_link`, :data:`LINK_LABEL`, :data:`LINK_DUE_TO_IT`, :data:`LINK_IT_OWES`
Natures and the figures ``assets = liabilities + equity + result``
    :func:`nature`, :class:`Nature`, :func:`totals`, :class:`Totals`
Years
    :func:`trial_balance`, :class:`TrialBalance`, :func:`compare`, :func:`year_before`, :func:`closing`,
    :func:`carry_forward`, :func:`carried`, :func:`result_accounts`, :class:`FinancialYear`
Statements
    :func:`layout`, :class:`Layout`, :data:`LAYOUTS`,
    :func:`balance_sheet` → :class:`BalanceSheet`,
    :func:`income_statement` → :class:`IncomeStatement`;
    their rows are :class:`Row`, each with the accounts (:class:`Part`) that it is made of
Books of several charts in one statement (association and company, 2024 beside 2025)
    :func:`layout_of`, :func:`mixed`, :func:`qualify`, :func:`qualified`, :func:`bare`,
    :func:`chart_of`, :func:`account_label`
Cash
    :func:`cash_flow`, :func:`cash_flow_of`, :func:`counterparts`, :class:`CashFlow`
"""

from .cash import (
    ACTIVITY_LABELS,
    Activity,
    CashFlow,
    Flow,
    FlowPart,
    activity,
    cash_balance,
    cash_flow,
    cash_flow_of,
    counterparts,
    is_cash,
)
from .charts import CHARTS, Account, Chart, ChartKind, account_label, chart
from .codes import bare, chart_of, qualified, qualify
from .layouts import LAYOUTS, Layout, LayoutRow, Model, layout
from .links import (
    LINK_ACCOUNT,
    LINK_DUE_TO_IT,
    LINK_IT_OWES,
    LINK_LABEL,
    MEMO_LINK_ACCOUNT,
    MEMO_LINK_LABEL,
    is_link,
    link_account,
    link_lines,
    pair_links,
)
from .mixing import layout_of, mixed, year_before
from .natures import Nature, Totals, nature, totals
from .rows import Column, Part, Row, RowKind
from .statements import BalanceSheet, IncomeStatement, Statement, balance_sheet, income_statement
from .texts import Lang, Text
from .trial import Comparison, TrialBalance, TrialLine, compare, trial_balance
from .years import (
    LOSS_ACCOUNT,
    PROFIT_ACCOUNT,
    SUSPENSE_ACCOUNT,
    Closing,
    EntryLine,
    FinancialYear,
    Finding,
    Opening,
    Origin,
    Unbalanced,
    carried,
    carry_forward,
    closing,
    result_accounts,
)

__all__ = [
    "ACTIVITY_LABELS",
    "CHARTS",
    "LAYOUTS",
    "LINK_ACCOUNT",
    "LINK_DUE_TO_IT",
    "LINK_IT_OWES",
    "LINK_LABEL",
    "LOSS_ACCOUNT",
    "MEMO_LINK_ACCOUNT",
    "MEMO_LINK_LABEL",
    "PROFIT_ACCOUNT",
    "SUSPENSE_ACCOUNT",
    "Account",
    "Activity",
    "BalanceSheet",
    "CashFlow",
    "Chart",
    "ChartKind",
    "Closing",
    "Column",
    "Comparison",
    "EntryLine",
    "FinancialYear",
    "Finding",
    "Flow",
    "FlowPart",
    "IncomeStatement",
    "Lang",
    "Layout",
    "LayoutRow",
    "Model",
    "Nature",
    "Opening",
    "Origin",
    "Part",
    "Row",
    "RowKind",
    "Statement",
    "Text",
    "Totals",
    "TrialBalance",
    "TrialLine",
    "Unbalanced",
    "account_label",
    "activity",
    "balance_sheet",
    "bare",
    "carried",
    "carry_forward",
    "cash_balance",
    "cash_flow",
    "cash_flow_of",
    "chart",
    "chart_of",
    "closing",
    "compare",
    "counterparts",
    "income_statement",
    "is_cash",
    "is_link",
    "layout",
    "layout_of",
    "link_account",
    "link_lines",
    "mixed",
    "nature",
    "pair_links",
    "qualified",
    "qualify",
    "result_accounts",
    "totals",
    "trial_balance",
    "year_before",
]
