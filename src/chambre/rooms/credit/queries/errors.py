"""What the room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Invalid


class NotAccepted(Conflict):
    """More units than the payee takes of this price; ``data["most"]`` is what they take."""

    code = "credit.not-accepted"
    default_message = _("So much of the price is not taken in units.")


class NotOpen(Conflict):
    """The request, the decision or the leaving is over."""

    code = "credit.over"
    default_message = _("This is over.")


class TicketTaken(Conflict):
    """Somebody took the ticket before; ``data["on"]`` says when."""

    code = "credit.ticket-taken"
    default_message = _("This ticket was taken already. Nothing was paid a second time.")


class NoTicket(Invalid):
    """It is no ticket of this chamber."""

    code = "credit.no-ticket"
    default_message = _("This is no ticket of this Chamber.")


class OtherUnit(Conflict):
    """One is kept in hours and the other in units: no rate makes one of the other."""

    code = "credit.other-unit"
    default_message = _(
        "One of the two accounts is kept in hours and the other in units. Nothing turns one into the"
        " other here: an hour is an hour, whatever it would fetch. Agree on hours or on units, and pay"
        " from that account."
    )


class NotMember(Conflict):
    """They are no member of this community, or have left."""

    code = "credit.no-member"
    default_message = _("This account belongs to no active member of the community.")


class NotSettled(Conflict):
    """The account is not at zero; ``data["held"]`` is what is left."""

    code = "credit.not-settled"
    default_message = _("The account is not at zero yet.")


class NoAgreement(Conflict):
    """The two chambers have not both agreed to the same limits."""

    code = "credit.no-agreement"
    default_message = _("The two Chambers have not agreed on trade within the same limits.")
