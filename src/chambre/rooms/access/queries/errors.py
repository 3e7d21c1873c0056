"""What the room refuses."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Forbidden, Invalid, NotFound
from chambre.lib.booking import BookingRefusal


class NotOffered(NotFound):
    """The resource is not at others' disposal."""

    code = "access.not-offered"
    default_message = _("This is not at others' disposal (any more).")


class NoBooking(NotFound):
    """There is no such booking, or it is somebody else's."""

    code = "access.no-booking"
    default_message = _("There is no such booking.")


class NotForYou(Forbidden):
    """The terms do not open the thing to this person."""

    code = "access.not-for-you"
    default_message = _("The rules of this thing do not open it to this person.")


class NotTrained(Forbidden):
    """The terms ask for a training that nobody attested."""

    code = "access.not-trained"


class OutOfUse(Conflict):
    """The thing is in repair, or taken elsewhere."""

    code = "access.out-of-use"
    default_message = _("It is out of use at that time. Choose another time.")


class NotNow(Conflict):
    """Not in the state that it is in."""

    code = "access.not-now"
    default_message = _("This is not possible in the state that it is in.")


class DepositDue(Conflict):
    """The deposit that the rules ask for is not there yet; ``pay`` is the page where it is paid."""

    code = "access.deposit-due"


class BookingRefused(Conflict):
    """A rule of booking says no; ``code`` names the rule."""

    code = "access.refused"

    @classmethod
    def of(cls, refusal: BookingRefusal) -> BookingRefused:
        """The same in the reader's language."""
        found = cls(refusal.message(get_language() or "fr"), **refusal.data)
        found.code = f"access.{refusal.code}"
        return found


def unreadable(refusal: BookingRefusal, field: str) -> Invalid:
    """What a text was refused for, beside the field that it is in."""
    words = refusal.message(get_language() or "fr")
    return Invalid(words, fields={field: [words]})
