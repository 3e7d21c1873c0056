"""Forms of the chamber's credit units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui import figures
from chambre.core.ui.forms import AmountField
from chambre.registry.models import Agent
from chambre.treasury.forms.desk import NotingForm
from chambre.treasury.models import CreditAccount
from chambre.treasury.queries.credit import UNIT


class AccountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An account whose units somebody may give."""

    def label_from_instance(self, obj: Any) -> str:
        """Whose it is, and how much there is to give."""
        return f"{obj.agent.name} – {figures.money(obj.left, UNIT)}"


def own_choice(accounts: Sequence[CreditAccount]) -> AccountChoice:
    """A choice among accounts of one's own; the only one is chosen already."""
    ids = [account.pk for account in accounts]
    rows = CreditAccount.objects.filter(pk__in=ids).select_related("agent")
    return AccountChoice(
        label=_("From the account of"), queryset=rows, empty_label=None if ids else "–"
    )


class PayForm(NotingForm):
    """Pay with units."""

    amount = AmountField(label=_("Units"), currency=UNIT, min_value=1)

    def __init__(self, *args: Any, accounts: Sequence[CreditAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"source": own_choice(accounts), **self.fields}  # type: ignore[assignment]


class GiveForm(PayForm):
    """Give units to another account."""

    target = forms.CharField(
        label=_("To the account number"),
        max_length=7,
        help_text=_("As its holder tells it, for example U000042."),
    )
    reason = forms.CharField(label=_("What for"), max_length=140)

    def clean_target(self) -> CreditAccount:
        """The account of that number in the same chamber."""
        text = self.cleaned_data["target"].strip().upper().removeprefix("U")
        source = self.cleaned_data.get("source")
        found: CreditAccount | None = None
        if text.isdigit() and source is not None:
            rows = CreditAccount.objects.filter(chamber=source.chamber_id, number=int(text))
            found = rows.select_related("agent", "chamber").first()
        if found is None:
            raise forms.ValidationError(_("There is no account of this number."))
        return found


class OpenForm(NotingForm):
    """Open an account for somebody."""

    agent = forms.ModelChoiceField(
        label=_("For whom"), queryset=Agent.objects.none(), to_field_name="slug"
    )
    limit = AmountField(
        label=_("May go below zero by"),
        currency=UNIT,
        min_value=0,
        initial=0,
        help_text=_("What the others agree to wait for."),
    )

    def __init__(self, *args: Any, chamber: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Agent.objects.filter(chamber=chamber) | Agent.objects.filter(pk=chamber.pk)
        without = rows.exclude(credit_accounts__is_open=True).order_by("name")
        self.fields["agent"].queryset = without  # type: ignore[attr-defined]


class LimitForm(NotingForm):
    """Agree another limit."""

    limit = AmountField(label=_("May go below zero by"), currency=UNIT, min_value=0)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
