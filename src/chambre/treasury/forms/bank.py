"""Forms of bank accounts: making one, bringing a file in, saying which column is which."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import DayField
from chambre.lib.bankfiles import Mapping, Table
from chambre.lib.bankfiles.mapping import DELIMITERS


class AccountForm(forms.Form):
    """A new bank account."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As you call it."))
    iban = forms.CharField(label="IBAN", max_length=42)
    bic = forms.CharField(label="BIC", max_length=11, required=False)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=64,
        help_text=_("For addresses and commands: letters, digits, hyphens."),
    )
    code = forms.CharField(
        label=_("Account of the book"),
        max_length=32,
        required=False,
        help_text=_("Begins with 512. Left empty: the next free one."),
    )
    since = DayField(
        label=_("Booked since"),
        required=False,
        help_text=_(
            "Rows of earlier days are shown and not booked: for days that the book has from "
            "elsewhere. Left empty: everything is booked."
        ),
    )


class ChangeForm(forms.Form):
    """What may change of a bank account."""

    name = forms.CharField(label=_("Name"), max_length=80)
    bic = forms.CharField(label="BIC", max_length=11, required=False)
    since = DayField(
        label=_("Booked since"),
        required=False,
        help_text=_("Counts for what is brought in from now on."),
    )
    is_open = forms.BooleanField(label=_("in use"), required=False)


class ImportForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label=_("File of the bank"),
        help_text=_("CAMT.053, CAMT.054, OFX, MT940 or CSV; a zip of several of one format."),
    )


class RowsForm(forms.Form):
    """Which rows to show."""

    text = forms.CharField(
        label=_("Words or amount"),
        required=False,
        max_length=100,
        help_text=_("In the name, the texts or the references; or an amount such as 12,50."),
    )
    first = DayField(label=_("First day"), required=False)
    last = DayField(label=_("Last day"), required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("what is on the account")),
            ("in", _("what came in")),
            ("out", _("what went out")),
            ("pending", _("what is announced")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        """The end does not precede the beginning."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The end is before the beginning."))
        return data


class MappingForm(forms.Form):
    """Which column of a table is which; begins with what was proposed."""

    day = forms.ChoiceField(label=_("Booking day"))
    day_order = forms.ChoiceField(
        label=_("Written as"),
        choices=[
            ("dmy", _("day, month, year")),
            ("ymd", _("year, month, day")),
            ("mdy", _("month, day, year")),
        ],
    )
    amount = forms.ChoiceField(
        label=_("Amount"),
        required=False,
        help_text=_("One column with signs; or the two that follow."),
    )
    debit = forms.ChoiceField(label=_("Went out (debit)"), required=False)
    credit = forms.ChoiceField(label=_("Came in (credit)"), required=False)
    decimal = forms.ChoiceField(
        label=_("Cents after"),
        choices=[(",", _("a comma: 1 234,56")), (".", _("a point: 1234.56"))],
    )
    texts = forms.MultipleChoiceField(
        label=_("Words"), required=False, widget=forms.CheckboxSelectMultiple
    )
    party_name = forms.ChoiceField(label=_("Who"), required=False)
    party_iban = forms.ChoiceField(label=_("Their account"), required=False)
    reference = forms.ChoiceField(label=_("Bank’s reference"), required=False)
    code = forms.ChoiceField(label=_("Kind of movement"), required=False)
    value_day = forms.ChoiceField(label=_("Value day"), required=False)
    balance = forms.ChoiceField(
        label=_("Balance"),
        required=False,
        help_text=_("If there is such a column, each row is checked against it."),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, data: Any, *, table: Table, kept: Mapping | None = None) -> None:
        self.table = table
        self.start = kept if kept and set(kept.columns()) <= set(table.names) else table.guess
        begun = {**self.start.as_json(), "texts": list(self.start.texts)}
        super().__init__(data, initial=begun)
        columns = [(name, name) for name in table.names]
        for name in self.fields:
            field: Any = self.fields[name]
            if name == "texts":
                field.choices = columns
            elif name not in {"day_order", "decimal"}:
                field.choices = [("", _("none")), *columns]

    def clean(self) -> dict[str, Any]:
        """An amount, or both of its columns."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("amount") and not (data.get("debit") and data.get("credit")):
            self.add_error(
                "amount", ValidationError(_("Choose the amount, or both of the two that follow."))
            )
        if data.get("amount"):
            data["debit"] = data["credit"] = ""
        return data

    def mapping(self) -> Mapping:
        """What was chosen, with what the table itself says."""
        guess = self.table.guess
        values = {**self.cleaned_data, "texts": tuple(self.cleaned_data["texts"])}
        return Mapping(
            delimiter=guess.delimiter if guess.delimiter in DELIMITERS else ";",
            head=guess.head,
            titled=guess.titled,
            **values,
        )
