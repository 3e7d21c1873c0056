"""What deposits do to the own book of who takes objects: facts, each written once on its day.

A taker has a claim for the deposits that it paid (4096 « créances pour emballages et matériel à rendre »,
use ``deposit.paid``); :mod:`.taking` says what was paid and came back, :mod:`.losses` what never will.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.treasury import api as treasury

PAID = "deposit.paid"
KINDS = {
    "paid": _("Deposit paid"),
    "back": _("Deposit paid back"),
    "received": _("Deposit received with objects"),
    "handed": _("Deposit handed on with objects"),
    "sold": _("Deposit taken over by customers"),
    "lost": _("Deposit lost"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A deposit that a structure paid, that was paid back to it, or that it lost.

    Attributes:
        key: What its entry is known by.
        amount: Cents; negative when a deposit came back.
        day: When.
        kind: What happened: a name of :data:`KINDS`.
        about: Names of the scheme and of the type.
        resource: Id of the scheme's resource.
    """

    key: str
    amount: int
    day: dt.date
    kind: str
    about: str
    resource: int

    @property
    def what(self) -> str:
        """What happened, in the language of who reads it."""
        return f"{KINDS[self.kind]} – {self.about}"


def write(book: Book, fact: Fact, *, source: str, debit: str, credit: str) -> None:
    """Write a fact on its day; today when that day is closed already.

    Args:
        book: Of whom.
        fact: What happened.
        source: What the entry is recorded as coming from.
        debit: Use whose account is debited.
        credit: Use whose account is credited.

    Raises:
        MonthClosed, ClosedYear: Today itself lies in what is closed.
    """
    with translation.override("fr"):  # as the books are
        label = fact.what

    def on(day: dt.date) -> None:
        treasury.book_entry(
            book=book, journal="OD", day=day, key=fact.key, label=label, source=source,
            lines=[
                treasury.BookLine(fact.amount, use=debit, resource=fact.resource),
                treasury.BookLine(-fact.amount, use=credit, resource=fact.resource),
            ],
        )  # fmt: skip

    try:
        with transaction.atomic():
            on(fact.day)
    except (treasury.MonthClosed, ledger.ClosedYear):
        on(timezone.localdate())
