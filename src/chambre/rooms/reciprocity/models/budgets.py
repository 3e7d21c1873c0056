"""Contributive budgets: envelopes, what people ask for from them, and overruns solved together."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.rooms.reciprocity.models.contributions import AMOUNT, Contribution, Terms, Words


class ClosingRule(models.TextChoices):
    """Rules that share what is there; see :mod:`chambre.lib.contributing.closing`."""

    PRO_RATA = "pro-rata", _("the same share of what each asked for")
    CAP = "cap", _("the same ceiling for all")
    CARRY = "carry", _("the same share, the rest kept as a claim")
    VOLUNTEER = "volunteer", _("the same share, the rest given as volunteer work")
    LOWERED = "lowered", _("what each keeps asking for")


class Rest(models.TextChoices):
    """What becomes of what is not paid."""

    WAIVE = "waive", _("let go")
    CARRY = "carry", _("kept as a claim on what comes")
    GIVE = "give", _("given as volunteer work")


class Budget(models.Model):
    """A contributive budget of a structure for some time, open to its circle.

    ``fallback`` closes an overrun in which nobody finds consent within ``consent_days``: it is agreed
    when the budget is opened. The row is the lock of all that is asked from it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open to requests")
        OVERRUN = "overrun", _("being shared")
        CLOSED = "closed", _("settled and closed")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=140)
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="+",
        verbose_name=_("structure that pays"),
    )  # fmt: skip
    resource = models.ForeignKey(
        "registry.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("resource"),
    )  # fmt: skip
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"))
    circle = models.CharField(_("its circle"), max_length=10, choices=Terms.Roll)
    fallback = models.CharField(
        _("closing rule"), max_length=10, choices=ClosingRule, default=ClosingRule.PRO_RATA
    )
    consent_days = models.PositiveSmallIntegerField(_("days to find consent"), default=30)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    made_by = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts", "name", "id"]
        verbose_name = _("contributive budget")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="recip_budget_days")
        ]

    def __str__(self) -> str:
        return self.name


class Allotment(AppendOnlyModel):
    """Cents put into a budget (``part`` empty) or set apart in it for a part; negative: taken out."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="allotments")
    part = models.CharField(_("part"), max_length=80, blank=True, default="")
    minor = AMOUNT(_("cents"))
    reason = models.CharField(_("why"), max_length=300, blank=True, default="")
    day = models.DateField(_("when"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["budget_id", "id"]
        verbose_name = _("envelope")

    def __str__(self) -> str:
        return f"{self.part}: {self.minor}"


class Retribution(AppendOnlyModel):
    """What somebody asks for themselves from a budget, in the open. A correction names what it replaces."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="retributions")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(_("part"), max_length=80, blank=True, default="")
    minor = AMOUNT(_("cents"))
    words = models.OneToOneField(Words, on_delete=models.PROTECT, related_name="retribution")
    contribution = models.ForeignKey(
        Contribution, null=True, on_delete=models.PROTECT, related_name="retributions"
    )
    day = models.DateField(_("when"))
    corrects = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="correction"
    )
    withdrawn = models.BooleanField(_("taken back"), default=False)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["budget_id", "id"]
        verbose_name = _("retribution")
        constraints = [
            models.CheckConstraint(condition=Q(minor__gte=0), name="recip_retribution_minor"),
            models.UniqueConstraint(
                fields=["budget", "contribution"],
                condition=Q(contribution__isnull=False, corrects__isnull=True),
                name="recip_retribution_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id}/{self.agent_id}: {self.minor}"


class Paid(AppendOnlyModel):
    """So much of a retribution was paid on a day; ``reference``: the invoice, payslip or transfer."""

    retribution = models.ForeignKey(Retribution, on_delete=models.PROTECT, related_name="paid")
    minor = AMOUNT(_("cents"))
    day = models.DateField(_("when"))
    reference = models.CharField(_("document"), max_length=120, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["retribution_id", "id"]
        verbose_name = _("payment of a retribution")
        constraints = [models.CheckConstraint(condition=Q(minor__gt=0), name="recip_paid_minor")]

    def __str__(self) -> str:
        return f"{self.retribution_id}: {self.minor}"


class Overrun(models.Model):
    """The guided procedure of a budget from which more was asked than is there.

    What happened is in its acts; ``stage`` repeats where they led, under the row's lock.
    """

    class Stage(models.TextChoices):
        DATA = "data", _("the figures")
        FEELINGS = "feelings", _("first round: how each feels")
        TABLE = "table", _("the table of what is unpaid")
        POSITIONS = "positions", _("second round: on mine, on the whole")
        PROPOSALS = "proposals", _("proposals")
        PRACTICE = "practice", _("third round: good practice")
        DONE = "done", _("done")

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="overruns")
    number = models.PositiveSmallIntegerField()
    available = AMOUNT(_("cents that are there"))
    fallback = models.CharField(_("closing rule"), max_length=10, choices=ClosingRule)
    deadline = models.DateField(_("closing rule from this day on"))
    stage = models.CharField(_("step"), max_length=10, choices=Stage, default=Stage.DATA)
    opened_on = models.DateField(_("since"))
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["budget_id", "-number"]
        verbose_name = _("overrun of a budget")
        constraints = [
            models.UniqueConstraint(fields=["budget", "number"], name="recip_overrun_number"),
            models.UniqueConstraint(
                fields=["budget"], condition=~Q(stage="done"), name="recip_overrun_one_open"
            ),
            models.CheckConstraint(condition=Q(available__gte=0), name="recip_overrun_available"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id}/{self.number}"


class OverrunClaim(AppendOnlyModel):
    """Cents that somebody asked for and was not paid when the procedure began."""

    overrun = models.ForeignKey(Overrun, on_delete=models.PROTECT, related_name="claims")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    minor = AMOUNT(_("cents"))

    class Meta:
        ordering = ["overrun_id", "id"]
        verbose_name = _("claim in an overrun")
        constraints = [
            models.UniqueConstraint(fields=["overrun", "agent"], name="recip_claim_once"),
            models.CheckConstraint(condition=Q(minor__gt=0), name="recip_claim_minor"),
        ]

    def __str__(self) -> str:
        return f"{self.overrun_id}/{self.agent_id}: {self.minor}"


class OverrunAct(AppendOnlyModel):
    """One act of the procedure, in order; see :class:`chambre.lib.contributing.overrun.Act`."""

    class Kind(models.TextChoices):
        FEEL = "feel", _("how I feel")
        POSITION = "position", _("my position")
        EXCUSE = "excuse", _("excused")
        GO_ON = "go-on", _("next step")
        GO_BACK = "go-back", _("back to the second round")
        PROPOSE = "propose", _("proposal")
        CONSENT = "consent", _("consents")
        OBJECT = "object", _("objects")
        FALLBACK = "fallback", _("closing rule applied")
        PRACTICE = "practice", _("good practice")

    overrun = models.ForeignKey(Overrun, on_delete=models.PROTECT, related_name="acts")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    agent = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    keeps = AMOUNT(_("cents kept"), default=0)
    rest = models.CharField(_("the rest"), max_length=6, choices=Rest, blank=True, default="")
    rule = models.CharField(_("rule"), max_length=10, choices=ClosingRule, blank=True, default="")
    words = models.OneToOneField(Words, null=True, on_delete=models.PROTECT, related_name="act")
    day = models.DateField(_("when"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["overrun_id", "number"]
        verbose_name = _("act in an overrun")
        constraints = [
            models.UniqueConstraint(fields=["overrun", "number"], name="recip_act_number")
        ]

    def __str__(self) -> str:
        return f"{self.overrun_id}/{self.number}: {self.kind}"


class OverrunOutcome(AppendOnlyModel):
    """What a claim came to, in cents: claimed = paid + carried + given + waived."""

    overrun = models.ForeignKey(Overrun, on_delete=models.PROTECT, related_name="outcomes")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    asked = AMOUNT(_("asked for"))
    paid = AMOUNT(_("paid"))
    carried = AMOUNT(_("kept as a claim"))
    given = AMOUNT(_("given as volunteer work"))
    waived = AMOUNT(_("let go"))

    class Meta:
        ordering = ["overrun_id", "id"]
        verbose_name = _("outcome of an overrun")
        constraints = [
            models.UniqueConstraint(fields=["overrun", "agent"], name="recip_outcome_once"),
            models.CheckConstraint(
                condition=Q(
                    asked=F("paid") + F("carried") + F("given") + F("waived"), paid__gte=0,
                    carried__gte=0, given__gte=0, waived__gte=0,
                ),
                name="recip_outcome_sum",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.overrun_id}/{self.agent_id}: {self.paid}"
