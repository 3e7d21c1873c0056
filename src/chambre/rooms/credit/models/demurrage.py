"""Demurrage: each month once, and what it took from each account."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class DemurrageMonth(AppendOnlyModel):
    """A month for which demurrage was taken."""

    community = models.ForeignKey(
        "credit.Community", on_delete=models.PROTECT, related_name="demurrage"
    )
    month = models.DateField(_("first day of the month"))
    rules = models.ForeignKey("credit.Rules", on_delete=models.PROTECT, related_name="+")
    total = models.BigIntegerField(_("taken"))
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["community_id", "-month"]
        verbose_name = _("month of demurrage")
        constraints = [
            models.UniqueConstraint(fields=["community", "month"], name="credit_each_month_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Charge(AppendOnlyModel):
    """What demurrage took from an account: of what it held at the end of the month."""

    month = models.ForeignKey(DemurrageMonth, on_delete=models.PROTECT, related_name="charges")
    account = models.ForeignKey(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="+"
    )
    held = models.BigIntegerField(_("held at the end of the month"))
    due = models.BigIntegerField(_("due"))
    # Less than due only where the units are gone and the floor is reached.
    taken = models.BigIntegerField(_("taken"))
    move = models.OneToOneField(
        "treasury.CreditMove", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("charge")
        constraints = [
            models.UniqueConstraint(fields=["month", "account"], name="credit_charged_once"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("due")), name="credit_charge_at_most_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month_id} {self.account_id}"
