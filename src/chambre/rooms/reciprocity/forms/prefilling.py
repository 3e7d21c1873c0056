"""From a contract to what stands in the cells of its form; the way back is :mod:`.filling`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from chambre.lib.reciprocity.values import decimal, write_decimal
from chambre.rooms.reciprocity.forms.clauses import BLOCKS, Block, Cell
from chambre.rooms.reciprocity.forms.filling import Typed, parts_of, scale_of


def typed_from(data: Mapping[str, Any]) -> Typed:
    """What stands in the cells for a contract's data (``as_data``)."""
    parts = parts_of(str(data.get("unit", "EUR")))
    found: Typed = {}
    for block in BLOCKS:
        if not block.name:
            tables = [data]
        else:
            table = data.get(block.name, [] if block.many else {})
            tables = list(table) if block.many else [table]
        found[block.name] = [_row_from(block, table, parts) for table in tables]
    return found


def _row_from(block: Block, table: Mapping[str, Any], parts: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for cell in block.cells:
        if cell.name == "tests":
            row["tests"] = _tests_from(table)
        elif cell.kind == "rows":
            row[cell.name] = [
                {sub.name: _cell_from(sub, each, parts, table) for sub in cell.cells}
                for each in table.get(cell.name, [])
            ]
        else:
            row[cell.name] = _cell_from(cell, table, parts, table)
    return row


def _cell_from(cell: Cell, table: Mapping[str, Any], parts: int, row: Mapping[str, Any]) -> Any:
    word, _dot, language = cell.name.partition(".")
    value = table.get(word)
    if language:
        value = value.get(language, "") if isinstance(value, Mapping) else value
    if value is None:
        return cell.default.split() if cell.kind == "who" and cell.default else cell.default
    scale = scale_of(cell.kind, row, parts)
    if cell.kind in ("many", "who", "owed"):
        return list(value) if isinstance(value, list) else [value]
    if cell.kind == "words":
        return ", ".join(value) if isinstance(value, list) else str(value)
    if cell.kind in ("weights", "amounts", "each") and isinstance(value, Mapping):
        shown = {name: _scaled(each, scale) for name, each in value.items()}
        joint = ", " if cell.kind == "weights" else "\n"
        return joint.join(f"{name} = {each}" for name, each in shown.items())
    if cell.kind == "weights":
        return ", ".join(value) if isinstance(value, list) else str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if scale != 1 and not str(value).endswith("%"):
        return _scaled(value, scale)
    return str(value)


def _scaled(value: Any, scale: int) -> str:
    """A kept number as it is typed: ``5000`` cents are ``50``."""
    number = decimal(str(value))
    if number is None:
        return str(value)
    return write_decimal(number / scale)


def _tests_from(table: Mapping[str, Any]) -> list[dict[str, str]]:
    rows = []
    for mode in ("all", "any", "none"):
        for test in table.get(mode, []):
            for word, value in test.items():
                row = {"mode": mode, "word": word, "value": "", "unit": "", "months": ""}
                if isinstance(value, Mapping):
                    row["value"] = str(value.get("at_least", ""))
                    row["unit"] = str(value.get("unit", ""))
                    row["months"] = str(value.get("months", ""))
                else:
                    row["value"] = ", ".join(value) if isinstance(value, list) else str(value)
                rows.append(row)
    return rows
