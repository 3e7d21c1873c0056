"""From what is asked to a whole invoice: parties, terms, mentions, lines without VAT."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.lib import invoicing as lib
from chambre.lib.exports.wording import format_day
from chambre.lib.sepa import rf
from chambre.registry import api as registry
from chambre.treasury.invoicedata import InvoiceIn, LineIn
from chambre.treasury.models import InvoiceIssuer, Party
from chambre.treasury.uses import BY_NAME

if TYPE_CHECKING:
    from chambre.ledger.models import Book

SERVICES = frozenset({"sale.service", "membership", "sale.other"})
"""Uses that are services; the other sales are deliveries of goods."""


class InvoiceIncomplete(Invalid):
    """The law or the standard wants something that is not there yet."""

    code = "treasury.invoice-incomplete"


def issuer_of(book: Book) -> InvoiceIssuer:
    """How a structure signs its invoices.

    Raises:
        InvoiceIncomplete: Nobody has said so yet.
    """
    found = InvoiceIssuer.objects.select_related("book__structure").filter(book=book).first()
    if found is None:
        raise InvoiceIncomplete(
            _("Say first how this structure signs its invoices: name, address, VAT."),
            fields={"issuer": [_("There are no settings for invoices yet.")]},
        )
    return found


def seller_of(issuer: InvoiceIssuer) -> lib.Party:
    """The seller as an invoice names it."""
    return lib.Party(
        name=issuer.name,
        address=lib.Address(
            issuer.street, issuer.more_address, issuer.postcode, issuer.city, issuer.country
        ),
        siren=issuer.siren,
        siret=issuer.siret,
        vat=issuer.vat_number,
        email=issuer.email,
        phone=issuer.phone,
        legal=issuer.legal,
    )


def buyer_of(party: Party) -> lib.Party:
    """A third party as an invoice names it."""
    return lib.Party(
        name=party.name,
        address=lib.Address(
            party.street, party.more_address, party.postcode, party.city, party.country
        ),
        siren=party.siren,
        siret=party.siret,
        vat=party.vat_number,
        email=party.email,
    )


def vat_of(what: str, issuer: InvoiceIssuer, language: str) -> lib.Vat:
    """The VAT of a line; a structure that charges none puts its own exemption for a rate.

    Raises:
        Invalid: Neither a rate nor an exemption.
    """
    if what.isdecimal() and issuer.regime != InvoiceIssuer.Regime.VAT:
        what = issuer.regime
    try:
        return lib.find_vat(what, language)
    except KeyError:
        raise Invalid(_("There is no such VAT."), fields={"vat": [what[:40]]}) from None


def _line(number: int, asked: LineIn, vat: lib.Vat) -> lib.Line:
    known = BY_NAME.get(asked.use)
    if known is None:
        raise Invalid(_("There is no such use of money."), fields={"use": [asked.use]})
    for value, places, name in ((asked.quantity, 4, "quantity"), (asked.price, 6, "price")):
        exponent = value.as_tuple().exponent
        if not value.is_finite() or abs(value) >= Decimal(10) ** 10:
            raise Invalid(
                _("This number is too large."), fields={f"lines.{number}.{name}": [str(value)]}
            )
        if isinstance(exponent, int) and -exponent > places:
            raise Invalid(
                _("At most %(places)d decimals.") % {"places": places},
                fields={f"lines.{number}.{name}": [str(value)]},
            )
    return lib.Line(
        number=str(number),
        name=" ".join(asked.name.split())[:254],
        description=asked.description.strip()[:1000],
        quantity=asked.quantity,
        price=asked.price,
        vat=vat,
        unit=asked.unit if asked.unit in lib.UNITS else "C62",
        discount=asked.discount,
        code=asked.code[:60],
    )


def nature_of(lines: Sequence[LineIn]) -> lib.Nature:
    """Goods, services or both, by what the lines are booked as."""
    kinds = {line.use in SERVICES for line in lines}
    if kinds == {True}:
        return lib.Nature.SERVICES
    return lib.Nature.BOTH if len(kinds) == 2 else lib.Nature.GOODS


def compose(
    *,
    issuer: InvoiceIssuer,
    party: Party | None,
    asked: InvoiceIn,
    number: str = "",
    kind: lib.Kind = lib.Kind.INVOICE,
    preceding: Sequence[lib.Preceding] = (),
) -> lib.Invoice:
    """Put an invoice together. What it lacks is not asked here.

    Args:
        issuer: Who issues it, on what terms.
        party: The customer; absent in a draft that has none yet.
        asked: What it is asked with.
        number: Its number; empty for a draft.
        kind: Invoice or credit note.
        preceding: What a credit note takes back.

    Raises:
        Invalid: A line that makes no sense: an unknown VAT or use, too many decimals.
    """
    language = "en" if asked.language.lower().startswith("en") else "fr"
    issued = asked.issued or registry.today()
    vats = [vat_of(line.vat, issuer, language) for line in asked.lines]
    lines: tuple[lib.Line, ...] = tuple(
        _line(at, line, vat)
        for at, (line, vat) in enumerate(zip(asked.lines, vats, strict=True), 1)
    )
    rounding = 0
    if asked.with_vat:
        lines, rounding = lib.from_gross(lines)
    made = lib.Invoice(
        number=number,
        issued=issued,
        kind=kind,
        seller=seller_of(issuer),
        buyer=buyer_of(party) if party else lib.Party("", lib.Address(country="")),
        lines=lines,
        allowances=tuple(
            lib.Allowance(each.amount, vat_of(each.vat, issuer, language), each.reason, each.charge)
            for each in asked.allowances
        ),
        due=asked.due or _due(issuer, issued),
        delivered=asked.delivered,
        period=asked.period,
        prepaid=asked.prepaid,
        rounding=rounding,
        preceding=tuple(preceding),
        nature=nature_of(asked.lines),
        buyer_reference=asked.buyer_reference.strip()[:100],
        order=asked.order.strip()[:100],
    )
    return replace(
        made,
        notes=_notes(made, issuer, asked, language),
        settlement=_settlement(made, issuer, asked, language),
    )


def _due(issuer: InvoiceIssuer, issued: dt.date) -> dt.date:
    return lib.due_day(issued, days=issuer.term_days, end_of_month=issuer.end_of_month)


def _notes(
    made: lib.Invoice, issuer: InvoiceIssuer, asked: InvoiceIn, language: str
) -> tuple[lib.Note, ...]:
    notes = lib.terms_notes(language, penalty_rate=issuer.penalty_rate, debits=issuer.on_debits)
    for each in made.preceding:
        day = format_day(each.issued, language) if each.issued else ""
        notes.append(lib.Note(lib.mention("credit", language, number=each.number, day=day)))
    if asked.barter:
        notes.append(lib.Note(lib.mention("barter", language), "AAI"))
        rest = lib.totals(made).payable - asked.barter_amount
        if asked.barter_amount and rest > 0:
            shown = lib.amount_shown(rest, made, language)
            notes.append(lib.Note(lib.mention("barter-balance", language, amount=shown), "AAI"))
    if asked.note.strip():
        notes.append(lib.Note(asked.note.strip()[:1000]))
    return tuple(notes)


def _settlement(
    made: lib.Invoice, issuer: InvoiceIssuer, asked: InvoiceIn, language: str
) -> lib.Settlement:
    reference = rf.make(made.number) if made.number else ""
    if asked.barter:
        text = lib.mention("barter", language)
        return lib.Settlement("97", text, issuer.iban, issuer.bic, issuer.name, reference)
    means = "58" if issuer.iban else "1"
    return lib.Settlement(means, "", issuer.iban, issuer.bic, issuer.name, reference)


def refuse_incomplete(made: lib.Invoice) -> None:
    """Stop here when the law or the standard wants something more.

    Raises:
        InvoiceIncomplete: ``data["fields"]`` says what, by place.
    """
    language = (get_language() or "fr")[:2]
    fields: dict[str, list[str]] = {}
    for problem in lib.missing(made):
        fields.setdefault(problem.at, []).append(problem.message(language))
    if fields:
        words = [text for texts in fields.values() for text in texts]
        raise InvoiceIncomplete(
            _("This invoice cannot be issued yet: %(problems)s.") % {"problems": "; ".join(words)},
            fields=fields,
        )
