"""Forms about connected objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.rooms.deposit.models import Device, DeviceCommand, Place


class EnrolForm(forms.Form):
    """A device to enrol at one of the places that somebody manages."""

    name = forms.SlugField(
        label=_("Name of the device"),
        max_length=60,
        help_text=_("Letters, digits and hyphens, for ever: borne-halle."),
    )
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none())
    presence = forms.ChoiceField(
        label=_("Who is there"),
        choices=Device.Presence.choices,
        widget=forms.RadioSelect,
        initial=Device.Presence.MACHINE,
    )
    issues = forms.BooleanField(
        label=_("It also issues objects, and takes deposits"), required=False
    )
    signs = forms.BooleanField(
        label=_("Its messages come through a gateway: each must be signed"), required=False
    )
    slips_a_day = forms.IntegerField(
        label=_("Receipts that it may hand out on one day while out of touch"),
        min_value=0,
        max_value=100_000,
        initial=100,
    )
    public = forms.CharField(
        label=_("Its own public key, when it keeps its key to itself"),
        required=False,
        max_length=60,
        help_text=_("Ed25519, base64url. Without one, a key is drawn and shown once."),
    )

    def __init__(self, *args: Any, places: Iterable[int], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["place"]
        field.queryset = Place.objects.filter(pk__in=places, closed_on=None)


class KeyForm(forms.Form):
    """Another key for a device."""

    keep_days = forms.IntegerField(
        label=_("The old key stays good for so many days"),
        min_value=0,
        max_value=30,
        initial=0,
        help_text=_("A device that is out of touch can then still say what it kept."),
    )


class CommandForm(forms.Form):
    """Something to ask of a device."""

    verb = forms.ChoiceField(label=_("Ask the device"), choices=DeviceCommand.Verb.choices)
    text = forms.CharField(label=_("Text to show"), required=False, max_length=120)
