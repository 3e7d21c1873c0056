"""Which accounts to read: through which lens, over which days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import DayField


class PeriodForm(forms.Form):
    """The lens and the period of a statement."""

    by = forms.ChoiceField(
        label=_("Read"),
        choices=[("resource", _("by resource")), ("structure", _("by structure"))],
        initial="resource",
    )
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    known_on = DayField(label=_("As known on"), required=False)

    def clean(self) -> dict[str, Any]:
        """The end does not precede the beginning."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The end is before the beginning."))
        return data


class FigureForm(forms.Form):
    """Which column of the accounts is set side by side."""

    figure = forms.ChoiceField(
        label=_("Figure"),
        choices=[
            ("closing", _("balance at the end")),
            ("opening", _("balance at the beginning")),
            ("debit", _("debit of the period")),
            ("credit", _("credit of the period")),
        ],
        initial="closing",
    )


class CrossForm(forms.Form):
    """Which figure of each resource in each structure."""

    @property
    def title(self) -> str:
        """The chosen figure in words."""
        field = self.fields["figure"]
        return str(dict(field.choices)[self.cleaned_data["figure"]])  # type: ignore[attr-defined]

    figure = forms.ChoiceField(
        label=_("Figure"),
        choices=[
            ("income", _("What is received (income)")),
            ("expenses", _("What is spent (expenses)")),
            ("result", _("What is left over (result)")),
            ("assets", _("What is owned (assets)")),
            ("liabilities", _("What is owed (liabilities)")),
            ("equity", _("What belongs for good (equity)")),
        ],
        initial="result",
    )
