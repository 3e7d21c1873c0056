"""Correcting: an entry is taken back by a new one that is exactly its opposite, once."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.ledger.applets.admission import Books
from chambre.ledger.applets.attributing import LineChange, attribute, held_for
from chambre.ledger.applets.drafts import EntryDraft, LineDraft
from chambre.ledger.applets.errors import AlreadyReversed, NotReversible
from chambre.ledger.applets.posting import Posting
from chambre.ledger.models import FinancialYear, JournalEntry, Line


def entry(pk: int) -> JournalEntry:
    """A journal entry, with its book.

    Raises:
        NotFound: There is none with this id.
    """
    rows = JournalEntry.objects.select_related("book__structure")
    found: JournalEntry | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def reverse(
    entry: JournalEntry,
    *,
    key: str,
    by: Actor,
    reason: str = "",
    day: dt.date | None = None,
) -> JournalEntry:
    """Take an entry back: the same lines on the same sides, with opposite signs.

    Balances and turnovers become what they would be without it (*contre-passation au négatif*).
    What was attributed to resources goes back to the structure first. What should stand instead
    is posted as an ordinary entry.

    Args:
        entry: What to take back.
        key: Idempotency key of the reversal, 1 to 120 characters.
        by: Who takes it back.
        reason: Why; becomes the label. Absent: the label of the entry.
        day: Effective day of all the lines. Absent: each line's own; needed when its year is
            closed.

    Returns:
        The reversal; the one that is there when ``key`` was used for it before.

    Raises:
        Forbidden: ``by`` may not do that in this book.
        AlreadyReversed: It was, with another key.
        NotReversible: It is an attribution, a reversal, or a closing of a closed year.
        ClosedYear: The day lies in a closed year.
    """
    authorize(by, "ledger.reverse_entry", entry.book)
    _lock(entry)
    former = JournalEntry.objects.filter(reverses=entry).first()
    if former is not None and former.key != key:
        raise AlreadyReversed(reversal=former.pk)
    if not _is_reversible(entry):
        raise NotReversible(entry=entry.pk, kind=entry.kind)
    lines = list(entry.lines.order_by("number"))
    if former is None:
        _give_back(entry, lines, by)
    posting = Posting(Books(by, "ledger.reverse_entry", entry.book))
    posting.alone([_draft(entry, lines, key=key, reason=reason, day=day)])
    return former if former is not None else posting.made()


def _lock(entry: JournalEntry) -> None:
    """Nobody attributes it meanwhile (PostgreSQL; SQLite has one writer)."""
    if connection.vendor == "postgresql":
        JournalEntry.objects.select_for_update(no_key=True).order_by().filter(pk=entry.pk).first()


def _is_reversible(entry: JournalEntry) -> bool:
    """Attributions are attributed again; reversals posted again; closed years stay closed."""
    if entry.kind == JournalEntry.Kind.CLOSING:
        return not FinancialYear.objects.filter(
            book=entry.book_id, start__lte=entry.day, end__gte=entry.day, closed_at__isnull=False
        ).exists()
    return entry.kind not in (JournalEntry.Kind.ATTRIBUTION, JournalEntry.Kind.REVERSAL)


def _give_back(entry: JournalEntry, lines: list[Line], by: Actor) -> None:
    """Undo the attributions of an entry."""
    held = held_for([line.pk for line in lines])
    attributed = [line for line in lines if any(held.get(line.pk, {}).values())]
    if attributed:
        back: list[LineChange] = []
        for line in attributed:
            whole: dict[int | None, int] = {None: line.amount}
            back.append((line.pk, whole))
        attribute([(entry, back)], by=by)


def _draft(
    entry: JournalEntry, lines: list[Line], *, key: str, reason: str, day: dt.date | None
) -> EntryDraft:
    """The opposite of an entry."""
    return EntryDraft(
        book=entry.book_id,
        journal=entry.journal_id,
        day=day or entry.day,
        lines=[_opposite(line, day, reason) for line in lines],
        key=key,
        kind="reversal",
        number=entry.number,
        label=reason or entry.label,
        reverses=entry.pk,
        source=entry.source,
    )


def _opposite(line: Line, day: dt.date | None, reason: str) -> LineDraft:
    """The same line with the opposite sign."""
    return LineDraft(
        account=line.account_id,
        resource=line.resource_id,
        unit=line.unit,
        amount=-line.amount,
        side=line.side,
        day=day or line.day,
        label=reason or line.label,
        auxiliary=line.auxiliary_id,
        piece=line.piece,
        piece_day=line.piece_day,
        currency=line.currency,
        currency_amount=_negated(line.currency_amount),
    )


def _negated(amount: str) -> str:
    """An amount as its source wrote it, with the other sign."""
    return amount[1:] if amount.startswith("-") else f"-{amount}" if amount else ""
