"""Somebody leaves: their account comes back to zero by a way that the rules know."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.rooms.credit.models.communities import Membership, Rules


class Leaving(models.Model):
    """One leaving of a member, dated, from what was held that day to zero."""

    class State(models.TextChoices):
        OPEN = "open", _("on the way to zero")
        DONE = "done", _("left")
        STAYED = "stayed", _("stayed")

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="leavings")
    rules = models.ForeignKey(Rules, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(_("how"), max_length=8, choices=Rules.Way)
    held = models.BigIntegerField(_("held on that day"))
    until = models.DateField(_("until"))
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    payment = models.CharField(_("payment in euros"), max_length=40, blank=True, default="")
    opened_on = models.DateField(_("asked for on"))
    done_on = models.DateField(_("done on"), null=True)
    by = models.CharField(max_length=254)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("leaving")
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], name="credit_one_leaving_open", condition=Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.opened_on}"
