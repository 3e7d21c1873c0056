"""Account numbers, alone or with the chart that they belong to."""

from __future__ import annotations

from collections.abc import Mapping

_SEPARATOR = ":"


def qualify(chart: str, account: str) -> str:
    """Name the chart of an account that goes into a statement of another chart.

    A resource can be borne by an association and a company, and a year can be compared with one
    that followed older rules. The statement takes one layout; the accounts of the other books are
    then written ``"pcg:756000"`` or, with the version, ``"associatif-2018:757000"``, because 756 is
    membership fees in one chart and exchange gains in the other. Natures, totals, statements, cash
    flow and labels read all three forms.

    Args:
        chart: A kind (``"pcg"``) or the key of a version (``"pcg-2014"``).
        account: The account number.
    """
    return f"{chart}{_SEPARATOR}{account}"


def qualified(chart: str, balances: Mapping[str, int]) -> dict[str, int]:
    """Return balances with the name of their chart before each account (see :func:`qualify`)."""
    return {qualify(chart, account): amount for account, amount in balances.items()}


def bare(account: str) -> str:
    """Return an account number without the chart that :func:`qualify` put before it."""
    return account.rpartition(_SEPARATOR)[2]


def chart_of(account: str) -> str | None:
    """Return the chart (kind or version) that :func:`qualify` put before an account, if any."""
    return account.rpartition(_SEPARATOR)[0] or None
