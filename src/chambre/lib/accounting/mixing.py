"""One statement from books of several charts, and the period to compare it with.

A resource can be borne by an association and a company at once. Its statement takes the layout of
associations as soon as one of its books follows that chart: an association may use every account
of the PCG (règlement ANC 2018-06, article 320-1), so that layout has a place for all of them, and
rows of its own (dedicated funds, gifts, contributions in kind) that the other lacks. The accounts
of the other books carry the name of their chart where their number means something else there
(see :func:`~chambre.lib.accounting.codes.qualify`). The version is that of the year in which the
period ends; a year before that followed older rules is read into it in the same way.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from .charts import chart, opening_year
from .codes import qualify
from .layouts import Layout, layout
from .years import FinancialYear

_BY_SIGN = ("18", "4", "5")
"""Accounts that are owned in debit and owed in credit, whatever their chart."""


def layout_of(kinds: Iterable[str], opening: date | int) -> Layout:
    """Return the layout for books of some charts.

    Args:
        kinds: The charts of the books, ``"pcg"`` and ``"associatif"``; none: the latter.
        opening: First day of the financial year, or the year in which it opens.

    Raises:
        ValueError: No such chart.
    """
    found = set(kinds)
    return layout("associatif" if "associatif" in found or not found else found.pop(), opening)


def mixed(
    into: Layout, books: Iterable[tuple[str, date | int, Mapping[str, int]]]
) -> dict[str, int]:
    """Put the balances of several books into one mapping for one layout.

    An account keeps its number where the layout reads it as its own chart does, and is qualified
    where it would stand in another row. Accounts of third parties, banks and links are set off
    between books as everywhere else in the house: they are qualified only when every book that
    has them says the same, so that no total changes.

    Args:
        into: The layout of the statement.
        books: For each book its chart, the first day of its financial year (or that year), and
            account → debit − credit in minor units.
    """
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind, opening, balances in books:
        version = chart(kind, opening_year(opening)).key
        for account, amount in balances.items():
            sums[account][_named(into, version, account, amount)] += amount
    found: dict[str, int] = {}
    for account, names in sums.items():
        alone = len(names) > 1 and account.startswith(_BY_SIGN)
        for name, amount in names.items():
            kept = account if alone else name
            found[kept] = found.get(kept, 0) + amount
    return found


def _named(into: Layout, version: str, account: str, amount: int) -> str:
    """The account, with its chart where that makes a difference for the layout."""
    if version == into.key:
        return account
    name = qualify(version, account)
    models = (into.balance_sheet, into.income_statement)
    alike = all(model.route(name, sign) == model.route(account, sign) for model in models
                for sign in (amount, -amount))  # fmt: skip
    return account if alike else name


def year_before(first: date, last: date, years: Iterable[FinancialYear] = ()) -> tuple[date, date]:
    """Return the period to set beside another: its year before.

    For a whole financial year it is the financial year that ends the day before, when it is
    known; else the same days a year earlier, the end of a month staying the end of a month.

    Args:
        first: First day.
        last: Last day.
        years: Known financial years.
    """
    known = list(years)
    if any((year.start, year.end) == (first, last) for year in known):
        ended = [(year.start, year.end) for year in known if year.next_day == first]
        if ended:
            return max(ended)
    return _earlier(first, end=False), _earlier(last, end=True)


def _earlier(day: date, *, end: bool) -> date:
    """The same day a year earlier."""
    year = max(day.year - 1, 1)
    most = calendar.monthrange(year, day.month)[1]
    stays = end and day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, day.month, most if stays else min(day.day, most))
