"""Vouchers: money that was paid before, or given, and is used in parts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Voucher(AppendOnlyModel):
    """A voucher that was issued. Its code is with whoever holds it; here is its digest only."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="vouchers")
    digest = models.CharField(_("SHA-256 of the code"), max_length=64, unique=True)
    hint = models.CharField(_("end of the code"), max_length=4)
    amount = models.BigIntegerField(_("amount"))
    reason = models.CharField(_("what for"), max_length=140)
    day = models.DateField(_("issued on"))
    expires = models.DateField(_("good until"), null=True, blank=True)
    line = models.OneToOneField(
        "treasury.PaymentLine", null=True, on_delete=models.PROTECT, related_name="voucher"
    )
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(_("idempotency key"), max_length=100, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("voucher")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="voucher_positive")
        ]

    def __str__(self) -> str:
        return f"…{self.hint}"

    @property
    def structure(self) -> object:
        """Who owes what it is good for: what the rules ask."""
        return self.book.structure


class VoucherUse(AppendOnlyModel):
    """A part of a voucher was used for a payment, or the rest of it ran out."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    amount = models.BigIntegerField(_("amount"))
    day = models.DateField(_("day"))
    receipt = models.ForeignKey(
        "treasury.PaymentEvent", null=True, on_delete=models.PROTECT, related_name="voucher_uses"
    )
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(_("idempotency key"), max_length=100)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["voucher", "id"]
        constraints = [
            models.UniqueConstraint(fields=["voucher", "key"], name="voucher_use_key"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="voucher_use_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher}: {self.amount}"
