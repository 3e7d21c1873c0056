"""Forms of cycles, distributions and rounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import DayField
from chambre.lib.shopping.cycles import cut_slots
from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.rooms.shop.models import Distribution, PickupPlace


class MomentField(forms.DateTimeField):
    """A day and a time, in the browser's own picker."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M"
    )

    def clean(self, value: Any) -> Any:
        """A moment of this time of the world: there is a week before it and after it.

        Raises:
            ValidationError: It is not one.
        """
        moment = super().clean(value)
        if moment is not None and not 2000 <= moment.year < 2200:
            raise ValidationError(_("There is no such day."), code="invalid")
        return moment


class CycleForm(NotingForm):
    """A new order cycle."""

    name = forms.CharField(label=_("Name of the cycle"), max_length=140)
    opens_at = MomentField(label=_("People order from"))
    closes_at = MomentField(label=_("until"))
    most_orders = forms.IntegerField(
        label=_("Orders at most"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Empty: no bound."),
    )
    note = forms.CharField(label=_("For those who order"), max_length=500, required=False)


class DistributionForm(NotingForm):
    """A distribution of a cycle, with its slots."""

    place = forms.ModelChoiceField(label=_("Place"), queryset=PickupPlace.objects.none())
    starts_at = MomentField(label=_("From when"))
    ends_at = MomentField(label=_("Until when"))
    minutes = forms.IntegerField(
        label=_("Cut it into slots of so many minutes"), min_value=5, max_value=720, required=False,
        help_text=_("Empty: everybody may come at any time."),
    )  # fmt: skip
    capacity = forms.IntegerField(
        label=_("Orders in each slot, at most"), min_value=1, max_value=10_000, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Slots need to know how many fit, and lie on one day."""
        data = super().clean() or {}
        if data.get("minutes") and not data.get("capacity"):
            self.add_error("capacity", _("Say how many orders fit into a slot."))
        start, end = data.get("starts_at"), data.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("It ends after it begins."))
        elif data.get("minutes") and start and end and _day(start) != _day(end):
            self.add_error("minutes", _("Only a distribution of one day has slots."))
        return data

    def slots(self) -> list[tuple[dt.datetime, dt.datetime, int]]:
        """The slots that were asked for: from, until, orders at most."""
        data = self.cleaned_data
        if not data.get("minutes"):
            return []
        start, end = timezone.localtime(data["starts_at"]), timezone.localtime(data["ends_at"])
        found = cut_slots(
            start.time(), end.time(), minutes=data["minutes"], capacity=data["capacity"]
        )
        return [(_at(start, slot.start), _at(start, slot.end), data["capacity"]) for slot in found]


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()


def _at(day: dt.datetime, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day.date(), time))


class StopsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Distributions to drive to."""

    def label_from_instance(self, obj: Distribution) -> str:
        """Where and when."""
        return f"{obj.place.name} – {timezone.localtime(obj.starts_at):%d/%m %H:%M}"


class RoundForm(NotingForm):
    """A delivery round."""

    name = forms.CharField(label=_("Name of the round"), max_length=140)
    day = DayField(label=_("Day"))
    driver = forms.CharField(label=_("Who drives"), max_length=140, required=False)
    stops = StopsField(
        label=_("Stops"), queryset=Distribution.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are driven to in the order of their hours."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note for who drives"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """What the services are told."""
        data = dict(self.cleaned_data)
        data["stops"] = sorted(
            data["stops"], key=lambda stop: (stop.starts_at, stop.ends_at, stop.pk)
        )
        return data
