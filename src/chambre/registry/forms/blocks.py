"""Forms of a record's blocks. They are made from the record's table and keep what was typed.

A form only collects: what is right and wrong is for the services, and :func:`show_mistakes` puts
what they say next to the field that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError
from chambre.core.ui.forms import DayField
from chambre.registry import queries
from chambre.registry import record as schema
from chambre.registry.models import Resource
from chambre.registry.searching import by_name

EXTRA_ROWS = 1
"""Empty rows that wait below what is there."""


class Choices:
    """What can be chosen for owners, custodians and wholes; read once for a page."""

    def __init__(self, by: Actor, resource: Resource | None = None) -> None:
        self.by = by
        self.resource = resource

    def agents(self, now: str) -> list[tuple[str, Any]]:
        """The agents whom the person may name, by name; also the one that is there now."""
        rows = queries.agents_visible_to(self.by).order_by(by_name(), "pk")
        found: list[tuple[str, Any]] = list(rows.values_list("slug", "name"))
        if now == schema.HIDDEN:
            found.append((schema.HIDDEN, _("a person who is not shown")))
        return found

    def resources(self) -> list[tuple[str, Any]]:
        """The other resources, by name."""
        rows = queries.resources_visible_to(self.by).order_by(by_name(), "pk")
        if self.resource is not None:
            rows = rows.exclude(pk=self.resource.pk)
        return list(rows.values_list("slug", "name"))


def column_field(
    column: schema.Column, choices: Choices | None = None, now: str = ""
) -> forms.Field:
    """The form field of a column.

    Args:
        column: Which.
        choices: What agents and resources can be chosen.
        now: What is there now.
    """
    options: dict[str, Any] = {
        "label": Capital(column.label),
        "help_text": column.help,
        "required": False,
    }
    listed = _listed(column, choices, now)
    if listed is not None:
        return forms.ChoiceField(choices=[("", "–"), *listed], **options)
    if column.kind == "text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), strip=False, **options)
    if column.kind == "day":
        return DayField(**options)
    keyboard = {"count": "numeric", "degrees": "decimal", "address": "url"}.get(column.kind)
    if keyboard is None:
        return forms.CharField(max_length=column.column.max_length, **options)
    attrs = {"inputmode": keyboard}
    if keyboard == "url":
        attrs["placeholder"] = "https://"
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **options)


def _listed(
    column: schema.Column, choices: Choices | None, now: str
) -> list[tuple[str, Any]] | None:
    """What can be chosen; None where something is typed."""
    if column.kind == "choice":
        return [(value, words) for value, words in column.choices if value]
    if choices is not None and column.kind == "agent":
        return choices.agents(now)
    if choices is not None and column.kind == "resource":
        return choices.resources()
    return None


class Capital:
    """Words with a capital at the beginning, in whatever language they are read."""

    def __init__(self, words: Any) -> None:
        self.words = words

    def __str__(self) -> str:
        text = str(self.words)
        return text[:1].upper() + text[1:]


def _on_each_line(words: Any) -> Any:
    return format_lazy("{} {}", words, _("One on each line.")) if words else _("One on each line.")


class BlockForm(forms.Form):
    """The fields of one block of a record that are said once, and why they change."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        block: schema.Block,
        record: Mapping[str, Any],
        choices: Choices,
        **kwargs: Any,
    ) -> None:
        initial = {"version": record.get("version")}
        for one in block.fields:
            if one.name not in schema.EDITED_APART and not isinstance(one, schema.Rows):
                value = record[one.name]
                initial[one.name] = "\n".join(value) if isinstance(value, list) else value
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.block = block
        for one in block.fields:
            if one.name in schema.EDITED_APART or isinstance(one, schema.Rows):
                continue
            if isinstance(one, schema.Words):
                self.fields[one.name] = forms.CharField(
                    label=one.label,
                    help_text=_on_each_line(one.help),
                    widget=forms.Textarea(attrs={"rows": 3}),
                    required=False,
                )
            else:
                self.fields[one.name] = column_field(one, choices, str(record[one.name]))
        self.fields["reason"] = forms.CharField(
            label=_("Why this change?"),
            help_text=_("For the history. Needed when owner, custodian, licences, rights or the way"
                        " rules are changed are touched."),
            max_length=300,
            required=False,
        )  # fmt: skip

    def visible_fields(self) -> list[forms.BoundField]:
        """All but the reason, which is asked for at the end of the page."""
        return [field for field in super().visible_fields() if field.name != "reason"]

    def values(self) -> dict[str, Any]:
        """What was said, by field name."""
        found: dict[str, Any] = {}
        for one in self.block.fields:
            if one.name not in self.fields:
                continue
            value = self.cleaned_data[one.name]
            if isinstance(one, schema.Words):
                value = [word for word in value.split("\n") if word.strip()]
            found[one.name] = value
        return found


class RowForm(forms.Form):
    """One row of what repeats."""

    def __init__(self, *args: Any, rows: schema.Rows, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in rows.columns:
            field = column_field(column)
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 2
            self.fields[column.name] = field
        self.fields["remove"] = forms.BooleanField(label=_("Take out"), required=False)
        self.removed = False

    @property
    def parts(self) -> list[forms.BoundField]:
        """The fields that say something."""
        return [self[name] for name in self.fields if name != "remove"]


class RowsForm:
    """What repeats in a block: rows that are there, and empty ones for more.

    Works without JavaScript: the button “more rows” shows the page again with more of them.
    """

    def __init__(
        self,
        rows: schema.Rows,
        listed: list[dict[str, Any]],
        data: Mapping[str, Any] | None = None,
        more: int = 0,
    ) -> None:
        self.rows = rows
        self.name = rows.name
        count = len(listed) + EXTRA_ROWS + more
        if data is not None:
            count = self._count(data) + more
        self.forms = [
            RowForm(
                data,
                rows=rows,
                prefix=f"{rows.name}-{number}",
                initial=listed[number] if number < len(listed) else None,
                use_required_attribute=False,
            )
            for number in range(count)
        ]
        self.errors: list[str] = []
        self._kept: list[RowForm] = []

    def _count(self, data: Mapping[str, Any]) -> int:
        text = str(data.get(f"{self.name}-count", ""))
        return min(int(text), 100) if text.isascii() and text.isdigit() and len(text) < 4 else 0

    def is_valid(self) -> bool:
        """Whether each row can be read."""
        return not [form for form in self.forms if not form.is_valid()]

    def values(self) -> list[dict[str, Any]]:
        """What was said: rows that are not empty and not taken out."""
        found = []
        self._kept = []
        for form in self.forms:
            data = {name: form.cleaned_data[name] for name in form.fields if name != "remove"}
            if form.cleaned_data["remove"] or not any(
                value not in ("", None) for value in data.values()
            ):
                continue
            found.append(data)
            self._kept.append(form)
        return found

    def show(self, path: list[str], texts: list[str]) -> None:
        """Put messages beside the row and field that they are about."""
        number = int(path[0]) - 1 if path and path[0].isdigit() else -1
        if 0 <= number < len(self._kept):
            form = self._kept[number]
            field = path[1] if len(path) > 1 and path[1] in form.fields else None
            for text in texts:
                form.add_error(field, text)
        else:
            self.errors += texts


def show_mistakes(error: ChambreError, form: forms.Form, lists: Iterable[RowsForm] = ()) -> None:
    """Put what a service refused next to the fields that it is about."""
    fields = error.data.get("fields")
    if not isinstance(fields, dict) or not fields:
        form.add_error(None, str(error.message))
        return
    by_name = {one.name: one for one in lists}
    for where, texts in fields.items():
        name, *path = str(where).split("/")
        if name in by_name:
            by_name[name].show(path, texts)
        else:
            known = name if name in form.fields else None
            for text in texts:
                form.add_error(known, text)
