"""Bars: months (plan behind, actual or forecast in front, cost below the line), the funnel of stages, stacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

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
    data = [
        _Month(
            label=label,
            plan=plan[i],
            front="b-forecast" if actual[i] is None else "c-actual",
            value=forecast[i] if actual[i] is None else actual[i],
            cost=-abs(float(value)) if cost and (value := cost[i]) is not None else None,
        )
        for i, label in enumerate(months)
    ]
    values = [float(v) for month in data for v in (month.plan, month.value, month.cost) if v is not None]
    steps = ticks(min(values, default=0), max(values, default=0))
    closed = sum(month.front == "c-actual" for month in data)
    wide = _months(_Plot(width=width, height=200, steps=steps, count=len(data)), data, closed, every=1)
    narrow = _months(_Plot(width=326, height=210, steps=steps, count=len(data)), data, closed, every=2)
    return Chart(title=title, desc=desc, wide=wide, narrow=narrow)


@dataclass(frozen=True, kw_only=True)
class _Month:
    label: str
    plan: Figure | None
    front: str
    value: Figure | None
    cost: Figure | None


@dataclass(frozen=True, kw_only=True)
class _Plot:
    """Where the months lie in their drawing, and how values become bars."""

    width: int
    height: int
    steps: list[float]
    count: int

    @cached_property
    def left(self) -> float:
        return max(40.0, 14 + 6.4 * max(len(word) for word in tick_words(self.steps)))

    @property
    def right(self) -> float:
        return self.width - 8.0

    @cached_property
    def slot(self) -> float:
        return (self.right - self.left) / max(self.count, 1)

    def y(self, value: Figure) -> float:
        bottom = self.height - 28.0
        return bottom - (bottom - 12.0) * (float(value) - self.steps[0]) / (self.steps[-1] - self.steps[0])

    def bar(self, style: str, place: float, value: Figure | None) -> list[Shape]:
        if not value:
            return []
        upper, lower = sorted((self.y(value), self.y(0)))
        return [Box(style, self.left + self.slot * place, upper, self.slot * 0.5, max(lower - upper, 1))]


def _months(plot: _Plot, data: Sequence[_Month], closed: int, every: int) -> Drawing:
    shapes: list[Shape] = []
    for step, word in zip(plot.steps, tick_words(plot.steps), strict=True):
        y = plot.y(step)
        shapes += [Line("gridline", plot.left, y, plot.right, y), Words("tick", plot.left - 7, y + 4, word, "end")]
    for i, month in enumerate(data):
        shapes += plot.bar("b-plan", i + 0.14, month.plan)
        shapes += plot.bar(month.front, i + 0.34, month.value)
        shapes += plot.bar("b-cost", i + 0.34, month.cost)
        if (len(data) - 1 - i) % every == 0:
            x = plot.left + plot.slot * (i + 0.5)
            shapes.append(Words("tick", x, plot.height - 9, month.label, "middle"))
    shapes.append(Line("axis", plot.left, plot.y(0), plot.right, plot.y(0)))
    if 0 < closed < len(data):
        x = plot.left + plot.slot * closed
        shapes.append(Line("rule", x, 6, x, plot.height - 28))
    return Drawing(width=plot.width, height=plot.height, shapes=tuple(shapes))


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
    shift = max(0.0, 7.2 * max((len(row.label) for row in rows), default=0) - 92)
    has_days = any(row.days is not None for row in rows)
    end = 486.0 if has_days else 560.0
    count, value = 122 + shift, Words("tick", end, 12, unit, "end")
    head = [Words("tick", count, 12, heads[0], "end"), Words("tick", count + 12, 12, heads[1]), value]
    if has_days:
        head.append(Words("tick", 560, 12, heads[2], "end"))
    wide = _Columns(width=560, count=count, value=end, room=end - 88 - count, days=560.0 if has_days else None)
    narrow = _Columns(width=326, count=114 + shift, value=326, room=146 - shift, days=None)
    narrow_head = [Words("tick", narrow.count, 12, heads[0], "end"), Words("tick", 326, 12, unit, "end")]
    return Chart(title=title, desc=desc, wide=_stages(wide, head, rows), narrow=_stages(narrow, narrow_head, rows))


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Where the columns of the funnel stand: count and value end there, bars start behind the count."""

    width: int
    count: float
    value: float
    room: float
    days: float | None


def _stages(at: _Columns, head: Sequence[Words], rows: Sequence[FunnelRow]) -> Drawing:
    shapes: list[Shape] = [*head]
    unit = at.room / (max((float(row.full) for row in rows), default=0) or 1.0)
    for i, row in enumerate(rows):
        y, full = 36.0 * i, max(unit * float(row.full), 1)
        shapes += [
            Line("gridline", 0, y + 22, at.width, y + 22),
            Words("cat-strong", 0, y + 44, row.label, size=12.5),
            Words("val", at.count, y + 44, str(row.count), "end", 13),
            Box("b-plan", at.count + 12, y + 32, full, 16),
            Box("c-blue", at.count + 12, y + 32, max(min(unit * float(row.weighted), full), 0), 16),
            Words("val", at.value, y + 44, figure(row.full), "end", 13),
        ]
        if at.days is not None:
            days = "–" if row.days is None else figure(row.days)
            shapes.append(Words("cat", at.days, y + 44, days, "end", 12.5))
    return Drawing(width=at.width, height=28 + 36 * len(rows), shapes=tuple(shapes))


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
