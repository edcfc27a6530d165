"""Bars: months (plan behind, actual or forecast in front, cost below the line), the funnel of stages, stacks."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.charts.shapes import Box, Chart, Drawing, Figure, Line, Shape, Words, figure, tick_words, ticks

Series = Sequence[Figure | None]
STACK = ("s1", "s2", "s3", "s4", "b-cost")


def month_bars(
    months: Sequence[str],
    plan: Series,
    forecast: Series,
    actual: Series,
    cost: Series = (),
    *,
    title: str,
    desc: str,
    width: int = 1340,
) -> Chart:
    """Effect by month, in the unit to be shown. Cost is given positive and drawn below the line; None draws nothing."""
    costs = [None if value is None else -abs(float(value)) for value in cost] or [None] * len(months)
    fronts = [_front(actual[i], forecast[i]) for i in range(len(months))]
    closed = sum(1 for value in actual if value is not None)
    values = [float(v) for series in (plan, costs, [f for _, f in fronts]) for v in series if v is not None]
    steps = ticks(min(values, default=0), max(values, default=0))
    words = tick_words(steps)
    left = max(40.0, 14 + 6.4 * max(len(word) for word in words))

    def draw(width: int, height: int, every: int) -> Drawing:
        top, bottom, right = 12.0, height - 28.0, width - 8.0
        slot = (right - left) / len(months)

        def y(value: float) -> float:
            return bottom - (bottom - top) * (value - steps[0]) / (steps[-1] - steps[0])

        def bar(style: str, index: int, offset: float, value: Figure | None) -> list[Shape]:
            if not value:
                return []
            upper, lower = sorted((y(float(value)), y(0)))
            return [Box(style, left + slot * (index + offset), upper, slot * 0.5, max(lower - upper, 1))]

        shapes: list[Shape] = []
        for step, word in zip(steps, words, strict=True):
            shapes += [
                Line("gridline", left, y(step), right, y(step)),
                Words("tick", left - 7, y(step) + 4, word, "end"),
            ]
        for i, month in enumerate(months):
            shapes += bar("b-plan", i, 0.14, plan[i])
            shapes += bar(fronts[i][0], i, 0.34, fronts[i][1])
            shapes += bar("b-cost", i, 0.34, costs[i])
            if (len(months) - 1 - i) % every == 0:
                shapes.append(Words("tick", left + slot * (i + 0.5), height - 9, month, "middle"))
        shapes.append(Line("axis", left, y(0), right, y(0)))
        if 0 < closed < len(months):
            x = left + slot * closed
            shapes.append(Line("rule", x, 6, x, bottom))
        return Drawing(width=width, height=height, shapes=tuple(shapes))

    return Chart(title=title, desc=desc, wide=draw(width, 200, 1), narrow=draw(326, 210, 2))


def _front(actual: Figure | None, forecast: Figure | None) -> tuple[str, Figure | None]:
    return ("c-actual", actual) if actual is not None else ("b-forecast", forecast)


@dataclass(frozen=True)
class FunnelRow:
    """One stage: how many, their full value, how much of it is left after weighting, median days in the stage."""

    label: str
    count: int
    full: Figure
    weighted: Figure
    days: Figure | None = None


def funnel(
    rows: Sequence[FunnelRow],
    *,
    title: str,
    desc: str,
    unit: str = "k EUR",
    heads: tuple[str, str, str] = ("measures", "full-year effect, of which risk-weighted", "median days"),
) -> Chart:
    """Stages from top to bottom: outline is full value, fill is risk-weighted."""
    most = max((float(row.full) for row in rows), default=0) or 1.0
    longest = max((len(row.label) for row in rows), default=0)
    shift = max(0.0, 7.2 * longest - 92)
    has_days = any(row.days is not None for row in rows)

    def draw(width: int, count_at: float, room: float, value_at: float, narrow: bool) -> Drawing:
        start = count_at + 12
        shapes: list[Shape] = [Words("tick", count_at, 12, heads[0], "end")]
        if narrow:
            shapes.append(Words("tick", value_at, 12, unit, "end"))
        else:
            shapes += [Words("tick", start, 12, heads[1]), Words("tick", value_at, 12, unit, "end")]
            shapes += [Words("tick", width, 12, heads[2], "end")] if has_days else []
        for i, row in enumerate(rows):
            y, full = 36.0 * i, room * float(row.full) / most
            shapes += [
                Line("gridline", 0, y + 22, width, y + 22),
                Words("cat-strong", 0, y + 44, row.label, size=12.5),
                Words("val", count_at, y + 44, str(row.count), "end", 13),
                Box("b-plan", start, y + 32, max(full, 1), 16),
                Box("c-blue", start, y + 32, max(min(room * float(row.weighted) / most, full), 0), 16),
                Words("val", value_at, y + 44, figure(row.full), "end", 13),
            ]
            if has_days and not narrow:
                days = "–" if row.days is None else figure(row.days)
                shapes.append(Words("cat", width, y + 44, days, "end", 12.5))
        return Drawing(width=width, height=28 + 36 * len(rows), shapes=tuple(shapes))

    end = 486.0 if has_days else 560.0
    wide = draw(560, 122 + shift, end - 76 - 134 - shift, end, narrow=False)
    return Chart(title=title, desc=desc, wide=wide, narrow=draw(326, 114 + shift, 146 - shift, 326, narrow=True))


def stacked(rows: Sequence[tuple[str, Sequence[Figure]]], *, title: str, desc: str, digits: int = 0) -> Chart:
    """Rows of segments in the order of the marks s1, s2, s3, s4, cost; the total stands at the end of each row."""
    if any(len(values) > len(STACK) for _, values in rows):
        raise ValueError("a stack has at most five series")
    totals = [sum(float(value) for value in values) for _, values in rows]
    left = max(62.0, 7.2 * max((len(label) for label, _ in rows), default=0) + 8)
    widest = max((len(figure(total, digits)) for total in totals), default=0)
    scale = (400 - left - 18 - 7.6 * widest) / (max(totals, default=0) or 1)
    shapes: list[Shape] = []
    for i, (label, values) in enumerate(rows):
        y, x = 6.0 + 40 * i, left
        shapes.append(Words("cat-strong", 0, y + 19, label, size=12.5))
        for style, value in zip(STACK, values, strict=False):
            if not value:
                continue
            length = float(value) * scale
            shapes.append(Box(style, x, y, length, 28))
            words = figure(value, digits)
            if style != "b-cost" and length > 7 * len(words) + 8:
                ink = "in-ink" if style == "s4" else "in-on"
                shapes.append(Words(ink, x + length / 2, y + 18, words, "middle", 11.5))
            x += length + 1.5
        shapes.append(Words("val", x + 8, y + 19, figure(totals[i], digits), size=13))
    return Chart(title=title, desc=desc, wide=Drawing(width=400, height=4 + 40 * len(rows), shapes=tuple(shapes)))
