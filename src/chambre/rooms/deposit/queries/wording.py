"""Reasons in people's words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Any] = {
    "issued": _("The deposit was paid. Bring the object back to have it again."),
    "whole": _("The whole deposit is paid back. Thank you for bringing it back."),
    "late": _("It came back late: a part of the deposit is kept, as the scheme decided."),
    "damaged": _("It is damaged: what becomes of the deposit follows the scheme's rules."),
    "already": _("This object was brought back already, and its deposit was paid back then."),
    "unknown": _("Nobody knows this code here. It was noted, and somebody will look at it."),
    "foreign": _("This object belongs to another scheme. Its own places pay it back."),
    "never-issued": _("This object was never issued, so there is no deposit to pay back."),
    "withdrawn": _("This object is out of service. Somebody will look at it."),
    "elsewhere": _("Only the place that issued it takes this object back."),
    "distance": _("A code alone does not pay so much. Bring the object to a place."),
    "travel": _("It cannot have come here so quickly. Somebody will look at it."),
    "burst": _("Very many came back at once. Somebody will look at it before it is paid."),
    "cloned": _("This tag looks copied. Somebody will look at it."),
    "place": _("This place does not do that."),
    "means": _("The deposit cannot be paid this way here. Choose another one."),
    "count": _("More would come back than went out. Somebody will look at it."),
    "free": _("No deposit was paid for it, so none is paid back."),
    "decided": _("People have looked at it and decided."),
    "not-issuable": _("This object cannot be issued now."),
    "receipt": _("The receipt is paid out."),
    "handed-on": _("The objects are at the other place now."),
    "unclaimed": _("Nobody claimed it, and the commons decided what becomes of it."),
    "key-reused": _("This request was made already, for something else."),
    "no-tariff": _("No deposit is decided yet for it."),
}
"""What a person is told, by reason; an answer keeps the reason and is told in any language."""


def reason_words(reason: str) -> str:
    """A reason in the language of who reads it."""
    return str(REASONS.get(reason, reason))
