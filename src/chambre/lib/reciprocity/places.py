"""Where each key and value of a TOML document stands.

Python's reader says nothing about places. This one walks a document **that reader accepted** and
notes line and column of every key and value by path; it decides nothing about their meaning.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Keys and places in lists, from the top: ``("step", 0, "share")``."""

_SKIP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_STRINGS = (
    re.compile(r'"""(?:\\[\s\S]|(?!""")[\s\S])*"{3,5}'),
    re.compile(r"'''(?:(?!''')[\s\S])*'{3,5}"),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)


@dataclass(slots=True)
class Places:
    """Line and column, both from 1, of the keys and values of a document."""

    keys: dict[Path, int] = field(default_factory=dict)
    values: dict[Path, int] = field(default_factory=dict)
    starts: list[int] = field(default_factory=lambda: [0])

    def _point(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def key(self, path: Path) -> tuple[int, int]:
        """Where the last key of the path is written; else the nearest thing around it."""
        while path:
            if path in self.keys:
                return self._point(self.keys[path])
            if path in self.values:
                return self._point(self.values[path])
            path = path[:-1]
        return 1, 1

    def value(self, path: Path) -> tuple[int, int]:
        """Where the value at the path begins; else the nearest thing around it."""
        return self._point(self.values[path]) if path in self.values else self.key(path)


class _Walker:
    """One walk through a document."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places = Places(starts=[0, *(m.end() for m in re.finditer("\n", text))])
        self.lists: dict[Path, int] = {}

    def skip(self, pattern: re.Pattern[str] = _SKIP) -> None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()

    def take(self, mark: str) -> bool:
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def string(self) -> str | None:
        """Pass a string; the text of its source."""
        for pattern in _STRINGS:
            if found := pattern.match(self.text, self.at):
                self.at = found.end()
                return found.group()
        return None

    def dotted(self) -> list[tuple[str, int]]:
        """Pass a key; its parts with their offsets."""
        parts = []
        while True:
            self.skip(_BLANK)
            start = self.at
            source = self.string()
            if source is not None:
                name = str(tomllib.loads(f"v = {source}")["v"])
            else:
                found = _BARE.match(self.text, self.at)
                if found is None:  # not reached in a document that was accepted
                    raise ValueError("no key")
                self.at, name = found.end(), found.group()
            parts.append((name, start))
            self.skip(_BLANK)
            if not self.take("."):
                return parts

    def into(self, base: Path, parts: list[tuple[str, int]]) -> Path:
        """The path of a key below another, through the last item of lists of tables."""
        path = base
        for name, start in parts:
            path = (*path, name)
            self.places.keys.setdefault(path, start)
            if path in self.lists:
                path = (*path, self.lists[path])
        return path

    def header(self, many: bool) -> Path:
        start = self.at
        self.at += 2 if many else 1
        parts = self.dotted()
        self.take("]]" if many else "]")
        if not many:
            return self.into((), parts)
        outer = self.into((), parts[:-1])
        path = (*outer, parts[-1][0])
        self.places.keys.setdefault(path, parts[-1][1])
        self.lists[path] = self.lists.get(path, -1) + 1
        path = (*path, self.lists[path])
        self.places.keys[path] = start
        return path

    def pair(self, base: Path) -> None:
        parts = self.dotted()
        path = self.into(base, parts)
        self.take("=")
        self.skip(_BLANK)
        self.value(path)

    def value(self, path: Path) -> None:
        self.places.values[path] = self.at
        if self.take("["):
            self.items(path)
        elif self.take("{"):
            self.skip()
            while not self.take("}"):
                self.pair(path)
                self.skip()
                self.take(",")
                self.skip()
        elif self.string() is None:
            self.skip(_SCALAR)

    def items(self, path: Path) -> None:
        number = 0
        self.skip()
        while not self.take("]"):
            self.value((*path, number))
            number += 1
            self.skip()
            self.take(",")
            self.skip()

    def walk(self) -> Places:
        base: Path = ()
        while True:
            self.skip()
            if self.at >= len(self.text):
                return self.places
            if self.text[self.at] == "[":
                base = self.header(self.text.startswith("[[", self.at))
            else:
                self.pair(base)


def places_of(text: str) -> Places:
    """Find where everything stands in a document that :mod:`tomllib` accepts."""
    return _Walker(text.replace("\r\n", "\n")).walk()
