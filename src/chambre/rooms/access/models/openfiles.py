"""Files that anybody may take: with their licence, and what they were made from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OpenFile(models.Model):
    """A file of a resource under an open licence or in the public domain. Put away, never deleted."""

    resource = models.ForeignKey("registry.Resource", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    licence = models.CharField(_("licence"), max_length=60)
    author = models.CharField(_("by whom"), max_length=200, blank=True, default="")
    derived_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="derived"
    )
    source = models.CharField(_("made from"), max_length=500, blank=True, default="")
    changes = models.CharField(_("what was changed"), max_length=500, blank=True, default="")
    put_away = models.BooleanField(_("put away"), default=False)
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["resource_id", "-id"]
        verbose_name = _("open file")
        indexes = [
            models.Index(fields=["resource"], condition=Q(put_away=False), name="access_open_files")
        ]

    def __str__(self) -> str:
        return self.title


class TakenCount(models.Model):
    """How many times an open file was taken on a day; not by whom."""

    file = models.ForeignKey(OpenFile, on_delete=models.PROTECT, related_name="taken")
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        ordering = ["file_id", "day"]
        verbose_name = _("downloads of a day")
        constraints = [models.UniqueConstraint(fields=["file", "day"], name="access_taken_day")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.day}: {self.count}"
