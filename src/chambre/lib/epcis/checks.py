"""The pieces that the checks of the EPCIS schema are put together from.

A check takes a value and gives nothing when it is right, else the faults found in it. A fault grows
its place from the inside out, so that what is right costs nothing but the looking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from .formats import is_known_uri, is_time, is_uri
from .problems import Problem, path_of, shown


class Fault:
    """One fault, with the keys that lead to it from the inside out."""

    __slots__ = ("data", "rule", "steps")

    def __init__(self, rule: str, /, **data: Any) -> None:
        self.rule = rule
        self.data = data
        self.steps: list[str | int] = []

    def problem(self, *top: str | int) -> Problem:
        """The fault as it is told, below a place of the document."""
        return Problem(path_of([*top, *reversed(self.steps)]), self.rule, self.data)


Faults: TypeAlias = list[Fault] | None
Check: TypeAlias = Callable[[Any], Faults]

NUMBERS = (int, float, Decimal)


def anything(_value: Any) -> Faults:
    """Nothing is asked of the value."""
    return None


def uri(value: Any) -> Faults:
    """An absolute URI."""
    if isinstance(value, str):
        return None if is_uri(value) else [Fault("uri", value=shown(value))]
    return [Fault("text")]


def known_uri(value: Any) -> Faults:
    """An absolute URI of those that come again and again."""
    if isinstance(value, str):
        return None if is_known_uri(value) else [Fault("uri", value=shown(value))]
    return [Fault("text")]


def time(value: Any) -> Faults:
    """A date and time with its offset."""
    if isinstance(value, str):
        return None if is_time(value) else [Fault("time", value=shown(value))]
    return [Fault("text")]


def text(value: Any) -> Faults:
    """Any text."""
    return None if isinstance(value, str) else [Fault("text")]


def number(value: Any) -> Faults:
    """A finite number; true and false are none."""
    if type(value) in NUMBERS and value - value == 0:
        return None
    return [Fault("number")]


def boolean(value: Any) -> Faults:
    """True or false."""
    return None if isinstance(value, bool) else [Fault("boolean")]


def pattern(rule: str, expression: str) -> Check:
    """A text that a regular expression matches whole."""
    match = re.compile(expression).fullmatch

    def check(value: Any) -> Faults:
        if not isinstance(value, str):
            return [Fault("text")]
        return None if match(value) else [Fault(rule, value=shown(value))]

    return check


def one_of(rule: str, words: frozenset[str]) -> Check:
    """One of these words."""

    def check(value: Any) -> Faults:
        if isinstance(value, str) and value in words:
            return None
        return [Fault(rule, value=shown(value))]

    return check


def word(what: str, words: frozenset[str], reserved: str) -> Check:
    """A standard word, bare, or a URI that does not begin as GS1's own do."""
    refuse = re.compile(reserved).match

    def check(value: Any) -> Faults:
        if not isinstance(value, str):
            return [Fault("text")]
        if value in words:
            return None
        if not is_known_uri(value):
            return [Fault("word", value=shown(value), what=what)]
        return [Fault("word-standard", value=shown(value))] if refuse(value) else None

    return check


def inside(found: Faults, key: str | int, more: list[Fault]) -> list[Fault]:
    """The faults found so far and those below a key."""
    for fault in more:
        fault.steps.append(key)
    if found is None:
        return more
    found.extend(more)
    return found


def array(item: Check, *, least: int = 0, unique: bool = False) -> Check:
    """A list whose members pass a check."""

    def check(value: Any) -> Faults:
        if not isinstance(value, list):
            return [Fault("array")]
        found: Faults = None
        for index, one in enumerate(value):
            faults = item(one)
            if faults is not None:
                found = inside(found, index, faults)
        if len(value) < least:
            return [Fault("empty")]
        if unique and found is None and len(value) > 1 and len(set(value)) < len(value):
            return [Fault("unique")]
        return found

    return check


def record(
    what: str,
    fields: Mapping[str, Check],
    *,
    required: tuple[str, ...] = (),
    closed: bool = False,
    extended: bool = True,
) -> Check:
    """An object with known fields.

    Args:
        what: What it is, in messages.
        fields: The check of each field.
        required: Those that must be there.
        closed: Whether other fields are refused.
        extended: Whether other fields must be named by a URI; else nothing is asked of them.
    """
    get = fields.get

    def check(value: Any) -> Faults:
        if not isinstance(value, dict):
            return [Fault("object")]
        found: Faults = None
        for name, item in value.items():
            one = get(name)
            if one is not None:
                faults = one(item)
                if faults is not None:
                    found = inside(found, name, faults)
            elif closed:
                found = [*(found or ()), Fault("closed", name=shown(name), fields=listed(fields))]
            elif extended and not is_known_uri(name):
                found = [*(found or ()), Fault("name", name=shown(name), what=what)]
        for name in required:
            if name not in value:
                found = [*(found or ()), Fault("missing", name=name)]
        return found

    return check


def listed(fields: Mapping[str, Any]) -> str:
    """The names of fields, for a message."""
    return ", ".join(fields)


def frozen(value: Any) -> Any:
    """A JSON value as something that can be compared and put in a set, as JSON Schema compares."""
    if isinstance(value, dict):
        return ("{}", frozenset((name, frozen(item)) for name, item in value.items()))
    if isinstance(value, list):
        return ("[]", tuple(frozen(item) for item in value))
    return (isinstance(value, bool), value)
