"""One move of units, in as few messages to the database as it can be.

A payment at a stall waits for its answer, and while it holds the stall's row all others wait too. So what
it needs is read and locked by one statement, the entry is posted by one call, the rows are written by
one message, and an account that many pay at once is raised last. What one statement cannot see (the
first move of a chamber, a key that was taken at this moment) goes the longer way of :mod:`.credit`.
On PostgreSQL all of that is one call, where neither of the two keeps a book of its own
(:mod:`.credit_one_call`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import IntegrityError, connection, transaction

from chambre.core.actors import Actor, authorize
from chambre.core.audit import trail_row
from chambre.core.db.planned import planned
from chambre.core.db.rows import insert_all
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.queries.credit import ACCOUNT, PARTNER, UNIT
from chambre.treasury.services.credit import (
    book_sides,
    check_move,
    lock_accounts,
    write_move,
)
from chambre.treasury.services.credit_booking import JOURNAL, Place, draft_of
from chambre.treasury.services.credit_one_call import Wanted, pay_in_one_call


def move_units(
    *,
    source: CreditAccount,
    target: CreditAccount,
    amount: int,
    reason: str,
    day: dt.date,
    key: str,
    by: Actor,
    origin: str = "",
    origin_key: str = "",
    source_use: str = "supplier",
    target_use: str = "customer",
) -> CreditMove:
    """Give units from one account to another of the same chamber.

    Args:
        source: Whose units.
        target: Who gets them.
        amount: Hundredths of a unit, more than zero.
        reason: What for, 1 to 140 characters; both read it.
        day: When.
        key: Idempotency key, 1 to 120 characters, unique in the chamber for ever.
        by: Who gives: the holder, who answers for the structure that is, or a room that authorized it.
        origin: Which room asks.
        origin_key: The room's own key.
        source_use: Against what the giver's own book has it, if it keeps one here.
        target_use: The same for the book of who gets them.

    Returns:
        The move; the one that is there when the key was used for the same.

    Raises:
        Forbidden: ``by`` may not give this account's units.
        NotEnoughUnits: More than is held and the agreed limit.
        TooManyUnits: More than who gets them may hold.
        Conflict: One of the accounts is closed, or they are of two chambers, or one and the same.
        Invalid: Not an amount, or no reason.
        KeyReused: The key was used for another move.
    """
    authorize(by, "treasury.spend_units", source.agent)
    wanted = Wanted(
        source, target, amount, " ".join(reason.split())[:140], day, key, by, origin, origin_key,
        (source_use, target_use),
    )  # fmt: skip
    move = pay_in_one_call(wanted) or _at_once(wanted)
    if move is not None:
        return move
    with transaction.atomic():
        lock_accounts(source, target)
        move, _made = write_move(
            source=source, target=target, amount=amount, reason=reason, day=day, key=key, by=by,
            origin=origin, origin_key=origin_key, uses=(source_use, target_use),
        )  # fmt: skip
    return move


@dataclass(frozen=True, slots=True)
class _Found:
    """What the first statement tells: the accounts as they stand, and where it is booked."""

    source: CreditAccount
    target: CreditAccount
    place: Place
    keeps_books: bool


class _Longer(Exception):
    """It has to go the longer way; nothing of it stays."""


def _at_once(wanted: Wanted) -> CreditMove | None:
    """The move made in a few messages; None: it has to go the longer way."""
    try:
        with transaction.atomic():
            found = _look(wanted)
            check_move(found.source, found.target, wanted.amount, wanted.reason)
            return _make(wanted, found)
    except (_Longer, IntegrityError, ledger.KeyTaken):
        return None


READ = """
WITH held AS (
  SELECT id, held, "limit", ceiling, is_open, is_busy FROM treasury_creditaccount
  WHERE id IN (%s, %s) AND (id = %s OR NOT is_busy) ORDER BY is_busy, id @lock
)
SELECT c.id, c.chamber_id, c.agent_id, c.kind, c.unit, c.number, c.is_busy, h.held, h."limit",
  h.ceiling, h.is_open, x.id, b.id, a.id, j.id, b.chamber_id,
  EXISTS (SELECT 1 FROM ledger_book o WHERE o.structure_id = c.agent_id),
  EXISTS (SELECT 1 FROM treasury_creditmove m WHERE m.chamber_id = c.chamber_id AND m.key = %s),
  EXISTS (SELECT 1 FROM ledger_financialyear y WHERE y.book_id = b.id AND y.start <= %s
          AND y."end" >= %s AND y.closed_at IS NOT NULL),
  EXISTS (SELECT 1 FROM treasury_monthmark k WHERE k.book_id = b.id AND k.month = %s)
FROM treasury_creditaccount c
  JOIN ledger_book b ON b.structure_id = c.chamber_id
  JOIN ledger_account a ON a.book_id = b.id AND a.code = %s
  JOIN ledger_journal j ON j.book_id = b.id AND j.code = %s
  JOIN ledger_auxiliary x ON x.book_id = b.id AND x.code = @code
  LEFT JOIN held h ON h.id = c.id
WHERE c.id IN (%s, %s)
"""
"""Reads two accounts, locks the one that gives and, unless many pay it, the other one.

What may change is taken from ``held``, which PostgreSQL reads once it has the locks.
"""


@cache
def _statement(vendor: str) -> str:
    """:data:`READ` for a database."""
    if vendor == "postgresql":
        words = {"@lock": "FOR NO KEY UPDATE", "@code": "'U' || lpad(c.number::text, 6, '0')"}
    else:
        words = {"@lock": "", "@code": "printf('U%%06d', c.number)"}
    return READ.replace("@lock", words["@lock"]).replace("@code", words["@code"])


def _look(wanted: Wanted) -> _Found:
    """Lock and read.

    Raises:
        _Longer: Something is not there yet, or was done already, or the month is closed.
    """
    ids = (wanted.source.pk, wanted.target.pk)
    day = wanted.day
    with planned(), connection.cursor() as cursor:
        cursor.execute(
            _statement(connection.vendor),
            [*ids, ids[0], wanted.key, day, day, day.replace(day=1), ACCOUNT, JOURNAL, *ids],
        )
        rows = {row[0]: row for row in cursor.fetchall()}
    if set(rows) != set(ids) or any(any(row[17:20]) for row in rows.values()):
        raise _Longer
    accounts = {}
    for pk, row in rows.items():
        late = row[7] is None  # its row is not locked: what it can take is asked when it is raised
        accounts[pk] = CreditAccount(
            pk=pk, chamber_id=row[1], agent_id=row[2], kind=row[3], unit=row[4], number=row[5],
            is_busy=late, held=row[7] or 0, limit=row[8] or 0, ceiling=row[9],
            is_open=late or bool(row[10]),
        )  # fmt: skip
    source, target = (accounts[pk] for pk in ids)
    if source.is_busy and target.is_busy:
        raise _Longer
    first = rows[ids[0]]
    place = Place(
        book=Book(pk=first[12], chamber_id=first[15], structure_id=first[1]),
        account=first[13],
        journal=first[14],
        auxiliaries={accounts[pk].code: row[11] for pk, row in rows.items()},
        day=day,
    )
    keeps = source.unit == UNIT and any(
        rows[account.pk][16] and account.kind != PARTNER for account in (source, target)
    )
    return _Found(source, target, place, keeps)


def _make(wanted: Wanted, found: _Found) -> CreditMove:
    """Post, write, raise.

    Raises:
        _Longer: An account that many pay could not take it: let it be locked and looked at.
    """
    source, target, amount = found.source, found.target, wanted.amount
    draft = draft_of(found.place, source, target, amount, wanted.key)
    entry = ledger.post_within([draft], by=Actor.system("treasury"), book=found.place.book)
    move = CreditMove(
        chamber_id=source.chamber_id, source_id=source.pk, target_id=target.pk, amount=amount,
        reason=wanted.reason, day=wanted.day, entry_id=entry, key=wanted.key,
        origin=wanted.origin, origin_key=wanted.origin_key, by=wanted.by.label[:254],
    )  # fmt: skip
    trail = trail_row(
        wanted.by, "treasury.credit.moved", source, amount=amount, key=wanted.key, entry=entry
    )
    insert_all(move, trail)
    move.source, move.target = wanted.source, wanted.target
    if found.keeps_books:
        book_sides(move, wanted.uses)
    _raise(source, target, amount)
    wanted.source.held = source.held - amount
    if not target.is_busy:
        wanted.target.held = target.held + amount
    return move


def _raise(source: CreditAccount, target: CreditAccount, amount: int) -> None:
    """What both hold now; the one that many pay last, on condition that it may."""
    statement = (
        "UPDATE treasury_creditaccount SET held = held + %s WHERE id = %s AND is_open"
        " AND (ceiling IS NULL OR held + %s <= ceiling)"
    )
    give = "UPDATE treasury_creditaccount SET held = held - %s WHERE id = %s"
    with connection.cursor() as cursor:
        features: Any = connection.features
        if connection.vendor == "postgresql" and not features.uses_server_side_binding:
            cursor.execute(f"{give}; {statement}", [amount, source.pk, amount, target.pk, amount])
            cursor.nextset()
        else:
            cursor.execute(give, [amount, source.pk])
            cursor.execute(statement, [amount, target.pk, amount])
        if cursor.rowcount != 1:
            raise _Longer
