"""Forms of those who order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.rooms.shop.models import Order, PickupPlace, Shop, Slot
from chambre.rooms.shop.queries.words import times_words


class Choice(forms.Form):
    """A form that shows what a service refused beside the fields that it is about."""

    def refuse(self, fields: dict[str, Any], message: str) -> None:
        """Put a refusal beside its fields, or above the form."""
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, message)


class CheckoutForm(Choice):
    """Who fetches an order, when, and how it is paid."""

    name = forms.CharField(
        label=_("First and last name"), max_length=140,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), max_length=254,
        help_text=_("The link to your order and news of it are sent there, and nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"), max_length=32, required=False,
        help_text=_("Only if something is wrong with your order."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    address = forms.CharField(
        label=_("Address"), max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )  # fmt: skip
    postcode = forms.CharField(
        label=_("Postcode"), max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )  # fmt: skip
    city = forms.CharField(
        label=_("Town"), max_length=70,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )  # fmt: skip
    slot = forms.ChoiceField(label=_("When do you come?"), widget=forms.RadioSelect)
    pay = forms.ChoiceField(label=_("How do you pay?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Anything to tell the shop?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    terms = forms.BooleanField(label=_("I agree to the terms of sale"))
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, shop: Shop, place: PickupPlace, slots: list[Slot], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ways = []
        if shop.pay_ahead:
            ways.append((Order.Pay.AHEAD.value, _("Now: by transfer or by card")))
        if shop.pay_at_pickup:
            ways.append((Order.Pay.PICKUP.value, _("When I fetch it")))
        self.fields["pay"].choices = ways  # type: ignore[attr-defined]
        self.initial.setdefault("pay", ways[0][0] if ways else "")
        if place.kind != PickupPlace.Kind.HOME:
            for name in ("address", "postcode", "city"):
                del self.fields[name]
        free = [slot for slot in slots if slot.taken < slot.capacity]
        self.fields["slot"].choices = [  # type: ignore[attr-defined]
            (str(slot.pk), times_words(slot.starts_at, slot.ends_at)) for slot in free
        ]
        if not slots:
            del self.fields["slot"]
        if not shop.terms:
            del self.fields["terms"]


class NoteForm(Choice):
    """What may be changed of an order beside its lines: the slot and the remark."""

    slot = forms.ChoiceField(label=_("When do you come?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Anything to tell the shop?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, slots: list[Slot], taken: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        free = [slot for slot in slots if slot.taken < slot.capacity or slot.pk == taken]
        self.fields["slot"].choices = [  # type: ignore[attr-defined]
            (str(slot.pk), times_words(slot.starts_at, slot.ends_at)) for slot in free
        ]
        if not slots:
            del self.fields["slot"]
