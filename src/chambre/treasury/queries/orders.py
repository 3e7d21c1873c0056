"""Payouts, collections and mandates with where they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chambre.ledger.models import Book
from chambre.lib.orderstates import State
from chambre.treasury.models import (
    Collection,
    CollectionEvent,
    CreditorIdentity,
    Mandate,
    OrderFile,
    Payout,
    PayoutEvent,
)

WAITING = (State.ASKED, State.HALF)
EXPIRES_AFTER = 36
"""Months without a collection after which a mandate has ended (EPC016-06 §4.1)."""


def payouts_of(book: Book) -> QuerySet[Any]:
    """The payouts of a book, each with ``state``, ``approvals`` and ``file_id`` of its file."""
    newest = PayoutEvent.objects.filter(payout=OuterRef("pk")).order_by("-number")
    sent = PayoutEvent.objects.filter(payout=OuterRef("pk"), kind="exported")
    agreed = (
        PayoutEvent.objects.filter(payout=OuterRef("pk"), kind="approved")
        .order_by()
        .values("payout")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows: QuerySet[Any] = Payout.objects.filter(book=book)
    found: QuerySet[Any] = rows.select_related("party").annotate(
        state=Subquery(newest.values("state")[:1]),
        file_id=Subquery(sent.values("file")[:1]),
        approvals=Coalesce(Subquery(agreed, output_field=IntegerField()), 0),
    )
    return found


def collections_of(book: Book) -> QuerySet[Any]:
    """The collections of a book, each with where it stands.

    ``state``; ``due_on``, the day on which it is due now, also when it was moved; ``announced_on``,
    when the debtor was told last; ``file_id`` of its file.
    """
    newest = CollectionEvent.objects.filter(collection=OuterRef("pk")).order_by("-number")
    sent = CollectionEvent.objects.filter(collection=OuterRef("pk"), kind="exported")
    told = CollectionEvent.objects.filter(collection=OuterRef("pk"), kind="announced")
    moved = CollectionEvent.objects.filter(collection=OuterRef("pk"), kind="moved")
    rows: QuerySet[Any] = Collection.objects.filter(book=book)
    rows = rows.select_related("mandate__party", "mandate__end")
    found: QuerySet[Any] = rows.prefetch_related("mandate__amendments").annotate(
        state=Subquery(newest.values("state")[:1]),
        file_id=Subquery(sent.values("file")[:1]),
        announced_on=Subquery(told.order_by("-number").values("day")[:1]),
        due_on=Coalesce(Subquery(moved.order_by("-number").values("day")[:1]), "day"),
    )
    return found


def mandates_of(book: Book) -> QuerySet[Any]:
    """The mandates of a book, the newest first, each with the day of its last collection."""
    last = (
        CollectionEvent.objects.filter(collection__mandate=OuterRef("pk"), kind="exported")
        .order_by("-day")
        .values("day")[:1]
    )
    rows: QuerySet[Any] = Mandate.objects.filter(book=book).select_related("party", "end")
    found: QuerySet[Any] = rows.prefetch_related("amendments").annotate(last_day=Subquery(last))
    return found.order_by("-id")


def expiry(mandate: Any) -> dt.date:
    """The day on which a mandate ends by itself: 36 months after it was last used, or signed.

    Args:
        mandate: Of :func:`mandates_of`.
    """
    start = mandate.last_day or mandate.signed_on
    year, month = divmod(start.year * 12 + start.month - 1 + EXPIRES_AFTER, 12)
    day = min(start.day, 28) if month == 1 else min(start.day, 30)
    return dt.date(year, month + 1, day)


def creditor_id(book: Book) -> str:
    """The SEPA creditor identifier of a structure; empty: it has none."""
    row = CreditorIdentity.objects.filter(book=book).order_by("-id").first()
    return row.identifier if row else ""


def files_of(book: Book, kind: str) -> QuerySet[OrderFile]:
    """The files of a kind that were made for the bank, the newest first."""
    rows: QuerySet[OrderFile] = OrderFile.objects.filter(book=book, kind=kind)
    return rows.select_related("file")


def going_out(book: Book) -> list[Any]:
    """Payouts that wait for people, are ready, or are at the bank, in that order."""
    states = (State.ASKED, State.HALF, State.AGREED, State.SENT)
    rows = list(payouts_of(book).filter(state__in=states).order_by("id"))
    return sorted(rows, key=lambda row: states.index(row.state))


def figures(rows: Iterable[Any]) -> dict[str, int]:
    """How many of :func:`going_out` wait for people, are ready and at the bank; sums in cents."""
    groups = {"waiting": WAITING, "ready": (State.AGREED,), "sent": (State.SENT,)}
    found: dict[str, int] = {}
    for name, states in groups.items():
        amounts = [row.amount for row in rows if row.state in states]
        found |= {name: len(amounts), f"{name}_sum": sum(amounts)}
    return found


def overdue(book: Book, last: dt.date) -> list[QuerySet[Any]]:
    """Payouts and collections that the bank was to do by a day and are not on the statement.

    As the events that gave them to the bank.
    """
    sent = {"kind": "exported", "day__lte": last}
    payouts = payouts_of(book).filter(state=State.SENT)
    collections = collections_of(book).filter(state=State.SENT)
    return [
        PayoutEvent.objects.filter(payout__in=payouts.values("pk"), **sent),
        CollectionEvent.objects.filter(collection__in=collections.values("pk"), **sent),
    ]
