"""An invoice for a leg that has gone: what it is worth, with its VAT, paid by what the others gave.

French law asks for an invoice from each side of a barter, with the words « en compensation » and the VAT of
each (CGI, articles 266, 1, a and 289); what is given in euros besides is the *soulte*.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger.models import Book
from chambre.rooms.exchange.models import Leg
from chambre.rooms.exchange.queries.errors import NotNow
from chambre.rooms.exchange.services.holding import ORIGIN
from chambre.rooms.exchange.services.locking import alone
from chambre.rooms.exchange.services.offering import SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.models import Invoice

SOLD = {Leg.Kind.GOODS: "sale.goods"}
"""How what was given is booked; everything else is a service."""


def soulte(leg: Leg, legs: list[Leg]) -> int:
    """Cents of a leg's value that its giver receives in euros in this exchange, at most its value.

    Where somebody gives several things, the euros that they receive count for the first ones first.
    """
    euros = sum(
        each.amount
        for each in legs
        if each.kind == Leg.Kind.EUROS
        and each.taker_id == leg.giver_id
        and each.state == Leg.State.RELEASED
    )
    for each in legs:
        if each.giver_id != leg.giver_id or not each.value or each.kind == Leg.Kind.EUROS:
            continue
        part = min(euros, each.value)
        if each.pk == leg.pk:
            return part
        euros -= part
    return 0


@transaction.atomic
def invoice_leg(*, leg: Leg, by: Actor) -> Invoice:
    """Issue the invoice of a leg that was released; again, the same invoice.

    Booked on 4118 (customers, to be set off) in the giver's own book; it says that it is paid by
    compensation, and how much of it in euros (soulte). With the other side's invoice it is set off on its
    page of the treasury.

    Raises:
        Forbidden: ``by`` does not answer for the giver's money.
        NotNow: It has not gone to its taker.
        Invalid: It has no value or no VAT rate, or its giver keeps no accounts here.
        InvoiceIncomplete: The treasury wants more for an invoice; it says what.
    """
    here = alone(leg.exchange)
    row = here.legs[leg.name]
    authorize(by, "treasury.manage", row.giver)
    if row.invoice is not None:
        return row.invoice
    if row.state != Leg.State.RELEASED:
        raise NotNow(_("An invoice is issued once it has gone to its taker."))
    book = Book.objects.select_related("structure").filter(structure=row.giver).first()
    if book is None:
        raise Invalid(_("Who gave it keeps no accounts here."), fields={"leg": [row.name]})
    if not row.value or row.vat is None or row.kind == Leg.Kind.EUROS:
        raise Invalid(_("It has neither value nor VAT rate."), fields={"leg": [row.name]})
    party = treasury.note_party(book=book, name=row.taker.name, agent=row.taker, by=SYSTEM)
    money = soulte(row, list(here.legs.values()))
    line = treasury.LineIn(
        name=row.what or row.name, price=Decimal(row.value) / 100, vat=str(row.vat),
        use=SOLD.get(Leg.Kind(row.kind), "sale.service"), resource=row.resource_id,
    )  # fmt: skip
    invoice = treasury.issue_invoice(
        book=book, party=party, key=f"exchange:{row.pk}", by=SYSTEM, origin=ORIGIN,
        origin_key=str(row.pk),
        asked=treasury.InvoiceIn(
            lines=(line,), with_vat=True, barter=True, barter_amount=row.value - money,
            note=f"Échange {here.exchange.slug}",
        ),
    )  # fmt: skip
    row.invoice = invoice
    row.save(update_fields=["invoice"])
    audit(by, "exchange.leg.invoiced", here.exchange, leg=row.name, number=invoice.number)
    return invoice
