"""Credit notes: how much is left of each line, and what taking it back comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Invalid
from chambre.core.hooks import emit
from chambre.lib import invoicing as lib
from chambre.lib.exports.wording import format_day
from chambre.lib.sepa import rf
from chambre.treasury.events import InvoiceChanged
from chambre.treasury.invoicedata import paper_of
from chambre.treasury.models import Invoice, InvoiceLine, InvoiceSettlement
from chambre.treasury.queries.invoices import open_of

QUANTITIES = 10_000
ROUNDING = 5
"""Cents by which the VAT of several credit notes may differ from that of the invoice."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a line: quantity in ten-thousandths, cents without VAT."""

    line: InvoiceLine
    quantity: int
    net: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a credit note takes back.

    Attributes:
        parts: By line.
        everything: Whether nothing is left afterwards.
        rest: Cents of the whole invoice, with VAT, that no credit note has taken back yet.
        first: Whether it is the first credit note on the invoice.
    """

    parts: tuple[Left, ...]
    everything: bool
    rest: int
    first: bool


def left_of(invoice: Invoice) -> list[Left]:
    """What no credit note has taken back yet, line by line."""
    rows = InvoiceLine.objects.filter(credits__invoice=invoice).values("credits")
    taken = {
        row["credits"]: (row["q"] or 0, row["n"] or 0)
        for row in rows.annotate(q=Sum("quantity"), n=Sum("net")).order_by()
    }
    found = []
    for line in invoice.lines.all():
        quantity, net = taken.get(line.pk, (0, 0))
        found.append(Left(line, line.quantity - quantity, line.net - net))
    return found


def rest_of(invoice: Invoice) -> int:
    """Cents with VAT that no credit note has taken back yet."""
    done = Invoice.objects.filter(credits=invoice).aggregate(n=Sum("payable"))["n"] or 0
    return invoice.payable + invoice.prepaid - done


def plan(invoice: Invoice, wanted: Mapping[int, Decimal] | None) -> Plan:
    """Decide what is taken back.

    Raises:
        Conflict: Nothing is left.
        Invalid: More than what is left of a line, or a line that is not there.
    """
    left = left_of(invoice)
    rest = rest_of(invoice)
    open_lines = [each for each in left if each.quantity or each.net]
    if rest <= 0 or not open_lines:
        raise Conflict(_("Everything on this invoice was taken back already."))
    first = rest == invoice.payable + invoice.prepaid
    if wanted is None:
        return Plan(tuple(open_lines), True, rest, first)
    known = {each.line.number: each for each in left}
    wrong: dict[str, list[str]] = {}
    parts = []
    for number, quantity in sorted(wanted.items()):
        if not quantity:
            continue
        each = known.get(number)
        part = None if each is None else _part(each, quantity)
        if part is None:
            shown = lib.decimal_text(Decimal(each.quantity) / QUANTITIES) if each else "0"
            wrong[f"lines.{number}"] = [_("At most %(left)s is left.") % {"left": shown}]
        else:
            parts.append(part)
    if wrong:
        raise Invalid(_("More than what is left of a line."), fields=wrong)
    if not parts:
        raise Invalid(_("Say what is taken back."), fields={"lines": [_("Nothing was chosen.")]})
    taken = {part.line.pk: part.quantity for part in parts}
    everything = all(taken.get(each.line.pk) == each.quantity for each in open_lines)
    return Plan(tuple(parts), everything, rest, first)


def _part(left: Left, quantity: Decimal) -> Left | None:
    """Part of a line; None when there is not so much left of it, or of the other sign."""
    scaled = quantity * QUANTITIES
    if scaled != scaled.to_integral_value():
        return None
    whole = int(scaled)
    if whole * left.quantity <= 0 or abs(whole) > abs(left.quantity):
        return None
    if whole == left.quantity:
        return left
    # In proportion, and never the last cent before the last piece.
    net = left.net * whole // left.quantity
    return Left(left.line, whole, net)


def compose_credit(invoice: Invoice, plan: Plan, *, day: dt.date, note: str) -> lib.Invoice:
    """The credit note as the customer reads it, still without its number.

    Raises:
        Invalid: With VAT it would come to more than what is left of the invoice.
    """
    paper = paper_of(invoice.content)
    lines = tuple(
        _credit_line(at, paper.lines[part.line.number - 1], part)
        for at, part in enumerate(plan.parts, 1)
    )
    language = invoice.language
    said = format_day(invoice.issued, language)
    mention = lib.mention("credit", language, number=invoice.number, day=said)
    notes = [each for each in paper.notes if each.code in ("PMD", "PMT", "AAB")]
    notes += [lib.Note(mention)] + ([lib.Note(note.strip()[:1000])] if note.strip() else [])
    made = replace(
        paper,
        kind=lib.Kind.CREDIT,
        issued=day,
        due=day,
        lines=lines,
        allowances=paper.allowances if plan.everything else (),
        prepaid=0,
        rounding=0,
        notes=tuple(notes),
        preceding=(lib.Preceding(invoice.number, invoice.issued),),
    )
    comes_to = lib.totals(made).payable
    if plan.everything and abs(plan.rest - comes_to) <= ROUNDING:
        return replace(made, rounding=plan.rest - comes_to)
    if comes_to > plan.rest + ROUNDING:
        raise Invalid(
            _("With its reductions less than that is left of this invoice: take it back whole."),
            fields={"lines": [_("At most what is left of the invoice.")]},
        )
    return replace(made, rounding=min(0, plan.rest - comes_to))


def _credit_line(at: int, line: lib.Line, part: Left) -> lib.Line:
    return replace(
        line,
        number=str(at),
        quantity=Decimal(part.quantity) / QUANTITIES,
        discount=0,
        discount_reason="",
        net=part.net,
        price=_price(line, part),
    )


def _price(line: lib.Line, part: Left) -> Decimal:
    """Price of one after the line's discount, at most six decimals."""
    if not line.discount and line.net is None:
        return line.price
    quantity = Decimal(part.quantity) / QUANTITIES
    if not quantity:
        return line.price
    return abs((Decimal(part.net) / 100 / quantity).quantize(Decimal("0.000001")))


def with_reference(made: lib.Invoice) -> lib.Invoice:
    """The credit note with its own reference, for whoever sends the money back."""
    return replace(made, settlement=lib.Settlement("1", reference=rf.make(made.number)))


def settle_with(invoice: Invoice, credit: Invoice, by: Actor) -> None:
    """Take the credit note off what is open on its invoice, as far as it goes."""
    amount = min(open_of(invoice), credit.payable)
    if amount > 0:
        for row in (invoice, credit):
            InvoiceSettlement.objects.create(
                invoice=row, amount=amount, day=credit.issued, how=InvoiceSettlement.How.CREDIT,
                key=f"credit:{credit.pk}:{row.pk}", note=credit.number, by=by.label[:254],
            )  # fmt: skip
    state = "credited" if rest_of(invoice) <= 0 else "partly-credited"
    emit(
        InvoiceChanged(invoice.pk, invoice.number, state, invoice.origin, invoice.origin_key),
        by=by,
    )
