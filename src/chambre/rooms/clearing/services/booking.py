"""Booking a round: in every book at once, or nowhere."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.ledger.models import Book
from chambre.registry.api import today
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Booking, Loan, Obligation, Part, Round
from chambre.rooms.clearing.queries.errors import NotNow, Stale, Unanswered
from chambre.rooms.clearing.queries.obligations import open_amounts
from chambre.rooms.clearing.queries.rounds import counted, current
from chambre.rooms.clearing.services.lending import owe_the_pot
from chambre.treasury import api as treasury
from chambre.treasury.api import BookLine
from chambre.treasury.models import Invoice, Party, Purchase

SYSTEM = Actor.system("clearing")


@transaction.atomic
def book(*, round_: Round, by: Actor, day: dt.date | None = None) -> Round:
    """Set off what a round sets off: obligations, invoices and every book in one transaction.

    Each structure that keeps a book here has one entry, what it owes (401) against what it is owed (411): its
    net position stays. What a pot lends is owed to its lender from then on, and what is left with it is owed
    by them, on the same accounts. Invoices of the treasury are settled by it, as compensation.

    Args:
        round_: To which everybody concerned agreed.
        by: A facilitator or the chamber's administrator.
        day: Day of the entries; today, if not given.

    Returns:
        The booked round; a second time changes nothing.

    Raises:
        Forbidden: ``by`` does not lead rounds.
        NotNow: It is being worked out, or has ended.
        Unanswered: Not everybody agreed.
        Stale: An obligation was paid, taken back or set off elsewhere meanwhile; nothing happened.
        ClosedYear, MonthClosed: A book takes nothing on that day.
    """
    authorize(by, "clearing.lead", round_.chamber)
    row = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if row.state == Round.State.BOOKED:
        return row
    found = current(row)
    if row.state != Round.State.PROPOSED or found is None:
        raise NotNow
    answers = counted(found)
    if not answers.complete:
        raise Unanswered(agreed=answers.yes, concerned=answers.all)
    day = day or today()
    parts = list(found.parts.order_by("obligation_id"))
    rows = _still_open(parts)
    loans = list(found.loans.select_related("agent").order_by("agent_id", "way"))
    _settle(row, parts, rows, loans, day)
    row.state, row.booked_on = Round.State.BOOKED, day
    row.save(update_fields=["state", "booked_on"])
    audit(by, "clearing.round.booked", row, cleared=found.cleared)
    return row


def _still_open(parts: list[Part]) -> dict[int, Obligation]:
    """The obligations, locked with their invoices in one order everywhere, each still open for its part.

    Raises:
        Stale: One is not.
    """
    ids = [part.obligation_id for part in parts]
    locked = Obligation.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    rows = {row.pk: row for row in locked.select_related("debtor", "creditor")}
    invoices = [row.invoice_id for row in rows.values() if row.invoice_id]
    purchases = [row.purchase_id for row in rows.values() if row.purchase_id]
    sold = Invoice.objects.select_for_update(of=("self",)).filter(pk__in=invoices).order_by("pk")
    bought = Purchase.objects.select_for_update(of=("self",)).filter(pk__in=purchases)
    by_invoice = {row.pk: row for row in sold.select_related("book")}
    by_purchase = {row.pk: row for row in bought.order_by("pk").select_related("book")}
    for row in rows.values():
        row.invoice = by_invoice.get(row.invoice_id or 0)
        row.purchase = by_purchase.get(row.purchase_id or 0)
    left = open_amounts(rows.values())
    gone = [
        part.obligation_id
        for part in parts
        if rows[part.obligation_id].state != Obligation.State.ACCEPTED
        or left[part.obligation_id] < part.amount
    ]
    if gone:
        raise Stale(obligations=len(gone))
    return rows


def _settle(
    round_: Round, parts: list[Part], rows: dict[int, Obligation], loans: list[Loan], day: dt.date
) -> None:
    ends = {row.debtor_id for row in rows.values()} | {row.creditor_id for row in rows.values()}
    ends |= {round_.lender_id} if loans and round_.lender_id else set()
    books = {
        found.structure_id: found
        for found in Book.objects.filter(structure__in=ends).order_by("structure_id")
    }
    lines: dict[int, list[BookLine]] = defaultdict(list)
    for part in parts:
        row = rows[part.obligation_id]
        row.cleared += part.amount
        row.save(update_fields=["cleared"])
        key = f"clearing:{round_.pk}:{row.pk}"
        if row.debtor_id in books:
            lines[row.debtor_id] += _owed(books[row.debtor_id], row, part.amount, day, key)
        if row.creditor_id in books:
            lines[row.creditor_id] += _due(books[row.creditor_id], row, part.amount, day, key)
    for debt in owe_the_pot(round_, loans, day) if loans else []:
        if debt.debtor_id in books:
            party = _party(books[debt.debtor_id], debt.creditor)
            lines[debt.debtor_id].append(
                BookLine(-debt.amount, use="supplier", party=party, piece=debt.reference)
            )
        if debt.creditor_id in books:
            party = _party(books[debt.creditor_id], debt.debtor)
            lines[debt.creditor_id].append(
                BookLine(debt.amount, use="customer", party=party, piece=debt.reference)
            )
    for agent, found in books.items():
        entry = treasury.book_entry(
            book=found, journal="OD", day=day, lines=lines[agent],
            key=f"clearing:{round_.pk}:{agent}", label=f"Compensation multilatérale {round_.pk}",
            piece=f"COMP-{round_.pk}", source=f"clearing.round:{round_.pk}",
        )  # fmt: skip
        amount = sum(line.amount for line in lines[agent] if line.amount > 0)
        Booking.objects.create(round=round_, agent_id=agent, entry=entry, amount=amount)


def _owed(found: Book, row: Obligation, amount: int, day: dt.date, key: str) -> list[BookLine]:
    """The debtor's side: 401 is debited, and the invoice received is settled."""
    if row.purchase is not None and row.purchase.book_id == found.pk:
        return treasury.settle_purchase(
            book=found, key=str(row.purchase.pk), amount=amount, day=day, idempotency=key,
            by=SYSTEM, how="barter",
        )  # fmt: skip
    party = _party(found, row.creditor)
    return [BookLine(amount, use="supplier", party=party, piece=row.reference)]


def _due(found: Book, row: Obligation, amount: int, day: dt.date, key: str) -> list[BookLine]:
    """The creditor's side: 411 is credited, and the invoice is settled."""
    if row.invoice is not None and row.invoice.book_id == found.pk:
        return treasury.settle_invoice(
            book=found, key=str(row.invoice.pk), amount=amount, day=day, idempotency=key,
            by=SYSTEM, how="barter",
        )  # fmt: skip
    party = _party(found, row.debtor)
    return [BookLine(-amount, use="customer", party=party, piece=row.reference)]


def _party(found: Book, agent: Agent) -> Party:
    return treasury.note_party(book=found, name=agent.name, agent=agent, by=SYSTEM)
