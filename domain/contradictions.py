"""Two things said of one measure that do not go together: status and value, silence, slips. Source: DOMAIN.md, 4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from domain.ids import MeasureId
from domain.stages import MeasureState, Stage
from domain.status import Status


@dataclass(frozen=True, kw_only=True)
class MeasureFacts:
    """What contradictions are looked for in. `slips_in_a_row`: see the function of that name."""

    measure: MeasureId
    stage: Stage
    state: MeasureState
    implementation: Status
    potential: Status
    last_update: date
    slips_in_a_row: int


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Two things said of one measure that do not go together. Subclasses carry what the words need."""

    measure: MeasureId


@dataclass(frozen=True, kw_only=True)
class GreenWhilePotentialFalls(Contradiction):
    """On schedule, and still short of its value."""

    potential: Status


@dataclass(frozen=True, kw_only=True)
class Silent(Contradiction):
    """Said to be running, and nobody has updated it."""

    days: int
    since: date


@dataclass(frozen=True, kw_only=True)
class SlippedInARow(Contradiction):
    """Promised anew, and later, again and again."""

    times: int


def contradictions(
    facts: MeasureFacts, today: date, silent_days: int = 30, slips: int = 3
) -> tuple[Contradiction, ...]:
    """What does not go together about a measure that is worked on; nothing once it is closed, cancelled or on hold."""
    if facts.state is not MeasureState.ACTIVE or facts.stage is Stage.CLOSED:
        return ()
    found: list[Contradiction] = []
    if facts.implementation is Status.GREEN and facts.potential in (Status.AMBER, Status.RED):
        found.append(GreenWhilePotentialFalls(measure=facts.measure, potential=facts.potential))
    if (days := (today - facts.last_update).days) >= silent_days:
        found.append(Silent(measure=facts.measure, days=days, since=facts.last_update))
    if facts.slips_in_a_row >= slips:
        found.append(SlippedInARow(measure=facts.measure, times=facts.slips_in_a_row))
    return tuple(found)


def slips_in_a_row(promises: Sequence[date]) -> int:
    """How many of the latest changes of a promised date, oldest first, moved it later without one that did not."""
    count = 0
    for later, earlier in pairwise(reversed(promises)):
        if later <= earlier:
            break
        count += 1
    return count
