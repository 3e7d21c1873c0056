"""Files that people brought in."""

from __future__ import annotations

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chambre.core.models.people import User


class StoredFile(models.Model):
    """A file that somebody brought in. Its content is kept once, under its SHA-256.

    ``purpose`` says what it is for, as ``app.thing``; it decides who may read it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(_("SHA-256 of the content"), max_length=64, db_index=True)
    size = models.BigIntegerField(_("size in bytes"))
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("kind"), max_length=100)
    purpose = models.CharField(_("purpose"), max_length=80)
    user = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="files", verbose_name=_("person")
    )
    actor = models.CharField(_("brought in by"), max_length=254)
    created_at = models.DateTimeField(_("brought in"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where those who may read it get it."""
        return reverse("core:file", args=[self.pk])
