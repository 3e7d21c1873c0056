"""Forms about payments: asking for one, giving back, an account at a provider."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chambre.core.ui import figures
from chambre.core.ui.forms import AmountField, DayField
from chambre.treasury.models import CashDrawer, Payment, PaymentLine, ProviderAccount, Refund
from chambre.treasury.providers.base import Provider
from chambre.treasury.uses import ALL

_USES = ("income", "third")


class RequestForm(forms.Form):
    """Ask somebody for money."""

    amount = AmountField(label=_("Amount"), min_value=1)
    reason = forms.CharField(
        label=_("What for"), max_length=140, help_text=_("The payer reads this.")
    )
    use = forms.ChoiceField(label=_("Booked as"))
    payer_name = forms.CharField(label=_("Who is to pay"), max_length=140, required=False)
    payer_email = forms.EmailField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("Filled in for them on the payment service’s page."),
    )
    due = DayField(label=_("To be paid by"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["use"]
        field.choices = [
            ("advance", _("An advance, to be told later")),
            *((use.name, use.label) for use in ALL if use.group in _USES and use.name != "advance"),
        ]


class FilterForm(forms.Form):
    """Which payments to list."""

    state = forms.ChoiceField(label=_("State"), required=False)
    text = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        help_text=_("In the reason, the reference or the payer’s name."),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["state"]
        field.choices = [
            ("", _("all")),
            ("waiting", _("waited for")),
            ("came", _("came in")),
            *Payment.State.choices,
        ]


class RefundForm(forms.Form):
    """How much of each line goes back, how, and why."""

    means = forms.ChoiceField(label=_("How"))
    iban = forms.CharField(
        label="IBAN",
        required=False,
        max_length=42,
        help_text=_("Where a transfer goes: as the payee gave it, or the account it came from."),
    )
    holder = forms.CharField(
        label=_("Holder of the account"),
        required=False,
        max_length=70,
        help_text=_("Empty: the payer."),
    )
    drawer = forms.ModelChoiceField(
        label=_("Out of the drawer"),
        queryset=CashDrawer.objects.none(),
        required=False,
        empty_label=None,
        to_field_name="slug",
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self,
        *args: Any,
        lines: Iterable[tuple[PaymentLine | None, int]],
        by_provider: bool,
        in_units: bool,
        drawers: QuerySet[CashDrawer],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["means"]
        field.choices = [
            each
            for each in Refund.Means.choices
            if (by_provider or each[0] != Refund.Means.PROVIDER)
            and (in_units or each[0] != Refund.Means.CREDIT)
        ]
        if drawers.exists():
            out_of: Any = self.fields["drawer"]
            out_of.queryset = drawers
        else:
            del self.fields["drawer"]
        self.keys: dict[str, int | None] = {}
        rest = dict(self.fields)
        self.fields.clear()
        for line, most in lines:
            name = f"line-{line.pk}" if line else "line-over"
            self.keys[name] = line.pk if line else None
            self.fields[name] = AmountField(
                label=line.label if line else _("Paid too much"),
                required=False,
                min_value=min(most, 0),
                max_value=max(most, 0),
                help_text=_("At most %(most)s.") % {"most": figures.money(most)},
            )
        self.fields.update(rest)

    def asked(self) -> dict[int | None, int]:
        """What goes back of each line, in cents."""
        data = self.cleaned_data
        return {key: data[name] for name, key in self.keys.items() if data.get(name)}


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class ProviderForm(forms.Form):
    """An account at a payment provider. What is secret is never shown again."""

    label = forms.CharField(
        label=_("Name for payers"),
        max_length=60,
        help_text=_("On the button: “Pay by card”, for example."),
    )
    mode = forms.ChoiceField(
        label=_("Mode"), choices=ProviderAccount.Mode.choices, widget=forms.RadioSelect
    )
    active = forms.BooleanField(label=_("Offered to payers"), required=False, initial=True)

    def __init__(
        self,
        *args: Any,
        adapter: Provider,
        kept: Iterable[str] = (),
        known: ProviderAccount | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names = [setting.name for setting in adapter.settings]
        kept = set(kept)
        for setting in adapter.settings:
            there = setting.name in kept
            self.fields[setting.name] = forms.CharField(
                label=setting.label,
                required=setting.required and not there,
                max_length=500,
                help_text=_("Kept. Leave it empty to keep it as it is.") if there else setting.help,
                widget=forms.PasswordInput(attrs={"autocomplete": "off"})
                if setting.secret
                else forms.TextInput,
            )
        if known is not None:
            del self.fields["mode"]
        else:
            del self.fields["active"]

    def values(self) -> dict[str, str]:
        """What the provider asks for."""
        return {name: self.cleaned_data.get(name, "") for name in self.names}
