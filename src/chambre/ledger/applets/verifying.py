"""Verifying: everything that the ledger promises, recomputed from what is stored.

Reads every entry with its lines once, in blocks, so that memory stays bounded; names the first
broken record.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.db import guards
from chambre.ledger.applets import balances, checks
from chambre.ledger.applets.drafts import EntryDraft, digest_of
from chambre.ledger.applets.recordchecks import check_records
from chambre.ledger.applets.sealchecks import check_chain, check_orphans
from chambre.ledger.applets.sealkinds import ENTRY
from chambre.ledger.applets.stock import verify_events
from chambre.ledger.models import JournalEntry, Seal

BLOCK = 5_000
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the ledger that is not as it was recorded.

    Attributes:
        entry: Id of the journal entry, 0 when it is about something else.
        key: Its idempotency key; for another record its kind and id (``account:12``).
        line: Id of the line, when one can be told.
        kind: Stable machine code.
        message: In words.
    """

    entry: int
    key: str
    line: int | None
    kind: str
    message: str

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "entry": self.entry,
            "key": self.key,
            "line": self.line,
            "kind": self.kind,
            "message": self.message,
        }


@dataclass(slots=True)
class VerifyReport:
    """What a verification found.

    Attributes:
        events: Events there are.
        entries: Journal entries checked.
        lines: Lines checked.
        seals: Seals checked.
        problems: What is broken, the first record first; about a hundred of them at most, with
            the first of every kind.
    """

    events: int = 0
    entries: int = 0
    lines: int = 0
    seals: int = 0
    problems: list[Problem] = field(default_factory=list)
    _told: set[tuple[str, str]] = field(default_factory=set)

    @property
    def ok(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.problems

    def add(
        self, kind: str, message: str, entry: int = 0, key: str = "", line: int | None = None
    ) -> None:
        """Keep a problem: the first hundred, and the first of each kind and table in any case."""
        sort = (kind, "" if entry else key.split(":", maxsplit=1)[0])
        if len(self.problems) < SHOWN or sort not in self._told:
            self._told.add(sort)
            self.problems.append(Problem(entry, key, line, kind, message))

    def as_json(self) -> dict[str, Any]:
        """``{"ok", "events", "entries", "lines", "seals", "problems"}``."""
        return {
            "ok": self.ok,
            "events": self.events,
            "entries": self.entries,
            "lines": self.lines,
            "seals": self.seals,
            "problems": [problem.as_data() for problem in self.problems],
        }


def verify(*, by: Actor | None = None) -> VerifyReport:
    """Recompute every digest, balance and seal, and look for what should not be there.

    Args:
        by: Who asks; absent: the system itself.

    Raises:
        Forbidden: ``by`` may not verify.
    """
    if by is not None:
        authorize(by, "ledger.verify")
    report = VerifyReport(seals=Seal.objects.count())
    whole: dict[str, int] = defaultdict(int)
    for entry, lines in _entries():
        report.entries += 1
        report.lines += len(lines)
        for line in lines:
            whole[line[3 + _UNIT]] += line[3 + _AMOUNT]
        _check_entry(report, entry, lines)
    for unit, amount in sorted(whole.items()):
        if amount:
            report.add("sum", _("The whole does not sum to zero in %(unit)s.") % {"unit": unit})
    report.events = verify_events(
        lambda kind, message, record: report.add(kind, message, key=f"{kind}:{record}")
    )
    _check_rest(report)
    report.problems.sort(key=lambda problem: (problem.entry == 0, problem.entry))
    return report


_ENTRY = (
    "id, chamber_id, book_id, journal_id, kind, number, day, label, validated_on, key, digest,"
    " line_count, reverses_id, about_id, source"
)
_LINE = (
    "id, entry_id, phase, account_id, resource_id, unit, amount, side, day, label, auxiliary_id,"
    " piece, piece_day, lettering, lettered_on, currency, currency_amount, source_line, extra,"
    " number, chamber_id, book_id"
)
_UNIT, _AMOUNT, _CONTENT = 2, 3, 16


def _entries() -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Every entry with its lines, in order, block by block."""
    span = JournalEntry.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if span["first"] is None:
        return
    for first in range(span["first"], span["last"] + 1, BLOCK):
        yield from _block(first, first + BLOCK - 1)


def _block(first: int, last: int) -> list[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """The entries of a range of ids with their lines, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_ENTRY} FROM ledger_journalentry WHERE id BETWEEN %s AND %s ORDER BY id",
            [first, last],
        )
        entries = cursor.fetchall()
        cursor.execute(
            f"SELECT {_LINE} FROM ledger_line WHERE entry_id BETWEEN %s AND %s"
            " ORDER BY entry_id, number",
            [first, last],
        )
        lines: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for line in cursor.fetchall():
            lines[line[1]].append(line)
    return [(entry, lines.get(entry[0], [])) for entry in entries]


def stored_entry(pk: int) -> tuple[EntryDraft, list[tuple[Any, ...]], int]:
    """A journal entry as it is stored: its head, its plain lines, its phase."""
    entry, lines = _block(pk, pk)[0]
    return _draft_of(entry), [_plain(line) for line in lines], lines[0][2]


def _text(value: Any) -> Any:
    """A day as the digest has it."""
    return value if value is None or isinstance(value, str) else value.isoformat()


def _plain(line: Sequence[Any]) -> tuple[Any, ...]:
    """The sixteen values of a line that its entry's digest covers."""
    values = list(line[3 : 3 + _CONTENT])
    for place in (5, 9, 11):
        values[place] = _text(values[place])
    if isinstance(values[15], str):
        values[15] = json.loads(values[15])
    return tuple(values)


def _check_entry(
    report: VerifyReport, entry: Sequence[Any], lines: Sequence[Sequence[Any]]
) -> None:
    """One entry: complete, in its own book, balanced in every cell, and as it was recorded."""
    pk, chamber, book, key, digest, line_count = (entry[n] for n in (0, 1, 2, 9, 10, 11))
    if [line[19] for line in lines] != list(range(1, line_count + 1)):
        report.add("lines", _("Lines are missing or too many."), pk, key)
    cells: dict[tuple[Any, str], int] = defaultdict(int)
    for line in lines:
        cells[line[4], line[5]] += line[6]
        if (line[20], line[21]) != (chamber, book):
            report.add("book", _("A line is in another book than its entry."), pk, key, line[0])
    if any(cells.values()):
        report.add("balance", _("The entry does not balance for each resource."), pk, key)
    phase = lines[0][2] if lines else 0
    plain = [_plain(line) for line in lines]
    wanted = digest_of(_draft_of(entry), plain, chamber=chamber, phase=phase)
    if wanted != bytes(digest) or any(line[2] != phase for line in lines):
        report.add("digest", _("The entry is not what was recorded."), pk, key)


def _draft_of(entry: Sequence[Any]) -> EntryDraft:
    """The head of an entry, as its digest covers it."""
    (_pk, _chamber, book, journal, kind, number, day, label, validated_on, key, _digest, _lines,
     reverses, about, source) = entry  # fmt: skip
    return EntryDraft(
        book=book,
        journal=journal,
        day=_as_day(day),
        lines=(),
        key=key,
        kind=kind,
        number=number,
        label=label,
        validated_on=_as_day(validated_on),
        about=about,
        reverses=reverses,
        source=source,
    )


def _as_day(value: Any) -> Any:
    """A day of a plain query; SQLite gives text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _check_rest(report: VerifyReport) -> None:
    """Lines of no entry, seals, guards and roll-ups."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.entry_id FROM ledger_line l"
            " LEFT JOIN ledger_journalentry e ON e.id = l.entry_id"
            " WHERE e.id IS NULL ORDER BY l.id LIMIT 1"
        )
        stray = cursor.fetchone()
    if stray:
        report.add("stray", _("A line has no journal entry."), stray[1], "", stray[0])
    for kind, table, record, message in check_records():
        _add_record(report, kind, table, record, message)
    chambers = Seal.objects.order_by().values_list("chamber_id", flat=True).distinct()
    for found in chain(check_orphans(), *map(check_chain, sorted(chambers))):
        _add_record(report, found.code, found.kind, found.record, found.message)
    for name in guards.missing(connection):
        report.add("guard", _("The guard %(name)s is missing or was changed.") % {"name": name})
    for name in guards.strange(connection):
        report.add("guard", _("This may get round the guards: %(name)s") % {"name": name})
    for message in balances.compare():
        report.add("rollup", message)
    for name, message in checks.found():
        report.add(name, message)


def _add_record(report: VerifyReport, kind: str, table: str, record: int, message: str) -> None:
    """A problem of a record, which is a journal entry or another one."""
    if table == ENTRY:
        keys = JournalEntry.objects.filter(pk=record).values_list("key", flat=True)
        report.add(kind, message, record, keys.first() or "")
    else:
        report.add(kind, message, key=f"{table}:{record}")
