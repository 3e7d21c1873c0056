"""Forms of contracts: beginning one, what it is about, signing, what became of it, uses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError, Forbidden
from chambre.core.ui.forms import DayField
from chambre.registry.models import Agent, Resource


class NotingForm(forms.Form):
    """A form that can show what a service refused."""

    def told(self, refusal: ChambreError) -> int:
        """Put a refusal beside the fields that it is about; the status of the answer."""
        if isinstance(refusal, Forbidden):
            raise refusal
        fields: dict[str, list[str]] = refusal.data.get("fields", {})
        known = {name: texts for name, texts in fields.items() if name in self.fields}
        for name, texts in known.items():
            for text in texts:
                self.add_error(name, text)
        if not known:
            self.add_error(None, str(refusal.message))
        return refusal.status


class SettleForm(NotingForm):
    """What a contract is called, what it is about, who holds the money."""

    name = forms.CharField(label=_("Name"), max_length=140)
    resource = forms.ModelChoiceField(
        label=_("Resource that it is about"), queryset=Resource.objects.none(), required=False,
        empty_label=_("– to be chosen later –"),
    )  # fmt: skip
    holder = forms.ModelChoiceField(
        label=_("Structure that holds the money"), queryset=Agent.objects.none(), required=False,
        empty_label=_("– nobody yet –"),
        help_text=_("What is shared is booked in its accounts."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, resources: list[Resource], structures: list[Agent], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("resource", resources), ("holder", structures)):
            field: Any = self.fields[name]
            field.queryset = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]) if rows \
                else field.queryset  # fmt: skip
            field.choices = [("", field.empty_label), *((row.pk, row.name) for row in rows)]


class PublicForm(SettleForm):
    """The same for a contract that is there, with who may read it."""

    public = forms.BooleanField(
        label=_("Anybody may read it, once it is offered for signing"), required=False,
        help_text=_("Names of people are only shown to members and to those who are bound."),
    )  # fmt: skip


class UploadForm(NotingForm):
    """A contract that somebody wrote elsewhere."""

    name = forms.CharField(label=_("Name"), max_length=140)
    file = forms.FileField(label=_("File (.toml)"), required=False)
    text = forms.CharField(
        label=_("Or its words"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "code-area", "spellcheck": "false"}),
    )  # fmt: skip

    def words(self) -> str:
        """The words that were sent, of the file first."""
        found = self.cleaned_data.get("file")
        if found is None:
            return str(self.cleaned_data.get("text", ""))
        if found.size > 500_000:
            self.add_error("file", _("Longer than any contract."))
            return ""
        try:
            return bytes(found.read()).decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", _("This file is not UTF-8 text."))
            return ""


class CodeForm(NotingForm):
    """The code that came by e-mail."""

    code = forms.CharField(
        label=_("The code in the letter"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class ReasonForm(NotingForm):
    """Why somebody does something that others read."""

    reason = forms.CharField(
        label=_("Why"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProposeForm(ReasonForm):
    """A change that is proposed."""

    until = DayField(label=_("Last day to speak"))
    ends = forms.BooleanField(label=_("It shall end, without other words"), required=False)
    text = forms.CharField(
        label=_("The other words"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "class": "code-area", "spellcheck": "false"}),
    )  # fmt: skip
    field_order = ("reason", "until", "ends", "text")


class UseForm(NotingForm):
    """A use that is told."""

    user = forms.ModelChoiceField(label=_("Who used it"), queryset=Agent.objects.none())
    quantity = forms.DecimalField(
        label=_("How many"), min_value=0, max_digits=18, decimal_places=6, localize=True
    )
    unit = forms.ChoiceField(label=_("Of what"))
    day = DayField(label=_("When"))
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)

    def __init__(self, *args: Any, users: list[Agent], units: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user: Any = self.fields["user"]
        user.queryset = Agent.objects.filter(pk__in=[each.pk for each in users])
        user.choices = [(each.pk, each.name) for each in users]
        if units:
            self.fields["unit"].choices = [(each, each) for each in units]  # type: ignore[attr-defined]
        else:
            self.fields["unit"] = forms.CharField(label=_("Of what"), max_length=24)


class PowerForm(NotingForm):
    """A power to sign for a structure."""

    structure = forms.ModelChoiceField(label=_("For whom"), queryset=Agent.objects.none())
    person = forms.EmailField(
        label=_("E-mail address of whoever shall sign"),
        help_text=_("They have an account here."),
    )
    evidence = forms.CharField(
        label=_("What gives the power"), max_length=300,
        help_text=_("A decision of the board and its day, an article of the statutes."),
    )  # fmt: skip
    until = DayField(label=_("Until (that day not included)"), required=False)

    def __init__(self, *args: Any, structures: list[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["structure"]
        field.queryset = Agent.objects.filter(pk__in=[each.pk for each in structures])
        field.choices = [(each.pk, each.name) for each in structures]


class HandsForm(NotingForm):
    """How many people must sign for a structure."""

    structure = forms.ModelChoiceField(label=_("For whom"), queryset=Agent.objects.none())
    hands = forms.IntegerField(label=_("People who must sign"), min_value=1, max_value=20)
    reason = forms.CharField(label=_("Where it is decided"), max_length=300, required=False)

    def __init__(self, *args: Any, structures: list[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["structure"]
        field.queryset = Agent.objects.filter(pk__in=[each.pk for each in structures])
        field.choices = [(each.pk, each.name) for each in structures]
