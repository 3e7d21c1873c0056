"""What the lens keeps: imports, rule sets, hand attributions, runs, answers, disclosures.

All append-only, but for :class:`RuleDraft`, a person's working copy that nothing stands on.

The attribution itself is in the ledger (attribution entries); these rows say why it is there.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class FecImport(AppendOnlyModel):
    """A FEC that was brought in, once. Written in the transaction that posts its entries.

    ``replaces`` points at the former export of the same year that this one took over.
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="fec_imports")
    year = models.ForeignKey("ledger.FinancialYear", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(_("content digest"), max_length=64)
    occasion = models.PositiveSmallIntegerField(_("times it was replaced before"), default=0)
    name = models.CharField(_("file name"), max_length=200)
    lines = models.PositiveIntegerField(_("lines"))
    entries = models.PositiveIntegerField(_("entries"))
    debit = models.BigIntegerField(_("total debit"))
    credit = models.BigIntegerField(_("total credit"))
    findings = models.JSONField(_("findings"), default=list)
    regroupings = models.JSONField(_("regroupings"), default=list)
    report = models.JSONField(_("report"), default=dict)
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        verbose_name = _("import")
        constraints = [
            # The same content twice is refused, also when two imports start at once; it may
            # come back after another export took over from it.
            models.UniqueConstraint(
                fields=["book", "digest", "occasion"], name="fecimport_content_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.book})"


class ImportedFile(AppendOnlyModel):
    """A file that an import was made from, as it was brought in.

    The row stays when the file itself is discarded: what it was and its SHA-256 remain known.
    """

    record = models.ForeignKey(FecImport, on_delete=models.PROTECT, related_name="files")
    # Not a foreign key: who brought a file in may discard its content.
    file = models.UUIDField(_("file"), db_index=True)
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    size = models.BigIntegerField(_("size in bytes"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("imported file")

    def __str__(self) -> str:
        return self.name


class RuleSet(AppendOnlyModel):
    """A version of the chamber's attribution rules; the highest number holds."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("version"))
    rules = models.JSONField(_("rules"))
    note = models.CharField(_("why"), max_length=254, blank=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("rule set")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "number"], name="ruleset_number"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class RuleDraft(models.Model):
    """Changes to the rules that a person prepares; nobody else sees them and nothing follows yet.

    ``base`` is the version that it started from: applying is refused when another came meanwhile.
    """

    chamber = models.ForeignKey("registry.Agent", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    base = models.PositiveIntegerField(_("version it started from"), default=0)
    rules = models.JSONField(_("rules"), default=list)
    at = models.DateTimeField(_("when"), auto_now=True)

    class Meta:
        verbose_name = _("draft of rules")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "user"], name="ruledraft_one_each"),
        ]

    def __str__(self) -> str:
        return f"v{self.base}+"


class HandAttribution(AppendOnlyModel):
    """A person's word on one line, above every rule; the highest number of a line holds.

    ``shares`` maps slugs to integer weights, ``-`` being the structure itself; empty takes the
    person's word back, so that the rules decide again.
    """

    line = models.ForeignKey(
        "ledger.Line", on_delete=models.PROTECT, related_name="hand_attributions"
    )
    number = models.PositiveIntegerField(_("version"))
    shares = models.JSONField(_("shares"), default=dict)
    reason = models.CharField(_("why"), max_length=254, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["line", "number"]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="handattribution_number"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} v{self.number}"


class AttributionRun(AppendOnlyModel):
    """A run of the rules over the books: what each rule took and what is left."""

    ruleset = models.ForeignKey(RuleSet, null=True, on_delete=models.PROTECT, related_name="runs")
    report = models.JSONField(_("report"))
    attributed = models.PositiveIntegerField(_("lines attributed"))
    unattributed = models.PositiveIntegerField(_("lines not attributed"))
    changed = models.PositiveIntegerField(_("lines changed"))
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.attributed}"


class SuggestionAnswer(AppendOnlyModel):
    """A person's answer to a suggestion, so that a refused one does not come back.

    ``rule`` is the name of the rule that was made of it, empty when the lines themselves were
    attributed by hand.
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="+")
    group = models.CharField(_("group of lines"), max_length=64)
    shares = models.JSONField(_("shares"))
    accepted = models.BooleanField(_("accepted"))
    lines = models.PositiveIntegerField(_("lines"))
    rule = models.CharField(_("rule made of it"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.group[:12]} {self.accepted}"


class Disclosure(AppendOnlyModel):
    """What a structure lets everybody see of its figures on a resource's page.

    Never lines, never the names of third parties. ``resource`` empty: for every resource; the
    latest row for a resource holds, then the latest for all, then nothing. ``same`` takes a
    resource's own decision back.
    """

    class Level(models.TextChoices):
        NONE = "none", _("nothing")
        CLASS = "class", _("totals by class of account")
        ACCOUNT = "account", _("totals by account")
        SAME = "same", _("as for every resource")

    structure = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="disclosures"
    )
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="disclosures"
    )
    level = models.CharField(_("what is public"), max_length=8, choices=Level)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.structure} {self.level}"


def shares_text(shares: dict[str, Any]) -> str:
    """Shares as people read them: ``verger 60, presse 40``."""
    return ", ".join(f"{slug} {weight}" for slug, weight in sorted(shares.items()))
