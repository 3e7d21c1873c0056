"""Sankey: from whom, through whom, to what. Ribbons as wide as the amounts that they carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from chambre.lib.charts.base import TONES, WIDE, Cell, Chart, ChartTable, Format, Spec
from chambre.lib.charts.canvas import Canvas, number
from chambre.lib.charts.sankey_graph import Graph, SankeyLink, SankeyNode, join_parallel, prepare
from chambre.lib.charts.sankey_layout import Place, Ribbon, Slot, lay_out
from chambre.lib.charts.text import text_width, wrap


@dataclass(frozen=True, slots=True)
class _Metrics:
    """Sizes of one of the two layouts."""

    name: float  # font size of a label
    value: float  # font size of an amount
    bar: float  # width of a node
    gap: float  # between two slots of a column
    room: float  # width of an outer label at most
    head: float  # height of the column titles, if any

    def text_height(self, lines: int) -> float:
        """Height of a label of so many lines and its amount."""
        return lines * self.name * 1.22 + self.value * 1.3


_WIDE = _Metrics(name=14, value=13, bar=13, gap=9, room=200, head=34)
_COMPACT = _Metrics(name=12.5, value=12, bar=9, gap=12, room=150, head=42)


@dataclass(frozen=True, kw_only=True)
class Sankey(Spec):
    """Amounts that flow through columns of nodes.

    A node is as high as the larger of what comes in and what goes out; where they differ, the
    difference is a stretch of the bar without ribbon. Columns that hold too many nodes have their
    smallest put together; the table lists every link as it was given.

    Attributes:
        header: Headings of the table: from, to, amount.
        nodes: Each key once.
        links: Between these nodes; parallel ones are added up.
        format: Writes an amount.
        format_short: Writes an amount in fewer letters, for where the full one does not fit.
        others: Label of nodes put together; ``{count}`` is how many.
        limit: Most nodes in a column, 2 or more.
        fold: Net out amounts that go in a circle; otherwise they are refused.
        folded: Note of the table for each circle: ``{path}`` and ``{amount}``.
        columns: Titles of the columns by number; none for no titles.
        tones: Colour nodes that have no tone; otherwise they stay ink.
    """

    header: tuple[str, str, str]
    nodes: Sequence[SankeyNode]
    links: Sequence[SankeyLink]
    format: Format
    others: str
    format_short: Format | None = None
    limit: int = 12
    fold: bool = False
    folded: str = "{path}: {amount}"
    columns: Sequence[str] = ()
    tones: bool = True

    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw the flows; see :meth:`Spec.draw`.

        Raises:
            CycleError: Amounts go in a circle and ``fold`` is false.
            ValueError: A key twice or unknown, columns that contradict the links.
        """
        canvas = Canvas("sankey", self, prefix=prefix, width=width)
        graph = prepare(
            self.nodes, self.links, limit=self.limit, others=self.others, fold=self.fold
        )
        table = self._table(graph)
        if not graph.links:
            return canvas.finish(canvas.nothing(), table)
        height = _Drawing(self, canvas, graph).draw()
        return canvas.finish(height, table)

    def _table(self, graph: Graph) -> ChartTable:
        names = {node.key: node for node in self.nodes}
        rows = tuple(
            (
                Cell(names[link.source].label, names[link.source].label, names[link.source].href),
                Cell(names[link.target].label, names[link.target].label, names[link.target].href),
                Cell(link.value, self.format(link.value), link.href),
            )
            for link in join_parallel(self.links)
        )
        notes = tuple(
            self.folded.format(
                path=" → ".join(names[key].label for key in [*circle.keys, circle.keys[0]]),
                amount=self.format(circle.amount),
            )
            for circle in graph.folded
        )
        return ChartTable(self.title, self.header, rows, notes)


class _Drawing:
    """One drawing of a Sankey: labels measured, graph placed, shapes written."""

    def __init__(self, spec: Sankey, canvas: Canvas, graph: Graph) -> None:
        self.spec = spec
        self.canvas = canvas
        self.graph = graph
        self.metrics = _COMPACT if canvas.compact else _WIDE
        self.last = len(graph.columns) - 1
        self.tones = _tones(graph, spec.tones)
        self.labels: dict[str, list[str]] = {}
        self.amounts: dict[str, str] = {}
        self.x = self._columns()
        self.top = self.metrics.head if self._titles() else 2.0

    def draw(self) -> float:
        """Write everything; returns the height."""
        lines = {key: self.metrics.text_height(len(label)) for key, label in self.labels.items()}
        compact = self.canvas.compact
        slots = {
            key: Slot(above=high + 2, least=1.5) if compact else Slot(least=high)
            for key, high in lines.items()
        }
        fullest = max(
            sum(1 for layer in self.graph.layers.values() if layer == column)
            for column in range(self.last + 1)
        )
        body = min(170 + 14 * fullest, 340) if compact else min(230 + 22 * fullest, 480)
        layout = lay_out(self.graph, slots, body=body, gap=self.metrics.gap)
        self._draw_titles()
        for ribbon in sorted(layout.ribbons, key=lambda ribbon: -ribbon.width):
            self._draw_ribbon(ribbon)
        for key, place in layout.nodes.items():
            self._draw_node(key, place)
        return self.top + layout.height + 4

    # ---------------------------------------------------------------- measures

    def _columns(self) -> list[float]:
        """Write the labels into their room; return the left edge of the bars of each column."""
        metrics, width, last = self.metrics, self.canvas.width, self.last
        if self.canvas.compact:
            step = (width - metrics.bar) / last
            for column in range(last + 1):
                self._write_labels(column, (width - 14.0 * last) / (last + 1), 2)
            return [step * column for column in range(last + 1)]
        outer = metrics.room if last < 4 else metrics.room * 0.75
        left, right = (self._write_labels(column, outer, 2) + 10 for column in (0, last))
        step = (width - left - right - metrics.bar) / last
        for column in range(1, last):
            self._write_labels(column, min(step - metrics.bar - 18, metrics.room), 2)
        return [left + step * column for column in range(last + 1)]

    def _write_labels(self, column: int, room: float, lines: int) -> float:
        """Break the labels of a column to fit its room; returns the width of the widest."""
        metrics, widest = self.metrics, 0.0
        for key, layer in self.graph.layers.items():
            if layer != column:
                continue
            label = wrap(self.graph.nodes[key].label, metrics.name, room, lines)
            amount = self._amount(self.graph.values[key], room)
            self.labels[key], self.amounts[key] = label, amount
            sizes = [text_width(line, metrics.name) for line in label]
            widest = max(widest, *sizes, text_width(amount, metrics.value))
        return widest

    def _amount(self, value: int, room: float) -> str:
        """The amount in full, or short, or not at all: a cut one would read as another."""
        for write in (self.spec.format, self.spec.format_short):
            if write and text_width(write(value), self.metrics.value) <= room:
                return write(value)
        return ""

    def _titles(self) -> list[str]:
        """Title of each column; empty when the caller gave none."""
        given = self.spec.columns
        return [given[at] if at < len(given) else "" for at in self.graph.columns] if given else []

    # ------------------------------------------------------------------ shapes

    def _draw_titles(self) -> None:
        canvas, size = self.canvas, 12.0 if self.canvas.compact else 13.0
        for column, title in enumerate(self._titles()):
            room = canvas.width / (self.last + 1) - 8
            x, anchor = self._anchor(column)
            if not canvas.compact and column == 0:
                x, anchor = self.x[0] + self.metrics.bar, "end"
            elif not canvas.compact and column == self.last:
                x, anchor = self.x[column], "start"
            lines = wrap(title, size, room, 2)
            canvas.lines(x, 13, lines, "chart-soft", size=size, text_anchor=anchor)

    def _anchor(self, column: int) -> tuple[float, str]:
        """Where the text of a whole column hangs: the outer ones at the edges."""
        if column == 0:
            return 0.0, "start"
        if column == self.last:
            return float(self.canvas.width), "end"
        return self.x[column] + self.metrics.bar / 2, "middle"

    def _draw_ribbon(self, ribbon: Ribbon) -> None:
        link = ribbon.link
        nodes = self.graph.nodes
        tone = self.tones.get(link.source) or self.tones.get(link.target) or 0
        words = (
            f"{nodes[link.source].label} → {nodes[link.target].label}, "
            f"{self.spec.format(link.value)}"
        )
        with self.canvas.link(link.href, words):
            self.canvas.path(self._outline(ribbon), "chart-flow", f"chart-flow-{tone}", title=words)

    def _outline(self, ribbon: Ribbon) -> str:
        """Upper edge there, lower edge back; level across the columns that it passes."""
        there: list[str] = []
        back: list[str] = []
        for piece in ribbon.pieces:
            x1 = self.x[piece.source.layer] + self.metrics.bar
            x2 = self.x[piece.target.layer]
            y1, y2 = piece.start + self.top, piece.end + self.top
            bend = number((x1 + x2) / 2)
            there.append(
                f"{'L' if there else 'M'}{number(x1)} {number(y1)}"
                f"C{bend} {number(y1)} {bend} {number(y2)} {number(x2)} {number(y2)}"
            )
            low1, low2 = number(y1 + ribbon.width), number(y2 + ribbon.width)
            back.append(f"L{number(x2)} {low2}C{bend} {low2} {bend} {low1} {number(x1)} {low1}")
        return "".join(there) + "".join(reversed(back)) + "Z"

    def _draw_node(self, key: str, place: Place) -> None:
        canvas, node = self.canvas, self.graph.nodes[key]
        tone = self.tones.get(key)
        paint = f"chart-fill-{tone}" if tone else "chart-ink"
        if key in self.graph.merged:
            paint = "chart-others"
        words = f"{node.label}, {self.spec.format(self.graph.values[key])}"
        with canvas.link(node.href, words):
            canvas.rect(
                self.x[place.layer],
                self.top + place.bar,
                self.metrics.bar,
                max(place.height, 1.5),
                paint,
                title=words,
            )
            self._draw_label(key, place)

    def _draw_label(self, key: str, place: Place) -> None:
        canvas, metrics, lines = self.canvas, self.metrics, self.labels[key]
        high = metrics.text_height(len(lines))
        x, anchor = self._anchor(place.layer)
        if canvas.compact:
            top = self.top + place.top
        else:
            top = self.top + place.middle - high / 2
            if place.layer == 0:
                x, anchor = self.x[0] - 10, "end"
            else:
                x, anchor = self.x[place.layer] + metrics.bar + 8, "start"
        inner = canvas.compact or place.layer not in {0, self.last}
        halo = ("chart-halo",) if inner else ()
        canvas.lines(
            x,
            top + metrics.name * 0.95,
            lines,
            "chart-text",
            "chart-strong",
            *halo,
            size=metrics.name,
            text_anchor=anchor,
        )
        canvas.text(
            x,
            top + metrics.name * 1.22 * len(lines) + metrics.value * 0.95,
            self.amounts[key],
            "chart-text",
            "chart-number",
            *halo,
            size=metrics.value,
            text_anchor=anchor,
        )


def _tones(graph: Graph, colour: bool) -> dict[str, int]:
    """Key → tone. Without any from the caller: the middle of three columns, the first of two."""
    asked = {key: node.tone for key, node in graph.nodes.items() if node.tone}
    if asked or not colour:
        return asked
    count = len(graph.columns)
    chosen = {2: {0}, 3: {1}}.get(count, set(range(count)))
    keys = [
        key for key, layer in graph.layers.items() if layer in chosen and key not in graph.merged
    ]
    keys.sort(key=lambda key: -graph.values[key])
    return dict(zip(keys, cycle(range(1, TONES + 1)), strict=False))
