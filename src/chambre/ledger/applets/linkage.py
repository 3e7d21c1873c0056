"""What a resource owes to, and is owed by, structures and other resources: its link accounts.

Each entry that crosses cells leaves link lines in them that sum to zero. Where one cell stands on
one side, what it owes to each of the others is what they have; where several stand on both sides
(rare: a line shared out of one group of resources into another), what each owes is paired in a
fixed order (:func:`~chambre.lib.accounting.pair_links`). So the parts always sum to the balance of
the link account.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from chambre.ledger.applets.cashflows import Lines
from chambre.lib.accounting import pair_links
from chambre.lib.consolidation import Years


@dataclass(frozen=True, slots=True)
class LinkBalance:
    """What stands between a cell and another one in the same book.

    Attributes:
        book: In whose books.
        account: The link account.
        resource: Slug of the other resource; none: the structure itself.
        name: Its name; empty for the structure.
        amount: Positive: it is owed to the cell; negative: the cell owes it. In minor units.
    """

    book: int
    account: str
    resource: str | None
    name: str
    amount: int


def read(lines: Lines, day: dt.date, years: Mapping[int, Years]) -> list[LinkBalance]:
    """Read the links of one resource, or of what is not attributed, at the end of a day.

    Args:
        lines: Which cell: a resource, or 0.
        day: The day.
        years: Financial years of the books: opening entries of later years repeat what stands.
    """
    if not lines.books or lines.resource is None:
        return []
    sums: dict[tuple[int, str, int, str | None, str], int] = defaultdict(int)
    names: dict[int, tuple[str | None, str]] = {0: (None, "")}
    tangled = []
    for entry, book, account, other, slug, name, amount in _rows(lines, day, years):
        names[other] = (slug, name or "")
        if entry:
            tangled.append((entry, book, account, other, int(amount)))
        else:
            sums[book, account, other, *names[other]] += int(amount)
    for (_entry, book, account), rows in itertools.groupby(sorted(tangled), lambda row: row[:3]):
        pairs = pair_links({row[3]: row[4] for row in rows})
        for (owed, owing), amount in pairs.items():
            if lines.resource in (owed, owing):
                other = owing if owed == lines.resource else owed
                sign = 1 if owed == lines.resource else -1
                sums[book, account, other, *names[other]] += sign * amount
    return [
        LinkBalance(book, account, slug, name, amount)
        for (book, account, _other, slug, name), amount in sorted(
            sums.items(), key=lambda item: (item[0][:2], item[0][2] != 0, item[0][4])
        )
        if amount
    ]


def _rows(lines: Lines, day: dt.date, years: Mapping[int, Years]) -> list[tuple[Any, ...]]:
    """Entry (0: added up), book, account, other resource with slug and name, amount."""
    where, values = lines.where()
    phase, phase_values = _counts(years)
    net = (
        "SELECT l.entry_id AS entry, l.book_id AS book, a.code AS account,"
        " COALESCE(l.resource_id, 0) AS resource, SUM(l.amount) AS net"
        " FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id"
        " WHERE a.is_link AND l.unit = %s AND l.entry_id IN (SELECT l.entry_id FROM ledger_line l"
        f" JOIN ledger_account a ON a.id = l.account_id WHERE a.is_link AND {where}"
        f" AND l.day <= %s AND {phase})"
        " GROUP BY 1, 2, 3, 4 HAVING SUM(l.amount) <> 0"
    )
    # What the cell itself has comes along by a window: joining the rows of an entry to one another
    # is left to no planner, which may know nothing of a table that was just filled.
    counted = (
        "SELECT n.*, SUM(CASE WHEN net > 0 THEN 1 ELSE 0 END) OVER w AS owed,"
        " SUM(CASE WHEN net < 0 THEN 1 ELSE 0 END) OVER w AS owing,"
        " MAX(CASE WHEN resource = %s THEN net END) OVER w AS mine"
        " FROM netted n WINDOW w AS (PARTITION BY entry, book, account)"
    )
    simple = (
        "SELECT 0 AS entry, c.book, c.account, c.resource, SUM(CASE"
        " WHEN (c.mine > 0 AND c.owed = 1) OR (c.mine < 0 AND c.owing = 1) THEN -c.net"
        " ELSE c.mine END) AS net FROM counted c WHERE (c.owed = 1 OR c.owing = 1)"
        " AND ((c.mine > 0 AND c.net < 0) OR (c.mine < 0 AND c.net > 0)) GROUP BY 2, 3, 4"
    )
    tangled = (
        "SELECT c.entry, c.book, c.account, c.resource, c.net FROM counted c"
        " WHERE c.owed > 1 AND c.owing > 1"
    )
    query = (
        f"WITH netted AS ({net}), counted AS ({counted}), found AS ({simple} UNION ALL {tangled})"
        " SELECT f.entry, f.book, f.account, f.resource, r.slug, r.name, f.net FROM found f"
        " LEFT JOIN registry_resource r ON r.id = f.resource"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [lines.unit, *values, day, *phase_values, lines.resource])
        return list(cursor.fetchall())


def _counts(years: Mapping[int, Years]) -> tuple[str, list[Any]]:
    """SQL for lines that count: movements, and the openings of the first year of each book."""
    seconds: dict[dt.date, list[int]] = defaultdict(list)
    firsts: list[int] = []
    for book, each in years.items():
        if len(each.starts) > 1:
            seconds[each.starts[1]].append(book)
        else:
            firsts.append(book)
    parts, values = ["l.phase = 0"], list[Any]()
    if firsts:
        parts.append(f"(l.phase = 1 AND l.book_id IN ({', '.join(['%s'] * len(firsts))}))")
        values += firsts
    for day, books in sorted(seconds.items()):
        marks = ", ".join(["%s"] * len(books))
        parts.append(f"(l.phase = 1 AND l.day < %s AND l.book_id IN ({marks}))")
        values += [day, *books]
    return f"({' OR '.join(parts)})", values
