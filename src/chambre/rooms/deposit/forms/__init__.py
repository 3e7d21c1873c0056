"""Forms of the stewards' pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError, Forbidden
from chambre.core.ui.forms import AmountField, DayField
from chambre.registry.models import Agent
from chambre.rooms.deposit.models import ItemType, Part, Terms, UnclaimedDecision
from chambre.rooms.deposit.services.kinds import HEAVIEST

CARE = (
    ("wash", _("Washed")),
    ("pass", _("Inspected: good")),
    ("fail", _("Inspected: damaged")),
    ("to-repair", _("Sent to repair")),
    ("repair", _("Repaired")),
    ("recall", _("Recalled")),
    ("retire", _("Out of service for good")),
    ("lose", _("Lost")),
    ("find", _("Found again")),
)
PAY = [
    (value, label)
    for value, label in Part.Channel.choices
    if value in ("cash", "voucher", "receipt", "gift", "suspended", "partner")
]


class NotingForm(forms.Form):
    """A form that can show what a service refused.

    Attributes:
        about: The field beside which a refusal is put that names none; empty: above them all.
    """

    about = ""

    def told(self, refusal: ChambreError) -> int:
        """Put a refusal beside the fields that it is about; the status of the answer."""
        if isinstance(refusal, Forbidden):
            raise refusal
        fields: dict[str, Any] = refusal.data.get("fields", {})
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [self.about or None]:
            self.add_error(name, str(refusal.message))
        return refusal.status


class SchemeForm(NotingForm):
    """A new scheme."""

    name = forms.CharField(label=_("Name of the scheme"), max_length=140)
    slug = forms.SlugField(
        label=_("Short name, for addresses"), max_length=50, help_text=_("Letters and hyphens.")
    )
    structure = forms.ModelChoiceField(
        label=_("Who keeps the money"), queryset=Agent.objects.none(), to_field_name="slug"
    )
    amount = AmountField(label=_("Deposit of one object"), min_value=0)


class TypeChangeForm(NotingForm):
    """What objects of a type are made of and weigh."""

    material = forms.CharField(
        label=_("Made of"), max_length=60, required=False,
        help_text=_("Such as glass, steel, polypropylene: for the yearly figures of reuse."),
    )  # fmt: skip
    grams = forms.IntegerField(
        label=_("What one weighs, in grams"), min_value=0, max_value=HEAVIEST, required=False,
        help_text=_("Empty: nobody knows."),
    )  # fmt: skip

    def clean_grams(self) -> int:
        """Empty is 0, as the type keeps what nobody knows."""
        return self.cleaned_data["grams"] or 0


class TypeForm(TypeChangeForm):
    """A new type of object."""

    name = forms.CharField(label=_("Name of the type"), max_length=140)
    slug = forms.SlugField(label=_("Short name, for addresses"), max_length=50)
    counting = forms.ChoiceField(label=_("How they are counted"), choices=ItemType.Counting)
    amount = AmountField(
        label=_("Its own deposit"),
        min_value=0,
        required=False,
        help_text=_("Empty: as the scheme says."),
    )
    unit_cost = AmountField(label=_("What one costs"), min_value=0, required=False)
    wash = forms.BooleanField(
        label=_("Washed and inspected before it goes out again"), required=False
    )
    grai = forms.CharField(
        label=_("GRAI, if the commons has a licence of GS1"), max_length=20, required=False,
        help_text=_(
            "14 digits, or company prefix and asset type with a point between them: 3760123.45678."
        ),
    )  # fmt: skip
    own_uri = forms.CharField(
        label=_("Or a name that the type has already"), max_length=200, required=False,
        help_text=_("An address with https, or a UUID. Both empty: an address of this house."),
    )  # fmt: skip
    field_order = ["name", "slug", "counting", "amount", "unit_cost", "wash"]


class CommissionForm(NotingForm):
    """Objects that are put in service."""

    type = forms.ModelChoiceField(
        label=_("Which type"), queryset=ItemType.objects.none(), to_field_name="slug"
    )
    count = forms.IntegerField(label=_("How many objects"), min_value=1, max_value=10_000)
    lot = forms.CharField(
        label=_("Name of the batch, if it has one"), max_length=60, required=False
    )


class CareForm(NotingForm):
    """What was done with an object."""

    about = "step"
    step = forms.ChoiceField(label=_("What was done"), choices=CARE)
    temperature = forms.IntegerField(
        label=_("Temperature in °C"), min_value=-50, max_value=300, required=False
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, required=False)
    note = forms.CharField(label=_("In a few words"), max_length=254, required=False)


class LabelForm(NotingForm):
    """Another code of an object."""

    about = "code"
    code = forms.CharField(label=_("New code"), max_length=200)
    reason = forms.CharField(label=_("Why it has another code"), max_length=254, required=False)


class TermsForm(NotingForm):
    """The rules from a day on."""

    since = DayField(label=_("From which day on"))
    takes_back = forms.ChoiceField(label=_("Which places take back"), choices=Terms.TakesBack)
    liability = forms.ChoiceField(label=_("Who owes what was paid"), choices=Terms.Liability)
    condition = forms.CharField(label=_("In which condition"), max_length=500, required=False)
    damaged_kept = forms.IntegerField(
        label=_("Percent kept when damaged"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("Empty: people decide each time."),
    )
    late_after = forms.IntegerField(
        label=_("Late after how many days"), min_value=1, required=False,
        help_text=_("Empty: never."),
    )  # fmt: skip
    late_kept = forms.IntegerField(
        label=_("Percent kept when late"), min_value=0, max_value=100, required=False
    )
    distance_limit = AmountField(label=_("Most that a code alone pays at a distance"), min_value=0)
    burst_count = forms.IntegerField(label=_("Returns in a short time: at most"), min_value=0)
    burst_minutes = forms.IntegerField(label=_("In how many minutes"), min_value=1, max_value=1440)
    counted_more = forms.IntegerField(
        label=_("Counted objects that may come back at a place beyond what went out near it"),
        min_value=0, max_value=10**6, required=False, help_text=_("Empty: any number."),
    )  # fmt: skip
    counted_days = forms.IntegerField(
        label=_("In how many days"), min_value=1, max_value=366, required=False,
        help_text=_("Empty: 30."),
    )  # fmt: skip
    unlink_after = forms.IntegerField(
        label=_("Days after which who held what is forgotten"), min_value=0, max_value=3650
    )
    reason = forms.CharField(label=_("Decided where, and why"), max_length=254)


class TariffForm(NotingForm):
    """The deposit from a day on."""

    since = DayField(label=_("From which day on"))
    type = forms.ModelChoiceField(
        label=_("For which type"),
        queryset=ItemType.objects.none(),
        to_field_name="slug",
        required=False,
        help_text=_("Empty: for all that have no deposit of their own."),
    )
    amount = AmountField(label=_("Deposit of one object"), min_value=0)
    reason = forms.CharField(label=_("Decided where, and why"), max_length=254)


class CostsForm(NotingForm):
    """What a rotation costs from a day on."""

    since = DayField(label=_("From which day on"))
    type = forms.ModelChoiceField(
        label=_("For which type"),
        queryset=ItemType.objects.none(),
        to_field_name="slug",
        required=False,
        help_text=_("Empty: for all that have no figures of their own."),
    )
    wash = AmountField(label=_("Wash and way of one rotation"), min_value=0)
    instead = AmountField(label=_("One throwaway object instead"), min_value=0)
    reason = forms.CharField(label=_("Where the figures come from"), max_length=254)


class RecallForm(NotingForm):
    """Why a batch is recalled."""

    reason = forms.CharField(
        label=_("Why it is recalled"),
        max_length=254,
        help_text=_("It stays in the life of each object."),
    )


class UnclaimedForm(NotingForm):
    """What becomes of deposits that nobody claims."""

    outcome = forms.ChoiceField(label=_("What becomes of them"), choices=UnclaimedDecision.Outcome)
    after_days = forms.IntegerField(
        label=_("How many days after the issue"), min_value=30, max_value=36_500
    )
    reference = forms.CharField(label=_("Where the commons decided it"), max_length=254)


class DecideForm(NotingForm):
    """What becomes of a case."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=(
            ("pay", _("Pay the deposit back, or a part of it (two people)")),
            ("keep", _("Keep the whole deposit (two people)")),
            ("refused", _("Pay nothing")),
            ("closed", _("Nothing to do")),
        ),
    )
    means = forms.ChoiceField(label=_("How it is paid"), choices=PAY, required=False)
    amount = AmountField(
        label=_("How much of it is paid back"), required=False, min_value=0,
        help_text=_("Empty: the whole deposit. The rest is kept, as income of the scheme."),
    )  # fmt: skip
    words = forms.CharField(label=_("Why so"), max_length=500, widget=forms.Textarea)

    def __init__(self, *args: Any, pays: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not pays:  # what cannot be done is not offered
            outcome: Any = self.fields["outcome"]
            outcome.choices = [each for each in outcome.choices if each[0] not in ("pay", "keep")]
            del self.fields["means"], self.fields["amount"]


class ConfirmForm(NotingForm):
    """The second person's word on what another one proposed."""

    words = forms.CharField(
        label=_("Why you confirm it"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class MonthForm(NotingForm):
    """Which month of which partner is settled."""

    partner = forms.ModelChoiceField(
        label=_("Partner"), queryset=Agent.objects.none(), to_field_name="slug"
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=9998)
    month = forms.IntegerField(label=_("Month"), min_value=1, max_value=12)
