"""Invoices from suppliers as a reader asks for them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from chambre.ledger.models import Book
from chambre.lib.orderstates import State
from chambre.treasury.models import Party, Purchase, PurchaseSettlement
from chambre.treasury.queries.orders import payouts_of


def purchases_of(book: Book) -> QuerySet[Any]:
    """The purchase invoices of a book with ``settled`` and ``open`` in cents, the newest first."""
    rows = Purchase.objects.filter(book=book).select_related("party")
    own = PurchaseSettlement.objects.filter(purchase=OuterRef("pk")).order_by().values("purchase")
    settled = Subquery(own.annotate(n=Sum("amount")).values("n"))
    rows = rows.annotate(settled=Coalesce(settled, 0))
    return rows.annotate(open=F("payable") - F("settled"))


ORIGIN = "treasury.purchase"
"""What payouts of purchase invoices say of where they come from."""
_DEAD = (State.REFUSED, State.WITHDRAWN, State.REJECTED, State.RETURNED)


def on_their_way(book: Book) -> dict[int, int]:
    """Cents by purchase invoice for which a transfer was asked and that it is not settled with."""
    found: dict[int, int] = {}
    alive = payouts_of(book).filter(origin=ORIGIN).exclude(state__in=_DEAD)
    for key, amount in alive.values_list("origin_key", "amount"):
        found[int(key)] = found.get(int(key), 0) + amount
    if not found:
        return {}
    noted = PurchaseSettlement.objects.filter(purchase__in=found, how=PurchaseSettlement.How.PAYOUT)
    for key, amount in noted.values_list("purchase", "amount"):
        found[key] -= amount
    return {key: amount for key, amount in found.items() if amount > 0}


def open_of(purchase: Purchase) -> int:
    """Cents of a purchase invoice that are not settled."""
    done = PurchaseSettlement.objects.filter(purchase=purchase).aggregate(n=Sum("amount"))["n"]
    return purchase.payable - (done or 0)


def party_like(book: Book, *, siren: str, name: str) -> Party | None:
    """The third party that sent an invoice: by its SIREN, else by exactly its name."""
    rows = Party.objects.filter(book=book)
    if siren and (found := rows.filter(siren=siren).first()):
        return found
    return rows.filter(name__iexact=name).first() if name else None


def last_account_of(party: Party) -> Purchase | None:
    """The last accepted invoice of a supplier: where it was booked."""
    rows = Purchase.objects.filter(party=party, state=Purchase.State.ACCEPTED)
    return rows.select_related("resource").order_by("-decided_at").first()
