"""What was promised, by whom and under which terms; what was fulfilled of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Agreement(AppendOnlyModel):
    """Something that parties agreed on (VF Agreement); terms and status have versions."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    concerns = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="agreements"
    )
    key = models.CharField(_("idempotency key"), max_length=120)
    digest = models.BinaryField(_("digest"), max_length=32)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("agreement")
        constraints = [models.UniqueConstraint(fields=["chamber", "key"], name="agreement_key")]

    def __str__(self) -> str:
        return self.name


class AgreementParty(AppendOnlyModel):
    """A party to an agreement, in a role (``provider``, ``receiver``, ``guarantor``…)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="parties")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="agreements")
    role = models.CharField(_("role"), max_length=40)

    class Meta:
        ordering = ["id"]
        verbose_name = _("party")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "agent", "role"], name="party_once")
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.role}"


class AgreementTerms(AppendOnlyModel):
    """One version of the terms of an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="terms")
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("terms"))
    digest = models.BinaryField(_("digest"), max_length=32)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["agreement", "version"]
        verbose_name = _("terms")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "version"], name="terms_version")
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.version}"


class AgreementStatus(AppendOnlyModel):
    """What an agreement became on a day; the last record counts."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACTIVE = "active", _("in force")
        SUSPENDED = "suspended", _("suspended")
        FULFILLED = "fulfilled", _("fulfilled")
        ENDED = "ended", _("ended")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="statuses")
    status = models.CharField(_("status"), max_length=12, choices=Status)
    since = models.DateField(_("since"))
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("status of an agreement")

    def __str__(self) -> str:
        return f"{self.since} {self.status}"


class Commitment(AppendOnlyModel):
    """A promise of an event (VF Commitment). What is fulfilled follows from allocations."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        Agreement, null=True, on_delete=models.PROTECT, related_name="commitments"
    )
    clause = models.CharField(_("clause"), max_length=120, blank=True)
    action = models.CharField(_("action"), max_length=24)
    provider = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="commitments_given"
    )
    receiver = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="commitments_received"
    )
    specification = models.ForeignKey(
        "ledger.Specification", null=True, on_delete=models.PROTECT, related_name="commitments"
    )
    resource = models.ForeignKey(
        "ledger.StockItem", null=True, on_delete=models.PROTECT, related_name="commitments"
    )
    quantity = models.BigIntegerField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=16)
    due = models.DateField(_("due"), null=True)
    key = models.CharField(_("idempotency key"), max_length=120)
    digest = models.BinaryField(_("digest"), max_length=32)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("commitment")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "key"], name="commitment_key"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="commitment_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.quantity} {self.unit}"


class CommitmentEnd(AppendOnlyModel):
    """That nothing more is expected of a commitment, fulfilled or not (VF finished)."""

    commitment = models.OneToOneField(Commitment, on_delete=models.PROTECT, related_name="end")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("end of a commitment")

    def __str__(self) -> str:
        return f"{self.day}"


class Claim(AppendOnlyModel):
    """What an event gives somebody the right to receive (VF Claim)."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    triggered_by = models.ForeignKey(
        "ledger.Event", on_delete=models.PROTECT, related_name="claims"
    )
    action = models.CharField(_("action"), max_length=24)
    provider = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="claims_owed"
    )
    receiver = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="claims")
    quantity = models.BigIntegerField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=16)
    due = models.DateField(_("due"), null=True)
    key = models.CharField(_("idempotency key"), max_length=120)
    digest = models.BinaryField(_("digest"), max_length=32)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("claim")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "key"], name="claim_key"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="claim_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.quantity} {self.unit}"


class Allocation(AppendOnlyModel):
    """How much of an event fulfils a commitment or settles a claim.

    Negative where the event was reversed: it takes back what the same event allocated.
    """

    event = models.ForeignKey("ledger.Event", on_delete=models.PROTECT, related_name="allocations")
    commitment = models.ForeignKey(
        Commitment, null=True, on_delete=models.PROTECT, related_name="allocations"
    )
    claim = models.ForeignKey(
        Claim, null=True, on_delete=models.PROTECT, related_name="allocations"
    )
    quantity = models.BigIntegerField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=16)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("allocation")
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(commitment__isnull=False, claim__isnull=True)
                    | models.Q(commitment__isnull=True, claim__isnull=False)
                )
                & ~models.Q(quantity=0),
                name="allocation_shape",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.unit}"
