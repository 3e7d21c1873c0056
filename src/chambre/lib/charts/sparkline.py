"""Sparkline: a trend the size of a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chambre.lib.charts.base import Cell, Chart, ChartTable, Format, Spec, checked_tone
from chambre.lib.charts.canvas import Canvas, number

_HEIGHT = 40


@dataclass(frozen=True, kw_only=True)
class Sparkline(Spec):
    """A line without axes whose last point is marked; zero is a faint line if it is in sight.

    Attributes:
        header: Headings of the table: when, amount.
        labels: One per value.
        values: In minor units, in order of time.
        format: Writes an amount.
        tone: Colour 1 to 8.
    """

    header: tuple[str, str]
    labels: Sequence[str]
    values: Sequence[int]
    format: Format
    tone: int = 1

    def draw(self, *, prefix: str, width: int = 200) -> Chart:
        """Draw the trend, 40 units high; see :meth:`Spec.draw`.

        Raises:
            ValueError: Not as many labels as values.
        """
        checked_tone(self.tone)
        canvas = Canvas("sparkline", self, prefix=prefix, width=width)
        rows = tuple(
            (Cell(label, label), Cell(value, self.format(value)))
            for label, value in zip(self.labels, self.values, strict=True)
        )
        if self.values:
            self._draw_trend(canvas)
        else:
            canvas.line(0, _HEIGHT / 2, width, _HEIGHT / 2, "chart-grid")
        return canvas.finish(_HEIGHT, ChartTable(self.title, self.header, rows))

    def _draw_trend(self, canvas: Canvas) -> None:
        low, high = min(self.values), max(self.values)
        span = high - low
        step = (canvas.width - 12) / max(len(self.values) - 1, 1)

        def y(value: int) -> float:
            share = (high - value) / span if span else 0.5
            return 6 + (_HEIGHT - 12) * share

        if low < 0 < high:
            canvas.line(0, y(0), canvas.width, y(0), "chart-grid")
        points = [(6 + step * at, y(value)) for at, value in enumerate(self.values)]
        if len(points) > 1:
            there = "L".join(f"{number(x)} {number(at)}" for x, at in points)
            canvas.path(f"M{there}", f"chart-stroke-{self.tone}", "chart-curve")
        last_x, last_y = points[-1]
        canvas.circle(last_x, last_y, 4, f"chart-fill-{self.tone}", "chart-edge")
