"""How much there is, and how much of it is promised."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Stock(models.Model):
    """Pieces of a variant that are there and, of these, promised to orders.

    For one distribution, or (without one) for all. Where a distribution has stock of its own, only
    that one counts. With ``beyond`` more may be promised than is there.
    """

    variant = models.ForeignKey("shop.Variant", on_delete=models.PROTECT, related_name="stocks")
    distribution = models.ForeignKey(
        "shop.Distribution", null=True, on_delete=models.PROTECT, related_name="stocks"
    )
    there = models.IntegerField(
        _("there"), default=0, help_text=_("Below zero when more went out than was counted in.")
    )
    promised = models.PositiveIntegerField(_("promised"), default=0)
    beyond = models.BooleanField(_("more may be promised than is there"), default=False)

    class Meta:
        ordering = ["variant_id", "distribution_id"]
        verbose_name = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["variant", "distribution"], name="stock_once"),
            models.UniqueConstraint(
                fields=["variant"],
                condition=Q(distribution__isnull=True),
                name="stock_once_for_all",
            ),
            models.CheckConstraint(
                condition=Q(beyond=True) | Q(promised__lte=F("there")), name="stock_not_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant}: {self.there} ({self.promised})"

    @property
    def left(self) -> int:
        """Pieces that can still be ordered; below zero when more was promised than is there."""
        return self.there - self.promised


class StockMove(AppendOnlyModel):
    """Stock that came, went, or was counted: what changes how much is there."""

    class Kind(models.TextChoices):
        IN = "in", _("came in")
        OUT = "out", _("handed over")
        BACK = "back", _("came back")
        LOSS = "loss", _("spoiled or lost")
        COUNT = "count", _("counted")

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    quantity = models.IntegerField(_("pieces, less than zero when they went"))
    order = models.ForeignKey("shop.Order", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("idempotency key"), max_length=120, null=True, unique=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("movement of stock")

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"
