"""What of accounts may be public: totals that name nobody.

A structure's own accounts can carry a person's name (``411DUPONT Dupont Jean``, ``455MARTIN``,
``625000 Déplacements de Luc``). In public every account is therefore put together under an account
of the official chart, whose label is shown instead of the structure's own; and whatever belongs to
third parties (class 4: suppliers 40, customers 41, staff 42, partners 455, other debtors and
creditors 467…) under its collective account, three digits long.

Example::

    >>> from chambre.lib.accounting import chart
    >>> public_account("455MARTIN", chart("associatif", 2024))
    '455'
"""

from __future__ import annotations

from collections.abc import Iterable

from chambre.lib.accounting import Chart, bare

RESULT = "12"
"""Where results of years before are put together."""
THIRD_PARTIES = "4"
COLLECTIVE = 3
"""Digits of a collective account."""
CLASSES = ("7", "6", "87", "86", "2", "3", "4", "5", "1", "8")
"""Classes in the order in which people read them: income, expenses, in kind, then the rest."""
CREDIT = ("1", "7", "87")
"""Classes whose amounts are shown positive when in credit."""


def public_class(account: str) -> str:
    """The class that an account is added to in public; 86 and 87 (in kind) are told apart."""
    code = bare(account)
    return code[:2] if code[:2] in ("86", "87") else code[:1]


def public_account(account: str, chart: Chart) -> str:
    """The account of the official chart that an account is added to in public.

    Args:
        account: A structure's own account number.
        chart: The chart that the structure follows.

    Returns:
        A number of the chart, of at most three digits for third parties; the class when the chart
        knows nothing nearer.
    """
    code = bare(account)
    if code[:2] == RESULT:
        return RESULT
    known = chart.known(code)
    if code[:1] == THIRD_PARTIES:
        known = known[:COLLECTIVE]
    return known or code[:1]


def natural(code: str, amount: int) -> int:
    """An amount as people read it: what is received, given or owned is positive.

    Args:
        code: A public class or account.
        amount: Debit − credit, in minor units.
    """
    return -amount if code.startswith(CREDIT) else amount


def class_order(code: str) -> int:
    """Where a class stands among the others."""
    return CLASSES.index(code) if code in CLASSES else len(CLASSES)


def add_up(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Sum amounts by code, in minor units; codes that come to nothing are left out."""
    sums: dict[str, int] = {}
    for code, amount in parts:
        sums[code] = sums.get(code, 0) + amount
    return {code: amount for code, amount in sums.items() if amount}
