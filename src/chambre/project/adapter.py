"""How people get in: what allauth asks the house."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.patience import LIMITS, try_again, window
from chambre.registry.api import person_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Decides who may make an account, and gives each new one its place in the register."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # Shown as a message, with this key, after a code was typed wrong too often.
        "too_many_login_attempts": _("Too many wrong codes. Ask for a new one."),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """What is wrong with a form; after too many attempts, when to try again."""
        if code != "too_many_login_attempts":
            error: ValidationError = super().validation_error(code, *args)
            return error
        match = getattr(self.request, "resolver_match", None)
        action = LIMITS.get(match.url_name if match else "", "")
        return ValidationError(
            try_again(window("login_failed" if action in ("", "login") else action)), code=code
        )

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether anybody may make an account (``CHAMBRE_SIGNUP``)."""
        return bool(settings.CHAMBRE_SIGNUP == "open")

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Make the account, in the language that the person reads."""
        user.language = getattr(request, "LANGUAGE_CODE", "")[:2]
        user.name = form.cleaned_data.get("name", "")
        with transaction.atomic():
            user = super().save_user(request, user, form, commit)
            if commit:
                audit(Actor.of(user), "core.person.signed-up", user)
                person_of(user)
        return user
