"""The two statuses, never merged: implementation from milestones, potential from value. Source: DOMAIN.md, 4.

What a person may say over them is in overrides, both counted in matrix, what does not go together in contradictions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.ids import MilestoneId
from domain.measures import Milestone
from domain.value import Figures


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
