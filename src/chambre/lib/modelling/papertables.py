"""Tables and drawings as the template of the presentation takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chambre.lib.charts import Chart
from chambre.lib.charts.paint import PAPER

Cells = dict[str, Any]
"""One row: its cells as text, and whether it stands out."""


def column(title: str, share: int = 0) -> dict[str, Any]:
    """A column: of words when it has a share of the width, else of figures."""
    return {"title": title, "share": share, "numeric": share == 0}


def row(*cells: str, strong: bool = False, lead: bool = False) -> Cells:
    """A row; a strong one with a single cell is a heading over all columns.

    Args:
        cells: Its texts.
        strong: The whole row stands out.
        lead: Its first cell does.
    """
    return {"cells": list(cells), "strong": strong, "lead": lead}


def table(
    columns: Sequence[dict[str, Any]],
    rows: Sequence[Cells],
    title: str = "",
    groups: Sequence[tuple[str, int]] = (),
) -> Cells:
    """A table with its title, which may be empty.

    Args:
        columns: From left to right.
        rows: From top to bottom.
        title: Its caption.
        groups: Headings over several columns, with how many; none or for all columns.
    """
    return {
        "title": title,
        "columns": list(columns),
        "rows": list(rows),
        "groups": [{"title": name, "span": span} for name, span in groups],
    }


def picture(chart: Chart, alt: str) -> dict[str, str]:
    """A drawing as the template takes it, on white."""
    svg = str(chart.svg).replace(f'="{PAPER}"', '="#ffffff"')
    return {"title": chart.table.caption, "svg": svg, "alt": alt}
