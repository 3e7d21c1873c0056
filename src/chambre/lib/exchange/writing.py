"""An exchange as data, as canonical text, and the digest that is signed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from chambre.lib import canonical
from chambre.lib.exchange.model import FORMAT, Exchange

_WORDS = {"giver": "from", "taker": "to", "since": "from"}
_TABLES = {"parties": "party", "legs": "leg", "conditions": "condition", "parts": "part"}
_KEPT = ("name", "giver", "taker", "kind")


def as_data(exchange: Exchange) -> dict[str, Any]:
    """The exchange with the words of its text, defaults left out; equal for two texts that say the same."""
    data: dict[str, Any] = {"format": FORMAT}
    for field in dataclasses.fields(exchange):
        value = getattr(exchange, field.name)
        if field.name in _TABLES:
            if value:
                data[_TABLES[field.name]] = [_table(each) for each in value]
        elif field.name == "mediator":
            if value is not None:
                data["mediator"] = _table(value, "agent", "may")
        elif value not in ("", None) and (field.name == "title" or value != field.default):
            data[field.name] = value
    return data


def _table(value: Any, *kept: str) -> dict[str, Any]:
    counted = getattr(value, "kind", "") in ("euros", "hours", "credit")
    found: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        each = getattr(value, field.name)
        wanted = field.name in (*_KEPT, *kept) or (field.name == "amount" and counted)
        if wanted or each != field.default:
            plain = list(each) if isinstance(each, tuple) else each
            found[_WORDS.get(field.name, field.name)] = plain
    return found


def write(exchange: Exchange) -> str:
    """The exchange as text that reads back to the same exchange."""
    return write_data(as_data(exchange))


def write_data(data: dict[str, Any]) -> str:
    """Data with the words of the text, as text; what a form has gathered may have mistakes in it."""
    plain = {key: value for key, value in data.items() if not _is_table(value)}
    lines = [f"{key} = {_value(value)}" for key, value in plain.items()]
    for key, value in data.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *(f"{word} = {_value(each)}" for word, each in value.items())]
        elif _is_table(value):
            for row in value:
                lines += ["", f"[[{key}]]"]
                lines += [f"{word} = {_value(each)}" for word, each in row.items()]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )


def _value(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, int):
        return str(value)
    text = json.dumps(str(value), ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


def digest(exchange: Exchange) -> str:
    """``sha256:`` and the digest of what is said, whatever the text looks like."""
    return "sha256:" + canonical.digest(as_data(exchange), about="exchange").hex()
