"""What was really there of what a place says that it took back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Recount(AppendOnlyModel):
    """Objects of a type that came from a place, counted or weighed again, beside what was paid back there.

    It covers what was paid back there since the recount before it, and up to ``until``.
    """

    place = models.ForeignKey("deposit.Place", on_delete=models.PROTECT, related_name="recounts")
    type = models.ForeignKey("deposit.ItemType", on_delete=models.PROTECT, related_name="recounts")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    since = models.DateTimeField(_("since"), null=True)
    until = models.DateTimeField(_("until"))
    told = models.PositiveIntegerField(_("objects paid back there"))
    found = models.PositiveIntegerField(_("objects that were there"))
    grams = models.PositiveBigIntegerField(_("weight of all, in grams"), null=True)
    each = models.PositiveIntegerField(_("weight of one, in grams"), null=True)
    case = models.ForeignKey(
        "deposit.Case", null=True, on_delete=models.PROTECT, related_name="recounts"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("recount")
        constraints = [
            models.CheckConstraint(
                condition=Q(grams__isnull=True, each__isnull=True)
                | Q(grams__isnull=False, each__gt=0),
                name="recount_weight_of_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.type}: {self.found}/{self.told}"
