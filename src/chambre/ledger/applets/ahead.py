"""Posting without waiting: the next block is read and checked while the last is on its way.

PostgreSQL takes as long for the rows of a block as Python takes to read, check and digest the next
one, so both work at the same time. A block is proved when the next one gets its ids. Each has its
savepoint, as in any long posting: when somebody else took one of its keys at the same moment, it is
posted again on its own, looking closely, and the posting goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from django.db import DatabaseError, IntegrityError, connections

from chambre.ledger.applets import writing
from chambre.ledger.applets.admission import Books
from chambre.ledger.applets.bulk import Batch, Head
from chambre.ledger.applets.drafts import EntryDraft
from chambre.ledger.applets.errors import constraint_of, typed
from chambre.ledger.applets.posting import ALIAS, Posting, PostReport
from chambre.ledger.applets.sending import Asked, Sender

EVERY = 50
"""Entries read before more is handed over: a socket holds what PostgreSQL takes in a few
milliseconds."""
_SAVEPOINT = "ledger_ahead"


class _UnderWay(NamedTuple):
    """A block whose rows are on their way, and the figures without it."""

    block: Sequence[EntryDraft]
    before: PostReport


class Ahead(Posting):
    """Posts block after block on PostgreSQL.

    Nothing else may use the connection until :meth:`settle` or :meth:`abandon`.
    """

    def __init__(self, books: Books) -> None:
        super().__init__(books)
        self._connection = connections[ALIAS]
        self._sender: Sender | None = None
        self._under_way: _UnderWay | None = None
        self._refusal: DatabaseError | None = None
        self._saved = False

    def reading(self, entries: Iterator[EntryDraft]) -> Iterator[EntryDraft]:
        """Entries as they are read; rows are handed over meanwhile."""
        for at, entry in enumerate(entries):
            if not at % EVERY:
                self._hand_over()
            yield entry

    def _hand_over(self) -> None:
        """Go on sending; a refusal is kept until the block that is being read is there."""
        if self._sender is None or self._refusal is not None:
            return
        try:
            with self._connection.wrap_database_errors:
                self._sender.pump()
        except DatabaseError as error:
            self._refusal = error

    def one_of_many(self, block: Sequence[EntryDraft]) -> None:
        """Post one block; its rows are on their way when this returns."""
        if any(each.about or each.reverses or each.book not in self.books.seen for each in block):
            self.settle()  # the database is asked about these
        heads = self._heads(block)
        batches, ready = self._batches(heads), list[Batch]()
        begun = self._begun(heads, batches, ready)
        self._under_way = _UnderWay(block, replace(self.report))
        self.known = begun.known
        try:
            writer = writing.Writer(ALIAS, self._sender)
            self._send(chain(ready, batches), begun, writer)
            writer.send()
        except IntegrityError as error:
            self._again(error)

    def settle(self) -> None:
        """Wait until everything is posted."""
        try:
            if self._refusal is not None:
                raise self._refusal
            if self._sender is not None:
                with self._connection.wrap_database_errors:
                    self._sender.finish()
        except IntegrityError as error:
            self._again(error)
        self._under_way = None

    def abandon(self) -> None:
        """Post nothing more; what was posted is undone by the caller."""
        if self._sender is not None:
            self._sender.abandon()

    def _begun(
        self, heads: Sequence[Head], batches: Iterator[Batch], ready: list[Batch]
    ) -> writing.Begun:
        """Keys and ids of a block, once the one before is proved; lines are checked meanwhile."""
        while True:
            try:
                if self._refusal is not None:
                    raise self._refusal
                with self._connection.wrap_database_errors:
                    asked = self._ask(heads)
                while asked.rows is None and (batch := next(batches, None)) is not None:
                    ready.append(batch)
                    with self._connection.wrap_database_errors:
                        self._sender_here().pump()
                with self._connection.wrap_database_errors:
                    return writing.begun_of(self._sender_here().answer(asked))
            except IntegrityError as error:
                self._again(error)

    def _ask(self, heads: Sequence[Head]) -> Asked:
        """Ask for keys and ids after what is on its way."""
        sender = self._sender_here()
        sender.ask((f"RELEASE SAVEPOINT {_SAVEPOINT};" * self._saved) + f"SAVEPOINT {_SAVEPOINT}")
        self._saved = True
        keys = [draft.key for draft, _phase in heads]
        lines = sum(len(draft.lines) for draft, _phase in heads)
        return writing.ask_begin(sender, self.books.chamber, keys, len(keys), lines)

    def _sender_here(self) -> Sender:
        if self._sender is None:
            self._sender = Sender(self._connection.connection)
        return self._sender

    def _again(self, error: IntegrityError) -> None:
        """Post the block that was refused again, when only its keys were in the way.

        Raises:
            ChambreError: It was refused for another reason.
        """
        under_way, self._under_way, self._refusal = self._under_way, None, None
        if under_way is None or constraint_of(error) != "journalentry_key":
            raise typed(error) or error from error
        self.abandon()
        with self._connection.cursor() as cursor:
            cursor.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
        self.report = under_way.before
        super().one_of_many(under_way.block)
