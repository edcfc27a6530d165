"""What a chart is made of: lines, boxes, paths, points and words, each with the style that says what it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar

Figure = Decimal | float | int
Point = tuple[float, float]
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Line:
    kind: ClassVar[str] = "line"
    style: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Box:
    kind: ClassVar[str] = "box"
    style: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Run:
    """A line through points; closed makes it an area."""

    kind: ClassVar[str] = "run"
    style: str
    points: tuple[Point, ...]
    closed: bool = False


@dataclass(frozen=True)
class Dot:
    kind: ClassVar[str] = "dot"
    style: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Words:
    kind: ClassVar[str] = "words"
    style: str
    x: float
    y: float
    text: str
    anchor: str = "start"
    size: float = 11


Shape = Line | Box | Run | Dot | Words


@dataclass(frozen=True, kw_only=True)
class Drawing:
    width: int
    height: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart with its words, drawn for a wide screen and, where shrinking would hurt, anew for a phone."""

    title: str
    desc: str
    wide: Drawing
    narrow: Drawing | None = None


@dataclass(frozen=True, kw_only=True)
class Inline:
    """A drawing of one table cell, with the words that say the same."""

    label: str
    drawing: Drawing


def figure(value: Figure, digits: int = 0, signed: bool = False) -> str:
    """1234.5 -> "1,234.50"; minus is U+2212; signed adds a plus."""
    rounded = round(Decimal(str(value)), digits)
    sign = MINUS if rounded < 0 else ("+" if signed and rounded > 0 else "")
    return sign + f"{abs(rounded):,.{digits}f}"


def ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Round steps that cover low to high, zero among them, at most `most` of them."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    power = 10.0**-12
    while True:
        for step in (power, 2 * power, 2.5 * power, 5 * power):
            first, last = int(low // step), -int(-high // step)
            if last - first < most:
                return [i * step for i in range(first, last + 1)]
        power *= 10


def tick_words(steps: Sequence[float]) -> list[str]:
    """The steps as words, with as many digits as the step itself needs."""
    gap = min(b - a for a, b in pairwise(steps))
    digits = next((d for d in range(6) if abs(gap * 10**d - round(gap * 10**d)) < 1e-6), 6)
    return [figure(round(step, 9), digits) for step in steps]


def runs(points: Sequence[Point | None]) -> list[tuple[Point, ...]]:
    """Unbroken stretches of a line; a missing value breaks it."""
    found: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    return [tuple(run) for run in found if run]
