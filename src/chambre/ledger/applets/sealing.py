"""Sealing: a Merkle root over each batch of journal entries, each seal chained to the one before.

Off the posting path: a seal is made afterwards, in a transaction of its own, and no writer waits
for another. Whoever kept a seal's digest can tell that nothing sealed by it has changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.ledger.models import JournalEntry, Seal
from chambre.lib import canonical
from chambre.registry.models import Agent

BATCH = 10_000
ENTRY = "entry"


@dataclass(slots=True)
class SealReport:
    """What was sealed.

    Attributes:
        seals: New seals.
        entries: Journal entries that they cover.
        head: Digest of the last seal of the last chamber, in hexadecimal; empty when there is
            none.
    """

    seals: int = 0
    entries: int = 0
    head: str = ""


def leaf_of(digest: bytes, pk: int, event: int | None, recorded: dt.datetime) -> bytes:
    """What a seal covers of a journal entry: its content's digest, and what the digest leaves out.

    Its number, the event that made it and the moment it was recorded at, each as 8 big-endian
    bytes (the moment in microseconds of UTC since 1970), follow the digest.
    """
    moment = int(recorded.timestamp()) * 1_000_000 + recorded.microsecond
    return (
        bytes(digest)
        + pk.to_bytes(8, "big")
        + (event or 0).to_bytes(8, "big")
        + moment.to_bytes(8, "big", signed=True)
    )


def seal(*, by: Actor) -> SealReport:
    """Seal every journal entry that is not sealed yet, chamber by chamber.

    Raises:
        Forbidden: ``by`` may not seal.
    """
    report = SealReport()
    chambers = JournalEntry.objects.order_by().values_list("chamber_id", flat=True).distinct()
    for chamber in sorted(chambers):
        while _seal_batch(chamber, by, report) == BATCH:
            pass
    return report


@transaction.atomic
def _seal_batch(chamber: int, by: Actor, report: SealReport) -> int:
    """Make one seal; how many entries it covers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Waits for postings in flight: no lower number can appear after this.
            cursor.execute("LOCK TABLE ledger_journalentry IN SHARE MODE")
    before = Seal.objects.filter(chamber=chamber).order_by("-number").first()
    sealed = Seal.objects.filter(chamber=chamber, kind=ENTRY).order_by("-last").first()
    rows = list(unsealed(chamber, sealed.last if sealed else 0)[:BATCH])
    if not rows:
        report.head = report.head or (bytes(before.digest).hex() if before else "")
        return 0
    authorize(by, "ledger.seal", Agent.objects.get(pk=chamber))
    root = canonical.merkle_root([leaf_of(digest, pk, event, at) for pk, digest, event, at in rows])
    previous = bytes(before.digest) if before else canonical.GENESIS
    first, last = rows[0][0], rows[-1][0]
    made = Seal.objects.create(
        chamber_id=chamber,
        number=before.number + 1 if before else 1,
        kind=ENTRY,
        first=first,
        last=last,
        count=len(rows),
        root=root,
        previous=previous,
        digest=canonical.seal_digest(previous, first, last, len(rows), root),
        sealed_at=timezone.now(),
    )
    audit(by, "ledger.seal.made", made, count=len(rows), digest=bytes(made.digest).hex())
    report.seals += 1
    report.entries += len(rows)
    report.head = bytes(made.digest).hex()
    return len(rows)


def unsealed(chamber: int, last: int) -> Any:
    """What a seal covers of the entries after a number, in order."""
    return (
        JournalEntry.objects.filter(chamber=chamber, pk__gt=last)
        .order_by("pk")
        .values_list("pk", "digest", "event_id", "recorded_at")
    )


def check_chain(chamber: int) -> Iterator[tuple[int, str]]:
    """What is wrong with a chamber's seals: the first entry concerned, and what.

    Recomputes every root from the entries and every digest from the seal before.
    """
    previous, number, end, covered = canonical.GENESIS, 0, 0, 0
    for each in Seal.objects.filter(chamber=chamber, kind=ENTRY).order_by("number").iterator():
        number += 1
        rows: Sequence[Any] = list(unsealed(chamber, each.first - 1).filter(pk__lte=each.last))
        root = canonical.merkle_root([leaf_of(d, pk, event, at) for pk, d, event, at in rows])
        wanted = canonical.seal_digest(
            previous, each.first, each.last, each.count, bytes(each.root)
        )
        if each.number != number or bytes(each.previous) != previous:
            yield each.first, f"seal {each.number} does not follow the one before"
        if bytes(each.digest) != wanted:
            yield each.first, f"the digest of seal {each.number} is not that of its content"
        if len(rows) != each.count or root != bytes(each.root):
            yield each.first, f"seal {each.number} does not cover the entries that are there"
        if each.first <= end:
            yield each.first, f"seal {each.number} overlaps the one before"
        previous, end, covered = bytes(each.digest), each.last, covered + each.count
        number = each.number
    found = JournalEntry.objects.filter(chamber=chamber, pk__lte=end).count()
    if found != covered:
        yield end, f"{found} entries stand where {covered} were sealed"
