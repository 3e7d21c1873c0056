"""Letters to customers: that one is due is written down with what happened; it is sent after."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import DueLetter, letters_to_send


class Letter(DueLetter):
    """An e-mail about an order. Its words are put together when it is sent, and are not kept.

    ``sent_at`` without an ``error``: it went; with one: it is not sent any more, and why.
    """

    class Kind(models.TextChoices):
        PLACED = "placed", _("ordered")
        CONFIRMED = "confirmed", _("paid")
        CHANGED = "changed", _("changed")
        READY = "ready", _("ready")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("not paid in time")
        REMINDER = "reminder", _("reminder")

    order = models.ForeignKey("shop.Order", on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(_("about what"), max_length=10, choices=Kind)
    key = models.CharField(max_length=120, unique=True)

    class Meta(DueLetter.Meta):
        indexes = [letters_to_send("letter_to_send")]

    def __str__(self) -> str:
        return f"{self.order} {self.kind}"
