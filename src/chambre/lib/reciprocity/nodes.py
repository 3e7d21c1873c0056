"""A table of a contract, read word by word: every mistake is noted at its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from chambre.lib.reciprocity.errors import Problem
from chambre.lib.reciprocity.model import (
    Rate,
    Share,
    Text,
)
from chambre.lib.reciprocity.places import Path, Places, places_of
from chambre.lib.reciprocity.values import LARGEST, decimal, finite, percent, ratio

MAX_TEXT = 4000
MAX_ITEMS = 20_000
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,78}[a-z0-9])?")

_EXPECTED = {
    str: ("text between quotes", "un texte entre guillemets"),
    int: ("a whole number", "un nombre entier"),
    dict: ("a table { … }", "une table { … }"),
    list: ("a list [ … ]", "une liste [ … ]"),
    dt.date: (
        "a day written 2026-01-31, without quotes",
        "un jour écrit 2026-01-31, sans guillemets",
    ),
    Text: (
        "text between quotes, or a table { fr = …, en = … }",
        "un texte entre guillemets, ou une table { fr = …, en = … }",
    ),
    Share: (
        "a name, a list of names, or a table of names with whole weights above 0",
        "un nom, une liste de noms, ou une table de noms avec des poids entiers positifs",
    ),
}


def near(word: str, known: list[str]) -> str:
    """The known word most like this one, or nothing."""
    found = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return found[0] if found else ""


def show_path(path: Path) -> str:
    """A path as people write it, items counted from 1: ``step[2].share``."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".")


@dataclass(slots=True)
class Notes:
    """Where mistakes are gathered; with the text, if there is one, that they are in."""

    text: str | None = None
    places: Places | None = None
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, code: str, /, *, at_key: bool = False, **data: Any) -> None:
        """Note a mistake at a value (or at its key)."""
        line = column = 0
        if self.text is not None:
            if self.places is None:  # only a text with mistakes is walked through
                self.places = places_of(self.text)
            line, column = self.places.key(path) if at_key else self.places.value(path)
        shown = {
            key: value[:80] if isinstance(value, str) and key == "value" else value
            for key, value in data.items()
        }
        self.problems.append(Problem(line, column, show_path(path), code, shown))


class Node:
    """One table. Ask for its words; then :meth:`done` complains of those nobody asked for."""

    def __init__(self, data: Mapping[str, Any], path: Path, notes: Notes) -> None:
        self.data = data
        self.path = path
        self.notes = notes
        self.known: list[str] = []

    def has(self, word: str) -> bool:
        """Whether the word is written."""
        return word in self.data

    def note(self, word: str, code: str, /, *, at_key: bool = False, **data: Any) -> None:
        """A mistake at one of its words, or at the table itself for the empty word."""
        path = (*self.path, word) if word else self.path
        self.notes.add(path, code, at_key=at_key or not word, **data)

    def _wrong(self, word: str, kind: Any, path: Path | None = None) -> None:
        english, french = _EXPECTED[kind]
        self.notes.add(
            path or (*self.path, word), "kind", word=word, expected_en=english, expected_fr=french
        )

    def _get(self, word: str, kind: type, required: bool = False) -> Any:
        """The value of a word if it is of a kind; None when absent or wrong."""
        self.known.append(word)
        if word not in self.data:
            if required:
                self.note("", "missing", word=word)
            return None
        value = self.data[word]
        if isinstance(value, float):
            self.note(word, "float", value=str(value))
            return None
        if type(value) is not kind and not (kind is dict and isinstance(value, Mapping)):
            self._wrong(word, kind)
            return None
        return value

    def string(self, word: str, default: str = "", *, required: bool = False) -> str:
        """A text in one language."""
        value = self._get(word, str, required)
        if value is None:
            return default
        if required and not value.strip():
            self.note(word, "empty", word=word)
        if len(value) > MAX_TEXT:
            self.note(word, "too-long", limit=MAX_TEXT)
        return str(value)

    def slug(self, word: str, *, required: bool = False) -> str:
        """A short name."""
        value = self.string(word, required=required)
        if value.strip() and not SLUG.fullmatch(value):
            self.note(word, "slug", value=value)
        return value

    def choice(
        self, word: str, choices: tuple[str, ...], default: str = "", *, required: bool = False
    ) -> str:
        """One of some words."""
        value = self.string(word, default, required=required)
        return value if self._chosen((*self.path, word), value, choices) else default

    def _chosen(self, path: Path, value: str, choices: tuple[str, ...]) -> bool:
        if value in choices:
            return True
        if value:
            hint = near(value, list(choices))
            self.notes.add(path, "choice", value=value, known=", ".join(choices), hint=hint)
        return False

    def whole(
        self, word: str, least: int = 0, most: int = LARGEST, default: int | None = None
    ) -> int | None:
        """A whole number within bounds."""
        value = self._get(word, int)
        if value is None:
            return default
        if not least <= value <= most:
            shown = "2^62" if most == LARGEST else most
            self.note(word, "range", word=word, least=least, most=shown)
            return default
        return int(value)

    def share(self, word: str, default: Fraction) -> Fraction:
        """A fraction above 0, at most 1."""
        self.known.append(word)
        if word not in self.data:
            return default
        value = self.data[word]
        if isinstance(value, float):
            self.note(word, "float", value=str(value))
            return default
        number = ratio(value) if isinstance(value, str) else None
        if number is None or not 0 < number <= 1:
            self.note(word, "share", value=str(value))
            return default
        return number

    def number(self, word: str, *, above_zero: bool = False) -> Fraction | None:
        """An exact number, 0 or more."""
        self.known.append(word)
        if word not in self.data:
            return None
        value = self.data[word]
        if isinstance(value, float):
            self.note(word, "float", value=str(value))
            return None
        found = Fraction(value) if type(value) is int else None
        if isinstance(value, str):
            found = decimal(value)
        if found is None or found < 0 or found > LARGEST or (above_zero and not found):
            self.note(word, "rate", value=str(value))
            return None
        return found

    def rate(self, word: str) -> Rate | None:
        """An exact number or a percentage, 0 or more."""
        value = self.data.get(word)
        if isinstance(value, str) and value.endswith("%"):
            self.known.append(word)
            found = percent(value)
            if found is None or found < 0 or not finite(found * 100):
                self.note(word, "rate", value=value)
                return None
            return Rate(found, True)
        number = self.number(word)
        return None if number is None else Rate(number)

    def day(self, word: str) -> dt.date | None:
        """A calendar day."""
        value = self._get(word, dt.date)
        return value if isinstance(value, dt.date) else None

    def text(self, word: str) -> Text:
        """Words in both languages, or in one for both."""
        value = self.data.get(word)
        if isinstance(value, str):
            words = self.string(word)
            return Text(words, words)
        self.known.append(word)
        if word not in self.data:
            return Text()
        if not isinstance(value, Mapping):
            self._wrong(word, Text)
            return Text()
        node = Node(value, (*self.path, word), self.notes)
        found = Text(node.string("fr"), node.string("en"))
        node.done()
        return found

    def strings(self, word: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; one alone may stand without brackets."""
        value = self.data.get(word)
        if isinstance(value, str):
            self.known.append(word)
            value = [value]
        else:
            value = self._get(word, list, required)
        if value is None:
            return ()
        path = (*self.path, word)
        found = []
        for index, item in enumerate(value):
            if not isinstance(item, str):
                self._wrong(word, str, (*path, index))
            elif not item.strip():
                self.notes.add((*path, index), "empty", word=word)
            else:
                found.append(item)
        if not value:
            self.note(word, "empty", word=word)
        return tuple(dict.fromkeys(found))

    def choices(self, word: str, choices: tuple[str, ...]) -> tuple[str, ...]:
        """A list of some words, required."""
        found = self.strings(word, required=True)
        single = isinstance(self.data.get(word), str)
        return tuple(
            item
            for index, item in enumerate(found)
            if self._chosen((*self.path, word, *(() if single else (index,))), item, choices)
        )

    def shares(self, word: str, *, least: int = 1) -> tuple[Share, ...]:
        """Names with whole numbers: a table, a list of names, or one name."""
        self.known.append(word)
        value = self.data.get(word)
        if word not in self.data:
            return ()
        if isinstance(value, str) or (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            return tuple(Share(name) for name in sorted(self.strings(word)))
        if not isinstance(value, Mapping):
            self._wrong(word, Share)
            return ()
        if not value:
            self.note(word, "empty", word=word)
        found = []
        for name, weight in value.items():
            if type(weight) is not int or not least <= weight <= LARGEST:
                self._wrong(word, Share, (*self.path, word, name))
            else:
                found.append(Share(name, weight))
        return tuple(sorted(found, key=lambda share: share.name))

    def child(self, word: str) -> Node | None:
        """A table inside this one."""
        value = self._get(word, dict)
        return None if value is None else Node(value, (*self.path, word), self.notes)

    def children(self, word: str) -> Iterator[Node]:
        """A list of tables inside this one."""
        value = self._get(word, list)
        if value is None:
            return
        if len(value) > MAX_ITEMS:
            self.note(word, "too-many", word=word, limit=MAX_ITEMS)
            return
        for index, item in enumerate(value):
            path = (*self.path, word, index)
            if isinstance(item, Mapping):
                yield Node(item, path, self.notes)
            else:
                self._wrong(word, dict, path)

    def each(self, word: str, read: Callable[[Node], Any]) -> tuple[Any, ...]:
        """A list of tables, each read by a function, then checked for words nobody knows."""
        found = []
        for node in self.children(word):
            found.append(read(node))
            node.done()
        return tuple(item for item in found if item is not None)

    def one(self, word: str, read: Callable[[Node], Any], default: Any = None) -> Any:
        """A table, read by a function, or the default."""
        node = self.child(word)
        if node is None:
            return default
        found = read(node)
        node.done()
        return found

    def done(self) -> None:
        """Complain of words that nobody asked for."""
        known = list(dict.fromkeys(self.known))
        for word in self.data:
            if word not in known:
                hint = near(word, known)
                self.note(
                    word, "unknown-word", at_key=True, word=word, known=", ".join(known), hint=hint
                )
