"""The classes of the drawings, and what each looks like with and without the page's CSS.

Every shape carries a class and, as presentation attributes, the colours of the light theme, so the
same drawing works inside a page (where the CSS of :func:`stylesheet` wins over attributes), in a
PDF and as a saved file.
"""

from __future__ import annotations

from dataclasses import dataclass

INK = "#1b1e2b"
SOFT = "#575967"
PAPER = "#faf6ec"
SUNK = "#f2ecdd"
RULE = "#dcd3be"
RULE_STRONG = "#827a69"
DANGER = "#a8231c"
SERIES = (
    "#2438c2",
    "#c9791b",
    "#1f7a5c",
    "#a63a66",
    "#6d8bd8",
    "#8a6a2f",
    "#5b3f99",
    "#7c8590",
)
FONT = "Radio Canada, Segoe UI, Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Paint:
    """How one class looks.

    Attributes:
        attributes: Presentation attributes for where there is no CSS.
        css: Declarations over the tokens of the page.
    """

    attributes: dict[str, str]
    css: str


def _fill(colour: str, token: str) -> Paint:
    return Paint({"fill": colour}, f"fill: var(--{token})")


def _both(colour: str, token: str) -> Paint:
    return Paint(
        {"fill": colour, "stroke": colour}, f"fill: var(--{token}); stroke: var(--{token})"
    )


def _line(colour: str, token: str, width: str = "1", **more: str) -> Paint:
    return Paint(
        {"fill": "none", "stroke": colour, "stroke-width": width, **more},
        f"fill: none; stroke: var(--{token})",
    )


PAINTS: dict[str, Paint] = {
    "chart-text": _fill(INK, "ink"),
    "chart-soft": _fill(SOFT, "ink-2"),
    "chart-strong": Paint({"font-weight": "600"}, "font-weight: 650"),
    "chart-number": Paint({}, "font-variant-numeric: tabular-nums lining-nums"),
    "chart-halo": Paint(
        {
            "stroke": PAPER,
            "stroke-width": "3",
            "stroke-linejoin": "round",
            "paint-order": "stroke",
        },
        "stroke: var(--chart-ground, var(--paper)); stroke-width: 3; paint-order: stroke",
    ),
    "chart-grid": _line(RULE, "rule"),
    "chart-axis": _line(RULE_STRONG, "rule-strong"),
    "chart-leader": _line(RULE_STRONG, "rule-strong", **{"stroke-dasharray": "2 2"}),
    "chart-ink": _fill(INK, "ink"),
    "chart-ground": _fill(PAPER, "chart-ground, var(--paper)"),
    "chart-track": _fill(SUNK, "sunk"),
    "chart-previous": Paint(
        {"fill": RULE, "stroke": RULE_STRONG, "stroke-width": "1"},
        "fill: var(--rule); stroke: var(--rule-strong)",
    ),
    "chart-rest": Paint({"stroke": RULE_STRONG, "stroke-width": "1"}, "stroke: var(--rule-strong)"),
    "chart-hatch": _line(RULE_STRONG, "rule-strong", "1.2"),
    "chart-others": _fill(RULE_STRONG, "rule-strong"),
    "chart-minus": _fill(DANGER, "danger"),
    "chart-flow": Paint(
        {"fill-opacity": "0.36", "stroke-width": "0.6", "stroke-opacity": "0.5"},
        "fill-opacity: 0.36; stroke-width: 0.6; stroke-opacity: 0.5",
    ),
    "chart-flow-0": _both(RULE_STRONG, "rule-strong"),
    "chart-area": Paint({"fill-opacity": "0.14"}, "fill-opacity: 0.14"),
    "chart-curve": Paint(
        {"stroke-width": "2.25", "stroke-linejoin": "round", "stroke-linecap": "round"}, ""
    ),
    "chart-edge": Paint(
        {"stroke": PAPER, "stroke-width": "1"}, "stroke: var(--chart-ground, var(--paper))"
    ),
    "chart-link": Paint({}, "cursor: pointer"),
    **{
        f"chart-fill-{tone}": _fill(colour, f"series-{tone}")
        for tone, colour in enumerate(SERIES, 1)
    },
    **{
        f"chart-flow-{tone}": _both(colour, f"series-{tone}")
        for tone, colour in enumerate(SERIES, 1)
    },
    **{
        f"chart-stroke-{tone}": _line(colour, f"series-{tone}", "2")
        for tone, colour in enumerate(SERIES, 1)
    },
}
"""Every class that a drawing may carry, apart from the names of the charts on ``<svg>``."""

_STRUCTURE = """\
.chart { display: block; max-inline-size: 100%; block-size: auto; }
.chart-pair { container-type: inline-size; }
.chart-pair > .chart { inline-size: 100%; }
.chart-pair > .chart-compact { display: none; max-inline-size: 34rem; }
@container (max-width: 40rem) {
  .chart-pair > .chart-wide { display: none; }
  .chart-pair > .chart-compact { display: block; }
}
.chart a:hover .chart-flow { fill-opacity: 0.6; }
.chart a:hover text { text-decoration: underline; }
.chart a:focus-visible { outline: none; }
.chart a:focus-visible :is(path, rect, circle) {
  stroke: var(--accent); stroke-width: 2.5; stroke-opacity: 1;
}
.chart a:focus-visible .chart-text { text-decoration: underline; }
@media print {
  .chart-pair > .chart-wide { display: block; }
  .chart-pair > .chart-compact { display: none; }
}
@media (forced-colors: active) { .chart { forced-color-adjust: none; } }
"""


def stylesheet() -> str:
    """The CSS by which a page gives the drawings its own colours, light and dark.

    It uses the tokens ``--ink``, ``--ink-2``, ``--paper``, ``--sunk``, ``--rule``,
    ``--rule-strong``, ``--accent``, ``--danger`` and ``--series-1`` to ``--series-8``, and
    ``--chart-ground`` where a drawing stands on another ground than the paper.
    """
    rules = [f".{name} {{ {paint.css}; }}" for name, paint in PAINTS.items() if paint.css]
    return "\n".join(rules) + "\n" + _STRUCTURE
