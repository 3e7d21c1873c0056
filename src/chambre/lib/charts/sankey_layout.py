"""Where the nodes and ribbons of a Sankey go.

Layered drawing after Sugiyama, Tagawa and Toda (1981): links over several columns are cut at each
column, the order within columns is swept by barycentre and the order with the least crossing area
is kept, then positions are pulled towards their neighbours and kept apart by isotonic regression,
so that no two slots of a column ever overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from chambre.lib.charts.sankey_graph import Graph, SankeyLink

_SWEEPS = 16
_PULLS = 24


@dataclass(frozen=True, slots=True)
class Slot:
    """Room that a node takes in its column.

    Attributes:
        above: Kept free above the bar (labels of the phone layout).
        least: Height that the label beside the bar needs.
    """

    above: float = 0.0
    least: float = 0.0


@dataclass(slots=True)
class Place:
    """A node or the passage of a long link through a column.

    Attributes:
        key: Key of the node; of a passage, the two keys and the column.
        layer: Column from 0.
        height: Height of the bar: the width of the links on its wider side.
        slot: Label room.
        top: Upper end of the slot.
    """

    key: object
    layer: int
    height: float
    slot: Slot
    passage: bool = False
    top: float = 0.0
    weight: float = 1.0
    into: list[Piece] = field(default_factory=list)
    out: list[Piece] = field(default_factory=list)

    @property
    def size(self) -> float:
        """Height of the slot."""
        return self.slot.above + max(self.height, self.slot.least)

    @property
    def bar(self) -> float:
        """Upper end of the bar."""
        return self.top + self.slot.above + (max(self.height, self.slot.least) - self.height) / 2

    @property
    def middle(self) -> float:
        """Middle of the bar."""
        return self.bar + self.height / 2


@dataclass(slots=True)
class Piece:
    """The part of a link between two neighbouring columns.

    Attributes:
        start: Upper edge at the source side.
        end: Upper edge at the target side.
    """

    source: Place
    target: Place
    value: int
    width: float
    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A link with its pieces from left to right."""

    link: SankeyLink
    width: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything placed.

    Attributes:
        columns: Places from top to bottom, per column; passages of long links among them.
        nodes: Key → its place.
        ribbons: In the order of the graph's links.
        height: Height of the whole.
        scale: Units of the drawing per minor unit.
    """

    columns: tuple[tuple[Place, ...], ...]
    nodes: dict[str, Place]
    ribbons: tuple[Ribbon, ...]
    height: float
    scale: float


def lay_out(graph: Graph, slots: Mapping[str, Slot], *, body: float, gap: float) -> Layout:
    """Place a graph.

    Args:
        graph: Nodes in layers, at least one link.
        slots: Key → the room that its label needs.
        body: Height of the bars of the fullest column together.
        gap: Distance between neighbours in a column.
    """
    totals: dict[int, int] = defaultdict(int)
    for key, layer in graph.layers.items():
        totals[layer] += graph.values[key]
    scale = body / max(totals.values())
    nodes = {
        key: Place(key, layer, graph.values[key] * scale, slots[key])
        for key, layer in graph.layers.items()
    }
    columns: list[list[Place]] = [[] for _ in range(max(graph.layers.values()) + 1)]
    for key in graph.nodes:
        columns[graph.layers[key]].append(nodes[key])
    ribbons = [_cut(link, nodes, columns, scale) for link in graph.links]
    last = frozenset(graph.merged)
    _order(columns, last)
    height = max(sum(p.size for p in column) + gap * (len(column) - 1) for column in columns)
    _position(columns, gap, height)
    _attach(columns)
    return Layout(tuple(map(tuple, columns)), nodes, tuple(ribbons), height, scale)


def _cut(
    link: SankeyLink, nodes: dict[str, Place], columns: list[list[Place]], scale: float
) -> Ribbon:
    """Cut a link at the columns that it passes."""
    width = link.value * scale
    source, target = nodes[link.source], nodes[link.target]
    pieces: list[Piece] = []
    before = source
    for layer in range(source.layer + 1, target.layer + 1):
        after = target
        if layer < target.layer:
            after = Place((link.source, link.target, layer), layer, width, Slot(), passage=True)
            columns[layer].append(after)
        piece = Piece(before, after, link.value, width)
        before.out.append(piece)
        after.into.append(piece)
        pieces.append(piece)
        before = after
    return Ribbon(link, width, tuple(pieces))


# --------------------------------------------------------------------------- order


def _order(columns: list[list[Place]], last: frozenset[str]) -> None:
    """Sweep to and fro, keep the order with the least crossing; others stay at the bottom."""
    best = [list(column) for column in columns]
    for column in best:
        column.sort(key=lambda place: place.key in last)
    columns[:] = [list(column) for column in best]
    least = crossing_area(columns)
    for sweep in range(_SWEEPS):
        if not least:
            break
        forward = sweep % 2 == 0
        steps = range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1)
        for layer in steps:
            near = columns[layer - 1 if forward else layer + 1]
            _sort_column(columns[layer], near, forward, last)
        area = crossing_area(columns)
        if area < least:
            least, best = area, [list(column) for column in columns]
    columns[:] = best


def _sort_column(
    column: list[Place], near: list[Place], forward: bool, last: frozenset[str]
) -> None:
    """Order a column by the middle of what it is linked to in the neighbouring one."""
    ends: dict[int, float] = {}
    used = 0.0
    for place in near:
        ends[id(place)] = used + place.height / 2
        used += place.height
    centre: dict[int, float] = {}
    for rank, place in enumerate(column):
        links = place.into if forward else place.out
        total = sum(piece.value for piece in links)
        centre[id(place)] = (
            sum(
                ends[id(piece.source if forward else piece.target)] * (piece.value / total)
                for piece in links
            )
            if total
            else used * (rank + 0.5) / len(column)
        )
    column.sort(key=lambda place: (place.key in last, centre[id(place)]))


def crossing_area(columns: Sequence[Sequence[Place]]) -> int:
    """How much crosses: for each two pieces that cross, the product of their amounts, summed."""
    return sum(_crossings(left, right) for left, right in pairwise(columns))


def _crossings(left: Sequence[Place], right: Sequence[Place]) -> int:
    """Crossing area between two neighbouring columns, with a Fenwick tree of amounts."""
    rank = {id(place): position for position, place in enumerate(right, 1)}
    size = len(right)
    tree = [0] * (size + 1)
    area = seen = 0
    for place in left:
        ends = [(rank[id(piece.target)], piece.value) for piece in place.out]
        for position, value in ends:
            before, at = 0, position
            while at:
                before += tree[at]
                at &= at - 1
            area += (seen - before) * value
        for position, value in ends:
            seen += value
            at = position
            while at <= size:
                tree[at] += value
                at += at & -at
    return area


# ----------------------------------------------------------------------- positions


def _position(columns: list[list[Place]], gap: float, height: float) -> None:
    """Pull every place towards its neighbours, ever less, without overlap."""
    for column in columns:
        used = (height - sum(p.size for p in column) - gap * (len(column) - 1)) / 2
        for place in column:
            place.top = used
            place.weight = place.height + 1.0
            used += place.size + gap
    _attach(columns)
    for pull in range(_PULLS):
        forward = pull % 2 == 0
        for column in columns if forward else reversed(columns):
            wanted = [
                place.top + _shift(place, forward, last=pull >= _PULLS - 2) for place in column
            ]
            _separate(column, wanted, gap, height)
        _attach(columns)


def _shift(place: Place, forward: bool, *, last: bool) -> float:
    """How far a place should move so that its pieces run level."""
    pieces = [*place.into, *place.out] if last else (place.into if forward else place.out)
    total = sum(piece.width for piece in pieces)
    if not total:
        return 0.0
    moved = sum(
        (piece.start - piece.end if piece.target is place else piece.end - piece.start)
        * piece.width
        for piece in pieces
    )
    return moved / total


def _separate(column: Sequence[Place], wanted: Sequence[float], gap: float, height: float) -> None:
    """Move a column as near as can be to what is wanted: in order, apart, within the height.

    Least squares under order constraints: pool adjacent violators over what is left of each
    wanted position once the sizes of those above are taken off.
    """
    offsets, used = [], 0.0
    for place in column:
        offsets.append(used)
        used += place.size + gap
    room = max(height - (used - gap), 0.0) if column else 0.0
    blocks: list[list[float]] = []  # value, weight, count
    for place, target, offset in zip(column, wanted, offsets, strict=True):
        blocks.append([target - offset, place.weight, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            value, weight, count = blocks.pop()
            above = blocks[-1]
            above[0] = (above[0] * above[1] + value * weight) / (above[1] + weight)
            above[1] += weight
            above[2] += count
    starts: list[int] = []
    first = 0
    for block in blocks:
        starts.append(first)
        first += int(block[2])
    for position, (place, offset) in enumerate(zip(column, offsets, strict=True)):
        value = blocks[bisect_right(starts, position) - 1][0]
        place.top = min(max(value, 0.0), room) + offset


def _attach(columns: Sequence[Sequence[Place]]) -> None:
    """Fix where each piece leaves and enters: in the order of the other ends, edge to edge."""
    for column in columns:
        for place in column:
            used = place.bar
            for piece in sorted(place.out, key=lambda piece: piece.target.top):
                piece.start = used
                used += piece.width
            used = place.bar
            for piece in sorted(place.into, key=lambda piece: piece.source.top):
                piece.end = used
                used += piece.width
