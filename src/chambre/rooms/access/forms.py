"""Forms of the access room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError, Forbidden
from chambre.core.ui.forms import AmountField, DayField
from chambre.lib.booking import moment
from chambre.registry.models import Resource
from chambre.rooms.access.models import Handover, OpenFile, Series, Terms
from chambre.rooms.access.queries.openfiles import files_to_derive_from

_MOST_PHOTOS = 6


class ToldForm(forms.Form):
    """A form that can show what a service refused."""

    def told(self, refusal: ChambreError) -> int:
        """Put a refusal beside the fields that it is about; the status of the answer."""
        if isinstance(refusal, Forbidden) and refusal.code == Forbidden.code:
            raise refusal
        fields: dict[str, Any] = refusal.data.get("fields", {})
        known = [name for name in fields if name in self.fields]
        for name in known:
            self.add_error(name, fields[name])
        if not known:
            self.add_error(None, str(refusal.message))
        return refusal.status


class ClockField(forms.TimeField):
    """A time of day on the clock of the place."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        super().__init__(**kwargs)


class BookForm(ToldForm):
    """A time to book; perhaps again and again."""

    day = DayField(label=_("Day"))
    start = ClockField(label=_("From what time"))
    end = ClockField(label=_("To what time"))
    last = DayField(
        label=_("Until another day"),
        required=False,
        help_text=_("Only when it lasts over midnight."),
    )
    purpose = forms.CharField(label=_("What for"), max_length=300, required=False)
    repeat = forms.ChoiceField(
        label=_("Again"), required=False, choices=[("", _("only once")), *Series.Frequency.choices]
    )
    until = DayField(label=_("Repeat until"), required=False)
    some = forms.BooleanField(label=_("Book what fits, when not all of it does"), required=False)

    def clean(self) -> dict[str, Any]:
        """Adds ``times``: the beginning and the end as moments."""
        given = super().clean() or {}
        if given.get("repeat") and not given.get("until"):
            self.add_error("until", _("Say until when it repeats."))
        if {"day", "start", "end"} <= given.keys():
            last = given.get("last") or given["day"]
            try:
                given["times"] = (_at(given["day"], given["start"]), _at(last, given["end"]))
            except OverflowError:
                self.add_error("day", _("This day is in another age."))
        return given


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return moment(day, time.hour * 60 + time.minute)


class PhotosInput(forms.FileInput):
    """Several pictures at once, from a phone's camera too."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures, as bytes."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """What was sent, at most six.

        Raises:
            ValidationError: More than that.
        """
        found = [each for each in (data or []) if each]
        if len(found) > _MOST_PHOTOS:
            raise ValidationError(_("At most 6 photos."))
        return [super(PhotosField, self).clean(each, initial).read() for each in found]


class SeenForm(ToldForm):
    """State, counter and photos of a thing that changes hands."""

    condition = forms.ChoiceField(
        label=_("State"), choices=Handover.Condition, widget=forms.RadioSelect,
        initial=Handover.Condition.GOOD,
    )  # fmt: skip
    words = forms.CharField(
        label=_("What you see"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    counter = forms.DecimalField(
        label=_("Counter"), min_value=0, max_digits=15, decimal_places=3, required=False,
        help_text=_("Kilometres, hours or litres, as it stands."),
    )  # fmt: skip
    photos = PhotosField(
        label=_("Photos"), required=False,
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp", "multiple": True}),
        help_text=_("What the camera notes, place and time, is not kept."),
    )  # fmt: skip

    def __init__(self, *args: Any, counter: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not counter:
            del self.fields["counter"]
        else:
            self.fields["counter"].label = _("Counter (%(unit)s)") % {"unit": counter}

    def thousandths(self) -> int | None:
        """The counter as it is kept."""
        value = self.cleaned_data.get("counter")
        return None if value is None else int(value * 1000)


class ReportForm(SeenForm):
    """Damage, loss, repair."""

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (each.value, each.label)
            for each in (
                Handover.Kind.DAMAGED, Handover.Kind.LOST, Handover.Kind.MENDED, Handover.Kind.FOUND,
            )
        ],
    )  # fmt: skip
    field_order = ("kind", "condition", "words", "photos")


_NUMBERS = (
    "capacity", "shortest", "longest", "notice", "buffer", "ahead_days", "week_count",
    "week_minutes", "month_count", "month_minutes", "cancel_minutes", "withdrawal_days",
)  # fmt: skip
_OPTIONAL = {"week_count", "week_minutes", "month_count", "month_minutes"}


class TermsForm(ToldForm):
    """The rules of a thing at others' disposal."""

    audience = forms.ChoiceField(label=_("For whom"), choices=Terms.Audience)
    people = forms.CharField(
        label=_("People who are named"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Their e-mail addresses, one on each line."),
    )  # fmt: skip
    purpose = forms.CharField(label=_("For what"), required=False, max_length=500)
    place = forms.CharField(label=_("Where to find it"), required=False, max_length=200)
    hours = forms.CharField(
        label=_("Opening hours"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One line each: “mon-fri 09:00-12:00, 14:00-18:00”, “2026-12-25 closed”. "
                    "Nothing: always."),
    )  # fmt: skip
    through = forms.BooleanField(label=_("It may be kept over closed hours"), required=False)
    capacity = forms.IntegerField(label=_("Places at the same time"), initial=1)
    shortest = forms.IntegerField(label=_("Shortest booking, in minutes"), initial=0)
    longest = forms.IntegerField(
        label=_("Longest booking, in minutes"), initial=0, help_text=_("0: any.")
    )
    notice = forms.IntegerField(label=_("Booked so many minutes before"), initial=0)
    ahead_days = forms.IntegerField(
        label=_("Booked at most so many days ahead"), initial=0, help_text=_("0: any.")
    )
    buffer = forms.IntegerField(label=_("Minutes kept free after each booking"), initial=0)
    cancel_minutes = forms.IntegerField(label=_("Cancelled so many minutes before"), initial=0)
    week_count = forms.IntegerField(label=_("Bookings a week and person"), required=False)
    week_minutes = forms.IntegerField(label=_("Minutes a week and person"), required=False)
    month_count = forms.IntegerField(label=_("Bookings a month and person"), required=False)
    month_minutes = forms.IntegerField(label=_("Minutes a month and person"), required=False)
    approval = forms.BooleanField(label=_("Each booking is approved"), required=False)
    training = forms.CharField(label=_("Training needed"), required=False, max_length=140)
    priority = forms.CharField(
        label=_("Who goes first on the waiting list"), required=False, max_length=200,
        help_text=_("Roles in their order, separated by commas (steward, treasurer, member)."),
    )  # fmt: skip
    counter = forms.CharField(
        label=_("Counter that is read"), required=False, max_length=20, help_text=_("km, h, l")
    )
    gives = forms.ChoiceField(label=_("What they give back"), choices=Terms.Return)
    gives_amount = forms.IntegerField(
        label=_("How much: cents of a deposit, minutes of work"), initial=0
    )
    gives_text = forms.CharField(label=_("In words"), required=False, max_length=300)
    contract = forms.CharField(
        label=_("Contract that shares what it brings in"), required=False, max_length=60,
        help_text=_("Its short name."),
    )  # fmt: skip
    withdrawal_days = forms.IntegerField(label=_("Days of notice of the owner"), initial=30)
    note = forms.CharField(label=_("What changed"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _NUMBERS:
            self.fields[name].min_value = 0  # type: ignore[attr-defined]
            self.fields[name].widget.attrs.update({"min": 0, "inputmode": "numeric"})

    def rules(self) -> dict[str, Any]:
        """What was said, as the services take it, without the names of people."""
        return {name: value for name, value in self.cleaned_data.items() if name != "people"}

    def addresses(self) -> list[str]:
        """The e-mail addresses that were named."""
        return [line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()]


class WithdrawForm(ToldForm):
    """From which day the owner takes a thing back."""

    day = DayField(label=_("First day on which it is no longer at disposal"))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


class ReasonForm(ToldForm):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


class SettleForm(ToldForm):
    """How much of a deposit is kept, and why; the rest goes back."""

    kept = AmountField(label=_("How much is kept"), min_value=0, initial=0)
    reason = forms.CharField(
        label=_("Why"), max_length=300, required=False,
        help_text=_("Needed when something is kept; the person reads it, and it stands in the book."),
    )  # fmt: skip
    means = forms.ChoiceField(
        label=_("How the rest goes back"), required=False,
        choices=[("", _("as it came")), ("cash", _("in cash")), ("transfer", _("by bank transfer"))],
    )  # fmt: skip


class AttestForm(ToldForm):
    """Who was trained."""

    email = forms.EmailField(label=_("E-mail address of who was trained"))
    evidence = forms.CharField(label=_("What shows it"), max_length=300, required=False)
    until = DayField(label=_("Until"), required=False)


class CalendarForm(ToldForm):
    """A calendar kept elsewhere: an address, or a file once."""

    name = forms.CharField(label=_("Name"), max_length=140)
    address = forms.URLField(
        label=_("Address"), max_length=500, required=False, assume_scheme="https",
        help_text=_("It is read every hour."),
    )  # fmt: skip
    file = forms.FileField(label=_("or a file"), required=False)


class DerivedField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A file that another one was made from, with its licence and the resource that it belongs to."""

    def label_from_instance(self, obj: Any) -> str:
        """Title, licence, resource."""
        return f"{obj.title} ({obj.licence}) – {obj.resource.name}"


class OpenFileForm(ToldForm):
    """A file that anybody may take."""

    title = forms.CharField(label=_("Title"), max_length=200)
    file = forms.FileField(label=_("File"))
    licence = forms.CharField(
        label=_("Licence"), max_length=60, initial="CC-BY-SA-4.0",
        help_text=_("An open licence by its short name (CC-BY-SA-4.0, CERN-OHL-S-2.0, CC0-1.0), or “public "
                    "domain”."),
    )  # fmt: skip
    author = forms.CharField(label=_("By whom"), max_length=200, required=False)
    derived_from = DerivedField(
        label=_("Made from a file that is here"), required=False, queryset=OpenFile.objects.none(),
        empty_label=_("from none of them"),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Made from something elsewhere"), max_length=500, required=False
    )
    changes = forms.CharField(label=_("What was changed"), max_length=500, required=False)

    def __init__(self, *args: Any, resource: Resource, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["derived_from"]
        field.queryset = files_to_derive_from(resource)
