"""Many entries at once: their checks, digests and rows, column by column.

:mod:`~chambre.ledger.applets.drafts` looks at one entry after the other, which costs Python more
than anything else in a large posting. Here each step is one call over a column of some hundred
lines. What is not as usual (a wrong value, a cell that does not balance, an amount of another
class) goes to :mod:`~chambre.ledger.applets.drafts`, whose word counts: this module refuses
nothing, and its digests are the same (``tests/test_bulk.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from json.encoder import encode_basestring  # type: ignore[attr-defined]  # as in canonical JSON
from typing import Any

from chambre.ledger.applets.drafts import (
    LARGEST,
    LIMITS,
    EntryDraft,
    check_lines,
    digest_of,
    iso,
)
from chambre.lib import canonical

Head = tuple[EntryDraft, int]
"""A draft whose head passed the checks, and the phase of its lines."""

NONE = type(None)
(_ACCOUNT, _RESOURCE, _UNIT, _AMOUNT, _SIDE, _DAY, _LABEL, _AUXILIARY, _PIECE, _PIECE_DAY,
 _LETTERING, _LETTERED, _CURRENCY, _CURRENCY_AMOUNT, _SOURCE, _EXTRA) = range(16)  # fmt: skip
_TEXTS = (_LABEL, _PIECE, _LETTERING, _CURRENCY, _CURRENCY_AMOUNT, _UNIT)
_KEYS = {_RESOURCE, _AUXILIARY, _SOURCE}
_DAYS = {_DAY, _PIECE_DAY, _LETTERED}
_ABOVE = '{"about":%s,"book":%d,"chamber":%d,"day":"%s","journal":%d,"key":%s,"kind":%s,"label":%s,"lines":['
_BELOW = '],"number":%s,"phase":%d,"reverses":%s,"source":%s,"validated_on":%s}'


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that passed the checks.

    Attributes:
        heads: The drafts with the phases of their lines.
        counts: How many lines each has.
        digests: The digest of each.
        columns: Their lines, as sixteen columns in the order of a line's draft; days as ISO texts.
    """

    heads: Sequence[Head]
    counts: list[int]
    digests: list[bytes]
    columns: list[Sequence[Any]]

    def lines(self, chamber: int, entry: int, line: int) -> Iterator[Sequence[Any]]:
        """The columns of the table of lines, in their order, up to the further columns.

        Args:
            chamber: Id of the chamber.
            entry: Id of the first entry; the others follow.
            line: Id of the first line.
        """
        counts, columns = self.counts, self.columns
        yield range(line, line + sum(counts))
        yield self._each(range(entry, entry + len(counts)))
        yield list(chain.from_iterable(range(1, count + 1) for count in counts))
        yield [chamber] * sum(counts)
        yield self._each(draft.book for draft, _phase in self.heads)
        yield from columns[:_LABEL]
        yield self._each(phase for _draft, phase in self.heads)
        yield from columns[_LABEL:]

    def _each(self, values: Iterable[Any]) -> list[Any]:
        """A value of each entry for each of its lines."""
        return list(chain.from_iterable(map(repeat, values, self.counts)))

    def entries(self, chamber: int, entry: int, recorded: str) -> list[tuple[Any, ...]]:
        """Rows of the table of entries, in the order of its columns."""
        return [
            (
                pk, chamber, draft.book, draft.journal, str(draft.kind), draft.number,
                iso(draft.day), draft.label, iso(draft.validated_on), draft.key, digest, count,
                draft.event, draft.reverses, draft.about, draft.source, recorded,
            )
            for pk, ((draft, _phase), count, digest) in enumerate(
                zip(self.heads, self.counts, self.digests, strict=True), entry
            )
        ]  # fmt: skip

    def only(self, places: Sequence[int]) -> Batch:
        """Some of the entries."""
        starts = [0, *accumulate(self.counts)]
        lines = list(chain.from_iterable(range(starts[at], starts[at + 1]) for at in places))
        return Batch(
            [self.heads[at] for at in places],
            [self.counts[at] for at in places],
            [self.digests[at] for at in places],
            [[column[at] for at in lines] for column in self.columns],
        )


def batch_of(heads: Sequence[Head], *, chamber: int) -> Batch:
    """Check the lines of some entries and digest them.

    Args:
        heads: At least one draft, whose head passed the checks.
        chamber: Id of the chamber of their books.

    Raises:
        Invalid: A value of the wrong type, too long or out of range.
        Unbalanced: A cell of an entry does not sum to zero.
    """
    counts = [len(draft.lines) for draft, _phase in heads]
    columns: list[Sequence[Any]] = list(
        zip(*chain.from_iterable(draft.lines for draft, _phase in heads), strict=True)
    )
    if 0 in counts or len(columns) != _EXTRA + 1 or not _usual(heads, counts, columns):
        return _one_by_one(heads, chamber)
    for at in _DAYS:
        columns[at] = _iso_days(columns[at])
    try:
        digests = list(_digests(heads, counts, _json_lines(columns), chamber))
    except (canonical.NotCanonical, UnicodeEncodeError):
        return _one_by_one(heads, chamber)
    return Batch(heads, counts, digests, columns)


def _one_by_one(heads: Sequence[Head], chamber: int) -> Batch:
    """The same, entry by entry: says what is wrong."""
    lines, digests = [], []
    for draft, phase in heads:
        lines.append(check_lines(draft))
        digests.append(digest_of(draft, lines[-1], chamber=chamber, phase=phase))
    columns: list[Sequence[Any]] = list(zip(*chain.from_iterable(lines), strict=True))
    return Batch(heads, [len(each) for each in lines], digests, columns)


def _usual(heads: Sequence[Head], counts: list[int], columns: list[Any]) -> bool:
    """Whether nothing has to be looked at line by line."""
    amounts, sides, days = columns[_AMOUNT], columns[_SIDE], columns[_DAY]
    return (
        {int}.issuperset(map(type, columns[_ACCOUNT]))
        and {int}.issuperset(map(type, amounts))
        and max(amounts) <= LARGEST
        and min(amounts) >= -LARGEST
        and {"D", "C"}.issuperset(sides)
        and None not in days
        and all(_are_keys(columns[at]) for at in _KEYS)
        and {int}.issuperset(type(draft.journal) for draft, _phase in heads)
        and all(map(_fits, map(columns.__getitem__, _TEXTS), LIMITS))
        and "" not in columns[_UNIT]
        and _balances(counts, columns)
    )


def _are_keys(column: Sequence[Any]) -> bool:
    return column.count(None) == len(column) or {int, NONE}.issuperset(map(type, column))


def _fits(column: Sequence[Any], limit: int) -> bool:
    """Whether a column holds texts that can be kept."""
    if not {str}.issuperset(map(type, column)):
        return False
    return max(map(len, column)) <= limit and "\0" not in "".join(column)


def _balances(counts: list[int], columns: list[Any]) -> bool:
    """Whether every cell of every entry sums to zero."""
    resources, units, amounts = columns[_RESOURCE], columns[_UNIT], columns[_AMOUNT]
    lines = len(amounts)
    if resources.count(None) == lines and units.count(units[0]) == lines:
        running = [0, *accumulate(amounts)]  # one cell in each entry
        return not any(map(running.__getitem__, accumulate(counts)))
    entries = chain.from_iterable(map(repeat, range(len(counts)), counts))
    cells: dict[tuple[int, int | None, str], int] = {}
    for cell, amount in zip(zip(entries, resources, units, strict=True), amounts, strict=True):
        cells[cell] = cells.get(cell, 0) + amount
    return not any(cells.values())


def _iso_days(column: Sequence[Any]) -> list[str | None]:
    texts = {day: iso(day) for day in set(column)}
    return list(map(texts.__getitem__, column))


def _json_column(at: int, column: Sequence[Any]) -> Iterable[str]:
    """A column of lines as canonical JSON."""
    if at in _KEYS:
        if column.count(None) == len(column):
            return repeat("null", len(column))
        return ["null" if key is None else str(key) for key in column]
    if at in _DAYS:
        return ["null" if day is None else f'"{day}"' for day in column]
    if at == _EXTRA:
        if column.count(None) == len(column):
            return repeat("null", len(column))
        return ["null" if each is None else canonical.canonical(each).decode() for each in column]
    return map(str if at in {_ACCOUNT, _AMOUNT} else encode_basestring, column)


def _json_lines(columns: list[Any]) -> list[str]:
    """Each line as the elements of a JSON array."""
    written = [_json_column(at, column) for at, column in enumerate(columns)]
    return list(map(",".join, zip(*written, strict=True)))


def _digests(
    heads: Sequence[Head], counts: list[int], lines: list[str], chamber: int
) -> Iterator[bytes]:
    """The digest of each entry: of its canonical JSON, put together by hand."""
    at = 0
    for (draft, phase), count in zip(heads, counts, strict=True):
        valid = iso(draft.validated_on)
        above = _ABOVE % (
            _key(draft.about), draft.book, chamber, iso(draft.day), draft.journal,
            encode_basestring(draft.key), encode_basestring(str(draft.kind)),
            encode_basestring(draft.label),
        )  # fmt: skip
        below = _BELOW % (
            encode_basestring(draft.number), phase, _key(draft.reverses),
            encode_basestring(draft.source), "null" if valid is None else f'"{valid}"',
        )  # fmt: skip
        written = "],[".join(lines[at : at + count])
        yield canonical.digest_of_text(f"{above}[{written}]{below}", about="ledger.entry")
        at += count


def _key(key: int | None) -> str:
    return "null" if key is None else str(key)
