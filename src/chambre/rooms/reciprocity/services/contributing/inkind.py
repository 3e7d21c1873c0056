"""Contributions in kind in the books of associations: classes 86 and 87, once, and reversible.

What people give without being paid for it is booked for the same amount as used (class 86) and as
received (class 87), so that the result does not change: regulation ANC 2018-06, articles 211-1 to
211-4. An association books it when it matters for understanding what it does and when it can be counted
and valued; otherwise it tells of it in the annex.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.ledger import api as ledger
from chambre.ledger.models import Book, Line
from chambre.lib.contributing.rates import value_of
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contribution, InKind
from chambre.rooms.reciprocity.queries.contributing.errors import (
    NotBookable,
    NotCounted,
    Replaced,
)
from chambre.rooms.reciprocity.services.contributing.common import cents, wrong

SYSTEM = Actor.system("reciprocity")
"""Who asks the ledger, after a service of this room has authorized its own act."""

Kind = Contribution.Kind
WORK = ("864000", "875000")
ACCOUNTS = {
    Kind.TIME: WORK,
    Kind.CARE: WORK,
    Kind.KNOWLEDGE: WORK,
    Kind.GOODS: ("860000", "870000"),
    Kind.LOAN: ("861000", "871000"),
    Kind.SERVICE: ("862000", "871000"),
}
"""Account that says how it was used (debit), and where it came from (credit), by kind."""

LABELS = {
    "860000": "Secours en nature",
    "861000": "Mises à disposition gratuite de biens",
    "862000": "Prestations",
    "864000": "Personnel bénévole",
    "870000": "Dons en nature",
    "871000": "Prestations en nature",
    "875000": "Bénévolat",
}
JOURNAL = ("CVN", "Contributions volontaires en nature")


@transaction.atomic
def book_in_kind(
    *, contribution: Contribution, structure: Agent, by: Actor, minor: int | None = None,
    hourly: int | None = None,
) -> InKind:  # fmt: skip
    """Book a recognised contribution that was given, in the book of an association; once.

    Args:
        contribution: Recognised, and nothing is asked for it.
        structure: The association in whose activity it was used.
        by: Its treasurer.
        minor: What it is worth, in cents.
        hourly: For time instead: cents for an hour.

    Returns:
        The booking; the one that stands, when it is booked already.

    Raises:
        Forbidden: ``by`` does not keep the structure's money.
        NotCounted: It is not recognised.
        Replaced: It was corrected or taken back.
        NotBookable: Money, something asked for, or a book without these accounts.
        Invalid: It has no value.
        ClosedYear: Its year is closed.
    """
    authorize(by, "reciprocity.book_in_kind", structure)
    rows = Contribution.objects.select_for_update(of=("self",))
    row: Contribution = rows.select_related("resource", "agent").get(pk=contribution.pk)
    standing: InKind | None = row.booked.filter(reverses=None, reversal=None).first()
    if standing is not None:
        return standing
    _check(row)
    value = _value(row, minor, hourly)
    book = Book.objects.filter(structure=structure).first()
    if book is None or book.chart != Book.Chart.ASSOCIATIF:
        raise NotBookable(_("Only books kept by the chart of associations have classes 86 and 87."))
    number = row.booked.count() + 1
    entry = ledger.post(
        _draft(row, book, value, f"contribution:{row.pk}:{number}"), by=SYSTEM, book=book
    )
    made = InKind.objects.create(
        contribution=row, number=number, entry=entry, minor=value, by=by.label[:254]
    )
    audit(by, "reciprocity.contribution.booked", row, minor=value, entry=entry.pk)
    return made


def _check(row: Contribution) -> None:
    if row.withdrawn or Contribution.objects.filter(corrects=row).exists():
        raise Replaced
    recognition = getattr(row, "recognition", None)
    if recognition is None or not recognition.counts:
        raise NotCounted
    if row.kind == Kind.MONEY:
        raise NotBookable(_("Money is booked where it comes in."))
    asked = row.retributions.filter(correction__isnull=True, withdrawn=False)
    if row.asked or asked.exists():
        raise NotBookable(_("Something is asked for it: it is not given."))


def _value(row: Contribution, minor: int | None, hourly: int | None) -> int:
    if minor is None and hourly is not None and row.minutes is not None:
        minor = value_of(row.minutes, cents(hourly, "hourly"))
    if not minor:
        raise wrong("minor", _("Say what it is worth: an amount, or a rate for an hour."))
    return cents(minor, "minor", least=1)


def _draft(row: Contribution, book: Book, value: int, key: str) -> ledger.EntryDraft:
    used, received = ACCOUNTS[Kind(row.kind)]
    ids = ledger.accounts(book, {used: LABELS[used], received: LABELS[received]})
    journal = ledger.journals(book, {JOURNAL[0]: JOURNAL[1]})[JOURNAL[0]]
    label = f"{row.get_kind_display()} : contribution {row.pk}"
    piece = f"CVN-{row.pk}"
    lines = [
        ledger.LineDraft(
            ids[account], row.resource_id, "EUR", amount, side, row.until, label, piece=piece,
            piece_day=row.until,
        )
        for account, amount, side in ((used, value, "D"), (received, -value, "C"))
    ]  # fmt: skip
    return ledger.EntryDraft(
        book=book.pk, journal=journal, day=row.until, lines=lines, key=key, number=piece,
        label=label, source="contribution",
    )  # fmt: skip


@transaction.atomic
def unbook(*, contribution: Contribution, structure: Agent, by: Actor, why: str = "") -> InKind:
    """Take the booking of a contribution back: the entry is reversed; doing it again changes nothing.

    Raises:
        Forbidden: ``by`` does not keep the structure's money.
        NotBookable: It is not booked there.
        ClosedYear: Its year is closed.
    """
    authorize(by, "reciprocity.book_in_kind", structure)
    rows = Contribution.objects.select_for_update(of=("self",))
    row = rows.get(pk=contribution.pk)
    booked = row.booked.filter(reverses=None, entry__book__structure=structure)
    last: InKind | None = booked.select_related("entry").order_by("-number").first()
    if last is None:
        raise NotBookable(_("It is not booked there."))
    done: InKind | None = InKind.objects.filter(reverses=last).first()
    if done is not None:
        return done
    entry = ledger.reverse(
        ledger.entry(last.entry_id), key=f"contribution:{row.pk}:{last.number}:back", by=SYSTEM,
        reason=why[:200],
    )  # fmt: skip
    made = InKind.objects.create(
        contribution=row, number=row.booked.count() + 1, entry=entry, minor=-last.minor,
        reverses=last, by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.contribution.unbooked", row, entry=entry.pk)
    return made


def differences() -> list[str]:
    """What the ledger and the bookings in kind do not say alike, for ``ledger verify``."""
    found = []
    sums = InKind.objects.order_by().values_list("entry__book").annotate(sum=Sum("minor"))
    for book, kept in sums:
        entries = InKind.objects.filter(entry__book=book).values("entry")
        lines = Line.objects.filter(book=book, entry__in=entries, account__code__startswith="86")
        booked = int(lines.order_by().aggregate(sum=Sum("amount"))["sum"] or 0)
        if booked != kept:
            found.append(
                _("Contributions in kind of book %(book)d: %(kept)d cents kept, %(booked)d booked")
                % {"book": book, "kept": kept, "booked": booked}
            )
    return found
