"""What a partner's month becomes in the treasury: an invoice, a credit note, or an entry.

What the partner took is invoiced and what it paid back is credited on that invoice, both outside of VAT and
against 4673: a deposit is no price. What came back beyond the invoice has nothing to be credited on; it
is an entry, and owed to the partner. A structure that does not write invoices here has only the entry.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import ngettext

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.errors import Forbidden, NotFound
from chambre.core.ui import figures as written
from chambre.registry.models import Agent
from chambre.rooms.deposit.models import PartnerStatement, Place, Scheme
from chambre.rooms.deposit.services.accounts import PARTNERS, SYSTEM, line_on
from chambre.treasury import api as treasury
from chambre.treasury.models import Invoice

ORIGIN = "deposit"
USE = "deposit.partner"


@dataclass(frozen=True, slots=True)
class Billed:
    """What was written for a month.

    Attributes:
        invoice: Number of the invoice; empty: there is none.
        entry: Id of the entry for what no invoice says; None: there is none.
    """

    invoice: str = ""
    entry: int | None = None


def key_of(scheme: Scheme, partner: Agent, start: dt.date) -> str:
    """What a month of a partner is known by in the treasury."""
    return f"deposit:month:{scheme.pk}:{partner.pk}:{start.isoformat()}"


def bill(
    scheme: Scheme, partner: Agent, owed: list[tuple[str, int, int]], back: int, start: dt.date,
    end: dt.date,
) -> Billed:  # fmt: skip
    """Write what a partner's month comes to, for a service that has authorized and locked.

    Args:
        scheme: Whose money the partner holds.
        partner: Which partner.
        owed: What it owes: words, cents, objects.
        back: Cents that it paid back or handed on.
        start: First day of the month.
        end: Its last day.

    Raises:
        InvoiceIncomplete: The structure writes invoices, and this one lacks something.
    """
    party = treasury.note_party(book=scheme.book, name=partner.name, by=SYSTEM, agent=partner)
    key = key_of(scheme, partner, start)
    owed = [each for each in owed if each[1]]
    invoice = _invoice(scheme, party, owed, key, (start, end)) if owed else None
    if invoice is None:
        return Billed(entry=_book(scheme, party, sum(each[1] for each in owed) - back, key, start))
    credited = min(back, invoice.payable)
    if credited:
        _credit(invoice, owed, credited, key)
    return Billed(invoice.number, _book(scheme, party, credited - back, key, start))


def _invoice(
    scheme: Scheme,
    party: Any,
    owed: list[tuple[str, int, int]],
    key: str,
    period: tuple[dt.date, dt.date],
) -> Invoice | None:
    """The invoice; None: the structure writes none here."""
    with translation.override("fr"):  # as the books are
        lines = tuple(
            treasury.LineIn(
                name=name,
                description=ngettext("%(n)s object", "%(n)s objects", many)
                % {"n": written.integer(many)},
                price=Decimal(1),
                quantity=Decimal(cents) / 100,  # exact to the cent, and so is a part of it
                vat="outside",
                use=USE,
                resource=scheme.resource_id,
            )
            for name, cents, many in owed
        )
    try:
        return treasury.issue_invoice(
            book=scheme.book,
            party=party,
            asked=treasury.InvoiceIn(lines=lines, period=period),
            key=key,
            by=SYSTEM,
            origin=ORIGIN,
            origin_key=key,
        )
    except treasury.InvoiceIncomplete as missing:
        if "issuer" in missing.data.get("fields", {}):
            return None
        raise


def _credit(invoice: Invoice, owed: list[tuple[str, int, int]], cents: int, key: str) -> None:
    """Take back what the partner paid back, line after line."""
    lines: dict[int, Decimal] = {}
    for number, (_name, amount, _many) in enumerate(owed, 1):
        if (part := min(cents, amount)) > 0:
            lines[number] = Decimal(part) / 100
            cents -= part
    treasury.credit_invoice(
        invoice=invoice, key=f"{key}:credit", by=SYSTEM, lines=lines,
        note="Consignes rendues ou transmises dans le mois.",
    )  # fmt: skip


def _book(scheme: Scheme, party: Any, balance: int, key: str, start: dt.date) -> int | None:
    """What no invoice says goes to what customers owe (or are owed) by an entry: it is due now."""
    if not balance:
        return None
    entry = treasury.book_entry(
        book=scheme.book, journal="OD", day=clock.today(), key=key, source="deposit.statement",
        label=f"Relevé de consignes {start:%m/%Y} – {party.name}",
        lines=[
            treasury.BookLine(balance, use="customer", party=party, resource=scheme.resource_id),
            line_on(PARTNERS, -balance, scheme, party=party),
        ],
    )  # fmt: skip
    return entry.pk


def papers_of(statements: list[PartnerStatement]) -> dict[int, list[Invoice]]:
    """Invoices and credit notes of statements, by id of the statement; one question for all."""
    keys = {key_of(row.scheme, row.partner, row.start): row.pk for row in statements}
    found: dict[int, list[Invoice]] = {}
    rows = Invoice.objects.filter(origin=ORIGIN, origin_key__in=keys)
    for row in rows.order_by("pk"):
        found.setdefault(keys[row.origin_key], []).append(row)
    return found


def paper(*, statement: PartnerStatement, number: str, by: Actor) -> bytes:
    """The Factur-X file of an invoice or credit note of a statement.

    Raises:
        Forbidden: ``by`` neither keeps the scheme's money nor answers for the partner's.
        NotFound: The statement has no such paper.
    """
    scheme = statement.scheme
    if not by.may("deposit.account", scheme):
        place = Place.objects.filter(scheme=scheme, partner=statement.partner).first()
        if place is None:
            raise Forbidden
        authorize(by, "deposit.operate", place)
    for row in papers_of([statement]).get(statement.pk, []):
        if row.number == number:
            return treasury.facturx_of(invoice=row, by=SYSTEM)
    raise NotFound
