"""The register as CSV: one line per record, one column per field, the same way out and in.

Semicolons, UTF-8 with a byte order mark and CRLF, as spreadsheets in France open them. What repeats
has a column for each part of each row, ``places/1/name``, ``places/1/postcode``, ``places/2/name``;
words of a list are separated by `` | ``. An empty cell says that there is nothing (but for name and
kind, which must be said); a missing column says nothing. A cell that a spreadsheet would take for a
formula gets an apostrophe in front, which is taken away again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from chambre.registry import record as schema
from chambre.registry.agent_record import FIELDS
from chambre.registry.errors import UnreadableFile
from chambre.registry.exchange.entries import MAX_ENTRIES, Entry

HEAD = ("slug", "uid", "uri", "chamber", "standing")
AGENT_HEAD = ("slug", "kind", "chamber")
ASSESSMENT = ("principle", "answer", "comment", "evidence_kind", "evidence", "on", "capacity")
"""Columns of a row of ``assessments``."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")
_CELL = re.compile(r"([a-z_]+)/([1-9][0-9]{0,2})/([a-z_]+)")


def _guard(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _unguard(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def _join(words: list[str]) -> str:
    return " | ".join(word.replace("\\", "\\\\").replace("|", "\\|") for word in words)


def _split(text: str) -> list[str]:
    words, word, escaped = [], "", False
    for character in text:
        if escaped:
            word, escaped = word + character, False
        elif character == "\\":
            escaped = True
        elif character == "|":
            words.append(word)
            word = ""
        else:
            word += character
    return [found for each in [*words, word] if (found := each.strip())]


def _row_columns() -> dict[str, tuple[str, ...]]:
    """The columns of what repeats, by the list's name."""
    found = {
        rows.name: tuple(column.name for column in rows.columns)
        + (("number",) if rows.name == "wishes" else ())
        for rows in schema.rows()
    }
    return {**found, "assessments": ASSESSMENT}


def write(entries: Iterable[Entry], about: str) -> bytes:
    """Resources or agents as a CSV file.

    Args:
        entries: The records.
        about: ``resource`` or ``agent``.
    """
    listed = list(entries)
    columns = _columns(listed) if about == "resource" else [*AGENT_HEAD, *FIELDS]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for entry in listed:
        writer.writerow([_cell(entry.values, column) for column in columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _columns(entries: list[Entry]) -> list[str]:
    columns = list(HEAD)
    parts = _row_columns()
    for name in [*schema.fields(), "assessments"]:
        if name not in parts:
            columns.append(name)
            continue
        longest = max((len(entry.values.get(name, [])) for entry in entries), default=0)
        # One empty row at least, so that a column that is there says "none".
        for number in range(1, max(longest, 1) + 1):
            columns += [f"{name}/{number}/{part}" for part in parts[name]]
    return columns


def _cell(values: dict[str, Any], column: str) -> str:
    name, _slash, rest = column.partition("/")
    value: Any = values.get(name, "")
    if rest:
        number, _slash, part = rest.partition("/")
        rows = value or []
        value = rows[int(number) - 1].get(part, "") if int(number) <= len(rows) else ""
    elif isinstance(value, list):
        value = _join(value)
    return _guard("" if value is None else str(value))


def read(content: bytes) -> list[Entry]:
    """The records of a CSV file: structures if it has a column ``siren``, else resources.

    Commas, semicolons and tabs are understood as separators, UTF-8 and Windows-1252 as encodings.

    Raises:
        UnreadableFile: It is not a table with a column ``slug`` or ``name``, or it is too long.
    """
    text = _decode(content)
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip() for name in next(reader, [])]
        about = _check_columns(columns)
        entries: list[Entry] = []
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(entries) == MAX_ENTRIES:
                raise UnreadableFile(
                    _("At most %(limit)s records at once.") % {"limit": MAX_ENTRIES}
                )
            entries.append(_entry(about, reader.line_num, columns, row))
    except csv.Error as error:
        raise UnreadableFile(
            _("Line %(line)s cannot be read: %(error)s.")
            % {"line": reader.line_num, "error": error}
        ) from error
    return entries


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFile(_("This is not text in UTF-8 or Windows-1252."))


def _check_columns(columns: list[str]) -> str:
    known = {*HEAD, *schema.fields()}
    parts = _row_columns()
    about = "agent" if "siren" in columns else "resource"
    if about == "agent":
        known = {*AGENT_HEAD, *FIELDS}
    wrong = []
    for column in columns:
        match = _CELL.fullmatch(column)
        inside = match is not None and match[3] in parts.get(match[1], ())
        if not (column in known and column not in parts) and not (about == "resource" and inside):
            wrong.append(column)
    if wrong:
        raise UnreadableFile(
            _("These columns are not known: %(columns)s.")
            % {"columns": ", ".join(name[:40] or "?" for name in wrong[:10])},
            columns=wrong[:50],
        )
    if len(set(columns)) != len(columns):
        raise UnreadableFile(_("A column is there twice."))
    if not {"slug", "name"} & set(columns):
        raise UnreadableFile(_("There is no column “slug” and no column “name”."))
    return about


def _entry(about: str, line: int, columns: list[str], cells: list[str]) -> Entry:
    entry = Entry(about, line, {})
    if len(cells) > len(columns):
        entry.problems.append(_("There are more cells than columns."))
    cells = [_unguard(cell) for cell in cells] + [""] * (len(columns) - len(cells))
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for column, cell in zip(columns, cells, strict=False):
        match = _CELL.fullmatch(column)
        if match:
            rows.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = cell
        elif cell.strip() == "" and column in ("name", "kind"):
            continue  # what must be said cannot be taken back
        elif isinstance(schema.fields().get(column), schema.Words) and about == "resource":
            entry.values[column] = _split(cell)
        else:
            entry.values[column] = cell
    for name, numbered in rows.items():
        listed = [numbered[number] for number in sorted(numbered)]
        entry.values[name] = [
            row for row in listed if any(str(cell).strip() for cell in row.values())
        ]
    if "assessments" in entry.values:
        entry.values["assessments"] = [_assessment(row) for row in entry.values["assessments"]]
    return entry


def _assessment(row: dict[str, Any]) -> dict[str, Any]:
    """Numbers of an assessment as numbers; what is none is left for the check to refuse."""
    return {
        name: int(value)
        if name in ("principle", "answer") and re.fullmatch("[0-9]", value)
        else value
        for name, value in row.items()
    }
