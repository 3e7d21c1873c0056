"""A payment in units in one call of PostgreSQL; see :mod:`chambre.treasury.functions`."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

import structlog
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from chambre.core.actors import Actor
from chambre.core.db.planned import planned
from chambre.ledger import api as ledger
from chambre.ledger.models import Book, Journal
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.queries.credit import ACCOUNT
from chambre.treasury.services.credit import LARGEST
from chambre.treasury.services.credit_booking import JOURNAL, Place, draft_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to give; the reason in one line."""

    source: CreditAccount
    target: CreditAccount
    amount: int
    reason: str
    day: dt.date
    key: str
    by: Actor
    origin: str
    origin_key: str
    uses: tuple[str, str]


class _Booked(NamedTuple):
    """Ids of where a chamber's units are booked: rows that never change once they are there."""

    book: int
    chamber: int
    account: int
    journal: int


_booked: dict[int, _Booked] = {}


def pay_in_one_call(wanted: Wanted) -> CreditMove | None:
    """Make a move in one call; None: nothing happened, it has to go the longer way."""
    source, target = wanted.source, wanted.target
    if not _is_usual(wanted):
        return None
    booked = _booked_in(source.chamber_id)
    if booked is None:
        return None
    facts = _facts(wanted, booked)
    try:
        made = _call(facts)
    except IntegrityError:
        made = None  # a key that is there, a closed year, or somebody else was faster
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        made = None
    if made is None:
        _booked.pop(source.chamber_id, None)  # it may be of a transaction that was undone
        return None
    source.held, target.held = made.given, made.taken
    return _move(wanted, made, facts["at"])


def _is_usual(wanted: Wanted) -> bool:
    """What the function does not look at, or could not be told."""
    source, target = wanted.source, wanted.target
    return (
        connection.vendor == "postgresql"
        and 0 < wanted.amount <= LARGEST
        and bool(wanted.reason)
        and source.pk != target.pk
        and source.auxiliary_id is not None
        and target.auxiliary_id is not None
        and 0 < len(wanted.key) <= 160
        and "\0" not in f"{wanted.key}{wanted.reason}{wanted.origin_key}"
    )


def _booked_in(chamber: int) -> _Booked | None:
    """Where a chamber's units are booked; the call looks whether the book is still the chamber's."""
    found = _booked.get(chamber)
    if found is None:
        rows = Journal.objects.filter(book__structure=chamber, code=JOURNAL)
        rows = rows.filter(book__accounts__code=ACCOUNT)
        row = rows.values_list("book_id", "book__chamber_id", "book__accounts", "pk").first()
        if row is not None:
            book, chamber_of_book, account, journal = row
            assert account is not None  # both were asked for
            assert chamber_of_book is not None
            found = _booked[chamber] = _Booked(book, chamber_of_book, account, journal)
    return found


def _facts(wanted: Wanted, booked: _Booked) -> dict[str, Any]:
    source, target, by = wanted.source, wanted.target, wanted.by
    assert source.auxiliary_id is not None  # it is usual
    assert target.auxiliary_id is not None
    place = Place(
        book=Book(pk=booked.book, chamber_id=booked.chamber), account=booked.account,
        journal=booked.journal, day=wanted.day,
        auxiliaries={source.code: source.auxiliary_id, target.code: target.auxiliary_id},
    )  # fmt: skip
    draft = draft_of(place, source, target, wanted.amount, wanted.key)
    digest = ledger.digest_for(draft, chamber=booked.chamber)
    context = structlog.contextvars.get_contextvars()
    return {
        "source": source.pk, "target": target.pk, "amount": wanted.amount,
        "reason": wanted.reason, "day": wanted.day.isoformat(), "key": wanted.key,
        "origin": wanted.origin, "origin_key": wanted.origin_key,
        "chamber": source.chamber_id, "unit": source.unit, "book": booked.book,
        "journal": booked.journal, "account": booked.account, "debit": source.auxiliary_id,
        "credit": target.auxiliary_id, "label": draft.label, "code": source.code,
        "entry_key": draft.key, "digest": digest.hex(), "at": timezone.now().isoformat(),
        "actor_kind": by.kind, "user_id": by.user and by.user.pk, "actor": by.label[:254],
        "request": str(context.get("request_id", "")),
    }  # fmt: skip


class _Answer(NamedTuple):
    """Ids of the move and its entry, and what both hold then."""

    move: int
    entry: int
    given: int
    taken: int


def _call(facts: dict[str, Any]) -> _Answer | None:
    """Ask; None: nothing was written."""
    # Alone it is its own transaction, without messages that begin and end it.
    around = nullcontext() if connection.get_autocommit() else transaction.atomic()
    with around, planned(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT o_move, o_entry, o_given, o_taken FROM chambre_credit_pay(%s::json)",
            [json.dumps(facts)],
        )
        row = cursor.fetchone()
    return None if row[0] is None else _Answer(*row)


def _move(wanted: Wanted, made: _Answer, at: str) -> CreditMove:
    """The move as it stands in its table, without asking again."""
    row = CreditMove(
        pk=made.move, chamber_id=wanted.source.chamber_id, source=wanted.source,
        target=wanted.target, amount=wanted.amount, reason=wanted.reason, day=wanted.day,
        entry_id=made.entry, key=wanted.key, origin=wanted.origin, origin_key=wanted.origin_key,
        by=wanted.by.label[:254], at=dt.datetime.fromisoformat(at),
    )  # fmt: skip
    row._state.adding = False
    row._state.db = connection.alias
    return row
