"""Errors of distributions, and as whom they ask the floors below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.errors import Conflict

SYSTEM = Actor.system("reciprocity")
"""Who asks ledger and treasury, after a service of this room has authorized its own act."""

ORIGIN = "reciprocity"
"""As which this room asks the treasury for payouts."""


class NotInForce(Conflict):
    """The contract is not in force: nothing is distributed by it."""

    code = "reciprocity.not-in-force"
    default_message = _("Only a contract that is in force distributes.")


class NothingToShare(Conflict):
    """The period brought in nothing: its facts wait for the next distribution."""

    code = "reciprocity.nothing-to-share"
    default_message = _(
        "Nothing was brought in over this period; what happened counts in the next distribution."
    )


class Overlaps(Conflict):
    """Another distribution of the contract holds some of these days."""

    code = "reciprocity.overlaps"
    default_message = _("Another distribution of this contract holds some of these days.")


class FactsChanged(Conflict):
    """The books hold other facts than those that were proposed."""

    code = "reciprocity.facts-changed"
    default_message = _(
        "The books have changed since this was computed. Look at it again: withdraw it and propose anew."
    )


class NotNow(Conflict):
    """Its state does not allow it."""

    code = "reciprocity.not-now"


class StillOpen(Conflict):
    """Objections are open, or may still be made."""

    code = "reciprocity.objections"
