"""Giving money back: asked for line by line, once per key, never more than came in."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused, NotFound
from chambre.core.jobs import start_job
from chambre.ledger.models import Book
from chambre.lib.paymentstates import Kind, PaymentRefusal, RefundStage, Standing, give_back
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payment, PaymentAttempt, Refund, RefundLine
from chambre.treasury.openitems import OpenItem
from chambre.treasury.providers.base import ProviderFault, ProviderRefusal
from chambre.treasury.services import paymentbooking as booking
from chambre.treasury.services import paymentfacts as fact
from chambre.treasury.services.attempts import NoAnswer, look
from chambre.treasury.services.payments import Refused
from chambre.treasury.services.provideraccounts import access_of, provider_of
from chambre.treasury.services.seeing import refund_failed, write_refund

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
    reason: str = "",
) -> Refund:
    """Give money back for a payment, by the way on which it came unless another one is given.

    By a provider it is sent in the background; by transfer it is expected on the bank account until its
    row is matched; in cash it is done now.

    Args:
        payment: What was paid.
        by: Who gives back.
        key: Idempotency key of this refund, 1 to 120 characters.
        amount: Cents; without lines, what was paid too much goes first, then the last lines.
        lines: Cents of each line by its id (None: of what was paid too much), instead of an amount.
        means: ``provider``, ``transfer`` or ``cash``; empty: as it came.
        iban: Where a transfer goes, if it is known.
        reason: Why, at most 200 characters.

    Returns:
        The refund; the one that is there when the key was used for the same amount.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Refused: More than came in, or more than a line received.
        Conflict: It did not come by the means given, or not so much of it.
        Invalid: Neither an amount nor lines.
        KeyReused: The key was used for another amount.
    """
    authorize(by, "treasury.manage", payment.book)
    if not key or (amount is None and not lines):
        raise Invalid(_("Say how much goes back."), fields={"amount": [_("Give an amount.")]})
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
        means=means or (Refund.Means.PROVIDER if attempt else Refund.Means.TRANSFER),
        attempt=attempt,
        iban=iban,
        by=by.label[:254],
    )
    _keep_lines(row, asked)
    _note(payment, row, Kind.REFUND_ASKED, registry.today(), by)
    if row.means == Refund.Means.CASH:
        _in_cash(payment, row, by)
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
        return None
    for attempt in payment.attempts.filter(stage="paid").order_by("-id"):
        if _left_of(payment, attempt) >= amount:
            return attempt
    if means:
        raise Conflict(_("So much did not come through the payment service."))
    return None


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


def _note(
    payment: Payment, refund: Refund, kind: Kind, day: dt.date, by: Actor, **more: object
) -> None:
    fact.note(
        payment, kind, refund.key, day=day, by=by, amount=refund.amount, means=refund.means,
        attempt=refund.attempt, refund=refund, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _in_cash(payment: Payment, row: Refund, by: Actor) -> None:
    """Booked at once: the drawer has less."""
    day = registry.today()
    entry = booking.book(
        payment,
        what=f"refund:{row.key}",
        day=day,
        lines=[
            *booking.lines_of(booking.shares_of_refund(row), payment, +1),
            BookLine(-row.amount, use="means.cash"),
        ],
        label=f"Remboursement – {payment.reference}",
    )
    _note(payment, row, Kind.REFUNDED, day, by, entry=entry)
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


@transaction.atomic
def cancel_refund(*, refund: Refund, by: Actor, reason: str = "") -> Refund:
    """Give up a refund by transfer that has not been made.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: It is done, or at the provider.
    """
    authorize(by, "treasury.manage", refund.payment.book)
    payment = fact.lock(refund.payment_id)
    row = payment.refunds.get(pk=refund.pk)
    if row.stage == RefundStage.FAILED:
        return row
    if row.means != Refund.Means.TRANSFER or row.stage != RefundStage.ASKED:
        raise Conflict(_("This refund can no longer be given up."))
    refund_failed(payment, row, registry.today(), by, reason or _("Given up"))
    fact.settle_state(payment, by)
    audit(by, "treasury.refund.cancelled", row, reason=reason[:200])
    return row


class RefundSource:
    """Refunds that leave by bank transfer (:class:`chambre.treasury.openitems.Source`)."""

    kind = "refund"

    def items(self, book: Book) -> Iterable[OpenItem]:
        """Refunds by transfer whose bank row has not come."""
        rows = Refund.objects.filter(
            payment__book=book, means=Refund.Means.TRANSFER, stage=RefundStage.ASKED
        ).select_related("payment__book__structure")
        for row in rows.order_by("id"):
            yield OpenItem(
                kind="refund",
                key=row.key,
                direction="out",
                amount=row.amount,
                label=_("Refund: %(reason)s") % {"reason": row.payment.reason},
                day=timezone.localdate(row.created_at),
                reference=row.payment.reference,
                texts=(row.payment.reason,),
                party_name=row.payment.payer_name,
                iban=row.iban,
                url=reverse(
                    "treasury:payment",
                    args=[row.payment.book.structure.slug, row.payment.public_id],
                ),
            )

    def settle(
        self,
        *,
        book: Book,
        key: str,
        amount: int,
        day: dt.date,
        row: int,
        idempotency: str,
        by: Actor,
    ) -> Sequence[BookLine]:
        """The bank row that gave the money back."""
        payment, refund = _locked(book, key)
        done = fact.known(payment, Kind.REFUNDED, refund.key)
        if done is None:
            if amount != refund.amount or refund.stage != RefundStage.ASKED:
                raise Conflict(_("This refund is of another amount, or no longer waits."))
            _note(payment, refund, Kind.REFUNDED, day, by, row=row, text=idempotency)
            refund.stage = RefundStage.DONE.value
            refund.save(update_fields=["stage"])
            fact.settle_state(payment, by)
        elif done.note != idempotency[:300]:
            raise Conflict(_("This refund was matched with another bank row."))
        return booking.lines_of(booking.shares_of_refund(refund), payment, +1)

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """Undo a wrong match: the refund is to be made anew."""
        payment, refund = _locked(book, key)
        if fact.known(payment, Kind.REFUND_FAILED, refund.key):
            return
        refund_failed(payment, refund, registry.today(), by, _("Its match was undone"))
        again = Refund.objects.create(
            payment=payment,
            key=secrets.token_hex(16),
            amount=refund.amount,
            reason=refund.reason,
            means=refund.means,
            iban=refund.iban,
            by=by.label[:254],
        )
        for line in refund.lines.all():
            RefundLine.objects.create(
                refund=again, line=line.line, amount=line.amount, vat=line.vat
            )
        _note(payment, again, Kind.REFUND_ASKED, registry.today(), by)
        fact.settle_state(payment, by)


def _locked(book: Book, key: str) -> tuple[Payment, Refund]:
    refund = Refund.objects.filter(payment__book=book, key=key).first()
    if refund is None:
        raise NotFound()
    payment = fact.lock(refund.payment_id)
    return payment, payment.refunds.get(pk=refund.pk)
