"""What an overrun left as volunteer work, in classes 86 and 87: one entry, once, for all who gave."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.ledger import api as ledger
from chambre.ledger.models import Book, JournalEntry
from chambre.registry.api import today
from chambre.rooms.reciprocity.models import Overrun
from chambre.rooms.reciprocity.queries.contributing.errors import NotBookable
from chambre.rooms.reciprocity.services.contributing.inkind import JOURNAL, LABELS, SYSTEM, WORK


def entry_of(row: Overrun) -> JournalEntry | None:
    """The entry of an overrun's volunteer work, if it is booked."""
    found: JournalEntry | None = JournalEntry.objects.filter(
        chamber=row.budget.chamber_id, key=f"overrun:{row.pk}:given"
    ).first()
    return found


@transaction.atomic
def book_given_work(*, row: Overrun, by: Actor) -> JournalEntry:
    """Book the parts of claims that people gave as volunteer work when a budget was too small.

    What was asked for is what the work is worth. It is booked as used (864) and as received (875), so
    that the result does not change: regulation ANC 2018-06, articles 211-1 to 211-4. A mistake is
    reversed in the ledger; the procedure itself never changes.

    Args:
        row: An overrun that was decided.
        by: Treasurer of the structure that keeps the budget.

    Returns:
        The entry; the one that is there, when it was booked before.

    Raises:
        Forbidden: ``by`` does not keep the structure's money.
        NotBookable: Nothing was given, or the book has no such classes.
        ClosedYear: The last day of the budget (or today, before it) lies in a closed year.
    """
    authorize(by, "reciprocity.book_in_kind", row.budget.structure)
    row = Overrun.objects.select_for_update(of=("self",)).select_related("budget").get(pk=row.pk)
    done = entry_of(row)
    if done is not None:
        return done
    given = list(row.outcomes.filter(given__gt=0).select_related("agent").order_by("pk"))
    if not given:
        raise NotBookable(_("Nobody gave a part of what they asked for as volunteer work."))
    book = Book.objects.filter(structure=row.budget.structure).first()
    if book is None or book.chart != Book.Chart.ASSOCIATIF:
        raise NotBookable(_("Only books kept by the chart of associations have classes 86 and 87."))
    used, received = WORK
    ids = ledger.accounts(book, {account: LABELS[account] for account in WORK})
    day, piece = min(row.budget.ends, today()), f"CVN-B{row.pk}"
    lines = [
        ledger.LineDraft(
            ids[account], row.budget.resource_id, "EUR", amount, side, day,
            f"Part offerte : demande {each.pk}", piece=piece, piece_day=day,
        )
        for each in given
        for account, amount, side in ((used, each.given, "D"), (received, -each.given, "C"))
    ]  # fmt: skip
    draft = ledger.EntryDraft(
        book=book.pk, journal=ledger.journals(book, dict([JOURNAL]))[JOURNAL[0]], day=day,
        lines=lines, key=f"overrun:{row.pk}:given", number=piece,
        label=f"Bénévolat : budget {row.budget.slug}", source="contribution",
    )  # fmt: skip
    entry = ledger.post(draft, by=SYSTEM, book=book)
    audit(by, "reciprocity.overrun.given-booked", row, minor=sum(each.given for each in given))
    return entry
