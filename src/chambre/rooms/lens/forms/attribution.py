"""Forms with which people say what concerns which resource."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chambre.core.ui.forms import DayField
from chambre.lib.attribution import ITSELF, Rule, RuleFileError, rules_from_data
from chambre.registry.models import Agent
from chambre.rooms.lens.queries.attributing import LineFilter

ROWS = 3
MOST_ROWS = 50


class SharesWidget(forms.Widget):
    """Rows of a resource and its weight; more rows on request, without a script."""

    template_name = "lens/widgets/shares.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices: list[tuple[str, Any]] = []

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """The rows have names of their own."""
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]] | None:
        """Pairs of what was chosen and what was typed; none when the form had no such rows."""
        if f"{name}-resource" not in data:
            return None
        slugs, weights = data.getlist(f"{name}-resource"), data.getlist(f"{name}-weight")
        pairs = list(zip(slugs, weights, strict=False))[:MOST_ROWS]
        wanted = len(pairs) + ROWS if data.get("more") else len(pairs)
        return pairs + [("", "")] * (min(wanted, MOST_ROWS) - len(pairs))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the form had no such rows."""
        return f"{name}-resource" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds the rows."""
        context = super().get_context(name, value, attrs)
        pairs = list(value.items()) if isinstance(value, Mapping) else list(value or [])
        pairs += [("", "")] * (ROWS - len(pairs))
        context["widget"]["rows"] = [
            {"slug": slug, "weight": weight, "number": number}
            for number, (slug, weight) in enumerate(pairs, 1)
        ]
        context["widget"]["choices"] = self.choices
        return context


class SharesField(forms.Field):
    """Whole weights by slug of a resource, ``-`` being the structure itself."""

    widget = SharesWidget

    def __init__(self, *, resources: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        listed = [("", ""), *resources.items(), (ITSELF, gettext_lazy("the structure itself"))]
        self.widget.choices = listed
        self.known = {ITSELF, *resources}

    def to_python(self, value: Any) -> dict[str, int]:
        """Pairs into weights.

        Raises:
            ValidationError: Unknown or repeated resource, a weight that is not a whole number
                above zero, a weight without a resource.
        """
        shares: dict[str, int] = {}
        for slug, typed in value or []:
            weight = re.sub(r"[\s\u00a0\u202f]", "", str(typed))
            if not slug and not weight:
                continue
            if slug not in self.known:
                raise ValidationError(_("Choose a resource for each weight."))
            if slug in shares:
                raise ValidationError(_("Write each resource once."))
            if not re.fullmatch(r"[0-9]{1,9}", weight) or int(weight) == 0:
                raise ValidationError(
                    _("“%(typed)s” is not a weight. Write a whole number above zero, such as 60.")
                    % {"typed": weight or "–"}
                )
            shares[slug] = int(weight)
        return shares

    def validate(self, value: Any) -> None:
        """At least one share when one is needed.

        Raises:
            ValidationError: There is none.
        """
        if self.required and not value:
            raise ValidationError(_("Choose at least one resource and give it a weight."))


class PatternsField(forms.CharField):
    """Shell patterns, separated by commas or lines."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 4000)
        super().__init__(**kwargs)
        self.widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """Patterns as one line."""
        return ", ".join(value) if isinstance(value, (list, tuple)) else value

    def clean(self, value: Any) -> list[str]:
        """The patterns, in order."""
        text = super().clean(value)
        return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


_FIELDS = {"from": "since", "to": "until"}


class RuleForm(forms.Form):
    """One rule: which lines, and to whom."""

    name = forms.CharField(
        label=gettext_lazy("Name of the rule"),
        max_length=200,
        help_text=gettext_lazy("In your own words; it is shown beside each line that it takes."),
    )
    structure = forms.MultipleChoiceField(
        label=gettext_lazy("Only in the books of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    account = PatternsField(
        label=gettext_lazy("Accounts"),
        help_text=gettext_lazy("Numbers with * for any ending: 701*, 708*. Empty: every account."),
    )
    auxiliary = PatternsField(
        label=gettext_lazy("Third parties (auxiliary accounts)"),
        help_text=gettext_lazy("Codes such as C-CANTINE or F-*. Empty: every line."),
    )
    journal = PatternsField(
        label=gettext_lazy("Journals"), help_text=gettext_lazy("Codes such as VE or BQ*.")
    )
    label = forms.CharField(
        label=gettext_lazy("Words in the label"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "A regular expression: (?i)apple|juice finds either word, capitals or not."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    piece = PatternsField(
        label=gettext_lazy("Pieces"), help_text=gettext_lazy("References such as FA2024-*.")
    )
    since = DayField(label=gettext_lazy("First day"), required=False)
    until = DayField(label=gettext_lazy("Last day"), required=False)
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        structures: Sequence[Agent],
        whole: bool,
        resources: Mapping[str, str],
        taken: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.whole = whole
        self.taken = taken
        chosen: Any = self.fields["structure"]
        chosen.choices = [(each.slug, each.name) for each in structures]
        chosen.help_text = (
            _("None chosen: in every structure.")
            if whole
            else _("You answer for these; a rule of yours is limited to them.")
        )
        self.fields["shares"] = SharesField(
            resources=resources,
            label=_("Shares"),
            help_text=_("Whole weights: 60 and 40 share a line in these parts, to the cent."),
        )
        self.order_fields(["name", "structure", "account", "label", "auxiliary", "shares"])

    @classmethod
    def initial_of(cls, rule: Rule) -> dict[str, Any]:
        """What a rule looks like in this form."""
        return {
            "name": rule.name,
            "structure": list(rule.structure),
            "account": rule.account,
            "auxiliary": rule.auxiliary,
            "journal": rule.journal,
            "piece": rule.piece,
            "label": rule.label,
            "since": rule.since,
            "until": rule.until,
            "shares": rule.shares,
            "was": rule.name,
        }

    def clean_name(self) -> str:
        """A name that no other rule has."""
        name: str = self.cleaned_data["name"].strip()
        if name in self.taken:
            raise ValidationError(_("Another rule has this name."))
        return name

    def clean_structure(self) -> list[str]:
        """Those chosen; at least one for who does not answer for all."""
        chosen: list[str] = self.cleaned_data["structure"]
        if not chosen and not self.whole:
            raise ValidationError(_("Choose at least one of your structures."))
        return chosen

    def clean(self) -> dict[str, Any]:
        """Checks the rule as the rule file would; each mistake beside its field."""
        cleaned = super().clean() or {}
        language = (get_language() or "fr")[:2]
        data = {**self.rule_data(), "name": "-", "shares": {ITSELF: 1}}
        try:
            rules_from_data([data])
        except RuleFileError as error:
            for problem in error.problems:
                field = _FIELDS.get(problem.field, problem.field)
                self.add_error(field if field in self.fields else None, problem.text(language))
        return cleaned

    def rule_data(self) -> dict[str, Any]:
        """The rule with the words of the rule file; empty conditions left out."""
        values = self.cleaned_data
        data = {"name": values.get("name", ""), "shares": values.get("shares", {})}
        for word in ("structure", "account", "auxiliary", "journal", "piece", "label"):
            if values.get(word):
                data[word] = values[word]
        for word, field in _FIELDS.items():
            if values.get(field):
                data[word] = values[field].isoformat()
        return data


class RulesForm(forms.Form):
    """The whole set of rules as text, or a file of it."""

    file = forms.FileField(label=gettext_lazy("Rule file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Rules (TOML)"),
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "The first rule that matches takes the line. “-” is the structure itself."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """The text of the file, when there is one."""
        cleaned = super().clean() or {}
        if file := cleaned.get("file"):
            try:
                cleaned["text"] = file.read(2_000_000).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("The rule file is not UTF-8 text."))
        elif not cleaned.get("text", "").strip() and not self.errors:
            self.add_error("text", _("Write at least one rule, or choose a file."))
        return cleaned


class ApplyForm(forms.Form):
    """Why the rules change."""

    note = forms.CharField(
        label=gettext_lazy("Why this change?"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("For those who read the history later."),
    )


STATES = (
    ("", gettext_lazy("all lines")),
    ("left", gettext_lazy("not attributed")),
    ("taken", gettext_lazy("attributed")),
    ("hand", gettext_lazy("by hand")),
)


class LinesForm(forms.Form):
    """Which lines to look at."""

    structure = forms.ChoiceField(label=gettext_lazy("Structure"), required=False)
    account = forms.CharField(label=gettext_lazy("Account"), required=False, max_length=32)
    text = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=100)
    third = forms.CharField(label=gettext_lazy("Third party"), required=False, max_length=64)
    since = DayField(label=gettext_lazy("First day"), required=False)
    until = DayField(label=gettext_lazy("Last day"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Show"), required=False, choices=STATES)
    rule = forms.ChoiceField(label=gettext_lazy("Rule"), required=False)

    def __init__(
        self, *args: Any, structures: Sequence[Agent], rules: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["structure"].choices = [
            ("", _("all structures")),
            *((each.slug, each.name) for each in structures),
        ]
        fields["rule"].choices = [("", _("any rule")), *((name, name) for name in rules)]

    def wanted(self) -> LineFilter:
        """What was asked for; a field that makes no sense is left out."""
        self.is_valid()
        values: dict[str, Any] = getattr(self, "cleaned_data", {})
        return LineFilter(
            structure=values.get("structure") or "",
            account=values.get("account") or "",
            auxiliary=values.get("third") or "",
            text=values.get("text") or "",
            since=values.get("since"),
            until=values.get("until"),
        )


class HandForm(forms.Form):
    """A person's word on chosen lines."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=254, required=False)

    def __init__(self, *args: Any, resources: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shares"] = SharesField(resources=resources, label=_("Shares"), required=False)
        self.order_fields(["shares", "reason"])

    def clean(self) -> dict[str, Any]:
        """Shares are given, or the word is taken back; not both, not neither."""
        cleaned = super().clean() or {}
        if "back" not in self.data and not cleaned.get("shares") and "shares" not in self.errors:
            self.add_error("shares", _("Choose at least one resource and give it a weight."))
        return cleaned
