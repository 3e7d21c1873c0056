"""Forms with which books are brought in and attributed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.registry.models import Agent


class Files(forms.ClearableFileInput):
    """A box that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; the value is a list."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each of the files, checked."""
        listed = data if isinstance(data, (list, tuple)) else [data]
        one = super().clean
        return [one(each, initial) for each in listed or [None]]


class ImportForm(forms.Form):
    """The accounts of a year."""

    files = FilesField(  # type: ignore[assignment]  # a field, taken out by the metaclass
        label=_("Accounting export (FEC)"),
        help_text=_("One file, its parts _1, _2…, or a zip or gzip of them."),
    )


class CheckForm(ImportForm):
    """A file to be looked at, and what to compare it with."""

    structure = forms.ChoiceField(
        label=_("Compare with the books of"),
        required=False,
        help_text=_("Then its SIREN and the closing of the year before are compared too."),
    )

    def __init__(self, *args: Any, structures: list[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(each.slug, each.name) for each in structures]
        self.fields["structure"].choices = [("", _("nothing")), *listed]  # type: ignore[attr-defined]


class RulesForm(forms.Form):
    """The whole set of rules as text."""

    text = forms.CharField(
        label=_("Rules (TOML)"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text=_("The first rule that matches takes the line. “-” is the structure itself."),
    )
    note = forms.CharField(label=_("Why this change?"), max_length=254, required=False)


class HandForm(forms.Form):
    """A person's word on chosen lines."""

    shares = forms.CharField(
        label=_("Shares"),
        required=False,
        help_text=_("For example: orchard 60, press 40. Left empty, the rules decide again."),
    )
    reason = forms.CharField(label=_("Why?"), max_length=254, required=False)

    def clean_shares(self) -> dict[str, int]:
        """``orchard 60, press 40`` as weights by slug."""
        shares: dict[str, int] = {}
        for part in filter(None, (each.strip() for each in self.cleaned_data["shares"].split(","))):
            slug, _space, weight = part.replace("=", " ").partition(" ")
            weight = weight.strip() or "1"
            if not weight.isascii() or not weight.isdigit() or slug in shares:
                raise forms.ValidationError(_("Write each resource once, with a whole number."))
            shares[slug] = int(weight)
        return shares
