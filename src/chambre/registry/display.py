"""Records as people read them: words for values, tables for what repeats, differences in words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chambre.core.ui import figures
from chambre.registry import record as schema
from chambre.registry.models import Assessment, Resource, Right
from chambre.registry.ostrom import ANSWERS, PRINCIPLES


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with its words, ready for a page.

    Attributes:
        name: Name of the field.
        label: Its words.
        kind: As in the record's table; ``rights`` for the bundle of rights.
        value: Words, a list of words, or of what repeats the rows.
        heads: Of what repeats: the heads of the columns that say something.
        slug: Of an agent or resource: its short name; empty for a person.
    """

    name: str
    label: Any
    kind: str
    value: Any
    heads: list[Any] = field(default_factory=list)
    slug: str = ""


def shown_block(block: schema.Block, record: dict[str, Any], names: dict[str, str]) -> list[Shown]:
    """The fields of a block about which something is said.

    Args:
        block: Which.
        record: The record, as its reader may see it.
        names: Names of agents and resources by ``agent:slug`` and ``resource:slug``.
    """
    found = []
    for one in block.fields:
        value = record.get(one.name, one.empty)
        if value in ("", None, []) or one.name in ("image", "image_alt"):
            continue
        if isinstance(one, schema.Rows):
            found.append(_shown_rows(one, value))
        elif isinstance(one, schema.Words):
            found.append(Shown(one.name, one.label, "words", value))
        else:
            slug = value if one.kind in ("agent", "resource") and value != schema.HIDDEN else ""
            found.append(Shown(one.name, one.label, one.kind, words(one, value, names), slug=slug))
    return found


def unsaid(block: schema.Block, record: dict[str, Any]) -> list[Any]:
    """The words of the fields of a block about which nothing is said."""
    return [
        one.label
        for one in block.fields
        if record.get(one.name, one.empty) in ("", None, []) and one.name != "image_alt"
    ]


def words(column: schema.Column, value: Any, names: dict[str, str] | None = None) -> Any:
    """A value as people read it."""
    if value in ("", None):
        return ""
    if column.kind == "choice":
        return dict(column.choices).get(value, value)
    if value == schema.HIDDEN and column.kind == "agent":
        return _("a person")
    if column.kind in ("agent", "resource"):
        return (names or {}).get(f"{column.kind}:{value}", value)
    return figures.integer(value) if column.kind == "count" else value


def _shown_rows(rows: schema.Rows, listed: list[dict[str, Any]]) -> Shown:
    if rows.name == "rights":
        return Shown(rows.name, rows.label, "rights", _bundle(listed), list(Right.Act.labels))
    columns = [
        column
        for column in rows.columns
        if any(row.get(column.name) not in ("", None) for row in listed)
    ]
    if rows.name == "places":
        columns = [column for column in columns if column.kind != "degrees"]
    table = [
        [
            {
                "kind": column.kind,
                "label": column.label,
                "words": words(column, row.get(column.name)),
            }
            for column in columns
        ]
        for row in listed
    ]
    return Shown(rows.name, rows.label, "rows", table, [column.label for column in columns])


def _bundle(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bundle of rights as a table: who, and an answer for each act."""
    said = {(row["holder"], row["act"]): row for row in listed}
    answers = dict(Resource.Answer.choices)
    table = []
    for holder, label in Right.Holder.choices:
        if any(key[0] == holder for key in said):
            cells = []
            for act, act_label in Right.Act.choices:
                row = said.get((holder, act))
                cells.append(
                    {
                        "label": act_label,
                        "answer": answers[row["answer"]] if row else "",
                        "condition": row["condition"] if row else "",
                    }
                )
            table.append({"holder": label, "cells": cells})
    return table


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text that stayed (``same``), went (``minus``) or came (``plus``)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs in one field.

    Attributes:
        name: Name of the field.
        label: Its words.
        pieces: Of a text: what stayed, went and came, in order.
        removed: Of a list: what went, in words.
        added: Of a list: what came, in words.
        before: Of a value: what it was.
        after: Of a value: what it is.
    """

    name: str
    label: Any
    pieces: list[Piece] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    before: str = ""
    after: str = ""


def differences(
    before: dict[str, Any], after: dict[str, Any], names: dict[str, str]
) -> list[Difference]:
    """What differs between two records, field by field, in the order of the record."""
    order = dict.fromkeys([*schema.fields(), *after, *before])
    return [
        _difference(name, before.get(name), after.get(name), names)
        for name in order
        if before.get(name) != after.get(name)
    ]


def _difference(name: str, old: Any, new: Any, names: dict[str, str]) -> Difference:
    found = schema.fields().get(name)
    label = schema.label(name)
    if isinstance(old, list) or isinstance(new, list):
        was, now = plain_list(name, old or []), plain_list(name, new or [])
        return Difference(
            name,
            label,
            removed=[text for text in was if text not in now],
            added=[text for text in now if text not in was],
        )
    if isinstance(found, schema.Column) and found.kind == "text":
        return Difference(name, label, pieces=text_pieces(old or "", new or ""))
    return Difference(name, label, before=plain(name, old, names), after=plain(name, new, names))


def plain(name: str, value: Any, names: dict[str, str]) -> str:
    """A value of the record in words, on one line."""
    found = schema.fields().get(name)
    if isinstance(found, schema.Column):
        return str(words(found, value, names))
    if name == "standing" and value:
        return str(Resource.Standing(value).label)
    return "" if value is None else str(value)


def plain_list(name: str, value: Iterable[Any]) -> list[str]:
    """What repeats, each in words."""
    found = schema.fields().get(name)
    if isinstance(found, schema.Rows):
        return [
            " · ".join(
                str(text)
                for column in found.columns
                if (text := words(column, row.get(column.name))) not in ("", None)
            )
            for row in value
        ]
    if name == "assessments":
        return [_assessment(row) for row in value]
    return [str(each) for each in value]


def _assessment(row: dict[str, Any]) -> str:
    principle = PRINCIPLES[row["principle"] - 1]
    evidence = Assessment.Evidence(row["evidence_kind"]).label
    parts = [f"{row['principle']}. {principle.name}", str(ANSWERS[row["answer"]]), str(evidence)]
    return " · ".join([*parts, *(row[name] for name in ("evidence", "comment") if row[name])])


def text_pieces(old: str, new: str) -> list[Piece]:
    """Two texts word by word: what stayed, what went, what came."""
    was, now = (re.findall(r"\s+|[^\s]+", text) for text in (old, new))
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, was, now, autojunk=len(was) + len(now) > 4000)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(was[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece("minus", "".join(was[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("plus", "".join(now[j1:j2])))
    return pieces
