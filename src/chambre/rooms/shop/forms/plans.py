"""Forms of those who plan baskets."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField, DayField
from chambre.rooms.shop.forms.baskets import RHYTHMS
from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.rooms.shop.models import BasketPlan, Crop, PickupPlace, Product, Shop, Variant
from chambre.rooms.shop.services.plans import MOST_DAYS, weekly
from chambre.treasury.models import Mandate


class RulesForm(NotingForm):
    """What holds in a season, and may be changed while it runs."""

    name = forms.CharField(label=_("Name"), max_length=140)
    lede = forms.CharField(label=_("In one sentence"), max_length=254, required=False)
    rhythms = forms.MultipleChoiceField(
        label=_("Rhythms that people may choose"), choices=tuple(RHYTHMS.items()),
        widget=forms.CheckboxSelectMultiple, initial=["weekly"],
    )  # fmt: skip
    absences = forms.IntegerField(
        label=_("Baskets that one may leave out"), min_value=0, max_value=50, initial=2
    )
    absent = forms.ChoiceField(
        label=_("When a basket is left out"), choices=BasketPlan.Absent.choices
    )
    absent_percent = forms.IntegerField(
        label=_("How much of its price, in percent"), min_value=0, max_value=100, initial=100
    )
    notice = forms.IntegerField(label=_("Days of notice"), min_value=0, max_value=60, initial=3)
    turns = forms.ChoiceField(label=_("Two who alternate"), choices=BasketPlan.Turns.choices)
    refusals = forms.IntegerField(
        label=_("Products that one may refuse"), min_value=0, max_value=10, initial=1
    )
    instalments = forms.IntegerField(
        label=_("Payments at most"), min_value=1, max_value=12, initial=4
    )
    minimum_baskets = forms.IntegerField(
        label=_("Baskets at least"), min_value=0, max_value=MOST_DAYS, initial=0
    )
    minimum_amount = AmountField(
        label=_("Amount at least"), min_value=0, max_value=10**7, initial=0
    )
    order_days = forms.IntegerField(
        label=_("Orders are made so many days before"), min_value=0, max_value=60, required=False,
        help_text=_("Empty: when the order cycle of the distribution opens."),
    )  # fmt: skip
    is_open = forms.BooleanField(label=_("People may subscribe"), required=False, initial=True)


class PlanForm(RulesForm):
    """A new season."""

    product = forms.ModelChoiceField(label=_("Which basket"), queryset=Product.objects.none())
    places = forms.ModelMultipleChoiceField(
        label=_("Where"), queryset=PickupPlace.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    weekday = forms.TypedMultipleChoiceField(
        label=_("On which days of the week"), coerce=int, choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    without = forms.CharField(
        label=_("Not on these days"), required=False, max_length=1000,
        help_text=_("Days as 2026-12-25, a space between."),
    )  # fmt: skip
    field_order = ("name", "lede", "product", "places", "first", "last", "weekday", "without")

    def __init__(self, shop: Shop, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["product"].queryset = Product.objects.filter(shop=shop, kind=Product.Kind.BASKET)
        fields["places"].queryset = PickupPlace.objects.filter(shop=shop, is_open=True)

    def clean_without(self) -> list[dt.date]:
        """The days that are left out.

        Raises:
            ValidationError: One of them is no day.
        """
        try:
            return [dt.date.fromisoformat(each) for each in self.cleaned_data["without"].split()]
        except ValueError:
            raise ValidationError(_("Days as 2026-12-25, a space between.")) from None

    def clean(self) -> dict[str, Any]:
        """Work the days of the season out."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and data.get("weekday") and "without" in data:
            if not 0 <= (last - first).days <= 800:
                self.add_error("last", _("It ends after it begins."))
            else:
                data["days"] = weekly(first, last, data["weekday"], data["without"])
        for name in ("first", "last", "weekday", "without"):
            data.pop(name, None)
        return data


class ComplementForm(NotingForm):
    """Something that comes besides the basket."""

    variant = forms.ModelChoiceField(label=_("What"), queryset=Variant.objects.none())
    rhythm = forms.ChoiceField(label=_("How often"), choices=tuple(RHYTHMS.items()))
    most = forms.IntegerField(label=_("At most"), min_value=1, max_value=100, initial=3)

    def __init__(self, shop: Shop, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Variant.objects.filter(
            product__shop=shop, product__pricing=Product.Pricing.UNIT,
            product__kind=Product.Kind.GOODS,
        )  # fmt: skip
        fields: dict[str, Any] = self.fields
        fields["variant"].queryset = rows.select_related("product").order_by("product__name")


class MandateForm(NotingForm):
    """With which mandate the instalments are drawn."""

    mandate = forms.ModelChoiceField(
        label=_("Mandate"), queryset=Mandate.objects.none(), required=False,
        empty_label=_("none: they pay each one"),
    )  # fmt: skip

    def __init__(self, subscription: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        party = subscription.customer.party_id
        fields["mandate"].queryset = Mandate.objects.filter(party=party, end__isnull=True)


class BackForm(NotingForm):
    """Money that goes back to who paid baskets."""

    amount = AmountField(label=_("Amount"), min_value=1)
    iban = forms.CharField(
        label=_("IBAN"), max_length=42, required=False,
        help_text=_("Empty: by the way it came."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=140, required=False)


class CropForm(NotingForm):
    """What there is of a product for the baskets."""

    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.none())
    quantity = forms.IntegerField(
        label=_("How much"), min_value=0, max_value=100_000_000,
        help_text=_("Pieces, grams or millilitres; zero takes it out."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Unit"), choices=Crop.Unit.choices, initial=Crop.Unit.GRAM)
    price = AmountField(
        label=_("Price of a piece, a kilogram or a litre"), min_value=0, max_value=10**7
    )
    step = forms.IntegerField(
        label=_("Given in steps of"), min_value=1, max_value=100_000, initial=50
    )
    for_swaps = forms.BooleanField(
        label=_("Only in the place of what somebody does not want"), required=False
    )

    def __init__(self, shop: Shop, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["product"].queryset = Product.objects.filter(shop=shop, kind=Product.Kind.GOODS)
