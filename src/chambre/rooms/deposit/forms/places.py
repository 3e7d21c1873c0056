"""Forms of places: where they are, when they are open, what they do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import DayField
from chambre.lib.placemap import read_position, write_position
from chambre.registry.models import Agent
from chambre.rooms.deposit.forms import NotingForm
from chambre.rooms.deposit.models import Place


class PositionField(forms.CharField):
    """Latitude and longitude in one box, as maps give them to be copied; millionths of a degree."""

    def to_python(self, value: Any) -> Any:
        """Both numbers, or None.

        Raises:
            ValidationError: Not a position.
        """
        try:
            return read_position(super().to_python(value) or "")
        except ValueError:
            message = _("This is no position: write latitude and longitude, as 50.6369, 3.0635.")
            raise ValidationError(message, code="invalid") from None


class WhereForm(NotingForm):
    """What a place is and does."""

    name = forms.CharField(label=_("Name of the place"), max_length=140)
    address = forms.CharField(label=_("Its address"), max_length=254, required=False)
    hours = forms.CharField(label=_("When it is open"), max_length=254, required=False)
    position = PositionField(
        label=_("Its position"),
        max_length=60,
        required=False,
        help_text=_(
            "Latitude and longitude, as a map shows them: 50.6369, 3.0635. It puts the place on the "
            "map, and says which ways between places are too quick to be true."
        ),
    )
    issues = forms.BooleanField(label=_("Objects go out here"), required=False, initial=True)
    returns = forms.BooleanField(
        label=_("Objects are taken back here"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        """The position as the place keeps it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["latitude"], data["longitude"] = data.pop("position", None) or (None, None)
        return data


class PlaceForm(WhereForm):
    """A new place."""

    slug = forms.SlugField(label=_("Short name, for addresses"), max_length=50)
    partner = forms.ModelChoiceField(
        label=_("Partner that runs it with its own till"),
        queryset=Agent.objects.none(),
        to_field_name="slug",
        required=False,
        help_text=_("Empty: the scheme runs it, with a drawer of ours."),
    )
    field_order = ["name", "slug"]


class PlaceChangeForm(WhereForm):
    """A place that is there already."""

    closed_on = DayField(
        label=_("Closed for good from this day on"),
        required=False,
        help_text=_("Empty: it stays open. Deposits that it holds are paid back at the others."),
    )

    @classmethod
    def shown(cls, place: Place) -> dict[str, Any]:
        """What the form shows of a place."""
        names = ("name", "address", "hours", "issues", "returns", "closed_on")
        position = write_position(place.latitude, place.longitude)
        return {name: getattr(place, name) for name in names} | {"position": position}
