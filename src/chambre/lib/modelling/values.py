"""One value of a model file, read by its field: numbers and ranges, texts, days, lists."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from chambre.lib.modelling.figures import PARTS, Figure, Kind, Shape
from chambre.lib.modelling.problems import EXPECTED, Problem
from chambre.lib.modelling.schema import Field
from chambre.lib.reciprocity.model import Text
from chambre.lib.reciprocity.places import Path, Places

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_PERCENT = re.compile(r"([+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)[ \u00a0\u202f]?%")
_LONGEST = 4_000
_RANGES = ({"min", "likely", "max"}, {"low", "high"}, {"value"})
_ABOUT = {"source", "note", "assumption"}


class Wrong(Exception):
    """A value that was complained about."""


@dataclass(slots=True)
class Notes:
    """The problems found so far, and where things stand in the file."""

    places: Places | None = None
    problems: list[Problem] = field(default_factory=list)

    def complain(self, path: Path, code: str, *, key: bool = False, **data: Any) -> None:
        """Note a mistake at a value, or at its key."""
        line = column = 0
        if self.places is not None:
            line, column = self.places.key(path) if key else self.places.value(path)
        self.problems.append(Problem(line, column, path, code, data))

    def refuse(self, path: Path, code: str, **data: Any) -> Wrong:
        """Note a mistake; to be raised."""
        self.complain(path, code, **data)
        return Wrong()

    def unexpected(self, path: Path, kind: str) -> Wrong:
        """Note a value of another kind; to be raised."""
        english, french = EXPECTED[kind]
        return self.refuse(path, "kind", expected=english, expected_fr=french)

    def unknown(self, path: Path, word: str, known: list[str]) -> None:
        """Note a word that means nothing, with one that is like it."""
        hint = get_close_matches(word, known, 1)
        self.complain(path, "unknown-word", key=True, word=word[:60], hint="".join(hint))


def text(value: Any, path: Path, notes: Notes) -> Text:
    """A text: one for both languages, or a table of them."""
    if isinstance(value, str):
        value = {"fr": value, "en": value}
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise notes.unexpected(path, "text")
    for word in set(value) - {"fr", "en"}:
        notes.unknown((*path, word), word, ["fr", "en"])
    if max((len(each) for each in value.values()), default=0) > _LONGEST:
        raise notes.refuse(path, "too-large", limit=_LONGEST)
    return Text(value.get("fr", "").strip(), value.get("en", "").strip())


def slug(value: Any, path: Path, notes: Notes) -> str:
    """A short name."""
    if not isinstance(value, str):
        raise notes.unexpected(path, "slug")
    if not SLUG.fullmatch(value):
        raise notes.refuse(path, "slug")
    return value


def whole(value: Any, field: Field, path: Path, notes: Notes) -> int:
    """A whole number within the bounds of its field."""
    if type(value) is not int:
        raise notes.unexpected(path, field.kind)
    return _bounded(value, value, field, path, notes)


def flag(value: Any, path: Path, notes: Notes) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise notes.unexpected(path, "flag")
    return value


def choice(value: Any, field: Field, path: Path, notes: Notes) -> str:
    """One of the words of its field."""
    words = [word for word, _label in field.choices]
    if value not in words:
        hint = get_close_matches(str(value), words, 1)
        raise notes.refuse(path, "choice", choices=", ".join(words), hint="".join(hint))
    return str(value)


def day(value: Any, path: Path, notes: Notes) -> dt.date:
    """A day."""
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise notes.unexpected(path, "date")
    return value


def season(value: Any, field: Field, path: Path, notes: Notes) -> tuple[int, ...]:
    """Twelve percentages."""
    if not isinstance(value, list) or not all(type(each) is int for each in value):
        raise notes.unexpected(path, "season")
    if len(value) != 12:
        raise notes.refuse(path, "season")
    return tuple(whole(each, field, (*path, at), notes) for at, each in enumerate(value))


def slugs(value: Any, path: Path, notes: Notes) -> tuple[str, ...]:
    """A list of short names."""
    if not isinstance(value, list):
        raise notes.unexpected(path, "slugs")
    return tuple(slug(each, (*path, at), notes) for at, each in enumerate(value))


def figure(value: Any, field: Field, path: Path, notes: Notes) -> Figure:
    """A number or a range, with where it comes from."""
    kind = Kind(field.kind)
    if not isinstance(value, Mapping):
        return Figure.of(kind, number(value, field, path, notes))
    words = set(value) - _ABOUT - {"shape"}
    if words not in _RANGES:
        raise notes.refuse(path, "range-words")
    low, likely, high, shape = _range(value, field, path, notes)
    about = {word: text(value[word], (*path, word), notes) for word in ("source", "note")
             if word in value}  # fmt: skip
    assumption = flag(value.get("assumption", False), (*path, "assumption"), notes)
    return Figure(kind, low, likely, high, shape, assumption=assumption, **about)


def _range(
    value: Mapping[str, Any], field: Field, path: Path, notes: Notes
) -> tuple[int, int, int, Shape]:
    order = [word for word in ("value", "min", "low", "likely", "max", "high") if word in value]
    numbers = [number(value[word], field, (*path, word), notes) for word in order]
    for at in range(1, len(numbers)):
        if numbers[at - 1] > numbers[at]:
            raise notes.refuse(
                (*path, order[at - 1]),
                "range-order",
                low=value[order[at - 1]],
                high=value[order[at]],
            )
    shape = value.get("shape", "triangle")
    if shape not in {"triangle", "pert"} or ("shape" in value and len(order) < 3):
        raise notes.refuse((*path, "shape"), "choice", choices="triangle, pert")
    low, high = numbers[0], numbers[-1]
    if low == high:
        return low, low, low, "fixed"
    if len(numbers) == 2:
        return low, (low + high) // 2, high, "even"
    return low, numbers[1], high, "pert" if shape == "pert" else "triangle"


def number(value: Any, field: Field, path: Path, notes: Notes) -> int:
    """A number in the smallest parts of its kind."""
    kind = Kind(field.kind)
    parts = PARTS[kind]
    if kind is Kind.SHARE:
        found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise notes.unexpected(path, field.kind)
        exact = Decimal(found.group(1)) * parts / 100
    elif type(value) is int and abs(value) < 10**15:
        exact = Decimal(value * parts)
    elif parts > 1 and isinstance(value, Decimal | float | str):
        exact = _decimal(value, field, path, notes) * parts
    else:
        raise notes.unexpected(path, field.kind)
    if exact != exact.to_integral_value():
        raise notes.refuse(path, "too-precise", value=value)
    return _bounded(int(exact), value, field, path, notes)


def _decimal(value: Any, field: Field, path: Path, notes: Notes) -> Decimal:
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        raise notes.unexpected(path, field.kind) from None
    if not exact.is_finite() or abs(exact) > 10**15:
        raise notes.unexpected(path, field.kind)
    return exact


def _bounded(made: int, value: Any, field: Field, path: Path, notes: Notes) -> int:
    if made < field.low:
        raise notes.refuse(path, "too-small", limit=shown(field.low, field))
    if made > field.high:
        raise notes.refuse(path, "too-large", limit=shown(field.high, field))
    return made


def shown(parts: int, field: Field) -> str:
    """A number as it is written in a file."""
    kind = field.number
    if kind is None or PARTS[kind] == 1:
        return str(parts)
    if kind is Kind.SHARE:
        return f"{_plain(Decimal(parts) * 100 / PARTS[kind])}%"
    exact = Decimal(parts) / PARTS[kind]
    return _plain(exact)


def _plain(exact: Decimal) -> str:
    words = f"{exact:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
