"""What is refused in the clearing room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Invalid


class Decided(Conflict):
    """An obligation is not there to be decided on any more."""

    code = "clearing.decided"
    default_message = _("This obligation was decided on, or is in a round that was booked.")


class InvoiceTwice(Conflict):
    """The invoice is an obligation already."""

    code = "clearing.invoice-twice"
    default_message = _("This invoice is among the obligations already.")


class NotNow(Conflict):
    """The round is not where this can be done."""

    code = "clearing.not-now"
    default_message = _("The round has gone on meanwhile. Look at it again.")


class Unanswered(Conflict):
    """Not everybody concerned has agreed."""

    code = "clearing.unanswered"
    default_message = _("Not everybody concerned has agreed yet.")


class Stale(Conflict):
    """Something that the computation counted with is not there any more."""

    code = "clearing.stale"
    default_message = _(
        "Some of these obligations were paid or taken back meanwhile. Work the round out again."
    )


class TableUnreadable(Invalid):
    """A table of obligations has mistakes; ``lines`` tells each."""

    code = "clearing.table"
    default_message = _("These obligations cannot be read.")
