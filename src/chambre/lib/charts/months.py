"""Months: amounts per month as lines, areas or columns, on an axis of round numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chambre.lib.charts.base import (
    WIDE,
    Cell,
    Chart,
    ChartTable,
    Format,
    Spec,
    checked_href,
    checked_tone,
)
from chambre.lib.charts.canvas import Canvas, number
from chambre.lib.charts.legend import Entry, draw_legend
from chambre.lib.charts.text import text_width
from chambre.lib.charts.ticks import nice_ticks

_DASHES = ("0", "7 4", "2 4", "10 4 2 4")
_DOTS_UP_TO = 36


@dataclass(frozen=True, slots=True)
class MonthSeries:
    """One amount per month.

    Attributes:
        label: What it is.
        values: In minor units, one per month; absent where nothing is known.
        shape: A line, a line with its area down to zero, or a column.
        tone: Colour 1 to 8; by default in order.
    """

    label: str
    values: Sequence[int | None]
    shape: Literal["line", "area", "column"] = "line"
    tone: int | None = None

    def __post_init__(self) -> None:
        checked_tone(self.tone)


@dataclass(frozen=True, kw_only=True)
class Months(Spec):
    """Income and expenses over time, month by month.

    Lines differ by their dashes too, and not by colour alone.

    Attributes:
        header: Heading of the months in the table; the series bring their own.
        months: First day of each month, increasing; not necessarily every month.
        series: Each with as many values as there are months.
        format: Writes an amount.
        format_short: Writes an amount at the axis, shorter if wanted; ``format`` by default.
        format_month: Writes a month in full (table, what the pointer shows).
        short_month: Writes a month at the axis, in a few letters.
        hrefs: Where each month leads; empty, or one per month.
    """

    header: str
    months: Sequence[date]
    series: Sequence[MonthSeries]
    format: Format
    format_month: Callable[[date], str]
    short_month: Callable[[date], str]
    format_short: Format | None = None
    hrefs: Sequence[str] = ()

    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw the months; see :meth:`Spec.draw`.

        Raises:
            ValueError: Months out of order, or a series or the addresses do not match them.
        """
        self._check()
        canvas = Canvas("months", self, prefix=prefix, width=width)
        table = self._table()
        if not any(value is not None for row in self.series for value in row.values):
            return canvas.finish(canvas.nothing(), table)
        return canvas.finish(_Drawing(self, canvas).draw(), table)

    def _check(self) -> None:
        count = len(self.months)
        if any(
            after <= before for before, after in zip(self.months, self.months[1:], strict=False)
        ):
            raise ValueError(f"the months of “{self.title}” are out of order")
        for row in self.series:
            if len(row.values) != count:
                raise ValueError(f"“{row.label}” has {len(row.values)} values for {count} months")
        if len(self.hrefs) not in {0, count}:
            raise ValueError(f"{len(self.hrefs)} addresses for {count} months")
        for href in self.hrefs:
            checked_href(href)

    def _table(self) -> ChartTable:
        rows = []
        for at, month in enumerate(self.months):
            cells = [Cell(month, self.format_month(month), self.hrefs[at] if self.hrefs else "")]
            for row in self.series:
                value = row.values[at]
                cells.append(Cell(value, "" if value is None else self.format(value)))
            rows.append(tuple(cells))
        header = (self.header, *(row.label for row in self.series))
        return ChartTable(self.title, header, tuple(rows))


class _Drawing:
    """One drawing: axis, months and series."""

    def __init__(self, spec: Months, canvas: Canvas) -> None:
        self.spec = spec
        self.canvas = canvas
        self.size = 11.5 if canvas.compact else 13.0
        self.plot = 190.0 if canvas.compact else 300.0
        self.write = spec.format_short or spec.format
        values = [value for row in spec.series for value in row.values if value is not None]
        self.ticks = nice_ticks(min(values), max(values), 4 if canvas.compact else 5)
        self.left = max(text_width(self.write(tick), self.size) for tick in self.ticks) + 10
        self.right = canvas.width - 8.0
        self.top = 0.0
        self.step = (self.right - self.left) / len(spec.months)
        self.tones = [row.tone or at % 8 + 1 for at, row in enumerate(spec.series)]
        lines = [at for at, row in enumerate(spec.series) if row.shape != "column"]
        self.dashes = {at: _DASHES[rank % len(_DASHES)] for rank, at in enumerate(lines)}

    def x(self, at: int) -> float:
        """Middle of a month."""
        return self.left + self.step * (at + 0.5)

    def y(self, value: int) -> float:
        """Where an amount is on the axis."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.top + self.plot * (high - value) / (high - low)

    def draw(self) -> float:
        """Write everything; returns the height."""
        entries = [
            Entry(row.label, f"chart-fill-{tone}")
            if row.shape == "column"
            else Entry(row.label, f"chart-stroke-{tone}", dash=self.dashes[at])
            for at, (row, tone) in enumerate(zip(self.spec.series, self.tones, strict=True))
        ]
        self.top = draw_legend(self.canvas, entries, size=self.size) + 14
        self._draw_grid()
        for at in self.dashes:
            if self.spec.series[at].shape == "area":
                self._draw_area(at)
        self._draw_columns()
        for at in self.dashes:
            self._draw_line(at)
        self._draw_pointers()
        return self._draw_months()

    def _draw_grid(self) -> None:
        for tick in self.ticks:
            y = self.y(tick)
            paint = "chart-axis" if tick == 0 else "chart-grid"
            self.canvas.line(self.left, y, self.right, y, paint)
            self.canvas.text(
                self.left - 8,
                y + self.size * 0.35,
                self.write(tick),
                "chart-soft",
                "chart-number",
                size=self.size,
                text_anchor="end",
            )

    def _draw_columns(self) -> None:
        rows = [at for at in range(len(self.spec.series)) if at not in self.dashes]
        if not rows:
            return
        wide = min(self.step * 0.8 / len(rows), 34.0)
        zero = self.y(0)
        for rank, at in enumerate(rows):
            shift = (rank - len(rows) / 2) * wide
            for month, value in enumerate(self.spec.series[at].values):
                if value:
                    y = self.y(value)
                    self.canvas.rect(
                        self.x(month) + shift,
                        min(y, zero),
                        max(wide - 1, 0.75),
                        max(abs(y - zero), 0.75),
                        f"chart-fill-{self.tones[at]}",
                    )

    def _draw_area(self, at: int) -> None:
        zero = number(self.y(0))
        for run in _runs(self.spec.series[at].values):
            there = "L".join(f"{number(self.x(m))} {number(self.y(value))}" for m, value in run)
            first, last = number(self.x(run[0][0])), number(self.x(run[-1][0]))
            self.canvas.path(
                f"M{first} {zero}L{there}L{last} {zero}Z",
                "chart-area",
                f"chart-fill-{self.tones[at]}",
            )

    def _draw_line(self, at: int) -> None:
        row, tone, dash = self.spec.series[at], self.tones[at], self.dashes[at]
        for run in _runs(row.values):
            points = [(self.x(month), self.y(value)) for month, value in run]
            if len(points) > 1:
                there = "L".join(f"{number(x)} {number(y)}" for x, y in points)
                self.canvas.path(
                    f"M{there}",
                    f"chart-stroke-{tone}",
                    "chart-curve",
                    stroke_dasharray="" if dash == "0" else dash,
                )
            if len(points) == 1 or len(row.values) <= _DOTS_UP_TO:
                for x, y in points:
                    radius = 2.4 if self.canvas.compact else 3.2
                    self.canvas.circle(x, y, radius, f"chart-fill-{tone}", "chart-edge")

    def _draw_pointers(self) -> None:
        """Over each month an invisible strip that says its amounts and can be opened."""
        for at, month in enumerate(self.spec.months):
            known = [
                f"{row.label}, {self.spec.format(value)}"
                for row in self.spec.series
                if (value := row.values[at]) is not None
            ]
            if not known:
                continue
            words = f"{self.spec.format_month(month)}: " + "; ".join(known)
            with self.canvas.link(self.spec.hrefs[at] if self.spec.hrefs else "", words):
                self.canvas.rect(
                    self.x(at) - self.step / 2,
                    self.top,
                    self.step,
                    self.plot,
                    fill="none",
                    pointer_events="all",
                    title=words,
                )

    def _draw_months(self) -> float:
        """Names of the months as far as there is room, and the years under them."""
        base = self.top + self.plot + self.size + 6
        widest = max(
            text_width(self.spec.short_month(month), self.size) for month in self.spec.months
        )
        free_month = free_year = 0.0
        year = 0
        for at, month in enumerate(self.spec.months):
            x = self.x(at)
            if x - widest / 2 >= free_month and x + widest / 2 <= self.canvas.width:
                self.canvas.text(
                    x,
                    base,
                    self.spec.short_month(month),
                    "chart-soft",
                    size=self.size,
                    text_anchor="middle",
                )
                free_month = x + widest / 2 + 5
            if month.year != year:
                year = month.year
                free_year = self._draw_year(at, year, base, free_year)
        return base + self.size + 10

    def _draw_year(self, at: int, year: int, base: float, free: float) -> float:
        start = self.left + self.step * at
        if at:
            self.canvas.line(start, self.top, start, base + self.size + 6, "chart-grid")
        wide = text_width(str(year), self.size)
        if start + 4 >= free and start + 4 + wide <= self.canvas.width:
            self.canvas.text(
                start + 4,
                base + self.size + 4,
                str(year),
                "chart-text",
                "chart-number",
                size=self.size,
            )
            return start + 4 + wide + 8
        return free


def _runs(values: Sequence[int | None]) -> list[list[tuple[int, int]]]:
    """Stretches of known values with their positions."""
    runs: list[list[tuple[int, int]]] = []
    open_run = False
    for at, value in enumerate(values):
        if value is None:
            open_run = False
            continue
        if not open_run:
            runs.append([])
            open_run = True
        runs[-1].append((at, value))
    return runs
