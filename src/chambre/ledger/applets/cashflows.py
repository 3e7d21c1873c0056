"""What moved the cash of a resource or of structures, from the counterparts of its entries.

An attribution entry, and a reversal, are read together with the entry that they are about: what
they move back is not a payment. Within a cell (a book and a resource) each account is netted per
entry; where cash moved, the other accounts say why. What went to another cell stands on the link
account, so the cash of a resource is explained to the cent even where only the bank line was
attributed to it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from chambre.ledger.applets.cells import Period, cuts_of

_Sums = dict[tuple[int, int, int, str], list[int]]
"""Stretch, book, partner's book (0: none), account → receipts, payments."""


class Counterparts(NamedTuple):
    """What moved the cash of a period.

    Attributes:
        rows: Account, receipts, payments; in minor units, both positive.
        between: What structures of the reading paid each other, taken off on both sides.
    """

    rows: list[tuple[str, int, int]]
    between: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Which lines are read.

    Attributes:
        books: Ids of books.
        resource: Id of the resource, 0 for what is not attributed; none: all lines.
        unit: Unit of account.
        upto: Only journal entries up to this one; none: all.
    """

    books: tuple[int, ...]
    resource: int | None
    unit: str
    upto: int | None

    def where(self) -> tuple[str, list[Any]]:
        """SQL conditions on ``l`` (a line), with their parameters."""
        parts = [f"l.book_id IN ({', '.join(['%s'] * len(self.books))})", "l.unit = %s"]
        values: list[Any] = [*self.books, self.unit]
        if self.resource == 0:
            parts.append("l.resource_id IS NULL")
        elif self.resource is not None:
            parts.append("l.resource_id = %s")
            values.append(self.resource)
        if self.upto is not None:
            parts.append("l.entry_id <= %s")
            values.append(self.upto)
        return " AND ".join(parts), values


def read(
    lines: Lines, periods: Sequence[Period], partners: Mapping[int, int] | None = None
) -> list[Counterparts]:
    """Read receipts and payments of each period by counterpart account.

    Args:
        lines: Which lines.
        periods: First and last days.
        partners: Auxiliary accounts that stand for another structure of the reading, with its
            book: what one paid the other is neither received nor paid by the whole.
    """
    if not lines.books:
        return [Counterparts([], 0) for _period in periods]
    known = partners or {}
    cuts, last = cuts_of(periods)
    sums: _Sums = defaultdict(lambda: [0, 0])
    for stretch, book, auxiliary, account, receipts, payments in _rows(
        lines, cuts, last, list(known)
    ):
        each = sums[int(stretch), book, known.get(auxiliary, 0), account]
        each[0] += int(receipts)
        each[1] += int(payments)
    return [_of(sums, cuts, first, end) for first, end in periods]


def _of(sums: _Sums, cuts: Sequence[dt.date], first: dt.date, end: dt.date) -> Counterparts:
    """The stretches of one period put together, what structures paid each other taken off."""
    begins, ends = (sum(cut <= day for cut in cuts) for day in (first, end))
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    mutual: dict[tuple[int, int], dict[str, list[int]]] = defaultdict(dict)
    for (stretch, book, partner, account), amounts in sums.items():
        if begins <= stretch <= ends:
            targets = [found[account]]
            if partner:
                targets.append(mutual[book, partner].setdefault(account, [0, 0]))
            for each in targets:
                each[0] += amounts[0]
                each[1] += amounts[1]
    between = sum(
        _set_off(found, mutual[payer, payee], mutual[payee, payer])
        for payer, payee in list(mutual)
        if (payee, payer) in mutual
    )
    rows = [(account, each[0], each[1]) for account, each in found.items() if any(each)]
    return Counterparts(rows, between)


def _set_off(
    found: dict[str, list[int]], payer: dict[str, list[int]], payee: dict[str, list[int]]
) -> int:
    """Take off what both say of payments of one to the other, up to the smaller; how much."""
    common = min(sum(each[1] for each in payer.values()), sum(each[0] for each in payee.values()))
    for at, side in ((1, payer), (0, payee)):
        left = common
        for account, each in sorted(side.items()):
            part = min(left, each[at])
            found[account][at] -= part
            left -= part
    return common


_CASH = "(n.code LIKE '5%%' AND n.code NOT LIKE '59%%')"


def _rows(
    lines: Lines, cuts: Sequence[dt.date], last: dt.date, partners: Sequence[int]
) -> list[tuple[Any, ...]]:
    """Stretch, book, partner's auxiliary account, counterpart account, receipts, payments."""
    where, values = lines.where()
    stretch = " + ".join(["CASE WHEN l.day >= %s THEN 1 ELSE 0 END"] * len(cuts))
    marks = ", ".join(["%s"] * len(partners))
    partner = f"CASE WHEN l.auxiliary_id IN ({marks}) THEN l.auxiliary_id ELSE 0 END"
    # Of structures as a whole, attribution entries move nothing.
    attributed = " AND e.kind <> 'attribution'" if lines.resource is None else ""
    query = (
        "WITH netted AS ("
        "SELECT COALESCE(e.reverses_id, e.about_id, e.id) AS root, l.book_id AS book,"
        f" {partner if partners else '0'} AS partner, a.code AS code, {stretch} AS stretch,"
        " SUM(l.amount) AS net"
        " FROM ledger_line l JOIN ledger_journalentry e ON e.id = l.entry_id"
        " JOIN ledger_account a ON a.id = l.account_id"
        f" WHERE {where} AND l.day >= %s AND l.day <= %s AND l.phase = 0{attributed}"
        " GROUP BY 1, 2, 3, 4, 5 HAVING SUM(l.amount) <> 0),"
        f" told AS (SELECT n.book, n.partner, n.code, n.stretch, n.net, {_CASH} AS cash,"
        f" MAX(CASE WHEN {_CASH} THEN 1 ELSE 0 END)"
        " OVER (PARTITION BY n.root, n.book, n.stretch) AS moved FROM netted n)"
        " SELECT stretch, book, partner, code, SUM(CASE WHEN net < 0 THEN -net ELSE 0 END),"
        " SUM(CASE WHEN net > 0 THEN net ELSE 0 END)"
        " FROM told WHERE moved = 1 AND NOT cash GROUP BY stretch, book, partner, code"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*partners, *cuts, *values, cuts[0], last])
        return list(cursor.fetchall())
