"""Deposits that nobody claims: what a dated decision of the commons says, and nothing without one.

Not brought back counts as a sale (with VAT): of a fixed asset when the object can be told apart, of stock
otherwise. An object that comes back all the same is a case.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.rooms.deposit.models import Act, Contract, Item, Refund, Scheme, UnclaimedDecision
from chambre.rooms.deposit.queries.finding import locked
from chambre.rooms.deposit.queries.terms import unclaimed_on
from chambre.rooms.deposit.services import caring
from chambre.rooms.deposit.services.accounts import SALE, Owed, deposit_lines, kept_lines
from chambre.treasury import api as treasury

MOST = 1_000
"""Contracts of one run; the next run takes the next ones."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What a run did: how many contracts ended, and their deposits in cents."""

    contracts: int = 0
    amount: int = 0


@transaction.atomic
def settle_unclaimed(*, scheme: Scheme, by: Actor) -> Sold:
    """Do what was decided about deposits whose time is over; nothing when nothing was decided.

    Args:
        scheme: Which scheme.
        by: Who does it: the clock, or somebody who keeps the scheme's money.

    Raises:
        Forbidden: ``by`` does not keep the scheme's money.
    """
    authorize(by, "deposit.account", scheme)
    day = clock.today()
    decision = unclaimed_on(scheme, day)
    if decision is None or decision.outcome != UnclaimedDecision.Outcome.SALE:
        return Sold()
    limit = day - dt.timedelta(days=decision.after_days)
    due = Contract.objects.filter(
        scheme=scheme, state=Contract.State.OPEN, opened_on__lte=limit
    ).order_by("pk")
    items = locked(pk for pk in due.values_list("item", flat=True)[:MOST] if pk is not None)
    contracts = list(due.select_for_update(of=("self",)).select_related("place")[:MOST])
    contracts = [row for row in contracts if row.item_id is None or row.item_id in items]
    if not contracts:
        return Sold()
    amount = sum(row.amount - row.refunded - row.kept for row in contracts)
    act: Act = Act.objects.create(
        scheme=scheme, kind=Act.Kind.UNCLAIMED, key=f"unclaimed:{scheme.pk}:{contracts[0].pk}",
        about=str(decision.pk), total=amount, by=by.label[:254], at=timezone.now(),
        answer={"outcome": "sold", "refund": 0, "contract": None, "reason": "unclaimed",
                "kept": amount},
    )  # fmt: skip
    _book(scheme, contracts, act, day)
    Refund.objects.bulk_create(_ends(row, act, day) for row in contracts)
    for row in contracts:
        Contract.objects.filter(pk=row.pk).update(
            state=Contract.State.SOLD, closed_at=timezone.now(), kept=row.amount - row.refunded
        )
    _lose(scheme, [items[row.item_id].uri for row in contracts if row.item_id is not None])
    audit(by, "deposit.unclaimed.sold", act, contracts=len(contracts), amount=amount,
          decision=decision.reference)  # fmt: skip
    return Sold(len(contracts), amount)


def _book(scheme: Scheme, contracts: list[Contract], act: Act, day: dt.date) -> None:
    left = [(row, row.amount - row.refunded - row.kept) for row in contracts]
    owed = [Owed(row.place, cents) for row, cents in left if cents]
    if not owed:
        return
    treasury.book_entry(
        book=scheme.book, journal="OD", day=day, key=f"deposit:unclaimed:{act.pk}",
        label=f"Consignes non réclamées – {scheme.name} ({len(contracts)})",
        source="deposit.unclaimed",
        lines=[
            *deposit_lines(owed, scheme),
            *kept_lines([(cents, row.vat) for row, cents in left if cents], scheme, SALE),
        ],
    )  # fmt: skip


def _ends(row: Contract, act: Act, day: dt.date) -> Refund:
    """The end of a contract of which nothing is paid back."""
    left = row.amount - row.refunded - row.kept
    return Refund(
        contract=row, serial=row.pk if row.item_id is not None else None, act=act, paid=left,
        quantity=row.quantity - row.back, amount=0, kept=left, reason=Refund.UNCLAIMED,
        at=act.at, day=day,
    )  # fmt: skip


def _lose(scheme: Scheme, uris: list[str]) -> None:
    """The objects are out of the park: sold, and not seen again."""
    states: dict[str, list[str]] = defaultdict(list)
    found = Item.objects.filter(uri__in=uris).order_by().values_list("uri", "state")
    for uri, state in found:
        states[state].append(uri)
    if gone := states["out"]:
        caring.note_lost(scheme, gone)
