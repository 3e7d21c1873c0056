"""Reading one step of the waterfall: which words go with which method."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from chambre.lib.money import MoneyRefusal, account_unit
from chambre.lib.reciprocity.model import (
    COUNTED,
    LASTINGS,
    METHODS,
    OVERRUNS,
    Count,
    Share,
    Step,
)
from chambre.lib.reciprocity.nodes import Node

_COMMON = {"name", "how", "label", "share", "of", "at_most", "at_least", "cap", "note"}
_EACH = {"each_at_most", "smallest"}
WORDS: dict[str, set[str]] = {
    "fixed": {"to", *_EACH},
    "contribution": {"to", "count", "months", "lasting", *_EACH},
    "equal": {"to", "months", *_EACH},
    "need": {"to", "amounts", "months", *_EACH},
    "declared": {"to", "amounts", "months", "over", *_EACH},
    "costs": {"to", "months", "lasting", *_EACH},
    "claims": {"to", "amounts", "count", *_EACH},
    "fund": {"to", "target"},
    "upstream": {"to"},
    "keep": set(),
}
"""The words that mean something for each method, beside those that all have."""

_NEEDED = {
    "fixed": ("to",),
    "contribution": ("count",),
    "fund": ("to",),
    "upstream": ("to",),
}
_ALL = sorted(_COMMON.union(*WORDS.values()))


@cache
def is_money(unit: str) -> bool:
    """Whether a unit is one of account (a currency, credit units): its amounts are minor units."""
    try:
        account_unit(unit)
    except MoneyRefusal:
        return False
    return True


def read_step(node: Node, unit: str) -> Step:
    """Read a step of a contract that counts in ``unit``."""
    how = node.choice("how", METHODS, required=True)
    lasting = node.choice("lasting", LASTINGS, "until-paid" if how == "costs" else "")
    each_at_most, each_caps = _each(node)
    step = Step(
        name=node.slug("name", required=True),
        how=how,
        label=node.text("label"),
        share=node.share("share", Fraction(1)),
        of=node.choice("of", ("rest", "income"), "rest"),
        at_most=node.whole("at_most"),
        at_least=node.whole("at_least"),
        cap=node.whole("cap"),
        target=node.whole("target"),
        to=node.shares("to"),
        amounts=node.shares("amounts", least=0),
        count=node.each("count", lambda each: _count(each, unit)),
        months=_months(node, how, lasting),
        lasting="until-paid" if how == "claims" else lasting,
        over=node.choice("over", OVERRUNS, "pro-rata"),
        each_at_most=each_at_most,
        each_caps=each_caps,
        smallest=node.whole("smallest", 1),
        note=node.text("note"),
    )
    if how:
        _fitting(node, step)
    return step


def _fitting(node: Node, step: Step) -> None:
    """Complain of words that do not go with the method, and of those that it needs."""
    fitting = _COMMON | WORDS[step.how]
    for word in node.data:
        if word in _ALL and word not in fitting:
            node.note(word, "not-for", at_key=True, word=word, how=step.how)
    for word in _NEEDED.get(step.how, ()):
        if not node.has(word):
            node.note("", "needed-for", word=word, how=step.how)
    if step.how == "claims" and not (step.amounts or step.count):
        node.note("", "needed-for", word="amounts", how=step.how)
    if step.how == "fund" and len(step.to) > 1:
        node.note("to", "one-fund")
    if None not in (step.at_least, step.at_most) and step.at_least > step.at_most:  # type: ignore[operator]
        node.note(
            "at_least",
            "more-than",
            word="at_least",
            value=str(step.at_least),
            other="at_most",
            limit=step.at_most,
        )


def _count(node: Node, unit: str) -> Count:
    kind = node.choice("kind", COUNTED, "contribution")
    counted = node.string("unit", unit)
    rate = node.number("rate")
    if rate is None:
        if counted != unit and not node.has("rate"):
            node.note("", "count-rate", unit=counted)
        rate = Fraction(1)
    return Count(kind, counted, rate)


def _months(node: Node, how: str, lasting: str) -> int | str:
    """The window of facts: its own word, or what ``lasting`` means."""
    meant = {"once": "period", "forever": "ever", "until-paid": "ever"}.get(lasting)
    default = "ever" if how == "claims" else meant or "period"
    if isinstance(node.data.get("months"), str):
        found: int | str = node.choice("months", ("period", "ever"), default)
    else:
        found = node.whole("months", 1, 1200) or default
    if lasting in ("once", "forever") and found != meant:
        node.note("months", "window", lasting=lasting, window=meant or "")
    return found


def _each(node: Node) -> tuple[int | None, tuple[Share, ...]]:
    """Caps for each party: one number for all, or a table by name."""
    if isinstance(node.data.get("each_at_most"), dict):
        return None, node.shares("each_at_most", least=0)
    return node.whole("each_at_most"), ()
