"""Paying at a provider: an attempt is opened, looked at, and what was seen is written down.

The provider is never asked while a row is locked. So each step is two short transactions around a
question; a process that dies in between leaves a row from which the next one goes on, with the same
key.
"""

from __future__ import annotations

import datetime as dt
import secrets

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Conflict
from chambre.lib.paymentstates import Kind, PaymentRefusal, Stage, check_payable
from chambre.registry import api as registry
from chambre.treasury.models import Payment, PaymentAttempt, ProviderAccount
from chambre.treasury.providers.base import Opened, Order, ProviderFault, ProviderRefusal, Seen
from chambre.treasury.services import paymentfacts as fact
from chambre.treasury.services.following import next_look
from chambre.treasury.services.payments import Refused
from chambre.treasury.services.provideraccounts import access_of, provider_of
from chambre.treasury.services.seeing import write_seen

log = structlog.get_logger("chambre.treasury")
NEARLY_OVER = dt.timedelta(minutes=2)


class NoAnswer(ChambreError):
    """The provider cannot be reached now."""

    code = "payment.no-answer"
    status = 503
    default_message = _("The payment service does not answer. Please try again in a moment.")


def accounts_for(payment: Payment) -> list[ProviderAccount]:
    """The providers through which a payment may be made."""
    if not payment.by_card:
        return []
    rows = ProviderAccount.objects.filter(book=payment.book_id, active=True)
    return [each for each in rows.order_by("id") if each.base]


def open_attempt(
    *,
    payment: Payment,
    account: ProviderAccount,
    return_url: str,
    cancel_url: str,
    notice_url: str,
    language: str = "fr",
    by: Actor,
) -> PaymentAttempt:
    """Prepare the provider's page for a payer; anybody who has the payment's address may.

    A page that is still open is given again: two clicks make one attempt.

    Args:
        payment: What is paid: all that is open.
        account: Through which provider.
        return_url: Address to come back to.
        cancel_url: Address when they give up.
        notice_url: Address for the provider's notices.
        language: ``fr`` or ``en``.
        by: Who pays; may be anonymous.

    Returns:
        The attempt; ``url`` is the page.

    Raises:
        Conflict: The payment cannot be made through this account.
        Refused: It takes no money.
        NoAnswer: The provider does not answer; the same again goes on with the same key.
    """
    attempt = prepare_attempt(payment, account, by)
    if attempt.url:
        return attempt
    order = Order(
        key=attempt.key,
        amount=attempt.amount,
        reason=payment.reason,
        return_url=return_url,
        cancel_url=cancel_url,
        notice_url=notice_url,
        email=payment.payer_email,
        language=language,
        expires_at=payment.expires_at,
    )
    try:
        opened = provider_of(account).open(access_of(account), order)
    except ProviderFault as fault:
        _note_problem(attempt, str(fault))
        raise NoAnswer() from None
    except ProviderRefusal as refusal:
        _refused(attempt, refusal, by)
        raise Conflict(
            _("The payment service refused: %(said)s") % {"said": refusal.said or refusal.status}
        ) from None
    return _keep_opened(attempt, opened)


@transaction.atomic
def prepare_attempt(payment: Payment, account: ProviderAccount, by: Actor) -> PaymentAttempt:
    """The attempt to use: an open one of the same amount, or a new one; its page is not opened."""
    payment = fact.lock(payment)
    if account.book_id != payment.book_id or not account.active or not payment.by_card:
        raise Conflict(_("This payment cannot be made that way."))
    now = timezone.now()
    if payment.expires_at and payment.expires_at <= now:
        raise Conflict(_("The time of this payment is over."))
    try:
        check_payable(fact.standing(payment))
    except PaymentRefusal as refusal:
        raise Refused(refusal) from None
    going_on = payment.attempts.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now + NEARLY_OVER),
        account=account,
        stage=Stage.OPEN,
        amount=payment.open,
    )
    if known := going_on.order_by("-id").first():
        return known
    attempt = PaymentAttempt.objects.create(
        payment=payment,
        account=account,
        key=secrets.token_hex(16),
        amount=payment.open,
        look_next=now + dt.timedelta(minutes=5),
    )
    fact.note(
        payment,
        Kind.OPENED,
        attempt.key,
        day=registry.today(),
        by=by,
        means=account.provider,
        attempt=attempt,
    )
    fact.settle_state(payment, by)
    return attempt


@transaction.atomic
def _keep_opened(attempt: PaymentAttempt, opened: Opened) -> PaymentAttempt:
    """Keep the page; whoever was faster has it kept already, and theirs is the one shown."""
    attempt = PaymentAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    if not attempt.url:
        attempt.remote, attempt.url = opened.remote, opened.url
        attempt.expires_at, attempt.problem = opened.expires_at, ""
        attempt.save(update_fields=["remote", "url", "expires_at", "problem"])
    return attempt


def _note_problem(attempt: PaymentAttempt, problem: str) -> None:
    PaymentAttempt.objects.filter(pk=attempt.pk).update(problem=problem[:300])


@transaction.atomic
def _refused(attempt: PaymentAttempt, refusal: ProviderRefusal, by: Actor) -> None:
    """The provider does not want this attempt: it has failed."""
    payment = fact.lock(attempt.payment_id)
    attempt = payment.attempts.select_for_update().get(pk=attempt.pk)
    if attempt.url or attempt.stage != Stage.OPEN:
        return
    attempt.stage, attempt.problem, attempt.look_next = Stage.ENDED, refusal.said, None
    attempt.save(update_fields=["stage", "problem", "look_next"])
    fact.note(
        payment,
        Kind.FAILED,
        attempt.key,
        day=registry.today(),
        by=by,
        attempt=attempt,
        text=refusal.said,
    )
    fact.settle_state(payment, by)


def look(*, attempt: PaymentAttempt, by: Actor) -> PaymentAttempt:
    """Ask the provider how an attempt stands, and write down what is new, each thing once.

    Safe at any time, however often, by several at once.

    Raises:
        NoAnswer: The provider does not answer; nothing changed.
    """
    account = attempt.account
    if not attempt.remote:
        return _never_opened(attempt, by)
    try:
        seen = provider_of(account).look(access_of(account), attempt.remote)
    except ProviderFault as fault:
        _later(attempt, str(fault))
        raise NoAnswer() from None
    except ProviderRefusal as refusal:
        _later(attempt, refusal.said or str(refusal.status))
        return attempt
    except (KeyError, ValueError, TypeError) as broken:  # an answer of another shape
        log.exception("provider.answer", provider=account.provider, attempt=attempt.pk)
        _later(attempt, type(broken).__name__)
        raise NoAnswer() from None
    return write_seen(attempt, _overdue(attempt, seen), by)


def _overdue(attempt: PaymentAttempt, seen: Seen) -> Seen:
    """A page whose time is long over, for providers that do not say so."""
    over = attempt.expires_at is not None and (
        attempt.expires_at + dt.timedelta(days=1) < timezone.now()
    )
    if seen.stage is Stage.OPEN and over:
        return Seen(Stage.ENDED, ending="lapsed", key=seen.key, reason=seen.reason)
    return seen


def _never_opened(attempt: PaymentAttempt, by: Actor) -> PaymentAttempt:
    """Nobody was ever shown a page: a process died in between, or the provider was away."""
    if attempt.created_at + dt.timedelta(days=1) > timezone.now():
        _later(attempt, attempt.problem)
        return attempt
    return write_seen(attempt, Seen(Stage.ENDED, ending="lapsed"), by)


def _later(attempt: PaymentAttempt, problem: str) -> None:
    """When to look again, and why it did not work."""
    now = timezone.now()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(
        looked_at=now, look_next=next_look(attempt, now), problem=problem[:300]
    )
