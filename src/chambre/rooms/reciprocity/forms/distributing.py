"""Forms of distributions."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import DayField


class PeriodForm(forms.Form):
    """The days whose income is shared."""

    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"), help_text=_("Both days belong to it."))


class ProposeForm(forms.Form):
    """How long people may object."""

    objection_days = forms.IntegerField(
        label=_("Days for objections"),
        min_value=0,
        max_value=365,
        initial=14,
        help_text=_(
            "From today on. It is decided only after that, or never while somebody objects."
        ),
    )


class ReasonForm(forms.Form):
    """Words that go with an act."""

    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class AnswerForm(forms.Form):
    """The answer to an objection."""

    words = forms.CharField(
        label=_("What was found out or agreed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PayForm(forms.Form):
    """The account to which a share goes."""

    iban = forms.CharField(
        label=_("Account of the payee (IBAN)"),
        max_length=42,
        required=False,
        help_text=_("As they wrote it. Empty: the one that they gave before."),
    )


class SourcesForm(forms.Form):
    """Beginnings of accounts, a field for each kind of fact."""

    sale = forms.CharField(
        label=_("Sales"), required=False, max_length=400,
        help_text=_("Beginnings of accounts, with spaces between them: 70 707."),
    )  # fmt: skip
    fee = forms.CharField(label=_("Fees"), required=False, max_length=400)
    royalty = forms.CharField(label=_("Royalties and interest"), required=False, max_length=400)
    cost = forms.CharField(
        label=_("Costs"), required=False, max_length=400,
        help_text=_("Only steps of the contract that pay costs back count them."),
    )  # fmt: skip

    @staticmethod
    def of(sources: Iterable[tuple[str, str]]) -> dict[str, str]:
        """What the fields hold at first."""
        held: dict[str, list[str]] = {}
        for kind, prefix in sources:
            held.setdefault(kind, []).append(prefix)
        return {kind: " ".join(prefixes) for kind, prefixes in held.items()}

    def rows(self) -> list[tuple[str, str]]:
        """``(kind, beginning)`` of what was typed."""
        return [
            (kind, prefix)
            for kind in self.fields
            for prefix in self.cleaned_data[kind].replace(",", " ").split()
        ]
