"""The two statuses: what makes them, who may say otherwise, how they are counted and where they contradict."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contradictions import (
    Contradiction,
    GreenWhilePotentialFalls,
    MeasureFacts,
    Silent,
    SlippedInARow,
    contradictions,
    slips_in_a_row,
)
from domain.ids import LineId, MeasureId, MilestoneId, PersonId
from domain.matrix import Cell, MatrixItem, matrix
from domain.measures import Milestone
from domain.months import FiscalYear, Month
from domain.overrides import (
    OverrideChangesNothing,
    OverrideExpiryNotAhead,
    OverrideNotYours,
    OverrideReasonMissing,
    OverrideSet,
    OverrideToGrey,
    StatusOverride,
    decide_override,
    effective,
)
from domain.stages import MeasureState, Stage
from domain.status import JUDGED, Dimension, Status, implementation_status, potential_share, potential_status
from domain.value import EffectLine, Figures, Recurrence, Scenario, Sign, figures, roll_up

GREEN, AMBER, RED, GREY = Status
IMPLEMENTATION, POTENTIAL = Dimension
TODAY = date(2026, 6, 15)
ME, MEASURE = PersonId(UUID(int=7)), MeasureId(UUID(int=8))
GREEN_FROM, AMBER_FROM = Decimal(1), Decimal("0.80")


def milestone(due: int, number: int = 1, **stated: Any) -> Milestone:
    """Due so many days from today."""
    return Milestone(
        id=MilestoneId(UUID(int=number)), title="Go live", owner=None, due=TODAY + timedelta(days=due), **stated
    )


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("found", "status", "days"),
    [
        (milestone(0), GREEN, 0),
        (milestone(-1), AMBER, 1),
        (milestone(-14), AMBER, 14),
        (milestone(-15), RED, 15),
        (milestone(30, forecast=in_days(30)), GREEN, 0),
        (milestone(30, forecast=in_days(20)), GREEN, 0),
        (milestone(30, forecast=in_days(31)), AMBER, 1),
        (milestone(30, forecast=in_days(44)), AMBER, 14),
        (milestone(30, forecast=in_days(45)), RED, 15),
        (milestone(-5, forecast=in_days(-5)), AMBER, 5),  # a forecast in the past forecasts nothing
        (milestone(-5, forecast=in_days(10)), RED, 15),
        (milestone(-90, done_on=in_days(-1)), GREEN, 0),
        (milestone(-90, waived_because="merged into another"), GREEN, 0),
    ],
)
def test_an_open_milestone_makes_the_implementation_status(found: Milestone, status: Status, days: int) -> None:
    outcome = implementation_status([found], TODAY)
    assert (outcome.status, outcome.worst_days) == (status, days)
    assert outcome.late == ((found.id,) if days else ())


def test_the_worst_milestone_decides_and_the_latest_is_named_first() -> None:
    milestones = [milestone(-3, 1), milestone(5, 2), milestone(-20, 3), milestone(-40, 4, done_on=TODAY)]
    outcome = implementation_status(milestones, TODAY)
    assert (outcome.status, outcome.worst_days) == (RED, 20)
    assert outcome.late == (milestones[2].id, milestones[0].id)


def test_days_until_red_are_the_templates() -> None:
    assert implementation_status([milestone(-14)], TODAY, amber_days=13).status is RED
    assert implementation_status([milestone(-1)], TODAY, amber_days=0).status is RED


def test_without_milestones_there_is_nothing_to_judge() -> None:
    assert implementation_status([], TODAY).status is GREY


@pytest.mark.parametrize("milestones", [[], [milestone(10)]])
def test_an_overdue_condition_is_red(milestones: list[Milestone]) -> None:
    assert implementation_status(milestones, TODAY, overdue_condition=True).status is RED


def figures_with(**stated: Any) -> Figures:
    """Figures with a locked plan, a forecast, and zeros but for what is stated."""
    nothing = vars(roll_up([])) | {"has_plan": True, "has_forecast": True, "is_locked": True}
    return Figures(**nothing | {name: _figure(value) for name, value in stated.items()})


def _figure(value: Any) -> Any:
    return value if isinstance(value, bool) else Decimal(value)


@pytest.mark.parametrize(
    ("plan", "forecast", "planned", "done", "status"),
    [
        (100, 100, 0, 0, GREEN),
        (100, 130, 50, 50, GREEN),
        (100, "99.99", 0, 0, AMBER),
        (100, 80, 0, 0, AMBER),
        (100, "79.99", 0, 0, RED),
        (100, -5, 0, 0, RED),
        (100, 100, 50, 49, AMBER),
        (100, 100, 50, 39, RED),
        (100, 90, 50, 50, AMBER),
        (100, 70, 50, 60, RED),
        (0, 40, 0, 0, GREY),  # nothing was planned and more is forecast: nothing to hold it against
        (0, -40, 0, 0, RED),
        (-100, -100, 0, 0, GREEN),  # a plan that costs more than it brings
        (-100, -125, 0, 0, AMBER),
        (-100, -126, 0, 0, RED),
        (-100, 10, 0, 0, GREEN),
    ],
)
def test_potential_is_the_worse_of_forecast_and_actual(
    plan: Any, forecast: Any, planned: Any, done: Any, status: Status
) -> None:
    found = figures_with(plan_full_year=plan, forecast_full_year=forecast, plan_to_date=planned, actual_to_date=done)
    assert potential_status(found, GREEN_FROM, AMBER_FROM).status is status


def test_the_two_shares_are_told() -> None:
    found = figures_with(plan_full_year=400, forecast_full_year=300, plan_to_date=80, actual_to_date=72)
    outcome = potential_status(found, GREEN_FROM, AMBER_FROM)
    assert (outcome.status, outcome.full_year, outcome.to_date) == (RED, Decimal("0.75"), Decimal("0.9"))


@pytest.mark.parametrize(
    ("plan", "forecast", "status"),
    [
        ("15.30", "15.30", GREEN),
        ("15.30", "12.00", GREEN),
        (100, 125, AMBER),
        (100, "125.01", RED),
        (0, 5, RED),
        (0, 0, GREY),
    ],
)
def test_a_measure_that_only_costs_once_is_judged_by_its_overrun(plan: Any, forecast: Any, status: Status) -> None:
    found = figures_with(one_off_plan=plan, one_off_forecast=forecast)
    assert potential_status(found, GREEN_FROM, AMBER_FROM).status is status


def test_an_it_project_that_overruns_turns_amber_and_costs_no_effect() -> None:
    month = Month(2012, 9)
    cost = EffectLine(
        id=LineId(UUID(int=1)),
        name="Project cost",
        kind="one_off_cost",
        recurrence=Recurrence.ONE_OFF,
        sign=Sign.COST,
        currency="USD",
        series={Scenario.PLAN: {month: Decimal("15297000")}, Scenario.FORECAST: {month: Decimal("18000000")}},
    )
    found = figures(
        [cost],
        first_lock=None,
        stage=Stage.DETAILED,
        state=MeasureState.ACTIVE,
        fy=FiscalYear(Month(2012, 1)),
        closed_through=None,
        weights={Stage.DETAILED: Decimal("0.5")},
        rates={"USD": Decimal(1)},
    )
    outcome = potential_status(found, GREEN_FROM, AMBER_FROM)
    assert (outcome.status, outcome.full_year, outcome.to_date) == (AMBER, Decimal(15297) / 18000, None)
    assert found.plan_year == 0
    assert found.forecast_year - found.one_off_forecast_year == found.risk_adjusted == -18_000_000


def test_a_benefit_is_judged_before_the_cost_it_takes() -> None:
    once = figures_with(one_off_benefit_plan=100, one_off_benefit_forecast=90, one_off_plan=10, one_off_forecast=99)
    assert potential_status(once, GREEN_FROM, AMBER_FROM).full_year == Decimal("0.9")
    lost = figures_with(plan_full_year=100, one_off_benefit_plan=1, one_off_benefit_forecast=1)
    assert potential_status(lost, GREEN_FROM, AMBER_FROM).status is RED


@pytest.mark.parametrize("missing", ["has_plan", "has_forecast"])
def test_potential_is_grey_before_there_is_a_plan_and_a_forecast(missing: str) -> None:
    found = figures_with(plan_full_year=100, **{missing: False})
    assert potential_status(found, GREEN_FROM, AMBER_FROM).status is GREY


def test_the_share_to_date_counts_from_the_lock_on() -> None:
    stated = {"plan_full_year": 100, "forecast_full_year": 100, "plan_to_date": 50}
    assert potential_status(figures_with(**stated), GREEN_FROM, AMBER_FROM).status is RED
    assert potential_status(figures_with(**stated, is_locked=False), GREEN_FROM, AMBER_FROM).status is GREEN


def test_thresholds_in_per_cent_are_a_bug() -> None:
    with pytest.raises(ValueError, match="shares"):
        potential_status(figures_with(), Decimal(100), Decimal(80))


@given(*[st.integers(-(10**6), 10**6).map(Decimal)] * 3)
def test_reaching_more_never_looks_worse(plan: Decimal, one: Decimal, other: Decimal) -> None:
    less, more = (potential_share(plan, reached) for reached in sorted((one, other)))
    assert less is None or more is None or min(less, Decimal(1)) <= min(more, Decimal(1))


def override(status: Status, dimension: Dimension = POTENTIAL, **stated: Any) -> StatusOverride:
    usual: dict[str, Any] = {"reason": "supplier is late", "by": ME, "expires": in_days(30)}
    return StatusOverride(dimension=dimension, status=status, **usual | stated)


def decided(current: Status, wanted: StatusOverride, *roles: str) -> object:
    held = {f"is_{role}": role in roles for role in ("owner", "controller", "pmo")}
    return decide_override(current, wanted, today=TODAY, **held)


WORSE = {(GREEN, AMBER), (GREEN, RED), (AMBER, RED), (GREY, AMBER), (GREY, RED)}


@pytest.mark.parametrize("dimension", Dimension)
@pytest.mark.parametrize(("current", "wanted"), [pair for pair in product(Status, JUDGED) if pair[0] is not pair[1]])
@pytest.mark.parametrize("role", ["owner", "controller", "pmo", "nobody"])
def test_who_may_say_better_and_who_worse(role: str, current: Status, wanted: Status, dimension: Dimension) -> None:
    guardian = {POTENTIAL: "controller", IMPLEMENTATION: "pmo"}[dimension]
    asked = override(wanted, dimension)
    may = role == guardian or (role == "owner" and (current, wanted) in WORSE)
    refused = OverrideNotYours(
        dimension=dimension, current=current, wanted=wanted, better=(current, wanted) not in WORSE
    )
    assert decided(current, asked, role) == (OverrideSet(override=asked, computed=current) if may else refused)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_an_override_needs_a_reason(reason: str) -> None:
    assert decided(GREEN, override(RED, reason=reason), "owner") == OverrideReasonMissing(dimension=POTENTIAL)


@pytest.mark.parametrize("days", [0, -1])
def test_an_override_expires_in_the_future(days: int) -> None:
    refused = OverrideExpiryNotAhead(dimension=POTENTIAL, expires=in_days(days), today=TODAY)
    assert decided(GREEN, override(RED, expires=in_days(days)), "owner") == refused
    assert isinstance(decided(GREEN, override(RED, expires=in_days(1)), "owner"), OverrideSet)


@pytest.mark.parametrize("roles", [(), ("owner", "controller", "pmo")])
def test_nobody_overrides_to_grey_or_to_what_it_is(roles: tuple[str, ...]) -> None:
    assert decided(RED, override(GREY), *roles) == OverrideToGrey(dimension=POTENTIAL)
    assert decided(RED, override(RED), *roles) == OverrideChangesNothing(dimension=POTENTIAL, status=RED)


@pytest.mark.parametrize(("days", "shown"), [(-1, GREEN), (0, RED), (1, RED)])
def test_an_override_shows_through_the_day_it_expires_on(days: int, shown: Status) -> None:
    assert effective(GREEN, override(RED, expires=in_days(days)), TODAY) is shown


def test_without_an_override_the_computed_status_shows() -> None:
    assert effective(AMBER, None, TODAY) is AMBER


items = st.builds(
    MatrixItem,
    implementation=st.sampled_from(Status),
    potential=st.sampled_from(Status),
    value=st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100),
)


@given(st.lists(items))
def test_the_matrix_counts_every_measure_and_every_cent_once(found: list[MatrixItem]) -> None:
    counted = matrix(found)
    judged = sum((cell for row in counted.rows for cell in row), Cell())
    everything = Cell(count=len(found), value=sum((item.value for item in found), Decimal(0)))
    assert judged + counted.grey == counted.total == everything


def test_the_matrix_has_implementation_down_and_potential_across() -> None:
    counted = matrix(
        [
            MatrixItem(implementation=GREEN, potential=RED, value=Decimal(5)),
            MatrixItem(implementation=GREEN, potential=RED, value=Decimal(7)),
            MatrixItem(implementation=RED, potential=GREY, value=Decimal(9)),
        ]
    )
    assert counted.rows[0] == (Cell(), Cell(), Cell(count=2, value=Decimal(12)))
    assert counted.cell(RED, GREY) == counted.grey == Cell(count=1, value=Decimal(9))


def facts(**stated: Any) -> MeasureFacts:
    """A measure without contradictions but for what is stated."""
    usual: dict[str, Any] = {
        "measure": MEASURE,
        "stage": Stage.DECIDED,
        "state": MeasureState.ACTIVE,
        "implementation": GREEN,
        "potential": GREEN,
        "last_update": TODAY,
        "slips_in_a_row": 0,
    }
    return MeasureFacts(**usual | stated)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (facts(), ()),
        (facts(potential=GREY), ()),
        (facts(potential=AMBER), (GreenWhilePotentialFalls(measure=MEASURE, potential=AMBER),)),
        (facts(potential=RED), (GreenWhilePotentialFalls(measure=MEASURE, potential=RED),)),
        (facts(implementation=AMBER, potential=RED), ()),
        (facts(last_update=in_days(-29)), ()),
        (facts(last_update=in_days(-30)), (Silent(measure=MEASURE, days=30, since=in_days(-30)),)),
        (facts(slips_in_a_row=2), ()),
        (facts(slips_in_a_row=3), (SlippedInARow(measure=MEASURE, times=3),)),
    ],
)
def test_what_does_not_go_together_is_named(found: MeasureFacts, expected: tuple[Contradiction, ...]) -> None:
    assert contradictions(found, TODAY) == expected


def test_all_contradictions_of_a_measure_are_named() -> None:
    found = facts(potential=RED, last_update=in_days(-8), slips_in_a_row=1)
    assert len(contradictions(found, TODAY, silent_days=7, slips=1)) == 3


@pytest.mark.parametrize(
    "stated", [{"stage": Stage.CLOSED}, {"state": MeasureState.ON_HOLD}, {"state": MeasureState.CANCELLED}]
)
def test_what_nobody_works_on_contradicts_nothing(stated: dict[str, Any]) -> None:
    assert contradictions(facts(potential=RED, last_update=in_days(-99), slips_in_a_row=9, **stated), TODAY) == ()


@pytest.mark.parametrize(
    ("days", "slips"),
    [
        ((), 0),
        ((1,), 0),
        ((1, 5), 1),
        ((1, 5, 9, 12), 3),
        ((9, 1, 5), 1),
        ((1, 5, 5), 0),
        ((1, 5, 4), 0),
        ((1, 5, 4, 6), 1),
    ],
)
def test_slips_in_a_row_end_with_a_date_that_held(days: tuple[int, ...], slips: int) -> None:
    assert slips_in_a_row([in_days(day) for day in days]) == slips
