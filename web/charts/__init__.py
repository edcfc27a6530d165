"""Charts as coordinates: plain figures in, frozen shapes out; templates/web/components/charts.html paints them."""

from web.charts.bars import FunnelRow, funnel, month_bars, stacked
from web.charts.bridge import Step, bridge
from web.charts.curve import mini_curve, s_curve
from web.charts.inline import sparkline, spread
from web.charts.rows import paired, pareto, single
from web.charts.shapes import Chart, Drawing, Figure, Inline

__all__ = [
    "Chart",
    "Drawing",
    "Figure",
    "FunnelRow",
    "Inline",
    "Step",
    "bridge",
    "funnel",
    "mini_curve",
    "month_bars",
    "paired",
    "pareto",
    "s_curve",
    "single",
    "sparkline",
    "spread",
    "stacked",
]
