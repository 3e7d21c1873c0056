"""Shell patterns and regular expressions that are safe to take from anybody."""

from __future__ import annotations

import fnmatch
import re
import re._constants as sre
import re._parser as sre_parser
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import re2

MAX_EXPRESSION = 500
MAX_PATTERN = 120


class PatternError(ValueError):
    """A pattern cannot be used.

    Attributes:
        code: ``too-long``, ``bad-expression``, ``catastrophic`` or ``empty``.
        detail: What the reader of the pattern said, in English.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)


def _nullable(items: Iterable[Any]) -> bool:
    """Whether a sequence of parsed items can match the empty text."""
    return all(_width(item) == 0 for item in items)


def _width(item: tuple[Any, Any]) -> int:
    """Least number of characters that one parsed item consumes (0 or more)."""
    operator, argument = item
    if operator in _REPEATS:
        low, _high, body = argument
        return 0 if low == 0 else sum(_width(part) for part in body)
    if operator is sre.SUBPATTERN:
        return sum(_width(part) for part in argument[3])
    if operator is sre.BRANCH:
        return min(sum(_width(part) for part in branch) for branch in argument[1])
    if operator in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return 0
    return 1


def _unwrap(items: Sequence[Any]) -> list[Any]:
    """Items with plain groups opened, so that ``((a+))`` looks like ``a+``."""
    opened: list[Any] = []
    for item in items:
        if item[0] is sre.SUBPATTERN:
            opened += _unwrap(list(item[1][3]))
        else:
            opened.append(item)
    return opened


def _ambiguous_body(body: Sequence[Any]) -> bool:
    """Whether repeating this body without bound lets one text be read in many ways."""
    items = _unwrap(body)
    for index, (operator, argument) in enumerate(items):
        alone = _nullable(items[:index] + items[index + 1 :])
        unbounded = operator in _REPEATS and argument[1] is sre.MAXREPEAT
        if alone and (unbounded or (operator in _REPEATS and _ambiguous_body(argument[2]))):
            return True
        if operator is sre.BRANCH and alone:
            firsts = [str(_unwrap(branch)[:1]) for branch in argument[1]]
            if len(set(firsts)) < len(firsts) or "[]" in firsts:
                return True
            if any(_ambiguous_body(list(branch)) for branch in argument[1]):
                return True
    # "(a|aa)+" arrives here as "a" followed by an optional "a".
    return len(items) > 1 and all(item == items[0] for item in _literals(items))


def _literals(items: Sequence[Any]) -> list[Any]:
    """The items with optional ones replaced by what they hold, when that is one item."""
    flat: list[Any] = []
    for operator, argument in items:
        if operator is sre.BRANCH:
            for branch in argument[1]:
                flat += _literals(_unwrap(branch))
        elif operator in _REPEATS:
            flat += _literals(_unwrap(argument[2]))
        else:
            flat.append((operator, argument))
    return flat


def _is_catastrophic(items: Iterable[Any]) -> bool:
    """Whether a repeated part can read the same text in exponentially many ways."""
    for operator, argument in items:
        if operator in _REPEATS:
            body = list(argument[2])
            if argument[1] is sre.MAXREPEAT and _ambiguous_body(body):
                return True
            if _is_catastrophic(body):
                return True
        elif operator is sre.SUBPATTERN:
            if _is_catastrophic(argument[3]):
                return True
        elif operator is sre.BRANCH and any(_is_catastrophic(branch) for branch in argument[1]):
            return True
    return False


def check_expression(text: str) -> Callable[[str], bool]:
    """Compile a regular expression that searches a label.

    Args:
        text: RE2 syntax, at most 500 characters; ``(?i)`` ignores case.

    Returns:
        A function that says whether the expression is found in a text, in time proportional to
        the length of the text.

    Raises:
        PatternError: Empty, too long, not understood, or of the kind that takes exponential time
            in backtracking engines (nested or overlapping repeats).
    """
    if not text:
        raise PatternError("empty")
    if len(text) > MAX_EXPRESSION:
        raise PatternError("too-long", f"{len(text)} > {MAX_EXPRESSION}")
    try:
        tree = sre_parser.parse(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError("bad-expression", str(error)) from error
    if _is_catastrophic(tree):
        raise PatternError("catastrophic")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    try:
        compiled = re2.compile(text, options)
    except re2.error as error:
        detail = error.args[0] if error.args else ""
        raise PatternError(
            "bad-expression", detail.decode() if isinstance(detail, bytes) else str(detail)
        ) from error
    return lambda value: compiled.search(value) is not None


def shell_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """A function that says whether a text matches one of the shell patterns (case matters).

    ``*`` stands for any text, ``?`` for one character, ``[12]`` for one of those.

    Raises:
        PatternError: A pattern is empty or longer than 120 characters.
    """
    for pattern in patterns:
        if not pattern:
            raise PatternError("empty")
        if len(pattern) > MAX_PATTERN:
            raise PatternError("too-long", f"{len(pattern)} > {MAX_PATTERN}")
    compiled = [re.compile(fnmatch.translate(pattern)) for pattern in patterns]
    return lambda value: any(each.match(value) for each in compiled)
