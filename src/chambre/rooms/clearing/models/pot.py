"""The pot of a round: what it lends, to whom, and what pots of other sizes would free."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.rooms.clearing.models.rounds import Computation


class Loan(AppendOnlyModel):
    """Cents that the lender of a round lends a member, or that a member leaves with the lender.

    No money moves: who borrows owes the lender what they owed their creditors, and the lender owes who
    leaves what their debtors owed them. Both sums of a computation are the same.
    """

    class Way(models.TextChoices):
        LENT = "lent", _("lent")
        LEFT = "left", _("left with the lender")

    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="loans")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(_("way"), max_length=4, choices=Way)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        ordering = ["computation_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["computation", "agent", "way"], name="clearing_loan_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="clearing_lent_something"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.way} {self.amount}"


class PotSize(AppendOnlyModel):
    """What a pot of some size would lend and free in a computation, in cents: no names."""

    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="pots")
    liquidity = models.BigIntegerField(_("pot, at most"))
    lent = models.BigIntegerField(_("lent"))
    more = models.BigIntegerField(_("set off thanks to the pot"))

    class Meta:
        ordering = ["computation_id", "liquidity"]
        constraints = [
            models.UniqueConstraint(
                fields=["computation", "liquidity"], name="clearing_pot_size_once"
            ),
            models.CheckConstraint(
                condition=Q(lent__gte=0, lent__lte=F("liquidity"), more__gte=0),
                name="clearing_pot_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.liquidity}: {self.more}"
