"""Doing the acts of a story, each by the service that anybody uses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from chambre.core import clock
from chambre.project.demo.money.acts import Ask, Bill, Buy, Doing, Person, Send
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.invoicedata import InvoiceIn, LineIn
from chambre.treasury.models import Payout
from chambre.treasury.queries.ownaccounts import own_account
from chambre.treasury.services import purchases
from chambre.treasury.services.invoicing import issue_invoice
from chambre.treasury.services.payments import AskedLine, request_payment
from chambre.treasury.services.payoutfiles import export_payouts
from chambre.treasury.services.payouts import approve_payout, ask_payout
from chambre.treasury.services.purchase_paying import pay_purchase

if TYPE_CHECKING:
    from chambre.project.demo.money.load import Teller

Act = Ask | Bill | Buy | Send | Doing


def do(teller: Teller, act: Act) -> None:
    """Do one act on its day."""
    with clock.pretend(act.day):
        if isinstance(act, Ask):
            _ask(teller, act)
        elif isinstance(act, Bill):
            _bill(teller, act)
        elif isinstance(act, Buy):
            _buy(teller, act)
        elif isinstance(act, Doing):
            act.run(teller)
        else:
            lines = [BookLine(act.amount, account=act.account, label=act.reason)]
            _send(teller, act.key, act.who, act.amount, act.reason, lines)


def _resource(slug: str) -> int | None:
    return registry.resource(slug).pk if slug else None


def _key(teller: Teller, key: str) -> str:
    return f"demo:{teller.story.structure}:{key}"


def _ask(teller: Teller, act: Ask) -> None:
    party = teller.party(act.who)
    payment = request_payment(
        book=teller.book, amount=act.amount, reason=act.reason, by=teller.by,
        key=_key(teller, act.key), party=party, asked_on=act.day,
        due=act.day + dt.timedelta(days=20), by_card=False,
        lines=[AskedLine(act.amount, use=act.use, resource=_resource(act.resource), party=party)],
    )  # fmt: skip
    teller.items[act.key] = ("payment", payment.public_id)
    teller.references[act.key] = payment.reference


def _bill(teller: Teller, act: Bill) -> None:
    lines = tuple(
        LineIn(label, Decimal(net) / 100, vat=str(rate), use=act.use,
               resource=_resource(act.resource))
        for label, net, rate in act.lines
    )  # fmt: skip
    invoice = issue_invoice(
        book=teller.book, party=teller.party(act.who), key=_key(teller, act.key), by=teller.by,
        asked=InvoiceIn(lines, issued=act.day, due=act.due),
    )  # fmt: skip
    teller.items[act.key] = ("invoice", str(invoice.pk))
    teller.references[act.key] = invoice.number


def _buy(teller: Teller, act: Buy) -> None:
    """The invoice is entered, accepted, and sent to be paid on its due day."""
    purchase = purchases.enter_purchase(
        book=teller.book, supplier=act.who.name, number=act.number, issued=act.day, due=act.due,
        parts=[purchases.VatPart(act.net, act.total - act.net)], iban=act.who.iban,
        siren=act.who.siren, by=teller.by,
    )  # fmt: skip
    party = teller.party(act.who)
    accepted = purchases.accept_purchase(
        purchase=purchase, by=teller.by, account=act.account, party=party, day=act.day
    )
    payout = pay_purchase(purchase=accepted, key=_key(teller, act.key), by=teller.by)
    agree_and_export(teller, act.key, payout)


def _send(
    teller: Teller, key: str, who: Person, amount: int, reason: str, lines: list[BookLine]
) -> None:
    party = teller.party(who)
    if not who.known:
        teller.learn_account(party, who)
    payout = ask_payout(
        book=teller.book, party=party, amount=amount, reason=reason, by=teller.by,
        key=_key(teller, key), lines=lines,
    )  # fmt: skip
    agree_and_export(teller, key, payout)


def agree_and_export(teller: Teller, key: str, payout: Payout) -> None:
    """Two people agree, and the file for the bank is made."""
    for number, person in enumerate(teller.people):
        approve_payout(payout=payout, key=f"{_key(teller, key)}:{number}", by=person)
    export_payouts(
        book=teller.book, account=own_account(teller.book), key=f"{_key(teller, key)}:file",
        by=teller.by, batch=False,
    )  # fmt: skip
    teller.items[key] = ("payout", payout.code)
    teller.orders[key] = payout.code
