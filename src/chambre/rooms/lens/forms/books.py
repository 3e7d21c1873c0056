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
