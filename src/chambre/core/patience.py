"""When somebody who tried too often may try again.

The limits of sign-in are those of ``ACCOUNT_RATE_LIMITS`` (allauth counts them); what a person reads
names the whole window, so it is never too short.
"""

from __future__ import annotations

import math

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.errors import TooMany

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LIMITS = {
    "account_login": "login",
    "account_request_login_code": "request_login_code",
    "account_confirm_login_code": "request_login_code",
    "account_signup": "signup",
    "account_email": "manage_email",
    "account_email_verification_sent": "confirm_email",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
    "account_reset_password": "reset_password",
    "account_reauthenticate": "reauthenticate",
    "mfa_reauthenticate": "reauthenticate",
}
"""Which limit stands behind an address of the account's pages."""


def window(action: str) -> int:
    """The longest window of an action of ``ACCOUNT_RATE_LIMITS``, in seconds.

    Args:
        action: Its name there; an unknown one has the longest window of all but wrong passwords.
    """
    limits: dict[str, str] = settings.ACCOUNT_RATE_LIMITS
    chosen = limits.get(action) or ",".join(
        text for name, text in limits.items() if name != "login_failed"
    )
    spans = (each.strip().split("/")[1] for each in chosen.split(","))
    return max(int(span[:-1] or 1) * SECONDS[span[-1]] for span in spans)


def try_again(seconds: int) -> str:
    """Too many attempts, and when the next one will be heard."""
    if seconds < 60:
        when = ngettext("in %(count)d second", "in %(count)d seconds", seconds)
        return _("Too many attempts. Try again %(when)s.") % {"when": when % {"count": seconds}}
    minutes = math.ceil(seconds / 60)
    when = ngettext("in %(count)d minute", "in %(count)d minutes", minutes)
    return _("Too many attempts. Try again %(when)s.") % {"when": when % {"count": minutes}}


def too_many(seconds: int) -> TooMany:
    """The refusal of one attempt too many; ``data["retry_after"]`` is in seconds."""
    return TooMany(try_again(seconds), retry_after=seconds)
