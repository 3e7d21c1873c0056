"""Distributions: what a contract gave out of what a resource brought in, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class FactSource(models.Model):
    """Accounts whose movements are facts of a kind for a contract.

    Without one of these for a contract, those of
    :data:`chambre.rooms.reciprocity.queries.ledgerfacts.USUAL` are read.
    """

    contract = models.ForeignKey(
        "reciprocity.Contract", on_delete=models.CASCADE, related_name="sources"
    )
    kind = models.CharField(_("kind of fact"), max_length=12)
    prefix = models.CharField(_("accounts that begin with"), max_length=12)

    class Meta:
        ordering = ["contract_id", "prefix"]
        verbose_name = _("accounts that are facts")
        constraints = [
            models.UniqueConstraint(fields=["contract", "prefix"], name="recip_source_once")
        ]

    def __str__(self) -> str:
        return f"{self.prefix}*: {self.kind}"


class Distribution(models.Model):
    """What a contract makes of the facts of a period.

    Amounts in the smallest part of ``unit``: ``income = distributed + kept``. It never changes once it is
    proposed, but for its state; the facts that it read and its lines are kept with it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        DECIDED = "decided", _("decided")
        BOOKED = "booked", _("booked")
        WITHDRAWN = "withdrawn", _("withdrawn")

    contract = models.ForeignKey(
        "reciprocity.Contract", on_delete=models.PROTECT, related_name="distributions"
    )
    version = models.ForeignKey(
        "reciprocity.Version", on_delete=models.PROTECT, related_name="distributions"
    )
    number = models.PositiveIntegerField(_("number"))
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    unit = models.CharField(_("unit"), max_length=16, default="EUR")
    income = models.BigIntegerField(_("brought in"))
    distributed = models.BigIntegerField(_("given out"))
    kept = models.BigIntegerField(_("kept"))
    digest = models.CharField(_("digest of the facts"), max_length=80)
    steps = models.JSONField(_("steps of the waterfall"))
    owed = models.JSONField(_("owed in return"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    objections_until = models.DateField(_("objections until"))
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(max_length=254)
    proposed_at = models.DateTimeField(_("proposed"), auto_now_add=True)
    decided_by = models.CharField(max_length=254, blank=True, default="")
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.TextField(_("why"), blank=True, default="")

    class Meta:
        ordering = ["contract_id", "-number"]
        verbose_name = _("distribution of income")
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="recip_dist_number"),
            models.UniqueConstraint(
                fields=["contract", "since"],
                condition=~Q(state="withdrawn"),
                name="recip_dist_once",
            ),
            models.CheckConstraint(
                condition=Q(income=F("distributed") + F("kept")), name="recip_dist_adds_up"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="recip_dist_period"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.number}"

    @property
    def resource(self) -> object:
        """What brought it in."""
        return self.contract.resource


class DistributionFact(AppendOnlyModel):
    """A fact that a distribution read; ``late`` is one of before its period, settled with it."""

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="facts")
    ref = models.CharField(_("fact"), max_length=60)
    kind = models.CharField(_("kind of fact"), max_length=12)
    day = models.DateField(_("day"))
    source = models.CharField(_("from"), max_length=140, blank=True, default="")
    target = models.CharField(_("to"), max_length=140, blank=True, default="")
    amount = models.BigIntegerField(_("amount"), default=0)
    unit = models.CharField(_("unit"), max_length=24, default="EUR")
    quantity = models.CharField(_("quantity"), max_length=40, blank=True, default="")
    note = models.CharField(_("remark"), max_length=300, blank=True, default="")
    late = models.BooleanField(_("of before the period"), default=False)

    class Meta:
        ordering = ["distribution_id", "day", "id"]
        verbose_name = _("fact of a distribution of income")
        constraints = [
            models.UniqueConstraint(fields=["distribution", "ref"], name="recip_dist_fact_once")
        ]
        indexes = [models.Index(fields=["ref"], name="recip_dist_fact_ref")]

    def __str__(self) -> str:
        return self.ref


class DistributionLine(AppendOnlyModel):
    """What somebody gets by a step, and why: ``because`` lists facts; null: all the income."""

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField(_("number"))
    step = models.CharField(_("clause"), max_length=80)
    how = models.CharField(_("how"), max_length=16)
    name = models.CharField(_("to"), max_length=140)
    agent = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = models.BigIntegerField(_("amount"))
    because = models.JSONField(_("because of"), null=True)

    class Meta:
        ordering = ["distribution_id", "number"]
        verbose_name = _("line of a distribution of income")
        constraints = [
            models.UniqueConstraint(fields=["distribution", "number"], name="recip_dist_line"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="recip_dist_line_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount}"


class LineTurn(AppendOnlyModel):
    """What became of a line: money asked for, paid, come back; or owed until there is some."""

    class Kind(models.TextChoices):
        OWED = "owed", _("owed")
        ASKED = "asked", _("transfer asked for")
        PAID = "paid", _("paid")
        RETURNED = "returned", _("came back")
        STAYS = "stays", _("stays with the resource")
        MOVED = "moved", _("moved to the other resource")

    line = models.ForeignKey(DistributionLine, on_delete=models.PROTECT, related_name="turns")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    payout = models.CharField(_("payout"), max_length=40, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["line_id", "id"]
        verbose_name = _("turn of a line")

    def __str__(self) -> str:
        return f"{self.line_id}: {self.kind}"


class Objection(AppendOnlyModel):
    """Somebody says that a proposal is wrong, and why."""

    distribution = models.ForeignKey(
        Distribution, on_delete=models.PROTECT, related_name="objections"
    )
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["distribution_id", "id"]
        verbose_name = _("objection")

    def __str__(self) -> str:
        return f"{self.distribution_id}: {self.agent_id}"


class ObjectionAnswer(AppendOnlyModel):
    """How an objection ended: taken back by who made it, or answered by who decides."""

    class Outcome(models.TextChoices):
        TAKEN_BACK = "taken-back", _("taken back")
        ANSWERED = "answered", _("answered")

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    words = models.TextField(_("answer"), blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["objection_id"]
        verbose_name = _("answer to an objection")

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.outcome}"
