"""What goes into every chart and what comes out: a drawing and the numbers in it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

Format = Callable[[int], str]
"""Writes an amount in minor units as people read it."""

WIDE = 960
"""Width of a drawing for a desktop page or paper, in its own units."""
COMPACT = 360
"""Width of a drawing for a phone."""
COMPACT_BELOW = 480
"""Drawings narrower than this take the layout for phones."""
TONES = 8
"""How many colours of series there are; a tone is a number from 1 to this."""

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class Svg(str):
    """A finished drawing. Templates that know ``__html__`` (Django, Jinja) do not escape it."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table beside a chart.

    Attributes:
        raw: The value itself: an amount in minor units, a day, a word, or nothing.
        text: The value as people read it.
        href: Where the figure can be opened; empty for nowhere.
    """

    raw: int | str | date | None
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The numbers of a chart, all of them, also those that the drawing merged.

    Attributes:
        caption: The title of the chart.
        header: One heading per column.
        rows: Cells in the order of the columns.
        notes: What has to be known to read the numbers, one sentence each.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(
                    f"the table of “{self.caption}” has {len(self.header)} headings"
                    f" and a row of {len(row)} cells"
                )

    @property
    def numeric(self) -> tuple[bool, ...]:
        """For each column, whether it holds numbers (and reads better aligned right)."""
        return tuple(
            any(isinstance(row[i].raw, int) for row in self.rows)
            and all(row[i].raw is None or isinstance(row[i].raw, int) for row in self.rows)
            for i in range(len(self.header))
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart.

    Attributes:
        svg: The drawing: one ``<svg>`` element, no script, no inline style.
        table: The numbers that it shows.
        width: Width of its view box.
        height: Height of its view box.
    """

    svg: Svg
    table: ChartTable
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ChartPair:
    """The same chart drawn for a desktop page and for a phone; the page's CSS shows one of them.

    Attributes:
        wide: Drawn at the width of a page.
        compact: Drawn at the width of a phone.
    """

    wide: Chart
    compact: Chart

    @property
    def table(self) -> ChartTable:
        """The numbers, the same for both drawings."""
        return self.wide.table

    @property
    def svg(self) -> Svg:
        """Both drawings in the ``<div class="chart-pair">`` by which the CSS picks one."""
        return Svg(f'<div class="chart-pair">{self.wide.svg}{self.compact.svg}</div>')


@dataclass(frozen=True, kw_only=True)
class Spec(ABC):
    """What every chart says of itself, in the words of the reader.

    Attributes:
        title: What the chart shows; read first by a screen reader, caption of the table.
        description: What there is to see in it, in a sentence or two.
        empty: What is written in the drawing when there is nothing to draw.
    """

    title: str
    description: str
    empty: str

    @abstractmethod
    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw the chart.

        Args:
            prefix: Begins every id in the drawing; has to be unlike that of any other chart on
                the same page. A letter, then letters, digits, ``-`` and ``_``.
            width: Width of the drawing, 200 or more; below 480 it takes the layout for phones.

        Raises:
            ValueError: A prefix or width that cannot be, or figures that contradict each other.
        """


class Drawable(Protocol):
    """Anything that draws itself at a width."""

    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw; see :meth:`Spec.draw`."""


def draw_pair(
    spec: Drawable, *, prefix: str, wide: int = WIDE, compact: int = COMPACT
) -> ChartPair:
    """Draw a chart twice, for a desktop page and for a phone.

    Args:
        spec: The chart.
        prefix: As for :meth:`Spec.draw`; the second drawing uses ``prefix`` and ``-c``.
        wide: Width of the first drawing.
        compact: Width of the second.

    Raises:
        ValueError: As :meth:`Spec.draw`.
    """
    return ChartPair(
        spec.draw(prefix=prefix, width=wide), spec.draw(prefix=f"{prefix}-c", width=compact)
    )


def checked_prefix(prefix: str) -> str:
    """Return the prefix of ids if it can be one.

    Raises:
        ValueError: It cannot begin an id.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"not a prefix for ids: {prefix!r}")
    return prefix


def checked_href(href: str) -> str:
    """Return an address if it leads to a page: a relative one, or ``http(s)``.

    Raises:
        ValueError: It would run something (``javascript:``, ``data:``) or has control characters.
    """
    scheme = _SCHEME.match(href)
    if scheme and scheme.group().lower() not in {"http:", "https:"}:
        raise ValueError(f"not the address of a page: {href[:60]!r}")
    if any(letter <= " " or letter == "\x7f" for letter in href):
        raise ValueError(f"an address with spaces or control characters: {href[:60]!r}")
    return href


def checked_tone(tone: int | None) -> int | None:
    """Return a tone if there is such a colour.

    Raises:
        ValueError: It is not between 1 and :data:`TONES`.
    """
    if tone is not None and not 1 <= tone <= TONES:
        raise ValueError(f"a tone is between 1 and {TONES}, not {tone}")
    return tone
