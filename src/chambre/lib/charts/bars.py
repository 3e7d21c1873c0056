"""Horizontal bars: amounts side by side, below zero too, with the period before if wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from chambre.lib.charts.canvas import Canvas
from chambre.lib.charts.legend import Entry, draw_legend
from chambre.lib.charts.text import fit, text_width, wrap
from chambre.lib.charts.ticks import nice_ticks


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the chart.

    Attributes:
        label: What is measured.
        value: Amount in minor units, negative for the other direction.
        previous: The same for the period before; absent when there is none.
        href: Where a click leads; empty for nowhere.
        tone: Colour 1 to 8 of a positive bar.
    """

    label: str
    value: int
    previous: int | None = None
    href: str = ""
    tone: int | None = None

    def __post_init__(self) -> None:
        checked_href(self.href)
        checked_tone(self.tone)


@dataclass(frozen=True, kw_only=True)
class Bars(Spec):
    """Amounts compared on one scale.

    A bar left of the zero line is negative; it also has its own colour. Where two periods are
    compared, the one before is the thin pale bar underneath.

    Attributes:
        header: Headings of the table: what, amount, and amount before if any bar has one; the
            last two are also the legend.
        bars: From top to bottom.
        format: Writes an amount.
        format_short: Writes an amount at the axis, shorter if wanted; ``format`` by default.
    """

    header: tuple[str, ...]
    bars: Sequence[Bar]
    format: Format
    format_short: Format | None = None

    @property
    def compared(self) -> bool:
        """Whether any bar has a period before."""
        return any(bar.previous is not None for bar in self.bars)

    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw the bars; see :meth:`Spec.draw`.

        Raises:
            ValueError: The headings are not as many as the columns.
        """
        canvas = Canvas("bars", self, prefix=prefix, width=width)
        table = self._table()
        if not self.bars:
            return canvas.finish(canvas.nothing(), table)
        return canvas.finish(_Drawing(self, canvas).draw(), table)

    def _table(self) -> ChartTable:
        if len(self.header) != (3 if self.compared else 2):
            raise ValueError(f"{self.header} does not name the columns of “{self.title}”")
        rows = []
        for bar in self.bars:
            cells = [Cell(bar.label, bar.label), Cell(bar.value, self.format(bar.value), bar.href)]
            if self.compared:
                before = "" if bar.previous is None else self.format(bar.previous)
                cells.append(Cell(bar.previous, before))
            rows.append(tuple(cells))
        return ChartTable(self.title, self.header, tuple(rows))


class _Drawing:
    """One drawing: scale, axis and rows."""

    def __init__(self, spec: Bars, canvas: Canvas) -> None:
        self.spec = spec
        self.canvas = canvas
        self.size = 12.5 if canvas.compact else 14.0
        values = [bar.value for bar in spec.bars]
        values += [bar.previous for bar in spec.bars if bar.previous is not None]
        self.ticks = nice_ticks(min(values), max(values), 2 if canvas.compact else 5)
        self.labels = [self._label(bar) for bar in spec.bars]
        self.write = spec.format_short or spec.format
        self.left, self.right = 2.0, canvas.width - 2.0
        if not canvas.compact:
            self._make_room()
        self.top = 0.0

    def _label(self, bar: Bar) -> list[str]:
        """The label in the lines that there is room for."""
        amount = text_width(self.spec.format(bar.value), self.size)
        if self.canvas.compact:
            return [fit(bar.label, self.size, self.canvas.width - amount - 16)]
        return wrap(bar.label, self.size, self.canvas.width * 0.3, 2)

    def _make_room(self) -> None:
        """Bring the ends of the scale in until labels and amounts stand beside the bars."""
        labels = max(text_width(line, self.size) for lines in self.labels for line in lines)
        start = labels + 14
        self.left = start
        self.right -= text_width(self.write(self.ticks[-1]), 12) / 2
        for _ in range(4):
            for bar in self.spec.bars:
                room = text_width(self.spec.format(bar.value), self.size) + 10
                if bar.value < 0:
                    self.left += max(start + room - self.x(bar.value), 0)
                else:
                    self.right -= max(self.x(bar.value) + room - self.canvas.width, 0)

    def x(self, value: int) -> float:
        """Where an amount is on the scale."""
        first, last = self.ticks[0], self.ticks[-1]
        return self.left + (value - first) / (last - first) * (self.right - self.left)

    def draw(self) -> float:
        """Write everything; returns the height."""
        if self.spec.compared:
            entries = [
                Entry(self.spec.header[1], "chart-fill-1"),
                Entry(self.spec.header[2], "chart-previous"),
            ]
            self.top = draw_legend(self.canvas, entries, size=self.size - 1) + 8
        bar_height = 15.0 if self.canvas.compact else 20.0
        row = bar_height + (8 if self.spec.compared else 0)
        row += 34 if self.canvas.compact else 12
        if max(map(len, self.labels)) > 1:
            row = max(row, self.size * 2.9)
        bottom = self.top + row * len(self.spec.bars)
        self._draw_grid(bottom)
        for position, bar in enumerate(self.spec.bars):
            words = self._words(bar)
            with self.canvas.link(bar.href, words):
                self._draw_row(position, self.top + position * row, bar_height, words)
        return bottom + (4 if self.canvas.compact else 24)

    def _words(self, bar: Bar) -> str:
        words = f"{bar.label}, {self.spec.format(bar.value)}"
        if bar.previous is not None:
            words += f" ({self.spec.header[2]}, {self.spec.format(bar.previous)})"
        return words

    def _draw_grid(self, bottom: float) -> None:
        canvas, free = self.canvas, 0.0
        for tick in self.ticks if not canvas.compact else []:
            x, label = self.x(tick), self.write(tick)
            canvas.line(x, self.top, x, bottom, "chart-grid")
            half = text_width(label, 12) / 2
            if x - half < free:
                continue
            canvas.text(
                x,
                bottom + 17,
                label,
                "chart-soft",
                "chart-number",
                size=12,
                text_anchor="middle",
            )
            free = x + half + 12
        canvas.line(self.x(0), self.top, self.x(0), bottom, "chart-axis")

    def _draw_row(self, position: int, top: float, height: float, words: str) -> None:
        canvas, size, lines = self.canvas, self.size, self.labels[position]
        bar = self.spec.bars[position]
        amount = self.spec.format(bar.value)
        y = top + 6
        if canvas.compact:
            canvas.text(2, y + size, lines[0], "chart-text", "chart-halo", size=size)
            x, anchor, base = canvas.width - 2.0, "end", y + size
            y += size + 7
        else:
            anchor = "end" if bar.value < 0 else "start"
            x = self.x(bar.value) + (-7 if bar.value < 0 else 7)
            base = y + height / 2 + size * 0.36
            first = base - (len(lines) - 1) * size * 0.61
            canvas.lines(0, first, lines, "chart-text", size=size)
        self._draw_bars(bar, y, height, words)
        canvas.text(
            x,
            base,
            amount,
            "chart-text",
            "chart-number",
            "chart-halo",
            size=size,
            text_anchor=anchor,
        )

    def _draw_bars(self, bar: Bar, y: float, height: float, words: str) -> None:
        paint = f"chart-fill-{bar.tone or 1}" if bar.value >= 0 else "chart-minus"
        self._draw_bar(bar.value, y, height, paint, words)
        if bar.previous is not None:
            self._draw_bar(bar.previous, y + height + 1, 7, "chart-previous", words)

    def _draw_bar(self, value: int, y: float, height: float, paint: str, words: str) -> None:
        zero, end = self.x(0), self.x(value)
        wide = max(abs(end - zero), 1.0 if value else 0.0)
        self.canvas.rect(zero if value >= 0 else zero - wide, y, wide, height, paint, title=words)
