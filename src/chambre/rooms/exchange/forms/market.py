"""Forms of the market."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.photos import HEAVIEST
from chambre.core.ui.forms import AmountField, DayField
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Posting
from chambre.rooms.exchange.services.market.posting import MOST_QUANTITY, MOST_VALUE, PostingIn


class PostingForm(forms.Form):
    """What somebody says of an offer or a need."""

    kind = forms.ChoiceField(label=_("Offer or need"), choices=Posting.Kind.choices)
    in_name_of = forms.ChoiceField(
        label=_("In whose name"), required=False,
        help_text=_("Messages then reach everybody who acts for it, and one of them signs."),
    )  # fmt: skip
    title = forms.CharField(
        label=_("What"), max_length=120, help_text=_("For instance: repairing bicycles.")
    )
    category = forms.ChoiceField(label=_("Category"), choices=Posting.Category.choices)
    words = forms.CharField(
        label=_("In more words"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    place = forms.CharField(
        label=_("Place"), required=False, max_length=80, help_text=_("Empty: anywhere.")
    )
    first = DayField(label=_("From"), required=False)
    last = DayField(
        label=_("Until"), required=False, help_text=_("The day after, it is over by itself.")
    )
    quantity = forms.IntegerField(
        label=_("How many"), required=False, min_value=1, max_value=MOST_QUANTITY
    )
    value = AmountField(
        label=_("Estimated value"), required=False, min_value=0, max_value=MOST_VALUE,
        help_text=_("Empty: you say nothing about it."),
    )  # fmt: skip

    def __init__(self, *args: Any, agents: Sequence[Agent] = (), **kwargs: Any) -> None:
        """Take the agents for whom the reader acts; of one alone nothing is asked."""
        super().__init__(*args, **kwargs)
        self.agents = {str(agent.pk): agent for agent in agents}
        if len(agents) < 2:
            del self.fields["in_name_of"]
            return
        people = sorted(agents, key=lambda each: each.kind != Agent.Kind.PERSON)
        field = cast(forms.ChoiceField, self.fields["in_name_of"])
        field.choices = [
            (str(each.pk), _("my own") if each.kind == Agent.Kind.PERSON else each.name)
            for each in people
        ]

    def said(self) -> PostingIn:
        """What was typed, as the service takes it."""
        words = {name: value for name, value in self.cleaned_data.items() if name != "in_name_of"}
        return PostingIn(**words)

    def owner(self) -> Agent | None:
        """Whose it is; nothing: the reader's own."""
        return self.agents.get(self.cleaned_data.get("in_name_of", ""))

    @staticmethod
    def of(posting: Posting) -> dict[str, Any]:
        """What the form shows of something that is there."""
        return {
            name: getattr(posting, name) for name in PostingForm.base_fields if name != "in_name_of"
        }


class PhotoForm(forms.Form):
    """A photo and what can be seen on it."""

    photo = forms.FileField(
        label=_("Photo"), widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
        help_text=_("JPEG, PNG or WebP. Where and when it was taken is removed."),
    )  # fmt: skip
    alt = forms.CharField(label=_("What can be seen"), required=False, max_length=200)

    def clean_photo(self) -> Any:
        """A file that is too large is not even read."""
        sent = self.cleaned_data["photo"]
        if sent.size > HEAVIEST:
            megabytes = HEAVIEST // 1024 // 1024
            raise forms.ValidationError(
                _("A photo has at most %(most)d megabytes.") % {"most": megabytes}
            )
        return sent
