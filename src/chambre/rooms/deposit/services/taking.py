"""Deposits that a structure paid on objects which it took: 4096 in its own book.

A scheme owes a deposit (4196); who took the object on its account has a claim for it (4096 « créances
pour emballages et matériel à rendre »). The other side is what the structure owes to the scheme, or gets
from it, until its bank or its drawer pays (use ``deposit.settled``, 467…). What is not paid back whole is
a loss (:mod:`.losses`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.ledger.models import Book, JournalEntry
from chambre.registry.models import Agent
from chambre.rooms.deposit.models import Contract, Handover, Part, Refund
from chambre.rooms.deposit.services.ownbooks import PAID, Fact, write
from chambre.rooms.deposit.services.ways import CARRIED

SETTLED = "deposit.settled"
PREFIX = "deposit:taken:"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run wrote: entries, cents of deposits paid, and of those that came back."""

    entries: int = 0
    paid: int = 0
    back: int = 0


@transaction.atomic
def book_taken(*, structure: Agent, by: Actor) -> Taken:
    """Write the deposits that a structure paid and got back into its own book, each once.

    They are those of contracts on the structure's account, and those that followed objects handed to it
    or by it (« la consigne suit le produit »).

    Args:
        structure: Who took the objects; one without a book here has nothing written.
        by: Who writes it: whoever answers for its money.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        MonthClosed, ClosedYear: Today itself lies in what is closed.
    """
    book = Book.objects.select_for_update().filter(structure=structure).first()
    if book is None:
        return Taken()
    authorize(by, "treasury.manage", book)
    entries = JournalEntry.objects.filter(book=book, key__startswith=PREFIX)
    known = frozenset(entries.values_list("key", flat=True))
    fresh = [each for each in claims_of(structure) if each.key not in known]
    for each in fresh:
        write(book, each, source="deposit.taken", debit=PAID, credit=SETTLED)
    done = Taken(
        len(fresh),
        sum(each.amount for each in fresh if each.amount > 0),
        -sum(each.amount for each in fresh if each.amount < 0),
    )
    if fresh:
        audit(by, "deposit.taken.booked", book, entries=len(fresh), paid=done.paid, back=done.back)
    return done


def claims_of(structure: Agent) -> list[Fact]:
    """The deposits that a structure paid, and those that it got back, in the order of their days."""
    found = [
        *_of_contracts(structure), *_of_refunds(structure), *_of_handovers(structure),
        *_of_sales(structure),
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.day, each.key))


def _of_contracts(structure: Agent) -> Iterator[Fact]:
    rows = Contract.objects.filter(holder=structure, amount__gt=0)
    for row in rows.select_related("scheme", "type"):
        yield Fact(
            f"{PREFIX}contract:{row.pk}", row.amount, row.opened_on, "paid",
            f"{row.scheme.name}, {row.type.name}", row.scheme.resource_id,
        )  # fmt: skip


def _of_refunds(structure: Agent) -> Iterator[Fact]:
    rows = Refund.objects.filter(contract__holder=structure, amount__gt=0)
    for row in rows.select_related("contract__scheme", "contract__type"):
        scheme = row.contract.scheme
        yield Fact(
            f"{PREFIX}refund:{row.pk}", -row.amount, row.day, "back",
            f"{scheme.name}, {row.contract.type.name}", scheme.resource_id,
        )  # fmt: skip


def _of_handovers(structure: Agent) -> Iterator[Fact]:
    rows = Handover.objects.filter(amount__gt=0).filter(
        Q(target__partner=structure) | Q(origin__partner=structure)
    )
    inside = Q(origin__partner=F("target__partner"))
    for row in rows.exclude(inside).select_related("type__scheme", "target"):
        came = row.target.partner_id == structure.pk
        scheme = row.type.scheme
        yield Fact(
            f"{PREFIX}handover:{row.pk}", row.amount if came else -row.amount, row.day,
            "received" if came else "handed", f"{scheme.name}, {row.type.name}", scheme.resource_id,
        )  # fmt: skip


def _of_sales(structure: Agent) -> Iterator[Fact]:
    """Deposits of objects handed to it that it issued: their customers paid them back to it."""
    rows = Part.objects.filter(
        channel=Part.Channel.PARTNER, reference__startswith=CARRIED, act__place__partner=structure
    )
    for row in rows.select_related("act__scheme"):
        scheme = row.act.scheme
        day = timezone.localdate(row.act.at)
        yield Fact(
            f"{PREFIX}sale:{row.pk}", row.amount, day, "sold", scheme.name, scheme.resource_id
        )
