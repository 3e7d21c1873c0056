"""What a Sankey shows, made drawable: cycles, layers and small nodes settled, amounts kept.

Pure graph work on integers; nothing here knows of coordinates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chambre.lib.charts.base import checked_href, checked_tone


class CycleError(ValueError):
    """Amounts flow in a circle, and the chart was not told to net them out.

    Attributes:
        keys: The nodes of one circle, in order.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        super().__init__("amounts flow in a circle: " + " → ".join([*keys, keys[0]]))


@dataclass(frozen=True, slots=True)
class SankeyNode:
    """Somebody or something that amounts flow from, through or to.

    Attributes:
        key: Names the node in links.
        label: What people read.
        layer: Column, from 0; worked out from the links where it is absent.
        href: Where a click leads; empty for nowhere.
        tone: Colour 1 to 8; absent for the chart's choice.
        keep: Never merged into the others, however small.
    """

    key: str
    label: str
    layer: int | None = None
    href: str = ""
    tone: int | None = None
    keep: bool = False

    def __post_init__(self) -> None:
        checked_href(self.href)
        checked_tone(self.tone)


@dataclass(frozen=True, slots=True)
class SankeyLink:
    """An amount that flows from one node to another.

    Attributes:
        source: Key of the node that it comes from.
        target: Key of the node that it goes to.
        value: Amount in minor units, zero or more; zero is in the table and not in the drawing.
        href: Where a click leads; empty for nowhere.
    """

    source: str
    target: str
    value: int
    href: str = ""

    def __post_init__(self) -> None:
        checked_href(self.href)
        if self.value < 0:
            raise ValueError(
                f"{self.value} cannot flow from {self.source!r} to {self.target!r}:"
                " turn the link round"
            )


@dataclass(frozen=True, slots=True)
class Folded:
    """An amount that went in a circle and was left out.

    Attributes:
        keys: The nodes of the circle, in order; one for an amount that went to itself.
        amount: What was taken off each link of the circle, in minor units.
    """

    keys: tuple[str, ...]
    amount: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in layers and links that only go forward.

    Attributes:
        nodes: By key, in the order of the caller.
        links: At most one per pair of nodes, all positive.
        layers: Key → column from 0, no column without nodes.
        values: Key → the larger of what comes in and what goes out.
        folded: What was netted out.
        merged: Key of an "others" node → how many nodes it stands for.
        columns: For each column, the number that the caller gave it (or that it got).
    """

    nodes: dict[str, SankeyNode]
    links: tuple[SankeyLink, ...]
    layers: dict[str, int]
    values: dict[str, int]
    columns: tuple[int, ...]
    folded: tuple[Folded, ...] = ()
    merged: Mapping[str, int] = field(default_factory=dict)


def join_parallel(links: Iterable[SankeyLink]) -> list[SankeyLink]:
    """Add up the links between the same two nodes; an address stays only if all agree on it."""
    found: dict[tuple[str, str], SankeyLink] = {}
    for link in links:
        pair = (link.source, link.target)
        first = found.get(pair)
        if first is None:
            found[pair] = link
        else:
            href = first.href if first.href == link.href else ""
            found[pair] = replace(first, value=first.value + link.value, href=href)
    return list(found.values())


def find_cycle(links: Sequence[SankeyLink]) -> tuple[str, ...]:
    """The nodes of one circle, in order; empty when there is none."""
    following: dict[str, list[str]] = defaultdict(list)
    for link in links:
        following[link.source].append(link.target)
    done: set[str] = set()
    for start in list(following):
        path: dict[str, None] = {}
        stack = [(start, iter(following[start]))] if start not in done else []
        if stack:
            path[start] = None
        while stack:
            key, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                path.pop(key)
                done.add(key)
            elif target in path:
                keys = list(path)
                return tuple(keys[keys.index(target) :])
            elif target not in done:
                path[target] = None
                stack.append((target, iter(following.get(target, ()))))
    return ()


def fold_cycles(links: Sequence[SankeyLink]) -> tuple[list[SankeyLink], list[Folded]]:
    """Take off each circle what goes all the way round, until none is left.

    What each node receives less what it gives stays the same.
    """
    amounts = {(link.source, link.target): link for link in links}
    folded: list[Folded] = []
    while keys := find_cycle(list(amounts.values())):
        pairs = list(zip(keys, [*keys[1:], keys[0]], strict=True))
        least = min(amounts[pair].value for pair in pairs)
        folded.append(Folded(keys, least))
        for pair in pairs:
            left = amounts[pair].value - least
            if left:
                amounts[pair] = replace(amounts[pair], value=left)
            else:
                del amounts[pair]
    return list(amounts.values()), folded


def assign_layers(nodes: dict[str, SankeyNode], links: Sequence[SankeyLink]) -> dict[str, int]:
    """Give each node with a link its column.

    A column that the caller asked for is kept. The others stand one right of whatever flows into
    them; where nothing does, one left of the nearest that they flow to, and where nothing flows
    out, in the last column.

    Raises:
        ValueError: A link would not go forward between the columns asked for.
    """
    into: dict[str, list[str]] = defaultdict(list)
    out: dict[str, list[str]] = defaultdict(list)
    for link in links:
        out[link.source].append(link.target)
        into[link.target].append(link.source)
    column: dict[str, int] = {}
    for key in _topological(links):
        least = max((column[before] + 1 for before in into[key]), default=0)
        asked = nodes[key].layer
        if asked is not None and asked < least:
            raise ValueError(
                f"the column {asked} of {key!r} is not right of what flows into it ({least - 1})"
            )
        column[key] = least if asked is None else asked
    last = max(column.values(), default=0)
    for key in column:
        if nodes[key].layer is not None:
            continue
        if not out[key]:
            column[key] = last
        elif not into[key]:
            column[key] = min(column[after] for after in out[key]) - 1
    return column


def _topological(links: Sequence[SankeyLink]) -> list[str]:
    """Nodes so that every link goes forward; there is no circle."""
    waiting: dict[str, int] = {}
    out: dict[str, list[str]] = defaultdict(list)
    for link in links:
        waiting.setdefault(link.source, 0)
        waiting[link.target] = waiting.get(link.target, 0) + 1
        out[link.source].append(link.target)
    order = [key for key, count in waiting.items() if not count]
    for key in order:
        for target in out[key]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return order


def node_values(links: Iterable[SankeyLink]) -> dict[str, int]:
    """Key → the larger of what comes in and what goes out."""
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for link in links:
        out[link.source] += link.value
        into[link.target] += link.value
    return {key: max(into[key], out[key]) for key in [*dict.fromkeys([*out, *into])]}


def merge_small(graph: Graph, limit: int, others: str) -> Graph:
    """Put the smallest nodes of a crowded column into one node of others.

    Args:
        graph: Nodes in layers.
        limit: How many nodes a column may hold, at least 2.
        others: Their common label; ``{count}`` is how many they are.
    """
    columns: dict[int, list[str]] = defaultdict(list)
    for key, layer in graph.layers.items():
        columns[layer].append(key)
    into: dict[str, str] = {}
    nodes, layers, merged = dict(graph.nodes), dict(graph.layers), {}
    for layer, keys in columns.items():
        if len(keys) <= limit:
            continue
        keys.sort(key=lambda key: (not graph.nodes[key].keep, -graph.values[key]))
        kept = max(limit - 1, sum(graph.nodes[key].keep for key in keys))
        small = keys[kept:]
        if len(small) < 2:
            continue
        common = f"others\0{layer}"
        nodes[common] = SankeyNode(common, others.format(count=len(small)))
        layers[common], merged[common] = layer, len(small)
        for key in small:
            into[key] = common
            del nodes[key], layers[key]
    links = join_parallel(
        replace(
            link,
            source=into.get(link.source, link.source),
            target=into.get(link.target, link.target),
            href="" if link.source in into or link.target in into else link.href,
        )
        for link in graph.links
    )
    return replace(
        graph,
        nodes=nodes,
        links=tuple(links),
        layers=layers,
        values=node_values(links),
        merged=merged,
    )


def prepare(
    nodes: Sequence[SankeyNode],
    links: Sequence[SankeyLink],
    *,
    limit: int,
    others: str,
    fold: bool,
) -> Graph:
    """Make a drawable graph of what the caller gave.

    Args:
        nodes: All nodes, each key once.
        links: All links, between these nodes.
        limit: How many nodes a column may hold, at least 2.
        others: Label of a merged node; ``{count}`` is how many it stands for.
        fold: Whether circles are netted out; otherwise they are refused.

    Raises:
        CycleError: There is a circle and ``fold`` is false.
        ValueError: A key twice or unknown, columns that contradict the links, or a limit below 2.
    """
    by_key = {node.key: node for node in nodes}
    if len(by_key) != len(nodes):
        raise ValueError("two nodes have the same key")
    for link in links:
        for key in (link.source, link.target):
            if key not in by_key:
                raise ValueError(f"no node has the key {key!r}")
    if limit < 2:
        raise ValueError(f"a column holds two nodes at least, not {limit}")
    joined = [link for link in join_parallel(links) if link.value]
    folded: list[Folded] = []
    if keys := find_cycle(joined):
        if not fold:
            raise CycleError(keys)
        joined, folded = fold_cycles(joined)
    numbers = assign_layers(by_key, joined)
    columns = tuple(sorted(set(numbers.values())))
    ranks = {column: rank for rank, column in enumerate(columns)}
    graph = Graph(
        nodes={key: node for key, node in by_key.items() if key in numbers},
        links=tuple(joined),
        layers={key: ranks[column] for key, column in numbers.items()},
        values=node_values(joined),
        columns=columns,
        folded=tuple(folded),
    )
    return merge_small(graph, limit, others)
