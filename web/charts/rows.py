"""Rows: forecast and actual side by side for each name, and what adds up to most of a cost (Pareto)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from web.charts.shapes import Box, Chart, Dot, Drawing, Figure, Line, Run, Shape, Words, figure

LONGEST = 22


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """Where labels end and values begin; between them lie the bars."""

    width: int
    left: float
    right: float


def paired(
    rows: Sequence[tuple[str, Figure, Figure]], *, title: str, desc: str, styles: tuple[str, str], digits: int = 0
) -> Chart:
    """Two bars for each name, the first above the second; `styles` say what they stand for."""
    largest = max((float(value) for _, *pair in rows for value in pair), default=0) or 1.0
    words = max((len(figure(value, digits)) for _, *pair in rows for value in pair), default=0)
    drawings = []
    for width in (560, 326):
        left = _left([label for label, *_ in rows], width)
        frame = _Frame(width=width, left=left, right=width - 12 - 7.4 * words)
        drawings.append(_pairs(frame, rows, largest, styles, digits))
    return Chart(title=title, desc=desc, wide=drawings[0], narrow=drawings[1])


def _pairs(
    at: _Frame, rows: Sequence[tuple[str, Figure, Figure]], largest: float, styles: tuple[str, str], digits: int
) -> Drawing:
    shapes: list[Shape] = [Line("axis", at.left, 0, at.left, 44.0 * len(rows))]
    for i, (label, *pair) in enumerate(rows):
        y = 44.0 * i + 4
        shapes.append(Words("cat-strong", 0, y + 21, _short(label), size=12.5))
        for place, (style, value) in enumerate(zip(styles, pair, strict=True)):
            length = (at.right - at.left) * max(float(value), 0) / largest
            top = y + 17.0 * place
            if value:
                shapes.append(Box(style, at.left, top, max(length, 1), 15))
            shapes.append(Words("val", at.left + length + 6, top + 12, figure(value, digits), size=11.5))
    return Drawing(width=at.width, height=44 * len(rows), shapes=tuple(shapes))


def single(rows: Sequence[tuple[str, Figure]], *, title: str, desc: str, digits: int = 0) -> Chart:
    """One bar for each name, its figure at the end."""
    largest = max((float(value) for _, value in rows), default=0) or 1.0
    words = max((len(figure(value, digits)) for _, value in rows), default=0)
    left = _left([label for label, _ in rows], 400)
    shapes: list[Shape] = []
    for i, (label, value) in enumerate(rows):
        y, length = 6.0 + 32 * i, (400 - left - 12 - 7.6 * words) * max(float(value), 0) / largest
        shapes += [
            Words("cat-strong", 0, y + 15, _short(label), size=12.5),
            Box("c-blue", left, y, max(length, 1), 20),
            Words("val", left + length + 8, y + 15, figure(value, digits), size=13),
        ]
    return Chart(title=title, desc=desc, wide=Drawing(width=400, height=4 + 32 * len(rows), shapes=tuple(shapes)))


def pareto(rows: Sequence[tuple[str, Figure]], *, title: str, desc: str, digits: int = 0) -> Chart:
    """Cost by name, the largest first. Bars and the line of their sum so far are shares of the whole on one scale."""
    drawings = []
    for width in (1100, 326):
        words = max((len(figure(value, digits)) for _, value in rows), default=0)
        frame = _Frame(width=width, left=_left([name for name, _ in rows], width), right=width - 14 - 7.6 * words)
        drawings.append(_shares(frame, rows, digits))
    return Chart(title=title, desc=desc, wide=drawings[0], narrow=drawings[1])


def _shares(at: _Frame, rows: Sequence[tuple[str, Figure]], digits: int) -> Drawing:
    whole, bottom = sum(float(value) for _, value in rows) or 1.0, 32.0 * len(rows)
    unit = (at.right - at.left) / whole
    shapes: list[Shape] = []
    for share in (0, 50, 80, 100) if at.width > 400 else (0, 50, 100):
        x = at.left + (at.right - at.left) * share / 100
        shapes += [Line("gridline", x, 0, x, bottom), Words("tick", x, bottom + 16, f"{share} %", "middle")]
    for i, (label, value) in enumerate(rows):
        y = 32.0 * i + 6
        shapes += [
            Words("cat-strong", 0, y + 14, _short(label), size=12.5),
            Box("b-cost", at.left, y, max(float(value) * unit, 1), 20),
            Words("val", at.width, y + 14, figure(value, digits), "end", 12.5),
        ]
    sums = accumulate(float(value) for _, value in rows)
    points = tuple((at.left + unit * so_far, 32.0 * i + 16) for i, so_far in enumerate(sums))
    if len(points) > 1:
        shapes.append(Run("l-actual-thin", points))
    shapes += [Dot("c-actual", x, y, 3.5) for x, y in points]
    return Drawing(width=at.width, height=int(bottom) + 24, shapes=tuple(shapes))


def _left(labels: Sequence[str], width: int) -> float:
    return min(7.2 * max((len(_short(label)) for label in labels), default=0) + 10, width * 0.45)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1].rstrip() + "…"
