"""Charts drawn on the server: one SVG without script or inline style, and the numbers beside it.

Describe a chart in the words of its reader, draw it, show ``chart.svg`` and ``chart.table``::

    chart = Bars(title="Charges", description="…", empty="…", header=("Poste", "Montant"),
                 bars=[Bar("Énergie", 12_050)], format=euros).draw(prefix="charges")

Amounts are integers in minor units; the caller says how they are written. No chart goes without
its numbers: the table holds all of them, also those that a drawing merges.
"""

from chambre.lib.charts.bars import Bar, Bars
from chambre.lib.charts.base import (
    COMPACT,
    TONES,
    WIDE,
    Cell,
    Chart,
    ChartPair,
    ChartTable,
    Format,
    Spec,
    Svg,
    draw_pair,
)
from chambre.lib.charts.months import Months, MonthSeries
from chambre.lib.charts.paint import PAINTS, stylesheet
from chambre.lib.charts.sankey import Sankey
from chambre.lib.charts.sankey_graph import CycleError, SankeyLink, SankeyNode
from chambre.lib.charts.sparkline import Sparkline
from chambre.lib.charts.stacked import Part, Stack, Stacked
from chambre.lib.charts.ticks import nice_ticks, permille
from chambre.lib.charts.timeline import Moment, Timeline
from chambre.lib.charts.waterfall import Step, Waterfall

__all__ = [
    "COMPACT",
    "PAINTS",
    "TONES",
    "WIDE",
    "Bar",
    "Bars",
    "Cell",
    "Chart",
    "ChartPair",
    "ChartTable",
    "CycleError",
    "Format",
    "Moment",
    "MonthSeries",
    "Months",
    "Part",
    "Sankey",
    "SankeyLink",
    "SankeyNode",
    "Sparkline",
    "Spec",
    "Stack",
    "Stacked",
    "Step",
    "Svg",
    "Timeline",
    "Waterfall",
    "draw_pair",
    "nice_ticks",
    "permille",
    "stylesheet",
]
