"""Writing SVG: escaped text, unique ids, classes with their fallback colours, links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape

from chambre.lib.charts.base import (
    COMPACT_BELOW,
    Chart,
    ChartTable,
    Spec,
    Svg,
    checked_href,
    checked_prefix,
)
from chambre.lib.charts.paint import FONT, PAINTS

_NOTHING: Mapping[str, object] = {}
_FORBIDDEN = [*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0xD800, 0xE000)]
_CONTROL = dict.fromkeys([*_FORBIDDEN, 0xFFFE, 0xFFFF], "\ufffd")


def clean(text: str) -> str:
    """A text as XML may contain it: markup escaped, forbidden characters replaced."""
    return escape(str(text).translate(_CONTROL), quote=True)


def number(value: float) -> str:
    """A coordinate with two decimals at most and no zeros for nothing."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown in {"-0", ""} else shown


class Canvas:
    """A drawing in the making.

    Attributes:
        width: Width of the view box.
        compact: Whether it is drawn for a phone.
        prefix: What every id begins with.
    """

    def __init__(self, name: str, spec: Spec, *, prefix: str, width: int) -> None:
        if width < 200:
            raise ValueError(f"a chart needs a width of 200 at least, not {width}")
        self.name = name
        self.spec = spec
        self.prefix = checked_prefix(prefix)
        self.width = width
        self.compact = width < COMPACT_BELOW
        self._parts: list[str] = []
        self._defs: list[str] = []
        self._links = 0

    # ------------------------------------------------------------------ shapes

    def rect(self, x: float, y: float, w: float, h: float, *classes: str, **more: object) -> None:
        """A rectangle; sizes are never negative, ``title`` is what the pointer shows."""
        sizes = {"x": x, "y": y, "width": max(w, 0.0), "height": max(h, 0.0)}
        self._shape("rect", sizes, classes, more)

    def circle(self, x: float, y: float, radius: float, *classes: str, **more: object) -> None:
        """A dot."""
        self._shape("circle", {"cx": x, "cy": y, "r": radius}, classes, more)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *classes: str, **more: object
    ) -> None:
        """A straight line."""
        self._shape("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2}, classes, more)

    def path(self, commands: str, *classes: str, **more: object) -> None:
        """A path whose commands were made with :func:`number`."""
        self._shape("path", {}, classes, {"d": commands, **more})

    def text(
        self, x: float, y: float, content: str, *classes: str, size: float, **more: object
    ) -> None:
        """One line of text whose baseline is at ``y``; nothing for an empty one."""
        if not content:
            return
        place = f'x="{number(x)}" y="{number(y)}" font-size="{number(size)}"'
        self._parts.append(f"<text {place}{_look(classes, more)}>{clean(content)}</text>")

    def lines(
        self,
        x: float,
        y: float,
        contents: Sequence[str],
        *classes: str,
        size: float,
        **more: object,
    ) -> None:
        """Lines of text under each other; ``y`` is the baseline of the first."""
        for row, content in enumerate(contents):
            self.text(x, y + row * size * 1.22, content, *classes, size=size, **more)

    def _shape(
        self,
        element: str,
        places: dict[str, float],
        classes: tuple[str, ...],
        more: dict[str, object],
    ) -> None:
        title = str(more.pop("title", ""))
        shown = "".join(f' {key}="{number(value)}"' for key, value in places.items())
        body = f"<title>{clean(title)}</title>" if title else ""
        self._parts.append(f"<{element}{shown}{_look(classes, more)}>{body}</{element}>")

    # --------------------------------------------------------- groups and links

    @contextmanager
    def link(self, href: str, label: str) -> Iterator[None]:
        """What is drawn inside opens ``href``; nothing special when it is empty."""
        if not href:
            yield
            return
        self._links += 1
        address, name = clean(checked_href(href)), clean(label)
        self._parts.append(f'<a class="chart-link" href="{address}" aria-label="{name}">')
        yield
        self._parts.append("</a>")

    def hatch(self) -> str:
        """The paint of what is left over: thin slanted lines. Returns a ``url(#…)``."""
        name = f"{self.prefix}-hatch"
        if not self._defs:
            self._defs.append(
                f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse"'
                f' patternTransform="rotate(45)"><path d="M0 0V6"{_look(("chart-hatch",))}/>'
                "</pattern>"
            )
        return f"url(#{name})"

    def nothing(self) -> float:
        """Write that there is nothing to draw; returns the height."""
        size = 13.0 if self.compact else 15.0
        self.rect(0.5, 0.5, self.width - 1, 71, "chart-track", rx=3)
        self.text(
            self.width / 2, 41, self.spec.empty, "chart-soft", size=size, text_anchor="middle"
        )
        return 72

    # ---------------------------------------------------------------- the whole

    def finish(self, height: float, table: ChartTable) -> Chart:
        """Close the drawing.

        A drawing without links is one image (``role="img"``). One with links is a group of which
        each part can be reached, because the content of an image is hidden from screen readers.
        """
        tall = max(int(-(-height // 1)), 1)
        role = "group" if self._links else "img"
        layout = "compact" if self.compact else "wide"
        title, desc = f"{self.prefix}-title", f"{self.prefix}-desc"
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart chart-{self.name}'
            f' chart-{layout}" role="{role}" aria-labelledby="{title}" aria-describedby="{desc}"'
            f' viewBox="0 0 {self.width} {tall}" width="{self.width}" height="{tall}"'
            f' font-family="{FONT}">'
            f'<title id="{title}">{clean(self.spec.title)}</title>'
            f'<desc id="{desc}">{clean(self.spec.description)}</desc>'
        )
        defs = f"<defs>{''.join(self._defs)}</defs>" if self._defs else ""
        body = "".join(self._parts)
        return Chart(Svg(f"{head}{defs}{body}</svg>"), table, self.width, tall)


def _look(classes: tuple[str, ...], more: Mapping[str, object] = _NOTHING) -> str:
    """The classes, the presentation attributes that stand in for the CSS, and further ones.

    Further attributes win; in their names underscores stand for hyphens, and empty ones are left
    out.
    """
    looks: dict[str, object] = {"class": " ".join(classes)}
    for name in classes:
        looks.update(PAINTS[name].attributes)
    given = {key.replace("_", "-"): value for key, value in more.items()}
    looks.update((key, value) for key, value in given.items() if value not in (None, ""))
    return "".join(
        f' {key}="{number(value) if isinstance(value, float | int) else clean(str(value))}"'
        for key, value in looks.items()
        if value != ""
    )
