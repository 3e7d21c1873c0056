"""From what was typed in the cells of a form to a contract.

What was typed is never lost: a cell that cannot be read keeps its words and has an error beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from chambre.lib.money import MoneyRefusal, account_unit
from chambre.lib.reciprocity.values import decimal, write_decimal
from chambre.rooms.reciprocity.forms.clauses import BLOCKS, Block, Cell

MOST_ROWS = 60
LONGEST = 4_000
Typed = dict[str, list[dict[str, Any]]]
"""Block → its rows → cell → what was typed: text, a list of words, or rows."""

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class _Wrong(ValueError):
    """A cell that cannot be read; its text says what to do."""


@dataclass(slots=True)
class Filled:
    """What a form says.

    Attributes:
        data: With the words of the language, for :func:`chambre.lib.reciprocity.read_data`.
        errors: Messages by the name of the cell (``step-0-share``).
        places: Path of the language → name of the cell that says it.
    """

    data: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def parts_of(unit: str) -> int:
    """How many smallest parts a unit has: 100 for EUR; 100 for one that is not known."""
    try:
        return account_unit(unit.strip() or "EUR").parts
    except MoneyRefusal:
        return 100


def scale_of(kind: str, row: Mapping[str, Any], parts: int) -> int:
    """By what a typed number is multiplied: amounts are typed in whole units, kept in the smallest."""
    if kind in ("money", "amounts", "each"):
        return parts
    if kind in ("rate", "floor"):
        return parts if row.get("kind", "money") in ("money", "") else 1
    if kind == "limit":
        return parts if row.get("trigger") in ("sale", "margin") else 1
    return 1


# ── from what was sent to the cells ──────────────────────────────────────────────────────────


def typed_of(sent: Any) -> Typed:
    """What was typed, from a form that was sent (a ``QueryDict``)."""
    found: Typed = {}
    for block in BLOCKS:
        many = _count(sent, f"{block.name}-rows") if block.many else 1
        found[block.name] = [
            {cell.name: _sent(cell, prefix, sent) for cell in block.cells}
            for number in range(many)
            for prefix in (f"{block.name}-{number}" if block.many else block.name,)
        ]
    return found


def _count(sent: Any, name: str) -> int:
    text = sent.get(name, "0")
    return min(int(text), MOST_ROWS) if text.isdigit() and len(text) < 4 else 0


def _sent(cell: Cell, prefix: str, sent: Any) -> Any:
    name = f"{prefix}-{cell.name}"
    if cell.kind == "rows":
        rows = [
            {sub.name: _sent(sub, f"{name}-{number}", sent) for sub in cell.cells}
            for number in range(_count(sent, f"{name}-rows"))
        ]
        return [row for row in rows if not _blank(row, cell)]
    if cell.kind in ("many", "who", "owed"):
        return [each[:80].replace("\0", "") for each in sent.getlist(name)[:200]]
    return sent.get(name, "")[:LONGEST].replace("\0", "").replace("\r\n", "\n").strip()


def _blank(row: Mapping[str, Any], cell: Cell) -> bool:
    """Whether nothing was typed in a row: choices that say the usual do not count."""
    return all(
        not row[sub.name] or (sub.kind == "choice" and row[sub.name] == sub.default)
        for sub in cell.cells
    )


# ── from the cells to a contract ─────────────────────────────────────────────────────────────


def filled(typed: Typed, kept: Mapping[str, Any]) -> Filled:
    """What the cells say, with the words of the language.

    Args:
        typed: What stands in the cells.
        kept: What the form has no cells for: short name, source, lineage.
    """
    found = Filled(data=dict(kept))
    parts = parts_of(typed[""][0].get("unit", "EUR") if typed.get("") else "EUR")
    for block in BLOCKS:
        tables = []
        for number, row in enumerate(typed.get(block.name, [])):
            prefix = f"{block.name}-{number}" if block.many else block.name
            path = f"{block.name}[{number + 1}]" if block.many else block.name
            table = _table(block, row, prefix, path, parts, found)
            tables.append(table)
            found.places.setdefault(path, prefix)
        if block.many:
            if tables:
                found.data[block.name] = tables
        elif not block.name:
            found.data |= tables[0] if tables else {}
        elif tables and tables[0]:
            found.data[block.name] = tables[0]
    return found


def _table(
    block: Block, row: Mapping[str, Any], prefix: str, path: str, parts: int, found: Filled
) -> dict[str, Any]:
    table: dict[str, Any] = {}
    fitting = block.fitting.get(str(row.get("how", "")))
    for cell in block.cells:
        if fitting is not None and cell.name not in fitting:
            continue
        name = f"{prefix}-{cell.name}"
        word = cell.name.partition(".")[0]
        where = f"{path}.{word}".lstrip(".")
        found.places.setdefault(where, name)
        if cell.name == "tests":
            _tests(row.get("tests", []), table, name, path, found)
        elif cell.kind == "rows":
            _rows(cell, row, table, name, where, parts, found)
        else:
            _put(cell, row, table, name, parts, found, row)
    return table


def _rows(
    cell: Cell, row: Mapping[str, Any], table: dict[str, Any], name: str, where: str, parts: int,
    found: Filled,
) -> None:  # fmt: skip
    rows = []
    for number, each in enumerate(row.get(cell.name, [])):
        one: dict[str, Any] = {}
        for sub in cell.cells:
            found.places[f"{where}[{number + 1}].{sub.name}"] = f"{name}-{number}-{sub.name}"
            _put(sub, each, one, f"{name}-{number}-{sub.name}", parts, found, row)
        found.places[f"{where}[{number + 1}]"] = f"{name}-{number}-{cell.cells[-1].name}"
        if cell.name == "count":
            one.setdefault("kind", "contribution")
        rows.append(one)
    if rows:
        table[cell.name] = rows


def _put(
    cell: Cell, row: Mapping[str, Any], table: dict[str, Any], name: str, parts: int, found: Filled,
    around: Mapping[str, Any],
) -> None:  # fmt: skip
    """Write what a cell says, if it says anything."""
    word, _dot, language = cell.name.partition(".")
    try:
        value = _value(cell, row.get(cell.name, ""), scale_of(cell.kind, around, parts))
    except _Wrong as wrong:
        found.errors.setdefault(name, []).append(str(wrong))
        return
    if value is None:
        return
    if language:
        table.setdefault(word, {})[language] = value
    else:
        table[word] = value


def _value(cell: Cell, typed: Any, scale: int) -> Any:
    """What a cell says; None where it says nothing.

    Raises:
        _Wrong: It cannot be read.
    """
    if isinstance(typed, list):
        chosen = [each for each in typed if each]
        return None if not chosen or chosen == [cell.default] else chosen
    text = str(typed).strip()
    if not text or (text == cell.default and cell.kind != "line"):
        return None
    read: Callable[[], Any] | None = {
        "words": lambda: [each for part in text.split(",") if (each := part.strip())],
        "weights": lambda: _weights(text),
        "amounts": lambda: _amounts(text, scale),
        "each": lambda: _amounts(text, scale) if "=" in text else _minor(text, scale),
        "money": lambda: _minor(text, scale),
        "rate": lambda: _rate(text, scale),
        "limit": lambda: _number(text, scale),
        "floor": lambda: _number(text, scale),
        "share": lambda: _share(text),
        "whole": lambda: _whole(text),
        "months": lambda: int(text) if text.isdigit() and len(text) < 6 else text,
        "day": lambda: _day(text),
    }.get(cell.kind)
    return read() if read is not None else text


def _plain(text: str) -> str:
    """A number as people type it, for a machine: ``1 200,50 €`` is ``1200.50``."""
    return re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")


def _exact(text: str) -> Fraction:
    number = decimal(_plain(text))
    if number is None or number < 0:
        raise _Wrong(_("Type a number such as 1234,56."))
    return number


def _number(text: str, scale: int) -> int | str:
    number = _exact(text) * scale
    return int(number) if number.denominator == 1 else write_decimal(number)


def _minor(text: str, scale: int) -> int:
    number = _exact(text) * scale
    if number.denominator != 1:
        places = len(str(scale)) - 1
        raise _Wrong(_("No more than %(places)s decimals.") % {"places": places})
    return int(number)


def _rate(text: str, scale: int) -> int | str:
    if text.endswith("%"):
        return f"{_plain(text[:-1])}%"
    return _number(text, scale)


def _share(text: str) -> str:
    plain = _plain(text)
    if re.fullmatch(r"\d+(\.\d+)?", plain):
        return f"{plain}%"
    return plain


def _whole(text: str) -> int:
    plain = _plain(text)
    if not re.fullmatch(r"\d{1,12}", plain):
        raise _Wrong(_("Type a whole number."))
    return int(plain)


def _day(text: str) -> dt.date:
    found = _DAY.fullmatch(text)
    french = _FRENCH_DAY.fullmatch(text)
    try:
        if found:
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if french:
            return dt.date(int(french[3]), int(french[2]), int(french[1]))
    except ValueError:
        pass
    raise _Wrong(_("Type a day such as 31/12/2026."))


def _weights(text: str) -> list[str] | dict[str, int]:
    pieces = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if not any("=" in piece for piece in pieces):
        return pieces
    found = {}
    for piece in pieces:
        name, _equals, weight = (part.strip() for part in piece.partition("="))
        if not name or not weight.isdigit() or len(weight) > 12:
            raise _Wrong(_("Names by commas, or each with a whole weight: a = 60, b = 40."))
        found[name] = int(weight)
    return found


def _amounts(text: str, scale: int) -> dict[str, int]:
    found = {}
    for line in re.split(r"[;\n]", text):
        if not line.strip():
            continue
        name, equals, amount = (part.strip() for part in line.partition("="))
        if not name or not equals:
            raise _Wrong(_("A name and an amount a line: alix = 1 200,00."))
        found[name] = _minor(amount, scale)
    return found


def _tests(
    rows: list[dict[str, str]], table: dict[str, Any], name: str, path: str, found: Filled
) -> None:
    """The tests of a class, under all, any and none."""
    for number, row in enumerate(rows):
        mode, word = row.get("mode") or "all", row.get("word", "")
        cell = f"{name}-{number}-value"
        if not word:
            found.errors.setdefault(f"{name}-{number}-word", []).append(_("Choose a test."))
            continue
        tests = table.setdefault(mode if mode in ("any", "none") else "all", [])
        where = f"{path}.{mode}[{len(tests) + 1}]"
        found.places |= {where: cell, f"{where}.{word}": cell}
        for part, to in (("at_least", "value"), ("unit", "unit"), ("months", "months")):
            found.places[f"{where}.{word}.{part}"] = f"{name}-{number}-{to}"
        try:
            tests.append({word: _test_value(word, row)})
        except _Wrong as wrong:
            found.errors.setdefault(cell, []).append(str(wrong))
    if not rows:
        table["all"] = []


def _test_value(word: str, row: Mapping[str, str]) -> Any:
    value = row.get("value", "").strip()
    if word in ("contributed", "used"):
        found: dict[str, Any] = {}
        if value:
            found["at_least"] = _plain(value)
        if row.get("unit"):
            found["unit"] = row["unit"]
        if row.get("months"):
            found["months"] = _whole(row["months"])
        return found
    if word in ("size_at_most", "size_at_least", "member_months"):
        return _whole(value)
    return [each for part in value.split(",") if (each := part.strip())]
