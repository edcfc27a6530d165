"""Charts as coordinates: what stands for a figure is where it belongs, whatever the figures are."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import charts
from web.charts.shapes import Box, Dot, Drawing, Line, Run, Words, figure, tick_words, ticks

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
money = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2)
series = st.lists(st.none() | money, min_size=12, max_size=12)


def boxes(drawing: Drawing, *styles: str) -> list[Box]:
    return [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.style in styles]


def words(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Words)]


def numbers(drawing: Drawing) -> list[float]:
    found: list[float] = []
    for shape in drawing.shapes:
        match shape:
            case Line():
                found += [shape.x1, shape.y1, shape.x2, shape.y2]
            case Box():
                found += [shape.x, shape.y, shape.width, shape.height]
            case Run():
                found += [n for point in shape.points for n in point]
            case Dot() | Words():
                found += [shape.x, shape.y]
    return found


@pytest.mark.parametrize(
    ("value", "digits", "signed", "said"),
    [
        (Decimal("-1234.5"), 2, False, "−1,234.50"),
        (75, 0, True, "+75"),
        (0, 0, True, "0"),
        (-0.001, 2, True, "0.00"),
    ],
)
def test_figures_use_the_minus_sign_and_thousands(value: Decimal, digits: int, signed: bool, said: str) -> None:
    assert figure(value, digits, signed) == said


@given(money, money)
def test_ticks_cover_the_values_and_zero_in_round_steps(a: Decimal, b: Decimal) -> None:
    low, high = float(min(a, b)), float(max(a, b))
    steps = ticks(low, high)
    assert steps[0] <= min(low, 0) and steps[-1] >= max(high, 0)
    assert 2 <= len(steps) <= 9 and any(abs(step) < 1e-9 for step in steps)
    assert len(set(tick_words(steps))) == len(steps)


def test_s_curve_says_ends_gap_and_where_the_books_are_closed() -> None:
    plan = [1, 2, 3, 4]
    chart = charts.s_curve(MONTHS[:4], plan, [1, 1, 2, 3], [1, 1, None, None], title="t", desc="d")
    assert {"4.00", "3.00  (−1.00)", "−1.00 to plan", "Actual 1.00", "closed to Feb"} <= set(words(chart.wide))
    assert chart.narrow is not None and "3.00" in words(chart.narrow)


def test_s_curve_lines_meet_at_the_closed_month() -> None:
    chart = charts.s_curve(MONTHS[:4], [1, 2, 3, 4], [9, 9, 2, 3], [1, 1, None, None], title="t", desc="d")
    line = {s.style: s.points for s in chart.wide.shapes if isinstance(s, Run)}
    assert line["l-forecast"][0] == line["l-actual"][-1]


@given(series, series, st.integers(0, 12))
def test_s_curve_stays_in_its_drawing(plan: list[Decimal | None], forecast: list[Decimal | None], closed: int) -> None:
    actual = [*forecast[:closed], *[None] * (12 - closed)]
    chart = charts.s_curve(MONTHS, plan, forecast, actual, title="t", desc="d")
    for drawing in (chart.wide, chart.narrow):
        assert drawing is not None
        assert all(math.isfinite(n) and -1 <= n <= max(drawing.width, drawing.height) + 1 for n in numbers(drawing))


def test_s_curve_of_nothing_is_an_empty_frame() -> None:
    chart = charts.s_curve(MONTHS, [None] * 12, [None] * 12, [None] * 12, title="t", desc="d")
    assert not [s for s in chart.wide.shapes if isinstance(s, Run | Dot)]


def test_month_bars_stand_on_zero_and_cost_hangs_below() -> None:
    chart = charts.month_bars(["a", "b"], [10, 10], [8, 8], [8, None], [4, None], title="t", desc="d")
    plan, actual = boxes(chart.wide, "b-plan"), boxes(chart.wide, "c-actual")
    (cost,) = boxes(chart.wide, "b-cost")
    assert plan[0].y + plan[0].height == pytest.approx(actual[0].y + actual[0].height) == pytest.approx(cost.y)
    assert actual[0].height / plan[0].height == pytest.approx(0.8)
    assert len(boxes(chart.wide, "b-forecast")) == 1


@given(st.lists(money, max_size=8), money)
def test_bridge_steps_hang_together(values: list[Decimal], start: Decimal) -> None:
    end = start + sum(values)
    steps = [charts.Step(f"s{i}", value) for i, value in enumerate(values)]
    chart = charts.bridge(charts.Step("Plan", start), steps, charts.Step("Forecast", end), title="t", desc="d")
    for drawing in (chart.wide, chart.narrow):
        assert drawing is not None
        assert all(math.isfinite(n) and -10 <= n <= drawing.width + 10 for n in numbers(drawing))
        assert len(boxes(drawing, "b-up", "b-down")) == len(values)


def test_bridge_cuts_its_foot_only_where_steps_would_vanish() -> None:
    def cuts(start: int, step: int) -> int:
        chart = charts.bridge(
            charts.Step("a", start), [charts.Step("b", step)], charts.Step("c", start + step), title="t", desc="d"
        )
        return len([s for s in chart.wide.shapes if s.style == "break"])

    assert cuts(6552, -180) == 2
    assert cuts(100, -80) == 0
    assert cuts(-100, 20) == 0


def test_funnel_fill_never_passes_its_outline() -> None:
    rows = [charts.FunnelRow("1 Defined", 4, 100, 10, 18), charts.FunnelRow("6 Closed", 2, 80, 90)]
    chart = charts.funnel(rows, title="t", desc="d")
    outline, fill = boxes(chart.wide, "b-plan"), boxes(chart.wide, "c-blue")
    assert fill[0].width == pytest.approx(outline[0].width / 10) and fill[1].width == outline[1].width
    assert "–" in words(chart.wide)


def test_stack_refuses_a_sixth_series() -> None:
    with pytest.raises(ValueError, match="five"):
        charts.stacked([("a", [1] * 6)], title="t", desc="d")


def test_stack_ends_with_its_total() -> None:
    chart = charts.stacked([("Plan", [84, 268, 24])], title="t", desc="d")
    assert words(chart.wide)[-1] == "376"


@given(st.lists(st.none() | money, max_size=24))
def test_sparkline_stays_in_its_cell(values: list[Decimal | None]) -> None:
    inline = charts.sparkline(values, label="x", level=100)
    assert all(0 <= n <= 88 for n in numbers(inline.drawing))


def test_spread_puts_an_outlier_at_the_edge() -> None:
    inline = charts.spread(40, low=0, high=15, q1=4, median=6, q3=8, label="x")
    diamond = next(s for s in inline.drawing.shapes if isinstance(s, Run))
    assert diamond.points[0][0] == 98
