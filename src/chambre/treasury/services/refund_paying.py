"""Refunds by transfer: a payout is asked for, and what becomes of it becomes of the refund."""

from __future__ import annotations

import secrets
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict
from chambre.lib.orderstates import State
from chambre.lib.paymentstates import Kind, RefundStage
from chambre.registry import api as registry
from chambre.treasury.models import BankRow, Payment, Payout, Refund, RefundLine
from chambre.treasury.queries.orders import payouts_of
from chambre.treasury.services import paymentbooking as booking
from chambre.treasury.services import paymentfacts as fact
from chambre.treasury.services.parties import note_iban, note_party
from chambre.treasury.services.payout_checks import NoAccount
from chambre.treasury.services.payouts import ask_payout, withdraw_payout
from chambre.treasury.services.seeing import note_refund, refund_failed, refund_moves

ORIGIN = "treasury.refund"
_LEFT = {State.PAID, State.PAID_BESIDE, State.RETURNING}
_ENDED = {State.REJECTED, State.REFUSED, State.WITHDRAWN, State.RETURNED}
_STAGES = {
    **dict.fromkeys(_LEFT, RefundStage.DONE),
    **dict.fromkeys(_ENDED, RefundStage.FAILED),
    State.SENT: RefundStage.SENT,
}
"""What a payout's state says of its refund; in any other one the refund is merely asked for."""


def came_from(payment: Payment) -> tuple[str, str]:
    """The account that the money came from last and its holder, as the bank wrote them; or empty."""
    rows = payment.events.filter(kind=Kind.PAID, row__isnull=False).order_by("-id")
    known = BankRow.objects.in_bulk([row for row in rows.values_list("row", flat=True) if row])
    for number in rows.values_list("row", flat=True):
        if (row := known.get(number)) and row.party_iban:
            return row.party_iban, row.party_name
    return "", ""


def ask_transfer(refund: Refund, iban: str, holder: str, by: Actor) -> Payout:
    """Ask for the payout that makes a refund of a locked payment.

    Its lines are those of the refund, so that the row of the statement books the opposite of what
    came in.

    Raises:
        NoAccount: No account is given, and the money came from none that is known.
        OrderRefused: A bank would send it back.
    """
    payment = refund.payment
    known, name = came_from(payment)
    if not iban:
        iban, holder = known, holder or name
    party = payment.party
    if not iban and party is None:
        message = _("Say to which account the money goes back.")
        raise NoAccount(message, fields={"iban": [message]})
    holder = holder or payment.payer_name or (party.name if party else "") or name
    if party is None:
        party = note_party(book=payment.book, name=holder, by=by)
    if iban:
        note_iban(party=party, iban=iban, by=by, holder=holder, confirmed=True)
    lines = [
        replace(line, account_label="")
        for line in booking.lines_of(booking.shares_of_refund(refund), payment, +1)
    ]
    refund.payout = ask_payout(
        book=payment.book, party=party, amount=refund.amount, iban=iban, by=by, lines=lines,
        reason=(_("Refund: %(reason)s") % {"reason": payment.reason})[:140],
        key=f"refund:{refund.key}", origin=ORIGIN, origin_key=refund.key,
    )  # fmt: skip
    refund.save(update_fields=["payout"])
    return refund.payout


@transaction.atomic
def note_refund_payout(*, code: str, by: Actor) -> None:
    """Bring a refund to where its payout stands; news may come twice and in any order.

    A refund that is done or ended does not begin again: when the row of its payout was matched by
    mistake, or money that had come back was matched by mistake, another refund of the same lines takes its
    place.
    """
    payout = Payout.objects.select_related("book").get(code=code)
    mine = Refund.objects.filter(payout=payout).first()
    if mine is None:
        return  # another payout took its place
    payment = fact.lock(mine.payment_id)
    refund = payment.refunds.filter(payout=payout).first()
    if refund is None:
        return
    refund.payment = payment
    state = State(payouts_of(payout.book).get(pk=payout.pk).state)
    wanted, stage = _STAGES.get(state, RefundStage.ASKED), RefundStage(refund.stage)
    if wanted == stage:
        return
    if stage is RefundStage.FAILED or (stage is RefundStage.DONE and wanted not in _OVER):
        refund = _anew(refund, by)
    _bring(payment, refund, payout, wanted, by)
    fact.settle_state(payment, by)


_OVER = {RefundStage.DONE, RefundStage.FAILED}


def _bring(
    payment: Payment, refund: Refund, payout: Payout, wanted: RefundStage, by: Actor
) -> None:
    day = registry.today()
    if wanted is RefundStage.SENT:
        refund_moves(payment, refund, Kind.REFUND_SENT, RefundStage.SENT, day, by)
    elif wanted is RefundStage.DONE:
        settled = payout.events.filter(kind="settled").latest("number")
        note_refund(
            refund, Kind.REFUNDED, settled.day or day, by, row=settled.row, text=payout.code
        )
        refund.stage = RefundStage.DONE.value
        refund.save(update_fields=["stage"])
        audit(by, "treasury.payment.refunded", payment, amount=refund.amount)
    elif wanted is RefundStage.FAILED:
        last = payout.events.latest("number")
        refund_failed(payment, refund, day, by, f"{payout.code} – {last.reason or last.words}")


def _anew(refund: Refund, by: Actor) -> Refund:
    """The same refund once more, made by the same payout; the one before ended."""
    refund_failed(refund.payment, refund, registry.today(), by, _("Its match was undone"))
    payout, refund.payout = refund.payout, None
    refund.save(update_fields=["payout"])
    again = Refund.objects.create(
        payment=refund.payment, key=secrets.token_hex(16), amount=refund.amount,
        reason=refund.reason, means=refund.means, payout=payout, by=by.label[:254],
    )  # fmt: skip
    for line in refund.lines.all():
        RefundLine.objects.create(refund=again, line=line.line, amount=line.amount, vat=line.vat)
    note_refund(again, Kind.REFUND_ASKED, registry.today(), by)
    return again


@transaction.atomic
def cancel_refund(*, refund: Refund, by: Actor, reason: str = "") -> Refund:
    """Give up a refund by transfer that is not at the bank; its payout is withdrawn.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: It is no transfer.
        OrderNotNow: It is at the bank, or done.
    """
    authorize(by, "treasury.manage", refund.payment.book)
    payment = fact.lock(refund.payment_id)
    row = payment.refunds.select_related("payout").get(pk=refund.pk)
    if row.stage == RefundStage.FAILED:
        return row
    if row.payout is None:
        raise Conflict(_("This refund can no longer be given up."))
    withdraw_payout(
        payout=row.payout, key=f"refund:{row.key}:cancelled", by=by,
        reason=reason or _("The refund was given up"),
    )  # fmt: skip
    refund_failed(payment, row, registry.today(), by, reason or _("Given up"))
    fact.settle_state(payment, by)
    audit(by, "treasury.refund.cancelled", row, reason=reason[:200])
    return row
