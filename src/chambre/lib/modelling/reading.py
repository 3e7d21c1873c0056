"""A model read from its file or from data, with every mistake at its line and column."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chambre.lib.modelling import values
from chambre.lib.modelling.bounds import check_size
from chambre.lib.modelling.model import (
    Cost,
    Deposit,
    Equipment,
    Grant,
    Indexing,
    Loan,
    Model,
    Price,
    Segment,
    Upkeep,
    Volunteer,
)
from chambre.lib.modelling.problems import ModelError, Problem
from chambre.lib.modelling.schema import BY_KEY, MAX_ITEMS, Field, Section
from chambre.lib.modelling.values import Notes, Wrong
from chambre.lib.money import MoneyRefusal, account_unit
from chambre.lib.reciprocity.places import Path, places_of

FORMAT = 1
"""Version of the language that is read and written."""
MAX_FILE = 400_000
"""Longest file, in characters."""
MANY: dict[str, tuple[str, type[Any]]] = {
    "segment": ("segments", Segment),
    "price": ("prices", Price),
    "cost": ("costs", Cost),
    "equipment": ("equipment", Equipment),
    "deposit": ("deposits", Deposit),
    "volunteer": ("volunteers", Volunteer),
    "grant": ("grants", Grant),
    "loan": ("loans", Loan),
}
"""Word of a repeated part → (its place in the model, what it becomes)."""
ONE: dict[str, type[Any]] = {"upkeep": Upkeep, "indexing": Indexing}
"""Word of a single part → what it becomes."""


def read_model(text: str) -> Model:
    """Read a model file (TOML); see ``docs/model-language.md``.

    Raises:
        ModelError: With every mistake, each at its line and column.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_FILE:
        raise ModelError([Problem(1, 1, (), "too-large", {"limit": MAX_FILE})])
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else _end(text)
        reason = re.sub(r" \(at .*", "", str(error))
        problem = Problem(line, column, (), "syntax", {"reason": reason})
        raise ModelError([problem]) from error
    return _read(data, Notes(places_of(text)))


def model_from_data(data: Mapping[str, Any]) -> Model:
    """Check a model given as the data that a file would hold.

    Raises:
        ModelError: With every mistake; ``Problem.field`` says which.
    """
    return _read(data, Notes())


def _end(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def _read(data: Mapping[str, Any], notes: Notes) -> Model:
    data = dict(data)
    if data.pop("format", None) != FORMAT:
        notes.complain(("format",), "format")
    known = [*MANY, *ONE, *(field.key for field in BY_KEY[""].fields)]
    for word in data:
        if word not in known:
            notes.unknown((word,), word, known)
    top = _fields(BY_KEY[""], {k: v for k, v in data.items() if k not in {*MANY, *ONE}}, (), notes)
    _check_top(top, notes)
    for word, made in ONE.items():
        if word in data and (part := _part(BY_KEY[word], data[word], (word,), made, notes)):
            top[word] = part
    span = _Span(top.get("starts"), top.get("horizon"))
    for word, (place, made) in MANY.items():
        if word in data:
            top[place] = _many(BY_KEY[word], data[word], made, span, notes)
    if notes.problems:
        raise ModelError(notes.problems)
    model = Model(**top)
    _check_whole(model, notes)
    if notes.problems:
        raise ModelError(notes.problems)
    return model


class _Span:
    """The months of the model, to count days from its start."""

    def __init__(self, starts: dt.date | None, horizon: int | None) -> None:
        self.starts = starts
        self.horizon = horizon

    def month(self, value: Any, path: Path, notes: Notes) -> int:
        """The number of a month given as such or as a day in it."""
        if isinstance(value, dt.date) and self.starts is not None:
            value = (value.year - self.starts.year) * 12 + value.month - self.starts.month + 1
        if type(value) is not int:
            raise notes.unexpected(path, "month")
        if self.horizon is not None and not 1 <= value <= self.horizon:
            raise notes.refuse(path, "month-outside", horizon=self.horizon)
        return value


def _many(
    section: Section, data: Any, made: type[Any], span: _Span, notes: Notes
) -> tuple[Any, ...]:
    if not isinstance(data, list):
        notes.unexpected((section.key,), "list")
        return ()
    if len(data) > MAX_ITEMS:
        notes.complain((section.key, MAX_ITEMS), "too-many", limit=MAX_ITEMS)
        return ()
    things: list[Any] = []
    for at, item in enumerate(data):
        path: Path = (section.key, at)
        part = _part(section, item, path, made, notes, span)
        if part is None:
            continue
        if part.slug in {each.slug for each in things}:
            notes.complain((*path, "slug"), "slug-twice", word=part.slug)
        if getattr(part, "last", 0) and part.last < part.first:
            notes.complain((*path, "last"), "order")
        things.append(part)
    return tuple(things)


def _part(
    section: Section,
    data: Any,
    path: Path,
    made: type[Any],
    notes: Notes,
    span: _Span | None = None,
) -> Any:
    """One part, or nothing when it has a mistake."""
    if not isinstance(data, Mapping):
        notes.unexpected(path, "table")
        return None
    before = len(notes.problems)
    words = [field.key for field in section.fields]
    for word in data:
        if word not in words:
            notes.unknown((*path, word), word, words)
    found = _fields(section, data, path, notes, span)
    return made(**found) if len(notes.problems) == before else None


def _fields(
    section: Section,
    data: Mapping[str, Any],
    path: Path,
    notes: Notes,
    span: _Span | None = None,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in section.fields:
        if field.key in data:
            try:
                found[field.key] = _value(field, data[field.key], (*path, field.key), notes, span)
            except Wrong:
                continue
        elif field.required:
            notes.complain((*path, field.key), "missing", key=True, word=field.key)
    return found


def _value(field: Field, value: Any, path: Path, notes: Notes, span: _Span | None) -> Any:
    if field.number is not None:
        return values.figure(value, field, path, notes)
    match field.kind:
        case "text":
            return values.text(value, path, notes)
        case "slug" if field.key == "unit":
            return _currency(value, path, notes)
        case "slug":
            return values.slug(value, path, notes)
        case "slugs":
            return values.slugs(value, path, notes)
        case "choice":
            return values.choice(value, field, path, notes)
        case "flag":
            return values.flag(value, path, notes)
        case "date":
            return values.day(value, path, notes)
        case "season":
            return values.season(value, field, path, notes)
        case "month" if span is not None:
            return span.month(value, path, notes)
        case _:
            return values.whole(value, field, path, notes)


def _currency(value: Any, path: Path, notes: Notes) -> str:
    try:
        unit = account_unit(str(value))
    except MoneyRefusal:
        unit = None
    if unit is None or unit.kind != "currency" or unit.decimals != 2:
        raise notes.refuse(path, "currency", value=str(value)[:20])
    return unit.code


def _check_top(top: Mapping[str, Any], notes: Notes) -> None:
    starts = top.get("starts")
    if starts is not None and starts.day != 1:
        notes.complain(("starts",), "first-day")


def _check_whole(model: Model, notes: Notes) -> None:
    """What no part can see alone."""
    if not model.segments:
        notes.complain((), "nobody")
    known = {segment.slug for segment in model.segments}
    for word in ("price", "cost", "deposit"):
        for at, thing in enumerate(getattr(model, MANY[word][0])):
            for number, slug in enumerate(thing.segments):
                if slug not in known:
                    path: Path = (word, at, "segments", number)
                    notes.complain(path, "unknown-segment", word=slug)
    if not notes.problems:
        check_size(model, notes)
