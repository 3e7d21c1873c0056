"""From an accepted invoice to the transfer that pays it, and back: what payouts tell is noted."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Conflict
from chambre.ledger.models import Book
from chambre.lib.orderstates import State
from chambre.lib.sepa import rf
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payout, Purchase, PurchaseSettlement
from chambre.treasury.queries.orders import payouts_of
from chambre.treasury.queries.purchases import ORIGIN, on_their_way, open_of
from chambre.treasury.services.parties import clean_iban, note_iban
from chambre.treasury.services.payouts import ask_payout

PAID = (State.PAID.value, State.PAID_BESIDE.value)


@transaction.atomic
def pay_purchase(
    *,
    purchase: Purchase,
    key: str,
    by: Actor,
    iban: str = "",
    checked: bool = False,
    day: dt.date | None = None,
) -> Payout:
    """Ask for the transfer that pays what is open on an accepted invoice; two people agree to it.

    Args:
        purchase: What is paid.
        key: Idempotency key, 1 to 60 characters, unique for the invoice.
        by: Who asks.
        iban: Where it goes; absent: the account on the invoice.
        checked: The supplier was asked whether the account is theirs, by another way than the
            invoice: from then on it counts as given by themselves.
        day: Not before this day.

    Returns:
        The payout; the one that is there when the key was used.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: It is not accepted, or is paid, or a transfer for it is on its way.
        NoAccount: The supplier has not given this account.
    """
    authorize(by, "treasury.manage", purchase)
    rows = Purchase.objects.select_for_update(of=("self",)).select_related("book", "party")
    row = rows.get(pk=purchase.pk)
    whole_key = f"purchase:{row.pk}:{key}"
    known: Payout | None = Payout.objects.filter(key=whole_key).first()
    if known:
        return known
    if row.state != Purchase.State.ACCEPTED or row.party is None or row.credit:
        raise Conflict(_("Only an invoice that was accepted is paid."))
    left = open_of(row) - on_their_way(row.book).get(row.pk, 0)
    if left <= 0:
        raise Conflict(_("This invoice is paid, or a transfer for it is on its way."))
    account = clean_iban(iban or row.iban) if (iban or row.iban) else ""
    if account and checked:
        note_iban(party=row.party, iban=account, by=by, holder=row.supplier, confirmed=True)
    return ask_payout(
        book=row.book, party=row.party, amount=left, reason=row.number, key=whole_key, by=by,
        iban=account, reference=row.reference if rf.check(row.reference) else "", day=day,
        lines=[BookLine(left, use="barter.supplier" if row.barter else "supplier",
                        label=row.number)],
        origin=ORIGIN, origin_key=str(row.pk),
    )  # fmt: skip


@transaction.atomic
def note_payout(*, code: str, by: Actor) -> None:
    """Settle the invoice that a payout is for while it is paid, and open it when it is not.

    Looks at where the payout stands now, so that news may come twice or in any order.
    """
    payout = Payout.objects.select_related("book").get(code=code)
    if payout.origin != ORIGIN or not payout.origin_key.isdecimal():
        return
    row = Purchase.objects.select_for_update().get(pk=int(payout.origin_key))
    state = payouts_of(payout.book).get(pk=payout.pk).state
    mine = PurchaseSettlement.objects.filter(purchase=row, key__startswith=f"payout:{code}:")
    noted = mine.aggregate(n=Sum("amount"))["n"] or 0
    wanted = payout.amount if state in PAID else 0
    if noted == wanted:
        return
    PurchaseSettlement.objects.create(
        purchase=row, amount=wanted - noted, day=registry.today(),
        how=PurchaseSettlement.How.PAYOUT, key=f"payout:{code}:{mine.count()}", by=by.label[:254],
    )  # fmt: skip


def payouts_for(book: Book, purchase: Purchase) -> list[Payout]:
    """The transfers that were asked for an invoice, the first ones first."""
    return list(payouts_of(book).filter(origin=ORIGIN, origin_key=str(purchase.pk)).order_by("id"))
