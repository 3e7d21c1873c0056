"""Keeping the rows of a statement, and booking them: each at once, against suspense."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.db.rows import insert_stream
from chambre.ledger import api as ledger
from chambre.ledger.models import FinancialYear
from chambre.lib import bankfiles
from chambre.treasury.models import BankAccount, BankRow, BankStatement, RowReplacement
from chambre.treasury.models.bank import booking_key
from chambre.treasury.queries.bank import entry_of
from chambre.treasury.queries.months import is_closed
from chambre.treasury.services.bank.planning import PlannedStatement, booked_entries
from chambre.treasury.services.booking import rule_of, unbook
from chambre.treasury.services.months import refuse_closed

Progress = Callable[[int], None]
SYSTEM = Actor.system("treasury")

COLUMNS = (
    "account_id", "statement_id", "kind", "is_booked", "key", "occurrence", *bankfiles.Row._fields
)  # fmt: skip
"""Columns of a kept row: what is known here, then the row as it was read."""


def row_values(
    row: bankfiles.Row, *, statement: BankStatement, key: str, occurrence: int, is_booked: bool
) -> tuple[Any, ...]:
    """The values of a row, in the order of :data:`COLUMNS`."""
    kind = BankRow.Kind.ROW.value
    return (statement.account_id, statement.pk, kind, is_booked, key, occurrence, *row)


@dataclass(slots=True)
class Booker:
    """What the entries of an account's rows have in common."""

    account: BankAccount
    bank: int
    suspense: int
    journal: int
    label: str = ""
    closed: set[dt.date] = field(default_factory=set)

    @classmethod
    def of(cls, account: BankAccount) -> Booker:
        """Make the accounts and the journal that are needed, where the book has none yet."""
        book = account.book
        suspense = rule_of(book, "suspense")
        with translation.override("fr"):
            label = _("Statement %(number)s, row %(place)d")
        codes = ledger.accounts(
            book, {account.code: account.name, suspense.account: suspense.label}
        )
        journals = ledger.journals(book, {account.journal: account.name})
        return cls(
            account, codes[account.code], codes[suspense.account], journals[account.journal], label
        )

    def draft(self, *, amount: int, day: dt.date, key: str, label: str, piece: str) -> Any:
        """The entry of a row: what the bank says against what is to be explained."""
        side, other = ("D", "C") if amount > 0 else ("C", "D")
        piece = piece[:250]
        lines = (
            ledger.LineDraft(
                self.bank, None, "EUR", amount, side, day, label, piece=piece, piece_day=day
            ),
            ledger.LineDraft(
                self.suspense, None, "EUR", -amount, other, day, label, piece=piece, piece_day=day
            ),
        )
        return ledger.EntryDraft(
            book=self.account.book_id,
            journal=self.journal,
            day=day,
            lines=lines,
            key=key,
            label=label,
            validated_on=day,
            source=f"bank:{self.account.pk}",
        )


def is_booked(account: BankAccount, row: bankfiles.Row) -> bool:
    """Whether a row goes into the ledger: on the account, not before ``since``, not zero."""
    if row.status != "booked" or not row.amount:
        return False
    return account.since is None or row.day >= account.since


def keep_statement(
    *,
    booker: Booker,
    file: bankfiles.BankFile,
    planned: PlannedStatement,
    statement: BankStatement,
    progress: Progress | None = None,
) -> None:
    """Keep what is new in a statement and book it, inside the caller's transaction.

    Raises:
        MonthClosed, ClosedYear: A new row lies where nothing is booked any more.
    """
    account = booker.account
    for month in sorted(planned.months):
        if account.since is None or month >= account.since.replace(day=1):
            refuse_closed(account.book, month)
    replaced = [_take_back(each) for each in _wholes(account, planned)]
    left = {row.pk for row in replaced if row is not None}
    kept = [
        decision._replace(what="known")
        if decision.what == "parts" and decision.row not in left
        else decision
        for decision in planned.decisions
    ]
    planned.decisions = kept
    insert_stream(BankRow, COLUMNS, _values(account, file, planned, statement))
    ledger.post_many(
        _drafts(booker, file, planned, statement),
        book=account.book,
        by=SYSTEM,
        progress=progress,
        batch=1000,
    )
    for row in replaced:
        if row is not None:
            _say_split(row)


def _fresh(
    file: bankfiles.BankFile, planned: PlannedStatement
) -> Iterator[tuple[bankfiles.Decision, str, list[bankfiles.Row]]]:
    """The entries that are to be kept, with their keys."""
    entries = booked_entries(file, planned.place)
    for decision, key, rows in zip(planned.decisions, planned.keys, entries, strict=True):
        if decision.what in {"new", "parts"}:
            yield decision, key, rows


def _values(
    account: BankAccount,
    file: bankfiles.BankFile,
    planned: PlannedStatement,
    statement: BankStatement,
) -> Iterator[tuple[Any, ...]]:
    for decision, key, rows in _fresh(file, planned):
        for row in rows:
            yield row_values(
                row,
                statement=statement,
                key=key,
                occurrence=decision.occurrence,
                is_booked=is_booked(account, row),
            )


def _drafts(
    booker: Booker,
    file: bankfiles.BankFile,
    planned: PlannedStatement,
    statement: BankStatement,
) -> Iterator[Any]:
    account = booker.account
    number = statement.number or f"{statement.first_day:%Y-%m-%d}"
    for _decision, _key, rows in _fresh(file, planned):
        for row in rows:
            if not is_booked(account, row):
                continue
            yield booker.draft(
                amount=row.amount,
                day=row.day,
                key=booking_key(statement.pk, f"{row.place:07d}", row.part),
                label=booker.label % {"number": number, "place": row.place},
                piece=row.reference or number,
            )


def _wholes(account: BankAccount, planned: PlannedStatement) -> list[BankRow]:
    """Batches that are kept whole, and whose parts have come."""
    wanted = [each.row for each in planned.decisions if each.what == "parts" and each.row]
    found: list[BankRow] = []
    for at in range(0, len(wanted), 500):
        rows = BankRow.objects.filter(pk__in=wanted[at : at + 500])
        found += rows.select_related("account__book")
    return found


def _take_back(row: BankRow) -> BankRow | None:
    """Take a whole batch out of the ledger; None when its days are closed: it stays whole."""
    if not row.is_booked:
        return row
    book = row.account.book
    shut = FinancialYear.objects.filter(
        book=book, start__lte=row.day, end__gte=row.day, closed_at__isnull=False
    )
    entry = entry_of(row)
    if entry is None or is_closed(book, row.day) or shut.exists():
        return None
    unbook(entry=entry, key=f"{row.booking_key}:split")
    return row


def _say_split(row: BankRow) -> None:
    first = BankRow.objects.filter(
        account=row.account_id, key=row.key, occurrence=row.occurrence, parts__gt=1, part=0
    )
    RowReplacement.objects.create(row=row, by_row=first.first(), why=RowReplacement.Why.SPLIT)


def keep_apart(*, file: bankfiles.BankFile, place: int, statement: BankStatement) -> int:
    """Keep the rows of a statement that are not on the account; how many were not there yet."""
    account = statement.account
    known = set(
        BankRow.objects.filter(account=account)
        .exclude(status=BankRow.Status.BOOKED)
        .values_list("key", "occurrence")
    )
    counts: Counter[str] = Counter()
    fresh: list[tuple[Any, ...]] = []
    for rows in file.entries(place):
        if rows[0].status == "booked":
            continue
        key = f"{rows[0].status[0]}-{bankfiles.entry_key(rows[0])}"
        counts[key] += 1
        if (key, counts[key]) in known:
            continue
        fresh += [
            row_values(row, statement=statement, key=key, occurrence=counts[key], is_booked=False)
            for row in rows
        ]
    return insert_stream(BankRow, COLUMNS, fresh)
