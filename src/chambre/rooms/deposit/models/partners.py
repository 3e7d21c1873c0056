"""Between partners: what one handed to another, and the statement of each month."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Handover(AppendOnlyModel):
    """Objects that went from one place to another, and the deposits that went with them.

    ``amount`` is the debt that moved, in cents: zero when the scheme owes it wherever objects are.
    """

    act = models.ForeignKey("deposit.Act", on_delete=models.PROTECT, related_name="handovers")
    type = models.ForeignKey("deposit.ItemType", on_delete=models.PROTECT, related_name="+")
    origin = models.ForeignKey(
        "deposit.Place", on_delete=models.PROTECT, related_name="given", verbose_name=_("given by")
    )
    target = models.ForeignKey(
        "deposit.Place",
        on_delete=models.PROTECT,
        related_name="received",
        verbose_name=_("received by"),
    )
    quantity = models.PositiveIntegerField(_("objects"))
    amount = models.PositiveBigIntegerField(_("deposits that moved, in cents"))
    entry = models.BigIntegerField(_("journal entry"), null=True)
    day = models.DateField(_("day"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("handing over")
        constraints = [
            models.CheckConstraint(condition=~Q(origin=F("target")), name="handover_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} → {self.target}: {self.quantity}"


class PartnerStatement(AppendOnlyModel):
    """What a partner took, paid back, gave on and received in a month; it is settled once.

    ``balance`` in cents: positive when the partner owes it to the scheme.
    """

    scheme = models.ForeignKey(
        "deposit.Scheme", on_delete=models.PROTECT, related_name="statements"
    )
    partner = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    figures = models.JSONField(_("figures"))
    balance = models.BigIntegerField(_("balance in cents"))
    invoice = models.CharField(_("invoice or credit note"), max_length=40, blank=True)
    entry = models.BigIntegerField(_("journal entry"), null=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-start", "partner"]
        verbose_name = _("statement of a partner")
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "partner", "start"], name="statement_once_a_month"
            ),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="statement_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.start}"
