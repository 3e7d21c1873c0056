"""Who may bind a structure, and the codes with which people show that it is they who sign."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import SentCode


class SigningRule(models.Model):
    """How many people must sign for a structure; without a rule, one."""

    structure = models.OneToOneField("registry.Agent", on_delete=models.PROTECT, related_name="+")
    hands = models.PositiveSmallIntegerField(_("people who must sign"), default=1)
    reason = models.CharField(_("where it is decided"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ["structure_id"]
        verbose_name = _("rule of signing")
        constraints = [
            models.CheckConstraint(
                condition=Q(hands__gte=1, hands__lte=20), name="recip_rule_hands"
            )
        ]

    def __str__(self) -> str:
        return f"{self.structure_id}: {self.hands}"


class Mandate(models.Model):
    """Somebody was given the power to sign for a structure, or for a person who asked them to.

    In force on day D when ``since <= D`` and (``until`` is empty or ``D < until``). Treasurers need none.
    ``contract`` limits it to one contract. Never deleted; ended by giving it an end.
    """

    structure = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(
        "reciprocity.Contract", null=True, blank=True, on_delete=models.PROTECT,
        related_name="mandates", verbose_name=_("for this contract alone"),
    )  # fmt: skip
    since = models.DateField(_("since"))
    until = models.DateField(_("until (that day not included)"), null=True, blank=True)
    evidence = models.CharField(_("what gives the power"), max_length=300)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["structure_id", "-since", "-id"]
        verbose_name = _("power to sign")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="recip_mandate_order",
            )
        ]
        indexes = [models.Index(fields=["person", "structure"], name="recip_mandate_of")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.structure_id}"


class SigningCode(SentCode):
    """A code that was sent to somebody who wants to sign for a party."""

    party = models.ForeignKey("reciprocity.Party", on_delete=models.CASCADE, related_name="codes")

    class Meta(SentCode.Meta):
        verbose_name = _("code for signing")

    def __str__(self) -> str:
        return f"{self.user_id} {self.party_id}"
