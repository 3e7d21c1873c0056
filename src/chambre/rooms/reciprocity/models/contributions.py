"""Contributions: who gave what to a resource, what others said of it, whether it counts, and its booking.

What was said in words is kept apart in :class:`Words`, so that it can be blanked when the law asks for it
while the facts stay.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel

AMOUNT = models.BigIntegerField


class Words(models.Model):
    """What somebody wrote, in their own words. Blanked when they ask for it: nothing else changes here.

    ``of`` is whose words they are.
    """

    of = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(_("what"), max_length=300, blank=True, default="")
    why = models.TextField(_("why"), max_length=4_000, blank=True, default="")
    blanked_at = models.DateTimeField(_("blanked"), null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("words")

    def __str__(self) -> str:
        return self.what


class Terms(AppendOnlyModel):
    """By which rule contributions are recognised from a day on: for a resource, else for its chamber."""

    class Roll(models.TextChoices):
        RESOURCE = "resource", _("people of the resource: its roles, and who contributes")
        CHAMBER = "chamber", _("all members of the chamber")

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )
    needed = models.PositiveSmallIntegerField(_("others who must have seen it"))
    silence_days = models.PositiveSmallIntegerField(_("days of silence after which it counts"))
    reply_days = models.PositiveSmallIntegerField(_("days to maintain an objection"))
    roll = models.CharField(_("who may look"), max_length=10, choices=Roll)
    since = models.DateField(_("since"))
    reason = models.CharField(_("why"), max_length=300, blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-since", "-id"]
        verbose_name = _("rule of recognition")

    def __str__(self) -> str:
        return f"{self.needed}/{self.silence_days}"


class RateGrid(AppendOnlyModel):
    """What a circle proposes for an hour, from a day on; the next grid of the same circle takes its place."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("name"), max_length=140)
    since = models.DateField(_("since"))
    note = models.CharField(_("remark"), max_length=500, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-since", "-id"]
        verbose_name = _("rate grid")

    def __str__(self) -> str:
        return self.name


class RateLine(AppendOnlyModel):
    """A line of a grid: cents for an hour, by what the work takes and whose need it thinks of."""

    grid = models.ForeignKey(RateGrid, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    skill = models.CharField(_("what the work takes"), max_length=120)
    need = models.CharField(_("need"), max_length=120, blank=True, default="")
    minor = AMOUNT(_("cents for an hour"))

    class Meta:
        ordering = ["grid_id", "position"]
        verbose_name = _("rate")
        constraints = [
            models.UniqueConstraint(fields=["grid", "position"], name="recip_rate_position"),
            models.CheckConstraint(condition=Q(minor__gte=0), name="recip_rate_minor"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} – {self.need}" if self.need else self.skill


class Contribution(AppendOnlyModel):
    """Somebody gave something to a resource. A correction is a new row that names the one it replaces.

    Exactly one measure: ``minutes`` of time, ``cents`` of money, or a ``quantity`` in ``unit``. ``asked``
    is what they ask for it in cents, zero when it is given. The rule of recognition that held when it
    was recorded is kept with it: changing the rule later reopens nothing.
    """

    class Kind(models.TextChoices):
        TIME = "time", _("time given")
        CARE = "care", _("care and attention")
        KNOWLEDGE = "knowledge", _("knowledge")
        GOODS = "goods", _("things")
        LOAN = "loan", _("something lent")
        SERVICE = "service", _("a service")
        MONEY = "money", _("money")

    resource = models.ForeignKey(
        "registry.Resource", on_delete=models.PROTECT, related_name="+", verbose_name=_("resource")
    )
    agent = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="+", verbose_name=_("by whom")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    minutes = models.PositiveIntegerField(_("minutes"), null=True)
    cents = AMOUNT(_("cents"), null=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6, null=True)
    unit = models.CharField(_("unit"), max_length=24, blank=True, default="")
    day = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    words = models.OneToOneField(Words, on_delete=models.PROTECT, related_name="contribution")
    asked = AMOUNT(_("what is asked for it, in cents"), default=0)
    rate = models.ForeignKey(
        RateLine, null=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("line of the grid"),
    )  # fmt: skip
    hourly = AMOUNT(_("cents for an hour"), null=True)
    corrects = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="correction"
    )
    withdrawn = models.BooleanField(_("taken back"), default=False)
    needed = models.PositiveSmallIntegerField()
    silence_days = models.PositiveSmallIntegerField()
    reply_days = models.PositiveSmallIntegerField()
    roll = models.CharField(max_length=10, choices=Terms.Roll)
    recorded_on = models.DateField(_("recorded"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-until", "-id"]
        verbose_name = _("contribution")
        indexes = [
            models.Index(fields=["resource", "until"], name="recip_contribution_resource"),
            models.Index(fields=["agent", "until"], name="recip_contribution_agent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gt=0, cents=None, quantity=None, unit="")
                | Q(minutes=None, cents__gt=0, quantity=None, unit="")
                | (Q(minutes=None, cents=None, quantity__gt=0) & ~Q(unit="")),
                name="recip_contribution_measure",
            ),
            models.CheckConstraint(
                condition=(Q(kind="money") & Q(cents__isnull=False))
                | (~Q(kind="money") & Q(cents__isnull=True)),
                name="recip_contribution_money",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("day")), name="recip_contribution_days"
            ),
            models.CheckConstraint(condition=Q(asked__gte=0), name="recip_contribution_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.get_kind_display()}"

    @property
    def chamber_id(self) -> int:
        """The chamber in whose register the resource is."""
        return int(self.resource.chamber_id)


class Voice(AppendOnlyModel):
    """What somebody said of a contribution, in order; ``about`` is whose objection is answered."""

    class Kind(models.TextChoices):
        SEEN = "seen", _("has seen it")
        OBJECTION = "objection", _("objects")
        TAKEN_BACK = "taken-back", _("takes it back")
        ANSWER = "answer", _("answers")
        ACCEPTED = "accepted", _("decided: it counts")
        DECLINED = "declined", _("decided: it does not count")

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="voices")
    number = models.PositiveIntegerField()
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    about = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.OneToOneField(Words, null=True, on_delete=models.PROTECT, related_name="voice")
    day = models.DateField(_("when"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["contribution_id", "number"]
        verbose_name = _("voice")
        constraints = [
            models.UniqueConstraint(fields=["contribution", "number"], name="recip_voice_number")
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id}/{self.number}: {self.kind}"


class Recognition(AppendOnlyModel):
    """A contribution was recognised, or declined, on a day; written once."""

    class Way(models.TextChoices):
        PEERS = "peers", _("seen by others")
        SILENCE = "silence", _("nobody objected")
        DECISION = "decision", _("decided")

    contribution = models.OneToOneField(
        Contribution, on_delete=models.PROTECT, related_name="recognition"
    )
    counts = models.BooleanField(_("counts"))
    way = models.CharField(_("how"), max_length=10, choices=Way)
    day = models.DateField(_("when"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["contribution_id"]
        verbose_name = _("recognition")

    def __str__(self) -> str:
        return f"{self.contribution_id}: {self.way}"


class InKind(AppendOnlyModel):
    """A contribution in kind was booked in classes 86 and 87; a row with ``reverses`` takes it back."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="booked")
    number = models.PositiveIntegerField()
    entry = models.OneToOneField("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    minor = AMOUNT(_("value in cents"))
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["contribution_id", "number"]
        verbose_name = _("booking in kind")
        constraints = [
            models.UniqueConstraint(fields=["contribution", "number"], name="recip_in_kind_number")
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id}/{self.number}"
