"""Drawings of one table cell: the sparkline, and the spread of the firm with a diamond for this engagement."""

from collections.abc import Sequence

from web.charts.shapes import Box, Dot, Drawing, Figure, Inline, Line, Run, Shape, runs


def sparkline(values: Sequence[Figure | None], *, label: str, level: Figure | None = None) -> Inline:
    """Values from left to right on their own scale; level is the thin line they are held against."""
    width, height, pad = 88, 26, 3.0
    known = [float(v) for v in [*values, level] if v is not None] or [0.0]
    low, span = min(known), (max(known) - min(known)) or 1.0

    def y(value: Figure) -> float:
        return height - pad - (height - 2 * pad) * (float(value) - low) / span

    def x(index: int) -> float:
        return pad + (width - 2 * pad) * index / max(len(values) - 1, 1)

    shapes: list[Shape] = []
    if level is not None:
        shapes.append(Run("l-plan-hair", ((pad, y(level)), (width - pad, y(level)))))
    points = [None if value is None else (x(i), y(value)) for i, value in enumerate(values)]
    shapes += [Run("l-actual-hair", run) for run in runs(points)]
    if last := next((point for point in reversed(points) if point), None):
        shapes.append(Dot("c-actual", *last, 2.2))
    return Inline(label=label, drawing=Drawing(width=width, height=height, shapes=tuple(shapes)))


def spread(value: Figure, *, low: Figure, high: Figure, q1: Figure, median: Figure, q3: Figure, label: str) -> Inline:
    """The firm's middle half and median between low and high; a value outside is drawn at the edge."""
    left, right, size = 6.0, 98.0, 5.5

    def x(figure: Figure) -> float:
        share = (float(figure) - float(low)) / ((float(high) - float(low)) or 1.0)
        return left + (right - left) * min(max(share, 0.0), 1.0)

    at = x(value)
    diamond = ((at, 12 - size - 1), (at + size, 12.0), (at, 12 + size + 1), (at - size, 12.0))
    shapes: tuple[Shape, ...] = (
        Line("gridline-thick", left, 12, right, 12),
        Box("band", x(q1), 6, max(x(q3) - x(q1), 1), 12),
        Line("axis-thick", x(median), 6, x(median), 18),
        Run("c-actual-area", diamond, closed=True),
    )
    return Inline(label=label, drawing=Drawing(width=104, height=24, shapes=shapes))
