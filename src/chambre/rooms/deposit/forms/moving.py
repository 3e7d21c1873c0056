"""Forms for objects that are handed on, and for tags that sign."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chambre.rooms.deposit.forms import NotingForm
from chambre.rooms.deposit.models import ItemType, Place
from chambre.rooms.deposit.services.asking import MOST_CODES


class HandoverForm(NotingForm):
    """Which objects went from where to where."""

    about = "codes"
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    origin = forms.ModelChoiceField(
        label=_("Where they were"), queryset=Place.objects.none(), to_field_name="slug"
    )
    target = forms.ModelChoiceField(
        label=_("Where they are now"), queryset=Place.objects.none(), to_field_name="slug"
    )
    codes = forms.CharField(
        label=_("Their codes"),
        max_length=MOST_CODES * 200,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        required=False,
        help_text=_("One on each line, typed or scanned."),
    )
    type = forms.ModelChoiceField(
        label=_("Objects without codes: which type"),
        queryset=ItemType.objects.none(),
        to_field_name="slug",
        required=False,
    )
    count = forms.IntegerField(
        label=_("How many of them"), min_value=1, max_value=1_000_000, required=False
    )

    def clean_codes(self) -> list[str]:
        """Each code once, in order."""
        text: str = self.cleaned_data["codes"]
        return list(dict.fromkeys(text.split()))

    def clean(self) -> dict[str, Any]:
        """Something is handed on; a type and a number come together."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (data.get("type") is None) != (data.get("count") is None):
            self.add_error("count", gettext("Say the type and how many."))
        elif not data.get("codes") and data.get("type") is None and "codes" not in self.errors:
            self.add_error("codes", gettext("Give codes, or a type and how many."))
        return data


class RecountForm(NotingForm):
    """What came from a place, counted or weighed again."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    place = forms.ModelChoiceField(
        label=_("Where they were taken back"), queryset=Place.objects.none(), to_field_name="slug"
    )
    type = forms.ModelChoiceField(
        label=_("Which type"), queryset=ItemType.objects.none(), to_field_name="slug"
    )
    found = forms.IntegerField(
        label=_("How many there were"), min_value=0, max_value=10**6, required=False,
        help_text=_("Or weigh them: the two weights below instead."),
    )  # fmt: skip
    grams = forms.IntegerField(
        label=_("What they weigh together, in grams"), min_value=0, max_value=10**10, required=False,
    )  # fmt: skip
    each = forms.IntegerField(
        label=_("What one of them weighs, in grams"), min_value=1, max_value=10**6, required=False,
        help_text=_("Empty: as its type says."),
    )  # fmt: skip


class TagForm(NotingForm):
    """A tag that is fixed on an object."""

    uid = forms.CharField(
        label=_("Number of the tag"),
        max_length=20,
        help_text=_("14 hexadecimal digits, as a phone that reads tags shows them."),
    )
    meta_key = forms.CharField(
        label=_("Its SDMMetaReadKey"),
        max_length=40,
        required=False,
        help_text=_("Only when it was written already; both keys or none."),
    )
    file_key = forms.CharField(label=_("Its SDMFileReadKey"), max_length=40, required=False)
