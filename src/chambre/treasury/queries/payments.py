"""Payments as lists and pages show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When, Window
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.ledger.models import Book
from chambre.treasury.models import Payment, PaymentEvent, ProviderAccount, Refund

WAITING = ("created", "pending", "authorised", "partly_paid", "failed")
CAME = ("paid", "partly_refunded", "refunded")


def payments_of(book: Book, by: Actor) -> QuerySet[Payment]:
    """A structure's payments, the newest first.

    Raises:
        Forbidden: ``by`` does not answer for its money.
    """
    authorize(by, "treasury.read", book)
    return Payment.objects.filter(book=book).select_related("book__structure")


def narrowed(rows: QuerySet[Payment], which: str, text: str) -> QuerySet[Payment]:
    """Those in a group of states (``waiting``, ``came``, or a state), with words in them."""
    groups = {"waiting": WAITING, "came": CAME}
    if which:
        rows = rows.filter(state__in=groups.get(which, (which,)))
    for word in text.split():
        rows = rows.filter(
            Q(reason__icontains=word)
            | Q(payer_name__icontains=word)
            | Q(reference__icontains=word.upper())
        )
    return rows


def sums_of(book: Book) -> dict[str, int]:
    """What a structure waits for, what providers hold in disputes, what is on its way back: cents."""
    found: dict[str, int | None] = Payment.objects.filter(book=book).aggregate(**_sums())
    return {name: int(total or 0) for name, total in found.items()}


_CENTS: dict[str, Any] = {"default": 0, "output_field": BigIntegerField()}


def _sums() -> dict[str, Sum]:
    waits = Case(When(state__in=WAITING, then=F("amount") - F("received")), **_CENTS)
    held = Case(When(state="disputed", then=F("held")), **_CENTS)
    return {"waiting": Sum(waits), "refunding": Sum("refunding"), "disputed": Sum(held)}


def late_first(book: Book, today: dt.date) -> QuerySet[Any]:
    """A structure's payments, those that are late first, in one question with their sums.

    Each has ``is_late``, and of all of them ``late_count`` and ``sum_of_NAME`` for what
    :func:`sums_of` gives.
    """
    late = Case(When(state__in=WAITING, due__lt=today, then=1), **_CENTS)
    rows: QuerySet[Any] = Payment.objects.filter(book=book).annotate(is_late=late)
    sums = {f"sum_of_{name}": Window(total) for name, total in _sums().items()}
    found: QuerySet[Any] = rows.annotate(late_count=Window(Sum("is_late")), **sums)
    return found.order_by("-is_late", "due", "id")


def payment(public_id: str) -> Payment:
    """A payment by its public id; whoever asks has authorized its own act.

    Raises:
        NotFound: There is none.
    """
    row = Payment.objects.select_related("book__structure").filter(public_id=public_id).first()
    if row is None:
        raise NotFound()
    return row


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a payment, for people."""

    event: PaymentEvent
    words: str
    sign: int
    """1: money came, −1: money went, 0: none moved."""


def _words() -> dict[str, tuple[str, int]]:
    return {
        "opened": (_("The payer opened the payment service’s page"), 0),
        "pending": (_("The payment service waits for the bank"), 0),
        "authorised": (_("The bank agreed; the money is not taken yet"), 0),
        "failed": (_("The attempt failed"), 0),
        "abandoned": (_("The payer gave up"), 0),
        "lapsed": (_("The time of the page was over"), 0),
        "paid": (_("Money came"), 1),
        "withdrawn": (_("A receipt was taken back: it was recorded by mistake"), -1),
        "fee": (_("The payment service took its fee"), -1),
        "cancelled": (_("The payment was cancelled"), 0),
        "expired": (_("The time to pay was over"), 0),
        "reopened": (_("The time to pay was extended"), 0),
        "refund-asked": (_("A refund was asked for"), 0),
        "refund-sent": (_("The refund is on its way"), 0),
        "refunded": (_("Money went back"), -1),
        "refund-failed": (_("The refund did not work"), 0),
        "dispute-opened": (_("The payer disputes the payment: the money was taken away"), -1),
        "dispute-lost": (_("The dispute was lost"), 0),
        "dispute-won": (_("The dispute was won: the money is back"), 1),
    }


def history(payment: Payment) -> list[Happened]:
    """Everything that happened to a payment, in the order in which it became known."""
    words = _words()
    rows = payment.events.select_related("entry", "attempt__account", "refund").order_by("id")
    return [Happened(event, *words[event.kind]) for event in rows]


def refunds_of(payment: Payment) -> list[Refund]:
    """The refunds of a payment with their lines."""
    return list(
        payment.refunds.select_related("payout").prefetch_related("lines__line").order_by("id")
    )


def accounts_of(book: Book, by: Actor) -> list[ProviderAccount]:
    """A structure's accounts at payment providers.

    Raises:
        Forbidden: ``by`` does not answer for its money.
    """
    authorize(by, "treasury.read", book)
    rows: Any = ProviderAccount.objects.filter(book=book)
    return list(rows.order_by("id"))
