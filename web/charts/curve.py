"""The S-curve: cumulative plan (hollow points), actual (solid) and forecast (dashed), with the gap to plan in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.charts.shapes import (
    Chart,
    Dot,
    Drawing,
    Figure,
    Line,
    Point,
    Run,
    Shape,
    Words,
    figure,
    runs,
    tick_words,
    ticks,
)

Series = Sequence[Figure | None]


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """Where the plot lies in its drawing, and how values become places."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    count: int

    def x(self, index: int) -> float:
        return self.left + (self.right - self.left) * index / max(self.count - 1, 1)

    def y(self, value: Figure) -> float:
        return self.bottom - (self.bottom - self.top) * (float(value) - self.low) / (self.high - self.low)

    def points(self, series: Series) -> list[Point | None]:
        return [None if value is None else (self.x(i), self.y(value)) for i, value in enumerate(series)]


def s_curve(
    months: Sequence[str],
    plan: Series,
    forecast: Series,
    actual: Series,
    *,
    title: str,
    desc: str,
    digits: int = 2,
    closed_words: str = "",
    labels: tuple[str, str, str] = ("Plan", "Forecast", "Actual"),
    gap_words: str = "{gap} to plan",
) -> Chart:
    """Cumulative values by month, in the unit to be shown. Actual and forecast may hold None where there is none."""
    data = _Data(months=months, plan=plan, forecast=forecast, actual=actual, digits=digits, labels=labels)
    values = [float(v) for series in (plan, forecast, actual) for v in series if v is not None] or [0.0]
    steps = ticks(min(values), max(values))
    words = tick_words(steps)
    margin = 14 + 6.4 * max(len(word) for word in words)

    def draw(width: int, height: int, left: float, right: float, narrow: bool) -> Drawing:
        frame = _Frame(
            width=width,
            height=height,
            left=max(left, margin),
            right=right,
            top=18,
            bottom=height - (26 if narrow else 30),
            low=steps[0],
            high=steps[-1],
            count=len(months),
        )
        shapes = [
            *_grid(frame, steps, words, months, 2 if narrow else 1),
            *_gap(frame, data),
            *_closed(frame, data, closed_words, gap_words),
            *_lines(frame, data),
            *_labels(frame, data, with_gap=not narrow),
        ]
        return Drawing(width=width, height=height, shapes=tuple(shapes))

    return Chart(
        title=title, desc=desc, wide=draw(740, 286, 46, 628, narrow=False), narrow=draw(326, 230, 24, 250, narrow=True)
    )


def mini_curve(
    plan: Series,
    forecast: Series,
    actual: Series,
    *,
    title: str,
    desc: str = "",
    top: float = 1.1,
    words: str = "100 %",
) -> Chart:
    """A small multiple on a common scale: shares of the full-year plan, 1 being all of it."""
    low = min([0.0, *(float(value) for value in (*plan, *forecast, *actual) if value is not None)])
    frame = _Frame(
        width=300,
        height=96,
        left=4,
        right=260,
        top=6,
        bottom=90,
        low=low,
        high=top,
        count=max(len(plan), len(actual), 2),
    )
    full = frame.y(1)
    scale: list[Shape] = [
        Line("axis", frame.left, frame.y(0), frame.right, frame.y(0)),
        Line("gridline", frame.left, full, frame.right, full),
        Words("tick", frame.right + 4, full + 4, words),
    ]
    shapes = (*scale, *_thin_lines(frame, plan, forecast, actual))
    return Chart(title=title, desc=desc, wide=Drawing(width=300, height=96, shapes=shapes))


def _thin_lines(frame: _Frame, plan: Series, forecast: Series, actual: Series) -> list[Shape]:
    """Plan to its end, actual as far as it goes, and the forecast on from there."""
    shapes: list[Shape] = [Run("l-plan-thin", run) for run in runs(frame.points(plan))]
    if plan and plan[-1] is not None:
        shapes.append(Dot("p-plan", frame.x(len(plan) - 1), frame.y(plan[-1]), 2.4))
    last = _last(actual)
    ahead = [v if last is None or i > last else (actual[i] if i == last else None) for i, v in enumerate(forecast)]
    shapes += [Run("l-forecast-thin", run) for run in runs(frame.points(ahead))]
    shapes += [Run("l-actual-thin", run) for run in runs(frame.points(actual))]
    if last is not None and (value := actual[last]) is not None:
        shapes.append(Dot("c-actual", frame.x(last), frame.y(value), 3))
    return shapes


@dataclass(frozen=True, kw_only=True)
class _Data:
    months: Sequence[str]
    plan: Series
    forecast: Series
    actual: Series
    digits: int
    labels: tuple[str, str, str]

    @property
    def closed(self) -> int | None:
        return _last(self.actual)

    @property
    def expected(self) -> list[Figure | None]:
        """Actual as far as it goes, forecast from there on."""
        closed = self.closed
        return [self.actual[i] if closed is not None and i <= closed else v for i, v in enumerate(self.forecast)]


def _last(series: Series) -> int | None:
    return max((i for i, value in enumerate(series) if value is not None), default=None)


def _grid(frame: _Frame, steps: list[float], words: list[str], months: Sequence[str], every: int) -> list[Shape]:
    shapes: list[Shape] = []
    for step, word in zip(steps, words, strict=True):
        y = frame.y(step)
        shapes += [
            Line("gridline", frame.left, y, frame.right, y),
            Words("tick", frame.left - 8, y + 4, word, "end"),
        ]
    for i, month in enumerate(months):
        if (len(months) - 1 - i) % every == 0:
            shapes.append(Words("tick", frame.x(i), frame.bottom + (16 if every > 1 else 20), month, "middle"))
    return shapes


def _gap(frame: _Frame, data: _Data) -> list[Shape]:
    pairs = [
        (frame.x(i), frame.y(p), frame.y(e))
        for i, (p, e) in enumerate(zip(data.plan, data.expected, strict=True))
        if p is not None and e is not None
    ]
    if len(pairs) < 2:
        return []
    upper = [(x, p) for x, p, _ in pairs]
    lower = [(x, e) for x, _, e in reversed(pairs)]
    return [Run("gap", tuple(upper + lower), closed=True)]


def _closed(frame: _Frame, data: _Data, words: str, gap_words: str) -> list[Shape]:
    at = data.closed
    if at is None:
        return []
    x = frame.x(at)
    shapes: list[Shape] = [
        Line("rule", x, 12, x, frame.bottom),
        Words("tick", min(x, frame.width - 40), 9, words or f"closed to {data.months[at]}", "middle"),
    ]
    plan, actual = data.plan[at], data.actual[at]
    if plan is not None and actual is not None and 0 < at < frame.count - 1:
        gap = gap_words.format(gap=figure(float(actual) - float(plan), data.digits, signed=True))
        y = min(frame.y(plan), frame.y(actual)) - 9
        room = x - 9 - frame.left > 7 * len(gap)
        shapes.append(Words("note", x - 9 if room else x + 9, y, gap, "end" if room else "start", 12))
    return shapes


def _lines(frame: _Frame, data: _Data) -> list[Shape]:
    shapes: list[Shape] = [Run("l-plan", run) for run in runs(frame.points(data.plan))]
    shapes += [Dot("p-plan", *point, 2.6) for point in frame.points(data.plan) if point]
    closed = data.closed
    ahead = [value if closed is None or i >= closed else None for i, value in enumerate(data.expected)]
    shapes += [Run("l-forecast", run) for run in runs(frame.points(ahead)) if len(run) > 1]
    shapes += [Run("l-actual", run) for run in runs(frame.points(data.actual))]
    if closed is not None and (value := data.actual[closed]) is not None:
        shapes.append(Dot("c-actual", frame.x(closed), frame.y(value), 4))
    return shapes


def _labels(frame: _Frame, data: _Data, with_gap: bool) -> list[Shape]:
    """Lines are named at their end; names that would touch move apart."""
    plan, end, closed = data.plan[-1], data.expected[-1], data.closed
    ends = [(frame.y(plan), "lab-plan", data.labels[0], figure(plan, data.digits))] if plan is not None else []
    shapes: list[Shape] = []
    if end is not None and closed != frame.count - 1:
        words = figure(end, data.digits)
        if with_gap and plan is not None:
            words += f"  ({figure(float(end) - float(plan), data.digits, signed=True)})"
        ends.append((frame.y(end), "lab-forecast", data.labels[1], words))
    if closed is not None and (value := data.actual[closed]) is not None:
        words = figure(value, data.digits)
        if closed == frame.count - 1:
            ends.append((frame.y(value), "lab-actual", data.labels[2], words))
        else:
            x, y = frame.x(closed) + 8, frame.y(value) + 19
            shapes.append(Words("lab-actual", x, min(y, frame.bottom - 6), f"{data.labels[2]} {words}", size=12))
    floor = 0.0
    for y, style, name, words in sorted(ends):
        top = max(y - 2, floor)
        floor = top + 30
        shapes += [
            Words(style, frame.right + 12, top, name, size=12),
            Words("val", frame.right + 12, top + 15, words, size=13),
        ]
    return shapes
