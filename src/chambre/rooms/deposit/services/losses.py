"""What deposits cost those who took objects and did not bring them back whole: the malus, in their books.

The taker paid a deposit (4096 « créances pour emballages et matériel à rendre »). What never comes back to
it is a loss: 60262 « malis sur emballages », 6136 in years before 2025, or what its own rule says.
Nothing is deducted as VAT: no invoice says any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.ledger.models import Book, JournalEntry
from chambre.registry.models import Agent
from chambre.rooms.deposit.models import Handover, Item, Move, Refund
from chambre.rooms.deposit.services.ownbooks import PAID, Fact, write
from chambre.treasury import api as treasury

USE = "deposit.loss"


@dataclass(frozen=True, slots=True)
class Booked:
    """What a run wrote: entries, their cents, and entries taken back because an object was found."""

    entries: int = 0
    amount: int = 0
    undone: int = 0


@transaction.atomic
def book_losses(*, structure: Agent, by: Actor) -> Booked:
    """Write what a structure lost on deposits into its own book, each loss once.

    Lost are the parts that a scheme kept of deposits on the structure's account, and the deposits that
    followed objects handed to it (« la consigne suit le produit ») which were lost at its places before
    they went on. A loss whose object is found is taken back.

    Args:
        structure: Who took the objects; one without a book here has nothing written.
        by: Who writes it: whoever answers for its money.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        MonthClosed, ClosedYear: Today itself lies in what is closed.
    """
    book = Book.objects.select_for_update().filter(structure=structure).first()
    if book is None:
        return Booked()
    authorize(by, "treasury.manage", book)
    losses = {each.key: each for each in losses_of(structure)}
    known = {
        entry.key: entry
        for entry in JournalEntry.objects.filter(book=book, key__startswith="deposit:loss:")
    }
    fresh = [each for key, each in losses.items() if key not in known]
    for each in fresh:
        write(book, each, source="deposit.loss", debit=USE, credit=PAID)
    undone = 0
    for key, entry in known.items():
        gone = key.startswith("deposit:loss:item:") and not key.endswith(":found")
        if gone and key not in losses and f"{key}:found" not in known:
            treasury.unbook(entry=entry, key=f"{key}:found", day=timezone.localdate())
            undone += 1
    done = Booked(len(fresh), sum(each.amount for each in fresh), undone)
    if fresh or undone:
        audit(by, "deposit.losses.booked", book, entries=done.entries, amount=done.amount,
              undone=undone)  # fmt: skip
    return done


def losses_of(structure: Agent) -> list[Fact]:
    """What a structure has lost on deposits as things stand, in the order of the days."""
    return sorted((*_kept(structure), *_lost(structure)), key=lambda each: (each.day, each.key))


def books_with_rule(use: str = USE) -> list[Book]:
    """The books whose structure has said where a use goes: those that are written every night."""
    books = Book.objects.select_related("structure").order_by("pk")
    return [book for book in books if treasury.rule_of(book, use).is_own]


def _kept(structure: Agent) -> Iterator[Fact]:
    """What schemes kept of deposits on the structure's account."""
    rows = Refund.objects.filter(contract__holder=structure, kept__gt=0).order_by("pk")
    for row in rows.select_related("contract__scheme", "contract__type"):
        contract = row.contract
        yield Fact(
            f"deposit:loss:refund:{row.pk}", row.kept, row.day,
            "lost", f"{contract.scheme.name}, {contract.type.name}",
            contract.scheme.resource_id,
        )  # fmt: skip


def _lost(structure: Agent) -> Iterator[Fact]:
    """Deposits of objects that were handed to the structure and lost before they went on."""
    for move, cents in lost_deposits(structure.pk):
        item = move.item
        yield Fact(
            f"deposit:loss:item:{move.pk}", cents, timezone.localdate(move.happened_at),
            "lost", f"{item.scheme.name}, {item.type.name}", item.scheme.resource_id,
        )  # fmt: skip


def lost_deposits(structure: int) -> Iterator[tuple[Move, int]]:
    """The moves by which objects handed to a structure (its id) were lost there, and their deposits."""
    before = Move.objects.filter(
        item=OuterRef("item"),
        number__lt=OuterRef("number"),
        kind__in=[Move.Kind.TRANSFERRED, Move.Kind.ISSUED],
    ).order_by("-number")
    last = Move.objects.filter(item=OuterRef("item")).order_by("-number")
    rows = Move.objects.filter(
        kind=Move.Kind.LOST, place__partner_id=structure, item__state=Item.State.LOST
    ).annotate(
        came=Subquery(before.values("kind")[:1]),
        by_act=Subquery(before.values("act")[:1]),
        newest=Subquery(last.filter(kind=Move.Kind.LOST).values("pk")[:1]),
    )
    rows = rows.filter(came=Move.Kind.TRANSFERRED).select_related("item__type", "item__scheme")
    moves = [row for row in rows.order_by("pk") if row.pk == row.newest]
    handed = {
        (row.act_id, row.type_id): row.amount // row.quantity
        for row in Handover.objects.filter(
            act__in={row.by_act for row in moves}, target__partner_id=structure, amount__gt=0
        ).exclude(origin__partner_id=structure)
    }
    for move in moves:
        if cents := handed.get((move.by_act, move.item.type_id), 0):
            yield move, cents
