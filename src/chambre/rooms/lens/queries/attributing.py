"""Lines that can be attributed, read one after the other with everything a rule looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Subquery, Sum

from chambre.ledger import api as ledger
from chambre.ledger.models import Account, Auxiliary, JournalEntry, Line
from chambre.lib.attribution import Rule, Shares, shell_matcher
from chambre.registry.models import Agent
from chambre.rooms.lens.models import (
    AttributionRun,
    FecImport,
    HandAttribution,
    RuleSet,
    SuggestionAnswer,
)

CHUNK = 2_000
MOST_RUNS = 2_000
"""Runs looked at for whether one came after an import: each import makes one of its own."""
MOST_ACCOUNTS = 500
"""Accounts that a condition names one by one; above, the lines are tested as they are read."""


class Spotted(NamedTuple):
    """An original line that counts (not reversed, not a repeated opening), with its codes.

    ``amount`` is in minor units, debit positive; ``side`` is D or C.
    """

    id: int
    book_id: int
    structure: str
    account: str
    auxiliary: str
    journal: str
    amount: int
    side: str
    day: dt.date
    phase: int
    label: str
    piece: str


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines a person looks for; empty parts hold for every line.

    Attributes:
        structure: Slug.
        account: Number or its beginning, or a shell pattern.
        auxiliary: Code of the third party's account, exactly.
        text: Words anywhere in the label or the piece.
        since: First day.
        until: Last day.
    """

    structure: str = ""
    account: str = ""
    auxiliary: str = ""
    text: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def _lines(structures: Iterable[Agent]) -> QuerySet[Line]:
    """Original lines of the books of some structures, but those of reversed entries."""
    return Line.objects.filter(
        book__structure__in=list(structures),
        source_line__isnull=True,
        account__is_link=False,
        phase__lt=2,
        entry__reversed_by__isnull=True,
    ).exclude(entry__kind=JournalEntry.Kind.REVERSAL)


_COLUMNS = (
    "id", "book_id", "book__structure__slug", "account__code", "auxiliary__code",
    "entry__journal__code", "amount", "side", "day", "phase", "label", "piece",
)  # fmt: skip


def _spotted(rows: QuerySet[Line], books: Iterable[int] | None = None) -> Iterator[Spotted]:
    """Rows as spotted lines, repeated openings left out."""
    repeated: dict[int, list[tuple[dt.date, dt.date]]] | None = None
    for row in rows.values_list(*_COLUMNS).iterator(chunk_size=CHUNK):
        line = Spotted._make((*row[:4], row[4] or "", *row[5:]))
        if line.phase == 1:
            if repeated is None:
                repeated = ledger.repeated_openings(_books(rows) if books is None else books)
            if any(start <= line.day <= end for start, end in repeated.get(line.book_id, ())):
                continue
        yield line


def _books(rows: QuerySet[Line]) -> list[int]:
    return list(rows.order_by().values_list("book_id", flat=True).distinct())


def standing_lines(structures: Sequence[Agent]) -> Iterator[Spotted]:
    """Every line that rules and people may attribute, of some structures."""
    books = [each.book.pk for each in structures]
    return _spotted(_lines(structures).order_by("id"), books)


def has_more_lines_than(limit: int, structures: Iterable[Agent]) -> bool:
    """Whether these books hold more lines than can be read while somebody waits."""
    few = Line.objects.filter(book__structure__in=list(structures), source_line__isnull=True)
    return few.order_by()[: limit + 1].count() > limit


def lines_for_rules(structures: Sequence[Agent], rules: Iterable[Rule]) -> Iterator[Spotted]:
    """Lines that at least one of these rules may take, by what the database can tell quickly.

    Each line comes once; labels and pieces are left to the matcher.
    """
    seen: set[int] = set()
    for rule in rules:
        wanted = [each for each in structures if not rule.structure or each.slug in rule.structure]
        rows = _lines(wanted).order_by("id")
        rows = _of_accounts(rows, wanted, rule.account) if rule.account else rows
        rows = rows.filter(day__gte=rule.since) if rule.since else rows
        rows = rows.filter(day__lte=rule.until) if rule.until else rows
        if rule.auxiliary:
            fits = shell_matcher(rule.auxiliary)
            codes = Auxiliary.objects.filter(book__structure__in=wanted)
            ids = [pk for pk, code in codes.values_list("pk", "code") if fits(code)]
            rows = rows.filter(auxiliary__in=ids) if len(ids) <= MOST_ACCOUNTS else rows
        for line in _spotted(rows, [each.book.pk for each in wanted]):
            if line.id not in seen:
                seen.add(line.id)
                yield line


def _of_accounts(
    rows: QuerySet[Line], structures: Sequence[Agent], patterns: Sequence[str]
) -> QuerySet[Line]:
    """Rows on accounts whose number fits one of the shell patterns."""
    fits = shell_matcher(patterns)
    accounts = Account.objects.filter(book__structure__in=structures).values_list("pk", "code")
    ids = [pk for pk, code in accounts if fits(code)]
    return rows.filter(account__in=ids) if len(ids) <= MOST_ACCOUNTS else rows


def filtered_lines(
    structures: Sequence[Agent], wanted: LineFilter, *, below: int | None = None
) -> Iterator[Spotted]:
    """Lines that a person looks for, the last recorded first.

    Args:
        structures: Those whose lines the reader may attribute.
        wanted: The filter.
        below: Only lines with a lower id: how pages follow one another.
    """
    chosen = [each for each in structures if wanted.structure in ("", each.slug)]
    rows = _lines(chosen)
    if wanted.account:
        pattern = wanted.account if set(wanted.account) & set("*?[") else f"{wanted.account}*"
        rows = _of_accounts(rows, chosen, [pattern[:120]])
    if wanted.auxiliary:
        rows = rows.filter(auxiliary__code=wanted.auxiliary)
    for word in wanted.text.split():
        rows = rows.filter(Q(label__icontains=word) | Q(piece__icontains=word))
    rows = rows.filter(day__gte=wanted.since) if wanted.since else rows
    rows = rows.filter(day__lte=wanted.until) if wanted.until else rows
    rows = rows.filter(pk__lt=below) if below is not None else rows
    return _spotted(rows.order_by("-id"), [each.book.pk for each in chosen])


def lines_like(structure: Agent, account: str, auxiliary: str) -> Iterator[Spotted]:
    """Lines of a structure on exactly one account and one third party (empty: none)."""
    third = {"auxiliary__code": auxiliary} if auxiliary else {"auxiliary__isnull": True}
    rows = _lines([structure]).filter(account__code=account, **third).order_by("id")
    return _spotted(rows, [structure.book.pk])


def line_with_codes(structure: Agent, line: int) -> Spotted | None:
    """One line of a structure, when rules and people may attribute it."""
    return next(_spotted(_lines([structure]).filter(pk=line), [structure.book.pk]), None)


def history_of(line: int) -> tuple[list[HandAttribution], list[Line]]:
    """What people said about a line, and what the ledger recorded about it; the latest first."""
    words = HandAttribution.objects.filter(line=line).select_related("by").order_by("-number")
    moves = Line.objects.filter(source_line=line).select_related("entry", "resource")
    return list(words), list(moves.order_by("-entry_id", "number"))


def held_shares(ids: Sequence[int]) -> dict[int, dict[str | None, int]]:
    """How the ledger holds some original lines: minor units by resource slug, none the structure.

    Lines that were never attributed are left out.
    """
    held: dict[int, dict[str | None, int]] = {}
    rows = (
        Line.objects.filter(source_line__in=list(ids))
        .order_by()
        .values_list("source_line", "resource__slug")
        .annotate(total=Sum("amount"))
    )
    for line, slug, total in rows:
        if line is not None:
            held.setdefault(line, {})[slug] = int(total)
    return held


def state_of(version: RuleSet | None) -> tuple[tuple[Any, ...], int]:
    """What figures by a version of the rules depend on, and an upper bound of all lines.

    The figures hold as long as the first part stays equal. Ids of lines are given one by one, so
    there are no more lines than the highest says.
    """
    words = HandAttribution.objects.order_by("-id").values("at")[:1]
    lines = Line.objects.order_by("-id").values("id")[:1]
    latest = (
        JournalEntry.objects.order_by("-id")
        .annotate(word=Subquery(words), lines_so_far=Subquery(lines))
        .values_list("id", "recorded_at", "word", "lines_so_far")
        .first()
    )
    if latest is None:
        return (), 0
    return (*latest, (version.pk, version.at) if version else None), latest[3] or 0


def lines_waiting(structures: Iterable[Agent]) -> int:
    """Lines brought in since the rules last ran over the books of their structure."""
    ran = AttributionRun.objects.order_by("-id").values_list("at", "report__structures")
    runs = list(ran[:MOST_RUNS])
    brought = FecImport.objects.filter(
        book__structure__in=list(structures), replaced_by__isnull=True
    ).order_by()
    waiting = 0
    for slug, come, lines in brought.values_list("book__structure__slug", "at", "lines"):
        last = next((at for at, over in runs if over is None or slug in over), None)
        if last is None or come > last:
            waiting += lines
    return waiting


def answers_to_suggestions(structures: Iterable[Agent]) -> dict[tuple[str, Shares], bool]:
    """The last answer to each pair of a group's key and shares: whether it was accepted."""
    rows = SuggestionAnswer.objects.filter(book__structure__in=list(structures)).order_by("id")
    return {
        (group, tuple(sorted(shares.items()))): accepted
        for group, shares, accepted in rows.values_list("group", "shares", "accepted")
    }
