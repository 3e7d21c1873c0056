"""What two structures of one reading say of each other about one resource."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
    first: dt.date,
    last: dt.date,
    unit: str,
) -> list[Flow]:
    """What the books say of each other: mutual claims and debts at the end of the period, income
    and expenses of the period.

    Only lines that are attributed to a resource count.
    """  # noqa: D205
    known = partners(books)
    if not known:
        return []
    wanted = None if resources is None else {each for each in resources if each}
    rows = [*_stocks(known, last, unit), *_income(known, first, last, unit)]
    return [flow for flow in rows if wanted is None or flow.resource in wanted]


def _stocks(known: dict[int, int], last: dt.date, unit: str) -> Iterator[Flow]:
    """Balances of the partners' auxiliary accounts, in the cells of resources."""
    ids = list(known)
    for at in range(0, len(ids), _CHUNK):
        block = ids[at : at + _CHUNK]
        query = (
            "SELECT l.book_id, l.auxiliary_id, l.resource_id, a.code, SUM(l.amount)"
            " FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id"
            f" WHERE l.auxiliary_id IN ({', '.join(['%s'] * len(block))})"
            " AND l.resource_id IS NOT NULL AND l.day <= %s AND l.unit = %s AND l.phase < 2"
            " GROUP BY 1, 2, 3, 4"
        )
        for book, auxiliary, resource, account, amount in _rows(query, [*block, last, unit]):
            if account[:1] not in "678":
                yield Flow(book, known[auxiliary], resource, account, True, int(amount))


def _income(known: dict[int, int], first: dt.date, last: dt.date, unit: str) -> Iterator[Flow]:
    """Income and expenses of the entries that name a partner, in the cells of resources."""
    named = _entries_naming(known, first, last)
    ids = list(named)
    for at in range(0, len(ids), _CHUNK):
        block = ids[at : at + _CHUNK]
        marks = ", ".join(["%s"] * len(block))
        query = (
            "SELECT l.book_id, COALESCE(e.about_id, e.id), l.resource_id, a.code, SUM(l.amount)"
            " FROM ledger_journalentry e JOIN ledger_line l ON l.entry_id = e.id"
            " JOIN ledger_account a ON a.id = l.account_id"
            f" WHERE (e.id IN ({marks}) OR e.about_id IN ({marks}))"
            " AND l.resource_id IS NOT NULL AND l.day >= %s AND l.day <= %s AND l.unit = %s"
            " AND l.phase = 0 GROUP BY 1, 2, 3, 4"
        )
        values = [*block, *block, first, last, unit]
        for book, entry, resource, account, amount in _rows(query, values):
            if account[:1] in "67" and amount:
                yield Flow(book, named[entry], resource, account, False, int(amount))


def _entries_naming(known: dict[int, int], first: dt.date, last: dt.date) -> dict[int, int]:
    """Entries of the period that name exactly one partner, with the partner's book."""
    ids = list(known)
    named: dict[int, int | None] = {}
    for at in range(0, len(ids), _CHUNK):
        block = ids[at : at + _CHUNK]
        query = (
            "SELECT DISTINCT entry_id, auxiliary_id FROM ledger_line"
            f" WHERE auxiliary_id IN ({', '.join(['%s'] * len(block))})"
            " AND source_line IS NULL AND day >= %s AND day <= %s"
        )
        for entry, auxiliary in _rows(query, [*block, first, last]):
            partner = known[auxiliary]
            named[entry] = partner if named.get(entry, partner) == partner else None
    return {entry: partner for entry, partner in named.items() if partner is not None}


def _rows(query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
