"""Forms of mandates and collections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField, DayField
from chambre.registry.models import Resource
from chambre.treasury.forms.payouts import PayeeMixin, uses
from chambre.treasury.models import Mandate


class CreditorForm(forms.Form):
    """The structure's creditor identifier."""

    identifier = forms.CharField(
        label=_("Creditor identifier (ICS)"),
        max_length=40,
        help_text=_("The structure’s bank obtains it. It looks like FR72ZZZ123456."),
    )

    def note(self, fields: dict[str, Any], message: str) -> None:
        """Put a refusal beside its field."""
        self.add_error("identifier", message)


class MandateForm(PayeeMixin):
    """A mandate that somebody signed."""

    reference = forms.CharField(
        label=_("Unique mandate reference (RUM)"),
        max_length=35,
        required=False,
        help_text=_("As it stands on the paper. Empty: one is given."),
    )
    signed_on = DayField(label=_("Signed on"))
    scheme = forms.ChoiceField(label=_("Scheme"), choices=Mandate.Scheme.choices)
    is_recurrent = forms.BooleanField(
        label=_("For several collections"), required=False, initial=True
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice"),
        min_value=1,
        max_value=14,
        initial=14,
        help_text=_("Fourteen unless the debtor agreed to fewer in writing."),
    )
    field_order = (
        "party", "name", "iban", "reference", "signed_on", "scheme", "is_recurrent", "notice_days",
    )  # fmt: skip

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["party"].queryset = parties
        fields["iban"].required = True
        fields["iban"].help_text = _("As it stands on the mandate.")


class AmendForm(forms.Form):
    """The debtor moved to another account."""

    iban = forms.CharField(
        label=_("New IBAN"),
        max_length=42,
        help_text=_("Of the same holder, as they wrote it. Another holder signs another mandate."),
    )
    told_on = DayField(label=_("Told by the debtor on"))

    def note(self, fields: dict[str, Any], message: str) -> None:
        """Put a refusal beside the fields that it is about."""
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, message)


class NoticeForm(forms.Form):
    """Tell a debtor of a collection by e-mail."""

    to = forms.EmailField(label=_("E-mail address of the debtor"))
    language = forms.ChoiceField(
        label=_("Language"), choices=[("fr", "français"), ("en", "English")], initial="fr"
    )


class MoveForm(forms.Form):
    """Move a collection to another day."""

    day = DayField(
        label=_("Due on"),
        help_text=_("Moved to the next day on which banks settle. The debtor is told anew."),
    )


class CollectionForm(forms.Form):
    """Plan a collection."""

    mandate = forms.ModelChoiceField(
        label=_("Mandate"), queryset=Mandate.objects.none(), to_field_name="reference"
    )
    amount = AmountField(label=_("Amount"), min_value=1, max_value=99_999_999_999)
    day = DayField(
        label=_("Due on"),
        help_text=_("Moved to the next day on which banks settle. The debtor is told before."),
    )
    reason = forms.CharField(
        label=_("What for"), max_length=140, help_text=_("The debtor reads it on their statement.")
    )
    use = forms.ChoiceField(label=_("What the money is"), choices=())
    resource = forms.ModelChoiceField(
        label=_("Resource"),
        queryset=Resource.objects.none(),
        required=False,
        empty_label=_("none: the structure itself"),
        to_field_name="slug",
    )

    def __init__(self, *args: Any, mandates: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["mandate"].queryset = mandates
        fields["mandate"].label_from_instance = lambda one: f"{one.party.name} – {one.reference}"
        fields["resource"].queryset = resources
        fields["use"].choices = uses("income", "third")
        fields["use"].initial = "membership"

    def note(self, fields: dict[str, Any], message: str) -> None:
        """Put a refusal beside the fields that it is about."""
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, message)
