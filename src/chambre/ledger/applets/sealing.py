"""Sealing: a Merkle root over each batch of records, each seal chained to the one before.

Off the posting path: records are read and hashed without a lock, up to where no lower number can
appear any more, and the seal itself is written in a short transaction that no writer of facts
waits for. Whoever kept a seal's digest can tell that nothing sealed by it, or before it, has
changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.horizon import PATIENCE, settled
from chambre.ledger.applets.sealkinds import ENTRY, KINDS, SealKind, chambers
from chambre.ledger.models import Seal, SealedList
from chambre.lib import canonical
from chambre.registry.models import Agent

BATCH = 10_000


@dataclass(slots=True)
class SealReport:
    """What was sealed.

    Attributes:
        seals: New seals.
        records: Records that they cover, of every kind.
        entries: Journal entries among them.
        head: Digest of the last seal of the last chamber, in hexadecimal; empty when there is
            none.
        waiting: Kinds left for the next time, because somebody was still writing.
    """

    seals: int = 0
    records: int = 0
    entries: int = 0
    head: str = ""
    waiting: list[str] = field(default_factory=list)


def seal(*, by: Actor, patience: float = PATIENCE) -> SealReport:
    """Seal every record that is not sealed yet, chamber by chamber, kind by kind.

    Args:
        by: Who seals.
        patience: How many seconds to wait for whoever is writing at this moment. What they write
            in is left for the next time when they take longer.

    Raises:
        Forbidden: ``by`` may not seal.
    """
    report = SealReport()
    ends = settled([kind.model for kind in KINDS.values()], patience)
    report.waiting = [kind.name for kind in KINDS.values() if ends[kind.model] is None]
    for chamber in chambers():
        for kind in KINDS.values():
            upto = ends[kind.model] or 0
            while _seal_batch(chamber, kind, upto, by, report):
                pass
        last = last_seal(chamber)
        report.head = bytes(last.digest).hex() if last else report.head
    return report


def last_seal(chamber: int | Agent) -> Seal | None:
    """The last link of a chamber's chain: its digest vouches for everything sealed so far."""
    found: Seal | None = Seal.objects.filter(chamber=chamber).order_by("-number").first()
    return found


def _sealed(chamber: int, kind: SealKind) -> int:
    """Id of the last record of a kind that is sealed."""
    seals = Seal.objects.filter(chamber=chamber, kind=kind.name).order_by("-last")
    return seals.values_list("last", flat=True).first() or 0


def _seal_batch(chamber: int, kind: SealKind, upto: int, by: Actor, report: SealReport) -> bool:
    """Make one seal; whether there may be more to seal."""
    after = _sealed(chamber, kind)
    rows = kind.rows(chamber, after=after, upto=upto, limit=BATCH) if after < upto else []
    if not rows:
        return False
    authorize(by, "ledger.seal", Agent.objects.get(pk=chamber))
    made = _write(chamber, kind, after, rows, by)
    if made is None:  # somebody else sealed them meanwhile
        return True
    report.seals += 1
    report.records += made.count
    report.entries += made.count if kind.name == ENTRY else 0
    return len(rows) == BATCH


@transaction.atomic
def _write(
    chamber: int, kind: SealKind, after: int, rows: list[tuple[int, bytes]], by: Actor
) -> Seal | None:
    """Add a link to the chain, unless another sealer was faster."""
    ids, hashes = [pk for pk, _leaf in rows], [canonical.leaf_hash(leaf) for _pk, leaf in rows]
    root, now = canonical.root_of_hashes(hashes), timezone.now()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # two sealers, one after the other
            cursor.execute("LOCK TABLE ledger_seal IN SHARE ROW EXCLUSIVE MODE")
    if _sealed(chamber, kind) != after:
        return None
    before = last_seal(chamber)
    previous = bytes(before.digest) if before else canonical.GENESIS
    made: Seal = Seal.objects.create(
        chamber_id=chamber,
        number=before.number + 1 if before else 1,
        kind=kind.name,
        first=ids[0],
        last=ids[-1],
        count=len(ids),
        root=root,
        previous=previous,
        digest=canonical.seal_digest(
            previous, ids[0], ids[-1], len(ids), root, kind=kind.name, at=now
        ),
        sealed_at=now,
    )
    SealedList.objects.create(
        seal=made, ids=b"".join(pk.to_bytes(8, "big") for pk in ids), hashes=b"".join(hashes)
    )
    digest = bytes(made.digest).hex()
    audit(by, "ledger.seal.made", made, kind=kind.name, count=len(ids), digest=digest)
    return made
