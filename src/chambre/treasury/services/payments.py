"""Asking for money: a payment, its lines, its end when nobody paid."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit, trail_row
from chambre.core.db.planned import planned
from chambre.core.db.questions import Question
from chambre.core.db.rows import insert, insert_all
from chambre.core.errors import ChambreError, Conflict, Invalid, KeyReused
from chambre.ledger.models import Book
from chambre.lib.paymentstates import Kind, PaymentRefusal, check_cancellable
from chambre.lib.sepa import SepaRefusal, epc, rf
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.treasury.models import Party, Payment, PaymentLine
from chambre.treasury.models.payments import new_public_id
from chambre.treasury.queries.collecting import collecting_account
from chambre.treasury.services import paymentfacts as fact
from chambre.treasury.services.booking import rule_of
from chambre.treasury.services.parties import clean_iban

LARGEST = 99_999_999_999
"""Cents that one transfer can carry (EPC069-12)."""


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A part of what is asked for.

    Attributes:
        amount: Cents, VAT included; negative where it takes off (a jar that was brought back).
        label: What it is, for the payer; absent: the reason of the payment.
        use: What the money is for (:mod:`chambre.treasury.uses`); ``customer`` for an invoice that
            is booked already. Absent: an advance.
        account: Number of an account instead of a use.
        vat: VAT rate in hundredths of a percent; None: the one of the structure's rule; 0: none.
        resource: Id of the resource that it concerns; None: the one of the rule.
        party: Third party of the line: the customer of an invoice, the producer who sells.
        piece: Document that it is about.
    """

    amount: int
    label: str = ""
    use: str = ""
    account: str = ""
    vat: int | None = None
    resource: int | None = None
    party: Party | None = None
    piece: str = ""


class Refused(ChambreError):
    """A rule of payments says no; ``code`` is the rule's own."""

    def __init__(self, refusal: PaymentRefusal) -> None:
        super().__init__(refusal.message(get_language() or "fr"), **refusal.data)
        self.code = f"payment.{refusal.code}"


_ASKED = Question(lambda key: Payment.objects.filter(key=key))
"""The payment that was asked for with a key."""


def request_payment(
    *,
    book: Book,
    amount: int,
    reason: str,
    by: Actor,
    key: str = "",
    lines: Sequence[AskedLine] = (),
    party: Party | None = None,
    payer_name: str = "",
    payer_email: str = "",
    asked_on: dt.date | None = None,
    due: dt.date | None = None,
    expires_at: dt.datetime | None = None,
    by_card: bool = True,
    by_transfer: bool = True,
    fee_bearer: str = Payment.Bearer.STRUCTURE,
    origin: str = "",
    origin_key: str = "",
    back_url: str = "",
    iban: str = "",
    fresh: bool = False,
) -> Payment:
    """Ask somebody for money. Nothing is booked before it comes.

    Accounts, VAT rates and who bears the fees are decided now and stay, whatever the rules say later.

    Args:
        book: Book of the structure that is paid.
        amount: Cents, more than zero.
        reason: What for, 1 to 140 characters; the payer reads it.
        by: Who asks.
        key: Idempotency key, at most 120 characters: the same again gives the same payment.
        lines: What it is made of; they sum to ``amount``. None: one line, an advance.
        party: Who is to pay, if they are known.
        payer_name: Their name otherwise.
        payer_email: Their address, filled in for them on the provider's page.
        asked_on: When it was asked for, if that was before today: on paper, at a meeting.
        due: Until when it should be paid.
        expires_at: When nobody can pay it online any more.
        by_card: Whether a provider's page is offered.
        by_transfer: Whether a bank transfer is offered.
        fee_bearer: ``structure``, ``lines`` (their resources) or ``party``.
        origin: Which room asks.
        origin_key: The room's own key, told in :class:`PaymentChanged`.
        back_url: Page of this house to which the payer goes back, beginning with ``/``.
        iban: Account that a transfer goes to; absent: the one where the structure collects.
        fresh: The key names something that the caller made in this very transaction: nobody can have
            used it, and it is not looked for.

    Returns:
        The payment; the one that is there when the key was used for the same amount and reason.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: An amount, a text or a line is wrong.
        KeyReused: The key was used for another payment.
    """
    authorize(by, "treasury.manage", book)
    key = (f"{book.pk}:{key}" if key else f"{book.pk}:{secrets.token_hex(16)}")[:120]
    reason = " ".join(reason.split())
    asked = list(lines) or [AskedLine(amount, use="advance")]
    _check(amount, reason, asked, fee_bearer, back_url)
    if not fresh and (asked_before := _ASKED(key)):
        return _same(asked_before[0], amount, reason)
    with planned():
        iban, bic = (clean_iban(iban), "") if iban else collecting_account(book)
    fields = {
        "public_id": new_public_id(),
        "book": book,
        "key": key,
        "amount": amount,
        "reason": reason,
        "payee": book.structure.name[:70],
        "iban": iban,
        "bic": bic,
        "party": party,
        "payer_name": (payer_name or (party.name if party else ""))[:140],
        "payer_email": payer_email or (party.email if party else ""),
        "asked_on": asked_on or registry.today(),
        "due": due,
        "expires_at": expires_at,
        "by_card": by_card,
        "by_transfer": by_transfer,
        "fee_bearer": fee_bearer,
        "origin": origin,
        "origin_key": origin_key,
        "back_url": back_url,
        "by": by.label[:254],
    }
    if fresh:
        return _write(fields, asked, by)
    try:
        return _made(fields, asked, by)
    except IntegrityError:  # somebody was faster with the same key
        known = Payment.objects.filter(key=key).first()
        if known is None:
            raise
        return _same(known, amount, reason)


@transaction.atomic
def _made(fields: dict[str, Any], asked: Sequence[AskedLine], by: Actor) -> Payment:
    return _write(fields, asked, by)


def _write(fields: dict[str, Any], asked: Sequence[AskedLine], by: Actor) -> Payment:
    payment = insert(Payment(reference=_reference(), **fields))
    lines = [_line(payment, number, line) for number, line in enumerate(asked, 1)]
    insert_all(*lines, trail_row(by, "treasury.payment.requested", payment, amount=payment.amount))
    return payment


def _same(payment: Payment, amount: int, reason: str) -> Payment:
    if (payment.amount, payment.reason) != (amount, reason):
        raise KeyReused()
    return payment


def _check(
    amount: int, reason: str, asked: Sequence[AskedLine], fee_bearer: str, back_url: str
) -> None:
    wrong: dict[str, list[str]] = {}
    if not 0 < amount <= LARGEST:
        wrong["amount"] = [_("An amount is more than zero and less than a thousand million.")]
    if not reason or len(reason) > 140:
        wrong["reason"] = [_("Say what it is for, in at most 140 characters.")]
    if fee_bearer not in Payment.Bearer.values:
        wrong["fee_bearer"] = [_("There is no such choice.")]
    if back_url and (not back_url.startswith("/") or back_url.startswith("//")):
        wrong["back_url"] = [_("This must be a page of this house.")]
    if sum(line.amount for line in asked) != amount:
        wrong["lines"] = [_("The lines do not sum to the amount.")]
    if any(not line.amount for line in asked) or len(asked) > 500:
        wrong["lines"] = [_("A line of zero says nothing, and 500 lines are enough.")]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)


def _line(payment: Payment, number: int, line: AskedLine) -> PaymentLine:
    """A line with the account and the rate that hold today."""
    vat, resource, account, label = line.vat, line.resource, line.account, ""
    if not account:
        rule = rule_of(payment.book, line.use or "advance")
        account, label = rule.account, rule.label
        vat = rule.vat if vat is None else vat
        resource = resource or rule.resource
    if resource is not None and not Resource.objects.filter(pk=resource).exists():
        raise Invalid(_("There is no such resource."), fields={"lines": [str(resource)]})
    return PaymentLine(
        payment=payment,
        number=number,
        label=(line.label or payment.reason)[:140],
        amount=line.amount,
        use=line.use or ("" if line.account else "advance"),
        account=account,
        account_label=label[:200],
        vat=vat or None,
        resource_id=resource,
        party=line.party or payment.party,
        piece=line.piece[:60],
    )


def _reference() -> str:
    """A creditor reference (ISO 11649) of twelve digits; that it is nobody else's the table sees to."""
    return rf.make(f"{secrets.randbelow(9 * 10**11) + 10**11}")


def qr_payload(payment: Payment) -> str:
    """Text of the payment QR code for what is still open; empty where no transfer is possible."""
    if not payment.iban or not payment.by_transfer or not payment.open:
        return ""
    try:
        return epc.payload(
            name=payment.payee,
            iban=payment.iban,
            bic=payment.bic,
            amount=payment.open,
            reference=payment.reference,
        )
    except SepaRefusal:
        return ""


@transaction.atomic
def cancel_payment(*, payment: Payment, by: Actor, reason: str = "") -> Payment:
    """Ask no longer. A second time changes nothing.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Refused: Money came, or is on its way.
    """
    authorize(by, "treasury.manage", payment.book)
    payment = fact.lock(payment)
    if fact.known(payment, Kind.CANCELLED, ""):
        return payment
    try:
        check_cancellable(fact.standing(payment))
    except PaymentRefusal as refusal:
        raise Refused(refusal) from None
    fact.note(payment, Kind.CANCELLED, day=registry.today(), by=by, text=reason)
    fact.settle_state(payment, by)
    audit(by, "treasury.payment.cancelled", payment, reason=reason[:200])
    return payment


@transaction.atomic
def expire_payment(*, payment: Payment, by: Actor) -> Payment:
    """Note that a payment's time is over. Money that still comes is taken and booked.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: Its time is not over.
    """
    authorize(by, "treasury.manage", payment.book)
    payment = fact.lock(payment)
    if payment.expires_at is None or payment.expires_at > timezone.now():
        raise Conflict(_("The time of this payment is not over."))
    if not fact.known(payment, Kind.EXPIRED, "1"):
        fact.note(payment, Kind.EXPIRED, "1", day=registry.today(), by=by)
        fact.settle_state(payment, by)
    return payment
