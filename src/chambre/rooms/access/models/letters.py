"""Letters about bookings: that one is due is written down with what happened; it is sent after."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.core.models import DueLetter, letters_to_send


class AccessLetter(DueLetter):
    """An e-mail about a booking. Its words are put together when it is sent, and are not kept."""

    class Kind(models.TextChoices):
        BOOKED = "booked", pgettext_lazy("state of a booking", "booked")
        ASKED = "asked", _("approval asked for")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")
        KEPT = "kept", _("a time became free")
        REMINDER = "reminder", _("reminder")
        LATE = "late", _("not brought back")
        BROKEN = "broken", _("the thing is out of use")
        LEAVING = "leaving", _("the thing will be withdrawn")
        DEPOSIT = "deposit", _("the deposit: what goes back and what is kept")

    kind = models.CharField(_("about what"), max_length=9, choices=Kind)
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey("access.Offer", on_delete=models.PROTECT, related_name="+")
    booking = models.ForeignKey(
        "access.Booking", null=True, on_delete=models.PROTECT, related_name="letters"
    )

    class Meta(DueLetter.Meta):
        indexes = [letters_to_send("access_letter_to_send")]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.kind}"
