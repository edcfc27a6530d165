"""Every kind of criterion, and what stands against requesting a gate."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.access import Capability, NotAllowed
from domain.approvals import OpenRequest, RequestAlreadyOpen, RequestState
from domain.checklist import CHECKS, GateFacts, evaluate
from domain.gates import ConditionsUnmet, GateNotReady, GateRequested, MeasureNotActive, WrongStage, decide_request_gate
from domain.governance import criteria as kinds
from domain.governance.criteria import Countable, Criterion, Met
from domain.measures import Measure
from domain.months import Month
from domain.orders.causes import CauseStanding
from domain.segregation import SegregationConflict
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tests.domain.making import (
    CONTROLLER,
    NOW,
    OWNER,
    PLAN_MONTHS,
    SPONSOR,
    STRANGER,
    actor,
    at_stage,
    line,
    measure,
    milestone,
    request_id,
    situation,
    template,
)

NAME: dict[str, Any] = {"key": "k", "label": "L"}


def fallen(cost: str, rate: str, months: tuple[Month, ...] = (Month(2026, 10),)) -> CauseStanding:
    """A cause that cost 100 a month and befell 2 % of the orders, and is to fall by 30 %."""
    return CauseStanding(
        months=months,
        baseline=Decimal("100.00"),
        cost=Decimal(cost),
        baseline_rate=Decimal("2.0000"),
        rate=Decimal(rate),
        target_percent=Decimal(30),
    )


AMOUNT = Decimal("1.00")
TITLE = kinds.FieldPresent(**NAME, field="title")
BY_MONTH = dict.fromkeys(PLAN_MONTHS, AMOUNT)


def planned(**series: Any) -> Measure:
    """One line with plan by month, and the given series."""
    given = {Scenario(name): amounts for name, amounts in series.items()}
    return measure(lines=(line(series={Scenario.PLAN: BY_MONTH, **given}),))


def through(last: int) -> dict[Month, Decimal]:
    return {Month(2026, n): AMOUNT for n in range(1, last + 1)}


CASES: list[tuple[Criterion, Measure, GateFacts, Met, tuple[str, ...]]] = [
    (kinds.FieldPresent(**NAME, field="owner"), measure(), GateFacts(), Met.MET, ()),
    (kinds.FieldPresent(**NAME, field="owner"), measure(owner=None), GateFacts(), Met.NOT_MET, ("owner",)),
    (
        kinds.FieldPresent(**NAME, field="description"),
        measure(description=" \n"),
        GateFacts(),
        Met.NOT_MET,
        ("description",),
    ),
    (kinds.FieldPresent(**NAME, field="target"), measure(target=Decimal(0)), GateFacts(), Met.MET, ()),
    (
        kinds.DeclaredOrPresent(**NAME, field="risks", declaration="no_risks"),
        measure(risks="", no_risks=True),
        GateFacts(),
        Met.MET,
        (),
    ),
    (
        kinds.DeclaredOrPresent(**NAME, field="risks", declaration="no_risks"),
        measure(risks="Strike", no_risks=False),
        GateFacts(),
        Met.MET,
        (),
    ),
    (
        kinds.DeclaredOrPresent(**NAME, field="risks", declaration="no_risks"),
        measure(risks="", no_risks=False),
        GateFacts(),
        Met.NOT_MET,
        ("risks",),
    ),
    (kinds.Count(**NAME, of=Countable.MILESTONES, at_least=1), measure(), GateFacts(), Met.MET, ()),
    (kinds.Count(**NAME, of=Countable.MILESTONES, at_least=2), measure(), GateFacts(), Met.NOT_MET, ()),
    (
        kinds.Count(**NAME, of=Countable.MILESTONES, at_least=1, having=("owner",)),
        measure(milestones=(milestone(1), milestone(2, owner=None))),
        GateFacts(),
        Met.NOT_MET,
        ("Milestone 2",),
    ),
    (kinds.Count(**NAME, of=Countable.LINES, at_least=1), measure(lines=()), GateFacts(), Met.NOT_MET, ()),
    (kinds.Count(**NAME, of=Countable.EVIDENCE, at_least=1), measure(), GateFacts(), Met.MET, ()),
    (kinds.BaselinePresent(**NAME), measure(), GateFacts(), Met.MET, ()),
    (kinds.BaselinePresent(**NAME), planned(), GateFacts(), Met.NOT_MET, ()),
    (kinds.PlannedByMonth(**NAME), planned(), GateFacts(), Met.MET, ()),
    (kinds.PlannedByMonth(**NAME), measure(lines=()), GateFacts(), Met.NOT_MET, ()),
    (kinds.PlannedByMonth(**NAME), measure(lines=(line(1), line(2, series={}))), GateFacts(), Met.NOT_MET, ("Line 2",)),
    (kinds.ForecastEntered(**NAME), planned(), GateFacts(), Met.NOT_MET, ("Line 1",)),
    (kinds.ForecastEntered(**NAME), planned(forecast=BY_MONTH), GateFacts(), Met.MET, ()),
    (kinds.ControllerConfirmed(**NAME), measure(), GateFacts(), Met.MET, ()),
    (kinds.ControllerConfirmed(**NAME), measure(controller_confirmed_at=None), GateFacts(), Met.NOT_MET, ()),
    (kinds.MilestonesDone(**NAME, with_evidence=True), measure(), GateFacts(), Met.MET, ()),
    (
        kinds.MilestonesDone(**NAME, with_evidence=True),
        measure(milestones=(milestone(evidence=0),)),
        GateFacts(),
        Met.NOT_MET,
        ("Milestone 1",),
    ),
    (
        kinds.MilestonesDone(**NAME, with_evidence=False),
        measure(milestones=(milestone(evidence=0),)),
        GateFacts(),
        Met.MET,
        (),
    ),
    (
        kinds.MilestonesDone(**NAME, with_evidence=True),
        measure(milestones=(milestone(done_on=None, waived_because="Gone"),)),
        GateFacts(),
        Met.MET,
        (),
    ),
    (kinds.ActualsThroughClosedMonth(**NAME), planned(actual=through(9)), GateFacts(), Met.MET, ()),
    (kinds.ActualsThroughClosedMonth(**NAME), planned(actual=through(8)), GateFacts(), Met.NOT_MET, ("2026-09",)),
    (
        kinds.ActualsThroughClosedMonth(**NAME),
        replace(planned(actual=through(9)), closed_through=""),
        GateFacts(),
        Met.NOT_MET,
        (),
    ),
    (
        kinds.ActualsThroughClosedMonth(**NAME),
        replace(planned(), closed_through="2025-12"),
        GateFacts(),
        Met.NOT_MET,
        (),
    ),
    (kinds.CauseReduced(**NAME), measure(), GateFacts(), Met.MET, ()),
    (kinds.CauseReduced(**NAME), measure(), GateFacts(cause=fallen("70.00", "2.0000")), Met.MET, ()),
    (kinds.CauseReduced(**NAME), measure(), GateFacts(cause=fallen("99.00", "1.4000")), Met.MET, ()),
    (kinds.CauseReduced(**NAME), measure(), GateFacts(cause=fallen("70.01", "1.4100")), Met.NOT_MET, ("2026-10",)),
    (kinds.CauseReduced(**NAME), measure(), GateFacts(cause=fallen("0.00", "0.0000", months=())), Met.NOT_MET, ()),
    (kinds.ClosureEvidence(**NAME), measure(), GateFacts(), Met.MET, ()),
    (kinds.ClosureEvidence(**NAME), measure(evidence=()), GateFacts(), Met.NOT_MET, ()),
    (kinds.NoOpenRequest(**NAME), measure(), GateFacts(), Met.MET, ()),
    (kinds.NoOpenRequest(**NAME), measure(), GateFacts(open_requests=1), Met.NOT_MET, ()),
    (kinds.NoOpenRequest(**NAME), measure(), GateFacts(open_conditions=1), Met.NOT_MET, ()),
    (kinds.NoOpenRequest(**NAME), measure(), GateFacts(open_constraints=1), Met.NOT_MET, ()),
    (kinds.NoOverdueCondition(**NAME), measure(), GateFacts(open_conditions=1), Met.MET, ()),
    (kinds.NoOverdueCondition(**NAME), measure(), GateFacts(overdue_conditions=1), Met.NOT_MET, ()),
    (kinds.DistinctPeople(**NAME, people=("owner", "controller")), measure(), GateFacts(), Met.MET, ()),
    (
        kinds.DistinctPeople(**NAME, people=("owner", "sponsor")),
        measure(sponsor=OWNER),
        GateFacts(),
        Met.NOT_MET,
        ("owner", "sponsor"),
    ),
    (
        kinds.DistinctPeople(**NAME, people=("owner", "sponsor")),
        measure(sponsor=None),
        GateFacts(),
        Met.NOT_MET,
        ("sponsor",),
    ),
]


@pytest.mark.parametrize(("criterion", "of", "facts", "outcome", "missing"), CASES)
def test_criterion(criterion: Criterion, of: Measure, facts: GateFacts, outcome: Met, missing: tuple[str, ...]) -> None:
    (result,) = evaluate([criterion], of, facts)
    assert (result.outcome, result.missing) == (outcome, missing)
    assert (result.key, result.label, result.kind) == ("k", "L", type(criterion).__name__)


def test_every_kind_of_criterion_is_checked_and_tested() -> None:
    assert set(CHECKS) == set(Criterion.__subclasses__()) == {type(case[0]) for case in CASES}


def test_waiver_counts_only_where_the_template_allows_it() -> None:
    empty = measure(title="")
    facts = GateFacts(waivers={"k": "Decided elsewhere"})
    (kept,) = evaluate([TITLE], empty, facts)
    (waived,) = evaluate([replace(TITLE, waivable=True)], empty, facts)
    assert (kept.outcome, waived.outcome, waived.reason) == (Met.NOT_MET, Met.WAIVED, "Decided elsewhere")


def test_waiver_of_something_met_is_not_shown() -> None:
    (result,) = evaluate([replace(TITLE, waivable=True)], measure(), GateFacts(waivers={"k": "x"}))
    assert result.outcome is Met.MET


def request(of: Measure, target: Stage, person: Any = OWNER, **more: Any) -> Any:
    return decide_request_gate(of, target, situation(**more), GateFacts(), actor(person), NOW, request_id())


@pytest.mark.parametrize("target", [stage for stage in Stage if stage is not Stage.DEFINED])
def test_complete_measure_may_request_every_gate_in_turn(target: Stage) -> None:
    outcome = request(at_stage(Stage(target - 1)), target)
    assert isinstance(outcome, GateRequested)
    assert outcome.request.state is RequestState.OPEN
    assert outcome.request.target is target
    assert [result.key for result in outcome.request.checklist] == [c.key for c in template().gates[target]]
    assert not any(result.is_open for result in outcome.request.checklist)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("target", Stage)
def test_only_the_next_stage_can_be_requested(stage: Stage, target: Stage) -> None:
    outcome = request(at_stage(stage), target)
    if target == stage + 1:
        assert isinstance(outcome, GateRequested)
    else:
        assert outcome == WrongStage(stage=stage, target=target)


@pytest.mark.parametrize("state", [MeasureState.ON_HOLD, MeasureState.CANCELLED])
@pytest.mark.parametrize("stage", Stage)
def test_measure_that_is_not_active_requests_nothing(stage: Stage, state: MeasureState) -> None:
    assert request(at_stage(stage, state=state), Stage.IDENTIFIED) == MeasureNotActive(state=state)


def test_gate_that_is_not_ready_names_what_is_missing() -> None:
    outcome = request(measure(description="", forum=None), Stage.IDENTIFIED)
    assert isinstance(outcome, GateNotReady)
    assert {result.key for result in outcome.open} == {"description", "forum"}
    assert len(outcome.results) == len(template().gates[Stage.IDENTIFIED])


@pytest.mark.parametrize("person", [STRANGER, CONTROLLER])
def test_request_needs_the_right(person: Any) -> None:
    assert request(measure(), Stage.IDENTIFIED, person) == NotAllowed(capability=Capability.REQUEST_GATE)


def test_one_gate_request_at_a_time() -> None:
    other = OpenRequest(id=request_id(9), kind="gate:identified")
    outcome = request(measure(), Stage.IDENTIFIED, open_requests=(other,))
    assert outcome == RequestAlreadyOpen(request=other.id, kind=other.kind)


def test_request_to_hold_does_not_block_a_gate_but_blocks_the_closure() -> None:
    hold = OpenRequest(id=request_id(9), kind="hold")
    assert isinstance(request(measure(), Stage.IDENTIFIED, open_requests=(hold,)), GateRequested)
    closing = request(at_stage(Stage.IMPLEMENTED), Stage.CLOSED, open_requests=(hold,))
    assert isinstance(closing, GateNotReady)
    assert [result.key for result in closing.open] == ["open-requests"]


def test_request_on_a_measure_whose_controller_sponsors_is_refused() -> None:
    outcome = request(measure(sponsor=CONTROLLER), Stage.IDENTIFIED)
    assert outcome == SegregationConflict(duty="controller", conflicts_with="sponsor", person=CONTROLLER)


def test_first_step_is_due_in_working_days() -> None:
    outcome = request(measure(), Stage.IDENTIFIED)
    assert isinstance(outcome, GateRequested)
    assert outcome.request.steps[0].due_on == date(2026, 11, 9)
    assert outcome.request.steps[0].approvers == (SPONSOR,)


@pytest.mark.parametrize(
    ("stage", "facts", "expected"),
    [
        (Stage.DEFINED, GateFacts(overdue_conditions=1, open_conditions=1), ConditionsUnmet(count=1, is_overdue=True)),
        (Stage.DETAILED, GateFacts(overdue_conditions=2, open_conditions=3), ConditionsUnmet(count=2, is_overdue=True)),
        (Stage.DETAILED, GateFacts(open_conditions=3), None),
        (Stage.IMPLEMENTED, GateFacts(open_conditions=3), ConditionsUnmet(count=3, is_overdue=False)),
        (Stage.IMPLEMENTED, GateFacts(), None),
    ],
)
def test_overdue_condition_blocks_every_gate_and_an_open_one_the_closure_whatever_the_template_asks(
    stage: Stage, facts: GateFacts, expected: ConditionsUnmet | None
) -> None:
    none = {target: () for target in Stage if target is not Stage.DEFINED}
    around = situation(template=replace(template(), gates=none))
    target = Stage(stage + 1)
    outcome = decide_request_gate(at_stage(stage), target, around, facts, actor(OWNER), NOW, request_id())
    assert outcome == expected if expected else isinstance(outcome, GateRequested)
