"""Reading a contract: its text or its data, with every mistake named at its line and column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from chambre.lib.money import MoneyRefusal, account_unit
from chambre.lib.reciprocity import model
from chambre.lib.reciprocity.checking import check
from chambre.lib.reciprocity.errors import ContractError, Problem
from chambre.lib.reciprocity.nodes import Node, Notes
from chambre.lib.reciprocity.steps import read_step
from chambre.lib.reciprocity.wording import SYNTAX_FR

MAX_CHARACTERS = 2_000_000
"""Longest text read, in characters."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def read(text: str) -> model.Contract:
    """Read a contract from its text (TOML, see ``docs/contract-language.md``).

    Raises:
        ContractError: With every mistake, each at its line and column; nothing is used.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        raise ContractError([Problem(1, 1, "", "too-long", {"limit": MAX_CHARACTERS})])
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContractError([_syntax(text, str(error))]) from error
    except RecursionError as error:
        detail = {"detail": "nested too deep", "detail_fr": "imbrication trop profonde"}
        raise ContractError([Problem(1, 1, "", "syntax", detail)]) from error
    return _read(data, Notes(text))


def read_data(data: Mapping[str, Any]) -> model.Contract:
    """Read a contract from data with the words of the language (a form, JSON already parsed).

    Raises:
        ContractError: With every mistake; lines and columns are 0, ``path`` says where.
    """
    return _read(data, Notes())


def _syntax(text: str, message: str) -> Problem:
    """What Python's reader says, with its place and in both languages."""
    found = _PLACE.search(message)
    detail = message[: found.start()] if found else message
    if found and found.group(1):
        line, column = int(found.group(1)), int(found.group(2))
    else:
        lines = text.replace("\r\n", "\n").split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    french = next((fr for en, fr in SYNTAX_FR.items() if detail.startswith(en)), detail)
    return Problem(line, column, "", "syntax", {"detail": detail, "detail_fr": french})


def _read(data: Mapping[str, Any], notes: Notes) -> model.Contract:
    node = Node(data, (), notes)
    written = node.whole("format", 1, default=model.FORMAT) or model.FORMAT
    if written > model.FORMAT:
        node.note("format", "format", value=str(written), known=model.FORMAT)
        raise ContractError(notes.problems)
    unit = _unit(node)
    contract = model.Contract(
        slug=node.slug("slug", required=True),
        unit=unit,
        resources=tuple(sorted(node.strings("resources"))) or ("*",),
        rounding=node.choice("rounding", model.ROUNDINGS, model.ROUNDINGS[0]),
        period=node.choice("period", model.PERIODS, "year"),
        title=node.text("title"),
        summary=node.text("summary"),
        fits=node.text("fits"),
        source=node.one("source", _source),
        lineage=node.one("lineage", _lineage),
        parties=node.each("party", _party),
        classes=node.each("class", _class),
        uses=node.each("use", _use),
        counterparts=node.each("counterpart", lambda each: _counterpart(each, unit)),
        steps=node.each("step", lambda each: read_step(each, unit)),
        term=node.one("term", _term, model.Term()),
        change=node.one("change", _change, model.Change()),
        breach=node.one("breach", _breach),
        mediator=node.one("mediator", _mediator),
        survives=node.one("survives", _survives, model.Survives()),
    )
    node.done()
    check(contract, node)
    if notes.problems:
        raise ContractError(notes.problems)
    return contract


def _unit(node: Node) -> str:
    unit = node.string("unit", "EUR")
    try:
        account_unit(unit)
    except MoneyRefusal:
        node.note("unit", "unit", value=unit)
        return "EUR"
    return unit


def _source(node: Node) -> model.Source:
    return model.Source(
        name=node.string("name", required=True), url=node.string("url"), note=node.text("note")
    )


def _lineage(node: Node) -> model.Lineage:
    digest = node.string("digest")
    if digest and not _DIGEST.fullmatch(digest):
        node.note("digest", "digest")
    changed = node.strings("changed") if node.data.get("changed") != [] else ()
    node.known.append("changed")
    return model.Lineage(parent=node.slug("from", required=True), digest=digest, changed=changed)


def _party(node: Node) -> model.Party:
    return model.Party(
        name=node.string("name", required=True),
        label=node.string("label"),
        status=tuple(sorted(node.strings("status"))),
        size=node.whole("size"),
        territory=node.string("territory"),
        since=node.day("since"),
        evidence=node.string("evidence"),
    )


def _class(node: Node) -> model.PartyClass:
    found = model.PartyClass(
        name=node.slug("name", required=True),
        label=node.text("label"),
        evidence=node.text("evidence"),
        all=node.each("all", _test),
        any=node.each("any", _test),
        none=node.each("none", _test),
    )
    if not any(node.has(word) for word in ("all", "any", "none")):
        node.note("", "no-tests", name=found.name)
    return found


def _test(node: Node) -> model.Criterion | None:
    tests = [
        *(
            model.Criterion(word, names=tuple(sorted(node.strings(word))))
            for word in ("named", "status", "territory", "class")
            if _offered(node, word)
        ),
        *(
            model.Criterion(word, number=node.whole(word, 0, 100_000_000) or 0)
            for word in ("size_at_most", "size_at_least", "member_months")
            if _offered(node, word)
        ),
        *(
            model.Criterion(word, threshold=node.one(word, _threshold, model.Threshold()))
            for word in ("contributed", "used")
            if _offered(node, word)
        ),
    ]
    if len(node.data) != 1:
        node.note("", "one-word", count=len(node.data))
    return tests[0] if tests else None


def _offered(node: Node, word: str) -> bool:
    node.known.append(word)
    return node.has(word)


def _threshold(node: Node) -> model.Threshold:
    return model.Threshold(
        at_least=node.number("at_least", above_zero=True),
        unit=node.string("unit"),
        months=node.whole("months", 1, 1200),
    )


def _use(node: Node) -> model.Use:
    return model.Use(
        kinds=node.choices("kinds", model.USES),
        by=tuple(sorted(node.strings("by"))) or (model.EVERYONE,),
        answer=node.choice("answer", model.ANSWERS, "owes" if node.has("owes") else "free"),
        owes=tuple(sorted(node.strings("owes"))),
        conditions=tuple(sorted(node.strings("conditions"))),
        note=node.text("note"),
    )


def _counterpart(node: Node, unit: str) -> model.Counterpart:
    kind = node.choice("kind", model.OWED_KINDS, "money")
    default = {"money": unit, "hours": "h"}.get(kind, kind)
    return model.Counterpart(
        name=node.slug("name", required=True),
        by=tuple(sorted(node.strings("by"))) or (model.EVERYONE,),
        exempt=tuple(sorted(node.strings("exempt"))),
        trigger=node.choice("trigger", model.TRIGGERS, "use"),
        of=node.string("of"),
        kind=kind,
        rate=node.rate("rate"),
        unit=node.string("unit", default),
        above=node.number("above") or Fraction(0),
        bands=node.each("steps", _band),
        floor=node.number("floor"),
        cap=node.number("cap"),
        note=node.text("note"),
        label=node.text("label"),
    )


def _band(node: Node) -> model.Band | None:
    above, rate = node.number("above"), node.rate("rate")
    if rate is None:
        if not node.has("rate"):
            node.note("", "missing", word="rate")
        return None
    return model.Band(above or Fraction(0), rate)


def _term(node: Node) -> model.Term:
    return model.Term(node.day("since"), node.day("until"), node.day("review"))


def _change(node: Node) -> model.Change:
    by = node.choice("by", model.RULES_OF_CHANGE, "consent")
    return model.Change(by, node.string("roll", model.EVERYONE))


def _breach(node: Node) -> model.Breach:
    return model.Breach(
        delay_days=node.whole("delay_days", 0, 36_500, 30) or 0,
        suspension_days=node.whole("suspension_days", 0, 36_500, 0) or 0,
        then=node.choice("then", ("end", "mediation"), "end"),
    )


def _mediator(node: Node) -> model.Mediator:
    return model.Mediator(
        name=node.string("name", required=True),
        contact=node.string("contact"),
        note=node.text("note"),
    )


def _survives(node: Node) -> model.Survives:
    return model.Survives(tuple(sorted(node.strings("clauses"))), node.text("note"))
