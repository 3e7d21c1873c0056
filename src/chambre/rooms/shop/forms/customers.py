"""Forms of customers and of what is owed to producers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField
from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.treasury.models import CashDrawer


class NoteForm(NotingForm):
    """What the shop wants to remember of a customer."""

    note = forms.CharField(
        label=_("Note of the shop"), max_length=2_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The customer may ask to read it."),
    )  # fmt: skip


class BackForm(NotingForm):
    """Money that goes back to a customer."""

    amount = AmountField(label=_("Amount"), min_value=1)
    means = forms.ChoiceField(
        label=_("How"),
        choices=(
            ("", _("by the way it came")),
            ("transfer", _("by bank transfer")),
            ("cash", _("in cash")),
        ),
        required=False,
    )
    iban = forms.CharField(label=_("IBAN, for a transfer"), max_length=42, required=False)
    drawer = forms.ModelChoiceField(
        label=_("Out of which drawer, for cash"), queryset=CashDrawer.objects.none(), required=False
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, drawers: list[CashDrawer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["drawer"].queryset = CashDrawer.objects.filter(  # type: ignore[attr-defined]
            pk__in=[row.pk for row in drawers]
        )


class PayProducerForm(NotingForm):
    """What is paid out to a producer."""

    amount = AmountField(label=_("Amount"), min_value=1)
    iban = forms.CharField(
        label=_("IBAN"), max_length=42, required=False,
        help_text=_("Empty: the account that is known of them."),
    )  # fmt: skip
    reason = forms.CharField(label=_("What for; they read it"), max_length=140)
