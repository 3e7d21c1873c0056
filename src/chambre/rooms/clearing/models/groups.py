"""Saved groups of members, to open rounds among them again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Group(models.Model):
    """A choice of members under a name; a round keeps its own list, whatever becomes of the group."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    members = models.ManyToManyField("registry.Agent", related_name="+", verbose_name=_("members"))
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("group of members")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "name"], name="clearing_group_name")
        ]

    def __str__(self) -> str:
        return self.name
