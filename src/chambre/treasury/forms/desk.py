"""Forms of cash and cheques."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui import figures
from chambre.core.ui.forms import AmountField, DayField
from chambre.lib.coins import EUROS
from chambre.registry import api as registry
from chambre.treasury.forms.payouts import uses
from chambre.treasury.models import CashMove, Payment


class NotingForm(forms.Form):
    """A form that can show what a service refused."""

    def note(self, fields: dict[str, Any], message: str) -> None:
        """Put a refusal beside the fields that it is about."""
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, message)


class DrawerForm(NotingForm):
    """A new drawer."""

    name = forms.CharField(label=_("Name of the drawer"), max_length=80)


class CountForm(NotingForm):
    """How many of each note and coin."""

    remark = forms.CharField(
        label=_("Why there is a difference"),
        max_length=254,
        required=False,
        help_text=_("Only when the count is not what the books say."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pieces: dict[str, Any] = {}
        for value in EUROS[2:]:  # notes of 500 and 200 euros are hardly ever met
            pieces[f"p{value}"] = forms.IntegerField(
                label=figures.money(value), min_value=0, max_value=100_000, required=False
            )
        self.fields = pieces | {"remark": self.fields["remark"]}  # type: ignore[assignment]

    @property
    def pieces(self) -> dict[int, int]:
        """How many of each, by value in cents."""
        data = self.cleaned_data
        return {value: data[f"p{value}"] for value in EUROS[2:] if data.get(f"p{value}")}


class MoveForm(NotingForm):
    """Cash that is put in, taken out, or taken to the bank."""

    kind = forms.ChoiceField(label=_("What happens"), choices=CashMove.Kind.choices)
    amount = AmountField(label=_("Amount"), min_value=1)
    reason = forms.CharField(label=_("What for"), max_length=140)
    use = forms.ChoiceField(
        label=_("What the money is"),
        choices=(),
        help_text=_("Not asked for cash that goes to the bank."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["use"].choices = uses("income", "third", "other")  # type: ignore[attr-defined]


def waiting(book: Any) -> Any:
    """Payments that still take money."""
    states = ("created", "pending", "partly_paid", "failed", "expired")
    return Payment.objects.filter(book=book, state__in=states).order_by("-id")


class PaymentChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A payment that was asked for."""

    def label_from_instance(self, obj: Any) -> str:
        """What is open, of whom, for what."""
        return f"{figures.money(obj.open)} – {obj.payer_name or obj.reference} – {obj.reason}"


class TakeForm(NotingForm):
    """Cash for a payment that was asked for."""

    payment = PaymentChoice(
        label=_("Payment"), queryset=Payment.objects.none(), to_field_name="public_id"
    )
    received = AmountField(label=_("Amount"), min_value=1)

    def __init__(self, *args: Any, book: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].queryset = waiting(book)  # type: ignore[attr-defined]


class ChequeForm(NotingForm):
    """A cheque as it stands on its face."""

    drawn_by = forms.CharField(label=_("Drawn by"), max_length=140)
    bank = forms.CharField(label=_("Bank"), max_length=80)
    number = forms.CharField(
        label=_("Number of the cheque"), max_length=20, help_text=_("The first seven digits below.")
    )
    amount = AmountField(label=_("Amount"), min_value=1)
    day = DayField(label=_("Received on"))
    payment = PaymentChoice(
        label=_("For a payment that was asked for"),
        queryset=Payment.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("none"),
    )
    use = forms.ChoiceField(label=_("What the money is, otherwise"), choices=(), required=False)
    reason = forms.CharField(label=_("What for"), max_length=140)

    def __init__(self, *args: Any, book: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["payment"].queryset = waiting(book)
        fields["use"].choices = uses("income", "third")
        fields["use"].initial = "membership"
        fields["day"].initial = registry.today()
