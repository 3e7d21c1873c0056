"""Suspended baskets: paid ahead by somebody, taken by somebody, first paid first used."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class SuspendedFund(models.Model):
    """What was paid ahead in a shop and what was used of it, in cents.

    Its row is the lock under which gifts are used; the database never lets more be used than was given.
    """

    shop = models.OneToOneField(
        "shop.Shop", on_delete=models.PROTECT, related_name="suspended_fund"
    )
    given = models.PositiveBigIntegerField(_("paid ahead"), default=0)
    used = models.PositiveBigIntegerField(_("used"), default=0)

    class Meta:
        verbose_name = _("suspended baskets")
        constraints = [
            models.CheckConstraint(
                condition=Q(used__lte=F("given")), name="suspended_not_below_zero"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.given - self.used}"

    @property
    def left(self) -> int:
        """Cents that can still be used."""
        return self.given - self.used


class SuspendedGift(AppendOnlyModel):
    """Something paid ahead for others; who gave it is on the order that it was on, and nowhere else."""

    fund = models.ForeignKey(SuspendedFund, on_delete=models.PROTECT, related_name="gifts")
    amount = models.PositiveBigIntegerField(_("cents"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("suspended gift")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="suspended_gift_positive")
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class SuspendedUse(AppendOnlyModel):
    """A part of a gift that pays an order; less than zero when it comes back."""

    gift = models.ForeignKey(SuspendedGift, on_delete=models.PROTECT, related_name="uses")
    payment = models.ForeignKey("shop.PaidByOther", on_delete=models.PROTECT, related_name="uses")
    amount = models.BigIntegerField(_("cents"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("use of a suspended gift")

    def __str__(self) -> str:
        return f"{self.amount}"
