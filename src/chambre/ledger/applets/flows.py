"""What two structures of one reading say of each other about one resource."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from chambre.ledger.models import Auxiliary, Book
from chambre.lib.consolidation import Flow

_CHUNK = 500


def _plain(text: str) -> str:
    """Letters and digits only, without accents or case, legal forms left out."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[a-z0-9]+", "".join(c for c in folded if not unicodedata.combining(c)))
    return " ".join(word for word in words if word not in _FORMS)


_FORMS = frozenset(
    "sarl sas sa scic scop eurl sci asso association scea gaec earl snc".split()  # noqa: SIM905
)


def partners(books: Mapping[int, Book]) -> dict[int, int]:
    """Which auxiliary accounts stand for another structure of the reading.

    An auxiliary account stands for a structure when its label is the structure's name, accents,
    case, punctuation and legal form aside, or when its code or label holds the structure's SIREN.

    Returns:
        ``auxiliary id → book id of that structure``.
    """
    names: dict[str, int] = {}
    sirens: dict[str, int] = {}
    for book_id, book in books.items():
        names[_plain(book.structure.name)] = book_id
        if book.structure.siren:
            sirens[book.structure.siren] = book_id
    found: dict[int, int] = {}
    auxiliaries = Auxiliary.objects.filter(book__in=books).order_by()
    for pk, own, code, label in auxiliaries.values_list("pk", "book_id", "code", "label"):
        partner = names.get(_plain(label)) if label else None
        if partner is None and sirens:
            digits = re.findall(r"\d{9}", f"{code} {label}")
            partner = next((sirens[each] for each in digits if each in sirens), None)
        if partner is not None and partner != own:
            found[pk] = partner
    return found


def flows(
    books: Mapping[int, Book],
    resources: Sequence[int] | None,
    periods: Sequence[tuple[dt.date, dt.date]],
    unit: str,
    upto: int | None = None,
    known: dict[int, int] | None = None,
) -> list[list[Flow]]:
    """What the books say of each other: mutual claims and debts at the end of each period, income
    and expenses of it.

    Only lines that are attributed to a resource count.

    Args:
        books: The books of the reading.
        resources: Ids of resources, 0 is passed over; none: all.
        periods: First and last days.
        unit: Unit of account.
        upto: Only journal entries up to this one.
        known: The :func:`partners`, when at hand.
    """  # noqa: D205
    wanted = None if resources is None else [each for each in resources if each]
    if known is None or wanted == []:
        known = {} if wanted == [] else partners(books)
    if not known:
        return [[] for _period in periods]
    asked = _Asked(known, wanted, tuple(periods), unit, upto)
    found: list[list[Flow]] = [[] for _period in periods]
    for flow, amounts in (*_stocks(asked), *_income(asked)):
        for at, amount in enumerate(amounts):
            if amount:
                found[at].append(flow._replace(amount=int(amount)))
    return found


class _Asked(NamedTuple):
    """What is asked of the lines."""

    known: dict[int, int]
    resources: list[int] | None
    periods: tuple[tuple[dt.date, dt.date], ...]
    unit: str
    upto: int | None

    def bounds(self, alias: str = "l") -> tuple[str, list[Any]]:
        """SQL for resources and for what was recorded."""
        where, values = f" AND {alias}.resource_id IS NOT NULL", list[Any]()
        if self.resources is not None:
            where += f" AND {alias}.resource_id IN ({_marks(self.resources)})"
            values += self.resources
        if self.upto is not None:
            where += f" AND {alias}.entry_id <= %s"
            values.append(self.upto)
        return where, values

    @property
    def first(self) -> dt.date:
        """First day of all."""
        return min(first for first, _last in self.periods)

    @property
    def last(self) -> dt.date:
        """Last day of all."""
        return max(last for _first, last in self.periods)


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _stocks(asked: _Asked) -> Iterator[tuple[Flow, tuple[Any, ...]]]:
    """Balances of the partners' auxiliary accounts, in the cells of resources."""
    sums = ", ".join(["SUM(CASE WHEN l.day <= %s THEN l.amount ELSE 0 END)"] * len(asked.periods))
    ends = [last for _first, last in asked.periods]
    bounds, bound_values = asked.bounds()
    ids = list(asked.known)
    for at in range(0, len(ids), _CHUNK):
        block = ids[at : at + _CHUNK]
        query = (
            f"SELECT l.book_id, l.auxiliary_id, l.resource_id, a.code, {sums}"
            " FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id"
            f" WHERE l.auxiliary_id IN ({_marks(block)})"
            f" AND l.day <= %s AND l.unit = %s AND l.phase < 2{bounds}"
            " GROUP BY 1, 2, 3, 4"
        )
        values = [*ends, *block, asked.last, asked.unit, *bound_values]
        for book, auxiliary, resource, account, *amounts in _rows(query, values):
            if account[:1] not in "678":
                yield Flow(book, asked.known[auxiliary], resource, account, True, 0), tuple(amounts)


def _income(asked: _Asked) -> Iterator[tuple[Flow, tuple[Any, ...]]]:
    """Income and expenses of the entries that name a partner, in the cells of resources."""
    named = _entries_naming(asked)
    sums = ", ".join(
        ["SUM(CASE WHEN l.day >= %s AND l.day <= %s THEN l.amount ELSE 0 END)"] * len(asked.periods)
    )
    days = [day for period in asked.periods for day in period]
    bounds, bound_values = asked.bounds()
    ids = list(named)
    for at in range(0, len(ids), _CHUNK):
        block = ids[at : at + _CHUNK]
        query = (
            f"SELECT l.book_id, COALESCE(e.about_id, e.id), l.resource_id, a.code, {sums}"
            " FROM ledger_journalentry e JOIN ledger_line l ON l.entry_id = e.id"
            " JOIN ledger_account a ON a.id = l.account_id"
            f" WHERE (e.id IN ({_marks(block)}) OR e.about_id IN ({_marks(block)}))"
            f" AND l.day >= %s AND l.day <= %s AND l.unit = %s AND l.phase = 0{bounds}"
            " GROUP BY 1, 2, 3, 4"
        )
        values = [*days, *block, *block, asked.first, asked.last, asked.unit, *bound_values]
        for book, entry, resource, account, *amounts in _rows(query, values):
            if account[:1] in "67":
                yield Flow(book, named[entry], resource, account, False, 0), tuple(amounts)


def _entries_naming(asked: _Asked) -> dict[int, int]:
    """Entries of the periods that name exactly one partner, with the partner's book."""
    ids = list(asked.known)
    named: dict[int, int | None] = {}
    for at in range(0, len(ids), _CHUNK):
        block = ids[at : at + _CHUNK]
        query = (
            "SELECT DISTINCT entry_id, auxiliary_id FROM ledger_line"
            f" WHERE auxiliary_id IN ({_marks(block)})"
            " AND source_line IS NULL AND day >= %s AND day <= %s"
        )
        for entry, auxiliary in _rows(query, [*block, asked.first, asked.last]):
            partner = asked.known[auxiliary]
            named[entry] = partner if named.get(entry, partner) == partner else None
    return {entry: partner for entry, partner in named.items() if partner is not None}


def _rows(query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
