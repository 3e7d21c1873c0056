"""Which lines to read: over which days, of which journal, with which words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import DayField


class LinesForm(forms.Form):
    """Days, journal and words; what was chosen on the page before travels hidden."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    journal = forms.ChoiceField(label=_("Journal"), required=False)
    text = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        help_text=_("In the label, the piece or the third party’s name."),
    )
    account = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    resource = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    structure = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    opening = forms.BooleanField(required=False, widget=forms.HiddenInput)
    standing = forms.BooleanField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, journals: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["journal"]
        field.choices = [
            ("", _("all")),
            *((code, f"{code} · {label}" if label else code) for code, label in journals),
        ]

    def clean(self) -> dict[str, Any]:
        """The end does not precede the beginning."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The end is before the beginning."))
        return data
