"""Forms of moving a shop in: the file, and how its taxes are read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.rooms.shop.services.moving.reading import STANDARD, Reading


def _rate(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=100, decimal_places=2, **more)


class TaxForm(NotingForm):
    """How prices and taxes of a file are read."""

    default_vat = _rate(
        _("VAT of products without a class, in percent"), initial=20,
        help_text=_("Also of classes that nobody named."),
    )  # fmt: skip
    without_tax = forms.BooleanField(
        label=_("The prices in the file are without VAT"), required=False
    )

    def reading(self, vat: dict[str, int] | None = None) -> Reading:
        """What was chosen."""
        data = self.cleaned_data
        return Reading(dict(vat or {}), int(data["default_vat"] * 100), data["without_tax"])


class ComingForm(TaxForm):
    """A product file of WooCommerce."""

    file = forms.FileField(
        label=_("Product file of WooCommerce (CSV)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    field_order = ("file",)


class RatesForm(TaxForm):
    """The same with a rate for each tax class of the file."""

    def __init__(self, *args: Any, classes: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.classes = {row["class"]: row for row in classes if row["class"] != STANDARD}
        for number, row in enumerate(self.classes.values()):
            self.fields[f"rate{number}"] = _rate(
                _("VAT of the class “%(name)s”, in percent") % {"name": row["name"]},
                initial=f"{row['rate'] / 100:g}",
            )

    def chosen(self) -> Reading:
        """What was chosen, with the rates of the classes."""
        rates = {
            name: int(self.cleaned_data[f"rate{number}"] * 100)
            for number, name in enumerate(self.classes)
        }
        return self.reading(rates)
