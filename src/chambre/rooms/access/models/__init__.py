"""Tables of the access room."""

from chambre.rooms.access.models.bookings import (
    HOLDING,
    Booking,
    BookingStep,
    Closure,
    Series,
    Wait,
)
from chambre.rooms.access.models.calendars import BusyCalendar, BusyTime, CalendarKey
from chambre.rooms.access.models.custody import Handover, StatePhoto
from chambre.rooms.access.models.letters import AccessLetter
from chambre.rooms.access.models.offers import Attestation, Consent, Named, Offer, OfferTurn, Terms
from chambre.rooms.access.models.openfiles import OpenFile, TakenCount

__all__ = [
    "HOLDING",
    "AccessLetter",
    "Attestation",
    "Booking",
    "BookingStep",
    "BusyCalendar",
    "BusyTime",
    "CalendarKey",
    "Closure",
    "Consent",
    "Handover",
    "Named",
    "Offer",
    "OfferTurn",
    "OpenFile",
    "Series",
    "StatePhoto",
    "TakenCount",
    "Terms",
    "Wait",
]
