"""Forms of distributions."""

from __future__ import annotations

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
