"""The form of an economic model for people: what stands in its fields, row by row, with each mistake.

A number is three boxes, at least, most likely, at most; the outer two stay empty when it is known.
Names of fields are those of ``lib.modelling.form_values`` with these three words for every number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.lib.modelling import (
    SECTIONS,
    Field,
    Model,
    ModelError,
    Problem,
    Section,
    form_values,
    model_from_form,
)

BOUNDS = ("min", "likely", "max")
_AS_TYPED = {"value": "likely", "low": "min", "high": "max"}
_LONG = {"resource", "need", "summary", "ask"}
_SELDOM = {
    "slug", "first", "last", "indexed", "season", "at_most", "growth", "segments", "month", "every",
    "counts", "paid_after", "spread", "grace", "how", "rotations", "delay", "renew", "unit",
}  # fmt: skip
"""Fields that are folded away while nothing stands in them."""
_ITEM = re.compile(r"([a-z]+)\.(\d{1,5})\.")
HERE = "here"
"""Field that says that a row is there, though nothing may be written in it yet."""


@dataclass(slots=True)
class Box:
    """One box of a field: its name, its label and what stands in it."""

    name: str
    label: str
    value: str


@dataclass(slots=True)
class Cell:
    """One thing that is asked, as a page shows it.

    Attributes:
        kind: How it is shown: ``figure``, ``line``, ``long``, ``choice``, ``checks``, ``day``.
        name: Of the field; also where a link leads.
        boxes: Its boxes.
        choices: ``(word, label, chosen)``.
        notes: Where a number comes from: further boxes.
        assumption: Whether a number is marked as an assumption; none for what is no number.
        errors: What is wrong.
    """

    kind: str
    name: str
    label: str
    help: str
    unit: str
    required: bool
    boxes: list[Box]
    choices: list[tuple[str, str, bool]] = field(default_factory=list)
    notes: list[Box] = field(default_factory=list)
    other: Box | None = None
    assumption: bool | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def filled(self) -> bool:
        """Whether something stands in it."""
        chosen = self.choices[1:] if self.kind == "choice" else self.choices
        return any(box.value.strip() for box in self.boxes) or any(on for *_words, on in chosen)

    @property
    def noted(self) -> bool:
        """Whether it says where a number comes from, or that it is an assumption."""
        return bool(self.assumption) or any(box.value for box in self.notes)


@dataclass(slots=True)
class Row:
    """One thing of a part: a cost, a kind of users."""

    name: str
    title: str
    said: str
    main: list[Cell]
    seldom: list[Cell]
    errors: list[str]
    fresh: bool = False

    @property
    def wrong(self) -> bool:
        """Whether something in it needs mending."""
        return bool(self.errors) or any(cell.errors for cell in (*self.main, *self.seldom))

    @property
    def opened(self) -> bool:
        """Whether it is shown unfolded."""
        return self.fresh or self.wrong or not self.title


@dataclass(slots=True)
class Part:
    """One part of the form with its rows."""

    key: str
    label: str
    help: str
    many: bool
    rows: list[Row]


class Sheet:
    """What was typed into the form of a model.

    Attributes:
        typed: Text by name of field.
        language: Of labels, and in which numbers are written.
        problems: Every mistake, once :meth:`model` was asked for.
    """

    def __init__(self, typed: Mapping[str, str], language: str, fresh: str = "") -> None:
        self.typed = dict(typed)
        self.language = language
        self.problems: tuple[Problem, ...] = ()
        self.fresh = fresh
        _name(self.typed, language)

    @classmethod
    def of(cls, model: Model, language: str) -> Sheet:
        """The form of a model that is there."""
        typed: dict[str, str] = {}
        values = form_values(model, language)
        for name, value in values.items():
            head, _dot, last = name.rpartition(".")
            if last in ("fr", "en"):
                twin = values.get(f"{head}.{'en' if last == 'fr' else 'fr'}", "")
                if value == twin and last != language:
                    continue  # one text for both languages
            typed[f"{head}.{_AS_TYPED[last]}" if last in _AS_TYPED and head else name] = value
        return cls(typed, language)

    @classmethod
    def sent(cls, data: Mapping[str, Iterable[str]], language: str) -> Sheet:
        """The form as it was sent; what the button ``act`` asks of its rows is done."""
        typed = {name: " ".join(values) if name.endswith(".segments") else list(values)[-1]
                 for name, values in data.items()}  # fmt: skip
        typed = {
            name: value.replace("\r\n", "\n").replace("\0", "") for name, value in typed.items()
        }
        act, _colon, what = typed.pop("act", "").partition(":")
        fresh = ""
        if act == "add" and any(section.key == what and section.many for section in SECTIONS):
            fresh = f"{what}.{_next(typed, what)}"
            typed[f"{fresh}.{HERE}"] = "1"
        elif act == "remove" and what:
            typed = {name: value for name, value in typed.items()
                     if not name.startswith(f"{what}.")}  # fmt: skip
        return cls(typed, language, fresh)

    def model(self) -> Model:
        """The model that was typed.

        Raises:
            ModelError: What is wrong; :meth:`parts` then shows each mistake at its field.
        """
        try:
            return model_from_form(_for_reading(self.typed), self.language)
        except ModelError as error:
            self.problems = error.problems
            raise

    def parts(self) -> list[Part]:
        """The form, part by part, to be shown."""
        return [self._part(section) for section in SECTIONS]

    def told(self) -> list[tuple[str, str]]:
        """``(name of the field, what is wrong)`` of each mistake, with its place."""
        return [(each.field, each.message(self.language)) for each in self.problems]

    def _part(self, section: Section) -> Part:
        rows = [self._row(section, start) for start in self._starts(section)]
        return Part(
            section.key,
            section.label.in_language(self.language),
            section.help.in_language(self.language),
            section.many,
            rows,
        )

    def _starts(self, section: Section) -> list[str]:
        """Beginning of the names of each row."""
        if not section.many:
            return [f"{section.key}." if section.key else ""]
        return [f"{section.key}.{number}." for number in sorted(_numbers(self.typed, section.key))]

    def _row(self, section: Section, start: str) -> Row:
        cells = [self._cell(each, start + each.key) for each in section.fields]
        seldom = [
            cell
            for cell, each in zip(cells, section.fields, strict=True)
            if each.key in _SELDOM and not cell.errors
            and (each.key == "slug" or not cell.filled)
        ]  # fmt: skip
        main = [cell for cell in cells if cell not in seldom]
        name = start.rstrip(".")
        errors = [each.text(self.language) for each in self.problems
                  if each.field == name and section.key]  # fmt: skip
        return Row(name, self._words(start + "name"), _said(main), main, seldom, errors,
                   fresh=name == self.fresh and bool(name))  # fmt: skip

    def _words(self, name: str) -> str:
        other = "en" if self.language == "fr" else "fr"
        return self.typed.get(f"{name}.{self.language}") or self.typed.get(f"{name}.{other}", "")

    def _errors(self, name: str) -> list[str]:
        return [each.text(self.language) for each in self.problems
                if each.field == name or each.field.startswith(name + ".")]  # fmt: skip

    def _cell(self, asked: Field, name: str) -> Cell:
        label, unit = asked.label.in_language(self.language), asked.unit.in_language(self.language)
        cell = Cell(
            "line", name, label, asked.help.in_language(self.language), unit, asked.required, [],
            errors=self._errors(name),
        )  # fmt: skip
        if asked.number is not None:
            self._figure(cell)
        elif asked.kind == "text":
            cell.kind = "long" if asked.key in _LONG else "line"
            cell.boxes = [
                Box(f"{name}.{self.language}", label, self._at(f"{name}.{self.language}"))
            ]
            cell.other = self._other(name, label)
        elif asked.kind in ("choice", "flag"):
            self._choice(cell, asked)
        elif asked.kind == "slugs":
            self._checks(cell)
        else:
            cell.kind = "day" if asked.kind == "date" else "line"
            cell.boxes = [Box(name, label, self._at(name))]
        return cell

    def _at(self, name: str) -> str:
        return self.typed.get(name, "")

    def _other(self, name: str, label: str) -> Box:
        """The same words in the other language."""
        other = "en" if self.language == "fr" else "fr"
        said = _("%(label)s, in English") if other == "en" else _("%(label)s, in French")
        return Box(f"{name}.{other}", said % {"label": label}, self._at(f"{name}.{other}"))

    def _figure(self, cell: Cell) -> None:
        cell.kind = "figure"
        labels = (_("at least"), _("most likely"), _("at most"))
        cell.boxes = [Box(f"{cell.name}.{bound}", label, self._at(f"{cell.name}.{bound}"))
                      for bound, label in zip(BOUNDS, labels, strict=True)]  # fmt: skip
        cell.assumption = self._at(f"{cell.name}.assumption") == "on"
        for word, label in (("source", _("Where it comes from")), ("note", _("Remark"))):
            name = f"{cell.name}.{word}"
            other = self._other(name, label)
            if word == "source" or self._at(f"{name}.{self.language}") or other.value:
                box = Box(f"{name}.{self.language}", label, self._at(f"{name}.{self.language}"))
                cell.notes += [box, other] if other.value else [box]
        if self._at(f"{cell.name}.shape") == "pert":
            cell.choices = [("pert", _("The middle is much more likely than the ends"), True)]

    def _choice(self, cell: Cell, asked: Field) -> None:
        cell.kind = "choice"
        value = self._at(cell.name)
        words = [(word, label.in_language(self.language)) for word, label in asked.choices]
        if asked.kind == "flag":
            words = [("on", _("yes")), ("off", _("no"))]
            value = value or "on"  # every yes-or-no of the language is yes unless it says no
        cell.choices = [(word, label, word == value) for word, label in words]
        cell.boxes = []

    def _checks(self, cell: Cell) -> None:
        cell.kind = "checks"
        chosen = self._at(cell.name).replace(",", " ").split()
        for number in sorted(_numbers(self.typed, "segment")):
            slug = self._at(f"segment.{number}.slug")
            if slug:
                label = self._words(f"segment.{number}.name") or slug
                cell.choices.append((slug, label, slug in chosen))


def _numbers(typed: Mapping[str, str], part: str) -> set[int]:
    found = (_ITEM.match(name) for name in typed)
    return {int(match[2]) for match in found if match and match[1] == part}


def _next(typed: Mapping[str, str], part: str) -> int:
    return max(_numbers(typed, part), default=-1) + 1


def _name(typed: dict[str, str], language: str) -> None:
    """Give a short name to whatever has a name and none yet."""
    for section in SECTIONS:
        if not section.many:
            continue
        slugs = {typed.get(f"{section.key}.{number}.slug", "")
                 for number in _numbers(typed, section.key)}  # fmt: skip
        for number in sorted(_numbers(typed, section.key)):
            start = f"{section.key}.{number}"
            name = typed.get(f"{start}.name.{language}") or typed.get(f"{start}.name.fr") or (
                typed.get(f"{start}.name.en", ""))  # fmt: skip
            if typed.get(f"{start}.slug", "").strip() or not name.strip():
                continue
            base = slugify(name)[:36].strip("-") or section.key
            slug, more = base, 1
            while slug in slugs:
                more += 1
                slug = f"{base}-{more}"
            typed[f"{start}.slug"] = slug
            slugs.add(slug)
    if not typed.get("slug", "").strip():
        title = typed.get(f"title.{language}") or typed.get("title.fr") or typed.get("title.en", "")
        typed["slug"] = slugify(title)[:40].strip("-")


def _for_reading(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with the names that ``model_from_form`` reads."""
    found: dict[str, str] = {}
    for section in SECTIONS:
        starts = [f"{section.key}.{number}." for number in sorted(_numbers(typed, section.key))]
        if not section.many:
            starts = [f"{section.key}." if section.key else ""]
        for start in starts:
            for asked in section.fields:
                found |= _read(typed, start + asked.key, asked)
    return found


def _read(typed: Mapping[str, str], name: str, asked: Field) -> dict[str, str]:
    if asked.kind == "text":
        return _text(typed, name)
    if asked.number is None:
        value = typed.get(name, "")
        # Unless it says no, a yes-or-no is left out: it is yes by itself.
        return {} if not value or (asked.kind == "flag" and value == "on") else {name: value}
    low, likely, high = (typed.get(f"{name}.{bound}", "").strip() for bound in BOUNDS)
    if not (low or likely or high):
        return {}
    found = _bounds(name, low, likely, high, typed.get(f"{name}.shape", ""))
    for word in ("source", "note"):
        found |= _text(typed, f"{name}.{word}")
    if typed.get(f"{name}.assumption") == "on":
        found[f"{name}.assumption"] = "on"
    return found


def _bounds(name: str, low: str, likely: str, high: str, shape: str) -> dict[str, str]:
    if likely and not (low or high):
        return {f"{name}.value": likely}
    if low and high and not likely:
        return {f"{name}.low": low, f"{name}.high": high}
    if not likely:  # one end alone is the number
        return {f"{name}.value": low or high}
    found = {f"{name}.min": low or likely, f"{name}.likely": likely, f"{name}.max": high or likely}
    return found | ({f"{name}.shape": "pert"} if shape == "pert" else {})


def _text(typed: Mapping[str, str], name: str) -> dict[str, str]:
    fr, en = (typed.get(f"{name}.{language}", "").strip() for language in ("fr", "en"))
    if fr and en:
        return {f"{name}.fr": fr, f"{name}.en": en}
    return {name: fr or en} if fr or en else {}


def _said(cells: Iterable[Cell]) -> str:
    """The numbers of a row in a few words, for when it is folded."""
    return ", ".join(_figures(cells))


def _figures(cells: Iterable[Cell]) -> Iterator[str]:
    for cell in cells:
        if cell.kind == "figure" and cell.filled:
            low, likely, high = (box.value.strip() for box in cell.boxes)
            number = likely or (f"{low} – {high}" if low and high else low or high)
            if likely and (low or high):
                number = f"{likely} ({low or likely} – {high or likely})"
            yield f"{cell.label[0].lower()}{cell.label[1:]} {number}{' ' if cell.unit else ''}{cell.unit}"
