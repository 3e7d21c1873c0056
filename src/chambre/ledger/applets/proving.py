"""Proving: that one record stands in a seal, to somebody who trusts nothing but a seal's digest.

A proof holds the content of the record, the path from its leaf to the root of its seal, and the
seals from there to the last one. Whoever kept the digest of any of these seals (a printed
statement has it) checks it with a few lines of Python, without this program: see the README.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.ledger.applets.drafts import content_of
from chambre.ledger.applets.errors import NotProvable, NotSealed
from chambre.ledger.applets.sealchecks import listed_by
from chambre.ledger.applets.sealkinds import ENTRY, KINDS, SealKind
from chambre.ledger.applets.verifying import stored_entry
from chambre.ledger.models import JournalEntry, Seal
from chambre.lib import canonical
from chambre.registry.models import Agent


@dataclass(frozen=True, slots=True)
class Proof:
    """That a record is part of what was sealed.

    Attributes:
        kind: Kind of record.
        record: Its id.
        about: Label of the digest of its content.
        content: Its content in canonical JSON.
        leaf: What the seal covers of it.
        index: Its place among the leaves, from 0.
        path: Sibling hashes from the leaf to the root, the nearest first.
        seals: Its seal, then every later one of the chain.
    """

    kind: str
    record: int
    about: str
    content: bytes
    leaf: bytes
    index: int
    path: list[bytes]
    seals: list[Seal]

    def as_json(self) -> dict[str, Any]:
        """As JSON: digests in hexadecimal, moments in microseconds of UTC since 1970."""
        return {
            "kind": self.kind,
            "record": self.record,
            "about": self.about,
            "content": self.content.decode(),
            "leaf": self.leaf.hex(),
            "index": self.index,
            "path": [each.hex() for each in self.path],
            "seals": [
                {
                    "number": seal.number,
                    "kind": seal.kind,
                    "first": seal.first,
                    "last": seal.last,
                    "count": seal.count,
                    "root": bytes(seal.root).hex(),
                    "previous": bytes(seal.previous).hex(),
                    "sealed_at": canonical.microseconds(seal.sealed_at),
                    "digest": bytes(seal.digest).hex(),
                }
                for seal in self.seals
            ],
        }


def prove(
    record: int | str, *, by: Actor, kind: str = ENTRY, chamber: Agent | None = None
) -> Proof:
    """Prove that a record is part of what was sealed.

    Args:
        record: Its id, or its idempotency key where its kind has keys.
        by: Who asks.
        kind: Kind of record: ``entry``, ``event``, ``account``, ``commitment``…
        chamber: Whose record, when a key is given and there are several chambers.

    Raises:
        Forbidden: ``by`` answers neither for the book of the entry nor for the chamber.
        NotFound: There is no such record.
        NotSealed: It waits for the next seal.
        NotProvable: It is not what was sealed.
    """
    sort = KINDS.get(kind)
    if sort is None:
        raise NotFound(_("There is no such kind of record."), kind=kind)
    pk, owner = _find(sort, record, chamber)
    subject: Any = Agent.objects.get(pk=owner)
    if kind == ENTRY:
        subject = JournalEntry.objects.select_related("book__structure").get(pk=pk).book
    authorize(by, "ledger.prove", subject)
    seal = Seal.objects.filter(chamber=owner, kind=kind, first__lte=pk, last__gte=pk).first()
    if seal is None:
        raise NotSealed(record=pk)
    listed = listed_by(seal)
    found = sort.rows(owner, after=pk - 1, upto=pk)
    if listed is None or not found or listed.get(pk) != canonical.leaf_hash(found[0][1]):
        raise NotProvable(record=pk, seal=seal.number)
    index = list(listed).index(pk)
    about, content = _content(sort, pk, owner)
    return Proof(
        kind, pk, about, content, found[0][1], index,
        canonical.path_of_hashes(list(listed.values()), index),
        list(Seal.objects.filter(chamber=owner, number__gte=seal.number).order_by("number")),
    )  # fmt: skip


def _find(kind: SealKind, record: int | str, chamber: Agent | None) -> tuple[int, int]:
    """Id of a record and of its chamber."""
    has_key = any(field.name == "key" for field in kind.model._meta.fields)
    if isinstance(record, str) and not has_key:
        raise NotFound(_("Records of this kind have no key: give their number."), kind=kind.name)
    rows = kind.model._default_manager.filter(
        **{"pk" if isinstance(record, int) else "key": record}
    )
    if chamber is not None:
        rows = rows.filter(**{kind.chamber: chamber})
    found = rows.order_by("pk").values_list("pk", F(kind.chamber)).first()
    if found is None:
        raise NotFound(_("There is no such record."), record=str(record))
    return int(found[0]), int(found[1])


def _content(kind: SealKind, pk: int, chamber: int) -> tuple[str, bytes]:
    """The label and the canonical form whose digest the leaf is, or begins with."""
    if kind.name == ENTRY:
        draft, lines, phase = stored_entry(pk)
        return "ledger.entry", canonical.canonical(
            content_of(draft, lines, chamber=chamber, phase=phase)
        )
    return kind.about, canonical.canonical(kind.content(pk, chamber))
