"""Forms of moving a shop in: the file, and how its taxes are read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Invalid
from chambre.lib.woocommerce import WooCommerceRefusal, shop_address
from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.rooms.shop.models import Distribution, Shop
from chambre.rooms.shop.queries.opening import still_coming
from chambre.rooms.shop.services.moving.reading import STANDARD, Reading, read_rates


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


def _word(label: Any, widget: type[forms.Widget] = forms.TextInput, **more: Any) -> Any:
    """A key: nobody's browser should offer to keep or complete it."""
    attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    return forms.CharField(label=label, max_length=200, widget=widget(attrs=attrs), **more)


class VisitForm(TaxForm):
    """A shop that still runs: where it is, the key to read it, and what becomes of its open orders."""

    address = forms.CharField(
        label=_("Address of the shop"), max_length=254,
        widget=forms.TextInput(
            attrs={"placeholder": "https://ferme.example", "inputmode": "url", "autocomplete": "url"}
        ),
    )  # fmt: skip
    consumer_key = _word(_("Consumer key"))
    consumer_secret = _word(_("Consumer secret"), forms.PasswordInput)
    vat = forms.CharField(
        label=_("VAT of other tax classes"), max_length=400, required=False,
        help_text=_("Such as reduced-rate=5.5, zero-rate=0."),
    )  # fmt: skip
    into = forms.ModelChoiceField(
        label=_("Place the open orders for"), required=False, queryset=Distribution.objects.none(),
        empty_label=_("no distribution: keep them to be read"),
    )  # fmt: skip
    field_order = ("address", "consumer_key", "consumer_secret", "default_vat", "vat")

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["without_tax"].label = _("The prices over there are without VAT")
        self.fields["into"].queryset = still_coming(shop)  # type: ignore[attr-defined]

    def clean_address(self) -> str:
        """The address in one form; https only."""
        try:
            return shop_address(self.cleaned_data["address"])
        except WooCommerceRefusal as refusal:
            raise ValidationError(refusal.message(get_language() or "fr")) from None

    def clean_vat(self) -> dict[str, int]:
        """Rates by class, in hundredths of a percent."""
        try:
            return read_rates(self.cleaned_data["vat"])
        except Invalid as refusal:
            raise ValidationError(str(refusal.message)) from None

    def asked(self) -> dict[str, Any]:
        """What may be kept of it: all but the key."""
        data = self.cleaned_data
        reading = self.reading(data["vat"])
        return {
            "address": data["address"], "options": reading.as_json(),
            "into": data["into"].pk if data["into"] else None,
        }  # fmt: skip

    def confided(self) -> dict[str, str]:
        """The key and its secret."""
        return {
            "key": self.cleaned_data["consumer_key"],
            "secret": self.cleaned_data["consumer_secret"],
        }
