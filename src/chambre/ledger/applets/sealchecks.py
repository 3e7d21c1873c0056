"""Seals recomputed from the records they cover, and the record named that is not as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chambre.ledger.applets.sealkinds import KINDS, SealKind, chambers
from chambre.ledger.models import Seal, SealedList
from chambre.lib import canonical

LOWEST = -(2**63)
"""Below every id: somebody may have put a row in where the ledger never draws one."""


@dataclass(frozen=True, slots=True)
class SealProblem:
    """Something that a seal vouches for and that is not so.

    Attributes:
        code: ``seal`` (the chain itself), ``sealed-changed``, ``sealed-missing``,
            ``sealed-extra``.
        kind: Kind of the record.
        record: Its id; for the chain, the first record of the seal.
        message: In words.
    """

    code: str
    kind: str
    record: int
    message: str


def check_chain(chamber: int) -> Iterator[SealProblem]:
    """What is wrong with a chamber's seals and with what they cover.

    Recomputes the leaf of every record, every root and every digest from the seal before.
    """
    previous, number = canonical.GENESIS, 0
    ends: dict[str, int] = {}
    for seal in Seal.objects.filter(chamber=chamber).order_by("number").iterator():
        yield from _link(seal, previous, number + 1)
        yield from _records(seal, ends.get(seal.kind, LOWEST))
        previous, number = bytes(seal.digest), seal.number
        ends[seal.kind] = max(seal.last, ends.get(seal.kind, LOWEST))


def check_orphans() -> Iterator[SealProblem]:
    """Records that lead to no chamber, and so stand in no chain."""
    known = chambers()
    for kind in KINDS.values():
        if "__" not in kind.chamber:
            continue
        rows = kind.model._default_manager.order_by("pk")
        owned = rows.filter(**{f"{kind.chamber}__in": known}).order_by().values("pk")
        for pk in rows.exclude(pk__in=owned).values_list("pk", flat=True)[:20]:
            message = _("%(record)s: it belongs to nothing that is there.")
            yield SealProblem("orphan", kind.name, pk, message % {"record": kind.describe(pk)})


def _link(seal: Seal, previous: bytes, number: int) -> Iterator[SealProblem]:
    """One seal as a link of the chain."""

    def problem(message: str) -> SealProblem:
        return SealProblem("seal", seal.kind, seal.first, message % {"number": seal.number})

    if seal.number != number or bytes(seal.previous) != previous:
        yield problem(_("Seal %(number)d does not follow the one before it."))
    try:
        wanted = canonical.seal_digest(
            bytes(seal.previous), seal.first, seal.last, seal.count, bytes(seal.root),
            kind=seal.kind, at=seal.sealed_at,
        )  # fmt: skip
    except ValueError:
        wanted = b""
    if bytes(seal.digest) != wanted:
        yield problem(_("The digest of seal %(number)d is not that of its content."))


def _records(seal: Seal, end: int) -> Iterator[SealProblem]:
    """The records that a seal covers, compared one by one with what was sealed."""
    kind = KINDS.get(seal.kind)
    if kind is None:
        message = _("Seal %(number)d covers records of a kind that is not known.")
        yield SealProblem("seal", seal.kind, seal.first, message % {"number": seal.number})
        return
    there = {
        pk: canonical.leaf_hash(leaf)
        for pk, leaf in kind.rows(seal.chamber_id, after=end, upto=seal.last)
    }
    listed = listed_by(seal)
    if listed is None:
        message = _("The list of what seal %(number)d covers is missing or was changed.")
        yield SealProblem("seal", seal.kind, seal.first, message % {"number": seal.number})
        if canonical.root_of_hashes(list(there.values())) != bytes(seal.root):
            message = _("Seal %(number)d does not cover the records that are there.")
            yield SealProblem("seal", seal.kind, seal.first, message % {"number": seal.number})
        return
    yield from _compare(kind, listed, there)


def _compare(
    kind: SealKind, listed: dict[int, bytes], there: dict[int, bytes]
) -> Iterator[SealProblem]:
    """What was sealed beside what is there."""
    for pk in sorted(listed.keys() | there.keys()):
        sealed, stands = listed.get(pk), there.get(pk)
        if sealed == stands:
            continue
        if stands is None:
            code, message = "sealed-missing", _("%(record)s: it was sealed and is gone.")
        elif sealed is None:
            code, message = "sealed-extra", _("%(record)s: it was put in after the seal.")
        else:
            code, message = "sealed-changed", _("%(record)s: it is not what was sealed.")
        yield SealProblem(code, kind.name, pk, message % {"record": kind.describe(pk)})


def listed_by(seal: Seal) -> dict[int, bytes] | None:
    """Hash of the leaf by id of what a seal covers; ``None`` when the seal disowns the list."""
    row = SealedList.objects.filter(seal=seal).first()
    if row is None:
        return None
    ids, hashes = bytes(row.ids), bytes(row.hashes)
    found = {
        int.from_bytes(ids[8 * place : 8 * place + 8], "big"): hashes[32 * place : 32 * place + 32]
        for place in range(len(ids) // 8)
    }
    whole = len(ids) == 8 * seal.count and len(hashes) == 32 * seal.count == 32 * len(found)
    if not whole or canonical.root_of_hashes(list(found.values())) != bytes(seal.root):
        return None
    # The root vouches for the hashes alone; the range for the ids at both ends.
    return found if (min(found), max(found)) == (seal.first, seal.last) else None
