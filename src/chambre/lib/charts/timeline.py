"""Timeline: what happened and when, in the order of the days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from chambre.lib.charts.base import (
    WIDE,
    Cell,
    Chart,
    ChartTable,
    Spec,
    checked_href,
    checked_tone,
)
from chambre.lib.charts.canvas import Canvas
from chambre.lib.charts.text import fit, text_width, wrap

_LANES = 4
_LANE = 60.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened.

    Attributes:
        day: When, or when it began.
        label: What, in a few words.
        detail: More of it, for the table and what the pointer shows.
        until: Its last day, where it lasted.
        href: Where a click leads; empty for nowhere.
        tone: Colour 1 to 8.
    """

    day: date
    label: str
    detail: str = ""
    until: date | None = None
    href: str = ""
    tone: int = 1

    def __post_init__(self) -> None:
        checked_href(self.href)
        checked_tone(self.tone)
        if self.until is not None and self.until < self.day:
            raise ValueError(f"“{self.label}” ends {self.until} before it begins {self.day}")


@dataclass(frozen=True, kw_only=True)
class Timeline(Spec):
    """Dated events, the life of an object or of a resource.

    On a page the days run from left to right at their true distance, with the labels above and
    below; on a phone, or where the labels would be too many, they run downwards.

    Attributes:
        header: Headings of the table: from, until, what, more.
        moments: In any order.
        format_day: Writes a day.
    """

    header: tuple[str, str, str, str]
    moments: Sequence[Moment]
    format_day: Callable[[date], str]

    def draw(self, *, prefix: str, width: int = WIDE) -> Chart:
        """Draw the events; see :meth:`Spec.draw`."""
        canvas = Canvas("timeline", self, prefix=prefix, width=width)
        moments = sorted(self.moments, key=lambda moment: moment.day)
        rows = tuple(
            (
                Cell(moment.day, self.format_day(moment.day)),
                Cell(moment.until, self.format_day(moment.until) if moment.until else ""),
                Cell(moment.label, moment.label, moment.href),
                Cell(moment.detail, moment.detail),
            )
            for moment in moments
        )
        table = ChartTable(self.title, self.header, rows)
        if not moments:
            return canvas.finish(canvas.nothing(), table)
        across = None if canvas.compact else _Across.fitted(self, canvas, moments)
        height = across.draw() if across else _Down(self, canvas, moments).draw()
        return canvas.finish(height, table)

    def when(self, moment: Moment) -> str:
        """The day, or both days of what lasted."""
        if moment.until is None or moment.until == moment.day:
            return self.format_day(moment.day)
        return f"{self.format_day(moment.day)} – {self.format_day(moment.until)}"

    def words(self, moment: Moment) -> str:
        """What the pointer shows."""
        more = f". {moment.detail}" if moment.detail else ""
        return f"{self.when(moment)}, {moment.label}{more}"


class _Axis:
    """Days at their true distance along a line."""

    def __init__(self, moments: Sequence[Moment], start: float, length: float) -> None:
        self.first = moments[0].day
        last = max(moment.until or moment.day for moment in moments)
        self.days = (last - self.first).days
        self.start = start
        self.length = length

    def place(self, day: date) -> float:
        """Where a day is; the middle when there is only one day."""
        if not self.days:
            return self.start + self.length / 2
        return self.start + self.length * (day - self.first).days / self.days


@dataclass(frozen=True, slots=True)
class _Flag:
    """A label on its pole: lane 1, 2 … above the axis, -1, -2 … below.

    ``left`` and ``right`` are the ends of the text; the pole stands beside it at ``pole``.
    """

    moment: Moment
    lines: list[str]
    pole: float
    left: float
    right: float
    lane: int

    def clashes(self, other: _Flag) -> bool:
        """Whether texts overlap, or the pole of one runs through the text of the other."""
        if (self.lane > 0) != (other.lane > 0):
            return False
        near, far = (self, other) if abs(self.lane) <= abs(other.lane) else (other, self)
        if near.lane == far.lane:
            return near.left < far.right + 14 and far.left < near.right + 14
        return near.left - 4 < far.pole < near.right + 4


class _Across:
    """Days from left to right, labels on poles above and below."""

    size = 13.5

    def __init__(self, spec: Timeline, canvas: Canvas, axis: _Axis, flags: list[_Flag]) -> None:
        self.spec = spec
        self.canvas = canvas
        self.axis = axis
        self.flags = flags
        self.level = max(*(flag.lane for flag in flags), 0) * _LANE + 12
        self.below = max(*(-flag.lane for flag in flags), 0)

    @classmethod
    def fitted(cls, spec: Timeline, canvas: Canvas, moments: Sequence[Moment]) -> _Across | None:
        """Find a lane for every label; none if they need too many.

        From the last day back, because a text reaches to the right of its pole: an earlier one
        goes above the later poles that it would otherwise cover.
        """
        axis = _Axis(moments, 12, canvas.width - 24.0)
        flags: list[_Flag] = []
        for moment in reversed(moments):
            lines = wrap(moment.label, cls.size, 190, 2)
            wide = max(text_width(text, cls.size) for text in [*lines, spec.when(moment)])
            pole = axis.place(moment.day)
            left = pole + 6 if pole + 6 + wide <= canvas.width else pole - 6 - wide
            tries = (
                _Flag(moment, lines, pole, left, left + wide, side * lane)
                for lane in range(1, _LANES + 1)
                for side in (1, -1)
            )
            free = (flag for flag in tries if not any(flag.clashes(other) for other in flags))
            flag = next(free, None)
            if flag is None or left < 0:
                return None
            flags.append(flag)
        return cls(spec, canvas, axis, flags[::-1])

    def draw(self) -> float:
        """Write everything; returns the height."""
        canvas, level = self.canvas, self.level
        for flag in self.flags:
            far = level - flag.lane * _LANE + (2 if flag.lane > 0 else -2)
            canvas.line(flag.pole, level, flag.pole, far, "chart-axis")
        canvas.line(0, level, canvas.width, level, "chart-axis", stroke_width=2)
        for flag in self.flags:
            self._draw_flag(flag)
        return level + max(self.below * _LANE, 6) + 6

    def _draw_flag(self, flag: _Flag) -> None:
        canvas, moment, size = self.canvas, flag.moment, self.size
        words = self.spec.words(moment)
        paint = f"chart-fill-{moment.tone}"
        left_side = flag.right < flag.pole
        x, anchor = (flag.right, "end") if left_side else (flag.left, "start")
        top = self.level - flag.lane * _LANE if flag.lane > 0 else 0.0
        if flag.lane < 0:
            top = self.level - flag.lane * _LANE - size * 1.22 * (len(flag.lines) + 1) - 4
        with canvas.link(moment.href, words):
            if moment.until is not None:
                end = self.axis.place(moment.until)
                canvas.rect(flag.pole, self.level - 4, end - flag.pole, 8, paint, title=words)
            canvas.circle(flag.pole, self.level, 5.5, paint, "chart-edge", title=words)
            canvas.text(
                x,
                top + size,
                self.spec.when(moment),
                "chart-soft",
                "chart-number",
                size=size - 1,
                text_anchor=anchor,
            )
            canvas.lines(
                x,
                top + size * 2.22,
                flag.lines,
                "chart-text",
                "chart-strong",
                size=size,
                text_anchor=anchor,
            )


class _Down:
    """Days from top to bottom, each label beside its dot; long waits take more room."""

    def __init__(self, spec: Timeline, canvas: Canvas, moments: Sequence[Moment]) -> None:
        self.spec = spec
        self.canvas = canvas
        self.moments = moments
        self.size = 12.5 if canvas.compact else 14.0

    def draw(self) -> float:
        """Write everything; returns the height."""
        canvas, size = self.canvas, self.size
        room = canvas.width - 34.0
        labels = [wrap(moment.label, size, room, 2) for moment in self.moments]
        days = max((self.moments[-1].day - self.moments[0].day).days, 1)
        spare = min(60.0 + 14 * len(self.moments), 260.0)
        places, y = [], 10.0
        for at, lines in enumerate(labels):
            places.append(y)
            if at + 1 < len(labels):
                wait = (self.moments[at + 1].day - self.moments[at].day).days
                y += size * 1.22 * (len(lines) + 1) + 12 + spare * wait / days
        canvas.line(10, places[0], 10, places[-1], "chart-axis", stroke_width=2)
        for moment, lines, place in zip(self.moments, labels, places, strict=True):
            self._draw_moment(moment, lines, place)
        return places[-1] + size * 1.22 * (len(labels[-1]) + 0.6)

    def _draw_moment(self, moment: Moment, lines: list[str], y: float) -> None:
        canvas, size, words = self.canvas, self.size, self.spec.words(moment)
        with canvas.link(moment.href, words):
            canvas.circle(10, y, 6, f"chart-fill-{moment.tone}", "chart-edge", title=words)
            when = fit(self.spec.when(moment), size - 0.5, canvas.width - 30)
            canvas.text(28, y + 4, when, "chart-soft", "chart-number", size=size - 0.5)
            canvas.lines(28, y + 4 + size * 1.22, lines, "chart-text", "chart-strong", size=size)
