"""Forms of vouchers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField, DayField
from chambre.treasury.forms.desk import NotingForm, PaymentChoice, waiting
from chambre.treasury.forms.payouts import uses
from chambre.treasury.models import Payment


class SoldChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A voucher that was bought and paid."""

    def label_from_instance(self, obj: Any) -> str:
        """What it is, and who paid it."""
        return f"{obj.label} – {obj.payment.payer_name or obj.payment.reference}"


class IssueForm(NotingForm):
    """A voucher that was bought, or one that is given."""

    line = SoldChoice(
        label=_("Bought with"), queryset=Payment.objects.none(), required=False,
        empty_label=_("nothing: it is given"),
    )  # fmt: skip
    amount = AmountField(
        label=_("Amount"), min_value=1, required=False, help_text=_("Of one that is given.")
    )
    use = forms.ChoiceField(
        label=_("What it costs us as"), choices=(), help_text=_("Of one that is given.")
    )
    reason = forms.CharField(label=_("What for"), max_length=140)
    expires = DayField(label=_("Good until"), required=False, help_text=_("Empty: for ever."))

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["line"].queryset = lines
        fields["use"].choices = uses("other", "income")


class UseForm(NotingForm):
    """Pay with a voucher."""

    code = forms.CharField(label=_("Code of the voucher"), max_length=40)
    payment = PaymentChoice(
        label=_("Payment"), queryset=Payment.objects.none(), to_field_name="public_id"
    )
    amount = AmountField(label=_("Amount"), min_value=1)

    def __init__(self, *args: Any, book: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].queryset = waiting(book)  # type: ignore[attr-defined]
