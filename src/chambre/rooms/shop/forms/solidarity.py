"""Forms of coupons, work shifts and suspended baskets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField, DayField
from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.rooms.shop.models import Category, Coupon, Producer, Product, Shop
from chambre.rooms.shop.queries.words import day_words, times_words


class CouponForm(NotingForm):
    """A coupon; its value is a percentage or an amount."""

    code = forms.CharField(
        label=_("Code"), max_length=24, help_text=_("What people type: letters, digits, hyphens.")
    )
    label = forms.CharField(
        label=_("What people read on their order"), max_length=140, required=False
    )
    kind = forms.ChoiceField(label=_("It takes off"), choices=Coupon.Kind.choices)
    value = AmountField(
        label=_("How much"), min_value=1, help_text=_("10 is ten percent, or 10.00 €.")
    )
    minimum = AmountField(label=_("For orders of at least"), min_value=0, required=False)
    most = AmountField(label=_("Never more than"), min_value=1, required=False)
    starts = DayField(label=_("From"), required=False)
    ends = DayField(label=_("until"), required=False)
    per_person = forms.IntegerField(label=_("Uses per person"), min_value=1, required=False)
    in_all = forms.IntegerField(label=_("Uses in all"), min_value=1, required=False)
    products = forms.ModelMultipleChoiceField(
        label=_("Only for these products"), queryset=Product.objects.none(), required=False,
        help_text=_("Nothing chosen: for everything."),
    )  # fmt: skip
    categories = forms.ModelMultipleChoiceField(
        label=_("and these categories"), queryset=Category.objects.none(), required=False
    )
    producers = forms.ModelMultipleChoiceField(
        label=_("and these producers"), queryset=Producer.objects.none(), required=False
    )
    not_on_sale = forms.BooleanField(label=_("Not for what is reduced already"), required=False)
    alone = forms.BooleanField(label=_("Not together with another one"), required=False)
    is_on = forms.BooleanField(label=_("It can be used"), required=False, initial=True)

    def __init__(self, shop: Shop, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["products"].queryset = Product.objects.filter(shop=shop).order_by("name")
        fields["categories"].queryset = Category.objects.filter(shop=shop)
        fields["producers"].queryset = Producer.objects.filter(shop=shop)

    def clean(self) -> dict[str, Any]:
        """Nothing typed is no bound."""
        data: dict[str, Any] = super().clean() or {}
        data["minimum"] = data.get("minimum") or 0
        return data


class TakeForm(NotingForm):
    """A basket that others paid ahead."""

    distribution = forms.TypedChoiceField(label=_("When and where"), coerce=int)
    variant = forms.TypedChoiceField(label=_("Which basket"), coerce=int, widget=forms.RadioSelect)
    called = forms.CharField(
        label=_("A word to say when you come"), max_length=60, required=False,
        help_text=_("Any word you like, if you like. Nobody asks who you are."),
    )  # fmt: skip

    def __init__(
        self, distributions: list[Any], variants: list[Any], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["distribution"].choices = [
            (
                row.pk,
                f"{day_words(row.starts_at)}, {times_words(row.starts_at, row.ends_at)}, {row.place.name}",
            )
            for row in distributions
        ]
        fields["variant"].choices = [(row.pk, str(row)) for row in variants]
        if variants:
            fields["variant"].initial = variants[0].pk


class SignForm(NotingForm):
    """Who comes to work."""

    name = forms.CharField(label=_("Your name"), max_length=140)
    email = forms.EmailField(label=_("Your e-mail address"))


class ShiftForm(NotingForm):
    """Help that is asked for at a distribution, on its day."""

    title = forms.CharField(label=_("What is to be done"), max_length=140)
    starts = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    places = forms.IntegerField(label=_("People"), min_value=1, max_value=100, initial=2)
    discount = AmountField(label=_("Off the next order of each"), min_value=0)


class TargetForm(NotingForm):
    """What each free price should bring in during a cycle; empty: as it is, zero: nothing."""

    def __init__(self, variants: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in variants:
            self.fields[f"target-{row.pk}"] = AmountField(
                label=str(row), min_value=0, max_value=10**9, required=False
            )


class RoundForm(NotingForm):
    """A bidding round."""

    target = AmountField(label=_("What all baskets of the season must bring"), min_value=1)
    least_percent = forms.IntegerField(
        label=_("Lowest price, in percent of the usual one"), min_value=1, max_value=100, initial=70
    )
    most_percent = forms.IntegerField(
        label=_("Highest price, in percent"), min_value=100, max_value=1_000, initial=200
    )


class PledgeForm(NotingForm):
    """What somebody offers for a basket."""

    price = AmountField(label=_("I offer for each basket"), min_value=0)
    most = AmountField(
        label=_("If it does not suffice, at most"), min_value=0, required=False,
        help_text=_("Empty: no more."),
    )  # fmt: skip
