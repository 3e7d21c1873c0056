"""Invoices that others send to a structure: read, checked, accepted or refused, paid."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Purchase(models.Model):
    """An invoice that came in. Once accepted it is booked and no longer changes."""

    class State(models.TextChoices):
        RECEIVED = "received", _("to be decided")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="purchases")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RECEIVED)
    credit = models.BooleanField(_("a credit note"), default=False)
    supplier = models.CharField(_("supplier"), max_length=140)
    siren = models.CharField("SIREN", max_length=9, blank=True, default="")
    number = models.CharField(_("number"), max_length=60)
    issued = models.DateField(_("day of issue"))
    due = models.DateField(_("due day"), null=True)
    taxable = models.BigIntegerField(_("sum without VAT"))
    vat = models.BigIntegerField(_("VAT"))
    payable = models.BigIntegerField(_("to be paid"))
    prepaid = models.BigIntegerField(_("paid before"), default=0)
    iban = models.CharField("IBAN", max_length=34, blank=True, default="")
    reference = models.CharField(_("reference of payment"), max_length=140, blank=True, default="")
    barter = models.BooleanField(_("paid by compensation"), default=False)
    content = models.JSONField(_("content"), default=dict)
    problems = models.JSONField(_("what does not hold"), default=list)
    file = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64)
    party = models.ForeignKey(
        "treasury.Party", null=True, on_delete=models.PROTECT, related_name="purchases"
    )
    account = models.CharField(_("account"), max_length=32, blank=True, default="")
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("why it was refused"), max_length=254, blank=True, default="")
    by = models.CharField(_("brought in by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    decided_by = models.CharField(_("decided by"), max_length=254, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("purchase invoice")
        constraints = [
            models.UniqueConstraint(fields=["book", "digest"], name="purchase_file_once"),
            models.UniqueConstraint(
                fields=["party", "number", "credit"],
                condition=models.Q(state="accepted"),
                name="purchase_number_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.number}"

    @property
    def structure(self) -> object:
        """Who was billed: what the rules ask."""
        return self.book.structure

    @property
    def gross(self) -> int:
        """Sum with VAT, in cents."""
        return self.taxable + self.vat


class PurchaseSettlement(AppendOnlyModel):
    """Part of a purchase invoice was settled (positive), or a settling was undone (negative)."""

    class How(models.TextChoices):
        BANK = "bank", _("bank")
        PAYOUT = "payout", _("transfer")
        BARTER = "barter", _("compensation")

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="settlements")
    amount = models.BigIntegerField(_("amount"))
    day = models.DateField(_("day"))
    how = models.CharField(_("how"), max_length=8, choices=How)
    row = models.BigIntegerField(_("row of the bank"), default=0)
    key = models.CharField(_("idempotency key"), max_length=160, unique=True)
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["purchase", "id"]

    def __str__(self) -> str:
        return f"{self.purchase}: {self.amount}"
