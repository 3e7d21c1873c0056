"""Payments: what somebody is asked for, and everything that happened to it."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.lib.paymentstates import Kind, RefundStage, Stage

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Letters and digits that nobody takes for others."""


def new_public_id() -> str:
    """A name that cannot be guessed: 24 of 31 signs, some 119 bits."""
    return "".join(secrets.choice(ALPHABET) for _each in range(24))


class Payment(models.Model):
    """Money that a structure asks somebody for.

    What was asked is written at the beginning and stays. ``state`` and the sums repeat what
    ``chambre.lib.paymentstates.stand`` makes of the events, for lists; they are written under the
    row's lock with each event and never otherwise.
    """

    class State(models.TextChoices):
        """Where it stands; the words of :class:`chambre.lib.paymentstates.State`."""

        CREATED = "created", _("to be paid")
        PENDING = "pending", _("being paid")
        AUTHORISED = "authorised", _("authorised")
        PARTLY_PAID = "partly_paid", _("paid in part")
        PAID = "paid", _("paid")
        PARTLY_REFUNDED = "partly_refunded", _("refunded in part")
        REFUNDED = "refunded", _("refunded")
        DISPUTED = "disputed", _("disputed")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    class Bearer(models.TextChoices):
        """Who bears what a provider takes."""

        STRUCTURE = "structure", _("the structure itself")
        LINES = "lines", _("the resources of the lines, in proportion")
        PARTY = "party", _("the third party of the lines")

    public_id = models.CharField(max_length=32, unique=True, editable=False)
    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="payments")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    amount = models.BigIntegerField(_("amount in cents"))
    reason = models.CharField(_("what for"), max_length=140)
    reference = models.CharField(_("reference"), max_length=25, unique=True)
    payee = models.CharField(_("who is paid"), max_length=70)
    iban = models.CharField("IBAN", max_length=34, blank=True, default="")
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    party = models.ForeignKey(
        "treasury.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    payer_name = models.CharField(_("payer"), max_length=140, blank=True, default="")
    payer_email = models.EmailField(_("payer’s e-mail address"), blank=True, default="")
    due = models.DateField(_("due"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    by_card = models.BooleanField(_("can be paid by card"), default=True)
    by_transfer = models.BooleanField(_("can be paid by bank transfer"), default=True)
    fee_bearer = models.CharField(_("who bears the fees"), max_length=12, choices=Bearer)
    origin = models.CharField(_("asked by"), max_length=40, blank=True, default="")
    origin_key = models.CharField(_("key of who asked"), max_length=120, blank=True, default="")
    back_url = models.CharField(_("page to go back to"), max_length=500, blank=True, default="")
    by = models.CharField(_("by"), max_length=254)
    asked_on = models.DateField(
        _("asked on"),
        default=timezone.localdate,
        help_text=_("The day on which it was asked for; it may have been noted later."),
    )
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)

    state = models.CharField(_("state"), max_length=16, choices=State, default=State.CREATED)
    received = models.BigIntegerField(default=0)
    refunding = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    fees = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("payment")
        indexes = [
            models.Index(fields=["book", "state", "-id"], name="payment_of_book"),
            models.Index(fields=["origin", "origin_key"], name="payment_origin"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=models.Q(received__gte=0, refunding__gte=0, refunded__gte=0),
                name="payment_sums",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.reason}"

    @property
    def structure(self) -> object:
        """Whose payment it is: what the rules ask."""
        return self.book.structure

    @property
    def open(self) -> int:
        """Cents still to come in."""
        return max(self.amount - self.received, 0)

    @property
    def excess(self) -> int:
        """Cents that came in above what was asked for."""
        return max(self.received - self.amount, 0)


class PaymentLine(AppendOnlyModel):
    """What a part of a payment is for, with the account and the VAT rate that hold for ever."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField(_("number"))
    label = models.CharField(_("what for"), max_length=140)
    amount = models.BigIntegerField(_("amount in cents, VAT included"))
    use = models.CharField(_("use"), max_length=40, blank=True, default="")
    account = models.CharField(_("account"), max_length=32)
    account_label = models.CharField(_("label of the account"), max_length=200, default="")
    vat = models.PositiveSmallIntegerField(_("VAT rate"), null=True, blank=True)
    resource = models.ForeignKey(
        "registry.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    party = models.ForeignKey(
        "treasury.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    piece = models.CharField(_("document"), max_length=60, blank=True, default="")

    class Meta:
        ordering = ["payment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "number"], name="payment_line_number")
        ]

    def __str__(self) -> str:
        return self.label


class PaymentAttempt(models.Model):
    """One try to pay at a provider; the key is what the provider is asked with."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    account = models.ForeignKey(
        "treasury.ProviderAccount", on_delete=models.PROTECT, related_name="attempts"
    )
    key = models.CharField(_("idempotency key"), max_length=64, unique=True)
    amount = models.BigIntegerField(_("amount in cents"))
    remote = models.CharField(_("number at the provider"), max_length=120, blank=True, default="")
    remote_payment = models.CharField(max_length=120, blank=True, default="", db_index=True)
    url = models.TextField(_("page of the provider"), blank=True, default="")
    stage = models.CharField(
        max_length=12,
        default=Stage.OPEN.value,
        choices=[(each.value, each.value) for each in Stage],
    )
    problem = models.CharField(_("what went wrong"), max_length=300, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    look_next = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["payment", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "remote"],
                condition=~models.Q(remote=""),
                name="attempt_remote_once",
            )
        ]

    def __str__(self) -> str:
        return self.key


class Refund(models.Model):
    """Money to be given back, line by line. Asked for once per key; what became of it is in events."""

    class Means(models.TextChoices):
        """How it goes back."""

        PROVIDER = "provider", _("by the provider, to the card")
        TRANSFER = "transfer", _("by bank transfer")
        CASH = "cash", _("in cash")
        CREDIT = "credit", _("in units of the chamber")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(_("idempotency key"), max_length=64, unique=True)
    asked_key = models.CharField(max_length=120, blank=True, default="")
    amount = models.BigIntegerField(_("amount in cents"))
    reason = models.CharField(_("why"), max_length=200, blank=True, default="")
    means = models.CharField(_("how"), max_length=12, choices=Means)
    attempt = models.ForeignKey(
        PaymentAttempt, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    remote = models.CharField(_("number at the provider"), max_length=120, blank=True, default="")
    ours = models.BooleanField(_("asked for here"), default=True)
    stage = models.CharField(
        max_length=12,
        default=RefundStage.ASKED.value,
        choices=[(each.value, each.value) for each in RefundStage],
    )
    tried_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(_("what went wrong"), max_length=300, blank=True, default="")
    payout = models.OneToOneField(
        "treasury.Payout",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="refund",
        verbose_name=_("transfer that makes it"),
    )
    by = models.CharField(_("by"), max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["payment", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                fields=["payment", "asked_key"],
                condition=~models.Q(asked_key=""),
                name="refund_once_per_key",
            ),
            models.UniqueConstraint(
                fields=["attempt", "remote"],
                condition=~models.Q(remote=""),
                name="refund_remote_once",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RefundLine(AppendOnlyModel):
    """What goes back of one line; without a line: of what was paid too much."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(
        PaymentLine, null=True, blank=True, on_delete=models.PROTECT, related_name="refund_lines"
    )
    amount = models.BigIntegerField(_("amount in cents"))
    vat = models.BigIntegerField(_("VAT in it, in cents"), default=0)

    class Meta:
        ordering = ["refund", "id"]

    def __str__(self) -> str:
        return f"{self.refund_id}: {self.amount}"


class PaymentEvent(AppendOnlyModel):
    """One fact about a payment. The database lets each be written once."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(
        _("what"), max_length=20, choices=[(each.value, each.value) for each in Kind]
    )
    subject = models.CharField(_("about"), max_length=120, blank=True, default="")
    amount = models.BigIntegerField(_("amount in cents"), default=0)
    day = models.DateField(_("day"))
    means = models.CharField(_("means"), max_length=20, blank=True, default="")
    attempt = models.ForeignKey(
        PaymentAttempt, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    refund = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    row = models.BigIntegerField(_("bank row"), null=True, blank=True)
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("known since"), auto_now_add=True)

    class Meta:
        ordering = ["payment", "id"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind", "subject"], name="payment_fact_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.subject}"


class ReceiptShare(AppendOnlyModel):
    """What a receipt paid of one line; without a line: what was paid too much."""

    event = models.ForeignKey(PaymentEvent, on_delete=models.PROTECT, related_name="shares")
    line = models.ForeignKey(
        PaymentLine, null=True, blank=True, on_delete=models.PROTECT, related_name="shares"
    )
    amount = models.BigIntegerField(_("amount in cents"))
    vat = models.BigIntegerField(_("VAT in it, in cents"), default=0)

    class Meta:
        ordering = ["event", "id"]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.amount}"
