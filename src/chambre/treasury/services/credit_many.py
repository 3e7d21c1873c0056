"""Many moves of units in one commit: a market's tickets, a month's demurrage, a till's payments.

A commit costs what it costs, and whoever holds the row of an account that everybody pays keeps all
others waiting until it is done. So many moves share one commit, are written as sets, and a busy account
(``is_busy``) is locked last: between that lock and the commit nothing else is done.

Locks are taken in one order everywhere: accounts that are not busy by their ids, then busy ones by
theirs. A busy account that only receives is not read before: its ceiling stands in the ``WHERE`` of the
statement that raises it; when that finds no row, all is undone and done again with the account locked
from the beginning.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.rows import insert_stream
from chambre.core.errors import ChambreError, Conflict, Invalid, KeyReused
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.registry.models import Agent
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.queries.collecting import bookable
from chambre.treasury.queries.credit import PARTNER, UNIT
from chambre.treasury.services.booking import book_entry
from chambre.treasury.services.credit import check_move
from chambre.treasury.services.credit_booking import draft_of, place_of

MOST = 5_000
"""Moves in one commit."""
TRIES = 3
NAMES = (
    "chamber_id", "source_id", "target_id", "amount", "reason", "day", "entry_id", "payment_id",
    "undoes_id", "origin", "origin_key", "key", "by", "at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnitsMove:
    """A move to be made.

    Attributes:
        source: Id of the account that gives.
        target: Id of the account that gets.
        amount: Hundredths of a unit (minutes of hours), more than zero.
        reason: What for, 1 to 140 characters; both read it.
        key: Idempotency key, 1 to 120 characters, unique in the chamber for ever.
        origin_key: The asker's own key.
    """

    source: int
    target: int
    amount: int
    reason: str
    key: str
    origin_key: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of a move.

    Attributes:
        key: Its idempotency key.
        move: Id of the move; 0: it was refused.
        made: Whether it was made now; it may have been there.
        refusal: Why it was refused.
    """

    key: str
    move: int = 0
    made: bool = False
    refusal: ChambreError | None = None


class _Again(Exception):
    """A busy account could not take it, or a key was taken at this moment: look at all of it."""


@transaction.atomic
def move_many(
    *,
    chamber: Agent,
    moves: Sequence[UnitsMove],
    day: dt.date,
    by: Actor,
    origin: str = "",
    whole: bool = True,
    uses: tuple[str, str] = ("supplier", "customer"),
) -> list[Outcome]:
    """Make many moves between accounts of one chamber, in their order and in one commit.

    Each is decided on what those before it left. Money in the books of holders is booked once for all
    moves of the call.

    Args:
        chamber: Whose units.
        moves: At most :data:`MOST`.
        day: When.
        by: Who gives: may do so for every source, or a room that authorized it.
        origin: Which room asks.
        whole: All or nothing; otherwise what cannot be is left out, and its outcome says why.
        uses: Against what givers' and takers' own books have it (empty: the caller books that side).

    Returns:
        What became of each, in the same order.

    Raises:
        Forbidden: ``by`` may not give the units of one of the sources.
        Invalid: Too many, or with ``whole`` not an amount or no reason; nothing happened.
        NotEnoughUnits, TooManyUnits, Conflict, KeyReused: With ``whole``; nothing happened.
    """
    if len(moves) > MOST:
        raise Invalid(_("At most %(most)d moves at once.") % {"most": MOST})
    if not by.is_system:
        rows = CreditAccount.objects.filter(pk__in={move.source for move in moves})
        for row in rows.select_related("agent"):
            authorize(by, "treasury.spend_units", row.agent)
    for attempt in range(TRIES):
        batch = _Batch(chamber, day, by, origin, whole, uses, careful=attempt > 0)
        try:
            with transaction.atomic():
                return batch.run(moves)
        except (_Again, IntegrityError):  # the constraints are the last line of defence
            continue
    raise Conflict


@dataclass(slots=True)
class _Batch:
    """One try of a call."""

    chamber: Agent
    day: dt.date
    by: Actor
    origin: str
    whole: bool
    uses: tuple[str, str]
    careful: bool
    accounts: dict[int, CreditAccount] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)
    deltas: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def run(self, moves: Sequence[UnitsMove]) -> list[Outcome]:
        """Lock, decide, post, write."""
        self._lock(moves)
        outcomes = [Outcome(move.key) for move in moves]
        known = self._known(moves)
        new = [
            (move, outcome)
            for move, outcome in zip(moves, outcomes, strict=True)
            if self._decide(move, outcome, known)
        ]
        if new:
            ids = self._write([move for move, _outcome in new])
            for move, outcome in new:
                outcome.move, outcome.made = ids[move.key], True
            for move, outcome in zip(moves, outcomes, strict=True):
                if outcome.refusal is None:
                    outcome.move = outcome.move or ids[move.key]
            self._raise_late()
        return outcomes

    def _lock(self, moves: Sequence[UnitsMove]) -> None:
        """Read the accounts; lock those that are not busy, and busy ones that give."""
        wanted = {pk for move in moves for pk in (move.source, move.target)}
        rows = CreditAccount.objects.filter(chamber=self.chamber, pk__in=wanted)
        self.accounts = {row.pk: row for row in rows}
        busy = {pk for pk, row in self.accounts.items() if row.is_busy}
        gives = {move.source for move in moves}
        self.late = set() if self.careful or busy & gives else busy
        early = rows.select_for_update(no_key=True).exclude(pk__in=self.late)
        self.accounts |= {row.pk: row for row in early.order_by("is_busy", "pk")}
        for pk in self.late:  # known when it is raised
            self.accounts[pk].ceiling = None

    def _known(self, moves: Sequence[UnitsMove]) -> dict[str, tuple[int, int, int, int]]:
        """Moves that are there, by key: source, target, amount, id."""
        keys = [move.key for move in moves]
        rows = CreditMove.objects.filter(chamber=self.chamber, key__in=keys)
        values = rows.order_by().values_list("key", "source_id", "target_id", "amount", "pk")
        return {key: (source, target, amount, pk) for key, source, target, amount, pk in values}

    def _decide(
        self, move: UnitsMove, outcome: Outcome, known: dict[str, tuple[int, int, int, int]]
    ) -> bool:
        """Whether a move is to be made; its accounts then stand as after it."""
        try:
            there = known.get(move.key)
            if there is not None:
                if there[:3] != (move.source, move.target, move.amount):
                    raise KeyReused(key=move.key)
                outcome.move = there[3]
                return False
            source, target = self.accounts.get(move.source), self.accounts.get(move.target)
            if source is None or target is None:
                raise Conflict(_("Units go from one account to another of the same chamber."))
            if not 0 < len(move.key) <= 120:
                raise Invalid(fields={"key": [move.key[:120]]})
            check_move(source, target, move.amount, " ".join(move.reason.split()))
        except ChambreError as refusal:
            if self.whole:
                raise
            outcome.refusal = refusal
            return False
        known[move.key] = (move.source, move.target, move.amount, 0)
        for account, cents in ((source, -move.amount), (target, move.amount)):
            account.held += cents
            self.deltas[account.pk] += cents
        return True

    def _write(self, moves: Sequence[UnitsMove]) -> dict[str, int]:
        """Post and write what was decided; ids of the moves by key."""
        used = [self.accounts[pk] for pk in self.deltas]
        place = place_of(self.chamber, self.day, used)
        drafts = [
            draft_of(
                place, self.accounts[move.source], self.accounts[move.target], move.amount, move.key
            )
            for move in moves
        ]
        report = ledger.post_many(drafts, by=Actor.system("treasury"), book=place.book)
        if report.already:  # an entry without its move: this key was somebody else's
            raise KeyReused
        self._insert(moves, report.first)
        ids = {key: known[3] for key, known in self._known(moves).items()}
        self._raise_early()
        self._book_sides(moves, min(ids.values()))
        audit(
            self.by, "treasury.credit.moved", self.chamber,
            moves=len(moves), amount=sum(move.amount for move in moves), first=min(ids.values()),
        )  # fmt: skip
        return ids

    def _insert(self, moves: Sequence[UnitsMove], entry: int) -> None:
        label = self.by.label[:254]
        at = str(connection.ops.adapt_datetimefield_value(timezone.now()))
        insert_stream(
            CreditMove,
            NAMES,
            (
                (
                    self.chamber.pk, move.source, move.target, move.amount,
                    " ".join(move.reason.split())[:140], self.day, entry + number, None, None,
                    self.origin, move.origin_key, move.key, label, at,
                )
                for number, move in enumerate(moves)
            ),
        )  # fmt: skip

    def _raise_early(self) -> None:
        """What accounts hold now; they are locked, and the table's constraints look once more."""
        changed = [(pk, cents) for pk, cents in sorted(self.deltas.items()) if pk not in self.late]
        if not changed:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "UPDATE treasury_creditaccount a SET held = a.held + d.cents"
                    " FROM unnest(%s::bigint[], %s::bigint[]) AS d (pk, cents) WHERE a.id = d.pk",
                    [[pk for pk, _cents in changed], [cents for _pk, cents in changed]],
                )
            else:
                cursor.executemany(
                    "UPDATE treasury_creditaccount SET held = held + %s WHERE id = %s",
                    [(cents, pk) for pk, cents in changed],
                )

    def _raise_late(self) -> None:
        """What busy accounts hold now: the last thing that is done."""
        with connection.cursor() as cursor:
            for pk in sorted(self.late):
                cents = self.deltas.get(pk, 0)
                if not cents:
                    continue
                cursor.execute(
                    "UPDATE treasury_creditaccount SET held = held + %s WHERE id = %s AND is_open"
                    " AND is_busy AND (ceiling IS NULL OR held + %s <= ceiling)",
                    [cents, pk, cents],
                )
                if cursor.rowcount != 1:
                    raise _Again

    def _book_sides(self, moves: Sequence[UnitsMove], first: int) -> None:
        """In the holders' own books, what they hold changes in euros too: one entry for each book."""
        keeps = {
            pk: row
            for pk, row in self.accounts.items()
            if pk in self.deltas and row.unit == UNIT and row.kind != PARTNER
        }
        books = Book.objects.select_related("structure")
        found = books.filter(structure__in={row.agent_id for row in keeps.values()})
        by_agent = {book.structure_id: book for book in found}
        for pk, row in sorted(keeps.items()):
            book = by_agent.get(row.agent_id)
            if book is None:
                continue
            gave = sum(move.amount for move in moves if move.source == pk) if self.uses[0] else 0
            got = sum(move.amount for move in moves if move.target == pk) if self.uses[1] else 0
            lines = [
                BookLine(gave, use=self.uses[0] or "supplier"),
                BookLine(-gave, use="means.credit"),
                BookLine(got, use="means.credit"),
                BookLine(-got, use=self.uses[1] or "customer"),
            ]
            lines = [line for line in lines if line.amount]
            if lines:
                book_entry(
                    book=book, journal="OD", day=bookable(book, self.day), lines=lines,
                    key=f"credit-moves:{first}:{pk}", label="Unités de la Chambre",
                    source=f"treasury.credit:{first}",
                )  # fmt: skip
