"""Two things measured against each other: turn by turn in one run, medians, the same thing twice as floor."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Turn = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Median seconds of both sides; `floor` is side B against itself: what noise alone makes of 1.00."""

    name: str
    a: float
    b: float
    floor: float
    turns: int

    @property
    def value(self) -> float:
        return self.a / self.b


def compare(name: str, a: Turn, b: Turn, turns: int = 30) -> Ratio:
    """Run a, b and b again in turn, `turns` times after one warm-up each, and compare medians."""
    for warm in (a, b):
        warm()
    times: dict[str, list[float]] = {"a": [], "b": [], "again": []}
    for number in range(turns):
        order = [("a", a), ("b", b), ("again", b)]
        for key, turn in order[number % 3 :] + order[: number % 3]:
            times[key].append(_seconds(turn))
    medians = {key: statistics.median(values) for key, values in times.items()}
    return Ratio(name=name, a=medians["a"], b=medians["b"], floor=medians["again"] / medians["b"], turns=turns)


def table(ratios: list[Ratio]) -> str:
    """The ratios as text, one line each."""
    lines = [f"{'':<62}{'A ms':>9}{'B ms':>9}{'A / B':>8}{'floor':>8}{'turns':>7}"]
    lines += [
        f"{r.name:<62}{r.a * 1000:>9.2f}{r.b * 1000:>9.2f}{r.value:>8.2f}{r.floor:>8.2f}{r.turns:>7}" for r in ratios
    ]
    return "\n".join(lines)


def _seconds(turn: Turn) -> float:
    start = time.perf_counter()
    turn()
    return time.perf_counter() - start
