"""A model as its file, and as the values of a form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import MISSING, fields
from decimal import Decimal
from typing import Any

from chambre.lib.modelling.figures import PARTS, Figure, Kind
from chambre.lib.modelling.model import Model
from chambre.lib.modelling.reading import FORMAT, MANY, ONE
from chambre.lib.modelling.schema import SECTIONS, Field, Section
from chambre.lib.modelling.values import shown
from chambre.lib.reciprocity.model import Text
from chambre.lib.units.decimals import format_scaled

BOUNDS: dict[str, tuple[tuple[str, str], ...]] = {
    "fixed": (("value", "likely"),),
    "even": (("low", "low"), ("high", "high")),
    "triangle": (("min", "low"), ("likely", "likely"), ("max", "high")),
    "pert": (("min", "low"), ("likely", "likely"), ("max", "high")),
}
"""Shape → the words of its bounds, with the attribute of :class:`Figure` that holds each."""


def write_model(model: Model) -> str:
    """The model as a file that :func:`read_model` reads back equal."""
    blocks = []
    for section, _at, thing in parts_of(model):
        head = f"[[{section.key}]]" if section.many else f"[{section.key}]"
        lines = [head] if section.key else [f"format = {FORMAT}"]
        for field in section.fields:
            value = getattr(thing, field.key)
            if field.required or not is_default(thing, field.key, value):
                lines.append(f"{field.key} = {_toml(value, field)}")
        if len(lines) > 1:
            blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def form_values(model: Model, language: str = "fr") -> dict[str, str]:
    """The model as what stands in the fields of a form; :func:`form_data` takes it back.

    Names are ``cost.0.amount.value`` or ``cost.0.amount.min``, ``cost.0.name.fr``; numbers are
    written as people of that language do, amounts in units of money.
    """
    found: dict[str, str] = {}
    for section, at, thing in parts_of(model):
        start = f"{section.key}.{at}." if section.many else f"{section.key}." * bool(section.key)
        for field in section.fields:
            value = getattr(thing, field.key)
            if field.required or not is_default(thing, field.key, value):
                found |= _form(f"{start}{field.key}", value, field, language)
    return found


def parts_of(model: Model) -> Iterator[tuple[Section, int, Any]]:
    """The parts of a model in the order of the form: section, place in its list, part.

    A single part that says nothing is left out.
    """
    for section in SECTIONS:
        if section.key in ONE:
            thing = getattr(model, section.key)
            if thing != ONE[section.key]():
                yield section, 0, thing
        elif section.many:
            for at, thing in enumerate(getattr(model, MANY[section.key][0])):
                yield section, at, thing
        else:
            yield section, 0, model


def is_default(thing: Any, name: str, value: Any) -> bool:
    """Whether a field of a part has the value that it has when nothing is written."""
    for field in fields(thing):
        if field.name == name and field.default is not MISSING:
            return bool(value == field.default)
    return False


def _form(name: str, value: Any, field: Field, language: str) -> dict[str, str]:
    if isinstance(value, Text):
        return {f"{name}.fr": value.fr, f"{name}.en": value.en}
    if isinstance(value, Figure):
        made = {
            f"{name}.{word}": people_write(getattr(value, part), value.kind, language)
            for word, part in BOUNDS[value.shape]
        }
        if value.shape == "pert":
            made[f"{name}.shape"] = "pert"
        for word in ("source", "note"):
            if words := getattr(value, word):
                made |= {f"{name}.{word}.fr": words.fr, f"{name}.{word}.en": words.en}
        return made | ({f"{name}.assumption": "on"} if value.assumption else {})
    if isinstance(value, tuple):
        return {name: ", ".join(str(each) for each in value)}
    if isinstance(value, bool):
        return {name: "on" if value else "off"}
    return {name: value.isoformat() if isinstance(value, dt.date) else str(value)}


def people_write(parts: int, kind: Kind, language: str) -> str:
    """A number of a kind as people write it, without its unit: ``12,50``, ``2,5``."""
    if kind is Kind.MONEY:
        return format_scaled(parts, decimals=2, language=language)
    scale = Decimal(100 if kind is Kind.SHARE else 1)
    exact = (Decimal(parts) * scale / PARTS[kind]).quantize(Decimal("1.000000")).normalize()
    decimals = max(-int(exact.as_tuple().exponent), 0)
    return format_scaled(int(exact.scaleb(decimals)), decimals=decimals, language=language)


def _toml(value: Any, field: Field) -> str:
    if isinstance(value, Figure):
        return _figure(value, field)
    if isinstance(value, Text):
        return _words(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(each, field) for each in value)}]"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else quoted(value)


def _figure(figure: Figure, field: Field) -> str:
    pairs = [
        f"{word} = {_number(getattr(figure, part), field)}" for word, part in BOUNDS[figure.shape]
    ]
    if figure.shape == "pert":
        pairs.append('shape = "pert"')
    for word in ("source", "note"):
        if words := getattr(figure, word):
            pairs.append(f"{word} = {_words(words)}")
    if figure.assumption:
        pairs.append("assumption = true")
    if len(pairs) == 1 and figure.fixed:
        return _number(figure.likely, field)
    return "{ " + ", ".join(pairs) + " }"


def _number(parts: int, field: Field) -> str:
    words = shown(parts, field)
    if field.kind == "share":
        return quoted(words)
    if "." in words and Decimal(words) * PARTS[Kind(field.kind)] != parts:  # a third of an hour
        raise ValueError(f"{parts} has no decimal form")
    return words


def _words(text: Text) -> str:
    if text.fr == text.en:
        return quoted(text.fr)
    pairs = [
        f"{word} = {quoted(each)}" for word, each in (("fr", text.fr), ("en", text.en)) if each
    ]
    return "{ " + ", ".join(pairs) + " }"


def quoted(words: str) -> str:
    """A TOML basic string."""
    made = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in made) + '"'
