"""VAT that was due on advances over the end of a month, as it was booked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class AdvanceVat(AppendOnlyModel):
    """VAT on what was paid ahead over the end of a month: booked on its last day, taken back on the next.

    A second row of a month books the difference to what was found meanwhile. ``rates`` is, by rate in
    hundredths of a percent, cents with VAT and VAT as they were found in all; ``amount`` is what was booked.
    """

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="advance_vat")
    month = models.DateField(_("month"))
    number = models.PositiveSmallIntegerField(_("number"))
    amount = models.BigIntegerField(_("VAT in cents"))
    rates = models.JSONField(_("by rate"), default=dict)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    back = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["shop_id", "month", "number"]
        verbose_name = _("VAT on advances")
        constraints = [
            models.UniqueConstraint(fields=["shop", "month", "number"], name="advance_vat_number")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.number}"

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.shop.structure
