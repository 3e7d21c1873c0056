"""The numbers of a model as rows for people: what, how much, where from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chambre.lib.modelling import wording
from chambre.lib.modelling.figures import Figure
from chambre.lib.modelling.model import EVERY_MONTH, Model
from chambre.lib.modelling.schema import Field, Section
from chambre.lib.modelling.writing import is_default, parts_of
from chambre.lib.units.decimals import is_french


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a model.

    Attributes:
        key: Word of its section: ``cost``.
        name: What it is called.
        figures: Its numbers in words.
        source: Where they come from, and notes; may be empty.
        assumption: Whether one of them is to be replaced by a real one.
    """

    key: str
    name: str
    figures: str
    source: str
    assumption: bool


def rows(model: Model, language: str = "fr") -> Iterator[tuple[Section, list[Row]]]:
    """All numbers of a model, section by section; sections without any are left out."""
    found: dict[str, tuple[Section, list[Row]]] = {}
    for section, _at, thing in parts_of(model):
        row = _row(model, section, thing, language)
        if row is not None:
            found.setdefault(section.key, (section, []))[1].append(row)
    yield from found.values()


def _row(model: Model, section: Section, thing: Any, language: str) -> Row | None:
    words, sources, assumption = [], [], False
    for field in section.fields:
        value = getattr(thing, field.key)
        if is_default(thing, field.key, value) and not field.required:
            continue
        if isinstance(value, Figure):
            sources += [text.in_language(language) for text in (value.source, value.note) if text]
            assumption = assumption or value.assumption
        if section.key and (said := _say(model, field, value, language)):
            words.append(said)
    if not section.key:
        words = [wording.figure(model.opening, model.unit, language)]
    if not words:
        return None
    name = thing.name.in_language(language) if section.many else section.label.in_language(language)
    if not section.key:
        name = section.field("opening").label.in_language(language)
    between = " ; " if is_french(language) else "; "
    said = ", ".join(words).replace(", (", " (")
    return Row(section.key, name, said, between.join(dict.fromkeys(sources)), assumption)


def _say(model: Model, field: Field, value: Any, language: str) -> str:
    """A field in a few words; empty where it says nothing here."""
    label = field.label.in_language(language)
    label = f"{label[0].lower()}{label[1:]}"
    if isinstance(value, Figure):
        said = wording.figure(value, model.unit, language)
        label = label.removesuffix(", en mois").removesuffix(" in months")
        return said if field.key in {"amount", "cost"} else f"{label} {said}"
    if field.kind == "choice":
        return str(dict(field.choices)[value].in_language(language))
    if field.kind == "month":
        day = wording.month(model.month(value), language) if value else ""
        return f"({day})" if field.key == "month" else f"{label} {value}" if value > 1 else ""
    if field.kind == "whole" and value and field.key != "month":
        return f"{label.removesuffix(' (mois)').removesuffix(' (months)')} {value} {_months(value, language)}"
    if field.kind == "season" and value != EVERY_MONTH:
        return "selon la saison" if is_french(language) else "by the season"
    return ""


def _months(number: int, language: str) -> str:
    if is_french(language):
        return "mois"
    return "month" if number == 1 else "months"
