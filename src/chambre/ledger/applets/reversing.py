"""Reversing an entry: a new one that names it and undoes it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.ledger.applets.drafts import EntryDraft, LineDraft
from chambre.ledger.applets.errors import AlreadyReversed, NotReversible
from chambre.ledger.applets.posting import Books, Posting
from chambre.ledger.applets.scan import held_splits
from chambre.ledger.models import JournalEntry

REVERSIBLE = (JournalEntry.Kind.ENTRY, JournalEntry.Kind.OPENING)


@transaction.atomic
def reverse(
    entry: JournalEntry, *, key: str, by: Actor, reason: str = "", day: dt.date | None = None
) -> JournalEntry:
    """Undo an entry by a new one that names it; once.

    Lines keep their side and change their sign, so that the turnovers of the accounts are as if
    the entry had not been. What is right is then posted as an ordinary entry.

    Args:
        entry: The entry to undo; its lines are not attributed to resources (any more).
        key: Idempotency key.
        by: Who reverses.
        reason: Why; the label of the reversal.
        day: Effective day of the reversal; by default each line's own.

    Raises:
        Forbidden: ``by`` may not reverse in this book.
        AlreadyReversed: It was reversed before, under another key.
        NotReversible: It is an attribution, a reversal or a closing, or lines of it are
            attributed.
        ClosedYear: The day lies in a closed year.
    """
    authorize(by, "ledger.reverse_entry", entry.book)
    entry = JournalEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.kind not in REVERSIBLE:
        raise NotReversible
    former = JournalEntry.objects.filter(reverses=entry).first()
    if former is not None and former.key != key:
        raise AlreadyReversed(reversal=former.pk)
    lines = list(entry.lines.order_by("number"))
    held = held_splits(lines[0].pk, lines[-1].pk)
    ids = {line.pk for line in lines}
    if any(set(split) - {None} for line, split in held.items() if line in ids):
        raise NotReversible(_("Take the attribution of its lines back first."), entry=entry.pk)
    posting = Posting(Books(by, "ledger.reverse_entry", entry.book))
    posting.alone(
        [
            EntryDraft(
                book=entry.book_id,
                journal=entry.journal_id,
                day=day or entry.day,
                lines=[
                    LineDraft(
                        account=line.account_id,
                        resource=line.resource_id,
                        unit=line.unit,
                        amount=-line.amount,
                        side=line.side,
                        day=day or line.day,
                        label=line.label,
                        auxiliary=line.auxiliary_id,
                        piece=line.piece,
                        piece_day=line.piece_day,
                    )
                    for line in lines
                ],
                key=key,
                kind="reversal",
                number=entry.number,
                label=reason[:1000],
                reverses=entry.pk,
            )
        ]
    )
    return former or posting.made()
