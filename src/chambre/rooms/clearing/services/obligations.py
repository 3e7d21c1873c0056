"""Obligations: proposed by one end, accepted by the debtor, taken back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Forbidden, KeyReused
from chambre.registry.api import today
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Obligation
from chambre.rooms.clearing.queries.errors import Decided, InvoiceTwice
from chambre.rooms.clearing.services.common import MOST, kept_key, label_of, words, wrong
from chambre.treasury.models import Invoice, Purchase

State = Obligation.State
ALIVE = (State.PROPOSED, State.ACCEPTED)


def speaks(by: Actor, agent: Agent) -> bool:
    """Whether somebody speaks for an agent."""
    return by.may("clearing.speak", agent)


@transaction.atomic
def propose(
    *, debtor: Agent, creditor: Agent, amount: int, reference: str, key: str, by: Actor,
    day: dt.date | None = None, due: dt.date | None = None,
    source: str = Obligation.Source.PROMISE, invoice: Invoice | None = None,
    purchase: Purchase | None = None,
) -> Obligation:  # fmt: skip
    """Write down what one owes another, once per key of the end that says so.

    Said by the debtor it is accepted by that; said by the creditor it waits for the debtor.

    Args:
        debtor: Who owes.
        creditor: Whom they owe.
        amount: Cents, more than zero.
        reference: What both know it by, 1 to 60 characters.
        key: Idempotency key, 1 to 80 characters.
        by: Who says so: speaks for one of the two.
        day: Day of the debt; today, if not given.
        due: Day to pay by.
        source: Where it comes from.
        invoice: The creditor's invoice in the treasury, if there is one.
        purchase: The debtor's invoice received, if there is one.

    Raises:
        Forbidden: ``by`` speaks for neither.
        Invalid: No amount, no reference, or both are the same.
        KeyReused: The key was used for another obligation.
        InvoiceTwice: The invoice is among the obligations already.
    """
    owns = speaks(by, debtor)
    if not owns:
        authorize(by, "clearing.speak", creditor)
    if debtor.pk == creditor.pk:
        raise wrong("creditor", _("Nobody owes to themselves."))
    if debtor.chamber_id != creditor.chamber_id:
        raise wrong("creditor", _("Both are of one chamber."))
    if not 0 < amount <= MOST:
        raise wrong("amount", _("This amount cannot be."))
    reference = words(reference, 60, "reference")
    owner = debtor if owns else creditor
    whole = kept_key(key, str(owner.pk))
    # One at a time for each end: its row is the lock of its keys and invoices.
    Agent.objects.select_for_update().get(pk=creditor.pk)
    if known := Obligation.objects.filter(key=whole).first():
        same = (known.debtor_id, known.creditor_id, known.amount, known.reference)
        if same != (debtor.pk, creditor.pk, amount, reference):
            raise KeyReused
        return known
    if source == Obligation.Source.INVOICE:
        invoice = invoice or _issued(debtor, creditor, reference)
        purchase = purchase or _received(debtor, creditor, reference)
        _refuse_twice(debtor, creditor, reference, invoice, purchase)
    row = Obligation.objects.create(
        chamber_id=creditor.chamber_id or creditor.pk, debtor=debtor, creditor=creditor,
        amount=amount, reference=reference, day=day or today(), due=due, source=source,
        state=State.ACCEPTED if owns else State.PROPOSED, invoice=invoice, purchase=purchase,
        key=whole, by=label_of(by), decided_by=label_of(by) if owns else "",
        decided_at=timezone.now() if owns else None,
    )  # fmt: skip
    audit(by, "clearing.obligation.proposed", row, amount=amount)
    return row


def _refuse_twice(
    debtor: Agent, creditor: Agent, reference: str, invoice: Invoice | None,
    purchase: Purchase | None,
) -> None:  # fmt: skip
    """One invoice is one debt, whoever brings it in and from where."""
    same = Q(
        source=Obligation.Source.INVOICE, debtor=debtor, creditor=creditor, reference=reference
    )
    if invoice is not None:
        same |= Q(invoice=invoice)
    if purchase is not None:
        same |= Q(purchase=purchase)
    if Obligation.objects.filter(same, state__in=ALIVE).exists():
        raise InvoiceTwice


def _issued(debtor: Agent, creditor: Agent, number: str) -> Invoice | None:
    """The creditor's invoice of that number in the treasury, so that its book is settled too."""
    found = Invoice.objects.filter(
        book__structure=creditor, party__agent=debtor, number=number, kind=Invoice.Kind.INVOICE
    )
    return found.first()


def _received(debtor: Agent, creditor: Agent, number: str) -> Purchase | None:
    """The debtor's accepted invoice of that number from the creditor, for the same reason."""
    found = Purchase.objects.filter(
        book__structure=debtor, party__agent=creditor, number=number, credit=False,
        state=Purchase.State.ACCEPTED,
    )  # fmt: skip
    return found.first()


def _locked(obligation: Obligation) -> Obligation:
    rows = Obligation.objects.select_for_update(of=("self",))
    return rows.select_related("debtor", "creditor").get(pk=obligation.pk)


@transaction.atomic
def accept(*, obligation: Obligation, by: Actor) -> Obligation:
    """Say that one owes it; a second time changes nothing.

    Raises:
        Forbidden: ``by`` does not speak for the debtor.
        Decided: It was declined or taken back.
    """
    authorize(by, "clearing.speak", obligation.debtor)
    row = _locked(obligation)
    if row.state == State.ACCEPTED:
        return row
    if row.state != State.PROPOSED:
        raise Decided
    if row.purchase_id is None and row.source == Obligation.Source.INVOICE:
        row.purchase = _received(row.debtor, row.creditor, row.reference)
    return _decide(row, State.ACCEPTED, by)


@transaction.atomic
def decline(*, obligation: Obligation, by: Actor) -> Obligation:
    """Say that one does not owe it.

    Raises:
        Forbidden: ``by`` does not speak for the debtor.
        Decided: It was accepted or taken back.
    """
    authorize(by, "clearing.speak", obligation.debtor)
    row = _locked(obligation)
    if row.state == State.DECLINED:
        return row
    if row.state != State.PROPOSED:
        raise Decided
    return _decide(row, State.DECLINED, by)


@transaction.atomic
def withdraw(*, obligation: Obligation, by: Actor) -> Obligation:
    """Take back what one said, as long as nothing of it was set off: it counts in no round any more.

    Raises:
        Forbidden: ``by`` speaks for neither end; a debtor takes back what they said themselves only.
        Decided: Some of it was set off, or it was declined.
    """
    if not (speaks(by, obligation.creditor) or speaks(by, obligation.debtor)):
        raise Forbidden(permission="clearing.speak")
    row = _locked(obligation)
    if row.state == State.WITHDRAWN:
        return row
    if row.state == State.DECLINED or row.cleared:
        raise Decided
    return _decide(row, State.WITHDRAWN, by)


def _decide(row: Obligation, state: str, by: Actor) -> Obligation:
    row.state = state
    row.decided_by = label_of(by)
    row.decided_at = timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at", "purchase"])
    audit(by, f"clearing.obligation.{state}", row)
    return row
