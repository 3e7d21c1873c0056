"""How a signed contract is changed or ended together: a proposal, the roll, its voices."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Amendment(models.Model):
    """Another version (or the end, without one) proposed for a contract that is in force.

    It is decided by the rule of the version in force, among the electors that were written down when
    it was proposed. An accepted version is then signed again by all; until then the old one holds.
    """

    class State(models.TextChoices):
        OPEN = "open", _("being decided")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")
        DONE = "done", _("in force")

    class Rule(models.TextChoices):
        CONSENT = "consent", _("consent: nobody objects")
        MAJORITY = "majority", _("majority of the voices")
        TWO_THIRDS = "two-thirds", _("two thirds of the voices")
        UNANIMITY = "unanimity", _("unanimity of all who decide")

    contract = models.ForeignKey(
        "reciprocity.Contract", on_delete=models.PROTECT, related_name="amendments"
    )
    version = models.OneToOneField(
        "reciprocity.Version", null=True, on_delete=models.PROTECT, related_name="amendment"
    )
    rule = models.CharField(_("rule"), max_length=10, choices=Rule)
    reason = models.TextField(_("why"))
    until = models.DateField(_("last day to speak"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(_("proposed"), auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["contract_id", "-id"]
        verbose_name = _("proposal to change a contract")
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=models.Q(state__in=("open", "accepted")),
                name="recip_one_amendment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.state}"


class Elector(AppendOnlyModel):
    """A party that has a voice in a proposal, as the roll was when it was made."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="electors")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name in the contract"), max_length=80)

    class Meta:
        ordering = ["amendment_id", "id"]
        verbose_name = _("party that decides")
        constraints = [
            models.UniqueConstraint(fields=["amendment", "agent"], name="recip_elector_once")
        ]

    def __str__(self) -> str:
        return self.name


class AmendmentVoice(AppendOnlyModel):
    """What an elector said; who says something else later has changed their mind: the last one counts."""

    class Choice(models.TextChoices):
        YES = "yes", _("for")
        NO = "no", _("against, or I object")
        ABSTAIN = "abstain", _("I leave it to the others")

    elector = models.ForeignKey(Elector, on_delete=models.PROTECT, related_name="voices")
    choice = models.CharField(_("voice"), max_length=8, choices=Choice)
    reason = models.TextField(_("why"), blank=True, default="")
    person = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["elector_id", "id"]
        verbose_name = _("voice on a change")

    def __str__(self) -> str:
        return f"{self.elector_id}: {self.choice}"
