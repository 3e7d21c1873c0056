"""Waterfall: from what there was, through what came and went, to what there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chambre.lib.charts.base import WIDE, Cell, Chart, ChartTable, Format, Spec, checked_href
from chambre.lib.charts.canvas import Canvas
from chambre.lib.charts.text import fit, text_width, wrap
from chambre.lib.charts.ticks import nice_ticks

_UPRIGHT_UP_TO = 12
_SMALLEST = 11.0


@dataclass(frozen=True, slots=True)
class Step:
    """A flow, or a balance reached.

    Attributes:
        label: What it is.
        value: Amount in minor units: what came (or went, below zero), or the balance itself.
        balance: It is a balance: a bar from zero, that has to agree with what came before.
        href: Where a click leads; empty for nowhere.
    """

    label: str
    value: int
    balance: bool = False
    href: str = ""

    def __post_init__(self) -> None:
        checked_href(self.href)


@dataclass(frozen=True, kw_only=True)
class Waterfall(Spec):
    """Opening balance, flows, closing balance.

    Attributes:
        header: Headings of the table: what, amount, balance after it.
        steps: In order. The first may be a balance; a later one has to equal the sum so far.
        format: Writes an amount.
        format_short: Writes an amount at the axis, shorter if wanted; ``format`` by default.
    """

    header: tuple[str, str, str]
    steps: Sequence[Step]
    format: Format
    format_short: Format | None = None

    def balances(self) -> list[int]:
        """The balance after each step.

        Raises:
            ValueError: A balance is not what the steps before it add up to.
        """
        found: list[int] = []
        total = 0
        for at, step in enumerate(self.steps):
            if not step.balance:
                total += step.value
            elif at == 0:
                total = step.value
            elif step.value != total:
                raise ValueError(
                    f"“{step.label}” is {step.value}, but the steps before it make {total}"
                )
            found.append(total)
        return found

    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw the steps; see :meth:`Spec.draw`.

        Raises:
            ValueError: A balance is not what the steps before it add up to.
        """
        balances = self.balances()
        canvas = Canvas("waterfall", self, prefix=prefix, width=width)
        rows = tuple(
            (
                Cell(step.label, step.label),
                Cell(step.value, self.format(step.value), step.href),
                Cell(after, self.format(after)),
            )
            for step, after in zip(self.steps, balances, strict=True)
        )
        table = ChartTable(self.title, self.header, rows)
        if not self.steps:
            return canvas.finish(canvas.nothing(), table)
        drawing = _Upright if not canvas.compact and self._stands(width) else _Lying
        return canvas.finish(drawing(self, canvas, balances).draw(), table)

    def _stands(self, width: int) -> bool:
        """Whether there is room for the amounts beside each other."""
        axis = 30 + max(text_width(self.format(value), 12.5) for value in self.balances())
        room = (width - axis) / len(self.steps)
        widest = max(text_width(self.format(step.value), _SMALLEST) for step in self.steps)
        return len(self.steps) <= _UPRIGHT_UP_TO and widest + 14 <= room


class _Drawing:
    """What both ways of drawing share: the scale and the ends of each bar."""

    def __init__(self, spec: Waterfall, canvas: Canvas, balances: list[int]) -> None:
        self.spec = spec
        self.canvas = canvas
        self.balances = balances
        self.spans = [
            (0, after) if step.balance else (after - step.value, after)
            for step, after in zip(spec.steps, balances, strict=True)
        ]
        ends = [end for span in self.spans for end in span]
        self.ticks = nice_ticks(min(ends), max(ends), 2 if canvas.compact else 5)
        self.size = 12.5 if canvas.compact else 13.5

    def paint(self, step: Step) -> str:
        """Balances in ink, what came in blue, what went in red."""
        if step.balance:
            return "chart-ink"
        return "chart-minus" if step.value < 0 else "chart-fill-1"

    def amount(self, step: Step) -> str:
        """The amount, a flow with its sign."""
        shown = self.spec.format(step.value)
        return f"+{shown}" if step.value > 0 and not step.balance else shown

    def words(self, step: Step) -> str:
        """What the pointer shows."""
        return f"{step.label}, {self.amount(step)}"

    def share(self, value: int) -> float:
        """Position on the scale, 0 to 1."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])


class _Upright(_Drawing):
    """Columns from left to right, for a page."""

    plot = 260.0
    top = 24.0

    def draw(self) -> float:
        """Write everything; returns the height."""
        canvas = self.canvas
        write = self.spec.format_short or self.spec.format
        left = max(text_width(write(tick), 12.5) for tick in self.ticks) + 10
        step = (canvas.width - left) / len(self.spec.steps)
        for tick in self.ticks:
            y = self.y(tick)
            canvas.line(left, y, canvas.width, y, "chart-axis" if tick == 0 else "chart-grid")
            canvas.text(
                left - 8,
                y + 4,
                write(tick),
                "chart-soft",
                "chart-number",
                size=12.5,
                text_anchor="end",
            )
        for at in range(len(self.spec.steps)):
            self._draw_step(at, left + step * at, step)
        return self.top + self.plot + 24 + 3 * self.size * 1.22

    def y(self, value: int) -> float:
        """Where an amount is."""
        return self.top + self.plot * (1 - self.share(value))

    def _draw_step(self, at: int, x: float, room: float) -> None:
        canvas, step = self.canvas, self.spec.steps[at]
        wide = min(room * 0.62, 72.0)
        middle = x + room / 2
        low, high = sorted(map(self.y, self.spans[at]))
        if at + 1 < len(self.spec.steps):
            level = self.y(self.balances[at])
            canvas.line(middle + wide / 2, level, middle + room - wide / 2, level, "chart-leader")
        with canvas.link(step.href, self.words(step)):
            canvas.rect(
                middle - wide / 2,
                low,
                wide,
                max(high - low, 1.0),
                self.paint(step),
                title=self.words(step),
            )
            wide_text = text_width(self.amount(step), self.size)
            size = self.size if wide_text <= room - 4 else _SMALLEST
            below = (step.value < 0 and not step.balance) or self.spans[at][1] < 0
            canvas.text(
                middle,
                high + size + 3 if below else low - 6,
                self.amount(step),
                "chart-text",
                "chart-number",
                "chart-halo",
                size=size,
                text_anchor="middle",
            )
            lines = wrap(step.label, self.size, room - 10, 3)
            canvas.lines(
                middle,
                self.top + self.plot + 22 + self.size,
                lines,
                "chart-text",
                *(["chart-strong"] if step.balance else []),
                size=self.size,
                text_anchor="middle",
            )


class _Lying(_Drawing):
    """Bars from top to bottom, each under its label, for a phone or for many steps."""

    def draw(self) -> float:
        """Write everything; returns the height."""
        canvas, size = self.canvas, self.size
        row, height = size + 34, 16.0
        bottom = row * len(self.spec.steps)
        canvas.line(self.x(0), 0, self.x(0), bottom, "chart-axis")
        for at in range(len(self.spec.steps)):
            self._draw_step(at, row * at, height)
            if at + 1 < len(self.spec.steps):
                level = self.x(self.balances[at])
                bar_end = row * at + size + 9 + height
                canvas.line(level, bar_end, level, row * (at + 1) + size + 9, "chart-leader")
        return bottom + 2

    def _draw_step(self, at: int, top: float, height: float) -> None:
        canvas, size, step = self.canvas, self.size, self.spec.steps[at]
        start, end = sorted(map(self.x, self.spans[at]))
        amount, words = self.amount(step), self.words(step)
        look = ["chart-text", "chart-halo", *(["chart-strong"] if step.balance else [])]
        base = top + size + 2
        with canvas.link(step.href, words):
            label = fit(step.label, size, canvas.width - text_width(amount, size) - 14)
            canvas.text(2, base, label, *look, size=size)
            canvas.text(
                canvas.width - 2.0,
                base,
                amount,
                *look,
                "chart-number",
                size=size,
                text_anchor="end",
            )
            y = top + size + 9
            wide = max(end - start, 1.0)
            canvas.rect(start, y, wide, height, self.paint(step), title=words)

    def x(self, value: int) -> float:
        """Where an amount is."""
        return 2 + (self.canvas.width - 4) * self.share(value)
