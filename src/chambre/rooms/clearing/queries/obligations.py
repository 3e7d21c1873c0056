"""Obligations as their ends see them, and what is open of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Obligation
from chambre.rooms.clearing.queries.people import spoken_for
from chambre.treasury.models import InvoiceSettlement, PurchaseSettlement
from chambre.treasury.queries.purchases import on_their_way

State = Obligation.State


def obligations_visible_to(by: Actor) -> QuerySet[Obligation]:
    """Those of which somebody speaks for an end."""
    mine = spoken_for(by).values("pk")
    rows = Obligation.objects.select_related("debtor", "creditor")
    return rows.filter(Q(debtor__in=mine) | Q(creditor__in=mine))


def obligation_of(pk: int, by: Actor) -> Obligation:
    """One obligation.

    Raises:
        NotFound: There is none that this person may know of.
    """
    found = obligations_visible_to(by).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands, by accepted obligations that are open, in cents."""

    owes: int
    is_owed: int

    @property
    def net(self) -> int:
        """What they are owed less what they owe: no round changes it."""
        return self.is_owed - self.owes


def standing_of(agents: Iterable[Agent]) -> Standing:
    """What these owe, and what they are owed, in all."""
    ids = [agent.pk for agent in agents]
    rows = Obligation.objects.filter(state=State.ACCEPTED)

    def left(some: QuerySet[Obligation]) -> int:
        sums = some.aggregate(amount=Sum("amount"), cleared=Sum("cleared"))
        return (sums["amount"] or 0) - (sums["cleared"] or 0)

    return Standing(left(rows.filter(debtor__in=ids)), left(rows.filter(creditor__in=ids)))


def open_amounts(rows: Iterable[Obligation]) -> dict[int, int]:
    """What can be set off of each accepted obligation now, in cents, by its id.

    Never more than is open on the invoice behind it, nor what a transfer was asked for.
    """
    rows = list(rows)
    sold = _settled(InvoiceSettlement, "invoice", [row.invoice_id for row in rows])
    bought = _settled(PurchaseSettlement, "purchase", [row.purchase_id for row in rows])
    sent: dict[int, int] = {}
    for book in {row.purchase.book for row in rows if row.purchase is not None}:
        sent |= on_their_way(book)
    found = {}
    for row in rows:
        left = row.left
        if row.invoice is not None:
            left = min(left, row.invoice.payable - sold.get(row.invoice.pk, 0))
        if row.purchase is not None:
            done = bought.get(row.purchase.pk, 0) + sent.get(row.purchase.pk, 0)
            left = min(left, row.purchase.payable - done)
        found[row.pk] = max(0, left)
    return found


def _settled(
    model: type[InvoiceSettlement] | type[PurchaseSettlement], field: str, ids: list[int | None]
) -> dict[int, int]:
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    rows = model._default_manager.filter(**{f"{field}__in": wanted}).order_by().values(field)
    return {row[field]: row["done"] for row in rows.annotate(done=Sum("amount"))}
