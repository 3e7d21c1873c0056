"""What of a structure's figures everybody may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.registry.models import Resource
from chambre.rooms.lens.models import Disclosure

Level = Disclosure.Level


class DisclosureForm(forms.Form):
    """For which resource, and how much of it."""

    resource = forms.ChoiceField(label=_("On the page of"), required=False)
    level = forms.ChoiceField(
        label=_("Everybody sees"),
        widget=forms.RadioSelect,
        choices=[
            (Level.NONE, _("nothing")),
            (Level.CLASS, _("totals by class: received, spent, owned, owed…")),
            (Level.ACCOUNT, _("totals by account of the official chart")),
            (Level.SAME, _("as for every resource: no decision of its own any more")),
        ],
    )

    def __init__(self, data: Any = None, *, resources: Iterable[Resource]) -> None:
        self.known = {each.slug: each for each in resources}
        super().__init__(data)
        field: Any = self.fields["resource"]
        field.choices = [
            ("", _("every resource without a decision of its own")),
            *((slug, each.name) for slug, each in self.known.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """A decision is taken back for one resource only."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("level") == Level.SAME and not cleaned.get("resource"):
            self.add_error("resource", _("Say for which resource the decision is taken back."))
        return cleaned

    @property
    def chosen(self) -> Resource | None:
        """The resource that is meant; none: all."""
        return self.known.get(self.cleaned_data["resource"])
