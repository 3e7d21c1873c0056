"""What is taken from members once for a month that is over, and from each of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class TakenMonth(AppendOnlyModel):
    """A month for which something was taken, by the rules of its last day."""

    month = models.DateField(_("first day of the month"))
    rules = models.ForeignKey("credit.Rules", on_delete=models.PROTECT, related_name="+")
    total = models.BigIntegerField(_("taken"))
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class TakenShare(AppendOnlyModel):
    """What a month took from one account."""

    account = models.ForeignKey(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="+"
    )
    due = models.BigIntegerField(_("due"))
    # Less than due only where the units are gone and the floor is reached.
    taken = models.BigIntegerField(_("taken"))
    move = models.OneToOneField(
        "treasury.CreditMove", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month_id} {self.account_id}"  # type: ignore[attr-defined]
