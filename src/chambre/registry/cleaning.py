"""Values made clean: what pages, REST, imports and the command line all pass through."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from chambre.registry import record as schema
from chambre.registry.errors import mistakes

MAX_TEXT = 20_000
"""Longest text of a field, in characters."""
MAX_ROWS = 100
"""Most rows or words in one list."""
MAX_WORD = 120

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_DEGREES = re.compile(r"([+-]?)([0-9]{1,3})(?:[.,]([0-9]{0,20}))?")


def clean_text(value: Any, *, many_lines: bool = False) -> str:
    """Text as it is kept: NFC, Unix line ends, no space around it, no control characters.

    Raises:
        ValidationError: It is not text, or holds what no text holds.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValidationError(_("This must be text."))
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        raise ValidationError(_("There are characters in it that cannot be shown."))
    text = unicodedata.normalize("NFC", text)
    if not many_lines:
        return " ".join(text.split())
    text = _TRAILING.sub("", text).strip()
    if len(text) > MAX_TEXT:
        raise ValidationError(_("At most %(limit)s characters.") % {"limit": MAX_TEXT})
    return text


def clean_column(model: type[models.Model], name: str, value: Any) -> Any:
    """A value for a text, number or choice, checked by the column's own rules.

    Args:
        model: The table.
        name: The column.
        value: Text or an integer, as the column wants.

    Raises:
        ValidationError: It does not fit; its messages are for a person.
    """
    column = model._meta.get_field(name)
    assert isinstance(column, models.Field)
    if isinstance(column, (models.CharField, models.TextField)):
        value = clean_text(value, many_lines=isinstance(column, models.TextField))
    elif isinstance(column, models.IntegerField):
        value = _whole(value)
    return column.clean(value, None)


def _whole(value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValidationError(_("This must be a whole number."))
    text = re.sub(r"[\s\u00a0\u202f]", "", str(value))
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValidationError(_("This must be a whole number."))
    return int(text)


def clean_day(value: Any) -> str:
    """A day as ISO 8601 text; empty when nothing was said.

    Raises:
        ValidationError: It is not a day.
    """
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    text = clean_text(value)
    if not text:
        return ""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValidationError(_("A day is written 2026-12-31.")) from error


def clean_degrees(value: Any, limit: int) -> str:
    """Decimal degrees as text with at most six decimals, without needless zeros.

    Raises:
        ValidationError: Not a number of degrees, more decimals than six, or beyond the limit.
    """
    text = clean_text(str(value) if isinstance(value, int) else value).replace("\u2212", "-")
    if not text:
        return ""
    match = _DEGREES.fullmatch(text)
    if match is None:
        raise ValidationError(_("Degrees are written 48.390528."))
    rest = (match[3] or "").rstrip("0")
    if len(rest) > 6:
        raise ValidationError(_("Six decimals are enough: they stand for ten centimetres."))
    if int(match[2]) * 10**6 + int(rest.ljust(6, "0")) > limit * 10**6:
        raise ValidationError(_("This is beyond the end of the Earth."))
    number = str(int(match[2])) + (f".{rest}" if rest else "")
    return f"-{number}" if match[1] == "-" and number != "0" else number


def _clean_cell(column: schema.Column, value: Any) -> Any:
    """One value of a row or of the record, as the record keeps it."""
    if column.kind == "day":
        found = clean_day(value)
        if column.required and not found:
            raise ValidationError(_("This is needed."))
        return found
    if column.kind == "degrees":
        return clean_degrees(value, 90 if column.name == "latitude" else 180)
    if column.kind in ("agent", "resource", "file"):
        return clean_text(value)
    return clean_column(column.model, column.name, value)


def _clean_words(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValidationError(_("This must be a list of words."))
    words = dict.fromkeys(word for word in map(clean_text, value) if word)
    if len(words) > MAX_ROWS:
        raise ValidationError(_("At most %(limit)s of them.") % {"limit": MAX_ROWS})
    if any(len(word) > MAX_WORD for word in words):
        raise ValidationError(_("A word has at most %(limit)s characters.") % {"limit": MAX_WORD})
    return list(words)


def _clean_row(
    rows: schema.Rows, row: Any, path: str, errors: dict[str, list[str]]
) -> dict[str, Any] | None:
    """One row; None when nothing is in it."""
    if not isinstance(row, dict):
        errors[path] = [_("This must be an object.")]
        return None
    known = {column.name for column in rows.columns} | ({"number"} & {*_extra(rows)})
    for name in [name for name in row if name not in known]:
        errors[f"{path}/{name}"] = [_("There is no such field.")]
    if not any(row.get(column.name) not in (None, "") for column in rows.columns):
        return None
    clean: dict[str, Any] = {}
    for column in rows.columns:
        try:
            clean[column.name] = _clean_cell(column, row.get(column.name, column.empty))
        except ValidationError as error:
            errors[f"{path}/{column.name}"] = error.messages
    if "number" in _extra(rows) and row.get("number") is not None:
        try:
            clean["number"] = _whole(row["number"])
        except ValidationError as error:
            errors[f"{path}/number"] = error.messages
    return clean


def _extra(rows: schema.Rows) -> tuple[str, ...]:
    return ("number",) if rows.name == "wishes" else ()


def _clean_rows(
    rows: schema.Rows, value: Any, errors: dict[str, list[str]]
) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        errors[rows.name] = [_("This must be a list.")]
        return []
    if len(value) > MAX_ROWS:
        errors[rows.name] = [_("At most %(limit)s of them.") % {"limit": MAX_ROWS}]
        return []
    clean = [
        found
        for number, row in enumerate(value, 1)
        if (found := _clean_row(rows, row, f"{rows.name}/{number}", errors)) is not None
    ]
    if rows.name == "rights" and not errors:
        pairs = [(row["holder"], row["act"]) for row in clean]
        if len(set(pairs)) != len(pairs):
            errors[rows.name] = [_("Each right is said once for each of those who hold it.")]
    numbers = [row["number"] for row in clean if row.get("number")]
    if len(set(numbers)) != len(numbers):
        errors[rows.name] = [_("Two of them have the same number.")]
    return clean


def clean_record(changes: dict[str, Any]) -> dict[str, Any]:
    """Fields of a resource's record, made clean. Agents and resources are not looked up here.

    Args:
        changes: Values by field name; what is left out is not said.

    Raises:
        Invalid: Unknown or malformed fields; ``data["fields"]`` maps each to its messages, a row's
            under ``places/1/name``.
    """
    errors: dict[str, list[str]] = {}
    clean: dict[str, Any] = {}
    known = schema.fields()
    for name, value in changes.items():
        found = known.get(name)
        try:
            if found is None:
                errors[str(name)[:80]] = [_("There is no such field.")]
            elif isinstance(found, schema.Rows):
                clean[name] = _clean_rows(found, value, errors)
            elif isinstance(found, schema.Words):
                clean[name] = _clean_words(value)
            else:
                clean[name] = _clean_cell(found, value)
        except ValidationError as error:
            errors[name] = error.messages
    since, until = clean.get("since"), clean.get("until")
    if since and until and until < since[: len(until)]:
        errors["until"] = [_("The end is before the beginning.")]
    if errors:
        raise mistakes(errors)
    return clean
