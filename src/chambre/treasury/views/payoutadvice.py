"""What to do about a payout that the bank did not do, or sent back."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.lib.orderstates import State
from chambre.treasury.queries.purchases import ORIGIN as PURCHASE

ACCOUNT = frozenset({"AC01", "AC04", "AC06", "AC13", "AG01", "BE04", "CNOR", "RC01"})
"""Reasons that are about the account of the payee."""
BACK = frozenset({State.RETURNED, State.REJECTED})
"""States in which its money is here and it is over."""
TWICE, RECALLED = "AM05", "FOCR"


def advice(payout: Any, events: list[Any], refunded: Any) -> dict[str, Any] | None:
    """What to do now, in words and as one way on; None while there is nothing to do.

    Args:
        payout: Of :func:`chambre.treasury.queries.orders.payouts_of`.
        events: What happened to it, in order.
        refunded: The payment of which it was a refund, if it was.
    """
    if payout.state not in BACK:
        return None
    if getattr(payout, "replaced_by", None) is not None:
        return None
    codes = [event.code for event in events if event.code]
    words = [_("The money is here again: what it paid is unpaid.")]
    if payout.state == State.REJECTED:
        words = [_("No money has left: what it was to pay is unpaid.")]
    words.append(_why(codes[-1] if codes else ""))
    return {"words": words, **_way_on(payout, refunded)}


def _why(code: str) -> str:
    if code in ACCOUNT:
        return _(
            "The account is wrong, closed or blocked: ask the payee, by voice, where the money is to "
            "go, then ask for another payout to that account."
        )
    if code == TWICE:
        return _("It was paid twice, says the bank: look whether the other one arrived.")
    if code == RECALLED:
        return _("It came back because it was recalled: pay again only if it is still owed.")
    return _("Ask the payee, or the bank, what was in the way before you pay again.")


def _way_on(payout: Any, refunded: Any) -> dict[str, Any]:
    """Where another payout is asked for: from what it paid, or in its place."""
    slug = payout.book.structure.slug
    if refunded is not None:
        url = reverse("treasury:payment", args=[slug, refunded.public_id])
        return {"url": url, "label": _("Give it back from the page of the payment")}
    if payout.origin == PURCHASE and payout.origin_key.isdecimal():
        url = reverse("treasury:purchase", args=[slug, int(payout.origin_key)])
        return {"url": url, "label": _("Pay the invoice again from its page")}
    url = f"{reverse('treasury:payout_new', args=[slug])}?replaces={payout.code}"
    return {"url": url, "label": _("Another one instead")}
