"""The sorts of letters about bookings, among which people choose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.choosing import Sort
from chambre.rooms.access.models import AccessLetter

Kind = AccessLetter.Kind
SORTS = (
    Sort("access.bookings", _("what becomes of your bookings, and a time that became free")),
    Sort("access.reminders", _("reminders before what you booked")),
    Sort("access.asked", _("bookings that ask for your approval")),
    Sort("access.returns", _("what was not brought back, and deposits"), always=True),
)
SORT_OF: dict[str, str] = {
    Kind.BOOKED: "access.bookings",
    Kind.REFUSED: "access.bookings",
    Kind.CANCELLED: "access.bookings",
    Kind.KEPT: "access.bookings",
    Kind.BROKEN: "access.bookings",
    Kind.LEAVING: "access.bookings",
    Kind.REMINDER: "access.reminders",
    Kind.ASKED: "access.asked",
    Kind.LATE: "access.returns",
    Kind.DEPOSIT: "access.returns",
}
"""Of which sort the letters of each kind are."""
