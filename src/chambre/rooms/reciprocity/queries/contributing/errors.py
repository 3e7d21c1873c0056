"""What this part of the room refuses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict
from chambre.lib.contributing.wording import ContributingRefusal


class Ruled(Conflict):
    """A rule of :mod:`chambre.lib.contributing` says no, in its words."""

    def __init__(self, refusal: ContributingRefusal) -> None:
        self.code = f"reciprocity.{refusal.code}"
        facts: dict[str, Any] = {name: str(value) for name, value in refusal.data.items()}
        super().__init__(refusal.message(get_language() or "fr"), **facts)


class Replaced(Conflict):
    """The contribution or retribution was corrected or taken back."""

    code = "reciprocity.replaced"
    default_message = _("This was corrected or taken back: look at what replaces it.")


class NotCounted(Conflict):
    """It is not recognised (yet)."""

    code = "reciprocity.not-recognised"
    default_message = _("Only a recognised contribution can be booked.")


class NotBookable(Conflict):
    """It cannot be booked in classes 86 and 87."""

    code = "reciprocity.not-bookable"
    default_message = _("This contribution cannot be booked as one in kind.")


class BookedAlready(Conflict):
    """It stands in the books."""

    code = "reciprocity.booked"
    default_message = _("It is booked: take the booking back first.")


class BudgetClosed(Conflict):
    """The budget takes no more."""

    code = "reciprocity.budget-closed"
    default_message = _("This budget is not open.")
