"""Account numbers, alone or with the chart that they belong to."""

from __future__ import annotations

_SEPARATOR = ":"


def qualify(kind: str, account: str) -> str:
    """Name the chart of an account that goes into a statement of the other kind.

    A resource can be borne by an association and a company. Its statement takes one layout; the
    accounts of the books kept with the other chart are then written ``"pcg:756000"`` or
    ``"associatif:756000"``, because 756 is membership fees in one and exchange gains in the
    other. Natures, totals, statements, cash flow and labels read both forms.
    """
    return f"{kind}{_SEPARATOR}{account}"


def bare(account: str) -> str:
    """Return an account number without the chart that :func:`qualify` put before it."""
    return account.rpartition(_SEPARATOR)[2]


def chart_of(account: str) -> str | None:
    """Return the kind of chart that :func:`qualify` put before an account, if it did."""
    return account.rpartition(_SEPARATOR)[0] or None
