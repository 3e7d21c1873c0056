"""Forms of contributions and contributive budgets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError, Forbidden
from chambre.core.ui import figures as written
from chambre.core.ui.forms import AmountField, DayField
from chambre.lib.contributing.measures import Measure, parse_measure
from chambre.lib.contributing.wording import ContributingRefusal
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import (
    Budget,
    ClosingRule,
    Contribution,
    RateGrid,
    RateLine,
    Rest,
    Terms,
)


def area(rows: int = 3) -> forms.Textarea:
    """A box for some lines of text."""
    return forms.Textarea(attrs={"rows": rows})


def _an_hour(line: RateLine) -> str:
    """A line of a grid as it is chosen."""
    amount = written.money(line.minor)
    return gettext("%(rate)s: %(amount)s an hour") % {"rate": line, "amount": amount}


class NotingForm(forms.Form):
    """A form that can show what a service refused."""

    def told(self, refusal: ChambreError) -> int:
        """Put a refusal beside the fields that it is about; the status of the answer."""
        if isinstance(refusal, Forbidden):
            raise refusal
        fields: dict[str, Any] = refusal.data.get("fields", {})
        known: list[str | None] = [name for name in fields if name in self.fields]
        for name in known or [None]:
            self.add_error(name, str(refusal.message))
        return refusal.status


class MeasureField(forms.CharField):
    """How much, in one box: a time, an amount, or so many of something."""

    def clean(self, value: Any) -> Measure | None:
        """The measure that was typed.

        Raises:
            ValidationError: It is none.
        """
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_measure(text, get_language() or "fr")
        except ContributingRefusal as refusal:
            raise forms.ValidationError(refusal.message(get_language() or "fr")) from None


class RecordForm(NotingForm):
    """What somebody did; the first four fields are enough."""

    what = forms.CharField(label=_("What did you do, or bring?"), max_length=300)
    much = MeasureField(
        label=_("How much was it?"), max_length=60,
        help_text=_("2:30, 45 min, €25, 12 kg: what it was."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Contribution.Kind, widget=forms.RadioSelect,
        initial=Contribution.Kind.TIME,
    )  # fmt: skip
    resource = forms.ModelChoiceField(label=_("To what"), queryset=Resource.objects.none())
    until = DayField(label=_("When"))

    def __init__(self, *args: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].queryset = resources  # type: ignore[attr-defined]


class MoreForm(NotingForm):
    """What else may be said of a contribution."""

    day = DayField(
        label=_("First day, when it took several"), required=False,
    )  # fmt: skip
    why = forms.CharField(
        label=_("What for, or what came of it"), max_length=4_000, required=False, widget=area()
    )
    rate = forms.ChoiceField(
        label=_("Ask for it by the grid"), required=False,
        help_text=_("The grid proposes; nobody is held to it."),
    )  # fmt: skip
    hourly = AmountField(
        label=_("or by a rate of your own, for an hour"), min_value=0, required=False
    )
    asked = AmountField(
        label=_("or this amount"), min_value=0, required=False,
        help_text=_("Empty everywhere: it is given."),
    )  # fmt: skip

    def __init__(self, *args: Any, grid: RateGrid | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = list(grid.lines.all()) if grid is not None else []
        self.lines = {str(line.pk): line for line in lines}
        self.fields["rate"].choices = [  # type: ignore[attr-defined]
            ("", _("nothing is asked")),
            *((key, _an_hour(line)) for key, line in self.lines.items()),
        ]  # fmt: skip
        if not lines:
            del self.fields["rate"]

    def given(self) -> dict[str, Any]:
        """What was said, for :class:`~..services.contributing.recording.Given`."""
        data = self.cleaned_data
        return {
            "day": data["day"], "why": data["why"], "asked": data["asked"],
            "hourly": data["hourly"], "rate": self.lines.get(data.get("rate", "")),
        }  # fmt: skip


class WordsForm(NotingForm):
    """Words that go with an act."""

    words = forms.CharField(label=_("In your words"), max_length=4_000, widget=area())


class WhyForm(NotingForm):
    """Words that may go with an act."""

    why = forms.CharField(label=_("Why"), max_length=4_000, required=False, widget=area(2))


class InKindForm(NotingForm):
    """What a contribution is worth in the books."""

    structure = forms.ModelChoiceField(label=_("In the books of"), queryset=Agent.objects.none())
    hourly = AmountField(
        label=_("Rate for an hour"), min_value=0, required=False,
        help_text=_(
            "Many associations take the minimum wage with its charges,"
            " or what the work would have cost."
        ),
    )  # fmt: skip
    minor = AmountField(label=_("or the value in all"), min_value=0, required=False)

    def __init__(self, *args: Any, structures: Any, timed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures  # type: ignore[attr-defined]
        if not timed:
            del self.fields["hourly"]
            self.fields["minor"].label = _("Value")
            self.fields["minor"].required = True


class TermsForm(NotingForm):
    """By which rule contributions are recognised."""

    needed = forms.IntegerField(
        label=_("How many others must have seen it"), min_value=0, max_value=50,
        help_text=_("0: what people say counts at once."),
    )  # fmt: skip
    silence_days = forms.IntegerField(
        label=_("Days without an objection after which it counts"), min_value=0, max_value=3_650,
        help_text=_("0: silence never suffices."),
    )  # fmt: skip
    reply_days = forms.IntegerField(
        label=_("Days to maintain an objection that was answered"), min_value=0, max_value=365
    )
    roll = forms.ChoiceField(label=_("Who may look"), choices=Terms.Roll)
    reason = forms.CharField(label=_("Why, or who decided it"), max_length=300, required=False)


class GridForm(NotingForm):
    """A rate grid, a line for each rate."""

    name = forms.CharField(label=_("Name of the grid"), max_length=140)
    lines = forms.CharField(
        label=_("Rates, one a line"), max_length=10_000, widget=area(6),
        help_text=_(
            "What the work takes; whose need it thinks of; euros for an hour."
            " For example: pruning; lives on it; 22"
        ),
    )  # fmt: skip
    since = DayField(label=_("From which day"))
    note = forms.CharField(label=_("Where it comes from"), max_length=500, required=False)

    def clean_lines(self) -> list[tuple[str, str, int]]:
        """The lines as (work, need, cents).

        Raises:
            ValidationError: A line is something else.
        """
        amount, rows = AmountField(min_value=0), []
        for text in self.cleaned_data["lines"].splitlines():
            if not text.strip():
                continue
            parts = [part.strip() for part in text.split(";")]
            if len(parts) not in (2, 3) or not parts[0]:
                raise forms.ValidationError(
                    _("“%(line)s” is not work; need; amount."), params={"line": text[:60]}
                )
            rows.append((parts[0], parts[1] if len(parts) == 3 else "", amount.clean(parts[-1])))
        return rows


class BudgetForm(NotingForm):
    """A contributive budget that is opened."""

    name = forms.CharField(label=_("Name of the budget"), max_length=140)
    structure = forms.ModelChoiceField(label=_("Who pays"), queryset=Agent.objects.none())
    resource = forms.ModelChoiceField(
        label=_("For which resource"), queryset=Resource.objects.none(), required=False,
        empty_label=_("what the structure does"),
    )  # fmt: skip
    total = AmountField(label=_("What is there"), min_value=1)
    starts = DayField(label=_("First day"))
    ends = DayField(label=_("Last day"))
    circle = forms.ChoiceField(label=_("Who sees it and asks from it"), choices=Terms.Roll)
    fallback = forms.ChoiceField(
        label=_("If more is asked than is there and no consent is found"), choices=ClosingRule,
        help_text=_("Agree on it now, while nobody knows whom it would suit."),
    )  # fmt: skip
    consent_days = forms.IntegerField(
        label=_("Days to find consent before"), min_value=0, max_value=365, initial=30
    )

    def __init__(self, *args: Any, structures: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures  # type: ignore[attr-defined]
        self.fields["resource"].queryset = resources  # type: ignore[attr-defined]


class AllotForm(NotingForm):
    """Money put into a budget or set apart in it."""

    minor = AmountField(label=_("Amount"), help_text=_("With a minus it is taken out."))
    part = forms.CharField(
        label=_("For a part of it"), max_length=80, required=False,
        help_text=_("Empty: the whole envelope grows."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


class AskForm(NotingForm):
    """What somebody asks for themselves."""

    minor = AmountField(label=_("How much do you ask for?"), min_value=1)
    what = forms.CharField(
        label=_("For what"), max_length=300, help_text=_("Everybody of the circle reads it.")
    )
    contribution = forms.ChoiceField(label=_("For a contribution"), required=False)
    part = forms.ChoiceField(label=_("From which part"), required=False)
    why = forms.CharField(label=_("More words"), max_length=4_000, required=False, widget=area(2))

    def __init__(
        self, *args: Any, parts: list[str], contributions: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", _("the common part")), *((p, p) for p in parts)]  # type: ignore[attr-defined]
        self.fields["contribution"].choices = [("", _("none in particular")), *contributions]  # type: ignore[attr-defined]
        if not parts:
            del self.fields["part"]
        if not contributions:
            del self.fields["contribution"]


class ChangeAskForm(NotingForm):
    """Another amount than was asked."""

    minor = AmountField(
        label=_("Ask for this instead"), min_value=0, help_text=_("0 takes it back.")
    )
    why = forms.CharField(label=_("Why"), max_length=300, required=False)


class PaidForm(NotingForm):
    """What was paid of it."""

    minor = AmountField(label=_("Paid"), min_value=1)
    day = DayField(label=_("When"))
    reference = forms.CharField(
        label=_("Invoice, payslip or transfer"), max_length=120, required=False
    )


class PositionForm(NotingForm):
    """My position on mine, and on the whole."""

    keeps = AmountField(label=_("On mine: I keep asking for"), min_value=0)
    rest = forms.ChoiceField(
        label=_("What I am not paid is"), choices=Rest, widget=forms.RadioSelect, initial=Rest.WAIVE
    )
    rule = forms.ChoiceField(label=_("On the whole: I would share by"), required=False)
    words = forms.CharField(
        label=_("In your words"), max_length=4_000, required=False, widget=area(2)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [("", _("no rule in particular")), *ClosingRule.choices]  # type: ignore[attr-defined]


class ProposeForm(NotingForm):
    """A rule for all."""

    rule = forms.ChoiceField(label=_("Share by"), choices=ClosingRule)
    rest = forms.ChoiceField(label=_("What is not paid is"), required=False)
    words = forms.CharField(label=_("Why"), max_length=4_000, required=False, widget=area(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rest"].choices = [("", _("as each wants")), *Rest.choices]  # type: ignore[attr-defined]


class CarryForm(NotingForm):
    """Into which budget claims go."""

    into = forms.ModelChoiceField(label=_("Into which budget"), queryset=Budget.objects.none())

    def __init__(self, *args: Any, budgets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = budgets  # type: ignore[attr-defined]
