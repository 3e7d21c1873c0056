"""Rows, open items and habits as the pure engine takes them."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.timezone import localdate

from chambre.ledger.models import Book
from chambre.lib import reconciling
from chambre.lib.reconciling.names import teaches_account
from chambre.treasury.models import BankAccount, BankRow, Habit, MatchPart
from chambre.treasury.openitems import OpenItem, open_items
from chambre.treasury.queries.matching import habits_of, matched_rows, waiting_rows

REMEMBERED = dt.timedelta(days=400)
"""How long what was settled explains a row that names it again."""
TAKEN_BACK = dt.timedelta(days=80)
"""How long before the earliest waiting row a matched one is looked at as taken back by it."""
MOST_TEXTS = 6
OWN_FILE = re.compile(r"([DV][2-9A-HJ-NP-Z]{10})(-\d+)?$")
"""Identifiers that :func:`chambre.treasury.services.orders.new_code` gives to files."""
READ = (
    "day", "amount", "party_name", "party_iban", "creditor_reference", "end_to_end_id", "mandate_id",
    "transaction_id", "batch_reference", "texts", "info", "ultimate_name", "reversal", "return_code",
)  # fmt: skip
"""Columns of a bank row that the engine reads."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a run looks at.

    Attributes:
        rows: What waits, and what was settled lately and may be taken back.
        waiting: Keys of the rows that wait.
        items: What is open, and what was settled lately.
        open: What is open, by :func:`item_key`.
        labels: Names of the items, by the same.
        habits: What was learned, by id.
    """

    rows: list[reconciling.Row]
    waiting: frozenset[str]
    items: list[reconciling.Item]
    open: dict[str, OpenItem]
    labels: dict[str, str]
    habits: dict[str, Habit]


def own_file(batch: str) -> str:
    """The identifier of a file of ours in what a bank says of a batch; empty: it is no file of ours.

    Banks give back the identifier of the message, or that of a group in it: ``V7K2M9Q4HX3-1``.
    """
    found = OWN_FILE.match(batch)
    return found[1] if found else ""


def engine_row(row: BankRow, *, settled: bool = False) -> reconciling.Row:
    """A bank row as the engine takes it."""
    structured = (
        row.creditor_reference, row.end_to_end_id, row.mandate_id, row.transaction_id,
        own_file(row.batch_reference),
    )  # fmt: skip
    texts = [*row.texts.splitlines(), *row.info.splitlines()]
    if row.ultimate_name and row.ultimate_name != row.party_name:
        texts.append(row.ultimate_name)
    return reconciling.Row(
        key=str(row.pk),
        day=row.day,
        amount=row.amount,
        name=row.party_name,
        iban=row.party_iban,
        references=tuple(each for each in structured if each),
        texts=tuple(each.strip() for each in texts if each.strip())[:MOST_TEXTS],
        reversal=row.reversal or bool(row.return_code),
        settled=settled,
    )


def _engine_rows(rows: Iterable[BankRow]) -> Iterator[reconciling.Row]:
    """Rows as the engine takes them; what many of them say is kept once."""
    known: dict[Any, Any] = {}
    for row in map(engine_row, rows):
        same = {name: getattr(row, name) for name in ("day", "name", "iban")}
        once = {name: known.setdefault(value, value) for name, value in same.items()}
        texts = tuple(known.setdefault(each, each) for each in row.texts)
        yield replace(row, texts=texts, **once)


def item_key(kind: str, key: str) -> str:
    """One key for an item of any source."""
    return f"{kind}:{key}"


def engine_item(item: OpenItem, ibans: Iterable[str] = ()) -> reconciling.Item:
    """An open item as the engine takes it."""
    known = dict.fromkeys(each for each in (item.iban, *ibans) if each)
    return reconciling.Item(
        key=item_key(item.kind, item.key),
        kind=item.kind,
        direction="in" if item.direction == "in" else "out",
        amount=item.amount,
        day=item.day,
        due=item.due,
        references=tuple(each for each in (item.reference, *item.references) if each),
        texts=item.texts,
        name=item.party_name,
        ibans=tuple(known),
        partial=item.partial,
        over=item.over,
        only_named=item.only_named,
    )


def engine_habit(habit: Habit) -> reconciling.Habit:
    """A habit as the engine takes it."""
    return reconciling.Habit(
        key=str(habit.pk),
        direction="in" if habit.direction == "in" else "out",
        target=f"{habit.use}|{habit.account}|{habit.resource_id or ''}",
        iban=habit.iban,
        words=frozenset(habit.words),
        least=habit.least,
        most=habit.most,
        seen=habit.seen,
        always=habit.always,
        anybody=habit.anybody,
    )


def open_of(book: Book, account: BankAccount, kinds: Iterable[str] | None = None
            ) -> dict[str, OpenItem]:  # fmt: skip
    """What is open, or may come back, through a bank account of a book, by :func:`item_key`."""
    found = open_items(book, kinds, unexpected=True)
    return {
        item_key(item.kind, item.key): item
        for item in found
        if item.amount > 0 and item.account in {None, account.pk}
    }


def known_ibans(book: Book, names: Iterable[str]) -> dict[str, list[str]]:
    """Accounts from which or to which money of third parties went before, by their name."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    parts = MatchPart.objects.filter(
        match__row__account__book=book,
        match__undo__isnull=True,
        party_name__in=set(names) - {""},
    ).exclude(match__row__party_iban="")
    columns = ("party_name", "match__row__party_iban", "match__row__party_name")
    for party, iban, holder in parts.values_list(*columns).order_by("pk").distinct():
        if teaches_account(party, holder):
            found[party][iban] = None
    return {party: list(ibans) for party, ibans in found.items()}


def gather(account: BankAccount) -> Gathered:
    """Everything that a run over an account looks at; a handful of queries."""
    book = account.book
    # read one by one: the objects of a hundred thousand rows would be ten times what is kept of them
    found = waiting_rows(account).filter(kind=BankRow.Kind.ROW).only(*READ).order_by("day", "id")
    rows = list(_engine_rows(found.iterator(chunk_size=2000)))
    waiting = frozenset(row.key for row in rows)
    opened = open_of(book, account)
    ibans = known_ibans(book, (item.party_name for item in opened.values()))
    items = [engine_item(item, ibans.get(item.party_name, ())) for item in opened.values()]
    labels = {key: item.label for key, item in opened.items()}
    items += _settled(book, opened, labels)
    if rows:
        past = matched_rows(account).filter(
            day__gte=rows[0].day - TAKEN_BACK,
            amount__in={-row.amount for row in rows if _may_take_back(row)},
        )
        rows += [engine_row(row, settled=True) for row in past]
    habits = {str(habit.pk): habit for habit in habits_of(book)}
    return Gathered(rows, waiting, items, opened, labels, habits)


def _may_take_back(row: reconciling.Row) -> bool:
    """Whether a row may take another one back: then rows of the opposite amount are looked at."""
    return row.reversal or reconciling.speaks_of_return(row)


def _settled(
    book: Book, opened: Mapping[str, OpenItem], labels: dict[str, str]
) -> list[reconciling.Item]:
    """What bank rows settled lately and is not open any more: its references explain rows."""
    parts = MatchPart.objects.filter(
        match__row__account__book=book,
        match__undo__isnull=True,
        match__row__day__gte=localdate() - REMEMBERED,
    ).exclude(references=[])
    found: dict[str, reconciling.Item] = {}
    for part in parts.select_related("match__row").order_by("pk"):
        key = item_key(part.kind, part.item)
        if key in opened:
            continue
        labels[key] = part.label
        found[key] = reconciling.Item(
            key=key,
            kind=part.kind,
            direction="in" if part.amount > 0 else "out",
            amount=0,
            day=part.match.row.day,
            references=tuple(part.references),
            name=part.party_name,
        )
    return list(found.values())
