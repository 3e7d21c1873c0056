"""Giving money back: asked for line by line, once per key, never more than came in."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.core.jobs import start_job
from chambre.ledger.models import Book
from chambre.lib.paymentstates import Kind, PaymentRefusal, RefundStage, Standing, give_back
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import CashDrawer, Payment, PaymentAttempt, Refund, RefundLine
from chambre.treasury.providers.base import ProviderFault, ProviderRefusal
from chambre.treasury.reserved import refuse_held
from chambre.treasury.services import paymentbooking as booking
from chambre.treasury.services import paymentfacts as fact
from chambre.treasury.services.attempts import NoAnswer, look
from chambre.treasury.services.booking import account_of
from chambre.treasury.services.cashguard import lock_drawers
from chambre.treasury.services.credit_paying import (
    give_units_back,
    left_in_units,
    lock_for_return,
)
from chambre.treasury.services.payments import Refused
from chambre.treasury.services.provideraccounts import access_of, provider_of
from chambre.treasury.services.refund_paying import ask_transfer
from chambre.treasury.services.seeing import note_refund, refund_failed, write_refund

LEASE = dt.timedelta(minutes=5)
"""How long one process has a refund for itself while it asks the provider."""


def refundable_lines(payment: Payment) -> dict[int | None, int]:
    """What can still go back of each line (by its id; None: of what was paid too much), in cents."""
    paid, back = booking.paid_by_line(payment), booking.back_by_line(payment)
    return {key: done - back.get(key, (0, 0))[0] for key, (done, _vat) in paid.items()}


@transaction.atomic
def refund(
    *,
    payment: Payment,
    by: Actor,
    key: str,
    amount: int | None = None,
    lines: Mapping[int | None, int] | None = None,
    means: str = "",
    iban: str = "",
    holder: str = "",
    drawer: CashDrawer | None = None,
    reason: str = "",
) -> Refund:
    """Give money back for a payment, by the way on which it came unless another one is given.

    By a provider it is sent in the background; by transfer a payout is asked for, to which two people
    agree, and it is done when the money has left; in cash it is done now.

    Args:
        payment: What was paid.
        by: Who gives back.
        key: Idempotency key of this refund, 1 to 120 characters.
        amount: Cents; without lines, what was paid too much goes first, then the last lines.
        lines: Cents of each line by its id (None: of what was paid too much), instead of an amount.
        means: ``provider``, ``transfer``, ``cash`` or ``credit`` (units of the chamber, to the accounts
            that they came from); empty: as it came.
        iban: Where a transfer goes, as the payee gave it; empty: the account that the money came from.
        holder: Whose account that is; empty: the payer.
        drawer: Out of which drawer cash goes; absent: the one of the use ``means.cash``.
        reason: Why, at most 200 characters.

    Returns:
        The refund; the one that is there when the key was used for the same amount.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Refused: More than came in, or more than a line received.
        Conflict: It did not come by the means given, or not so much of it.
        Invalid: Neither an amount nor lines.
        KeyReused: The key was used for another amount.
        NoAccount: By transfer, and no account of the payer is known.
        DrawerClosed, NotInDrawer: In cash, and the drawer is closed or holds less.
        NotEnoughUnits: In units, and the structure has not so many any more.
        HeldForOthers: A room holds this money for others.
    """
    authorize(by, "treasury.manage", payment.book)
    refuse_held(payment.origin, by)
    if not key or (amount is None and not lines):
        raise Invalid(_("Say how much goes back."), fields={"amount": [_("Give an amount.")]})
    cash = _cash_account(payment.book, drawer) if means == Refund.Means.CASH else ""
    units = lock_for_return(payment)
    payment = fact.lock(payment)
    asked = {line: cents for line, cents in (lines or {}).items() if cents}
    if known := payment.refunds.filter(asked_key=key).first():
        if known.amount != (amount if amount is not None else sum(asked.values())):
            raise KeyReused()
        return known
    standing = fact.standing(payment)
    asked = asked or _without_lines(payment, standing, amount or 0)
    total = _check(payment, standing, asked)
    attempt = _way_back(payment, total, means)
    row = Refund.objects.create(
        payment=payment,
        key=secrets.token_hex(16),
        asked_key=key[:120],
        amount=total,
        reason=reason[:200],
        means=means or _as_it_came(payment, attempt, total),
        attempt=attempt,
        by=by.label[:254],
    )
    _keep_lines(row, asked)
    note_refund(row, Kind.REFUND_ASKED, registry.today(), by)
    if row.means == Refund.Means.CASH:
        _booked_now(payment, row, BookLine(-row.amount, account=cash), by)
    elif row.means == Refund.Means.CREDIT:
        give_units_back(row, units, registry.today(), by)
        _booked_now(payment, row, BookLine(-row.amount, use="means.credit"), by)
    elif row.means == Refund.Means.TRANSFER:
        ask_transfer(row, iban, holder, by)
    fact.settle_state(payment, by)
    audit(by, "treasury.refund.asked", row, amount=total, reason=row.reason)
    if attempt:
        start_job("treasury.refund", by, refund=row.pk)
    return row


def _without_lines(payment: Payment, standing: Standing, amount: int) -> dict[int | None, int]:
    if not 0 < amount <= standing.refundable:
        code = "refund-over" if amount > 0 else "amount-not-positive"
        raise Refused(PaymentRefusal(code, most=standing.refundable, asked=amount))
    return booking.spread_back(payment, amount)


def _check(payment: Payment, standing: Standing, asked: Mapping[int | None, int]) -> int:
    """The rules of ``lib.paymentstates``, with line numbers that a person reads."""
    names: dict[int | None, str] = {line.pk: str(line.number) for line in payment.lines.all()}
    names[None] = "+"
    paid = {names[key]: done for key, (done, _vat) in booking.paid_by_line(payment).items()}
    back = {names[key]: done for key, (done, _vat) in booking.back_by_line(payment).items()}
    try:
        total = int(
            give_back(
                {names.get(key, str(key)): cents for key, cents in asked.items()},
                paid,
                back,
                standing,
            )
        )
    except PaymentRefusal as refusal:
        raise Refused(refusal) from None
    return total


def _way_back(payment: Payment, amount: int, means: str) -> PaymentAttempt | None:
    """The attempt through which money goes back; None: not by a provider."""
    if means and means != Refund.Means.PROVIDER:
        if means not in Refund.Means.values:
            raise Invalid(_("There is no such means."), fields={"means": [means]})
        if means == Refund.Means.CREDIT and left_in_units(payment) < amount:
            raise Conflict(_("So much was not paid in units."))
        return None
    for attempt in payment.attempts.filter(stage="paid").order_by("-id"):
        if _left_of(payment, attempt) >= amount:
            return attempt
    if means:
        raise Conflict(_("So much did not come through the payment service."))
    return None


def _as_it_came(payment: Payment, attempt: PaymentAttempt | None, amount: int) -> str:
    """How money goes back when nobody says it."""
    if attempt is not None:
        return Refund.Means.PROVIDER
    if left_in_units(payment) >= amount:
        return Refund.Means.CREDIT
    return Refund.Means.TRANSFER


def _left_of(payment: Payment, attempt: PaymentAttempt) -> int:
    """What can still go back through one attempt, in cents."""
    events = list(payment.events.filter(attempt=attempt).values_list("kind", "subject", "amount"))
    came = sum(amount for kind, _subject, amount in events if kind == Kind.PAID)
    won = {subject for kind, subject, _amount in events if kind == Kind.DISPUTE_WON}
    held = sum(
        amount
        for kind, subject, amount in events
        if kind == Kind.DISPUTE_OPENED and subject not in won
    )
    back = sum(each.amount for each in attempt.refunds.exclude(stage=RefundStage.FAILED))
    return int(came - held - back)


def _keep_lines(row: Refund, asked: Mapping[int | None, int]) -> None:
    # What of this refund is written already does not count as gone back while its VAT is worked out.
    for share in booking.spread_refund(row.payment, dict(asked)):
        RefundLine.objects.create(refund=row, line=share.line, amount=share.amount, vat=share.vat)


def _cash_account(book: Book, drawer: CashDrawer | None) -> str:
    """The account that cash leaves; its drawer is locked, before the payment is."""
    if drawer is not None and drawer.book_id != book.pk:
        raise Conflict(_("This is not of this structure."))
    account = drawer.account if drawer else account_of(book, "means.cash")
    lock_drawers(book, [account])
    return account


def _booked_now(payment: Payment, row: Refund, given: BookLine, by: Actor) -> None:
    """Done and booked at once: the drawer has less, or the account in units."""
    day = registry.today()
    entry = booking.book(
        payment,
        what=f"refund:{row.key}",
        day=day,
        lines=[
            *booking.lines_of(booking.shares_of_refund(row), payment, +1),
            given,
        ],
        label=f"Remboursement – {payment.reference}",
    )
    note_refund(row, Kind.REFUNDED, day, by, entry=entry)
    row.stage = RefundStage.DONE.value
    row.save(update_fields=["stage"])


def send_refund(*, refund: Refund, by: Actor) -> Refund:
    """Have the provider give money back, once: at any time, by several at once, after a crash.

    One process has the refund for itself for some minutes. Who comes after a process that died looks at
    the provider first; then asks with the same key.

    Raises:
        NoAnswer: The provider does not answer; it will be tried again.
    """
    row, tried = _lease(refund)
    if row is None:
        refund.refresh_from_db()
        return refund
    attempt = row.attempt
    if attempt is None:
        return row
    if tried:
        look(attempt=attempt, by=by)
        row.refresh_from_db()
        if row.remote or row.stage != RefundStage.ASKED:
            return row
    try:
        seen = provider_of(attempt.account).give_back(
            access_of(attempt.account),
            remote=attempt.remote_payment,
            amount=row.amount,
            key=row.key,
            reason=row.reason or row.payment.reference,
        )
    except ProviderFault as fault:
        Refund.objects.filter(pk=row.pk).update(problem=str(fault)[:300])
        raise NoAnswer() from None
    except ProviderRefusal as refusal:
        return _refused(row, refusal.said or str(refusal.status), by)
    with transaction.atomic():
        payment = fact.lock(row.payment_id)
        done = write_refund(payment, attempt, seen, by)
        fact.settle_state(payment, by)
    return done


@transaction.atomic
def _lease(refund: Refund) -> tuple[Refund | None, bool]:
    """Take a refund that is to be sent, unless it is sent or somebody has it; whether it was tried."""
    fact.lock(refund.payment_id)
    row = Refund.objects.select_related("payment", "attempt__account").get(pk=refund.pk)
    now = timezone.now()
    if row.stage != RefundStage.ASKED or row.remote or row.means != Refund.Means.PROVIDER:
        return None, False
    if row.tried_at is not None and row.tried_at + LEASE > now and not row.problem:
        return None, False
    tried = row.tried_at is not None
    row.tried_at, row.problem = now, ""
    row.save(update_fields=["tried_at", "problem"])
    return row, tried


@transaction.atomic
def _refused(refund: Refund, said: str, by: Actor) -> Refund:
    """The provider said no: nothing went back, and it can be given back another way."""
    payment = fact.lock(refund.payment_id)
    row = payment.refunds.get(pk=refund.pk)
    if row.stage == RefundStage.ASKED and not row.remote:
        refund_failed(payment, row, registry.today(), by, said)
        fact.settle_state(payment, by)
    return row
