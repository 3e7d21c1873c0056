"""Obligations brought in: from a table, from an electronic invoice, from the treasury's open invoices."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError, Invalid
from chambre.ledger.models import Book
from chambre.lib.clearing import CsvError, read_csv
from chambre.lib.invoicing import InvoiceRefusal, read_invoice
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Obligation
from chambre.rooms.clearing.queries.errors import TableUnreadable
from chambre.rooms.clearing.queries.people import others
from chambre.rooms.clearing.services.common import wrong
from chambre.rooms.clearing.services.obligations import ALIVE, propose
from chambre.treasury.queries.invoices import due_of
from chambre.treasury.queries.purchases import purchases_of

MOST_ROWS = 2_000


@dataclass(slots=True)
class Brought:
    """What was brought in, and what was not, with the reason."""

    made: list[Obligation] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def bring_table(*, agent: Agent, text: str, by: Actor) -> list[Obligation]:
    """Bring in a table ``id,debtor,creditor,amount``: ends by their short names, amounts in cents.

    Wholly or not at all; the ``id`` is the reference and the key, so the same table again changes nothing.

    Args:
        agent: Whose table: one of the two ends of each row.
        text: The table.
        by: Who brings it in; speaks for ``agent``.

    Raises:
        Forbidden: ``by`` does not speak for ``agent``.
        TableUnreadable: With every mistake by line and column.
    """
    authorize(by, "clearing.speak", agent)
    try:
        rows = read_csv(text)
    except CsvError as error:
        raise TableUnreadable(lines=error.messages(get_language() or "fr")) from error
    if len(rows) > MOST_ROWS:
        raise wrong("file", _("At most %(most)d rows at once.") % {"most": MOST_ROWS})
    known = {each.slug: each for each in [*others(by), agent]}
    problems = []
    for row in rows:
        problems += [
            _("“%(id)s”: nobody here has the short name “%(slug)s”") % {"id": row.id, "slug": slug}
            for slug in (row.debtor, row.creditor)
            if slug not in known
        ]
        if agent.slug not in (row.debtor, row.creditor):
            problems.append(
                _("“%(id)s” does not concern %(agent)s") % {"id": row.id, "agent": agent}
            )
        if len(row.id) > 60:
            problems.append(_("“%(id)s” is longer than 60 characters") % {"id": row.id[:60]})
    if problems:
        raise TableUnreadable(lines=problems[:50])
    return [
        propose(
            debtor=known[row.debtor], creditor=known[row.creditor], amount=row.amount,
            reference=row.id, key=f"table:{row.id}", source=Obligation.Source.TABLE, by=by,
        )
        for row in sorted(rows, key=lambda each: each.id)
    ]  # fmt: skip


def bring_invoice_file(*, agent: Agent, content: bytes, by: Actor) -> Obligation:
    """Bring in an electronic invoice (Factur-X, CII, UBL) as an obligation.

    Seller and buyer are found in the register by their SIREN; one of them is ``agent``. What the file says is
    to be paid is owed. An invoice that the treasury has too is the same debt.

    Raises:
        Forbidden: ``by`` does not speak for ``agent``.
        Invalid: It cannot be read, is a credit note, or its ends are not in the register.
    """
    authorize(by, "clearing.speak", agent)
    try:
        received = read_invoice(content)
    except InvoiceRefusal as refusal:
        raise wrong("file", refusal.message(get_language() or "fr")) from refusal
    made = received.invoice
    if made.kind.credit:
        raise wrong("file", _("A credit note is no debt: bring in the invoice less the credit."))
    ends = []
    for party in (made.buyer, made.seller):
        found = Agent.objects.filter(siren=party.siren[:9]).first() if party.siren else None
        if found is None:
            text = _("“%(name)s” is not in the register with the SIREN of this invoice.")
            raise wrong("file", text % {"name": party.name[:80]})
        ends.append(found)
    if agent.pk not in {each.pk for each in ends}:
        raise wrong("file", _("This invoice is between two others."))
    debtor, creditor = ends
    return propose(
        debtor=debtor, creditor=creditor, amount=received.sums().payable,
        reference=made.number[:60], key=f"file:{made.number[:60]}", day=made.issued, due=made.due,
        source=Obligation.Source.INVOICE, by=by,
    )  # fmt: skip


def bring_from_treasury(*, agent: Agent, by: Actor) -> Brought:
    """Bring in what is open in the treasury between a structure and others of the register.

    Its own open invoices wait for their debtors; the invoices that it received and accepted count at once.
    Third parties that are nobody in the register are left out.

    Raises:
        Forbidden: ``by`` does not speak for ``agent``.
        Invalid: It keeps no book here.
    """
    authorize(by, "clearing.speak", agent)
    book = Book.objects.filter(structure=agent).first()
    if book is None:
        raise Invalid(_("%(agent)s keeps no book here.") % {"agent": agent})
    taken = Obligation.objects.filter(state__in=ALIVE)
    brought = Brought()
    sold = due_of(book).filter(party__agent__isnull=False).select_related("party__agent")
    for row in sold.exclude(pk__in=taken.filter(invoice__isnull=False).values("invoice")):
        _one(
            brought, debtor=row.party.agent, creditor=agent, amount=row.open, reference=row.number,
            key=f"invoice:{row.pk}", day=row.issued, due=row.due, invoice=row, by=by,
        )  # fmt: skip
    bought = purchases_of(book).filter(
        state="accepted", credit=False, open__gt=0, party__agent__isnull=False
    )
    bought = bought.select_related("party__agent")
    for row in bought.exclude(pk__in=taken.filter(purchase__isnull=False).values("purchase")):
        _one(
            brought, debtor=agent, creditor=row.party.agent, amount=row.open, reference=row.number,
            key=f"purchase:{row.pk}", day=row.issued, due=row.due, purchase=row, by=by,
        )  # fmt: skip
    return brought


def _one(brought: Brought, *, reference: str, **given: object) -> None:
    """Propose one; what is refused is told, and does not stop the others."""
    try:
        row = propose(reference=reference, source=Obligation.Source.INVOICE, **given)  # type: ignore[arg-type]
    except ChambreError as refusal:
        brought.refused.append((reference, str(refusal.message)))
    else:
        brought.made.append(row)
