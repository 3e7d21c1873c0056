"""What must hold between the words of a contract: names that exist, clauses that fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chambre.lib.reciprocity.model import (
    EVERYONE,
    Contract,
    Counterpart,
)
from chambre.lib.reciprocity.nodes import Node, near
from chambre.lib.reciprocity.places import Path


def check(contract: Contract, node: Node) -> None:
    """Note every contradiction of a contract that was read, at its place."""
    if not (contract.steps or contract.uses or contract.counterparts):
        node.note("", "no-clauses")
    _names(contract, node)
    _references(contract, node)
    _class_cycles(contract, node)
    for index, counterpart in enumerate(contract.counterparts):
        _counterpart(counterpart, contract, node, ("counterpart", index))
    for index, use in enumerate(contract.uses):
        if (use.answer == "owes") != bool(use.owes):
            node.notes.add(("use", index, "answer"), "answer-owes")
    term = contract.term
    for later in ("until", "review"):
        day = getattr(term, later)
        if day and term.since and day < term.since:
            node.notes.add(("term", later), "order", until=str(day), since=str(term.since))


def _names(contract: Contract, node: Node) -> None:
    """No two clauses of one name, nor two classes, nor two parties; nor a class like a party."""
    for word, english, french in (
        (("step", "counterpart"), "clause", "clause"),
        (("class", "party"), "class or party", "classe ou partie"),
    ):
        seen: set[str] = set()
        for table in word:
            for index, item in enumerate(node.data.get(table, ())):
                name = item.get("name") if isinstance(item, dict) else None
                if not isinstance(name, str) or not name:
                    continue
                path: Path = (table, index, "name")
                if name in seen:
                    node.notes.add(path, "twice", value=name, thing_en=english, thing_fr=french)
                elif table == "class" and name == EVERYONE:
                    node.notes.add(path, "reserved")
                seen.add(name)


def _references(contract: Contract, node: Node) -> None:
    """Names in ``by``, ``exempt``, ``class``, ``roll``, ``owes``, ``clauses`` must exist."""
    who = {EVERYONE, *(each.name for each in contract.classes)}
    parties = {each.name for each in contract.parties}
    owed = {each.name for each in contract.counterparts}
    clauses = owed | {each.name for each in contract.steps}
    classes = ("class", "classe")
    either = ("class or party", "classe ou partie")
    for table in ("use", "counterpart"):
        for index, item in enumerate(_tables(node, table)):
            for word in ("by", "exempt"):
                _each(node, (table, index, word), item.get(word), who | parties, either)
    for index, item in enumerate(_tables(node, "use")):
        _each(node, ("use", index, "owes"), item.get("owes"), owed, ("counterpart", "contrepartie"))
    for index, item in enumerate(_tables(node, "class")):
        for word in ("all", "any", "none"):
            tests = item.get(word)
            for place, test in enumerate(tests if isinstance(tests, list) else ()):
                if isinstance(test, dict):
                    path = ("class", index, word, place, "class")
                    _each(node, path, test.get("class"), who, classes)
    for table, word, known, thing in (
        ("change", "roll", who, classes),
        ("survives", "clauses", clauses, ("clause", "clause")),
    ):
        found = node.data.get(table)
        if isinstance(found, dict):
            _each(node, (table, word), found.get(word), known, thing)


def _tables(node: Node, word: str) -> list[dict[str, Any]]:
    """The tables of a list, an empty one for what is none, so that places stay right."""
    found = node.data.get(word, ())
    return (
        [item if isinstance(item, dict) else {} for item in found]
        if isinstance(found, list)
        else []
    )


def _each(node: Node, path: Path, value: Any, known: Iterable[str], thing: tuple[str, str]) -> None:
    if isinstance(value, str):
        items: list[tuple[Path, Any]] = [(path, value)]
    else:
        listed = value if isinstance(value, list) else []
        items = [((*path, place), item) for place, item in enumerate(listed)]
    for where, name in items:
        if isinstance(name, str) and name.strip() and name not in known:
            node.notes.add(
                where,
                "unknown-name",
                value=name,
                thing_en=thing[0],
                thing_fr=thing[1],
                hint=near(name, sorted(known)),
            )


def _class_cycles(contract: Contract, node: Node) -> None:
    """A class may build on others, not on itself."""
    needs = {
        each.name: [
            name
            for test in (*each.all, *each.any, *each.none)
            if test.word == "class"
            for name in test.names
        ]
        for each in contract.classes
    }
    done: set[str] = set()
    for index, start in enumerate(contract.classes):
        path: list[str] = []
        _follow(start.name, needs, path, done, node, ("class", index))


def _follow(
    start: str, needs: dict[str, list[str]], path: list[str], done: set[str], node: Node, at: Path
) -> None:
    """Walk from a class to those it needs, without recursion; note the first circle found."""
    stack = [(start, iter(needs.get(start, ())))]
    path.append(start)
    while stack:
        name, rest = stack[-1]
        following = next(rest, None)
        if following is None:
            stack.pop()
            path.pop()
            done.add(name)
        elif following in path:
            circle = [*path[path.index(following) :], following]
            node.notes.add(at, "class-cycle", at_key=True, path=" → ".join(circle))
        elif following not in done and following in needs:
            path.append(following)
            stack.append((following, iter(needs[following])))


def _counterpart(each: Counterpart, contract: Contract, node: Node, path: Path) -> None:
    """Rates that fit what triggers them, money in the contract's unit, rising bands."""
    table = _tables(node, "counterpart")[path[1]]  # type: ignore[index, call-overload]
    wanted = each.kind in ("money", "hours", "in-kind") or "rate" in table
    if wanted and ("rate" in table) == ("steps" in table):
        node.notes.add(path, "no-rate", name=each.name)
    percents = [each.rate, *(band.rate for band in each.bands)]
    if any(rate and rate.percent for rate in percents) and (
        each.trigger not in ("sale", "margin") or each.kind != "money"
    ):
        node.notes.add((*path, "rate" if "rate" in table else "steps"), "percent-of")
    if each.kind == "money":
        if each.unit != contract.unit:
            node.notes.add((*path, "unit"), "money-unit", expected=contract.unit)
        for word in ("floor", "cap"):
            number = getattr(each, word)
            if number is not None and number.denominator != 1:
                node.notes.add((*path, word), "whole-money", word=word)
    if each.floor is not None and each.cap is not None and each.floor > each.cap:
        node.notes.add(
            (*path, "floor"),
            "more-than",
            word="floor",
            value=str(each.floor),
            other="cap",
            limit=str(each.cap),
        )
    for place in range(1, len(each.bands)):
        before, band = each.bands[place - 1], each.bands[place]
        if band.above <= before.above:
            node.notes.add(
                (*path, "steps", place),
                "bands-order",
                at_key=True,
                value=str(band.above),
                limit=str(before.above),
            )
