"""The guarantee fund: what members gave it each month, and what it paid of a debt that was lost."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.rooms.credit.models.monthly import TakenMonth, TakenShare


class FundMonth(TakenMonth):
    """A month for which members gave to the guarantee fund."""

    community = models.ForeignKey(
        "credit.Community", on_delete=models.PROTECT, related_name="fund_months"
    )

    class Meta:
        ordering = ["community_id", "-month"]
        verbose_name = _("month of the guarantee fund")
        constraints = [
            models.UniqueConstraint(fields=["community", "month"], name="credit_fund_month_once")
        ]


class Contribution(TakenShare):
    """What a member gave to the guarantee fund for a month."""

    month = models.ForeignKey(FundMonth, on_delete=models.PROTECT, related_name="contributions")
    received = models.BigIntegerField(_("received in the month"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("contribution to the guarantee fund")
        constraints = [
            models.UniqueConstraint(fields=["month", "account"], name="credit_contributed_once"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("due")),
                name="credit_contribution_at_most_due",
            ),
        ]


class Guaranteed(AppendOnlyModel):
    """What the guarantee fund paid of the debt of somebody who left, before the members shared the rest."""

    leaving = models.OneToOneField(
        "credit.Leaving", on_delete=models.PROTECT, related_name="guaranteed"
    )
    decision = models.OneToOneField("credit.Decision", on_delete=models.PROTECT, related_name="+")
    debt = models.BigIntegerField(_("owed"))
    amount = models.BigIntegerField(_("paid by the fund"))
    move = models.OneToOneField("treasury.CreditMove", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("debt paid by the guarantee fund")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=F("debt")), name="credit_guaranteed_of_a_debt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.leaving_id} {self.amount}"
