"""Bank rows and what became of them: matched, proposed, or neither, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.ledger.models import Book
from chambre.lib import reconciling
from chambre.treasury.models import BankAccount, BankRow, Habit, Match, MatchPart, Proposal
from chambre.treasury.queries.bank import booked_rows
from chambre.treasury.uses import BY_NAME

STANDING = Match.objects.filter(row=OuterRef("pk"), undo__isnull=True)
"""The match that a row has now."""


def matched_rows(account: BankAccount) -> QuerySet[BankRow]:
    """Booked rows that have a match."""
    return booked_rows(account).filter(Exists(STANDING))


def waiting_rows(account: BankAccount) -> QuerySet[BankRow]:
    """Booked rows that have none."""
    return booked_rows(account).filter(~Exists(STANDING))


def waiting_of(book: Book) -> QuerySet[BankRow]:
    """The rows of a book that wait for a person, of all its bank accounts; oldest first."""
    rows = BankRow.objects.filter(account__book=book, is_booked=True, replaced__isnull=True)
    return rows.filter(~Exists(STANDING)).order_by("day", "id")


def match_of(row: BankRow) -> Match | None:
    """The match that a row has now, with its parts."""
    rows = Match.objects.filter(row=row, undo__isnull=True).select_related("habit", "cancels")
    return rows.prefetch_related("parts__resource").first()


def row_named(pk: int, by: Actor, permission: str = "treasury.read") -> BankRow:
    """A bank row by its id.

    Raises:
        NotFound: There is none.
        Forbidden: ``by`` does not answer for its structure's money.
    """
    rows = BankRow.objects.select_related("account__book__structure", "note")
    row: BankRow | None = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    authorize(by, permission, row)
    return row


def with_proposals(rows: QuerySet[BankRow]) -> QuerySet[BankRow]:
    """Rows with the proposals for them, and why they wait."""
    proposals = Proposal.objects.select_related("habit__resource", "reverses")
    return rows.select_related("note", "account").prefetch_related(
        Prefetch("proposals", queryset=proposals.order_by("place"))
    )


def find_rows(rows: QuerySet[BankRow], text: str) -> QuerySet[BankRow]:
    """Rows that have a text in the other party's name, its words or its references."""
    wanted = Q()
    for word in text.split()[:5]:
        wanted &= (
            Q(party_name__icontains=word)
            | Q(texts__icontains=word)
            | Q(info__icontains=word)
            | Q(creditor_reference__icontains=word)
            | Q(end_to_end_id__icontains=word)
        )
    return rows.filter(wanted)


@dataclass(frozen=True, slots=True)
class Counts:
    """Booked rows of a bank account, counted."""

    matched: int
    proposed: int
    unmatched: int


def counts_of(account: BankAccount) -> Counts:
    """How many rows are matched, have proposals, have neither."""
    waiting = waiting_rows(account)
    proposed = waiting.filter(Exists(Proposal.objects.filter(row=OuterRef("pk")))).count()
    return Counts(matched_rows(account).count(), proposed, waiting.count() - proposed)


def said(reasons: Iterable[Any], labels: dict[str, str] | None = None) -> list[str]:
    """Reasons, as they are kept, in the reader's language."""
    language = get_language() or "fr"
    return [
        reconciling.say(
            reconciling.Reason(code, tuple((name, value) for name, value in facts.items())),
            language,
            labels,
        )
        for code, facts in reasons
    ]


def why_of(row: BankRow) -> str:
    """Why a row was left to a person, in the reader's language."""
    note = getattr(row, "note", None)
    return why_said(row.kind, note.why if note else None, note.labels if note else {})


def why_said(kind: str, why: Any, labels: dict[str, str]) -> str:
    """Why a row of a kind was left to a person: the note of the last run, in words."""
    if why:
        return said([why], labels)[0]
    if kind == BankRow.Kind.OPENING:
        return _("what the account held before its first statement: say on what it is booked")
    return _("it has not been looked at yet")


def target_label(use: str, account: str) -> str:
    """On what something is booked, in words."""
    known = BY_NAME.get(use)
    return str(known.label) if known is not None else account


def part_label(part: MatchPart) -> str:
    """What a part of a match is, in words."""
    return target_label(part.use, "") if part.use else part.label


def habits_of(book: Book) -> QuerySet[Habit]:
    """The habits of a book that hold, by name."""
    return Habit.objects.filter(book=book, forgotten_at__isnull=True).select_related("resource")


def row_url(row: BankRow) -> str:
    """The page of a row's matching."""
    return reverse("treasury:match-row", args=[row.account.book.structure.slug, row.pk])
