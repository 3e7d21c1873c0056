"""A model from the fields of a form, with each mistake at its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chambre.lib.modelling.figures import Kind
from chambre.lib.modelling.model import Model
from chambre.lib.modelling.problems import EXPECTED, ModelError, Problem
from chambre.lib.modelling.reading import FORMAT, model_from_data
from chambre.lib.modelling.schema import BY_KEY, MAX_ITEMS, SECTIONS, Field
from chambre.lib.modelling.values import shown
from chambre.lib.reciprocity.places import Path
from chambre.lib.units.decimals import NumberRefusal, parse_exact, parse_scaled

_BOUNDS = {"value", "min", "likely", "max", "low", "high"}
_ON = {"on", "true", "1", "yes"}


class _Unread(ValueError):
    """A field whose text is no value of its kind."""


def form_schema(language: str = "fr") -> list[dict[str, Any]]:
    """What a form asks, part by part, as data for a page or a machine.

    Names of fields are those of :func:`form_values`: ``cost.0.amount`` and the word of its bound
    for a figure (``ranged``), ``cost.0.name.fr`` for words in both languages (kind ``text``).

    Args:
        language: Of labels, help and units.
    """
    return [
        {
            "key": section.key,
            "label": section.label.in_language(language),
            "help": section.help.in_language(language),
            "many": section.many,
            "fields": [_field_data(field, language) for field in section.fields],
        }
        for section in SECTIONS
    ]


def _field_data(field: Field, language: str) -> dict[str, Any]:
    return {
        "key": field.key,
        "kind": field.kind,
        "label": field.label.in_language(language),
        "help": field.help.in_language(language),
        "unit": field.unit.in_language(language),
        "required": field.required,
        "ranged": field.number is not None,
        "low": shown(field.low, field) if field.number or field.kind == "whole" else None,
        "high": shown(field.high, field) if field.number or field.kind == "whole" else None,
        "choices": [
            {"word": word, "label": label.in_language(language)} for word, label in field.choices
        ],
    }


def model_from_form(values: Mapping[str, str], language: str = "fr") -> Model:
    """Check a model typed into a form.

    Args:
        values: Text by name of field, as :func:`form_values` writes them; empty ones count as not
            there, items without anything in them too.
        language: In which numbers were typed.

    Raises:
        ModelError: ``Problem.field`` is the name of the field, without the word of its bound.
    """
    data, problems, moved = form_data(values, language)
    try:
        model = model_from_data(data)
    except ModelError as error:
        typed = {problem.path for problem in problems}
        checked = [_back(each, moved) for each in error.problems]
        problems += [each for each in checked if not any(path[: len(each.path)] == each.path
                                                         for path in typed)]  # fmt: skip
        raise ModelError(problems) from error
    if problems:
        raise ModelError(problems)
    return model


def form_data(
    values: Mapping[str, str], language: str = "fr"
) -> tuple[dict[str, Any], list[Problem], dict[tuple[str, int], int]]:
    """The data that a file would hold, from the fields of a form.

    Returns:
        The data; what could not be read; and for each item of a list its number in the form.
    """
    data: dict[str, Any] = {"format": FORMAT}
    lists: dict[str, dict[int, dict[str, Any]]] = {}
    problems: list[Problem] = []
    for name, typed in values.items():
        path = _path(name)
        field = _field(path)
        if field is None or not typed.strip():
            continue
        try:
            value = _value(typed.strip(), field, path, language)
        except _Unread:
            problems.append(_unread(path, typed, field))
            continue
        if isinstance(path[1] if len(path) > 1 else "", int):
            target = lists.setdefault(str(path[0]), {}).setdefault(int(path[1]), {})
            _put(target, path[2:], value)
        else:
            _put(data, path, value)
    moved: dict[tuple[str, int], int] = {}
    for word, items in lists.items():
        data[word] = [items[at] for at in sorted(items)]
        moved |= {(word, now): at for now, at in enumerate(sorted(items))}
    return data, problems, moved


def _path(name: str) -> Path:
    parts = name.split(".")
    return tuple(
        int(part) if at == 1 and part.isdecimal() and len(part) < 6 else part
        for at, part in enumerate(parts)
    )


def _field(path: Path) -> Field | None:
    """The field that a name belongs to; none when it is none of the form's."""
    section = BY_KEY.get(str(path[0])) if path[0] else None
    if section is None:
        section, rest = BY_KEY[""], path
    elif section.many:
        if len(path) < 3 or not isinstance(path[1], int) or path[1] >= 5 * MAX_ITEMS:
            return None
        rest = path[2:]
    else:
        rest = path[1:]
    for field in section.fields:
        if rest and field.key == rest[0]:
            return field
    return None


def _value(typed: str, field: Field, path: Path, language: str) -> Any:
    last = path[-1]
    if field.number is not None and last in {*_BOUNDS, field.key}:
        return _number(typed, field, language)
    if last == "assumption" or field.kind == "flag":
        return typed.lower() in _ON
    try:
        match field.kind:
            case "whole":
                return int(typed)
            case "month":
                return int(typed) if typed.isdecimal() else dt.date.fromisoformat(typed)
            case "date":
                return dt.date.fromisoformat(typed)
            case "season":
                return [int(each) for each in typed.replace(",", " ").replace("%", " ").split()]
            case "slugs":
                return typed.replace(",", " ").split()
            case _:
                return typed
    except ValueError:
        raise _Unread from None


def _number(typed: str, field: Field, language: str) -> Any:
    kind = field.number
    try:
        if kind is Kind.MONEY:
            return parse_scaled(typed.removesuffix("€").strip(), decimals=2, language=language)
        exact = parse_exact(typed.removesuffix("%").strip(), language=language)
    except NumberRefusal:
        raise _Unread from None
    if kind is Kind.MONTHS:
        if exact.denominator != 1:
            raise _Unread
        return int(exact)
    words = f"{_decimal(exact):f}"
    return f"{words}%" if kind is Kind.SHARE else Decimal(words)


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _put(target: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        inner = target.setdefault(str(part), {})
        if not isinstance(inner, dict):  # a number and a bound of it: the bound counts
            inner = target[str(part)] = {}
        target = inner
    target[str(path[-1])] = value


def _unread(path: Path, typed: str, field: Field) -> Problem:
    if field.number is not None:
        data = {"value": typed[:60], "example": "1,234.5", "example_fr": "1 234,5"}
        return Problem(0, 0, path, "number", data)
    english, french = EXPECTED[field.kind]
    return Problem(0, 0, path, "kind", {"expected": english, "expected_fr": french})


def _back(problem: Problem, moved: Mapping[tuple[str, int], int]) -> Problem:
    """The same problem, with the number that the item has in the form."""
    path = problem.path
    if len(path) > 1 and isinstance(path[1], int):
        at = moved.get((str(path[0]), path[1]), path[1])
        path = (path[0], at, *path[2:])
    return Problem(0, 0, path, problem.code, problem.data)
