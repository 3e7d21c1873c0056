"""Paying a supplier's invoice by a payout: two people agree, the bank's file carries it.

The invoice is settled by the payout from the moment it is asked for, so that it is not paid twice;
when the payout comes to nothing, it is open again. What the supplier is owed leaves the books with
the bank row of the payout.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Conflict
from chambre.lib.orderstates import State
from chambre.lib.sepa import rf
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payout, Purchase, PurchaseSettlement
from chambre.treasury.queries.purchases import open_of
from chambre.treasury.services.payouts import ask_payout
from chambre.treasury.services.purchases import release_purchase, settle_purchase

ORIGIN = "purchase"
NOTHING = frozenset({State.REFUSED, State.WITHDRAWN, State.REJECTED, State.RETURNED})
"""States in which no money has gone, or it has come back."""


def _key(payout: Payout) -> str:
    return f"payout:{payout.code}"


@transaction.atomic
def pay_purchase(*, purchase: Purchase, key: str, by: Actor, reason: str = "") -> Payout:
    """Ask for the payout of all that is open on a supplier's invoice.

    Args:
        purchase: An accepted invoice with a third party who gave their account.
        key: Idempotency key, 1 to 120 characters: the same again gives the same payout.
        by: Who asks; two people agree afterwards.
        reason: What the supplier reads; absent: « Facture » and its number.

    Returns:
        The payout.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: It is not accepted, is a credit note, is settled by compensation, or nothing is
            open on it.
        NoAccount: The supplier gave no account.
        OrderRefused: A bank would send it back.
    """
    authorize(by, "treasury.manage", purchase)
    purchase = Purchase.objects.select_for_update(of=("self",)).get(pk=purchase.pk)
    known: Payout | None = Payout.objects.filter(key=key).first()
    if known is not None:
        return known
    left = open_of(purchase)
    payable = purchase.state == Purchase.State.ACCEPTED and not purchase.credit
    if not payable or purchase.barter or purchase.party is None or left <= 0:
        raise Conflict(_("There is nothing to be paid on this invoice."), open=left)
    with translation.override("fr"):  # what the bank carries, whoever asks
        reason = reason or _("Invoice %(number)s") % {"number": purchase.number}
    line = BookLine(left, use="supplier", label=purchase.number, party=purchase.party)
    payout = ask_payout(
        book=purchase.book,
        party=purchase.party,
        amount=left,
        reason=reason,
        reference=purchase.reference if rf.check(purchase.reference) else "",
        iban=purchase.iban,
        key=key,
        by=by,
        lines=[line],
        day=max(purchase.due, registry.today()) if purchase.due else None,
        origin=ORIGIN,
        origin_key=str(purchase.pk),
    )
    settle_purchase(
        book=purchase.book,
        key=str(purchase.pk),
        amount=left,
        day=registry.today(),
        idempotency=_key(payout),
        by=by,
        how=PurchaseSettlement.How.PAYOUT,
    )
    return payout


def payout_changed(payout: Payout, state: State, by: Actor) -> None:
    """A payout came to nothing: the invoice that it was to pay is open again."""
    if payout.origin == ORIGIN and state in NOTHING:
        release_purchase(book=payout.book, key=payout.origin_key, idempotency=_key(payout), by=by)
