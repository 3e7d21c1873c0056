"""Forms of the register that are written out: what begins, what is said about agents and roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.core.ui.forms import DayField
from chambre.registry import record as schema
from chambre.registry.agent_record import FIELDS as AGENT_FIELDS
from chambre.registry.forms.blocks import Capital, column_field
from chambre.registry.models import Agent, Assessment, Resource, Role, Wish
from chambre.registry.ostrom import ANSWERS


class NewResourceForm(forms.Form):
    """The little that a resource begins with."""

    name = forms.CharField(label=_("Name"), max_length=200)
    slug = forms.CharField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("Part of its address, for ever. Left empty, it is made from the name."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Resource.Kind.choices, initial="other")
    summary = forms.CharField(label=_("In one line"), max_length=240, required=False)


class StandingForm(forms.Form):
    """What a resource is said to be, and why."""

    standing = forms.ChoiceField(
        label=_("Standing"), choices=Resource.Standing.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        help_text=_("The decision behind it: which, when, by whom."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Why?"), max_length=300)


class WishForm(forms.Form):
    """A need or an offer."""

    kind = forms.ChoiceField(
        label=_("Need or offer?"), choices=Wish.Kind.choices, widget=forms.RadioSelect
    )
    category = forms.ChoiceField(label=_("Of what?"), choices=Wish.Category.choices)
    title = forms.CharField(label=_("In one line"), max_length=200)
    description = forms.CharField(
        label=_("Description"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    since = DayField(label=_("Since"), required=False)
    expires = DayField(
        label=_("Until"), required=False, help_text=_("After that day it is no longer shown.")
    )


class OutcomeForm(forms.Form):
    """What came of a need or offer."""

    outcome = forms.CharField(label=_("What came of it?"), max_length=300)


class AssessmentForm(forms.Form):
    """An answer to one of Ostrom's eight questions."""

    answer = forms.TypedChoiceField(
        label=_("Answer"), choices=list(ANSWERS.items()), coerce=int, widget=forms.RadioSelect
    )
    evidence_kind = forms.ChoiceField(
        label=_("What does the answer stand on?"),
        choices=Assessment.Evidence.choices,
        required=False,
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_(
            "The address of a document, a rule in its own words, or a decision and its day."
        ),
    )
    comment = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    on = DayField(label=_("Assessed on"), required=False)


class AgentForm(forms.Form):
    """A structure, public body or chamber."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if new:
            self.fields["kind"] = forms.ChoiceField(
                label=_("Kind"),
                choices=[
                    (Agent.Kind.STRUCTURE.value, Agent.Kind.STRUCTURE.label),
                    (Agent.Kind.PUBLIC.value, Agent.Kind.PUBLIC.label),
                ],
            )
        for name in AGENT_FIELDS:
            field = column_field(schema.Column(Agent, name))
            if name in ("siren", "siret"):
                # Room for the spaces that people write between the figures.
                field = forms.CharField(label=field.label, max_length=30, required=False)
            self.fields[name] = field
        self.fields["name"].required = True
        if new:
            self.fields["slug"] = forms.CharField(
                label=_("Short name"),
                max_length=60,
                required=False,
                help_text=_("Part of its address, for ever. Left empty, it is made from the name."),
            )
        else:
            self.fields["reason"] = forms.CharField(
                label=_("Why this change?"), max_length=300, required=False
            )

    def values(self) -> dict[str, str]:
        """What was said, by field name."""
        return {name: self.cleaned_data[name] for name in AGENT_FIELDS}


class PersonForm(forms.Form):
    """A person to be brought in."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Never shown; they sign in with it."),
        widget=forms.EmailInput,
    )


class NameForm(forms.Form):
    """What a person is called."""

    name = forms.CharField(label=_("Name"), max_length=200)


class RoleForm(forms.Form):
    """A role to be given."""

    person = forms.ChoiceField(label=_("Person"))
    kind = forms.ChoiceField(label=_("Role"))
    since = DayField(label=_("Since"), required=False, help_text=_("Left empty: from today."))
    until = DayField(
        label=_("Until (that day not included)"),
        required=False,
        help_text=_("Left empty: until it is ended."),
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        required=False,
        help_text=_("A decision, an election, a mandate."),
    )

    def __init__(
        self, *args: Any, people: Iterable[Agent], kinds: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "–"), *((one.slug, one.name) for one in people)]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, Capital(Role.Kind(kind).label)) for kind in Role.Kind.values if kind in kinds
        ]


class EndRoleForm(forms.Form):
    """When and why a role ends."""

    on = DayField(
        label=_("First day without it"), required=False, help_text=_("Left empty: today.")
    )
    reason = forms.CharField(label=_("Why?"), max_length=300, required=False)


class ImportForm(forms.Form):
    """A register to be brought in."""

    file = forms.FileField(
        label=_("File"), help_text=_("CSV or JSON-LD, as it is taken out of a Chamber.")
    )


class ImageForm(forms.Form):
    """A picture of a resource."""

    file = forms.FileField(label=_("Picture"), help_text=_("JPEG, PNG or WebP, at most 2 MB."))
    image_alt = forms.CharField(
        label=_("What it shows"),
        max_length=200,
        help_text=_("Read out to people who do not see it."),
    )


class SearchForm(forms.Form):
    """What is looked for among the resources."""

    q = forms.CharField(label=_("Words"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", pgettext_lazy("filter", "any")), *Resource.Kind.choices],
        required=False,
    )
    standing = forms.ChoiceField(
        label=_("Standing"),
        choices=[("", pgettext_lazy("filter", "any")), *Resource.Standing.choices],
        required=False,
    )
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    licence = forms.ChoiceField(
        label=_("Licence"),
        choices=[
            ("", pgettext_lazy("filter", "any")),
            ("open", pgettext_lazy("licence", "open")),
            ("cc by", "CC BY"),
            ("cc by sa", "CC BY-SA"),
            ("cern ohl", "CERN-OHL"),
            ("agpl", "AGPL"),
            ("gpl", "GPL"),
            ("odbl", "ODbL"),
            ("none", pgettext_lazy("licence", "none")),
        ],
        required=False,
    )
    need = forms.ChoiceField(
        label=_("Looks for"),
        choices=[
            ("", "–"),
            ("any", pgettext_lazy("need or offer", "anything")),
            *Wish.Category.choices,
        ],
        required=False,
    )
