"""Issuing: a number without a hole, a frozen content, an entry in the books, at once or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.core.hooks import emit
from chambre.ledger.models import Book, JournalEntry
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.events import InvoiceChanged
from chambre.treasury.invoicedata import InvoiceIn, digest_of, kept
from chambre.treasury.models import (
    Invoice,
    InvoiceDraft,
    InvoiceIssuer,
    InvoiceLine,
    NumberSeries,
    Party,
)
from chambre.treasury.services.booking import book_entry
from chambre.treasury.services.invoice_composing import (
    InvoiceIncomplete,
    compose,
    issuer_of,
    refuse_incomplete,
)
from chambre.treasury.uses import BY_NAME

QUANTITIES = 10_000
"""Parts of one in which quantities are kept."""


class OutOfOrder(Conflict):
    """Numbers follow the days: an invoice is not older than the one numbered before it."""

    code = "treasury.invoice-out-of-order"
    default_message = gettext_lazy("An invoice of a later day already has a number of this series.")


def lock_series(book: Book, name: str) -> NumberSeries:
    """The row of a series, locked until the transaction ends: only then the next one may draw."""
    NumberSeries.objects.get_or_create(book=book, name=name)
    return NumberSeries.objects.select_for_update().get(book=book, name=name)


def _draw(series: NumberSeries, day: dt.date) -> str:
    """The next number; it is kept with everything else, or not at all."""
    if series.last_day and day < series.last_day:
        raise OutOfOrder(last=series.last_day.isoformat())
    series.last += 1
    series.last_day = day
    series.save(update_fields=["last", "last_day"])
    return f"{series.name}-{series.last:04d}"


def series_name(issuer: InvoiceIssuer, kind: lib.Kind, day: dt.date) -> str:
    """``VERGERS-2026`` for invoices, ``VERGERS-A-2026`` for credit notes (avoirs)."""
    middle = "-A" if kind.credit else ""
    return f"{issuer.prefix}{middle}-{day.year}"


@transaction.atomic
def issue_invoice(
    *,
    book: Book,
    party: Party,
    asked: InvoiceIn,
    key: str,
    by: Actor,
    draft: InvoiceDraft | None = None,
    origin: str = "",
    origin_key: str = "",
) -> Invoice:
    """Issue an invoice: from then on it has a number and is in the books.

    The number, the content, the lines, the entry and the event are kept together; what fails leaves
    no hole in the series.

    Args:
        book: The seller's book.
        party: The customer, a third party of that book.
        asked: Lines, days, terms.
        key: Idempotency key, 1 to 60 characters, unique in the book; the same again gives the
            invoice that is there.
        by: Who issues it.
        draft: What it was prepared in; is closed by it.
        origin: The room that asks, if one does.
        origin_key: That room's own key.

    Returns:
        The invoice.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        InvoiceIncomplete: The law or EN 16931 wants something more; ``fields`` says what.
        OutOfOrder: A later invoice was issued already.
        MonthClosed, ClosedYear: Nothing is booked any more on that day.
        KeyReused: The key was used for another invoice.
    """
    authorize(by, "treasury.manage", book)
    issuer = issuer_of(book)
    asked = replace(asked, issued=asked.issued or registry.today())
    day = asked.issued or registry.today()
    if day > registry.today():
        raise Invalid(
            _("An invoice is not issued in advance."), fields={"issued": [day.isoformat()]}
        )
    if party.book_id != book.pk:
        raise Invalid(_("This customer is another structure's."), fields={"party": [party.code]})
    series = lock_series(book, series_name(issuer, lib.Kind.INVOICE, day))
    whole_key, digest = f"{book.pk}:{key}", digest_of(asked, party.pk)
    known: Invoice | None = Invoice.objects.filter(key=whole_key).first()
    if known:
        if known.digest != digest:
            raise KeyReused(key=key)
        return known
    if draft is not None:
        draft = InvoiceDraft.objects.select_for_update().get(pk=draft.pk)
        if draft.invoice_id:
            raise Conflict(_("This draft was issued already."))
    refuse_incomplete(compose(issuer=issuer, party=party, asked=asked, number="X"))
    made = compose(issuer=issuer, party=party, asked=asked, number=_draw(series, day))
    uses = [(line.use, line.resource, None) for line in asked.lines]
    invoice = _keep(
        book, party, made, uses, asked=asked, key=whole_key, digest=digest, by=by,
        origin=origin, origin_key=origin_key,
    )  # fmt: skip
    if draft is not None:
        draft.invoice = invoice
        draft.save(update_fields=["invoice", "changed_at"])
    return invoice


def _keep(
    book: Book,
    party: Party,
    made: lib.Invoice,
    uses: Sequence[tuple[str, int | None, InvoiceLine | None]],
    *,
    asked: InvoiceIn,
    key: str,
    digest: str,
    by: Actor,
    origin: str = "",
    origin_key: str = "",
    credits: Invoice | None = None,
) -> Invoice:
    """Book an invoice that has its number, and write it down."""
    sums = lib.totals(made)
    refuse_incomplete(made)
    entry = _book(book, party, made, uses, barter=asked.barter, key=f"invoice:{key}")
    invoice = Invoice.objects.create(
        book=book, kind=made.kind.value, number=made.number, party=party, issued=made.issued,
        due=None if made.kind.credit else made.due, taxable=sums.taxable, vat=sums.vat,
        payable=sums.payable, prepaid=sums.prepaid, barter=asked.barter,
        language="en" if asked.language.startswith("en") else "fr",
        reference=made.settlement.reference, content=kept(made), credits=credits, entry=entry,
        origin=origin, origin_key=origin_key, key=key, digest=digest, by=by.label[:254],
    )  # fmt: skip
    rows = zip(made.lines, sums.nets, uses, strict=True)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice, number=at, name=line.name,
            quantity=int(line.quantity * QUANTITIES), unit=line.unit, net=net,
            category=line.vat.category, rate=line.vat.rate, use=use, resource_id=resource,
            credits=credited,
        )
        for at, (line, net, (use, resource, credited)) in enumerate(rows, 1)
    )  # fmt: skip
    audit(by, "treasury.invoice.issued", invoice, number=made.number, payable=sums.payable)
    emit(InvoiceChanged(invoice.pk, invoice.number, "issued", origin, origin_key), by=by)
    return invoice


def _book(
    book: Book,
    party: Party,
    made: lib.Invoice,
    uses: Sequence[tuple[str, int | None, InvoiceLine | None]],
    *,
    barter: bool,
    key: str,
) -> JournalEntry | None:
    """Customer against sales and VAT; the opposite for a credit note. Nothing for nought."""
    sums = lib.totals(made)
    sign = -1 if made.kind.credit else 1
    lines = [
        BookLine(sign * sums.payable, use="barter.customer" if barter else "customer", party=party),
        BookLine(sign * sums.prepaid, use="advance", party=party),
    ]
    sold: dict[tuple[str, int | None], int] = {}
    for net, (use, resource, _credited) in zip(sums.nets, uses, strict=True):
        sold[use, resource] = sold.get((use, resource), 0) + net
    lines += [
        BookLine(
            -sign * net, use=use, resource=resource, party=party if BY_NAME[use].named else None
        )
        for (use, resource), net in sold.items()
    ]
    lines += [
        BookLine(-sign * each.amount, use="charge", label=each.reason)
        if each.charge
        else BookLine(sign * each.amount, use="discount", label=each.reason)
        for each in made.allowances
    ]
    lines += [
        BookLine(-sign * part.amount, use="vat.collected", means=str(part.vat.rate))
        for part in sums.breakdown
    ]
    given = sums.rounding * sign
    lines.append(BookLine(-given, use="rounding.gain" if given > 0 else "rounding.loss"))
    if not any(line.amount for line in lines):
        return None
    with translation.override("fr"):  # books are kept in French
        label = f"{lib.title(made, 'fr')} – {party.name}"
    return book_entry(
        book=book, journal="VE", day=made.issued, lines=lines, key=key, label=label,
        piece=made.number, source="treasury.invoice",
    )  # fmt: skip


@transaction.atomic
def credit_invoice(
    *,
    invoice: Invoice,
    key: str,
    by: Actor,
    lines: Mapping[int, Decimal] | None = None,
    note: str = "",
) -> Invoice:
    """Issue a credit note on an invoice: never more than what is left of it, line by line.

    What it takes back is settled with the invoice as far as that one is open; the rest is owed to
    the customer.

    Args:
        invoice: What is taken back, in whole or in part.
        key: Idempotency key, 1 to 60 characters, unique in the book.
        by: Who issues it.
        lines: Quantity taken back by number of line, in the line's unit and with its sign; None:
            all that is left.
        note: Why, in words that the customer reads.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: It is a credit note itself, or nothing is left of it.
        Invalid: More than what is left of a line; ``fields`` says which.
        KeyReused: The key was used for something else.
    """
    from chambre.treasury.services import invoice_crediting

    authorize(by, "treasury.manage", invoice)
    issuer = issuer_of(invoice.book)
    day = max(registry.today(), invoice.issued)
    series = lock_series(invoice.book, series_name(issuer, lib.Kind.CREDIT, day))
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related(
        "book__structure", "party"
    ).get(pk=invoice.pk)  # fmt: skip
    taken = {} if lines is None else dict(lines)
    shown = [f"{at}:{lib.decimal_text(quantity)}" for at, quantity in sorted(taken.items())]
    whole_key = f"{invoice.book_id}:{key}"
    digest = digest_of(InvoiceIn((), note=note), invoice.pk, lines is None, *shown)
    known: Invoice | None = Invoice.objects.filter(key=whole_key).first()
    if known:
        if known.digest != digest:
            raise KeyReused(key=key)
        return known
    if invoice.is_credit:
        raise Conflict(_("A credit note is not taken back by another one."))
    plan = invoice_crediting.plan(invoice, lines)
    made = invoice_crediting.compose_credit(invoice, plan, day=day, note=note)
    made = replace(made, number=_draw(series, day))
    asked = InvoiceIn((), language=invoice.language, barter=invoice.barter)
    uses = [(part.line.use, part.line.resource_id, part.line) for part in plan.parts]
    credit = _keep(
        invoice.book, invoice.party, invoice_crediting.with_reference(made), uses, asked=asked,
        key=whole_key, digest=digest, by=by, origin=invoice.origin, origin_key=invoice.origin_key,
        credits=invoice,
    )  # fmt: skip
    invoice_crediting.settle_with(invoice, credit, by)
    return credit


__all__ = ["InvoiceIncomplete", "OutOfOrder", "credit_invoice", "issue_invoice", "lock_series"]
