"""Change requests: every locked field, what a change does to the sums, who decides it, and what nobody gets round."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.access import NotAllowed
from domain.approvals import (
    ApprovalRequest,
    Choice,
    NoApprover,
    OpenRequest,
    RequestAlreadyOpen,
    RequestState,
    SealBroken,
    Vote,
    apply_vote,
    decide_vote,
    subject_of,
    void_if_changed,
)
from domain.changes.effect import Effect, effect_of
from domain.changes.proposal import Proposal, applied, differing, proposal_text, read_proposal
from domain.changes.reading import sealed_measure
from domain.changes.requesting import (
    KEPT,
    ChangeRequested,
    LineHasActuals,
    LineWithoutPlan,
    NothingChanges,
    PlanNotLocked,
    UnknownCurrency,
    decide_request_change,
)
from domain.gates import MeasureNotActive
from domain.ids import EvidenceId, ForumId, LineId, MilestoneId
from domain.lifecycle import (
    LOCKED_FIELDS,
    ChangeApplied,
    EndBeforeStart,
    MeasureFrozen,
    MilestoneSettled,
    NegativeAmount,
    PlanVersionLocked,
    UnknownEffectKind,
    apply_approved,
)
from domain.measures import Evidence, Measure
from domain.months import Month
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.seal import canonical_locked, canonical_plan, canonical_text, seal
from domain.segregation import SegregationConflict
from domain.stages import MeasureState, Stage
from domain.value import Recurrence, Scenario, Sign, full_year_effect, in_instance_currency, total
from tests.domain.evolving import evolve
from tests.domain.making import (
    CHAIR,
    CONTROLLER,
    LEADER,
    MEMBER,
    NOW,
    OWNER,
    PLAN_MONTHS,
    PMO,
    SPONSOR,
    STRANGER,
    THIRD,
    actor,
    line,
    measure,
    milestone,
    request_id,
    situation,
    template,
)

RATES = {"EUR": Decimal(1), "USD": Decimal("0.9")}
PLAN, BASELINE = Scenario.PLAN, Scenario.BASELINE
LINE, COST, NEW_LINE = (LineId(UUID(int=200 + number)) for number in (1, 2, 9))
DUE, NEW_MILESTONE = MilestoneId(UUID(int=302)), MilestoneId(UUID(int=309))
NEW_FIELDS: Mapping[str, Any] = {
    "name": "Rebates",
    "kind": "revenue",
    "recurrence": Recurrence.RECURRING,
    "sign": Sign.BENEFIT,
    "is_pnl": True,
    "is_cash": True,
    "currency": "USD",
    "account": "",
    "cost_centre": "",
}


def decided(**more: Any) -> Measure:
    """Locked: 1,000 a month without actuals on the second line, which is the one-off cost; a milestone to come."""
    cost = {month: Decimal("100.00") for month in PLAN_MONTHS[:3]}
    spent = line(2, recurrence=Recurrence.ONE_OFF, sign=Sign.COST, kind="one_off_cost", series={PLAN: cost})
    ahead = milestone(2, done_on=None, due=date(2026, 12, 1))
    usual = {"stage": Stage.DECIDED, "plan_version": 1, "lines": (line(1), spent), "milestones": (milestone(1), ahead)}
    return measure(**{**usual, **more})


def ask(proposal: Proposal, of: Measure | None = None, text: str = "Because", by=OWNER, **more: Any) -> Any:  # type: ignore[no-untyped-def]
    where = situation(**more)
    return decide_request_change(of or decided(), proposal, text, where, RATES, actor(by), NOW, request_id())


def asked(proposal: Proposal, of: Measure | None = None, **more: Any) -> ApprovalRequest:
    outcome = ask(proposal, of, **more)
    assert isinstance(outcome, ChangeRequested), outcome
    return outcome.request


def plan(amount: str, months: tuple[Month, ...] = PLAN_MONTHS, key: LineId = LINE) -> Proposal:
    return Proposal(amounts={key: {PLAN: dict.fromkeys(months, Decimal(amount))}})


def approved(request: ApprovalRequest) -> ApprovalRequest:
    return replace(request, state=RequestState.APPROVED)


def carried_out(of: Measure, request: ApprovalRequest) -> tuple[Measure, tuple[Any, ...]]:
    events = apply_approved(of, approved(request), template(), NOW)
    for event in events:
        of = evolve(of, event)
    return of, events


# Every locked field


VALUES: Mapping[str, Any] = {
    "owner": LEADER,
    "sponsor": LEADER,
    "controller": LEADER,
    "forum": ForumId(UUID(int=51)),
    "start": date(2026, 2, 1),
    "end": date(2027, 1, 31),
    "rough_value": Decimal("9000.00"),
    "target": Decimal("11000.00"),
    "baseline_source": "Ledger 2026",
    "expected_effect": "Lower freight cost from May on.",
}
PROPOSALS = {
    **{name: Proposal(values={name: value}) for name, value in VALUES.items()},
    "milestone title": Proposal(milestones={DUE: {"title": "Contract countersigned"}}),
    "milestone owner": Proposal(milestones={DUE: {"owner": LEADER}}),
    "milestone due": Proposal(milestones={DUE: {"due": date(2026, 12, 24)}}),
    "new milestone": Proposal(milestones={NEW_MILESTONE: {"title": "Audit", "owner": OWNER, "due": date(2027, 1, 5)}}),
    "milestone taken out": Proposal(milestones={DUE: None}),
    "one month": plan("999.99", PLAN_MONTHS[4:5]),
    "baseline": Proposal(amounts={LINE: {BASELINE: {PLAN_MONTHS[0]: Decimal("1.00")}}}),
    "cleared month": Proposal(amounts={LINE: {PLAN: {PLAN_MONTHS[11]: None}}}),
    "later month": plan("5.00", (Month(2027, 1),)),
    "line described": Proposal(lines={LINE: {"account": "4711", "sign": Sign.COST}}),
    "line called otherwise": Proposal(lines={LINE: {"name": "Base rates", "cost_centre": "LOG-3"}}),
    "line taken out": Proposal(lines={COST: None}),
    "new line": Proposal(lines={NEW_LINE: NEW_FIELDS}, amounts={NEW_LINE: {PLAN: {Month(2026, 5): Decimal("10.00")}}}),
}
UNPLANNED = {"rough_value", "baseline_source", "expected_effect", *(name for name in PROPOSALS if "milestone" in name)}


def test_every_locked_field_has_its_row() -> None:
    assert set(VALUES) == LOCKED_FIELDS
    assert set(KEPT) | {"rough_value"} == LOCKED_FIELDS


@pytest.mark.parametrize("name", PROPOSALS)
def test_a_change_of_every_locked_thing_is_previewed_sealed_and_applied(name: str) -> None:
    of, proposal = decided(), PROPOSALS[name]
    effect = effect_of(of, proposal, RATES)
    assert effect.rows
    request = asked(proposal, of)
    assert request.proposal == proposal_text(proposal)
    after, (changed, *locks) = carried_out(of, request)
    assert isinstance(changed, ChangeApplied)
    assert [(each.field, each.before, each.after) for each in changed.changes] == [
        (row.field, row.before, row.after) for row in effect.rows
    ]
    assert canonical_locked(after) == canonical_locked(applied(of, proposal)) != canonical_locked(of)
    assert [type(each) for each in locks] == ([] if name in UNPLANNED else [PlanVersionLocked])
    assert after.plan_version == (1 if name in UNPLANNED else 2)


@pytest.mark.parametrize("name", PROPOSALS)
def test_a_proposal_is_read_as_it_was_written(name: str) -> None:
    text = proposal_text(PROPOSALS[name])
    assert read_proposal(text) == PROPOSALS[name]
    assert proposal_text(read_proposal(text)) == text


@pytest.mark.parametrize("name", PROPOSALS)
def test_the_sealed_request_shows_the_same_effect_later(name: str) -> None:
    of = decided()
    request = asked(PROPOSALS[name], of)
    effect = effect_of(sealed_measure(request), read_proposal(request.proposal), RATES)
    assert effect == effect_of(of, PROPOSALS[name], RATES)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"stage":"closed"}',
        '{"target":12}',
        '{"target":"1e3"}',
        '{"target":"NaN"}',
        '{"owner":"nobody"}',
        '{"end":"31.12.2026"}',
        '{"line.x.plan.2026-01":"1.00"}',
        f'{{"line.{LINE}.forecast.2026-01":"1.00"}}',
        f'{{"line.{LINE}.plan.2026-13":"1.00"}}',
        f'{{"line.{LINE}.id":"x"}}',
        f'{{"milestone.{DUE}.done_on":"2026-01-01"}}',
        f'{{"milestone.{DUE}.due":""}}',
    ],
)
def test_what_is_no_proposal_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        read_proposal(text)


# What it does


def test_rows_say_before_after_and_effect() -> None:
    proposal = replace(plan("900.00", PLAN_MONTHS[:1]), values={"end": date(2027, 1, 30), "owner": LEADER})
    rows = {row.field: row for row in effect_of(decided(), proposal, RATES).rows}
    month = rows[f"line.{LINE}.plan.2026-01"]
    assert (month.before, month.after, month.amount) == ("1000.00", "900.00", Decimal("-100.00"))
    assert (rows["end"].days, rows["end"].amount) == (30, None)
    assert (rows["owner"].days, rows["owner"].amount) == (None, None)


def test_a_cost_that_grows_is_less_value() -> None:
    effect = effect_of(decided(), plan("150.00", PLAN_MONTHS[:3], COST), RATES)
    assert [row.amount for row in effect.rows] == [Decimal("-50.00")] * 3
    assert (effect.one_off_cost.before, effect.one_off_cost.after) == (300, 450)
    assert effect.full_year.delta == 0
    assert effect.value_change == -150


@pytest.mark.parametrize(
    ("proposal", "change", "percent"),
    [
        (plan("900.00"), -1200, Decimal(-10)),
        (plan("1100.00"), 1200, Decimal(10)),
        (Proposal(values={"target": Decimal("6000.00")}), -6000, Decimal(-50)),
        (plan("0.00", PLAN_MONTHS[:6]), -6000, Decimal(-50)),  # ramp-up months: the full year stays as it is
        (Proposal(lines={COST: None}), 300, Decimal(0)),
        (Proposal(values={"owner": LEADER}), 0, Decimal(0)),
    ],
)
def test_value_change_is_the_largest_loss_else_the_largest_gain(
    proposal: Proposal, change: int, percent: Decimal
) -> None:
    effect = effect_of(decided(), proposal, RATES)
    assert (effect.value_change, effect.value_change_percent) == (change, percent)


def test_of_nothing_there_is_no_percentage() -> None:
    empty = decided(lines=(), target=None)
    new = PROPOSALS["new line"]
    assert effect_of(empty, new, RATES).value_change_percent is None


def test_amounts_are_weighed_at_plan_rates() -> None:
    effect = effect_of(decided(), PROPOSALS["new line"], RATES)
    assert effect.all_months.delta == Decimal("9.00")
    assert effect.full_year.delta == Decimal("108.00")


amounts = st.none() | st.decimals(0, 10**7, places=2)
months = st.sampled_from((*PLAN_MONTHS, *(Month(2027, n) for n in range(1, 13))))
series = st.dictionaries(months, amounts, max_size=8)
fields = st.fixed_dictionaries(
    {},
    optional={
        "target": st.decimals(1, 10**7, places=2),
        "end": st.dates(date(2026, 2, 1), date(2028, 1, 1)),
        "owner": st.sampled_from([OWNER, LEADER, STRANGER]),
        "expected_effect": st.text(min_size=1, max_size=20),
    },
)
proposals = st.builds(
    lambda values, one, two, due, out, new: Proposal(
        values=values,
        milestones={DUE: {"due": due}} if due else {},
        lines={**({COST: None} if out else {}), **({NEW_LINE: NEW_FIELDS} if new else {})},
        amounts={LINE: {PLAN: one}, **({} if out else {COST: {PLAN: two}}), **({NEW_LINE: {PLAN: new}} if new else {})},
    ),
    fields,
    series,
    series,
    st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    st.booleans(),
    st.none() | st.dictionaries(months, st.decimals(1, 10**6, places=2), min_size=1, max_size=3),
)


def sums(of: Measure) -> tuple[Decimal, Decimal]:
    converted = in_instance_currency(of.lines, RATES)
    return full_year_effect(converted, PLAN), total(converted, PLAN)


@settings(max_examples=150)
@given(proposals)
def test_applying_gives_exactly_what_the_preview_said_to_the_cent(proposal: Proposal) -> None:
    of = decided()
    outcome = ask(proposal, of)
    kept = differing(of, proposal)
    if isinstance(outcome, Refusal):
        assert isinstance(outcome, NothingChanges | FieldMissing | LineWithoutPlan | EndBeforeStart), outcome
        return
    effect = effect_of(of, kept, RATES)
    after, events = carried_out(of, outcome.request)
    locked, before = canonical_locked(after), canonical_locked(of)
    assert {row.field: row.after for row in effect.rows} == {row.field: locked.get(row.field) for row in effect.rows}
    untouched = set(locked) - {row.field for row in effect.rows}
    assert all(locked[name] == before[name] for name in untouched)
    assert sums(after) == (effect.full_year.after, effect.net.after)
    assert sums(of) == (effect.full_year.before, effect.net.before)
    assert effect.changes_plan == (canonical_plan(of) != canonical_plan(after)) == (len(events) == 2)
    for scenario in (Scenario.FORECAST, Scenario.ACTUAL):
        assert _booked(after, scenario) == _booked(of, scenario)


def _booked(of: Measure, scenario: Scenario) -> dict[LineId, Any]:
    return {each.id: each.series[scenario] for each in of.lines if each.series.get(scenario)}


# Who decides


@pytest.mark.parametrize(
    ("proposal", "policy"),
    [
        (plan("900.01"), "change"),
        (plan("900.00"), "change-value-percent"),
        (Proposal(values={"target": Decimal("10800.00")}), "change-value-percent"),
        (Proposal(values={"end": date(2026, 12, 31) + timedelta(29)}), "change"),
        (Proposal(values={"end": date(2026, 12, 31) + timedelta(30)}), "change-end"),
        (Proposal(values={"end": date(2026, 6, 30)}), "change"),
        (Proposal(values={"owner": LEADER}), "change"),
        (plan("9000.00"), "change"),
    ],
)
def test_thresholds_send_it_to_the_forum_or_to_sponsor_and_controller(proposal: Proposal, policy: str) -> None:
    request = asked(proposal)
    assert request.policy == policy
    forum = (CHAIR, MEMBER, THIRD)
    assert request.steps[-1].approvers == ((CONTROLLER,) if policy == "change" else forum)


def test_a_loss_of_100_000_goes_to_the_forum_however_small_a_part_it_is() -> None:
    large = {month: Decimal("1000000.00") for month in PLAN_MONTHS}
    of = decided(lines=(line(1, series={PLAN: large}),), target=Decimal("12000000.00"))
    assert asked(plan("991666.67"), of).policy == "change"
    assert asked(plan("991666.66"), of).policy == "change-value-amount"


def test_who_asks_does_not_decide() -> None:
    outcome = ask(Proposal(values={"end": date(2027, 1, 5)}), by=SPONSOR)
    assert isinstance(outcome, NoApprover)
    assert outcome.excluded == (SPONSOR,)


def test_who_asked_has_edited_what_came_of_it() -> None:
    after, _ = carried_out(decided(), asked(plan("900.01"), by=PMO))
    assert after.last_edited_by == PMO
    assert PMO in after.editors


# What stands against it


BOOKED = {Scenario.ACTUAL: {PLAN_MONTHS[0]: Decimal("1.00")}, PLAN: {PLAN_MONTHS[0]: Decimal("1.00")}}
BARE = Proposal(lines={NEW_LINE: {**NEW_FIELDS, "currency": "EUR"}})


def new_line(**more: Any) -> Proposal:
    series = {PLAN: {Month(2026, 5): Decimal("10.00")}}
    return Proposal(lines={NEW_LINE: {**NEW_FIELDS, **more}}, amounts={NEW_LINE: series})


@pytest.mark.parametrize(
    ("proposal", "more", "refusal"),
    [
        (Proposal(), {}, NothingChanges),
        (Proposal(values={"target": Decimal("12000.00")}), {}, NothingChanges),
        (plan("1000.00"), {}, NothingChanges),
        (Proposal(lines={LineId(UUID(int=5)): None}), {}, NothingChanges),
        (plan("1.00"), {"plan_version": 0}, PlanNotLocked),
        (plan("1.00"), {"state": MeasureState.ON_HOLD}, MeasureNotActive),
        (plan("1.00"), {"state": MeasureState.CANCELLED}, MeasureNotActive),
        (plan("1.00"), {"stage": Stage.CLOSED}, MeasureFrozen),
        (plan("-1.00"), {}, NegativeAmount),
        (Proposal(values={"end": date(2025, 1, 1)}), {}, EndBeforeStart),
        (Proposal(values={"owner": CONTROLLER}), {}, SegregationConflict),
        (Proposal(values={"controller": SPONSOR}), {}, SegregationConflict),
        (Proposal(values={"expected_effect": "x" * 2001}), {}, FieldTooLong),
        (Proposal(values={"baseline_source": "x" * 2001}), {}, FieldTooLong),
        *((Proposal(values={name: None}), {}, FieldMissing) for name in KEPT),
        (Proposal(milestones={MilestoneId(UUID(int=301)): {"due": date(2027, 1, 1)}}), {}, MilestoneSettled),
        (Proposal(milestones={DUE: {"title": " "}}), {}, FieldMissing),
        (Proposal(milestones={DUE: {"title": "x" * 201}}), {}, FieldTooLong),
        (Proposal(milestones={NEW_MILESTONE: {"title": "Half"}}), {}, FieldMissing),
        (Proposal(milestones={NEW_MILESTONE: None}), {}, NothingChanges),
        (Proposal(milestones={MilestoneId(UUID(int=301)): None}), {}, MilestoneSettled),
        (Proposal(milestones={DUE: None}), {"milestones": (milestone(2, done_on=None),)}, FieldMissing),
        (Proposal(lines={LINE: {"name": " "}}), {}, FieldMissing),
        (Proposal(amounts={LINE: {BASELINE: {PLAN_MONTHS[0]: Decimal("-1.00")}}}), {}, NegativeAmount),
        (Proposal(lines={LINE: None}), {}, LineHasActuals),
        (Proposal(lines={COST: None}), {"lines": (line(2, series={PLAN: BOOKED[PLAN]}),)}, FieldMissing),
        (Proposal(lines={NEW_LINE: {"name": "Half"}}), {}, FieldMissing),
        (Proposal(amounts={NEW_LINE: {PLAN: {PLAN_MONTHS[0]: Decimal("1.00")}}}), {}, FieldMissing),
        (BARE, {}, LineWithoutPlan),
        (Proposal(amounts={COST: {PLAN: dict.fromkeys(PLAN_MONTHS[:3])}}), {}, LineWithoutPlan),
        (new_line(kind="luck"), {}, UnknownEffectKind),
        (new_line(currency="XXX"), {}, UnknownCurrency),
        (new_line(name=" "), {}, FieldMissing),
    ],
)
def test_an_incoherent_change_is_refused(proposal: Proposal, more: dict[str, Any], refusal: type[Refusal]) -> None:
    assert isinstance(ask(proposal, decided(**more)), refusal)


@pytest.mark.parametrize(("text", "refusal"), [("", FieldMissing), (" \n", FieldMissing), ("x" * 2001, FieldTooLong)])
def test_a_change_says_why(text: str, refusal: type[Refusal]) -> None:
    assert isinstance(ask(plan("1.00"), text=text), refusal)


@pytest.mark.parametrize("person", [CHAIR, LEADER, STRANGER])
def test_only_who_leads_a_measure_asks(person: Any) -> None:
    assert isinstance(ask(plan("1.00"), by=person), NotAllowed)


def test_one_change_at_a_time_beside_a_gate_and_a_hold() -> None:
    others = tuple(OpenRequest(id=request_id(n), kind=kind) for n, kind in enumerate(("gate:implemented", "hold")))
    assert isinstance(ask(plan("1.00"), open_requests=others), ChangeRequested)
    again = (*others, OpenRequest(id=request_id(7), kind="change"))
    assert isinstance(ask(plan("1.00"), open_requests=again), RequestAlreadyOpen)


# The seal


def stale(of: Measure, request: ApprovalRequest) -> list[str]:
    voided = void_if_changed(request, subject_of(of, request.kind, proposal=request.proposal), NOW)
    return [each.field for each in voided.changes] if voided else []


def test_a_governed_edit_breaks_the_seal_and_names_the_field() -> None:
    of = decided()
    request = asked(plan("900.01"), of)
    assert stale(replace(of, title="Other"), request) == ["title"]
    other = subject_of(replace(of, title="Other"), request.kind, proposal=request.proposal)
    voided = void_if_changed(request, other, NOW)
    assert voided
    assert [(each.before, each.after) for each in voided.changes] == [("Bundle carriers", "Other")]


def test_a_routine_entry_elsewhere_does_not() -> None:
    of = decided()
    booked = replace(of.lines[0], series={**of.lines[0].series, Scenario.FORECAST: {}, Scenario.ACTUAL: {}})
    assert not stale(replace(of, lines=(booked, of.lines[1])), asked(plan("900.01"), of))
    done = replace(of.milestones[1], done_on=date(2026, 11, 1))
    assert not stale(replace(of, milestones=(of.milestones[0], done)), asked(plan("900.01"), of))


def test_what_a_proposal_leans_on_does() -> None:
    of = decided()
    spent = replace(of.lines[1], series={**of.lines[1].series, Scenario.ACTUAL: {PLAN_MONTHS[0]: Decimal("5.00")}})
    broken = stale(replace(of, lines=(of.lines[0], spent)), asked(Proposal(lines={COST: None}), of))
    assert broken == [f"line.{COST}.actual.2026-01"]
    done = replace(of.milestones[1], done_on=date(2026, 11, 1))
    moved = asked(Proposal(milestones={DUE: {"due": date(2026, 12, 24)}}), of)
    gone = asked(Proposal(milestones={DUE: None}), of)
    for request in (moved, gone):
        assert stale(replace(of, milestones=(of.milestones[0], done)), request) == [f"milestone.{DUE}.done_on"]


def test_what_proved_a_milestone_that_is_taken_out_stays_with_the_measure() -> None:
    proof = Evidence(id=EvidenceId(UUID(int=401)), title="Countersigned contract", milestone=DUE)
    after, _ = carried_out(decided(evidence=(proof,)), asked(Proposal(milestones={DUE: None})))
    assert after.evidence == (replace(proof, milestone=None),)


def test_an_approval_of_an_outdated_page_is_refused_with_the_difference() -> None:
    of = decided()
    request = asked(plan("900.01"), of)
    now_is = subject_of(replace(of, title="Other"), request.kind, proposal=request.proposal)
    refused = decide_vote(request, Vote(choice=Choice.APPROVE), actor(SPONSOR), NOW, now_is)
    assert isinstance(refused, SealBroken)
    assert [each.field for each in refused.changes] == ["title"]


def test_another_proposal_is_another_seal() -> None:
    assert asked(plan("900.01")).seal != asked(plan("900.02")).seal


def test_voted_through_it_is_applied_and_the_first_lock_stays() -> None:
    of = decided()
    request = asked(plan("900.01"), of)
    for person in (SPONSOR, CONTROLLER):
        subject = subject_of(of, request.kind, proposal=request.proposal)
        outcome = decide_vote(request, Vote(choice=Choice.APPROVE), actor(person), NOW, subject)
        assert not isinstance(outcome, Refusal), outcome
        request = apply_vote(request, outcome)
    after, (changed, locked) = carried_out(of, request)
    assert isinstance(locked, PlanVersionLocked)
    text = canonical_text(canonical_plan(after))
    assert (locked.version, locked.plan, locked.seal) == (2, text, seal(text))
    assert changed.person == OWNER


@pytest.mark.parametrize(
    "more", [{"state": MeasureState.ON_HOLD}, {"stage": Stage.CLOSED}, {"plan_version": 0}], ids=str
)
def test_applying_where_it_does_not_fit_is_a_bug(more: dict[str, Any]) -> None:
    request = approved(asked(plan("900.01")))
    with pytest.raises(ValueError, match="cannot apply a change"):
        apply_approved(decided(**more), request, template(), NOW)


def test_an_effect_is_what_the_policy_sees() -> None:
    facts = effect_of(decided(), replace(plan("900.00"), values={"end": date(2027, 1, 30)}), RATES).facts
    assert facts == {
        "value_change": Decimal("-1200.00"),
        "value_change_percent": Decimal(-10),
        "end_shift_days": 30,
        "changes_people": False,
    }
    assert effect_of(decided(), Proposal(values={"sponsor": LEADER}), RATES).facts["changes_people"] is True
    assert isinstance(effect_of(decided(end=None), plan("1.00"), RATES), Effect)
    assert effect_of(decided(end=None), plan("1.00"), RATES).end_shift_days is None
