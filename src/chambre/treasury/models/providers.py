"""Accounts at payment providers, what they tell, and what they transfer to the bank."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderAccount(models.Model):
    """A structure's account at a payment provider. Its secrets are in a file of the home, not here."""

    class Mode(models.TextChoices):
        """Whether real money moves."""

        SANDBOX = "sandbox", _("for trying out")
        LIVE = "live", _("real payments")

    public_id = models.CharField(max_length=32, unique=True, editable=False)
    book = models.ForeignKey(
        "ledger.Book", on_delete=models.PROTECT, related_name="provider_accounts"
    )
    provider = models.CharField(_("provider"), max_length=20)
    label = models.CharField(_("name for payers"), max_length=60)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode)
    settings = models.JSONField(_("settings"), default=dict)
    # Empty: nobody answers there (an invented account of the demonstration); it is never asked.
    base = models.CharField(_("address of its interface"), max_length=200)
    account = models.CharField(_("account in the books"), max_length=32)
    fee_account = models.CharField(_("account of its fees"), max_length=32)
    active = models.BooleanField(_("offered to payers"), default=True)
    since = models.DateField(_("since"))
    looked_at = models.DateTimeField(_("transfers looked for"), null=True, blank=True)
    problem = models.CharField(_("what went wrong"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ["book", "id"]
        verbose_name = _("account at a payment provider")

    def __str__(self) -> str:
        return self.label

    @property
    def structure(self) -> object:
        """Whose account it is: what the rules ask."""
        return self.book.structure


class ProviderNotice(models.Model):
    """What a provider sent us, as it came; each event of its own once.

    It only makes us look. The body may hold names, and is forgotten after ninety days.
    """

    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, related_name="notices")
    event_id = models.CharField(_("number at the provider"), max_length=120)
    kind = models.CharField(_("what it says"), max_length=80, blank=True, default="")
    attempt = models.ForeignKey(
        "treasury.PaymentAttempt",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
    )
    about = models.JSONField(default=list)
    body = models.TextField(blank=True, default="")
    at = models.DateTimeField(_("came"), auto_now_add=True)
    handled_at = models.DateTimeField(_("looked into"), null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["account", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "event_id"], name="notice_once")]

    def __str__(self) -> str:
        return self.event_id


class ProviderTransfer(models.Model):
    """Money that a provider sends to the bank account; expected there until its row is matched."""

    class State(models.TextChoices):
        """Where it is."""

        PENDING = "pending", _("on its way")
        PAID = "paid", _("sent")
        FAILED = "failed", _("failed")

    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, related_name="transfers")
    remote = models.CharField(_("number at the provider"), max_length=120)
    amount = models.BigIntegerField(_("amount in cents"))
    fee = models.BigIntegerField(_("fees taken from it, in cents"), default=0)
    fee_entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("day"))
    text = models.CharField(_("text of the bank"), max_length=140, blank=True, default="")
    state = models.CharField(_("state"), max_length=8, choices=State)
    matched_key = models.CharField(max_length=120, blank=True, default="")
    row = models.BigIntegerField(_("bank row"), null=True, blank=True)

    class Meta:
        ordering = ["account", "-day", "-id"]
        constraints = [models.UniqueConstraint(fields=["account", "remote"], name="transfer_once")]

    def __str__(self) -> str:
        return f"{self.remote} {self.amount}"
