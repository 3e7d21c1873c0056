"""Forms of invoices that suppliers send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField, DayField
from chambre.treasury.booklines import BookLine


class ReceiveForm(forms.Form):
    """The file of an invoice."""

    file = forms.FileField(
        label=_("Invoice"),
        help_text=_("A Factur-X PDF, or an XML file (CII or UBL), 20 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.xml,application/pdf,text/xml"}),
    )


class EnterForm(forms.Form):
    """An invoice on paper, typed in."""

    supplier = forms.CharField(label=_("Supplier"), max_length=140)
    siren = forms.CharField(label="SIREN", max_length=9, required=False)
    number = forms.CharField(label=_("Its number"), max_length=60)
    issued = DayField(label=_("Its day"))
    due = DayField(label=_("Pay by"), required=False)
    base = AmountField(label=_("Sum without VAT"), min_value=0)
    vat = AmountField(label=_("VAT"), min_value=0, required=False)
    iban = forms.CharField(label="IBAN", max_length=50, required=False)
    reference = forms.CharField(label=_("Reference to write"), max_length=140, required=False)
    credit = forms.BooleanField(label=_("It is a credit note"), required=False)
    barter = forms.BooleanField(label=_("Paid by compensation"), required=False)


def _account(written: str) -> str:
    account = written.strip().upper()
    if account and not (account[:3].isdigit() and account.isalnum()):
        raise forms.ValidationError(_("An account number begins with three digits."))
    return account


class AcceptForm(forms.Form):
    """Where an accepted invoice is booked."""

    account = forms.CharField(
        label=_("Account"), max_length=32, required=False,
        help_text=_("Of expenses, for example 606300. Empty: by the booking rule of purchases."),
    )  # fmt: skip
    resource: Any = forms.ModelChoiceField(
        label=_("Resource"), queryset=None, required=False, to_field_name="slug",
        empty_label=_("none: the structure itself"),
    )  # fmt: skip

    part_account = forms.CharField(
        label=_("A part of it on another account"), max_length=32, required=False
    )
    part_amount = AmountField(label=_("How much of it, without VAT"), required=False, min_value=1)
    reverse_rate = forms.TypedChoiceField(
        label=_("VAT that we owe ourselves (reverse charge)"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("none")), ("2000", "20 %"), ("1000", "10 %"), ("550", "5,5 %")],
        help_text=_("For an invoice without VAT that says so: from abroad, or building works."),
    )

    def __init__(self, *args: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].queryset = resources  # type: ignore[attr-defined]

    def clean_account(self) -> str:
        """An account number begins with three digits."""
        return _account(self.cleaned_data["account"])

    def clean_part_account(self) -> str:
        """An account number begins with three digits."""
        return _account(self.cleaned_data["part_account"])

    def clean(self) -> dict[str, Any]:
        """A part has an account and an amount; they become ``parts``."""
        data = super().clean() or {}
        account, amount = data.pop("part_account", ""), data.pop("part_amount", None)
        if bool(account) != bool(amount):
            self.add_error("part_amount", _("Give both: on which account, and how much."))
        resource = data.get("resource")
        data["parts"] = (
            [BookLine(amount, account=account, resource=resource.pk if resource else None)]
            if account and amount
            else []
        )
        return data
