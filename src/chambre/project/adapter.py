"""How people get in: what allauth asks the house."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.registry.api import person_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Decides who may make an account, and gives each new one its place in the register."""

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
