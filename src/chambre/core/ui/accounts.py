"""What somebody says of themselves when they make an account, and of a passkey that they add."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.Form):
    """Asks for a name beside the address; allauth adds its own fields and calls :meth:`signup`."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As others in your chamber know you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Keep the name with the new account."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Asks for a passkey's name; it opens the door by itself unless the person says otherwise."""

    name = forms.CharField(label=_("Name of this passkey"), required=False, max_length=100)
    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone"),
        required=False,
        initial=True,
        help_text=_(
            "The device then checks that it is you, by fingerprint, face or code."
            " Without it, the passkey only confirms a sign-in by code or password."
        ),
    )
    field_order = ("name", "passwordless", "credential")
