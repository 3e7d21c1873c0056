"""The form that says what a row is: one line, or several when it is split."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.ui.forms import AmountField
from chambre.registry.models import Resource
from chambre.treasury.services.matching import BookedPart, ItemPart, PartDraft
from chambre.treasury.uses import ALL

LINES = 5
"""Lines of the form: into more parts a row is not split here."""


class PartForm(forms.Form):
    """One part of a row: what it is, and how much of the row."""

    what = forms.ChoiceField(label=gettext_lazy("What it is"), required=False, choices=())
    account = forms.CharField(
        label=gettext_lazy("or an account"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "606300"}),
    )
    amount = AmountField(label=gettext_lazy("Amount"), required=False, min_value=1)
    resource = forms.ModelChoiceField(
        label=gettext_lazy("Resource"),
        queryset=Resource.objects.none(),
        required=False,
        empty_label=gettext_lazy("as the rule says"),
        to_field_name="slug",
    )

    def clean(self) -> dict[str, Any]:
        """A line that says an amount says what it is, by one of the two, and the other way round."""
        values = super().clean() or {}
        account, what = values.get("account", ""), values.get("what", "")
        given = bool(account) + bool(what)
        if given == 2:
            self.add_error("account", _("Choose from the list or give an account, not both."))
        if values.get("amount") and not given and "what" not in self.errors:
            self.add_error("what", _("Say what this amount is."))
        if given and not values.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Say how much of the row it is."))
        return values

    def part(self, sign: int) -> PartDraft | None:
        """The part that the line says, or nothing when it is empty."""
        values = self.cleaned_data
        if not values.get("amount"):
            return None
        amount = sign * values["amount"]
        what, resource = values.get("what", ""), values.get("resource")
        if what.startswith("item:"):
            _kind, kind, key = what.split(":", 2)
            return ItemPart(kind, key, amount)
        if what:
            return BookedPart(amount, use=what.removeprefix("use:"), resource=resource)
        return BookedPart(amount, account=values["account"], resource=resource)


class PartForms(forms.BaseFormSet[PartForm]):
    """The lines of the form, and whether to do so every time."""

    def __init__(self, *args: Any, choices: Any, resources: Any, **kwargs: Any) -> None:
        self.choices = choices
        self.resources = resources
        self._offered: list[Any] | None = None  # the same for each line: asked for once
        super().__init__(*args, **kwargs)

    def _construct_form(self, i: int, **kwargs: Any) -> PartForm:
        form: PartForm = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.fields["what"].choices = self.choices  # type: ignore[attr-defined]
        field: Any = form.fields["resource"]
        field.queryset = self.resources
        if self._offered is None:
            self._offered = list(field.choices)
        field.choices = self._offered
        return form

    def parts(self, sign: int) -> list[PartDraft]:
        """The parts that were filled in."""
        found = (form.part(sign) for form in self.forms)
        return [part for part in found if part is not None]


SplitForm = forms.formset_factory(PartForm, formset=PartForms, extra=0)


class AlwaysForm(forms.Form):
    """Whether the house does so by itself from now on."""

    always = forms.BooleanField(
        label=gettext_lazy("Do so every time for rows like this one"),
        required=False,
        help_text=gettext_lazy(
            "The next ones are then booked without asking. Only for rows booked whole on one use "
            "or account; you see all habits, and forget one, on their page."
        ),
    )
    anybody = forms.CharField(
        label=gettext_lazy("or for everybody who writes"),
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "For example “don”: whoever sends it, when nothing open fits better."
        ),
    )


def use_choices() -> list[tuple[str, Any]]:
    """Uses that a row may be booked on."""
    left_out = {"suspense", "vat.collected", "vat.deductible"}
    return [(f"use:{use.name}", use.label) for use in ALL if use.name not in left_out]
