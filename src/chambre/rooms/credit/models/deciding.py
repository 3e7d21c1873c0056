"""What members decide together, by the voices of some of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Decision(models.Model):
    """Something that some members have to agree to; dated, with the number of voices that it needs.

    ``content`` is what will be done, frozen when it is proposed.
    """

    class Kind(models.TextChoices):
        RULES = "rules", _("other rules")
        BOUNDS = "bounds", _("other limits for one member")
        LOSS = "loss", _("a loss that the members share")

    class State(models.TextChoices):
        OPEN = "open", _("being decided")
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("not agreed")

    community = models.ForeignKey(
        "credit.Community", on_delete=models.PROTECT, related_name="decisions"
    )
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    content = models.JSONField()
    words = models.CharField(_("why"), max_length=500)
    account = models.ForeignKey(
        "treasury.CreditAccount", null=True, on_delete=models.PROTECT, related_name="+"
    )
    hands = models.PositiveSmallIntegerField(_("members who must agree"))
    until = models.DateField(_("last day"))
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decided_on = models.DateField(_("decided on"), null=True)
    key = models.CharField(max_length=80, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("decision")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Voice(AppendOnlyModel):
    """A member's yes or no, once."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="voices")
    account = models.ForeignKey(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="+"
    )
    yes = models.BooleanField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("voice")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "account"], name="credit_one_voice_a_member"
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.account_id}"
