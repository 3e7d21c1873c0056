"""Forms about what deposits and objects do to the books."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.rooms.deposit.forms import NotingForm
from chambre.rooms.deposit.models import ItemType


class LifeForm(NotingForm):
    """For how many years objects of a type are used."""

    type = forms.ModelChoiceField(
        label=_("Which type"), queryset=ItemType.objects.none(), to_field_name="slug"
    )
    years = forms.IntegerField(
        label=_("Years of use"), min_value=0, max_value=50, help_text=_("0: it is not depreciated.")
    )


class YearForm(NotingForm):
    """A year that is depreciated, or whose depreciation is taken back."""

    year = forms.IntegerField(label=_("Which year"), min_value=2000, max_value=9998)
