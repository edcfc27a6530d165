"""The bridge from plan to forecast: signs on every step, up light, down dark, the foot cut where it would hide them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from web.charts.shapes import Box, Chart, Drawing, Figure, Line, Run, Shape, Words, figure


@dataclass(frozen=True)
class Step:
    label: str
    value: Figure


@dataclass(frozen=True, kw_only=True)
class _Look:
    width: int
    height: int
    left: float
    right: float
    bottom: float
    offset: float
    thick: float
    value_size: float
    label_size: float


WIDE = _Look(
    width=540, height=286, left=8, right=532, bottom=240, offset=0.17, thick=0.66, value_size=13, label_size=12
)
NARROW = _Look(
    width=326, height=240, left=0, right=326, bottom=194, offset=0.12, thick=0.76, value_size=11, label_size=9
)
TOP = 44.0


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """From which value the bars grow, up to which they reach, and whether their foot had to be cut."""

    base: float
    span: float
    cut: bool

    def y(self, value: float, look: _Look) -> float:
        return look.bottom - (look.bottom - TOP) * (value - self.base) / self.span


def bridge(start: Step, steps: Sequence[Step], end: Step, *, title: str, desc: str, digits: int = 0) -> Chart:
    """Start and steps lead to end; what they do not explain is the residual, which the page states beside the chart."""
    levels = list(accumulate([float(start.value), *(float(step.value) for step in steps)]))
    scale = _scale([*levels, float(end.value)])
    wide, narrow = (_draw(look, scale, levels, start, steps, end, digits) for look in (WIDE, NARROW))
    return Chart(title=title, desc=desc, wide=wide, narrow=narrow)


def _scale(levels: Sequence[float]) -> _Scale:
    low, high = min(levels), max(levels)
    base = low - 1.15 * (high - low)
    cut = base > 0 and low > 0.5 * high
    base = base if cut else min(low, 0.0)
    return _Scale(base=base, span=(max(high, 0.0) - base) or 1.0, cut=cut)


def _draw(
    look: _Look, scale: _Scale, levels: Sequence[float], start: Step, steps: Sequence[Step], end: Step, digits: int
) -> Drawing:
    slot = (look.right - look.left) / (len(steps) + 2)
    wide = slot * look.thick
    places = [look.left + slot * (i + look.offset) for i in range(len(steps) + 2)]
    y = [scale.y(level, look) for level in levels]
    floor = scale.y(0, look) if scale.base < 0 else look.bottom
    shapes: list[Shape] = [Line("axis", look.left, floor, look.right, floor)]
    shapes += _end("b-plan-end", look, places[0], wide, y[0], floor, start, digits)
    for i, step in enumerate(steps):
        x, upper = places[i + 1], min(y[i], y[i + 1])
        style = "b-up" if float(step.value) > 0 else "b-down"
        shapes.append(Line("conn", places[i] + wide, y[i], x, y[i]))
        shapes.append(Box(style, x, upper, wide, max(abs(y[i + 1] - y[i]), 1.5)))
        shapes += _words(look, x + wide / 2, upper - 7, figure(step.value, digits, signed=True), step.label)
    shapes.append(Line("conn", places[-2] + wide, y[-1], places[-1], y[-1]))
    shapes += _end("b-forecast-end", look, places[-1], wide, scale.y(float(end.value), look), floor, end, digits)
    if scale.cut:
        shapes += [_break(places[0], wide, look.bottom), _break(places[-1], wide, look.bottom)]
    return Drawing(width=look.width, height=look.height, shapes=tuple(shapes))


def _end(
    style: str, look: _Look, x: float, wide: float, y: float, floor: float, step: Step, digits: int
) -> list[Shape]:
    upper = min(y, floor)
    box = Box(style, x, upper, wide, max(abs(floor - y), 1.5))
    return [box, *_words(look, x + wide / 2, upper - 7, figure(step.value, digits), step.label)]


def _words(look: _Look, x: float, y: float, value: str, label: str) -> list[Shape]:
    first, _, second = label.partition(" ")
    shapes: list[Shape] = [
        Words("val", x, y, value, "middle", look.value_size),
        Words("cat", x, look.bottom + 18, first, "middle", look.label_size),
    ]
    if second:
        shapes.append(Words("cat", x, look.bottom + 32, second, "middle", look.label_size))
    return shapes


def _break(x: float, wide: float, bottom: float) -> Run:
    left, right, y = x - 4, x + wide + 4, bottom - 9
    return Run("break", ((left, y), (right, y - 7), (right, y - 2), (left, y + 5)), closed=True)
