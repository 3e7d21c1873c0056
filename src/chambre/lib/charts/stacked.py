"""Stacked bars: how a whole is made up, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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
from chambre.lib.charts.text import fit, text_width
from chambre.lib.charts.ticks import permille


@dataclass(frozen=True, slots=True)
class Part:
    """A part that every bar may have.

    Attributes:
        label: What it is.
        tone: Colour 1 to 8; by default in order.
        rest: What is left over or not yet known: hatched, and last.
    """

    label: str
    tone: int | None = None
    rest: bool = False

    def __post_init__(self) -> None:
        checked_tone(self.tone)


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar.

    Attributes:
        label: What is divided; may be empty when there is only one bar.
        values: One amount per part, in minor units, zero or more.
        hrefs: Where each part leads; empty, or one per part.
    """

    label: str
    values: Sequence[int]
    hrefs: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        for href in self.hrefs:
            checked_href(href)
        if any(value < 0 for value in self.values):
            raise ValueError(f"a part of “{self.label}” is below zero")


@dataclass(frozen=True, kw_only=True)
class Stacked(Spec):
    """One bar or several, each a whole in parts: coverage, make-up, progress.

    Attributes:
        header: Headings of the table: which bar, which part, amount, share.
        parts: Common to all bars, from left to right.
        stacks: From top to bottom.
        format: Writes an amount.
        format_share: Writes a share given in tenths of a percent (123 is 12.3 %).
        whole: Draw every bar as long as the others, as 100 %; otherwise by amount.
    """

    header: tuple[str, str, str, str]
    parts: Sequence[Part]
    stacks: Sequence[Stack]
    format: Format
    format_share: Format
    whole: bool = True

    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw the bars; see :meth:`Spec.draw`.

        Raises:
            ValueError: A bar has not as many amounts as there are parts.
        """
        for stack in self.stacks:
            if len(stack.values) != len(self.parts) or len(stack.hrefs) not in {
                0,
                len(self.parts),
            }:
                raise ValueError(f"“{stack.label}” does not have one amount per part")
        canvas = Canvas("stacked", self, prefix=prefix, width=width)
        table = self._table()
        if not any(any(stack.values) for stack in self.stacks):
            return canvas.finish(canvas.nothing(), table)
        return canvas.finish(_Drawing(self, canvas).draw(), table)

    def _table(self) -> ChartTable:
        rows = []
        for stack in self.stacks:
            shares = permille(list(stack.values))
            hrefs = stack.hrefs or [""] * len(self.parts)
            rows += [
                (
                    Cell(stack.label, stack.label),
                    Cell(part.label, part.label),
                    Cell(value, self.format(value), href),
                    Cell(share, self.format_share(share)),
                )
                for part, value, share, href in zip(
                    self.parts, stack.values, shares, hrefs, strict=True
                )
            ]
        return ChartTable(self.title, self.header, tuple(rows))


class _Drawing:
    """One drawing: bars, and under them the parts in words."""

    def __init__(self, spec: Stacked, canvas: Canvas) -> None:
        self.spec = spec
        self.canvas = canvas
        self.size = 12.5 if canvas.compact else 14.0
        self.order = sorted(range(len(spec.parts)), key=lambda at: spec.parts[at].rest)
        self.paints = self._paints()
        self.largest = max(sum(stack.values) for stack in spec.stacks)

    def _paints(self) -> list[str]:
        free = iter(range(1, 9 * len(self.spec.parts)))
        return [
            "chart-rest" if part.rest else f"chart-fill-{part.tone or (next(free) - 1) % 8 + 1}"
            for part in self.spec.parts
        ]

    def draw(self) -> float:
        """Write everything; returns the height."""
        y = 0.0
        alone = len(self.spec.stacks) == 1
        for stack in self.spec.stacks:
            if stack.label:
                y = self._draw_head(stack, y)
            self._draw_stack(stack, y, 30.0 if alone else 20.0)
            y += 30 if alone else 20
            y += 14
        return self._draw_key(y)

    def _draw_head(self, stack: Stack, y: float) -> float:
        total, size = self.spec.format(sum(stack.values)), self.size
        room = self.canvas.width - text_width(total, size) - 12
        base = y + size
        self.canvas.text(
            0, base, fit(stack.label, size, room), "chart-text", "chart-strong", size=size
        )
        self.canvas.text(
            self.canvas.width,
            base,
            total,
            "chart-text",
            "chart-number",
            size=size,
            text_anchor="end",
        )
        return y + size + 7

    def _draw_stack(self, stack: Stack, y: float, height: float) -> None:
        canvas, total = self.canvas, sum(stack.values)
        room = canvas.width - 2.0
        length = room if self.spec.whole else room * total / self.largest
        canvas.rect(1, y, room if total == 0 else length, height, "chart-track")
        if not total:
            return
        shares = permille(list(stack.values))
        before = 0
        for at in self.order:
            value = stack.values[at]
            if not value:
                continue
            x = 1 + length * before / total
            wide = max(length * value / total, 0.75)
            href = stack.hrefs[at] if stack.hrefs else ""
            words = (
                f"{self.spec.parts[at].label}, {self.spec.format(value)} "
                f"({self.spec.format_share(shares[at])})"
            )
            with canvas.link(href, words):
                if self.spec.parts[at].rest:
                    canvas.rect(x, y, wide, height, "chart-ground")
                    canvas.rect(x, y, wide, height, "chart-rest", fill=canvas.hatch(), title=words)
                else:
                    canvas.rect(x, y, wide, height, self.paints[at], "chart-edge", title=words)
            before += value

    def _draw_key(self, top: float) -> float:
        """The parts in words; with a single bar also their amounts and shares."""
        canvas, size = self.canvas, self.size
        alone = len(self.spec.stacks) == 1
        columns = 1 if canvas.compact else (2 if alone else 3)
        room = (canvas.width - 28 * (columns - 1)) / columns
        row = size * 1.75
        values = self.spec.stacks[0].values
        shares = permille(list(values))
        lines = -(-len(self.order) // columns)
        for rank, at in enumerate(self.order):
            x = (rank // lines) * (room + 28)
            y = top + (rank % lines) * row
            part = self.spec.parts[at]
            fill = canvas.hatch() if part.rest else None
            canvas.rect(x + 0.5, y + 2, 13, 13, self.paints[at], fill=fill)
            amount = ""
            if alone:
                amount = f"{self.spec.format(values[at])} · {self.spec.format_share(shares[at])}"
            wide = text_width(amount, size)
            label = fit(part.label, size, room - 22 - wide - (12 if wide else 0))
            canvas.text(x + 21, y + size, label, "chart-text", size=size)
            canvas.text(
                x + room,
                y + size,
                amount,
                "chart-text",
                "chart-number",
                size=size,
                text_anchor="end",
            )
        return top + lines * row + 2
