"""French accounting as data and pure functions: charts, natures, statements, cash flow, years.

Everywhere an **amount** is an integer in minor units (cents) and, unless it says otherwise, signed
*debit − credit*; **balances** are a mapping of account number to such an amount. Account numbers
are strings of any length that begin like those of the chart (``"512100"``, ``"411DUPONT"``).
Words for people come as :class:`Text`, in French and English.

Charts (``chart("associatif", date(2025, 1, 1)).label("6136", "fr")``)
    :func:`chart`, :class:`Chart`, :class:`Account`, :data:`CHARTS`
Link accounts between the cells of one book
    :data:`LINK_ACCOUNT`, :data:`MEMO_LINK_ACCOUNT`, :func:`link_account`, :func:`link_lines`,
    :func:`is_link`, :data:`LINK_LABEL`, :data:`LINK_DUE_TO_IT`, :data:`LINK_IT_OWES`
Natures and the figures ``assets = liabilities + equity + result``
    :func:`nature`, :class:`Nature`, :func:`totals`, :class:`Totals`
Years
    :func:`trial_balance`, :class:`TrialBalance`, :func:`compare`, :func:`closing`,
    :func:`carry_forward`, :class:`FinancialYear`
Statements
    ``layout(kind, opening) -> Layout``, ``LAYOUTS``,
    ``balance_sheet(layout, balances, previous=None) -> BalanceSheet``,
    ``income_statement(layout, balances, previous=None) -> IncomeStatement``;
    their rows are :class:`Row`, each with the accounts (:class:`Part`) that it is made of
Cash
    ``cash_flow(entries, opening=0) -> CashFlow``
"""

from .charts import CHARTS, Account, Chart, ChartKind, chart
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
)
from .natures import Nature, Totals, nature, totals
from .rows import Column, Part, Row, RowKind
from .texts import Lang, Text
from .years import (
    LOSS_ACCOUNT,
    PROFIT_ACCOUNT,
    Closing,
    Comparison,
    EntryLine,
    FinancialYear,
    Finding,
    Opening,
    Origin,
    TrialBalance,
    TrialLine,
    Unbalanced,
    carry_forward,
    closing,
    compare,
    trial_balance,
)

__all__ = [
    "CHARTS",
    "LINK_ACCOUNT",
    "LINK_DUE_TO_IT",
    "LINK_IT_OWES",
    "LINK_LABEL",
    "LOSS_ACCOUNT",
    "MEMO_LINK_ACCOUNT",
    "MEMO_LINK_LABEL",
    "PROFIT_ACCOUNT",
    "Account",
    "Chart",
    "ChartKind",
    "Closing",
    "Column",
    "Comparison",
    "EntryLine",
    "FinancialYear",
    "Finding",
    "Lang",
    "Nature",
    "Opening",
    "Origin",
    "Part",
    "Row",
    "RowKind",
    "Text",
    "Totals",
    "TrialBalance",
    "TrialLine",
    "Unbalanced",
    "carry_forward",
    "chart",
    "closing",
    "compare",
    "is_link",
    "link_account",
    "link_lines",
    "nature",
    "totals",
    "trial_balance",
]
