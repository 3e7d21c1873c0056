"""Forms of weekly baskets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui import figures
from chambre.core.ui.forms import AmountField, DayField
from chambre.lib.shopping.subscriptions import Frequency
from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.rooms.shop.models import BasketPlan, Product
from chambre.rooms.shop.services.asking import Who
from chambre.rooms.shop.services.subscribing import Asked

RHYTHMS = {
    Frequency.WEEKLY.value: _("every week"),
    Frequency.EVEN.value: _("every second week, the even ones"),
    Frequency.ODD.value: _("every second week, the odd ones"),
    Frequency.MONTHLY.value: _("once a month"),
}


class SubscribeForm(NotingForm):
    """What somebody subscribes to, and who they are."""

    size = forms.TypedChoiceField(label=_("Size"), coerce=int, widget=forms.RadioSelect)
    price = AmountField(label=_("Price of one basket"), min_value=0, required=False)
    rhythm = forms.ChoiceField(label=_("How often"))
    place = forms.TypedChoiceField(label=_("Where you fetch it"), coerce=int)
    first = DayField(
        label=_("From which day"), required=False, help_text=_("Empty: as soon as there is time.")
    )
    instalments = forms.TypedChoiceField(label=_("Paid in"), coerce=int)
    name = forms.CharField(label=_("Your name"), max_length=140)
    email = forms.EmailField(label=_("Your e-mail address"))
    phone = forms.CharField(label=_("Your telephone"), max_length=32, required=False)
    partner_name = forms.CharField(label=_("Their name"), max_length=140, required=False)
    partner_email = forms.EmailField(label=_("Their e-mail address"), required=False)
    note = forms.CharField(label=_("Remark"), max_length=254, required=False)

    def __init__(self, plan: BasketPlan, *args: Any, **kwargs: Any) -> None:
        self.plan = plan
        super().__init__(*args, **kwargs)
        sizes = [row for row in plan.product.variants.all() if row.available]
        places = [row for row in plan.places.all() if row.is_open]
        fields: dict[str, Any] = self.fields
        fields["size"].choices = [
            (row.pk, f"{row.name or row.product} – {figures.money(row.price)}") for row in sizes
        ]
        fields["place"].choices = [(row.pk, row.name) for row in places]
        fields["rhythm"].choices = [(each, RHYTHMS[each]) for each in plan.rhythms]
        parts = range(1, plan.instalments + 1)
        fields["instalments"].choices = [(many, _times(many)) for many in parts]
        if not any(row.lowest is not None for row in sizes):
            del self.fields["price"]
        for row in plan.complements.all():
            self.fields[f"complement-{row.pk}"] = forms.IntegerField(
                label=f"{row.variant} – {figures.money(row.variant.price)}",
                min_value=0, max_value=row.most, required=False, initial=0,
                help_text=RHYTHMS[row.rhythm],
            )  # fmt: skip
        if plan.refusals:
            self.fields["refused"] = forms.ModelMultipleChoiceField(
                label=_("Products"), required=False,
                queryset=goods_of(plan), widget=forms.CheckboxSelectMultiple,
                help_text=_("At most %(most)d: something of the same value stands in its place.")
                % {"most": plan.refusals},
            )  # fmt: skip
        if sizes:
            fields["size"].initial = sizes[0].pk

    def clean(self) -> dict[str, Any]:
        """Who only wants to see the price need not say who they are."""
        data: dict[str, Any] = super().clean() or {}
        if self.data.get("act") != "sign":
            for name in ("name", "email"):
                self.errors.pop(name, None)
        return data

    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields, in parts with a heading each."""
        besides = [self[name] for name in self.fields if name.startswith("complement-")]
        basket = ["size", "price", "rhythm", "place", "first"]
        found = [(_("Your basket"), [self[name] for name in basket if name in self.fields])]
        if besides:
            found.append((_("Besides"), besides))
        if "refused" in self.fields:
            found.append((_("What you do not want"), [self["refused"]]))
        found.append((_("You"), [self[name] for name in ("name", "email", "phone", "note")]))
        pair = [self["partner_name"], self["partner_email"]]
        found.append((_("Somebody with whom you alternate, if you like"), pair))
        found.append((_("Payment"), [self["instalments"]]))
        return found

    def asked(self) -> Asked:
        """What it asks for, once it is valid."""
        data = self.cleaned_data
        besides = tuple(
            (int(name.removeprefix("complement-")), many)
            for name, many in data.items()
            if name.startswith("complement-") and many
        )
        return Asked(
            size=data["size"], place=data["place"], rhythm=data["rhythm"], complements=besides,
            instalments=data["instalments"], first=data["first"], price=data.get("price"),
            refused=tuple(row.pk for row in data.get("refused") or ()), note=data["note"],
        )  # fmt: skip

    def who(self) -> Who:
        """Who pays."""
        data = self.cleaned_data
        return Who(email=data["email"], name=data["name"], phone=data["phone"])

    def partner(self) -> Who | None:
        """With whom they alternate."""
        data = self.cleaned_data
        if not (data["partner_name"] or data["partner_email"]):
            return None
        return Who(email=data["partner_email"], name=data["partner_name"])


class AbsenceForm(NotingForm):
    """Days on which no basket is taken."""

    first = DayField(label=_("From"))
    last = DayField(label=_("until"))


class LeaveForm(NotingForm):
    """The last day on which there is a basket."""

    last = DayField(label=_("Last day"))


def goods_of(plan: BasketPlan) -> Any:
    """What may be in a basket."""
    return Product.objects.filter(shop=plan.shop_id, kind=Product.Kind.GOODS).exclude(
        state=Product.State.DRAFT
    )


def _times(many: int) -> Any:
    from django.utils.translation import ngettext

    return ngettext("%(n)d payment", "%(n)d payments", many) % {"n": many}
