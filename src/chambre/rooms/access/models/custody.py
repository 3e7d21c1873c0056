"""Custody: who had a thing in hand, in which state, what its counter said."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.core.models import AppendOnlyModel


class Handover(AppendOnlyModel):
    """Something happened to a thing: handed out, brought back, damaged, lost, found, mended.

    Hand-overs and what is said of the state are events of the ledger; ``event`` is theirs.
    """

    class Kind(models.TextChoices):
        OUT = "out", _("handed out")
        BACK = "back", pgettext_lazy("state of a booking", "brought back")
        DAMAGED = "damaged", _("damage noted")
        LOST = "lost", _("lost")
        FOUND = "found", _("found again")
        MENDED = "mended", _("mended")

    class Condition(models.TextChoices):
        GOOD = "good", _("in good order")
        WORN = "worn", _("worn, usable")
        DAMAGED = "damaged", _("damaged")
        UNUSABLE = "unusable", _("not usable")

    offer = models.ForeignKey("access.Offer", on_delete=models.PROTECT, related_name="handovers")
    booking = models.ForeignKey(
        "access.Booking", null=True, on_delete=models.PROTECT, related_name="handovers"
    )
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    provider = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    condition = models.CharField(_("state"), max_length=8, choices=Condition)
    words = models.CharField(_("in words"), max_length=500, blank=True, default="")
    counter = models.BigIntegerField(_("counter, in thousandths"), null=True)
    minutes = models.PositiveIntegerField(_("minutes of use"), default=0)
    late = models.PositiveIntegerField(_("minutes late"), default=0)
    event = models.ForeignKey("ledger.Event", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["offer_id", "id"]
        verbose_name = _("hand-over")
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "kind"], condition=Q(kind__in=["out", "back"]),
                name="access_handed_once",
            ),
            models.CheckConstraint(
                condition=Q(counter__isnull=True) | Q(counter__gte=0), name="access_counter"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.offer_id} {self.kind}"


class StatePhoto(models.Model):
    """A photo of a thing's state: turned, made smaller, without what the camera noted."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))

    class Meta:
        ordering = ["handover_id", "id"]
        verbose_name = _("photo of a state")

    def __str__(self) -> str:
        return f"{self.handover_id}/{self.pk}"
