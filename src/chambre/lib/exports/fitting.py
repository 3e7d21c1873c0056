"""Tables that are wider than the page: cut between columns, the names of the rows repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chambre.lib.charts.text import text_width

PORTRAIT = 487.0
"""Width of the type area of an upright A4 page, in points."""
LANDSCAPE = 734.0
"""Width of the type area of a lying A4 page, in points."""

_SIZE = 8.8
_PADDING = 10.5
_SHORT = 40.0
_LONG = 140.0


def column_widths(columns: Sequence[dict[str, Any]], rows: Sequence[list[Any]]) -> list[float]:
    """The least width of each column, in points: figures in full, texts broken into lines.

    Args:
        columns: As the template reads them: ``title``, ``share`` (width in characters of a text, 0
            for figures and days).
        rows: As the template reads them: role, level, cells.
    """
    found = []
    for at, column in enumerate(columns):
        words = [*column["title"].split(" "), ""]
        least = max(text_width(word, _SIZE) for word in words) + _PADDING
        if column["share"]:
            least = max(least, min(max(column["share"] * 5.0, _SHORT), _LONG))
        else:
            longest = max((row[2][at] for row in rows), key=len, default="")
            least = max(least, text_width(longest, _SIZE) + _PADDING)
        found.append(least)
    return found


def cut_columns(
    columns: Sequence[dict[str, Any]], rows: Sequence[list[Any]], room: float
) -> list[list[int]]:
    """Which columns go into which piece of a table.

    The texts before the first figure name the rows and are in every piece.

    Args:
        columns: As for :func:`column_widths`.
        rows: As for :func:`column_widths`.
        room: Width of the page, in points.

    Returns:
        One list of positions per piece; a single one when all fits.
    """
    widths = column_widths(columns, rows)
    if sum(widths) <= room:
        return [list(range(len(columns)))]
    first = next((at for at, column in enumerate(columns) if not column["share"]), len(columns))
    names = list(range(first))
    used = sum(widths[:first])
    pieces: list[list[int]] = []
    filled = room + 1
    for at in range(first, len(columns)):
        if filled + widths[at] > room:
            pieces.append(list(names))
            filled = used
        pieces[-1].append(at)
        filled += widths[at]
    return pieces or [names]
