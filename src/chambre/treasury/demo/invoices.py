"""Invoices of invented structures: paid in time, late, in part, too much, twice, never; one credited.

The same seed gives the same. What customers pay comes back as rows for the demonstration's bank
statements (:mod:`chambre.treasury.demo.bank`), each with the invoice that it pays: what the
matching should find.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.ledger.models import Book
from chambre.lib.bankfiles import Row
from chambre.treasury.invoicedata import InvoiceIn, LineIn
from chambre.treasury.models import Invoice, InvoiceIssuer, Party
from chambre.treasury.services.invoice_issuers import set_issuer
from chambre.treasury.services.invoicing import credit_invoice, issue_invoice
from chambre.treasury.services.parties import note_party

_CUSTOMERS = (
    ("Cantine des Ormes", "3 rue de l’École", "35000", "Rennes"),
    ("Épicerie du Pont", "12 quai Neuf", "35500", "Vitré"),
    ("Gîte de la Butte", "La Butte", "35190", "Bécherel"),
    ("Comité des fêtes de Lysse", "1 place du Marché", "35400", "Lysse"),
)
_SOLD = (
    ("Jus de pomme", "sale.product", "XBO", "3.20", "550", 12, 96),
    ("Pommes à couteau", "sale.product", "KGM", "2.10", "550", 20, 180),
    ("Pressage à façon", "sale.service", "HUR", "38", "2000", 2, 9),
    ("Location de la presse", "sale.service", "DAY", "95", "2000", 1, 3),
)
_HOWS = ("reference",) * 5 + ("number",) * 3 + ("half", "over", "never")


@dataclass(frozen=True, slots=True)
class Expected:
    """A row on the bank account, and the invoice that it pays."""

    row: Row
    invoice: Invoice
    how: str


def customers(book: Book, by: Actor) -> list[Party]:
    """The invented customers of a structure; those that are there already stay."""
    found = []
    for name, street, postcode, city in _CUSTOMERS:
        known = Party.objects.filter(book=book, name=name).first()
        found.append(
            known
            or note_party(
                book=book, name=name, by=by, street=street, postcode=postcode, city=city,
                is_business=True,
            )
        )  # fmt: skip
    return found


def issue_some(
    *, book: Book, by: Actor, seed: int, first: dt.date, months: int = 6, iban: str = ""
) -> list[Expected]:
    """Issue two or three invoices a month, and say what customers pay of them and when.

    Args:
        book: Whose invoices.
        by: Who issues them.
        seed: Of the chance that makes them.
        first: First day of the first month.
        months: How many.
        iban: Where customers pay; empty: as the structure says already.
    """
    if not InvoiceIssuer.objects.filter(book=book).exists():
        set_issuer(
            book=book, by=by, street="1 chemin du Verger", postcode="35400", city="Lysse",
            regime="non-profit", iban=iban, siren=book.structure.siren or "732829320",
        )  # fmt: skip
    rand = random.Random(seed)  # noqa: S311 - the same every time is what is wanted
    people, found = customers(book, by), []
    for day in _days(rand, first, months):
        with clock.pretend(day):
            key = f"demo:{seed}:{day:%Y%m%d}"
            asked = _asked(rand, day)
            made = issue_invoice(book=book, party=rand.choice(people), asked=asked, key=key, by=by)
            if rand.random() < 0.1:
                credit_invoice(invoice=made, key=f"{key}:c", by=by, note="Livraison refusée")
                continue
        found += _paid(rand, made)
    return found


def _days(rand: random.Random, first: dt.date, months: int) -> list[dt.date]:
    """Days of issue, each once, in order: numbers follow the days."""
    whole = range(months * 30)
    chosen = sorted(rand.sample(whole, k=min(len(whole), months * 5 // 2)))
    return [first + dt.timedelta(days=number) for number in chosen]


def _asked(rand: random.Random, day: dt.date) -> InvoiceIn:
    lines = tuple(
        LineIn(name, Decimal(price), Decimal(rand.randint(least, most)), vat, use, unit)
        for name, use, unit, price, vat, least, most in rand.sample(_SOLD, rand.randint(1, 3))
    )
    return InvoiceIn(lines=lines, issued=day, delivered=day - dt.timedelta(days=rand.randint(0, 5)))


def _paid(rand: random.Random, invoice: Invoice) -> list[Expected]:
    """What comes to the bank for an invoice: at once, late, in two parts, too much, or nothing."""
    how = rand.choice(_HOWS)
    if how == "never":
        return []
    day = invoice.issued + dt.timedelta(days=rand.randint(3, 55))
    parts = [invoice.payable]
    if how == "half":
        parts = [invoice.payable // 2, invoice.payable - invoice.payable // 2]
    elif how == "over":
        parts = [invoice.payable + 1000]
    found = []
    for at, amount in enumerate(parts):
        when = day + dt.timedelta(days=20 * at)
        row = Row(
            "booked", when, when, amount, "EUR",
            creditor_reference=invoice.reference if how == "reference" else "",
            party_name=invoice.party.name.upper(),
            texts="" if how == "reference" else f"FACTURE {invoice.number}",
            code="PMNT/RCDT/ESCT", entry_amount=amount,
        )  # fmt: skip
        found.append(Expected(row, invoice, how))
    return found
