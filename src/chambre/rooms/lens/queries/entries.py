"""One journal entry as a person reads it: its lines, their shares and why, where it is from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chambre.core.errors import NotFound
from chambre.core.models import StoredFile
from chambre.ledger.models import Event, JournalEntry, Line, Seal
from chambre.rooms.lens.models import AttributionRun, FecImport, HandAttribution, ImportedFile

SOURCE = "fec:"


@dataclass(frozen=True, slots=True)
class Share:
    """What a resource has of a line.

    Attributes:
        slug: Of the resource; empty: the structure itself.
        name: Of the resource; empty: the structure itself.
        amount: Debit positive, in cents.
        why: The rule or the person behind it.
    """

    slug: str
    name: str
    amount: int
    why: str

    @property
    def size(self) -> int:
        """The amount without its sign: the line's column tells debit from credit."""
        return abs(self.amount)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line of an entry, with its shares and the person's word that stands above the rules."""

    line: Line
    shares: list[Share]
    hand: HandAttribution | None = None

    @property
    def credit(self) -> int:
        """Its amount as its credit column shows it, in cents."""
        return -self.line.amount


class Part(NamedTuple):
    """What a change gave to, or took from, a resource or the structure itself.

    Attributes:
        number: Number of the line in its entry.
        name: Of the resource; empty: the structure itself.
        amount: What it has more of the line than before, in cents; negative: less.
        why: The rule's name, where there is one.
    """

    number: int
    name: str
    amount: int
    why: str


@dataclass(slots=True)
class Change:
    """One change of how an entry is shared, as it was recorded.

    Attributes:
        at: When.
        parts: What moved, line by line.
        by: Who made it.
        run: The run of the rules that made it.
        hand: The person's word that made it.
        reversal: It took everything back before the entry was reversed.
    """

    at: dt.datetime
    parts: list[Part]
    by: str = ""
    run: AttributionRun | None = None
    hand: HandAttribution | None = None
    reversal: bool = False


@dataclass(frozen=True, slots=True)
class EntryRead:
    """All that is known of an entry."""

    entry: JournalEntry
    lines: list[EntryLine]
    changes: list[Change]
    record: FecImport | None = None
    event: Event | None = None
    seal: Seal | None = None
    files: list[tuple[ImportedFile, bool]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The digest of its content, in hexadecimal."""
        return bytes(self.entry.digest).hex()

    @property
    def seal_digest(self) -> str:
        """The digest of its seal, in hexadecimal; empty when it is not sealed yet."""
        return bytes(self.seal.digest).hex() if self.seal else ""


def find_entry(number: int) -> JournalEntry:
    """A journal entry with its book, and the entries that it names or that name it.

    Raises:
        NotFound: There is none.
    """
    rows = JournalEntry.objects.select_related(
        "book__structure", "journal", "reverses", "reversed_by", "about"
    )
    found: JournalEntry | None = rows.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def read_entry(entry: JournalEntry) -> EntryRead:
    """Everything about an entry; whether the reader may see it is asked before."""
    lines = list(entry.lines.select_related("account", "auxiliary", "resource").order_by("number"))
    shared = list(
        Line.objects.filter(entry__about=entry.pk, source_line__isnull=False)
        .select_related("resource", "entry")
        .order_by("entry_id", "number")
    )
    hands = _hands(shared, lines)
    record = _record(entry)
    return EntryRead(
        entry=entry,
        lines=[_line(line, shared, hands) for line in lines],
        changes=_changes(entry, lines, shared, hands),
        record=record,
        event=Event.objects.filter(pk=entry.event_id).first() if entry.event_id else None,
        seal=Seal.objects.filter(
            chamber=entry.chamber_id, kind="entry", first__lte=entry.pk, last__gte=entry.pk
        ).first(),
        files=files_of(record) if record else [],
    )


def _record(entry: JournalEntry) -> FecImport | None:
    """The import that brought it, or whose replacement reversed something by it."""
    number = entry.source.removeprefix(SOURCE)
    if not entry.source.startswith(SOURCE) or not number.isdecimal():
        return None
    return FecImport.objects.filter(pk=int(number)).select_related("year").first()


def files_of(record: FecImport) -> list[tuple[ImportedFile, bool]]:
    """The files of an import, and whether each is still kept."""
    rows = list(record.files.all())
    if not rows:
        return []
    kept = StoredFile.objects.filter(pk__in=[row.file for row in rows])
    known = set(kept.values_list("pk", flat=True))
    return [(row, row.file in known) for row in rows]


def _hands(shared: Sequence[Line], lines: Iterable[Line]) -> list[HandAttribution]:
    """People's words on these lines, oldest first; asked only where something was shared."""
    if not shared:
        return []
    rows = HandAttribution.objects.filter(line__in=[line.pk for line in lines])
    return list(rows.select_related("by").order_by("at", "number"))


def _line(line: Line, shared: Sequence[Line], hands: Sequence[HandAttribution]) -> EntryLine:
    """A line with what each resource has of it now."""
    amounts: dict[int | None, int] = {line.resource_id: line.amount}
    names: dict[int | None, tuple[str, str]] = {None: ("", "")}
    if line.resource is not None:
        names[line.resource_id] = (line.resource.slug, line.resource.name)
    reasons: dict[int | None, str] = {}
    touched = False
    for part in shared:
        if part.source_line != line.pk:
            continue
        touched = True
        key = part.resource_id
        amounts[key] = amounts.get(key, 0) + part.amount
        if part.resource is not None:
            names[key] = (part.resource.slug, part.resource.name)
            reasons[key] = part.label
    held = [each for each in hands if each.line_id == line.pk]
    word = held[-1] if held and held[-1].shares else None
    shares = [
        Share(*names[key], amount, reasons.get(key, ""))
        for key, amount in sorted(amounts.items(), key=lambda pair: -abs(pair[1]))
        if amount
    ]
    return EntryLine(line, shares if touched or line.resource_id else [], word)


def _changes(
    entry: JournalEntry,
    lines: Sequence[Line],
    shared: Sequence[Line],
    hands: Sequence[HandAttribution],
) -> list[Change]:
    """The history of how it is shared, oldest first."""
    if not shared:
        return []
    originals = {line.pk: line for line in lines}
    by_entry: dict[int, list[Line]] = {}
    for part in shared:
        by_entry.setdefault(part.entry_id, []).append(part)
    runs = list(
        AttributionRun.objects.filter(
            at__gte=shared[0].entry.recorded_at, ruleset__chamber=entry.chamber_id
        )
        .select_related("ruleset")
        .order_by("at")[:200]
    )
    found: list[Change] = []
    for parts in by_entry.values():
        change = Change(
            at=parts[0].entry.recorded_at,
            parts=[_part(part, originals[part.source_line or 0]) for part in parts],
        )
        before = found[-1].at if found else None
        _explain(change, {part.source_line for part in parts}, before, hands, runs)
        found.append(change)
    _note_reversal(entry, found[-1])
    return found


def _part(part: Line, original: Line) -> Part:
    """A line of an attribution as what it gave, or took."""
    amount = part.amount if original.amount > 0 else -part.amount
    name = part.resource.name if part.resource else ""
    return Part(original.number, name, amount, part.label)


def _note_reversal(entry: JournalEntry, last: Change) -> None:
    """Say that the last change took everything back because the entry was going to be reversed."""
    reversal: JournalEntry | None = getattr(entry, "reversed_by", None)
    if reversal is None or last.hand is not None or last.at > reversal.recorded_at:
        return
    later = last.run is None or last.run.at > reversal.recorded_at
    if later and not any(part.why for part in last.parts):
        last.reversal, last.run, last.by = True, None, ""


def _explain(
    change: Change,
    lines: set[int | None],
    before: dt.datetime | None,
    hands: Sequence[HandAttribution],
    runs: Sequence[AttributionRun],
) -> None:
    """Say who made a change.

    A person's word is written just before the change that it makes, a run just after all of its
    changes, and neither begins before the other has ended: so the word is the latest one since
    the change before, unless a run ended in between; the run is the first that ended afterwards.
    """
    words = [
        each
        for each in hands
        if each.line_id in lines and each.at <= change.at and (before is None or each.at > before)
    ]
    if words:
        change.hand = words[-1]
        change.by = words[-1].by.email if words[-1].by else ""
        return
    change.run = next((run for run in runs if run.at >= change.at), None)
    change.by = change.run.by if change.run else ""
