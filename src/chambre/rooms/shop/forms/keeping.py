"""Forms of those who keep a shop."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError, Forbidden
from chambre.lib.shopping.preparing import Fair
from chambre.registry.models import Agent


class NotingForm(forms.Form):
    """A form that can show what a service refused."""

    def told(self, refusal: ChambreError) -> int:
        """Put a refusal beside the fields that it is about; the status of the answer."""
        if isinstance(refusal, Forbidden):
            raise refusal
        fields: dict[str, Any] = refusal.data.get("fields", {})
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, str(refusal.message))
        return refusal.status


class ShortForm(NotingForm):
    """How much there is of what came short, and how it is shared."""

    available = forms.IntegerField(
        label=_("Pieces that there are"), min_value=0, max_value=1_000_000
    )
    rule = forms.ChoiceField(
        label=_("Who gets it"),
        choices=(
            (Fair.PROPORTIONAL.value, _("everybody the same part")),
            (Fair.FIRST_COME.value, _("who ordered first")),
        ),
        initial=Fair.PROPORTIONAL.value,
    )


def grams_in(text: str) -> int:
    """A weight as a person types it or a scale sends it, in grams.

    ``1250`` and ``1250 g`` are grams; ``1,25``, ``1.250`` and ``1,25 kg`` are kilograms.

    Raises:
        ValueError: It is no weight.
    """
    match = re.fullmatch(
        r"[+ ]*(\d{1,7})(?:[.,](\d{0,4}))?\s*(k?g)?", text.strip().lower(), re.ASCII
    )
    if match is None:
        raise ValueError(text)
    whole, rest, unit = match[1], match[2], match[3] or ""
    if unit == "g" or (rest is None and unit != "kg"):
        if rest and int(rest):
            raise ValueError(text)
        return int(whole)
    tenths = int(whole + (rest or "").ljust(4, "0"))
    return (tenths + 5) // 10


class WeightField(forms.Field):
    """A weight, as integer grams."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """Text into grams.

        Raises:
            ValidationError: It is no weight.
        """
        text = str(value or "").strip()[:20]
        if not text:
            return None
        try:
            return grams_in(text)
        except ValueError:
            message = _("Type grams (1250) or kilograms with a comma (1,25).")
            raise ValidationError(message, code="invalid") from None


class WeighingForm(NotingForm):
    """What was put into an order of one line."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    given = forms.IntegerField(label=_("Pieces"), min_value=0, max_value=9_999)
    weight = WeightField(label=_("Weight"), required=False)


class OpenShopForm(NotingForm):
    """A new shop."""

    name = forms.CharField(label=_("Name of the shop"), max_length=140)
    slug = forms.SlugField(
        label=_("Short name, for addresses"), max_length=50, help_text=_("Letters and hyphens.")
    )
    structure = forms.ModelChoiceField(
        label=_("Whose shop it is"), queryset=Agent.objects.none(), to_field_name="slug"
    )
