"""What two structures owe, sell and buy to each other about one resource, taken out of its whole.

In the consolidated statement of a resource, a sale from one of its structures to another is
neither income nor expense of the resource, and their mutual claims and debts are neither owned
nor owed. What both books say of each other is taken out up to the smaller of the two figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple


class Flow(NamedTuple):
    """What one book says, about one resource, of another structure of the reading.

    Attributes:
        book: Whose book says it.
        partner: Book of the other structure.
        resource: Which resource.
        account: On which account.
        stock: True for a balance (claim, debt), false for income or expense of the period.
        amount: Debit − credit, in minor units.
    """

    book: int
    partner: int
    resource: int
    account: str
    stock: bool
    amount: int


class Elimination(NamedTuple):
    """An amount taken off an account of a book in the consolidated statement of a resource.

    Attributes:
        book: Bearer of the account.
        partner: The other structure's book.
        resource: Which resource.
        account: Which account.
        stock: Balance, or income and expense.
        amount: What is taken off, debit − credit: the account's closing falls by it.
    """

    book: int
    partner: int
    resource: int
    account: str
    stock: bool
    amount: int


def eliminate(flows: Iterable[Flow]) -> list[Elimination]:
    """Take out what two structures say of each other about one resource.

    For each resource and pair of structures, income and expenses are set against each other, and
    claims and debts likewise: the debit of both sides against the credit of both, up to the
    smaller of the two. Within a side the amount is taken off account by account in the order of
    their numbers. The amounts of each such set sum to zero, so nothing else moves.

    Args:
        flows: What the books say; the same account may come several times.

    Returns:
        What is taken off, in a stable order.
    """
    sums: dict[tuple[int, int, int, bool], dict[tuple[str, int, int], int]] = {}
    for flow in flows:
        pair = (min(flow.book, flow.partner), max(flow.book, flow.partner))
        accounts = sums.setdefault((flow.resource, *pair, flow.stock), defaultdict(int))
        accounts[flow.account, flow.book, flow.partner] += flow.amount
    taken: list[Elimination] = []
    for (resource, low, high, stock), accounts in sorted(sums.items()):
        if low == high:
            continue
        taken += _set_off(resource, stock, accounts)
    return taken


def _set_off(
    resource: int, stock: bool, accounts: dict[tuple[str, int, int], int]
) -> list[Elimination]:
    """Set the debits of one structure against the credits of the other."""
    taken = []
    books = sorted({book for _account, book, _partner in accounts})
    for bearer in books:
        debits = [(key, amount) for key, amount in sorted(accounts.items()) if amount > 0]
        credits = [(key, -amount) for key, amount in sorted(accounts.items()) if amount < 0]
        mine = [(key, amount) for key, amount in debits if key[1] == bearer]
        theirs = [(key, amount) for key, amount in credits if key[1] != bearer]
        common = min(sum(a for _k, a in mine), sum(a for _k, a in theirs))
        for sign, side in ((1, mine), (-1, theirs)):
            left = common
            for (account, book, partner), amount in side:
                part = min(left, amount)
                if part:
                    taken.append(Elimination(book, partner, resource, account, stock, sign * part))
                left -= part
    return taken
