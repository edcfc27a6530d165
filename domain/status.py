"""The two statuses, never merged: implementation from milestones, potential from value. Source: DOMAIN.md, 4.

Computed status first; then what a person may say over it; then the matrix of both and the contradictions between them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from domain.ids import MeasureId, MilestoneId, PersonId
from domain.measures import Milestone
from domain.refusals import Refusal
from domain.stages import MeasureState, Stage
from domain.value import ZERO, Figures


class Status(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"  # nothing to judge yet


class Dimension(StrEnum):
    IMPLEMENTATION = "implementation"
    POTENTIAL = "potential"


JUDGED = (Status.GREEN, Status.AMBER, Status.RED)  # from best to worst


@dataclass(frozen=True, kw_only=True)
class ImplementationStatus:
    """The status and what makes it: `late` are the open milestones that are late, the latest first."""

    status: Status
    worst_days: int
    late: tuple[MilestoneId, ...]
    overdue_condition: bool = False


@dataclass(frozen=True, kw_only=True)
class PotentialStatus:
    """The status and the two shares it is the worse of; None where there is nothing to compare."""

    status: Status
    full_year: Decimal | None
    to_date: Decimal | None


def implementation_status(
    milestones: Sequence[Milestone], today: date, amber_days: int = 14, overdue_condition: bool = False
) -> ImplementationStatus:
    """Green while nothing open is late or forecast late, amber up to `amber_days`, red beyond; grey without milestones.

    A milestone that is done or waived is late no more. An overdue condition is red, also where there are no milestones.
    For a measure on hold pass the day the hold began as `today`: its clock stands still.
    """
    days = {m.id: _days_late(m, today) for m in milestones}
    late = sorted((id_ for id_, n in days.items() if n > 0), key=lambda id_: -days[id_])
    worst = max(days.values(), default=0)
    return ImplementationStatus(
        status=_from_days(worst, amber_days, bool(milestones), overdue_condition),
        worst_days=worst,
        late=tuple(late),
        overdue_condition=overdue_condition,
    )


def potential_status(figures: Figures, green_from: Decimal, amber_from: Decimal) -> PotentialStatus:
    """The worse of forecast against plan and actual against plan to date; thresholds are shares (1 and 0.80).

    What is compared: the full-year effect; where a measure has none, its one-off benefit; where it has neither (an IT
    project, say), its one-off cost: plan cost / forecast cost, so that an overrun lowers the potential. A plan that
    costs more than it brings is compared the same way round. The share to date counts from the lock on, as actuals do,
    and never for one-off cost: money not yet spent is no merit. Grey before there is a plan and a forecast.
    """
    if not 0 <= amber_from <= green_from <= 2:
        raise ValueError(f"thresholds are shares, amber first: {amber_from}, {green_from}")
    if not (figures.has_plan and figures.has_forecast):
        return PotentialStatus(status=Status.GREY, full_year=None, to_date=None)
    full_year = potential_share(*_compared(figures))
    to_date = potential_share(figures.plan_to_date, figures.actual_to_date) if figures.is_locked else None
    shares = [share for share in (full_year, to_date) if share is not None]
    status = _from_share(min(shares), green_from, amber_from) if shares else Status.GREY
    return PotentialStatus(status=status, full_year=full_year, to_date=to_date)


def potential_share(plan: Decimal, reached: Decimal) -> Decimal | None:
    """How much of the plan is reached, 1 being all of it; None where nothing was planned and nothing is lost.

    A negative plan is a cost: 100 planned and 125 needed is 0.8.
    """
    if plan > 0:
        return reached / plan
    if plan == 0:
        return Decimal(0) if reached < 0 else None
    return plan / reached if reached < 0 else Decimal(1)


def _compared(figures: Figures) -> tuple[Decimal, Decimal]:
    """Plan and forecast of the first of the three that the measure has."""
    pairs = (
        (figures.plan_full_year, figures.forecast_full_year),
        (figures.one_off_benefit_plan, figures.one_off_benefit_forecast),
    )
    for plan, forecast in pairs:
        if plan or forecast:
            return plan, forecast
    return -figures.one_off_plan, -figures.one_off_forecast


def _from_share(share: Decimal, green_from: Decimal, amber_from: Decimal) -> Status:
    if share >= green_from:
        return Status.GREEN
    return Status.AMBER if share >= amber_from else Status.RED


def _from_days(worst: int, amber_days: int, has_milestones: bool, overdue_condition: bool) -> Status:
    if overdue_condition or worst > amber_days:
        return Status.RED
    if not has_milestones:
        return Status.GREY
    return Status.AMBER if worst > 0 else Status.GREEN


def _days_late(milestone: Milestone, today: date) -> int:
    if not milestone.is_open:
        return 0
    return max(0, (max(today, milestone.forecast or today) - milestone.due_now).days)


@dataclass(frozen=True, kw_only=True)
class StatusOverride:
    """What a person says instead of the computed status, through the day it expires on."""

    dimension: Dimension
    status: Status
    reason: str
    by: PersonId
    expires: date


@dataclass(frozen=True, kw_only=True)
class OverrideSet:
    """It happened: from now on the override counts."""

    override: StatusOverride
    computed: Status


@dataclass(frozen=True, kw_only=True)
class OverrideReasonMissing(Refusal):
    dimension: Dimension


@dataclass(frozen=True, kw_only=True)
class OverrideExpiryNotAhead(Refusal):
    dimension: Dimension
    expires: date
    today: date


@dataclass(frozen=True, kw_only=True)
class OverrideChangesNothing(Refusal):
    dimension: Dimension
    status: Status


@dataclass(frozen=True, kw_only=True)
class OverrideToGrey(Refusal):
    """Grey is no judgement, so nobody can pass it."""

    dimension: Dimension


@dataclass(frozen=True, kw_only=True)
class OverrideNotYours(Refusal):
    """`better`: whether the wanted status is the better one; then only the controller (potential) or PMO may set it."""

    dimension: Dimension
    current: Status
    wanted: Status
    better: bool


def decide_override(
    current: Status,
    wanted: StatusOverride,
    *,
    is_owner: bool,
    is_controller: bool,
    is_pmo: bool,
    today: date,
) -> OverrideSet | Refusal:
    """Worse is free for the owner; better needs the controller (potential) or the PMO (implementation).

    `current` is the computed status; who may make it better may also make it worse. To claim green where nothing is
    known yet (grey) counts as better, to warn there does not.
    """
    dimension = wanted.dimension
    if wanted.status is Status.GREY:
        return OverrideToGrey(dimension=dimension)
    if wanted.status is current:
        return OverrideChangesNothing(dimension=dimension, status=current)
    better = _is_better(wanted.status, current)
    guards = guardian(dimension, is_owner=is_owner, is_controller=is_controller, is_pmo=is_pmo)
    if not (guards or (is_owner and not better)):
        return OverrideNotYours(dimension=dimension, current=current, wanted=wanted.status, better=better)
    if not wanted.reason.strip():
        return OverrideReasonMissing(dimension=dimension)
    if wanted.expires <= today:
        return OverrideExpiryNotAhead(dimension=dimension, expires=wanted.expires, today=today)
    return OverrideSet(override=wanted, computed=current)


def guardian(dimension: Dimension, *, is_owner: bool, is_controller: bool, is_pmo: bool) -> bool:
    """Who may say better than computed. A member of the programme office does not for a measure they own."""
    return is_controller if dimension is Dimension.POTENTIAL else is_pmo and not is_owner


def effective(computed: Status, override: StatusOverride | None, today: date) -> Status:
    """The status that shows: the override's through the day it expires on, else the computed one."""
    return override.status if override is not None and today <= override.expires else computed


def _is_better(wanted: Status, current: Status) -> bool:
    if current is Status.GREY:
        return wanted is Status.GREEN
    return JUDGED.index(wanted) < JUDGED.index(current)


@dataclass(frozen=True, kw_only=True)
class MatrixItem:
    """One measure as the matrix sees it: both statuses as shown, and the value that is at stake."""

    implementation: Status
    potential: Status
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class Cell:
    count: int = 0
    value: Decimal = ZERO

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(count=self.count + other.count, value=self.value + other.value)


@dataclass(frozen=True, kw_only=True)
class StatusMatrix:
    """Counts and values by both statuses: 3 x 3, and beside it what is grey in one of them. Never an average."""

    cells: Mapping[tuple[Status, Status], Cell]  # (implementation, potential), only the pairs that occur

    def cell(self, implementation: Status, potential: Status) -> Cell:
        return self.cells.get((implementation, potential), Cell())

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """Implementation down, potential across, each from green to red."""
        return tuple(tuple(self.cell(down, across) for across in JUDGED) for down in JUDGED)

    @property
    def grey(self) -> Cell:
        """Everything with at least one grey."""
        return sum((cell for pair, cell in self.cells.items() if Status.GREY in pair), Cell())

    @property
    def total(self) -> Cell:
        return sum(self.cells.values(), Cell())


def matrix(items: Iterable[MatrixItem]) -> StatusMatrix:
    """The measures counted by both statuses."""
    cells: dict[tuple[Status, Status], Cell] = {}
    for item in items:
        pair = (item.implementation, item.potential)
        cells[pair] = cells.get(pair, Cell()) + Cell(count=1, value=item.value)
    return StatusMatrix(cells=cells)


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
