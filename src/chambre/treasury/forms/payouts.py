"""Forms of payouts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField, DayField
from chambre.lib.sepa.reasons import REASONS
from chambre.registry.models import Resource
from chambre.treasury.models import Party
from chambre.treasury.uses import ALL


def uses(*groups: str) -> list[tuple[str, Any]]:
    """Uses of money to choose from, in people's words."""
    return [(use.name, use.label) for use in ALL if use.group in groups]


def bank_reasons() -> list[tuple[str, str]]:
    """Reason codes of banks with their words, in the reader's language."""
    language = get_language() or "fr"
    return [
        ("", "–"),
        *((each.code, f"{each.code} – {each.text(language)}") for each in REASONS.values()),
    ]


class PayeeMixin(forms.Form):
    """Who it is: a third party that is known, or a new one."""

    party = forms.ModelChoiceField(
        label=_("Third party"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=_("somebody new"),
        to_field_name="code",
    )
    name = forms.CharField(
        label=_("Name of somebody new"),
        max_length=70,
        required=False,
        help_text=_("As it stands on their bank account."),
    )
    iban = forms.CharField(
        label="IBAN",
        max_length=42,
        required=False,
        help_text=_("As they gave it themselves. Empty: the account that is noted already."),
    )

    def clean(self) -> dict[str, Any]:
        """A new third party has a name and an account."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("party") and "party" not in self.errors:
            if not data.get("name"):
                self.add_error("name", _("Choose a third party, or give a name."))
            if not data.get("iban"):
                self.add_error("iban", _("Give the account of somebody new."))
        return data

    def note(self, fields: dict[str, Any], message: str) -> None:
        """Put a refusal beside the fields that it is about."""
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, message)


class PayoutForm(PayeeMixin):
    """Ask for a transfer."""

    amount = AmountField(label=_("Amount"), min_value=1, max_value=99_999_999_999)
    reason = forms.CharField(
        label=_("What for"), max_length=140, help_text=_("The payee reads it on their statement.")
    )
    reference = forms.CharField(
        label=_("Reference of the payee"),
        max_length=40,
        required=False,
        help_text=_(
            "If their invoice has one that begins with RF; it travels instead of the words."
        ),
    )
    use = forms.ChoiceField(label=_("What kind of expense"), choices=())
    resource = forms.ModelChoiceField(
        label=_("Resource"),
        queryset=Resource.objects.none(),
        required=False,
        empty_label=_("none: the structure itself"),
        to_field_name="slug",
    )
    day = DayField(
        label=_("Not before"), required=False, help_text=_("Empty: as soon as two people agreed.")
    )
    agree = forms.BooleanField(
        label=_("I agree to it at once, as one of the two people"), required=False, initial=True
    )
    field_order = (
        "party", "name", "iban", "amount", "reason", "reference", "use", "resource", "day", "agree",
    )  # fmt: skip

    def __init__(self, *args: Any, parties: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["party"].queryset = parties
        fields["resource"].queryset = resources
        fields["use"].choices = uses("third", "other", "income")
        fields["use"].initial = "supplier"


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=254)


class BankReasonForm(forms.Form):
    """What the bank said."""

    code = forms.ChoiceField(label=_("What the bank said"), required=False, choices=())
    reason = forms.CharField(label=_("Note"), max_length=254, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = bank_reasons()  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """From which account, and how it shall look on the statement."""

    account = forms.ChoiceField(label=_("From which account"), choices=())
    batch = forms.BooleanField(
        label=_("One movement on the statement for all of a day"),
        required=False,
        initial=True,
        help_text=_("Otherwise one movement for each."),
    )

    def __init__(self, *args: Any, accounts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = accounts  # type: ignore[attr-defined]
        if len(accounts) == 1:
            self.fields["account"].widget = forms.HiddenInput()
            self.initial.setdefault("account", accounts[0][0])
