"""What somebody says of themselves when they make an account."""

from __future__ import annotations

from typing import Any

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
