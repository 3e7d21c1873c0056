"""Trade with another chamber, within what both agreed that one side may owe the other."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """What this chamber agreed with another one; in force while the other has agreed to the same.

    ``owes`` is how far this side's members together may owe the other side's, ``owed`` the other way.
    """

    community = models.ForeignKey(
        "credit.Community", on_delete=models.PROTECT, related_name="partners"
    )
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    account = models.OneToOneField(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="+"
    )
    owes = models.BigIntegerField(_("may owe"))
    owed = models.BigIntegerField(_("may be owed"))
    is_open = models.BooleanField(default=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["community_id", "chamber_id"]
        verbose_name = _("agreement with another chamber")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "chamber"], name="credit_one_agreement_a_chamber"
            ),
            models.CheckConstraint(
                condition=Q(owes__gte=0, owed__gte=0), name="credit_agreement_limits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} {self.chamber_id}"


class Crossing(models.Model):
    """Units that went to another chamber: sent from here, then taken there, or given back here.

    The two sides are two transactions: no transaction locks rows of two chambers.
    """

    class State(models.TextChoices):
        SENT = "sent", _("on its way")
        DONE = "done", _("arrived")
        BACK = "back", _("came back")

    public_id = models.CharField(max_length=24, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="crossings")
    account = models.ForeignKey(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="+"
    )
    target = models.CharField(_("account there"), max_length=8)
    amount = models.BigIntegerField(_("amount"))
    reason = models.CharField(_("what for"), max_length=140)
    state = models.CharField(max_length=8, choices=State, default=State.SENT)
    why = models.CharField(_("why it came back"), max_length=300, blank=True, default="")
    out = models.OneToOneField("treasury.CreditMove", on_delete=models.PROTECT, related_name="+")
    back = models.OneToOneField(
        "treasury.CreditMove", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(max_length=80)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("payment to another chamber")
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="credit_crossing_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_crossing_amount"),
        ]

    def __str__(self) -> str:
        return self.public_id
