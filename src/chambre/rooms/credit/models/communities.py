"""A community of mutual credit, the rules that it decided, and its members."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Community(models.Model):
    """The accounts of a chamber in one unit: its units, or hours. Its row is locked for decisions."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(_("unit"), max_length=16)
    # The chamber's own account: demurrage goes there, tickets wait there, losses are covered from it.
    common = models.OneToOneField(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["chamber_id", "unit"]
        verbose_name = _("community of mutual credit")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "unit"], name="credit_one_community_a_unit")
        ]

    def __str__(self) -> str:
        return f"{self.chamber_id} {self.unit}"


class Rules(AppendOnlyModel):
    """What a community decided; the row with the highest number holds.

    Amounts in hundredths of a unit, or minutes.
    """

    class Mode(models.TextChoices):
        BLOCK = "block", _("refuse a payment beyond a limit")
        WARN = "warn", _("warn of a payment beyond a limit")

    class Way(models.TextChoices):
        SPEND = "spend", _("earn or spend down to zero")
        EUROS = "euros", _("pay or be paid the rest in euros")
        FUND = "fund", _("the common account takes what it can")
        SHARED = "shared", _("the members share what is left, by a decision")

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="rules")
    number = models.PositiveIntegerField()
    floor = models.BigIntegerField(_("may go below zero by"))
    ceiling = models.BigIntegerField(_("may hold"), null=True)
    mode = models.CharField(_("beyond a limit"), max_length=8, choices=Mode, default=Mode.BLOCK)
    growth_percent = models.PositiveSmallIntegerField(_("growth with use, percent"), default=0)
    growth_most = models.BigIntegerField(_("growth at most"), default=0)
    rate = models.PositiveSmallIntegerField(
        _("demurrage a month, hundredths of a percent"), default=0
    )
    exempt = models.BigIntegerField(_("kept without demurrage"), default=0)
    # Hundredths of a percent of what others paid one in the month, and what everybody gives besides.
    fund_share = models.PositiveSmallIntegerField(
        _("for the guarantee fund of what one receives"), default=0
    )
    fund_flat = models.BigIntegerField(_("for the guarantee fund each month"), default=0)
    fund_cover = models.PositiveSmallIntegerField(
        _("the guarantee fund pays of a lost debt, percent"), default=0
    )
    fund_most = models.BigIntegerField(_("the guarantee fund pays at most for one"), null=True)
    ways = models.JSONField(_("ways of leaving"), default=list)
    hands = models.PositiveSmallIntegerField(_("members who must agree"), default=3)
    days = models.PositiveSmallIntegerField(_("days to agree"), default=14)
    decision = models.OneToOneField(
        "credit.Decision", null=True, on_delete=models.PROTECT, related_name="rules"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["community_id", "-number"]
        verbose_name = _("rules of a community")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "number"], name="credit_rules_one_a_number"
            ),
            models.CheckConstraint(
                condition=Q(floor__gte=0, growth_most__gte=0, exempt__gte=0)
                & Q(rate__lte=10_000, hands__gte=1, days__gte=1)
                & (Q(ceiling__isnull=True) | Q(ceiling__gte=0)),
                name="credit_rules_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(fund_share__lte=10_000, fund_flat__gte=0, fund_cover__lte=100)
                & (Q(fund_most__isnull=True) | Q(fund_most__gte=0)),
                name="credit_fund_makes_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} {self.number}"


class Membership(models.Model):
    """A member's account in a community: bounds of their own, and where warnings begin.

    ``floor`` and ``ceiling`` are those that hold now, from the rules, use, and what was decided for this
    one. Where the rules only warn, the treasury's account has no such bounds.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        LEAVING = "leaving", _("leaving")
        LEFT = "left", _("left")

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="memberships")
    account = models.OneToOneField(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="membership"
    )
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    own_floor = models.BigIntegerField(_("floor decided for this one"), null=True)
    own_ceiling = models.BigIntegerField(_("ceiling decided for this one"), null=True)
    floor = models.BigIntegerField(_("may go below zero by"), default=0)
    ceiling = models.BigIntegerField(_("may hold"), null=True)
    since = models.DateField(_("since"))
    by = models.CharField(max_length=254)

    class Meta:
        ordering = ["id"]
        verbose_name = _("member of a community")

    def __str__(self) -> str:
        return f"{self.account_id}"
