"""Link accounts: what makes an entry that crosses resources balance for each of them.

The accounts and the rule are those of :mod:`chambre.lib.accounting.links`: class 18 for classes
1 to 7, and a second one in class 87 for contributions in kind, which balance among themselves.
All link lines stand on side D, with their sign: over a whole book, debit and credit turnover of a
link account are zero.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chambre.ledger.applets.books import accounts
from chambre.ledger.applets.drafts import LineDraft
from chambre.ledger.models import Account, Book
from chambre.lib.accounting.links import (
    LINK_ACCOUNT,
    LINK_LABEL,
    MEMO_LINK_ACCOUNT,
    MEMO_LINK_LABEL,
    link_account,
)

Cell = tuple[int | None, str, dt.date]


@dataclass(frozen=True, slots=True)
class Links:
    """The link accounts of a book, and which accounts go through the second one.

    Attributes:
        main: Id of the link account of classes 1 to 7.
        memo: Id of the link account of contributions in kind.
        memo_accounts: Ids of the accounts of classes 8 and 9.
    """

    main: int
    memo: int
    memo_accounts: frozenset[int]

    def of(self, account: int) -> int:
        """The link account through which a line on an account goes to another cell."""
        return self.memo if account in self.memo_accounts else self.main


def links_of(book: Book) -> Links:
    """The link accounts of a book, made when it has none yet."""
    made = accounts(book, {LINK_ACCOUNT: LINK_LABEL.fr, MEMO_LINK_ACCOUNT: MEMO_LINK_LABEL.fr})
    codes = Account.objects.filter(book=book).order_by().values_list("pk", "code")
    memo = frozenset(pk for pk, code in codes if link_account(code) == MEMO_LINK_ACCOUNT)
    return Links(made[LINK_ACCOUNT], made[MEMO_LINK_ACCOUNT], memo)


def balance_cells(
    lines: Sequence[LineDraft | tuple[Any, ...]], links: Links
) -> list[LineDraft | tuple[Any, ...]]:
    """Complete the lines of an entry so that every (resource, unit) cell balances.

    Args:
        lines: Lines of one entry that balances as a whole in each unit, of one book.
        links: :func:`links_of` the book.

    Returns:
        The lines, followed by the link lines that they need; the lines alone when every cell
        balances already. An entry that does not balance as a whole stays so, and is refused when
        it is posted.
    """
    return [*lines, *link_lines(lines, links)]


def link_lines(lines: Iterable[LineDraft | tuple[Any, ...]], links: Links) -> list[LineDraft]:
    """The link lines that an entry needs, day by day when each of its days balances."""
    sums: dict[str, dict[int, dict[Cell, int]]] = defaultdict(lambda: defaultdict(dict))
    for account, resource, unit, amount, _side, day, *_rest in lines:
        cells = sums[unit][links.of(account)]
        cell = (resource, unit, day)
        cells[cell] = cells.get(cell, 0) + amount
    drafts: list[LineDraft] = []
    for by_link in sums.values():
        for link, cells in sorted(_crossing(by_link, links.main).items()):
            drafts += [
                LineDraft(link, resource, unit, -amount, "D", day)
                for (resource, unit, day), amount in cells.items()
                if amount
            ]
    return drafts


def _crossing(by_link: dict[int, dict[Cell, int]], main: int) -> dict[int, dict[Cell, int]]:
    """Sums by link account and cell; empty where nothing crosses."""
    if any(sum(cells.values()) for cells in by_link.values()):
        by_link = {main: _merged(by_link.values())}
    return {link: _by_day(cells) for link, cells in by_link.items()}


def _merged(parts: Iterable[dict[Cell, int]]) -> dict[Cell, int]:
    merged: dict[Cell, int] = {}
    for part in parts:
        for cell, amount in part.items():
            merged[cell] = merged.get(cell, 0) + amount
    return merged


def _by_day(cells: dict[Cell, int]) -> dict[Cell, int]:
    """Keep the days when each balances over all cells; else put everything on the last one."""
    days: dict[dt.date, int] = {}
    for (_resource, _unit, day), amount in cells.items():
        days[day] = days.get(day, 0) + amount
    if not any(days.values()):
        return cells
    last = max(days)
    return _merged(
        {(resource, unit, last): amount} for (resource, unit, _day), amount in cells.items()
    )
