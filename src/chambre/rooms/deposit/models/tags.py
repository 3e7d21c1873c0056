"""Tags that sign each tap (NTAG 424 DNA), fixed on objects. Their keys are kept sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class TagMaster(AppendOnlyModel):
    """The key of a scheme from which each of its tags has its own; the newest one is used."""

    scheme = models.ForeignKey(
        "deposit.Scheme", on_delete=models.PROTECT, related_name="tag_masters"
    )
    sealed = models.TextField(_("key, sealed"))
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("key of tags")

    def __str__(self) -> str:
        return str(self.pk)


class Tag(models.Model):
    """A tag on an object. ``counter`` only ever rises; ``used`` is the tap that a return used last."""

    item = models.ForeignKey("deposit.Item", on_delete=models.PROTECT, related_name="tags")
    uid = models.CharField(_("number of the tag"), max_length=14, unique=True)
    sealed = models.TextField(_("its two keys, sealed"))
    counter = models.PositiveIntegerField(_("taps so far"), null=True)
    used = models.PositiveIntegerField(_("tap that a return used last"), null=True)
    seen_at = models.DateTimeField(_("tapped last"), null=True)
    revoked_at = models.DateTimeField(_("no longer trusted since"), null=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("tag")
        constraints = [
            models.CheckConstraint(
                condition=Q(used__isnull=True) | Q(used__lte=F("counter")), name="tag_used_le_seen"
            ),
        ]

    def __str__(self) -> str:
        return self.uid
