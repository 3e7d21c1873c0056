"""What is sealed: each kind of record, and which of its columns are facts.

A record's leaf in the tree of a seal is the digest of its facts (for a journal entry, its own
digest and what that leaves out). What is derived (positions, roll-ups, attributes of stocks) is
not sealed but worked out again by ``verify``; what may still change (an open financial year) is
sealed once it cannot.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from chambre.ledger import models
from chambre.lib import canonical

ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class SealKind:
    """A kind of record that seals cover.

    Attributes:
        name: As the seals say it.
        model: Its table.
        chamber: How the table knows its chamber.
        columns: The facts, the id first.
        shown: A column that tells a person which one it is.
        inner: Rows that belong to the record and are written with it: table, the column that
            names the record, and the facts.
    """

    name: str
    model: Any
    chamber: str
    columns: tuple[str, ...]
    shown: str = ""
    inner: tuple[Any, str, tuple[str, ...]] | None = None

    def rows(
        self, chamber: int, *, after: int, upto: int, limit: int | None = None
    ) -> list[tuple[int, bytes]]:
        """Ids and leaves of the records of a chamber with ids in ``(after, upto]``, in order."""
        found = self._values(chamber, after, upto, limit)
        if self.name == ENTRY:
            return [(pk, leaf_of_entry(digest, pk, event, at)) for pk, digest, event, at in found]
        inner = self._inner(after, found[-1][0]) if found else {}
        return [(row[0], self._leaf(row, inner)) for row in found]

    def content(self, pk: int, chamber: int) -> dict[str, Any]:
        """The facts of one record, whose digest is its leaf."""
        row = self._values(chamber, pk - 1, pk, 1)[0]
        return self._content(row, self._inner(pk - 1, pk))

    @property
    def about(self) -> str:
        """The label of the digest of such a record; see :func:`chambre.lib.canonical.digest`."""
        return f"ledger.sealed.{self.name}"

    def describe(self, pk: int) -> str:
        """Which record, for a person."""
        words = f"{capfirst(self.model._meta.verbose_name)} {pk}"
        shown = self.shown and (
            self.model._default_manager.filter(pk=pk).values_list(self.shown, flat=True).first()
        )
        return f"{words} ({shown})" if shown else words

    def _values(self, chamber: int, after: int, upto: int, limit: int | None) -> list[Any]:
        query = self.model._default_manager.filter(
            **{self.chamber: chamber}, pk__gt=after, pk__lte=upto
        )
        return list(query.order_by("pk").values_list(*self.columns)[:limit])

    def _inner(self, after: int, upto: int) -> dict[int, list[list[Any]]]:
        """The rows that belong to each record."""
        if self.inner is None:
            return {}
        model, parent, columns = self.inner
        query = model._default_manager.filter(
            **{f"{parent}__gt": after, f"{parent}__lte": upto}
        ).order_by(parent, "pk")
        found: dict[int, list[list[Any]]] = defaultdict(list)
        for owner, *values in query.values_list(parent, *columns):
            found[owner].append(values)
        return found

    def _content(self, row: Sequence[Any], inner: dict[int, list[list[Any]]]) -> dict[str, Any]:
        content = dict(zip(self.columns, row, strict=True))
        if self.inner is not None:
            content["rows"] = inner.get(row[0], [])
        return content

    def _leaf(self, row: Sequence[Any], inner: dict[int, list[list[Any]]]) -> bytes:
        return canonical.digest(self._content(row, inner), about=self.about)


def leaf_of_entry(digest: bytes, pk: int, event: int | None, recorded: dt.datetime) -> bytes:
    """What a seal covers of a journal entry: its content's digest, and what the digest leaves out.

    Its number, the event that made it and the moment it was recorded at, each as 8 big-endian
    bytes (the moment in microseconds of UTC since 1970), follow the digest.
    """
    return (
        bytes(digest)
        + pk.to_bytes(8, "big", signed=True)
        + (event or 0).to_bytes(8, "big", signed=True)
        + canonical.microseconds(recorded).to_bytes(8, "big", signed=True)
    )


_PROMISE = ("action", "provider_id", "receiver_id", "quantity", "unit", "due", "key", "digest")

KINDS: dict[str, SealKind] = {
    kind.name: kind
    for kind in (
        SealKind(
            "book", models.Book, "chamber_id",
            ("id", "chamber_id", "structure_id", "chart", "created_at"), "structure__name",
        ),
        SealKind(
            "account", models.Account, "book__chamber_id",
            ("id", "book_id", "code", "label", "is_link"), "code",
        ),
        SealKind(
            "auxiliary", models.Auxiliary, "book__chamber_id",
            ("id", "book_id", "code", "label"), "code",
        ),
        SealKind(
            "journal", models.Journal, "book__chamber_id",
            ("id", "book_id", "code", "label"), "code",
        ),
        SealKind(
            ENTRY, models.JournalEntry, "chamber_id", ("id", "digest", "event_id", "recorded_at"),
            "key",
        ),
        SealKind(
            "closing", models.YearClosing, "year__book__chamber_id",
            ("id", "year_id", "start", "end", "closed_at", "differences"),
        ),
        SealKind(
            "specification", models.Specification, "chamber_id",
            ("id", "chamber_id", "slug", "unit"), "slug",
        ),
        SealKind(
            "process", models.Process, "chamber_id", ("id", "chamber_id", "name", "based_on"),
            "name",
        ),
        SealKind(
            "stock", models.StockItem, "chamber_id", ("id", "chamber_id", "name", "about_id"),
            "name",
        ),
        SealKind(
            "event", models.Event, "chamber_id", ("id", "digest"), "key",
            (models.Trace, "event_id", ("id", "item_id", "sequence")),
        ),
        SealKind(
            "agreement", models.Agreement, "chamber_id",
            ("id", "chamber_id", "name", "concerns_id", "key", "digest", "recorded_at"), "key",
            (models.AgreementParty, "agreement_id", ("id", "agent_id", "role")),
        ),
        SealKind(
            "terms", models.AgreementTerms, "agreement__chamber_id",
            ("id", "agreement_id", "version", "text", "digest", "recorded_at"), "version",
        ),
        SealKind(
            "status", models.AgreementStatus, "agreement__chamber_id",
            ("id", "agreement_id", "status", "since", "reason", "recorded_at"), "status",
        ),
        SealKind(
            "commitment", models.Commitment, "chamber_id",
            ("id", "chamber_id", "agreement_id", "clause", *_PROMISE, "specification_id",
             "resource_id", "recorded_at"), "key",
        ),
        SealKind(
            "end", models.CommitmentEnd, "commitment__chamber_id",
            ("id", "commitment_id", "day", "reason", "recorded_at"),
        ),
        SealKind(
            "claim", models.Claim, "chamber_id",
            ("id", "chamber_id", "triggered_by_id", *_PROMISE, "recorded_at"), "key",
        ),
        SealKind(
            "allocation", models.Allocation, "event__chamber_id",
            ("id", "event_id", "commitment_id", "claim_id", "quantity", "unit", "recorded_at"),
        ),
    )
}  # fmt: skip
"""Every kind, in the order in which one sealing goes through them."""


def chambers() -> list[int]:
    """Ids of the chambers that something is recorded for."""
    found: set[int] = set()
    for model in (models.Book, models.Specification, models.StockItem, models.Agreement,
                  models.Process, models.Event, models.Commitment, models.Seal):  # fmt: skip
        ids = model._default_manager.order_by().values_list("chamber_id", flat=True)
        found.update(ids.distinct())
    return sorted(found)
