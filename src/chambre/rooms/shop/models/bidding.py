"""Bidding rounds: what a season must bring, and what each member offers to pay for a basket."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class BiddingRound(models.Model):
    """A round in which members say what they can pay; amounts in cents.

    A price lies between ``least_percent`` and ``most_percent`` of the usual one. What members pledge
    changes nothing before the round is closed.
    """

    class Outcome(models.TextChoices):
        PLEDGED = "pledged", _("as it was pledged")
        EQUALLY = "equally", _("everybody a little more")
        HEADROOM = "headroom", _("more from whoever said they could")
        DROPPED = "dropped", _("dropped: prices stay as they were")

    plan = models.ForeignKey("shop.BasketPlan", on_delete=models.PROTECT, related_name="rounds")
    target = models.PositiveBigIntegerField(_("what the season must bring"))
    least_percent = models.PositiveSmallIntegerField(_("lowest price, in percent"), default=70)
    most_percent = models.PositiveSmallIntegerField(_("highest price, in percent"), default=200)
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("bidding round")
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(closed_at__isnull=True), name="bidding_one_open"
            ),
            models.CheckConstraint(
                condition=Q(least_percent__lte=100, most_percent__gte=100), name="bidding_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.target}"

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.plan.shop.structure


class BasketPledge(models.Model):
    """What somebody offers for each basket, and what they could still give if asked."""

    round = models.ForeignKey(BiddingRound, on_delete=models.CASCADE, related_name="pledges")
    subscription = models.ForeignKey(
        "shop.Subscription", on_delete=models.PROTECT, related_name="pledges"
    )
    price = models.PositiveBigIntegerField(_("price of a basket in cents"))
    most = models.PositiveBigIntegerField(_("at most, if asked"))
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["round_id", "id"]
        verbose_name = _("pledge")
        constraints = [
            models.UniqueConstraint(fields=["round", "subscription"], name="pledge_once"),
            models.CheckConstraint(condition=Q(price__lte=F("most")), name="pledge_most"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.price}"
