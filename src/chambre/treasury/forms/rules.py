"""The form of a booking rule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.registry.models import Resource

RATES = ((0, "0 %"), (210, "2,1 %"), (550, "5,5 %"), (1000, "10 %"), (2000, "20 %"))
"""Rates of VAT in metropolitan France (CGI art. 278 to 281 nonies), in hundredths of a percent."""


class RuleForm(forms.Form):
    """On which account a use of money is booked from now on."""

    account = forms.CharField(
        label=_("Account"),
        max_length=32,
        help_text=_("Its number in the structure's chart, for example 706100."),
    )
    label = forms.CharField(
        label=_("Name of the account"),
        max_length=200,
        required=False,
        help_text=_("Only when the structure calls it otherwise than the chart."),
    )
    vat = forms.TypedChoiceField(
        label=_("VAT"), coerce=int, empty_value=None, required=False, choices=()
    )
    resource = forms.ModelChoiceField(
        label=_("Resource"),
        queryset=Resource.objects.none(),
        required=False,
        empty_label=_("none: the structure itself"),
        to_field_name="slug",
    )
    note = forms.CharField(label=_("Why"), max_length=254, required=False)

    def __init__(self, *args: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].queryset = resources  # type: ignore[attr-defined]
        self.fields["vat"].choices = [("", _("without VAT")), *RATES]  # type: ignore[attr-defined]
