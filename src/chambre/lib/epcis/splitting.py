"""The events of a document, one by one from a stream of bytes.

A document of any size is read in bounded memory: everything around the list of events is kept (it
is small), of the list one event at a time. Events are found by Python's own JSON scanner, so a
megabyte costs what it costs ``json.loads``.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from .problems import EpcisError, Problem, path_of

CHUNK = 1 << 17
"""Bytes that are read at once."""
LARGEST = 16 << 20
"""Largest event, and largest other member of a document, in characters."""
_SPACE = re.compile(r"[ \t\n\r]*")
_NEXT = re.compile(r"[ \t\n\r]*,[ \t\n\r]*(?=\{)")
_BETWEEN = ", {"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NEAR = 12
"""A fault that near to the end of what was read may only be a want of more."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the reading of a document can go on.

    Attributes:
        index: Number of the next event, the first being 0.
        offset: Byte just behind the last event that was given.
        place: Keys that lead to the list of events.
    """

    index: int
    offset: int
    place: tuple[str, ...]


class Found(NamedTuple):
    """An event as it was found in a document.

    Attributes:
        number: Which one it is, the first being 0.
        start: First byte of it in the document.
        end: Byte behind its last one.
        value: The JSON object, or whatever stands in its place.
        text: Its JSON text as it was sent.
    """

    number: int
    start: int
    end: int
    value: Any
    text: str


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
"""Reads JSON and no more: no NaN, no Infinity, no number beyond a float."""


_scan = DECODER.scan_once  # type: ignore[attr-defined]


def broken(rule: str, *place: str | int, **data: Any) -> EpcisError:
    """An error that ends the reading."""
    return EpcisError([Problem(path_of(place), rule, data)])


def has_half_characters(text: str, value: Any) -> bool:
    """Whether a JSON text escapes half of a character, which no UTF-8 text can hold."""
    if "\\u" not in text or not _SURROGATE.search(text):
        return False
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


class _Source:
    """The text of a stream from a certain byte on, as far as it was read."""

    def __init__(self, stream: BinaryIO, offset: int) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._read = offset
        self._chunk = CHUNK
        self.offset = offset
        """Byte in the document of the character at ``at``."""
        self.text = ""
        self.at = 0
        self.ended = False

    def more(self) -> None:
        """Read on; what was used up is let go."""
        data = self._stream.read(self._chunk)
        try:
            text = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise broken("encoding", at=self._read + error.start) from None
        if self._read == 0 and text.startswith("\ufeff"):
            text = text[1:]
            self.offset = 3
        self._read += len(data)
        self.ended = not data
        self.text = self.text[self.at :] + text
        self.at = 0
        if len(self.text) > LARGEST + CHUNK:
            raise broken("too-large", limit=LARGEST)

    def move(self, to: int) -> None:
        """Go on to a character of what was read."""
        if self.text.isascii():
            self.offset += to - self.at
        else:
            self.offset += len(self.text[self.at : to].encode("utf-8", "surrogatepass"))
        self.at = to

    def pass_by(self, text: str) -> None:
        """Go on behind a text that stands here."""
        self.at += len(text)
        self.offset += len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))

    def sign(self) -> str:
        """The next character that is no white space, or nothing at the end."""
        while True:
            sign = self.text[self.at : self.at + 1]
            if sign and sign not in " \t\n\r":
                return sign
            end = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
            self.offset += end - self.at
            self.at = end
            if end == len(self.text):
                if self.ended:
                    return ""
                self.more()

    def take(self, wanted: str) -> str:
        """The next character, which must be one of these."""
        found = self.sign()
        if not found or found not in wanted:
            raise self.fault(f"expecting {' or '.join(wanted)}")
        self.at += 1
        self.offset += 1
        return found

    def fault(self, why: str) -> EpcisError:
        """The error of JSON that is none."""
        return broken("json", why=why, at=self.offset)

    def value(self) -> tuple[Any, str]:
        """The next value, and its text."""
        self.sign()
        self._chunk = CHUNK
        while True:
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
            except RecursionError:
                raise broken("too-deep") from None
            except json.JSONDecodeError as error:
                if self.ended or not self._wants_more(error):
                    self.move(min(error.pos, len(self.text)))
                    raise self.fault(error.msg) from None
            except ValueError as error:
                raise self.fault(f"no such number: {str(error)[:40]}") from None
            else:
                if end < len(self.text) or self.ended:
                    return value, self.text[self.at : end]
            self._chunk = max(CHUNK, len(self.text) - self.at)  # a large value: double it each time
            self.more()

    def following(self) -> tuple[Any, str, int] | None:
        """Behind a comma the next object, gone past: its value, its text, its first byte.

        Nothing where something else follows, or not all of it was read yet: look closer then.
        """
        text, at = self.text, self.at
        if text.startswith(_BETWEEN, at):  # as most programs write a list
            begin = at + 2
        elif (found := _NEXT.match(text, at)) is not None:
            begin = found.end()
        else:
            return None
        try:
            value, end = _scan(text, begin)
        except (StopIteration, ValueError, RecursionError):
            return None
        said = text[begin:end]
        start = self.offset + begin - at
        self.offset = start + (
            end - begin if text.isascii() else len(said.encode("utf-8", "surrogatepass"))
        )
        self.at = end
        return value, said, start

    def _wants_more(self, error: json.JSONDecodeError) -> bool:
        near = error.pos >= len(self.text) - _NEAR
        return near or error.msg.startswith("Unterminated string")


class Splitter:
    """Goes through a document once.

    Iterate to get its events; afterwards (and as far as they stand before the list, already then)
    :attr:`envelope` has everything around them.

    Attributes:
        envelope: The document without its events; their list stands there empty.
        place: Keys that lead to the list, empty while it has not been met.
        finished: Whether the document was read to its end.
    """

    def __init__(self, stream: BinaryIO, *, resume: Position | None = None) -> None:
        """Begin.

        Args:
            stream: The document, UTF-8.
            resume: Where to go on; the stream stands at its ``offset`` byte.
        """
        self._source = _Source(stream, resume.offset if resume else 0)
        self._resumed = resume is not None
        self.envelope: dict[str, Any] = {}
        self.place: tuple[str, ...] = resume.place if resume else ()
        self.index = resume.index if resume else 0
        self.finished = False

    @property
    def position(self) -> Position:
        """Where to go on after the last event that was given."""
        return Position(self.index, self._source.offset, self.place)

    def __iter__(self) -> Iterator[Found]:
        """The events in their order.

        Raises:
            EpcisError: The document is broken JSON, not UTF-8, or larger in one part than allowed.
        """
        if self._resumed:
            yield from self._members_of_list(first=self.index == 0)
            yield from self._rest_of(self.place)
        else:
            if self._source.sign() != "{":
                yield from self._no_object()
                return
            self._source.take("{")
            yield from self._members((), self.envelope)
        if self._source.sign():
            raise self._source.fault("extra data")
        self.finished = True

    def _no_object(self) -> Iterator[Found]:
        """A document that is no object has no events, but it must be JSON to be told so."""
        _value, text = self._source.value()
        self._source.pass_by(text)
        if self._source.sign():
            raise self._source.fault("extra data")
        raise broken("object")

    def _rest_of(self, place: tuple[str, ...]) -> Iterator[Found]:
        """What follows the list in the objects around it, from the inside out."""
        for depth in range(len(place) - 1, -1, -1):
            yield from self._members(place[:depth], {}, opened=True)

    def _members(
        self, place: tuple[str, ...], into: dict[str, Any], *, opened: bool = False
    ) -> Iterator[Found]:
        """The members of an object, up to and with its closing bracket."""
        source = self._source
        if not opened and source.sign() == "}":
            source.take("}")
            return
        first = not opened
        while True:
            if not first and source.take(",}") == "}":
                return
            first = False
            if source.sign() != '"':
                raise source.fault("expecting a name in double quotes")
            name, text = source.value()
            source.pass_by(text)
            source.take(":")
            yield from self._member((*place, name), into)

    def _member(self, place: tuple[str, ...], into: dict[str, Any]) -> Iterator[Found]:
        source, name = self._source, place[-1]
        opening = source.sign()
        if opening == "{" and self._leads_on(place):
            if name in into:
                raise broken("twice", *place[:-1], name=name)
            source.take("{")
            into[name] = {}
            yield from self._members(place, into[name])
        elif opening == "[" and place in _LISTS and not self._resumed:
            if self.place or name in into:
                raise broken("twice", *place[:-1], name=name)
            source.take("[")
            into[name] = []
            self.place = place
            yield from self._members_of_list(first=True)
        else:
            value, text = source.value()
            if has_half_characters(text, value):
                raise broken("unpaired", *place)
            source.pass_by(text)
            into[name] = value

    def _leads_on(self, place: tuple[str, ...]) -> bool:
        """Whether the list of events may stand below."""
        if self._resumed or place not in _WAYS:
            return False
        return place == _WAYS[0] or self.envelope.get("type") != "EPCISDocument"

    def _members_of_list(self, *, first: bool) -> Iterator[Found]:
        source = self._source
        if first and source.sign() == "]":
            source.take("]")
            return
        while True:
            found = None if first else source.following()
            if found is None:
                if not first and source.take(",]") == "]":
                    return
                value, text = source.value()
                start = source.offset
                source.pass_by(text)
            else:
                value, text, start = found
            first, index = False, self.index
            if "\\u" in text and has_half_characters(text, value):
                raise broken("unpaired", *self.place, index)
            self.index = index + 1
            yield Found(index, start, source.offset, value, text)


_LISTS = (("epcisBody", "eventList"), ("epcisBody", "queryResults", "resultsBody", "eventList"))
_WAYS = (
    ("epcisBody",),
    ("epcisBody", "queryResults"),
    ("epcisBody", "queryResults", "resultsBody"),
)
