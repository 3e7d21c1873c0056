"""Who gives what to whom, drawn: the parties around a circle and arrows; on a phone a row for each leg."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from chambre.lib.charts.base import WIDE, Cell, Chart, ChartTable, Spec
from chambre.lib.charts.canvas import Canvas, number
from chambre.lib.charts.text import fit, text_width
from chambre.lib.exchange.model import Exchange
from chambre.lib.exchange.words import Words

_BOX = (190.0, 40.0)
_SIZE = 14.0
_STEPS = (0.0, 18.0, -18.0, 36.0, -36.0, 54.0, -54.0)
"""Where else a label is tried: lower or higher than beside the middle of its arrow."""
_Area = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, kw_only=True)
class ExchangePicture(Spec):
    """The legs of an exchange as arrows between its parties, and as a table.

    Attributes:
        exchange: What is drawn.
        language: ``fr`` or ``en``.
        header: Headings of the table: number, from, to, what, state.
        states: Words for the state of each leg, by its name; shown in the table.
        done: Names of legs that are with the Chamber or further: drawn as whole lines, the others dashed.
    """

    exchange: Exchange
    language: str
    header: tuple[str, str, str, str, str]
    states: dict[str, str]
    done: frozenset[str] = frozenset()

    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw the exchange; see :meth:`Spec.draw`."""
        canvas = Canvas("exchange", self, prefix=prefix, width=width)
        parties = self.exchange.parties
        if not parties or not self.exchange.legs:
            return canvas.finish(canvas.nothing(), self._table())
        if canvas.compact:
            return canvas.finish(self._rows(canvas), self._table())
        places, height = self._places(canvas)
        seen: Counter[frozenset[str]] = Counter()
        taken = [_around(x - _BOX[0] / 2, y, _BOX[0], _BOX[1]) for x, y in places.values()]
        for at, leg in enumerate(self.exchange.legs):
            if leg.giver not in places or leg.taker not in places or leg.giver == leg.taker:
                continue
            pair = frozenset((leg.giver, leg.taker))
            seen[pair] += 1
            ends = places[leg.giver], places[leg.taker]
            self._arrow(canvas, ends, at, seen[pair], taken)
        for name, (x, y) in places.items():
            self._party(canvas, name, x, y)
        return canvas.finish(height, self._table())

    def _places(self, canvas: Canvas) -> tuple[dict[str, tuple[float, float]], float]:
        """Where the middle of each party's box is, and the height of the drawing."""
        names = [party.name for party in self.exchange.parties]
        radius = max(150.0, 34.0 * len(names))
        across = min(canvas.width / 2 - _BOX[0] / 2 - 10, radius * 1.9)
        middle, centre = canvas.width / 2, radius + 40
        turn = 2 * math.pi / len(names)
        start = math.pi if len(names) == 2 else -math.pi / 2
        found = {
            name: (
                middle + across * math.cos(start + at * turn),
                centre + radius * math.sin(start + at * turn),
            )
            for at, name in enumerate(names)
        }
        top = min(y for _x, y in found.values()) - 44
        found = {name: (x, y - top) for name, (x, y) in found.items()}
        return found, max(y for _x, y in found.values()) + 56

    def _rows(self, canvas: Canvas) -> float:
        """On a phone: one leg under the other, each from a box to a box; returns the height."""
        words = Words(self.exchange, self.language)
        wide, step = 106.0, 76.0
        for at, leg in enumerate(self.exchange.legs):
            y = 34.0 + at * step
            tone = at % 8 + 1
            canvas.text(4, y - 14, fit(f"{at + 1}. {words.given(leg)}", 13, canvas.width - 8),
                        "chart-text", size=13)  # fmt: skip
            for x, name in ((0.5, leg.giver), (canvas.width - wide - 0.5, leg.taker)):
                canvas.rect(x, y - 4, wide, 30, "chart-previous", rx=4)
                shown = fit(words.party(name), 12, wide - 10)
                canvas.text(
                    x + wide / 2, y + 15, shown, "chart-text", "chart-strong", size=12,
                    text_anchor="middle",
                )  # fmt: skip
            end = canvas.width - wide - 5
            canvas.line(
                wide + 5, y + 11, end, y + 11, f"chart-stroke-{tone}",
                stroke_dasharray="" if leg.name in self.done else "7 5",
            )  # fmt: skip
            self._head(canvas, wide, y + 11, end, y + 11, tone)
        return step * len(self.exchange.legs) - 8

    def _party(self, canvas: Canvas, name: str, x: float, y: float) -> None:
        words = Words(self.exchange, self.language)
        wide, high = _BOX
        canvas.rect(x - wide / 2, y - high / 2, wide, high, "chart-previous", rx=4)
        label = fit(words.party(name), _SIZE, wide - 16)
        canvas.text(x, y + 5, label, "chart-text", "chart-strong", size=_SIZE, text_anchor="middle")

    def _arrow(
        self,
        canvas: Canvas,
        ends: tuple[tuple[float, float], tuple[float, float]],
        at: int,
        nth: int,
        taken: list[_Area],
    ) -> None:
        """A bent arrow from one box to another, with its number and what goes along it."""
        leg = self.exchange.legs[at]
        tone = at % 8 + 1
        (x1, y1), (x2, y2) = ends
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        bend = 26.0 + 34.0 * (nth - 1)
        px, py = (y2 - y1) / length * bend * 2, -(x2 - x1) / length * bend * 2
        cx, cy = (x1 + x2) / 2 + px, (y1 + y2) / 2 + py
        sx, sy = _edge(x1, y1, cx, cy)
        ex, ey = _edge(x2, y2, cx, cy)
        dash = "" if leg.name in self.done else "7 5"
        words = Words(self.exchange, self.language)
        canvas.path(
            f"M{number(sx)} {number(sy)}Q{number(cx)} {number(cy)} {number(ex)} {number(ey)}",
            f"chart-stroke-{tone}", stroke_dasharray=dash,
            title=f"{at + 1}. {words.party(leg.giver)} → {words.party(leg.taker)}: {words.given(leg)}",
        )  # fmt: skip
        self._head(canvas, cx, cy, ex, ey, tone)
        # Beside the arrow, on the side to which it bends.
        mx = (sx + 2 * cx + ex) / 4 + px * 0.22
        my = (sy + 2 * cy + ey) / 4 + py * 0.22
        side = "middle" if abs(px) < bend * 0.5 else "start" if px > 0 else "end"
        self._label(canvas, f"{at + 1}. {words.given(leg)}", (mx, my), side, taken)

    def _head(self, canvas: Canvas, cx: float, cy: float, x: float, y: float, tone: int) -> None:
        angle = math.atan2(y - cy, x - cx)
        points = [
            (x - 11 * math.cos(angle + turn), y - 11 * math.sin(angle + turn))
            for turn in (0.42, -0.42)
        ]
        canvas.path(
            f"M{number(x)} {number(y)}"
            + "".join(f"L{number(px)} {number(py)}" for px, py in points)
            + "Z",
            f"chart-fill-{tone}",
        )  # fmt: skip

    def _label(
        self, canvas: Canvas, text: str, at: tuple[float, float], side: str, taken: list[_Area]
    ) -> None:
        """Write beside an arrow, a little higher or lower where something stands already."""
        size = 13.0
        shown = fit(text, size, 230)
        width = text_width(shown, size)
        before = {"start": 0.0, "middle": width / 2, "end": width}[side]
        x = min(max(at[0], before + 4), canvas.width - (width - before) - 4)
        areas = [_around(x - before, at[1] + step, width, size + 4) for step in _STEPS]
        free = [not any(_meet(area, other) for other in taken) for area in areas]
        chosen = free.index(True) if any(free) else 0
        taken.append(areas[chosen])
        y = at[1] + _STEPS[chosen]
        canvas.text(x, y + 4, shown, "chart-text", "chart-halo", size=size, text_anchor=side)

    def _table(self) -> ChartTable:
        words = Words(self.exchange, self.language)
        rows = tuple(
            (
                Cell(at, str(at)), Cell(leg.giver, words.party(leg.giver)),
                Cell(leg.taker, words.party(leg.taker)), Cell(leg.what, words.given(leg)),
                Cell(None, self.states.get(leg.name, "")),
            )
            for at, leg in enumerate(self.exchange.legs, 1)
        )  # fmt: skip
        return ChartTable(self.title, self.header, rows)


def _around(left: float, middle: float, width: float, height: float) -> _Area:
    """The area of something of that size whose middle line is known."""
    return left, middle - height / 2, left + width, middle + height / 2


def _meet(one: _Area, two: _Area) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _edge(x: float, y: float, tx: float, ty: float) -> tuple[float, float]:
    """Where the line from the middle of a box towards a point leaves the box."""
    dx, dy = tx - x, ty - y
    wide, high = _BOX[0] / 2 + 3, _BOX[1] / 2 + 3
    scale = min(wide / abs(dx) if dx else math.inf, high / abs(dy) if dy else math.inf)
    return (x + dx * scale, y + dy * scale) if math.isfinite(scale) else (x, y)
