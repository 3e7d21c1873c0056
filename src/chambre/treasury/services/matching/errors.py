"""What the matching of rows refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Invalid


class AlreadyMatched(Conflict):
    """The row has a match; it can be undone first."""

    code = "treasury.row-matched"
    default_message = _("This row is matched already. Undo that first to match it otherwise.")


class NotMatchable(Conflict):
    """The row is not in the ledger (announced only, before the account's first day, replaced)."""

    code = "treasury.row-not-booked"
    default_message = _("This row is not booked, so there is nothing to match.")


class NotWhole(Invalid):
    """The parts do not make up the row."""

    code = "treasury.parts-differ"
    default_message = _("The parts do not add up to the row.")


class ProposalGone(Conflict):
    """What was proposed is no longer possible."""

    code = "treasury.proposal-gone"
    default_message = _("This proposal no longer holds: something changed meanwhile. Look again.")
