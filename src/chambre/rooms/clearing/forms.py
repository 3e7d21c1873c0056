"""Forms of the clearing room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden
from chambre.core.ui.forms import AmountField, DayField
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Group
from chambre.rooms.clearing.queries.people import groups_visible_to, others, spoken_for
from chambre.rooms.clearing.services.lending import Lending


class SpeakingForm(forms.Form):
    """A form in which somebody speaks for an agent; it shows what a service refused."""

    agent = forms.ModelChoiceField(
        label=_("For whom"), queryset=Agent.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = spoken_for(by)  # type: ignore[attr-defined]

    def told(self, refusal: ChambreError) -> int:
        """Put a refusal beside the fields that it is about; the status of the answer."""
        if isinstance(refusal, Forbidden):
            raise refusal
        fields: dict[str, Any] = refusal.data.get("fields", {})
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, str(refusal.message))
        for line in refusal.data.get("lines", []):
            self.add_error(None, str(line))
        return refusal.status


class ObligationForm(SpeakingForm):
    """What one owes, or is owed."""

    way = forms.ChoiceField(
        label=_("Which way"),
        choices=[("owes", _("owes the other end")), ("is-owed", _("is owed by the other end"))],
    )
    other = forms.ModelChoiceField(label=_("The other end"), queryset=Agent.objects.none())
    amount = AmountField(label=_("Amount"), min_value=1)
    reference = forms.CharField(
        label=_("Reference"), max_length=60,
        help_text=_("What both know it by: an invoice number, a few words."),
    )  # fmt: skip
    due = DayField(label=_("Due day"), required=False)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.fields["other"].queryset = others(by)  # type: ignore[attr-defined]


class TableForm(SpeakingForm):
    """A table or an electronic invoice."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A table (CSV) with the columns id,debtor,creditor,amount: short names, cents. "
            "Or an electronic invoice (Factur-X, CII, UBL)."
        ),
    )


class TreasuryForm(SpeakingForm):
    """Whose open invoices are brought in."""


class RoundForm(forms.Form):
    """Opening a round."""

    name = forms.CharField(label=_("Name"), max_length=140)
    members = forms.ModelMultipleChoiceField(
        label=_("Among whom"), queryset=Agent.objects.none(), required=False,
        help_text=_("Nobody chosen: among everybody of the chamber."),
    )  # fmt: skip
    group = forms.ModelChoiceField(
        label=_("Saved group"), queryset=Group.objects.none(), required=False,
        help_text=_("Its members, and those chosen above."),
    )  # fmt: skip
    save_as = forms.CharField(
        label=_("Keep this choice as the group"), max_length=80, required=False,
        help_text=_("A name to choose it by next time; a group of that name is replaced."),
    )  # fmt: skip
    days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=90, initial=7)
    max_ring = forms.IntegerField(
        label=_("Members per ring, at most"), min_value=2, max_value=50, required=False,
        help_text=_("Empty: as many as it takes, which clears the most."),
    )  # fmt: skip
    pot = AmountField(
        label=_("Pot, at most"), min_value=1, required=False,
        help_text=_(
            "Closes chains of debts: who begins one owes the lender instead, who ends it is owed "
            "by the lender instead. Empty: without a pot; the round says what a pot would free."
        ),
    )  # fmt: skip
    lender = forms.ModelChoiceField(
        label=_("Who lends the pot"), queryset=Agent.objects.none(), required=False,
        help_text=_("Agrees as everybody else; what they owe themselves is not in the round."),
    )  # fmt: skip
    pot_days = forms.IntegerField(
        label=_("Days until it is given back"), min_value=1, max_value=365, initial=30,
        required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = others(by)  # type: ignore[attr-defined]
        self.fields["lender"].queryset = others(by)  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups_visible_to(by)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A pot and its lender go together, and so do a group's name and its members."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("pot") and not data.get("lender") and "lender" not in self.errors:
            self.add_error("lender", _("Say who lends it."))
        if data.get("lender") and not data.get("pot") and "pot" not in self.errors:
            self.add_error("pot", _("Say how much, at most."))
        return data

    def among(self) -> list[Agent]:
        """The members chosen, with those of the group."""
        group = self.cleaned_data["group"]
        chosen = {agent.pk: agent for agent in self.cleaned_data["members"]}
        chosen |= {agent.pk: agent for agent in (group.members.all() if group else [])}
        return list(chosen.values())

    def lending(self) -> Lending | None:
        """The pot that is asked for, if one is."""
        data = self.cleaned_data
        if not data["pot"]:
            return None
        return Lending(data["lender"], data["pot"], data["pot_days"] or 30)

    def told(self, refusal: ChambreError) -> int:
        """As :meth:`SpeakingForm.told`."""
        return SpeakingForm.told(self, refusal)  # type: ignore[arg-type]
