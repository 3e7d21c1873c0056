"""What is written once: revisions of records, assessments, imports."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.registry.models import fields
from chambre.registry.models.agents import Agent
from chambre.registry.models.resources import Resource


class Revision(AppendOnlyModel):
    """A version of a record: all of it, who wrote it, when, why, and what changed.

    ``record`` is canonical JSON (:mod:`chambre.lib.canonical`), ``digest`` its digest in
    hexadecimal; ``changed`` lists the names of the fields that differ from the version before.
    """

    class Action(models.TextChoices):
        CREATED = "created", _("record begun")
        CHANGED = "changed", _("record changed")
        STANDING = "standing", _("standing changed")
        WISH = "wish", _("needs and offers")
        ASSESSED = "assessed", _("principles assessed")
        IMPORTED = "imported", _("brought in from a file")
        RESTORED = "restored", _("an earlier version restored")

    number = models.PositiveIntegerField(_("version"))
    action = models.CharField(_("what was done"), max_length=12, choices=Action)
    record = models.TextField(_("record"))
    digest = models.CharField(_("digest"), max_length=64)
    changed = models.JSONField(_("fields that changed"), default=list)
    reason = fields.line(_("why"), 300)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_kind = models.CharField(_("kind of actor"), max_length=12)
    actor = models.CharField(_("written by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["-number"]


class ResourceRevision(Revision):
    """A version of a resource's record."""

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="revisions")

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="resourcerevision_number")
        ]

    def __str__(self) -> str:
        return f"{self.resource} v{self.number}"


class AgentRevision(Revision):
    """A version of an agent's record."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="revisions")

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agent", "number"], name="agentrevision_number")
        ]

    def __str__(self) -> str:
        return f"{self.agent} v{self.number}"


class Assessment(AppendOnlyModel):
    """An answer to one of Ostrom's eight questions about a resource; the latest one holds.

    Without evidence it is shown as declared. ``capacity`` says publicly as what the person
    spoke (steward, administrator…); who it was is not public.
    """

    class Evidence(models.TextChoices):
        NONE = "", _("none: declared")
        LINK = "link", _("a document (address)")
        TEXT = "text", _("a rule, quoted")
        DECISION = "decision", _("a decision")

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveIntegerField(_("number"))
    principle = models.PositiveSmallIntegerField(_("principle"))
    answer = models.PositiveSmallIntegerField(_("answer"))
    comment = fields.text(_("comment"))
    evidence_kind = models.CharField(
        _("evidence"), max_length=8, choices=Evidence, blank=True, default=Evidence.NONE
    )
    evidence = fields.text(_("what it is"))
    on = models.DateField(_("assessed on"))
    capacity = models.CharField(_("assessed as"), max_length=60)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor = models.CharField(_("written by"), max_length=254)
    at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        ordering = ["resource", "number"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="assessment_number"),
            models.CheckConstraint(
                condition=models.Q(principle__gte=1, principle__lte=8), name="assessment_principle"
            ),
            models.CheckConstraint(
                condition=models.Q(answer__gte=0, answer__lte=3), name="assessment_answer"
            ),
            models.CheckConstraint(
                condition=models.Q(evidence_kind="", evidence="")
                | (~models.Q(evidence_kind="") & ~models.Q(evidence="")),
                name="assessment_evidence_with_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.principle}: {self.answer}"


class RegisterImport(models.Model):
    """A file that somebody wants to bring into the register: looked at first, then applied once.

    ``report`` is what the preview found, then what the import did, line by line.
    """

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        JSONLD = "jsonld", "JSON-LD"

    chamber = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)
    format = models.CharField(_("format"), max_length=8, choices=Format)
    digest = models.CharField(_("digest of the content"), max_length=64)
    content = models.BinaryField(_("content"))
    report = models.JSONField(_("report"), default=dict)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor = models.CharField(_("written by"), max_length=254)
    created_at = models.DateTimeField(_("looked at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import into the register")

    def __str__(self) -> str:
        return self.name
