"""Forms around economic models: beginning one, describing it, what to put beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.registry.models import Resource
from chambre.rooms.reciprocity.models import Simulation

CASES = (
    ("p50", _("middle case")),
    ("p10", _("one in ten is below")),
    ("p90", _("one in ten is above")),
    ("mean", _("mean of all")),
)
"""For which surplus contracts are put beside each other."""


class BeginForm(forms.Form):
    """A model begun from nothing."""

    name = forms.CharField(label=_("What it is called"), max_length=140)


class FileForm(forms.Form):
    """A model that somebody has as a file, or copies in."""

    file = forms.FileField(label=_("File (TOML)"), required=False)
    text = forms.CharField(
        label=_("or its text"), required=False, max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The text of the file, or what was copied in.

        Raises:
            ValidationError: Neither, or a file that is no text.
        """
        data = super().clean() or {}
        if upload := data.get("file"):
            if upload.size > 1_000_000:
                self.add_error("file", _("This file is too large to be a model."))
                return data
            try:
                data["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This file is not UTF-8 text."))
        elif not data.get("text", "").strip():
            self.add_error("text", _("Choose a file, or copy its text in here."))
        return data


class ResourceForm(forms.Form):
    """Which resource's books a model begins with."""

    resource = forms.ModelChoiceField(label=_("Resource"), queryset=Resource.objects.none())

    def __init__(self, *args: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].queryset = resources  # type: ignore[attr-defined]
        self.fields["resource"].to_field_name = "slug"  # type: ignore[attr-defined]


class DescribeForm(ResourceForm):
    """What a model is called, what it is about, who may read it."""

    name = forms.CharField(label=_("What it is called"), max_length=140)
    public = forms.BooleanField(
        label=_("Anybody may read it"), required=False,
        help_text=_("Otherwise the members of the Chamber."),
    )  # fmt: skip
    field_order = ("name", "resource", "public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].required = False


class SharingForm(forms.Form):
    """Two contracts that share the same surplus."""

    a = forms.ChoiceField(label=_("Contract A"))
    b = forms.ChoiceField(label=_("Contract B"), required=False)
    case = forms.ChoiceField(
        label=_("For which surplus"), required=False,
        choices=CASES,
    )  # fmt: skip

    def __init__(self, *args: Any, contracts: Sequence[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["a"].choices = contracts  # type: ignore[attr-defined]
        self.fields["b"].choices = [("", _("none")), *contracts]  # type: ignore[attr-defined]


class BesideForm(forms.Form):
    """Two models beside each other."""

    a = forms.ModelChoiceField(
        label=_("One model"), queryset=Simulation.objects.none(), to_field_name="slug"
    )
    b = forms.ModelChoiceField(
        label=_("The other one"), queryset=Simulation.objects.none(), to_field_name="slug"
    )

    def __init__(self, *args: Any, models: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("a", "b"):
            self.fields[name].queryset = models  # type: ignore[attr-defined]
