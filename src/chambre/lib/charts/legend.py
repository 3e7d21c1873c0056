"""What the colours mean: a row of samples with words, broken into lines where needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chambre.lib.charts.canvas import Canvas
from chambre.lib.charts.text import fit, text_width


@dataclass(frozen=True, slots=True)
class Entry:
    """One sample.

    Attributes:
        label: What it stands for.
        paint: Class of the sample.
        hatched: Filled with the lines of what is left over.
        dash: Drawn as a line of this dash pattern and not as a square; ``"0"`` is unbroken.
    """

    label: str
    paint: str
    hatched: bool = False
    dash: str = ""


def draw_legend(
    canvas: Canvas, entries: Sequence[Entry], *, size: float, top: float = 0.0
) -> float:
    """Draw samples from left to right and return where the last line ends.

    Args:
        canvas: Where to draw.
        entries: In order of reading.
        size: Font size.
        top: Upper end of the first line.
    """
    x, y = 0.0, top
    for entry in entries:
        sample = 22.0 if entry.dash else 12.0
        label = fit(entry.label, size, canvas.width - sample - 8)
        wide = sample + 6 + text_width(label, size)
        if x and x + wide > canvas.width:
            x, y = 0.0, y + size * 1.6
        middle = y + size * 0.65
        if entry.dash:
            dash = "" if entry.dash == "0" else entry.dash
            canvas.line(
                x, middle, x + sample, middle, entry.paint, "chart-curve", stroke_dasharray=dash
            )
        elif entry.hatched:
            canvas.rect(x, middle - 6, 12, 12, entry.paint, fill=canvas.hatch())
        else:
            canvas.rect(x, middle - 6, 12, 12, entry.paint)
        canvas.text(x + sample + 6, y + size, label, "chart-text", size=size)
        x += wide + 18
    return y + size * 1.6 if entries else top
