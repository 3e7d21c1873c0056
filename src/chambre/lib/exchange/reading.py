"""Reading an exchange: its text or its data, with every mistake named at its line and column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chambre.lib.exchange import model
from chambre.lib.exchange.errors import ExchangeError, ExchangeProblem
from chambre.lib.exchange.possible import note_obstacles
from chambre.lib.reciprocity.nodes import Node, Notes, show_path
from chambre.lib.reciprocity.places import Path, places_of
from chambre.lib.reciprocity.wording import SYNTAX_FR

MAX_CHARACTERS = 500_000
MAX_LEGS = 500
"""Most legs, conditions or parties of one exchange."""
LARGEST = 99_999_999_999
"""Largest amount of a leg: what one transfer can carry, in cents."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(slots=True)
class _Notes(Notes):
    """Mistakes of an exchange."""

    def add(self, path: Path, code: str, /, *, at_key: bool = False, **data: Any) -> None:
        """Note a mistake at a value (or at its key)."""
        line = column = 0
        if self.text is not None:
            if self.places is None:
                self.places = places_of(self.text)
            line, column = self.places.key(path) if at_key else self.places.value(path)
        shown = {
            key: value[:80] if isinstance(value, str) and key == "value" else value
            for key, value in data.items()
        }
        self.problems.append(ExchangeProblem(line, column, show_path(path), code, shown))


@dataclass(frozen=True, slots=True)
class Report:
    """What came of reading a text.

    Attributes:
        exchange: What it says; None when there are mistakes.
        mistakes: Why it cannot be used.
        obstacles: Why what it says can never be settled.
    """

    exchange: model.Exchange | None
    mistakes: tuple[ExchangeProblem, ...] = field(default=())
    obstacles: tuple[ExchangeProblem, ...] = field(default=())

    @property
    def valid(self) -> bool:
        """Whether it makes an exchange."""
        return self.exchange is not None

    @property
    def can_settle(self) -> bool:
        """Whether it is possible that every leg is deposited and every condition holds in time."""
        return self.valid and not self.obstacles

    @property
    def problems(self) -> tuple[ExchangeProblem, ...]:
        """Mistakes and obstacles, in the order of the text."""
        found = (*self.mistakes, *self.obstacles)
        return tuple(sorted(found, key=lambda each: (each.line, each.column)))


def examine(text: str) -> Report:
    """Read a text and look whether it can ever be settled; nothing is raised."""
    try:
        data, notes = _parsed(text)
    except ExchangeError as error:
        return Report(None, error.problems)  # type: ignore[arg-type]
    return _report(data, notes)


def examine_data(data: Mapping[str, Any]) -> Report:
    """As :func:`examine`, for data with the words of the text (a form, JSON already parsed)."""
    return _report(data, _Notes())


def read(text: str) -> model.Exchange:
    """What a text says, also when it can never be settled.

    Raises:
        ExchangeError: With every mistake, each at its line and column.
    """
    return _sure(examine(text))


def read_data(data: Mapping[str, Any]) -> model.Exchange:
    """As :func:`read`, for data.

    Raises:
        ExchangeError: Lines and columns are 0, ``path`` says where.
    """
    return _sure(examine_data(data))


def _sure(report: Report) -> model.Exchange:
    if report.exchange is None:
        raise ExchangeError(report.mistakes)
    return report.exchange


def _parsed(text: str) -> tuple[Mapping[str, Any], _Notes]:
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        limit = {"limit": MAX_CHARACTERS}
        raise ExchangeError([ExchangeProblem(1, 1, "", "too-long", limit)])
    try:
        return tomllib.loads(text), _Notes(text)
    except tomllib.TOMLDecodeError as error:
        raise ExchangeError([_syntax(text, str(error))]) from error
    except RecursionError as error:
        detail = {"detail": "nested too deep", "detail_fr": "imbrication trop profonde"}
        raise ExchangeError([ExchangeProblem(1, 1, "", "syntax", detail)]) from error


def _syntax(text: str, message: str) -> ExchangeProblem:
    """What Python's reader says, with its place and in both languages."""
    found = _PLACE.search(message)
    detail = message[: found.start()] if found else message
    if found and found.group(1):
        line, column = int(found.group(1)), int(found.group(2))
    else:
        lines = text.replace("\r\n", "\n").split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    french = next((fr for en, fr in SYNTAX_FR.items() if detail.startswith(en)), detail)
    return ExchangeProblem(line, column, "", "syntax", {"detail": detail, "detail_fr": french})


def _report(data: Mapping[str, Any], notes: _Notes) -> Report:
    exchange = _exchange(Node(data, (), notes))
    mistakes = tuple(notes.problems)
    if mistakes or exchange is None:
        return Report(None, mistakes)  # type: ignore[arg-type]
    note_obstacles(exchange, notes)
    return Report(exchange, (), tuple(notes.problems))  # type: ignore[arg-type]


def _exchange(node: Node) -> model.Exchange | None:
    written = node.whole("format", 1, default=model.FORMAT) or model.FORMAT
    if written > model.FORMAT:
        node.note("format", "format", value=str(written), known=model.FORMAT)
        return None
    title = node.string("title", required=True)
    deadline = node.day("deadline")
    if deadline is None and not node.has("deadline"):
        node.note("", "missing", word="deadline")
    parties = node.each("party", _party)
    legs = node.each("leg", _leg)
    conditions = node.each("condition", _condition)
    parts = node.each("part", _part)
    found = {
        "slug": node.slug("slug"),
        "title": title,
        "parties": parties,
        "legs": legs,
        "conditions": conditions,
        "otherwise": node.choice("otherwise", model.OTHERWISE, "return"),
        "parts": parts,
        "mediator": node.one("mediator", _mediator),
        "summary": node.string("summary"),
    }
    node.done()
    _check_names(node, parties, legs, conditions, parts)
    _check_whole(node, found)
    if deadline is None:
        return None
    return model.Exchange(deadline=deadline, **found)


def _party(node: Node) -> model.Party:
    return model.Party(
        name=node.slug("name", required=True), label=node.string("label"), agent=node.slug("agent")
    )


def _leg(node: Node) -> model.Leg:
    kind = node.choice("kind", model.KINDS, required=True)
    counted = kind in model.COUNTED
    amount = node.whole("amount", 1, LARGEST, default=None if counted else 1)
    if counted and not node.has("amount"):
        node.note("", "wanted", kind=kind, word="amount")
    vat = node.whole("vat", 0, 10_000)
    for word in ("unit", "place", "keeper", "resource", "until"):
        if counted and node.has(word):
            node.note(word, "not-needed", at_key=True, word=word, kind=kind)
    if kind in ("right", "custody") and not node.has("resource") and not node.has("what"):
        node.note("", "wanted", kind=kind, word="what")
    return model.Leg(
        name=node.slug("name", required=True), giver=node.string("from", required=True),
        taker=node.string("to", required=True), kind=kind, amount=amount or 1,
        unit=node.string("unit")[:16], what=node.string("what"), place=node.string("place"),
        keeper=node.slug("keeper"), by=node.day("by"), after=node.strings("after"),
        value=node.whole("value", 0, LARGEST, default=0) or 0, vat=vat,
        resource=node.slug("resource"), until=node.day("until"),
    )  # fmt: skip


_WORDS = {
    "date": {"from", "until"}, "leg": {"leg"}, "document": {"who"}, "confirm": {"of", "needed"},
    "inspector": {"who"}, "all": {"of"}, "any": {"of"},
}  # fmt: skip
_WANTED = {"leg": "leg", "confirm": "of", "inspector": "who", "all": "of", "any": "of"}


def _condition(node: Node) -> model.Condition:
    kind = node.choice("kind", model.CONDITION_KINDS, required=True)
    for word in ("from", "until", "leg", "of", "needed", "who"):
        if kind and node.has(word) and word not in _WORDS[kind]:
            node.note(word, "not-needed", at_key=True, word=word, kind=kind)
    wanted = _WANTED.get(kind, "")
    if wanted and not node.has(wanted):
        node.note("", "wanted", kind=kind, word=wanted)
    if kind == "date" and not (node.has("from") or node.has("until")):
        node.note("", "wanted", kind=kind, word="from")
    return model.Condition(
        name=node.slug("name", required=True), kind=kind, what=node.string("what"),
        since=node.day("from"), until=node.day("until"), leg=node.string("leg"),
        of=node.strings("of"), needed=node.whole("needed", 1, MAX_LEGS, default=0) or 0,
        who=node.string("who"), by=node.day("by"), after=node.strings("after"),
    )  # fmt: skip


def _part(node: Node) -> model.Part:
    return model.Part(
        name=node.slug("name", required=True), legs=node.strings("legs", required=True),
        conditions=node.strings("conditions"),
    )  # fmt: skip


def _mediator(node: Node) -> model.Mediator:
    may = node.choices("may", model.MEDIATOR_MAY) if node.has("may") else ("return",)
    node.known.append("may")
    return model.Mediator(
        agent=node.slug("agent", required=True), may=may,
        days=node.whole("days", 1, 365, default=30) or 30, label=node.string("label"),
    )  # fmt: skip


def _check_names(node: Node, *groups: tuple[Any, ...]) -> None:
    """Parties among themselves, and legs, conditions and parts together: no name twice."""
    words = ("party", "leg", "condition", "part")
    seen_parties: set[str] = set()
    seen: set[str] = set()
    for word, rows in zip(words, groups, strict=True):
        if len(rows) > MAX_LEGS:
            node.note(word, "too-many", word=word, limit=MAX_LEGS)
        taken = seen_parties if word == "party" else seen
        for index, row in enumerate(rows):
            if row.name and row.name in taken:
                node.notes.add((*node.path, word, index, "name"), "name-taken", value=row.name)
            taken.add(row.name)


def _check_whole(node: Node, found: dict[str, Any]) -> None:
    """What the tables say of each other."""
    parties = {each.name for each in found["parties"]}
    legs = {each.name for each in found["legs"]}
    conditions = {each.name for each in found["conditions"]}
    add = node.notes.add
    if len(parties) < 2:
        node.note("party" if node.has("party") else "", "few-parties")
    if not legs:
        node.note("leg" if node.has("leg") else "", "no-legs")
    for at, leg in enumerate(found["legs"]):
        for word, name in (("from", leg.giver), ("to", leg.taker)):
            if name and name not in parties:
                add(("leg", at, word), "no-party", value=name)
        if leg.giver and leg.giver == leg.taker:
            add(("leg", at, "to"), "to-oneself", name=leg.name, value=leg.giver)
        _known(add, ("leg", at, "after"), leg.after, legs | conditions, "no-such")
    for at, each in enumerate(found["conditions"]):
        here = ("condition", at)
        _known(add, (*here, "after"), each.after, legs | conditions, "no-such")
        if each.leg:
            _known(add, (*here, "leg"), (each.leg,), legs, "no-leg")
        if each.kind == "confirm":
            _known(add, (*here, "of"), each.of, parties, "no-party")
        if each.kind in ("all", "any"):
            _known(add, (*here, "of"), each.of, legs | conditions, "no-such")
        if each.kind == "document" and each.who:
            _known(add, (*here, "who"), (each.who,), parties, "no-party")
    _check_parts(node, found, legs, conditions)


def _known(add: Any, path: Path, names: tuple[str, ...], known: set[str], code: str) -> None:
    for name in names:
        if name not in known:
            add(path, code, value=name)


def _check_parts(node: Node, found: dict[str, Any], legs: set[str], conditions: set[str]) -> None:
    taken: set[str] = set()
    for at, part in enumerate(found["parts"]):
        _known(node.notes.add, ("part", at, "legs"), part.legs, legs, "no-leg")
        _known(
            node.notes.add, ("part", at, "conditions"), part.conditions, conditions, "no-condition"
        )
        for name in part.legs:
            if name in taken:
                node.notes.add(("part", at, "legs"), "part-overlaps", value=name)
            taken.add(name)
    if found["otherwise"] == "parts" and not found["parts"]:
        node.note("otherwise", "parts-missing")
    if found["otherwise"] == "mediate" and found["mediator"] is None:
        node.note("otherwise", "mediator-missing")
