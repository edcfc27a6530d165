"""What may change on a measure at every stage and in every state, and what an approved request does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from domain.access import Capability, NotAllowed
from domain.approvals import ApprovalRequest, Ask, CastVote, Choice, RequestState, open_request
from domain.gates import MeasureNotActive
from domain.governance import ReasonList
from domain.ids import LineId, MilestoneId, PersonId
from domain.lifecycle import (
    EDITABLE_FIELDS,
    LOCKED_FIELDS,
    ActualsNotOpen,
    AmountsEntered,
    DateInFuture,
    EndBeforeStart,
    LineRemoved,
    LineSaved,
    MeasureCancelled,
    MeasureClosed,
    MeasureCreated,
    MeasureEdited,
    MeasureFrozen,
    MeasureHeld,
    MeasureReopened,
    MeasureResumed,
    MilestoneRemoved,
    MilestoneSaved,
    MilestoneSettled,
    MonthClosed,
    MonthNotBegun,
    NegativeAmount,
    NothingToReopen,
    NotOnHold,
    NotTheController,
    PlanLocked,
    PlanVersionLocked,
    ReopenRequested,
    StageReached,
    UnknownEffectKind,
    UnknownReason,
    ValueConfirmed,
    apply_approved,
    decide_assign,
    decide_confirm_value,
    decide_create,
    decide_edit,
    decide_enter_amounts,
    decide_finish_milestone,
    decide_forecast_milestone,
    decide_promise,
    decide_remove_line,
    decide_remove_milestone,
    decide_request_cancel,
    decide_request_hold,
    decide_request_reopen,
    decide_request_resume,
    decide_save_line,
    decide_waive_milestone,
)
from domain.measures import Measure
from domain.months import Month
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.seal import canonical_plan, seal
from domain.segregation import SegregationConflict
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tests.domain.evolving import evolve
from tests.domain.making import (
    CONTROLLER,
    LEADER,
    NOW,
    OWNER,
    PATH,
    PMO,
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

TODAY = NOW.date()
LINE = LineId(UUID(int=201))
OPEN_MONTH, CLOSED_MONTH, COMING_MONTH = Month(2026, 10), Month(2026, 9), Month(2026, 12)
SOME = Decimal("5.00")
ACTIVE, ON_HOLD, CANCELLED = MeasureState.ACTIVE, MeasureState.ON_HOLD, MeasureState.CANCELLED


def edit(of: Measure, person: PersonId = OWNER, **values: Any) -> Any:
    return decide_edit(of, values, actor(person), PATH, NOW)


def enter(of: Measure, scenario: Scenario, amounts: dict[Month, Decimal | None], person: PersonId = OWNER) -> Any:
    return decide_enter_amounts(of, LINE, scenario, amounts, actor(person), PATH, NOW)


UNDONE = (milestone(1, done_on=None, evidence=0),)
ACTS: dict[str, tuple[Callable[[Measure], Any], set[Stage]]] = {
    "describe": (lambda of: edit(of, description="New"), set(Stage) - {Stage.CLOSED}),
    "set target": (lambda of: edit(of, target=SOME), {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED}),
    "name a sponsor": (
        lambda of: decide_assign(of, {"sponsor": STRANGER}, actor(OWNER), PATH, NOW),
        {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED},
    ),
    "plan": (
        lambda of: enter(of, Scenario.PLAN, {OPEN_MONTH: SOME}),
        {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED},
    ),
    "baseline": (
        lambda of: enter(of, Scenario.BASELINE, {OPEN_MONTH: SOME}),
        {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED},
    ),
    "forecast": (lambda of: enter(of, Scenario.FORECAST, {COMING_MONTH: SOME}), set(Stage) - {Stage.CLOSED}),
    "actual": (
        lambda of: enter(of, Scenario.ACTUAL, {OPEN_MONTH: SOME}, CONTROLLER),
        {Stage.DECIDED, Stage.IMPLEMENTED},
    ),
    "save a line": (
        lambda of: decide_save_line(of, line(2), template(), actor(OWNER), PATH, NOW),
        {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED},
    ),
    "remove a line": (
        lambda of: decide_remove_line(of, LINE, actor(OWNER), PATH, NOW),
        {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED},
    ),
    "promise": (
        lambda of: decide_promise(of, milestone(2), actor(OWNER), PATH, NOW),
        {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED},
    ),
    "remove a milestone": (
        lambda of: decide_remove_milestone(of, UNDONE[0].id, actor(OWNER), PATH, NOW),
        {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED},
    ),
    "finish": (
        lambda of: decide_finish_milestone(of, UNDONE[0].id, TODAY, actor(OWNER), PATH, NOW),
        set(Stage) - {Stage.CLOSED},
    ),
    "waive": (
        lambda of: decide_waive_milestone(of, UNDONE[0].id, "scope", "Dropped", template(), actor(OWNER), PATH, NOW),
        set(Stage) - {Stage.CLOSED},
    ),
    "confirm": (
        lambda of: decide_confirm_value(of, actor(CONTROLLER), NOW),
        {Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED},
    ),
}


@pytest.mark.parametrize(("act", "stage", "state"), list(product(ACTS, Stage, MeasureState)))
def test_what_may_be_done_at_every_stage_in_every_state(act: str, stage: Stage, state: MeasureState) -> None:
    do, stages = ACTS[act]
    outcome = do(at_stage(stage, state=state, milestones=UNDONE))
    if stage is Stage.CLOSED:
        assert outcome == MeasureFrozen(code="M-0001")
    elif state is not ACTIVE:
        assert outcome == MeasureNotActive(state=state)
    elif stage in stages:
        assert not isinstance(outcome, Refusal), outcome
    else:
        assert isinstance(outcome, PlanLocked | ActualsNotOpen), outcome


# kind, asking function, states it may be asked in
TURNS: list[tuple[str, Any, set[MeasureState]]] = [
    ("hold", decide_request_hold, {ACTIVE}),
    ("resume", decide_request_resume, {ON_HOLD}),
    ("cancel", decide_request_cancel, {ACTIVE, ON_HOLD}),
]


@pytest.mark.parametrize(("turn", "stage", "state"), list(product(TURNS, Stage, MeasureState)))
def test_hold_resume_and_cancel_at_every_stage_in_every_state(turn: Any, stage: Stage, state: MeasureState) -> None:
    kind, request, states = turn
    of = at_stage(stage, state=state)
    outcome = request(
        of, "capacity" if kind != "cancel" else "cost", "Because", situation(), actor(OWNER), NOW, request_id()
    )
    if state not in states:
        assert outcome == (NotOnHold(state=state) if kind == "resume" else MeasureNotActive(state=state))
    elif stage is Stage.CLOSED:
        assert outcome == MeasureFrozen(code="M-0001")
    else:
        assert outcome.request.kind == kind
        assert outcome.request.target is None
        assert outcome.request.comment == "Because"


@pytest.mark.parametrize(
    ("reason", "text", "expected"),
    [
        ("boredom", "Because", UnknownReason(list=ReasonList.HOLD, code="boredom")),
        ("", "Because", UnknownReason(list=ReasonList.HOLD, code="")),
        ("capacity", " ", FieldMissing(field="comment")),
    ],
)
def test_hold_needs_a_reason_from_the_list_and_a_sentence(reason: str, text: str, expected: Refusal) -> None:
    assert decide_request_hold(measure(), reason, text, situation(), actor(OWNER), NOW, request_id()) == expected


@pytest.mark.parametrize(("stage", "state"), list(product(Stage, MeasureState)))
def test_every_active_measure_past_the_first_stage_can_be_reopened(stage: Stage, state: MeasureState) -> None:
    of = at_stage(stage, state=state)
    outcome = decide_request_reopen(of, "audit", "Because", situation(), actor(OWNER), NOW, request_id())
    if state is not ACTIVE:
        assert outcome == MeasureNotActive(state=state)
    elif stage is Stage.DEFINED:
        assert outcome == NothingToReopen(code="M-0001")
    else:
        assert isinstance(outcome, ReopenRequested)
        assert [step.name for step in outcome.request.steps] == ["Controller", "Sponsor"]


def test_reopening_needs_a_reason_of_its_own_list_and_the_right() -> None:
    of = at_stage(Stage.CLOSED)
    unknown = decide_request_reopen(of, "capacity", "Because", situation(), actor(OWNER), NOW, request_id())
    assert unknown == UnknownReason(list=ReasonList.REOPEN, code="capacity")
    refused = decide_request_reopen(of, "audit", "Because", situation(), actor(LEADER), NOW, request_id())
    assert refused == NotAllowed(capability=Capability.REOPEN_MEASURE)


@pytest.mark.parametrize("stage", list(Stage)[1:])
def test_reopened_measure_is_one_stage_back_with_its_plan_locked(stage: Stage) -> None:
    of = at_stage(stage)
    (happened,) = apply_approved(of, approved("reopen", of), template(), NOW)
    assert isinstance(happened, MeasureReopened)
    assert (happened.before, happened.after) == (stage, Stage(stage - 1))
    after = evolve(of, happened)
    assert (after.stage, after.plan_version) == (Stage(stage - 1), of.plan_version)


def test_hold_moves_what_is_open_by_the_days_it_lasted_and_the_promise_stays() -> None:
    of = measure(milestones=(milestone(1, done_on=None), milestone(2)))
    held = evolve(of, apply_approved(of, approved("hold", of), template(), NOW)[0])
    assert held.held_on == NOW.date()
    (resumed,) = apply_approved(held, approved("resume", held), template(), NOW + timedelta(days=9))
    assert isinstance(resumed, MeasureResumed)
    assert resumed.days == 9
    after = evolve(held, resumed)
    still, done = after.milestones
    assert (still.due, still.due_now) == (date(2026, 6, 30), date(2026, 7, 9))
    assert done.held_days == 0
    assert after.held_on is None
    assert canonical_plan(after) == canonical_plan(of)


def test_hold_needs_the_right() -> None:
    outcome = decide_request_hold(measure(), "capacity", "x", situation(), actor(LEADER), NOW, request_id())
    assert outcome == NotAllowed(capability=Capability.HOLD_MEASURE)


def approved(kind: str, of: Measure) -> ApprovalRequest:
    target = Stage[kind.partition(":")[2].upper()] if kind.startswith("gate:") else None
    ask = Ask(kind=kind, target=target, reason="capacity", comment="Because")
    request = open_request(ask, of, situation(), actor(OWNER), NOW, request_id())
    assert isinstance(request, ApprovalRequest)
    vote = CastVote(step=0, person=CONTROLLER, choice=Choice.APPROVE, comment="", at=NOW)
    return replace(request, state=RequestState.APPROVED, votes=(vote,))


@pytest.mark.parametrize(("target", "stage", "state"), list(product(list(Stage)[1:], Stage, MeasureState)))
def test_gate_is_applied_only_from_the_stage_before_and_while_active(
    target: Stage, stage: Stage, state: MeasureState
) -> None:
    kind = f"gate:{target.name.lower()}"
    of = at_stage(stage, state=state)
    request = approved(kind, of)
    if state is not ACTIVE or target != stage + 1:
        with pytest.raises(ValueError, match="cannot enter"):
            apply_approved(of, request, template(), NOW)
        return
    first, *others = apply_approved(of, request, template(), NOW)
    assert isinstance(first, StageReached)
    assert (first.before, first.after) == (stage, target)
    expected = {Stage.DECIDED: [PlanVersionLocked], Stage.CLOSED: [MeasureClosed]}.get(target, [])
    assert [type(event) for event in others] == expected


@pytest.mark.parametrize(
    ("kind", "state", "event"),
    [
        ("hold", ACTIVE, MeasureHeld),
        ("hold", ON_HOLD, None),
        ("hold", CANCELLED, None),
        ("resume", ON_HOLD, MeasureResumed),
        ("resume", ACTIVE, None),
        ("resume", CANCELLED, None),
        ("cancel", ACTIVE, MeasureCancelled),
        ("cancel", ON_HOLD, MeasureCancelled),
        ("cancel", CANCELLED, None),
    ],
)
def test_approved_turn_is_applied(kind: str, state: MeasureState, event: Any) -> None:
    of = at_stage(Stage.DETAILED, state=state)
    if event is None:
        with pytest.raises(ValueError, match="cannot apply"):
            apply_approved(of, approved(kind, of), template(), NOW)
        return
    (happened,) = apply_approved(of, approved(kind, of), template(), NOW)
    assert isinstance(happened, event)
    assert (happened.reason, happened.comment) == ("capacity", "Because")
    assert evolve(of, happened).stage is Stage.DETAILED


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.APPROVED])
def test_request_that_is_not_approved_is_never_applied(state: RequestState) -> None:
    request = replace(approved("hold", measure()), state=state)
    with pytest.raises(ValueError, match="not an approved one"):
        apply_approved(measure(), request, template(), NOW)


def test_plan_locks_at_decided_with_its_text_and_seal() -> None:
    of = at_stage(Stage.DETAILED)
    _, locked = apply_approved(of, approved("gate:decided", of), template(), NOW)
    assert isinstance(locked, PlanVersionLocked)
    assert locked.version == 1
    assert locked.seal == seal(locked.plan)
    assert '"target":"12000.00"' in locked.plan
    assert f'"line.{LINE}.plan.2026-01":"1000.00"' in locked.plan
    assert "forecast" not in locked.plan
    assert evolve(of, locked).plan_version == 1


def test_first_lock_stays_when_a_measure_is_decided_again() -> None:
    of = replace(at_stage(Stage.DETAILED), plan_version=1)
    events = apply_approved(of, approved("gate:decided", of), template(), NOW)
    assert [type(event) for event in events] == [StageReached]


def test_closure_names_who_accepted_and_the_days_to_check() -> None:
    of = at_stage(Stage.IMPLEMENTED)
    _, closed = apply_approved(of, approved("gate:closed", of), template(), NOW)
    assert isinstance(closed, MeasureClosed)
    assert closed.accepted_by == (CONTROLLER,)
    assert closed.sustain_checks == (date(2027, 2, 2), date(2027, 5, 2), date(2027, 11, 2))


def test_sustain_check_falls_on_the_last_day_of_a_short_month() -> None:
    of = at_stage(Stage.IMPLEMENTED)
    late = NOW.replace(month=11, day=30)
    _, closed = apply_approved(of, approved("gate:closed", of), template(), late)
    assert isinstance(closed, MeasureClosed)
    assert closed.sustain_checks[0] == date(2027, 2, 28)


@pytest.mark.parametrize("field", sorted(LOCKED_FIELDS))
def test_locked_field_changes_only_by_change_request(field: str) -> None:
    values: dict[str, Any] = {"expected_effect": "New", "baseline_source": "New", "start": TODAY, "end": TODAY}
    new = values.get(field, SOME if field in ("target", "rough_value") else STRANGER)
    assert edit(at_stage(Stage.DECIDED), **{field: new}) == PlanLocked(fields=(field,))


def test_locked_field_that_stays_the_same_does_not_disturb() -> None:
    outcome = edit(at_stage(Stage.DECIDED), target=Decimal("12000.00"), description="New")
    assert isinstance(outcome, MeasureEdited)
    assert set(outcome.values) == {"description"}


def test_edit_names_before_and_after_and_the_editor() -> None:
    outcome = edit(measure(), PMO, target=SOME, end=None)
    assert [(c.field, c.before, c.after) for c in outcome.changes] == [
        ("end", "2026-12-31", None),
        ("target", "12000.00", "5.00"),
    ]
    edited = evolve(measure(), outcome)
    assert (edited.target, edited.end, edited.last_edited_by) == (SOME, None, PMO)
    assert edited.editors == {OWNER, PMO}


def test_edit_without_a_difference_has_nothing_to_record() -> None:
    outcome = edit(measure(), title="Bundle carriers")
    assert (outcome.changes, outcome.values) == ((), {})


@pytest.mark.parametrize("field", ["target", "start", "end", "rough_value", "baseline_source"])
def test_confirmation_lapses_with_what_it_confirmed(field: str) -> None:
    outcome = edit(measure(), **{field: {"start": TODAY, "end": TODAY, "baseline_source": "New"}.get(field, SOME)})
    assert evolve(measure(), outcome).controller_confirmed_at is None


def test_confirmation_lapses_with_plan_and_lines_and_not_with_the_forecast() -> None:
    for scenario, stays in ((Scenario.PLAN, False), (Scenario.BASELINE, False), (Scenario.FORECAST, True)):
        after = evolve(measure(), enter(measure(), scenario, {OPEN_MONTH: SOME}))
        assert (after.controller_confirmed_at is not None) is stays
    saved = decide_save_line(measure(), line(name="New"), template(), actor(OWNER), PATH, NOW)
    assert evolve(measure(), saved).controller_confirmed_at is None


def test_unknown_field_is_a_bug() -> None:
    with pytest.raises(ValueError, match="stage"):
        edit(measure(), stage=Stage.CLOSED)
    assert not {"stage", "state", "plan_version", "editors", "code"} & EDITABLE_FIELDS


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"title": " "}, FieldMissing(field="title")),
        ({"title": "x" * 201}, FieldTooLong(field="title", limit=200)),
        ({"end": date(2025, 1, 1)}, EndBeforeStart(start="2026-01-01", end="2025-01-01")),
        (
            {"controller": OWNER},
            SegregationConflict(duty="controller", conflicts_with="owner", person=OWNER),
        ),
        (
            {"sponsor": CONTROLLER},
            SegregationConflict(duty="controller", conflicts_with="sponsor", person=CONTROLLER),
        ),
    ],
)
def test_edit_must_leave_a_coherent_measure(values: dict[str, Any], expected: Refusal) -> None:
    assert edit(measure(), **values) == expected


@pytest.mark.parametrize(
    ("person", "values", "missing"),
    [
        (LEADER, {"description": "x"}, Capability.EDIT_MEASURE),
        (CONTROLLER, {"description": "x"}, Capability.EDIT_MEASURE),
        (SPONSOR, {"description": "x"}, Capability.EDIT_MEASURE),
        (STRANGER, {"sponsor": STRANGER}, Capability.ASSIGN_PEOPLE),
        (CONTROLLER, {"sponsor": STRANGER}, Capability.ASSIGN_PEOPLE),
    ],
)
def test_edit_needs_the_right(person: PersonId, values: dict[str, Any], missing: Capability) -> None:
    assert edit(measure(), person, **values) == NotAllowed(capability=missing)


def test_only_people_are_assigned() -> None:
    with pytest.raises(ValueError, match="title"):
        decide_assign(measure(), {"title": STRANGER}, actor(PMO), PATH, NOW)


def test_new_measure_starts_at_the_beginning() -> None:
    outcome = decide_create(at_stage(Stage.CLOSED, state=ON_HOLD), actor(PMO), PATH, NOW)
    assert isinstance(outcome, MeasureCreated)
    made = outcome.measure
    assert (made.stage, made.state, made.plan_version, made.controller_confirmed_at) == (Stage.DEFINED, ACTIVE, 0, None)
    assert (made.last_edited_by, made.editors, made.lines, made.milestones, made.evidence) == (PMO, {PMO}, (), (), ())


def test_new_measure_is_checked_like_an_edited_one() -> None:
    assert decide_create(measure(title=""), actor(PMO), PATH, NOW) == FieldMissing(field="title")
    assert isinstance(decide_create(measure(controller=OWNER), actor(PMO), PATH, NOW), SegregationConflict)
    assert decide_create(measure(), actor(LEADER), PATH, NOW) == NotAllowed(capability=Capability.CREATE_MEASURE)


def test_closed_months_are_read_only() -> None:
    decided = at_stage(Stage.DECIDED)
    expected = MonthClosed(months=("2026-09",), closed_through="2026-09")
    assert enter(decided, Scenario.ACTUAL, {CLOSED_MONTH: SOME, OPEN_MONTH: SOME}, CONTROLLER) == expected
    assert enter(decided, Scenario.FORECAST, {CLOSED_MONTH: SOME}) == expected
    unchanged = {CLOSED_MONTH: Decimal("1000.00"), OPEN_MONTH: SOME}
    assert isinstance(enter(decided, Scenario.ACTUAL, unchanged, CONTROLLER), AmountsEntered)


def test_plan_may_cover_closed_months_before_it_locks() -> None:
    assert isinstance(enter(measure(), Scenario.PLAN, {CLOSED_MONTH: SOME}), AmountsEntered)


def test_no_actuals_for_months_to_come() -> None:
    outcome = enter(at_stage(Stage.DECIDED), Scenario.ACTUAL, {COMING_MONTH: SOME}, CONTROLLER)
    assert outcome == MonthNotBegun(months=("2026-12",))


def test_plan_amounts_are_sizes() -> None:
    assert enter(measure(), Scenario.PLAN, {OPEN_MONTH: Decimal(-1)}) == NegativeAmount(months=("2026-10",))


@pytest.mark.parametrize("person", [OWNER, SPONSOR, LEADER])
def test_actuals_are_entered_by_the_controller(person: PersonId) -> None:
    outcome = enter(at_stage(Stage.DECIDED), Scenario.ACTUAL, {OPEN_MONTH: SOME}, person)
    assert outcome == NotAllowed(capability=Capability.ENTER_ACTUALS)


def test_entering_actuals_is_not_editing() -> None:
    decided = at_stage(Stage.DECIDED)
    after = evolve(decided, enter(decided, Scenario.ACTUAL, {OPEN_MONTH: SOME}, CONTROLLER))
    assert after.editors == {OWNER}
    assert after.lines[0].series[Scenario.ACTUAL][OPEN_MONTH] == SOME


def test_amounts_are_set_and_cleared() -> None:
    outcome = enter(measure(), Scenario.FORECAST, {OPEN_MONTH: None, COMING_MONTH: SOME})
    series = evolve(measure(), outcome).lines[0].series[Scenario.FORECAST]
    assert OPEN_MONTH not in series
    assert series[COMING_MONTH] == SOME
    assert [(change.before, change.after) for change in outcome.changes] == [("1000.00", None), ("1000.00", "5.00")]


@pytest.mark.parametrize("person", [OWNER, SPONSOR, PMO, STRANGER])
def test_only_the_named_controller_confirms(person: PersonId) -> None:
    assert decide_confirm_value(measure(), actor(person), NOW) == NotTheController(controller=CONTROLLER)
    assert isinstance(decide_confirm_value(measure(), actor(CONTROLLER), NOW), ValueConfirmed)


def test_line_needs_a_known_kind_and_a_name() -> None:
    odd = decide_save_line(measure(), line(kind="magic"), template(), actor(OWNER), PATH, NOW)
    assert isinstance(odd, UnknownEffectKind)
    bare = decide_save_line(measure(), line(name=" "), template(), actor(OWNER), PATH, NOW)
    assert bare == FieldMissing(field="name")


def test_saved_line_keeps_its_series_and_a_new_one_brings_none() -> None:
    again = decide_save_line(measure(), line(name="New", series={}), template(), actor(OWNER), PATH, NOW)
    assert isinstance(again, LineSaved)
    (kept,) = evolve(measure(), again).lines
    assert (kept.name, kept.series) == ("New", line().series)
    added = decide_save_line(measure(), line(2), template(), actor(OWNER), PATH, NOW)
    assert isinstance(added, LineSaved)
    assert added.line.series == {}
    removed = decide_remove_line(measure(), LINE, actor(OWNER), PATH, NOW)
    assert isinstance(removed, LineRemoved)
    assert evolve(measure(), removed).lines == ()


def test_milestone_is_promised_forecast_and_done() -> None:
    of = measure(milestones=())
    promised = decide_promise(of, milestone(1, done_on=None, evidence=0), actor(OWNER), PATH, NOW)
    assert isinstance(promised, MilestoneSaved)
    of = evolve(of, promised)
    one = of.milestones[0].id
    of = evolve(of, decide_forecast_milestone(of, one, date(2026, 12, 1), actor(OWNER), PATH, NOW))
    assert of.milestones[0].forecast == date(2026, 12, 1)
    of = evolve(of, decide_finish_milestone(of, one, TODAY, actor(OWNER), PATH, NOW))
    assert of.milestones[0].done_on == TODAY
    again = decide_finish_milestone(of, one, TODAY, actor(OWNER), PATH, NOW)
    assert again == MilestoneSettled(title="Milestone 1")
    removed = decide_remove_milestone(of, one, actor(OWNER), PATH, NOW)
    assert isinstance(removed, MilestoneRemoved)
    assert evolve(of, removed).milestones == ()


def test_changed_promise_keeps_progress() -> None:
    outcome = decide_promise(measure(), milestone(1, title="New", done_on=None, evidence=0), actor(OWNER), PATH, NOW)
    assert isinstance(outcome, MilestoneSaved)
    assert (outcome.milestone.title, outcome.milestone.done_on) == ("New", milestone().done_on)


def test_milestone_is_not_done_tomorrow() -> None:
    tomorrow = TODAY + timedelta(days=1)
    outcome = decide_finish_milestone(measure(milestones=UNDONE), UNDONE[0].id, tomorrow, actor(OWNER), PATH, NOW)
    assert outcome == DateInFuture(day=tomorrow, today=TODAY)


def test_owner_of_a_milestone_updates_it_and_others_do_not() -> None:
    of = measure(milestones=(milestone(1, owner=STRANGER, done_on=None),))
    mine = decide_finish_milestone(of, of.milestones[0].id, TODAY, actor(STRANGER), PATH, NOW)
    assert isinstance(mine, MilestoneSaved)
    foreign = decide_finish_milestone(of, of.milestones[0].id, TODAY, actor(LEADER), PATH, NOW)
    assert foreign == NotAllowed(capability=Capability.UPDATE_MILESTONES)


@pytest.mark.parametrize(
    ("reason", "text", "expected"),
    [
        ("mood", "x", UnknownReason(list=ReasonList.WAIVE, code="mood")),
        ("scope", " ", FieldMissing(field="comment")),
    ],
)
def test_waiver_needs_a_reason_from_the_list_and_a_sentence(reason: str, text: str, expected: Refusal) -> None:
    of = measure(milestones=UNDONE)
    assert decide_waive_milestone(of, UNDONE[0].id, reason, text, template(), actor(OWNER), PATH, NOW) == expected


def test_waived_milestone_says_why() -> None:
    of = measure(milestones=UNDONE)
    outcome = decide_waive_milestone(of, UNDONE[0].id, "scope", "Site sold", template(), actor(OWNER), PATH, NOW)
    assert isinstance(outcome, MilestoneSaved)
    assert outcome.milestone.waived_because == "No longer in scope: Site sold"


def test_milestone_of_another_measure_is_a_bug() -> None:
    with pytest.raises(KeyError):
        decide_finish_milestone(measure(), MilestoneId(UUID(int=999)), TODAY, actor(OWNER), PATH, NOW)
