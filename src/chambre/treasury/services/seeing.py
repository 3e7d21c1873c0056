"""What a provider was seen to say, written down: facts, each once, with their entries."""

from __future__ import annotations

import datetime as dt
import secrets

import structlog
from django.db import transaction
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.lib.paymentstates import DisputeStage, Kind, RefundStage, Stage
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payment, PaymentAttempt, PaymentEvent, Refund, RefundLine
from chambre.treasury.providers.base import Seen, SeenDispute, SeenRefund
from chambre.treasury.services import paymentbooking as booking
from chambre.treasury.services import paymentfacts as fact
from chambre.treasury.services.booking import unbook
from chambre.treasury.services.following import next_look

log = structlog.get_logger("chambre.treasury")
_ENDINGS = {"failed": Kind.FAILED, "lapsed": Kind.LAPSED, "abandoned": Kind.ABANDONED}
_DISPUTES = {
    DisputeStage.OPEN: Kind.DISPUTE_OPENED,
    DisputeStage.LOST: Kind.DISPUTE_LOST,
    DisputeStage.WON: Kind.DISPUTE_WON,
}


@transaction.atomic
def write_seen(attempt: PaymentAttempt, seen: Seen, by: Actor) -> PaymentAttempt:
    """Write down what is new in what the provider says. Anybody else's writing waits."""
    payment = fact.lock(attempt.payment_id)
    attempt = payment.attempts.select_related("account").get(pk=attempt.pk)
    _stage(payment, attempt, seen, by)
    if seen.stage is Stage.PAID:
        day = seen.day or registry.today()
        _fee(payment, attempt, attempt.key, seen.fee or 0, day, by)
        for refund in seen.refunds:
            write_refund(payment, attempt, refund, by)
        for dispute in seen.disputes:
            _dispute(payment, attempt, dispute, by)
        _withdrawn_disputes(payment, attempt, seen, by)
    fact.settle_state(payment, by)
    _keep(attempt, seen)
    return attempt


def _keep(attempt: PaymentAttempt, seen: Seen) -> None:
    now = timezone.now()
    if attempt.stage != Stage.PAID:  # what came is there, whatever a late answer says
        attempt.stage = seen.stage.value
    attempt.remote_payment = seen.remote_payment or attempt.remote_payment
    attempt.looked_at = now
    attempt.problem = seen.reason[:300]
    attempt.look_next = next_look(attempt, now)
    attempt.save(update_fields=["stage", "remote_payment", "looked_at", "problem", "look_next"])


def _stage(payment: Payment, attempt: PaymentAttempt, seen: Seen, by: Actor) -> None:
    """The attempt's own fact; when it is paid, the money is booked."""
    if seen.stage is Stage.PAID:
        _paid(payment, attempt, seen, by)
        return
    kind = {Stage.PENDING: Kind.PENDING, Stage.AUTHORISED: Kind.AUTHORISED}.get(seen.stage)
    if seen.stage is Stage.ENDED:
        kind = _ENDINGS.get(seen.ending, Kind.FAILED)
    if kind is not None and not fact.known(payment, kind, attempt.key):
        fact.note(
            payment,
            kind,
            attempt.key,
            day=registry.today(),
            by=by,
            means=attempt.account.provider,
            attempt=attempt,
            text=seen.reason,
        )


def _paid(payment: Payment, attempt: PaymentAttempt, seen: Seen, by: Actor) -> None:
    if known := fact.known(payment, Kind.PAID, attempt.key):
        if known.amount != seen.amount:
            log.error("provider.amount", attempt=attempt.pk, was=known.amount, now=seen.amount)
        return
    day = seen.day or registry.today()
    shares = booking.spread_receipt(payment, seen.amount)
    entry = booking.book(
        payment,
        what=f"paid:{attempt.key}",
        day=day,
        lines=[
            BookLine(seen.amount, account=attempt.account.account),
            *booking.lines_of(shares, payment, -1),
        ],
        late=True,
    )
    event = fact.note(
        payment,
        Kind.PAID,
        attempt.key,
        day=day,
        by=by,
        amount=seen.amount,
        means=attempt.account.provider,
        attempt=attempt,
        entry=entry,
    )
    booking.keep_shares(event, shares)
    audit(by, "treasury.payment.received", payment, amount=seen.amount)


def _fee(
    payment: Payment, attempt: PaymentAttempt, subject: str, fee: int, day: dt.date, by: Actor
) -> None:
    """A fee is an entry of its own, borne by whom was decided at the beginning."""
    if fee <= 0 or fact.known(payment, Kind.FEE, subject):
        return
    account = attempt.account
    entry = booking.book(
        payment,
        what=f"fee:{subject}",
        day=day,
        lines=[
            *booking.fee_lines(payment, fee, account.fee_account),
            BookLine(-fee, account=account.account),
        ],
        label=f"Frais {account.label} – {payment.reference}",
        late=True,
    )
    fact.note(
        payment,
        Kind.FEE,
        subject,
        day=day,
        by=by,
        amount=fee,
        means=account.provider,
        attempt=attempt,
        entry=entry,
    )


def write_refund(payment: Payment, attempt: PaymentAttempt, seen: SeenRefund, by: Actor) -> Refund:
    """Write down a refund that the provider has, of a locked payment; one made elsewhere is noted."""
    refund = _refund_of(payment, attempt, seen)
    if refund is None:
        refund = _noted(payment, attempt, seen)
    if not refund.remote:
        refund.remote, refund.problem = seen.remote, ""
        refund.save(update_fields=["remote", "problem"])
    if not fact.known(payment, Kind.REFUND_ASKED, refund.key):
        note_refund(refund, Kind.REFUND_ASKED, seen.day, by)
    if seen.stage is RefundStage.SENT:
        refund_moves(payment, refund, Kind.REFUND_SENT, RefundStage.SENT, seen.day, by)
    elif seen.stage is RefundStage.DONE:
        _given_back(payment, refund, seen.day, by)
    elif seen.stage is RefundStage.FAILED:
        refund_failed(payment, refund, seen.day, by)
    return refund


def _refund_of(payment: Payment, attempt: PaymentAttempt, seen: SeenRefund) -> Refund | None:
    """Which of our refunds it is: by the provider's number, by our key, else by its amount.

    By its amount only where the provider carries no key, and only one that was sent and whose number
    nobody heard (a process died while asking).
    """
    rows = Refund.objects.select_for_update(of=("self",)).filter(payment=payment, attempt=attempt)
    if known := rows.filter(remote=seen.remote).first():
        return known
    if seen.key:
        return rows.filter(key=seen.key).first()
    waiting = rows.filter(
        remote="", tried_at__isnull=False, amount=seen.amount, stage=RefundStage.ASKED
    )
    return waiting.order_by("id").first()


def _noted(payment: Payment, attempt: PaymentAttempt, seen: SeenRefund) -> Refund:
    """A refund that somebody made at the provider: which lines it takes is decided here."""
    refund = Refund.objects.create(
        payment=payment,
        key=secrets.token_hex(16),
        amount=seen.amount,
        reason="",
        means=Refund.Means.PROVIDER,
        attempt=attempt,
        remote=seen.remote,
        ours=False,
        by=attempt.account.label,
    )
    asked = booking.spread_back(payment, seen.amount)
    for share in booking.spread_refund(payment, asked):
        RefundLine.objects.create(
            refund=refund, line=share.line, amount=share.amount, vat=share.vat
        )
    return refund


def note_refund(
    refund: Refund, kind: Kind, day: dt.date, by: Actor, **more: object
) -> PaymentEvent:
    """Write a fact about a refund of a locked payment."""
    return fact.note(
        refund.payment,
        kind,
        refund.key,
        day=day,
        by=by,
        amount=refund.amount,
        means=refund.means,
        attempt=refund.attempt,
        refund=refund,
        **more,  # type: ignore[arg-type]
    )


def refund_moves(
    payment: Payment, refund: Refund, kind: Kind, stage: RefundStage, day: dt.date, by: Actor
) -> None:
    """A step of a refund that moves no money in the books."""
    if fact.known(payment, kind, refund.key):
        return
    note_refund(refund, kind, day, by)
    _refund_stage(refund, stage)


_RANK = {stage: rank for rank, stage in enumerate(RefundStage)}


def _refund_stage(refund: Refund, stage: RefundStage) -> None:
    if _RANK[stage] > _RANK[RefundStage(refund.stage)]:
        refund.stage = stage.value
        refund.save(update_fields=["stage"])


def _given_back(payment: Payment, refund: Refund, day: dt.date, by: Actor) -> None:
    """The money went back: the opposite of its lines, once."""
    if fact.known(payment, Kind.REFUNDED, refund.key) or refund.attempt is None:
        return
    account = refund.attempt.account
    entry = booking.book(
        payment,
        what=f"refund:{refund.key}",
        day=day,
        lines=[
            *booking.lines_of(booking.shares_of_refund(refund), payment, +1),
            BookLine(-refund.amount, account=account.account),
        ],
        label=f"Remboursement – {payment.reference}",
        late=True,
    )
    note_refund(refund, Kind.REFUNDED, day, by, entry=entry)
    _refund_stage(refund, RefundStage.DONE)
    audit(by, "treasury.payment.refunded", payment, amount=refund.amount)


def refund_failed(
    payment: Payment, refund: Refund, day: dt.date, by: Actor, problem: str = ""
) -> None:
    """The money did not go back, or came back: what was booked for it is taken back."""
    if fact.known(payment, Kind.REFUND_FAILED, refund.key):
        return
    done = fact.known(payment, Kind.REFUNDED, refund.key)
    if done is not None and done.entry is not None:
        unbook(entry=done.entry, key=booking.entry_key(payment, f"unrefund:{refund.key}"), day=day)
    note_refund(refund, Kind.REFUND_FAILED, day, by, text=problem)
    refund.stage = RefundStage.FAILED.value
    refund.problem = (problem or refund.problem)[:300]
    refund.save(update_fields=["stage", "problem"])


def _dispute(payment: Payment, attempt: PaymentAttempt, seen: SeenDispute, by: Actor) -> None:
    """A dispute: the provider takes the money away, and gives it back when it is won."""
    subject = f"{attempt.account.public_id}:{seen.remote}"[:120]
    _dispute_moves(payment, attempt, subject, DisputeStage.OPEN, seen.amount, seen.day, by)
    if seen.stage is not DisputeStage.OPEN:
        _dispute_moves(payment, attempt, subject, seen.stage, seen.amount, registry.today(), by)
    _fee(payment, attempt, f"dispute:{subject}"[:120], seen.fee, seen.day, by)


def _dispute_moves(
    payment: Payment,
    attempt: PaymentAttempt,
    subject: str,
    stage: DisputeStage,
    amount: int,
    day: dt.date,
    by: Actor,
) -> None:
    """Book a step of a dispute once: opened ``467 / 517``, won the opposite, lost ``654 / 467``."""
    kind = _DISPUTES[stage]
    if fact.known(payment, kind, subject):
        return
    account = attempt.account.account
    lost = bool(fact.known(payment, Kind.DISPUTE_LOST, subject))
    moved = {
        DisputeStage.OPEN: [BookLine(amount, use="dispute"), BookLine(-amount, account=account)],
        DisputeStage.LOST: [BookLine(amount, use="dispute.lost"), BookLine(-amount, use="dispute")],
        DisputeStage.WON: [
            BookLine(amount, account=account),
            BookLine(-amount, use="dispute.lost" if lost else "dispute"),
        ],
    }[stage]
    label = f"Litige – {payment.reference}"
    entry = booking.book(
        payment, what=f"{kind}:{subject}", day=day, lines=moved, label=label, late=True
    )
    fact.note(
        payment,
        kind,
        subject,
        day=day,
        by=by,
        amount=amount,
        means=attempt.account.provider,
        attempt=attempt,
        entry=entry,
    )
    audit(by, f"treasury.payment.{kind}", payment, amount=amount)


def _withdrawn_disputes(payment: Payment, attempt: PaymentAttempt, seen: Seen, by: Actor) -> None:
    """A dispute that the provider has no longer was withdrawn: the money is back."""
    still = {f"{attempt.account.public_id}:{each.remote}"[:120] for each in seen.disputes}
    ended = {Kind.DISPUTE_WON.value, Kind.DISPUTE_LOST.value}
    closed = set(
        payment.events.filter(attempt=attempt, kind__in=ended).values_list("subject", flat=True)
    )
    for event in payment.events.filter(attempt=attempt, kind=Kind.DISPUTE_OPENED):
        if event.subject not in still | closed:
            _dispute_moves(
                payment,
                attempt,
                event.subject,
                DisputeStage.WON,
                event.amount,
                registry.today(),
                by,
            )
