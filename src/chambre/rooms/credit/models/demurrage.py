"""Demurrage: each month once, and what it took from each account."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.rooms.credit.models.monthly import TakenMonth, TakenShare


class DemurrageMonth(TakenMonth):
    """A month for which demurrage was taken."""

    community = models.ForeignKey(
        "credit.Community", on_delete=models.PROTECT, related_name="demurrage"
    )

    class Meta:
        ordering = ["community_id", "-month"]
        verbose_name = _("month of demurrage")
        constraints = [
            models.UniqueConstraint(fields=["community", "month"], name="credit_each_month_once")
        ]


class Charge(TakenShare):
    """What demurrage took from an account: of what it held at the end of the month."""

    month = models.ForeignKey(DemurrageMonth, on_delete=models.PROTECT, related_name="charges")
    held = models.BigIntegerField(_("held at the end of the month"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("charge")
        constraints = [
            models.UniqueConstraint(fields=["month", "account"], name="credit_charged_once"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("due")), name="credit_charge_at_most_due"
            ),
        ]
