"""Offers and needs as a CSV file: ``person,kind,category,value``."""

from __future__ import annotations

import csv
import io

from chambre.lib.barter.meeting import MOST_VALUE, Wish
from chambre.lib.barter.refusing import BarterRefusal

COLUMNS = ("person", "kind", "category")


def read_wishes(data: bytes) -> tuple[list[Wish], list[Wish]]:
    """The offers and the needs of a file.

    The separator is a comma or a semicolon, whichever the first line has. ``value`` is in cents and
    may be empty or absent.

    Raises:
        BarterRefusal: A column is missing, a line cannot be read; says which.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BarterRefusal("utf8") from error
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    names = [name.strip().lower() for name in next(rows, [])]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise BarterRefusal("columns", missing=", ".join(missing))
    found: dict[str, dict[tuple[str, str, int | None], Wish]] = {"offer": {}, "need": {}}
    for row in rows:
        if any(cell.strip() for cell in row):
            kind, wish = _wish(dict(zip(names, row, strict=False)), rows.line_num)
            found[kind].setdefault((wish.person, wish.category, wish.value), wish)
    return list(found["offer"].values()), list(found["need"].values())


def _wish(row: dict[str, str], line: int) -> tuple[str, Wish]:
    cells = {name: (row.get(name) or "").strip() for name in (*COLUMNS, "value")}
    for column in COLUMNS:
        if not cells[column]:
            raise BarterRefusal("empty", line=line, column=column)
    kind = cells["kind"].lower()
    if kind not in {"offer", "need"}:
        raise BarterRefusal("kind", line=line, kind=cells["kind"])
    value = cells["value"]
    whole = value.isascii() and value.isdigit()
    if value and not (whole and len(value) <= 15 and int(value) <= MOST_VALUE):
        raise BarterRefusal("value", line=line, value=value, most=MOST_VALUE)
    person, category = cells["person"], cells["category"]
    # What a wish says is its key: the order of the lines shall make no difference.
    key = f"{category}\x1f{person}\x1f{value.zfill(15) if value else ''}"
    return kind, Wish(
        key=key, person=person, category=category, value=int(value) if value else None
    )
