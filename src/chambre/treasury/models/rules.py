"""Rules of booking: on which account a use of money is booked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class BookingRule(AppendOnlyModel):
    """From now on a use of money is booked so. The newest of a book, use and means holds.

    A rule without an account gives the use back to the default of the chart.
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="booking_rules")
    use = models.CharField(_("use"), max_length=40)
    means = models.CharField(_("means"), max_length=20, blank=True, default="")
    account = models.CharField(_("account"), max_length=32, blank=True, default="")
    label = models.CharField(_("label of the account"), max_length=200, blank=True, default="")
    vat = models.PositiveSmallIntegerField(
        _("VAT rate"),
        null=True,
        blank=True,
        help_text=_("In hundredths of a percent: 550 is 5.5 %. Empty: no VAT."),
    )
    resource = models.ForeignKey(
        "registry.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("why"), max_length=254, blank=True, default="")
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["book", "use", "means", "-id"], name="booking_rule_newest")]

    def __str__(self) -> str:
        return f"{self.use} → {self.account}"
