"""What events fulfil of what was promised or is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger.models import Allocation, Claim, Commitment, CommitmentEnd, Event


class TooMuchAllocated(Conflict):
    """More than what the event brought, or than what is still owed, would be allocated.

    ``data`` has ``asked`` and ``left``, in smallest parts.
    """

    code = "ledger.too-much-allocated"


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """How far a commitment or claim is.

    Attributes:
        promised: What was promised, smallest parts.
        fulfilled: What events fulfilled of it.
        finished: Nothing more is expected: all is there, or it was ended.
    """

    promised: int
    fulfilled: int
    finished: bool

    @property
    def left(self) -> int:
        """What is still to come, finished or not."""
        return max(self.promised - self.fulfilled, 0)


@transaction.atomic
def allocate(event: Event, target: Commitment | Claim, quantity: int, *, by: Actor) -> Allocation:
    """Say how much of an event fulfils a commitment or settles a claim.

    Raises:
        Forbidden: ``by`` may not act for who gave.
        Invalid: Units or chambers differ, the quantity is not a positive integer, or the event was
            taken back.
        TooMuchAllocated: More than the event has left, or than is still owed.
    """
    authorize(by, "ledger.record_event", event.provider)
    made = write_allocation(event, target, quantity)
    audit(by, "ledger.event.allocated", event, target=str(target.pk), quantity=quantity)
    return made


def write_allocation(event: Event, target: Commitment | Claim, quantity: int) -> Allocation:
    """Write an allocation, inside a transaction that authorized it; see :func:`allocate`."""
    if type(quantity) is not int or quantity < 1:
        raise Invalid(fields={"quantity": [repr(quantity)]})
    amount, unit = measure_of(event)
    undone = event.reverses_id or Event.objects.filter(reverses=event).exists()
    if undone or unit != target.unit or event.chamber_id != target.chamber_id:
        raise Invalid(_("This event cannot fulfil that."), fields={"event": [event.pk]})
    lock_rows(type(target), target.pk)
    lock_rows(Event, event.pk)
    owed = target.quantity - _sum(target.allocations)
    left = min(amount - _sum(event.allocations), owed)
    if quantity > left:
        raise TooMuchAllocated(asked=quantity, left=left)
    name = "commitment" if isinstance(target, Commitment) else "claim"
    made: Allocation = Allocation.objects.create(
        event=event, quantity=quantity, unit=unit, recorded_at=timezone.now(), **{name: target}
    )
    return made


def measure_of(event: Event) -> tuple[int, str]:
    """What an event can allocate: its quantity, else its effort in minutes."""
    if event.quantity is not None:
        return event.quantity, event.unit
    return event.effort or 0, "HUR"


def take_back(original: Event) -> None:
    """Write the opposite of what an event that is being reversed allocated."""
    for former in original.allocations.filter(quantity__gt=0):
        Allocation.objects.create(
            event=original, commitment=former.commitment, claim=former.claim,
            quantity=-former.quantity, unit=former.unit, recorded_at=timezone.now(),
        )  # fmt: skip


def lock_rows(model: type[models.Model], pk: int) -> None:
    """Keep a row to oneself until the transaction ends (SQLite has one writer)."""
    rows = model._default_manager.filter(pk=pk).order_by()
    rows.select_for_update(no_key=True).values_list("pk", flat=True).first()


def _sum(allocations: Any) -> int:
    return int(allocations.aggregate(total=Sum("quantity"))["total"] or 0)


def fulfilment(target: Commitment | Claim) -> Fulfilment:
    """How far a commitment or claim is, worked out from its allocations."""
    done = _sum(target.allocations)
    ended = (
        isinstance(target, Commitment) and CommitmentEnd.objects.filter(commitment=target).exists()
    )
    return Fulfilment(target.quantity, done, ended or done >= target.quantity)
