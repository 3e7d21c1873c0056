"""JSON: everything a report says, amounts as integers in smallest parts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date
from typing import Any

from chambre.lib.exports.model import Column, Report, Row, Table, Value


def json_chunks(report: Report) -> Iterator[bytes]:
    """Write a report piece by piece, one row per line.

    The object has ``title``, ``subject``, ``period``, ``issuer``, ``issued`` (UTC),
    ``provisional``, ``seal``, ``lead``, ``provenance`` and ``tables``; a table has ``columns``
    (``key``, ``title``, ``kind``, and of numbers ``unit`` and ``decimals``), ``rows`` and
    ``totals`` (each ``level``, ``role`` and ``cells`` by column key) and ``notes``.

    Raises:
        ExportError: A row that does not fit its columns, when it is reached.
    """
    head = {
        "title": report.title,
        "subject": report.subject,
        "period": report.period,
        "issuer": report.issuer,
        "issued": report.issued.astimezone(UTC).isoformat(),
        "language": report.language,
        "provisional": report.provisional,
        "seal": report.seal,
        "lead": list(report.lead),
        "provenance": [{"name": name, "text": text} for name, text in report.provenance],
    }
    yield (_dump(head)[:-1] + ',"tables":[').encode()
    for number, table in enumerate(report.tables):
        yield ("," if number else "").encode()
        yield from _table(table)
    yield b"]}\n"


def json_bytes(report: Report) -> bytes:
    """Write a report as a whole; see :func:`json_chunks`."""
    return b"".join(json_chunks(report))


def _table(table: Table) -> Iterator[bytes]:
    head = {
        "key": table.key,
        "title": table.title,
        "columns": [_column(column) for column in table.columns],
        "notes": list(table.notes),
    }
    yield (_dump(head)[:-1] + ',"rows":[').encode()
    foot = len(table.totals)
    held: list[Row] = []
    first = True
    for row in table.checked():
        held.append(row)
        if len(held) > foot:
            yield ("\n" if first else ",\n").encode() + _row(held.pop(0), table)
            first = False
    totals = b",".join(_row(row, table) for row in held)
    yield b'\n],"totals":[' + totals + b"]}"


def _column(column: Column) -> dict[str, Any]:
    shown: dict[str, Any] = {"key": column.key, "title": column.title, "kind": column.kind.value}
    if column.numeric:
        shown |= {"unit": column.unit, "decimals": column.decimals}
    return shown


def _row(row: Row, table: Table) -> bytes:
    cells = {
        column.key: _value(value) for column, value in zip(table.columns, row.cells, strict=True)
    }
    return _dump({"level": row.level, "role": row.role.value, "cells": cells}).encode()


def _value(value: Value) -> str | int | None:
    return value.isoformat() if isinstance(value, date) else value


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
