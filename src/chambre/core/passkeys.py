"""A passkey that answers for one signature: allauth's own challenge, nothing of it kept here."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django.http import HttpRequest


def has_passkey(user: Any) -> bool:
    """Whether somebody has added one."""
    rows = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    return bool(rows.exists())


def challenge(user: Any) -> dict[str, Any]:
    """What the browser is asked; the other half stays in the session until it is answered."""
    return {"request_options": auth.begin_authentication(user)}


def answered(request: HttpRequest) -> Any:
    """The passkey that has answered the challenge of this session just now, or None; good once."""
    form = ReauthenticateWebAuthnForm(request.POST, user=request.user)
    try:
        if not form.is_valid():
            return None
    except (KeyError, TypeError, ValueError, AttributeError):  # what was sent is no answer at all
        return None
    form.save()
    passkey = form.cleaned_data["credential"]
    passkey.refresh_from_db()
    return passkey
