"""Change requests on a real database: applied as previewed, locked plans that nobody rewrites, two clients apart."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from domain.approvals.request import Choice, RequestState, Vote
from domain.approvals.requesting import RequestNotOpen
from domain.changes.effect import effect_of
from domain.changes.proposal import Proposal
from domain.governance.template import ReasonList
from domain.ids import EvidenceId, LineId, MilestoneId, PersonId
from domain.months import Month
from domain.refusals import FieldMissing, Refusal, Stale
from domain.seal import canonical_locked
from domain.stages import Stage
from domain.value import Recurrence, Scenario, Sign
from tenants.database import NotFound, Work
from tenants.instance.actions import changes, evidence, measures, requests, values
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.measures import MeasureRow, MilestoneRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import AmountRow, EffectLineRow, FiguresRow, PlanVersionRow
from tenants.instance.queries.aggregates import load_measure
from tenants.instance.queries.changes import list_plan_versions, preview_change
from tenants.instance.queries.governance import get_governance
from tests.house import House
from tests.team import Team

MONTH = Month(2026, 5)


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


@pytest.fixture
def elsewhere(other_work: Work, house: House) -> Team:
    """The same in the other client."""
    return Team(other_work, house)


def locked(team: Team) -> tuple[UUID, LineId]:
    """A measure at Decided with 50,000 a month over two years."""
    measure = team.define()
    line = team.plan(measure)
    team.decide(measure)
    return measure, line


def lowered(line: LineId, amount: str = "49000.00") -> Proposal:
    months = {Month(2026, number): Decimal(amount) for number in range(1, 13)}
    return Proposal(values={"end": date(2027, 1, 15)}, amounts={line: {Scenario.PLAN: months}})


def ask(team: Team, measure: UUID, proposal: Proposal, by: PersonId | None = None, seen: int | None = None):  # type: ignore[no-untyped-def]
    person = team.actor(by or team.owner)
    return changes.request_change(team.work, measure, uuid4(), proposal, "Supplier late", person, seen)


def asked(team: Team, measure: UUID, proposal: Proposal):  # type: ignore[no-untyped-def]
    outcome = ask(team, measure, proposal)
    assert not isinstance(outcome, Refusal), outcome
    return outcome.request


def state(team: Team, measure: UUID):  # type: ignore[no-untyped-def]
    team.work.session.expire_all()
    return load_measure(team.work.session, team.work.get(MeasureRow, measure), get_governance(team.work))


def versions(team: Team, measure: UUID) -> list[PlanVersionRow]:
    statement = select(PlanVersionRow).where(PlanVersionRow.measure_id == measure).order_by(PlanVersionRow.number)
    team.work.session.expire_all()
    return list(team.work.session.scalars(statement))


def last_event(team: Team, measure: UUID, kind: str) -> AuditEventRow:
    statement = select(AuditEventRow).where(AuditEventRow.subject_id == measure, AuditEventRow.kind == kind)
    return team.work.session.scalars(statement.order_by(AuditEventRow.sequence.desc())).first()


def test_an_approved_change_holds_at_once_as_it_was_previewed(team: Team) -> None:
    measure, line = locked(team)
    before, governance = state(team, measure), get_governance(team.work)
    path, owner = team.row(measure).path, team.actor(team.owner)
    preview = preview_change(team.work, before, path, governance, owner, lowered(line), "Supplier late")
    assert preview.obstacle is None
    assert preview.run.policy.key == "change"
    team.approve(asked(team, measure, lowered(line)), team.sponsor, team.controller)
    after = state(team, measure)
    assert preview.effect == effect_of(before, lowered(line), governance.rates)
    assert {row.field: row.after for row in preview.effect.rows}.items() <= canonical_locked(after).items()
    figures = team.work.get(FiguresRow, measure)
    assert figures.plan_full_year == preview.effect.full_year.after
    assert (figures.plan_year, figures.leakage) == (Decimal("588000.00"), Decimal("0.00"))
    assert team.owner in after.editors
    assert last_event(team, measure, "ChangeApplied").actor_id == team.controller


def test_versions_follow_each_other_and_leakage_stays_against_the_first(team: Team) -> None:
    measure, line = locked(team)
    first = versions(team, measure)[0].body
    team.approve(asked(team, measure, lowered(line)), team.sponsor, team.controller)
    halved = {Month(2026, n).plus(12): Decimal("25000.00") for n in range(1, 13)}
    proposal = Proposal(amounts={line: {Scenario.PLAN: dict.fromkeys(Month(2026, n) for n in range(1, 13)) | halved}})
    request = asked(team, measure, proposal)
    assert request.policy == "change-value-percent"
    team.approve(request, team.controller, team.chair, team.second)
    rows = versions(team, measure)
    assert [row.number for row in rows] == [1, 2, 3]
    assert rows[0].body == first  # and 2026 by 2 % lower is ramp-up, no other full year
    found = list_plan_versions(team.work, measure, get_governance(team.work))
    assert [each.full_year for each in found] == [Decimal(f"{n}.00") for n in (600_000, 600_000, 300_000)]
    assert found[2].net == Decimal("300000.00")
    forecast = {
        (line, Scenario.FORECAST): dict.fromkeys(
            state(team, measure).lines[0].series[Scenario.FORECAST], Decimal("25000.00")
        )
    }
    assert not isinstance(values.enter_amounts(team.work, measure, forecast, team.actor(team.owner), None), Refusal)
    team.work.session.expire_all()
    figures = team.work.get(FiguresRow, measure)
    assert (figures.plan_full_year, figures.forecast_full_year) == (Decimal("300000.00"), Decimal("300000.00"))
    assert figures.leakage == Decimal("300000.00")


def test_a_line_and_a_milestone_come_and_go_by_request(team: Team) -> None:
    measure, line = locked(team)
    new, step = LineId(uuid4()), MilestoneId(uuid4())
    kind = get_governance(team.work).template.effect_kinds[0].key
    fields = {"name": "Rebates", "kind": kind, "recurrence": Recurrence.RECURRING, "sign": Sign.BENEFIT}
    fields |= {"is_pnl": True, "is_cash": True, "currency": "EUR", "account": "", "cost_centre": ""}
    proposal = Proposal(
        lines={new: fields},
        amounts={new: {Scenario.PLAN: {MONTH: Decimal("10.00")}}},
        milestones={step: {"title": "Rebates agreed", "owner": team.owner, "due": date(2027, 2, 1)}},
    )
    team.approve(asked(team, measure, proposal), team.sponsor, team.controller)
    after = state(team, measure)
    assert [each.id for each in after.lines] == [line, new]
    assert after.lines[1].series[Scenario.PLAN] == {MONTH: Decimal("10.00")}
    assert [each.id for each in after.milestones][1] == step
    grid = {(new, Scenario.FORECAST): {Month(2027, 1): Decimal("5.00")}}
    assert not isinstance(values.enter_amounts(team.work, measure, grid, team.actor(team.owner), None), Refusal)
    team.approve(asked(team, measure, Proposal(lines={new: None})), team.sponsor, team.controller)
    assert [each.id for each in state(team, measure).lines] == [line]
    assert not team.work.session.scalars(select(AmountRow).where(AmountRow.line_id == new)).all()
    assert [row.number for row in versions(team, measure)] == [1, 2, 3]


def test_a_milestone_taken_out_leaves_its_evidence_and_baseline_and_name_change_with_the_plan(team: Team) -> None:
    measure, line = locked(team)
    first, second = state(team, measure).milestones[0].id, MilestoneId(uuid4())
    added = Proposal(milestones={second: {"title": "Signed", "owner": team.owner, "due": date(2026, 11, 1)}})
    team.approve(asked(team, measure, added), team.sponsor, team.controller)
    proof = evidence.Proof(
        id=EvidenceId(uuid4()), title="Draft contract", url="https://example.com/draft", note="", milestone=second
    )
    assert not isinstance(evidence.add_evidence(team.work, measure, proof, team.actor(team.owner)), Refusal)
    proposal = Proposal(
        milestones={second: None},
        lines={line: {"name": "Base rates", "account": "4711"}},
        amounts={line: {Scenario.BASELINE: {MONTH: Decimal("70000.00")}}},
    )
    team.approve(asked(team, measure, proposal), team.sponsor, team.controller)
    after = state(team, measure)
    assert [each.id for each in after.milestones] == [first]
    assert [(each.title, each.milestone) for each in after.evidence] == [("Draft contract", None)]
    assert (after.lines[0].name, after.lines[0].account) == ("Base rates", "4711")
    assert after.lines[0].series[Scenario.BASELINE][MONTH] == Decimal("70000.00")
    assert [row.number for row in versions(team, measure)] == [1, 2]


def test_people_change_by_request_and_a_note_on_the_effect_makes_no_version(team: Team) -> None:
    measure, _line = locked(team)
    proposal = Proposal(values={"expected_effect": "Lower base rates from July on."})
    team.approve(asked(team, measure, proposal), team.sponsor, team.controller)
    assert team.row(measure).expected_effect == "Lower base rates from July on."
    assert len(versions(team, measure)) == 1
    team.approve(asked(team, measure, Proposal(values={"owner": team.pmo})), team.sponsor, team.controller)
    assert team.row(measure).owner_id == team.pmo
    assert len(versions(team, measure)) == 2


def test_a_rejected_change_changes_nothing(team: Team) -> None:
    measure, line = locked(team)
    before, request = state(team, measure), asked(team, measure, lowered(line))
    vote = Vote(choice=Choice.REJECT, comment="Not before the tender.")
    assert not isinstance(requests.vote(team.work, request.id, vote, team.actor(team.sponsor)), Refusal)
    after = state(team, measure)
    assert canonical_locked(after) == canonical_locked(before)
    assert len(versions(team, measure)) == 1


def test_a_governed_edit_voids_it_and_the_vote_that_comes_too_late_is_refused(team: Team) -> None:
    measure, line = locked(team)
    request = asked(team, measure, lowered(line))
    edited = measures.edit_measure(
        team.work, measure, {"title": "Another title"}, team.actor(team.owner), team.row(measure).version
    )
    assert not isinstance(edited, Refusal)
    row = team.work.get(RequestRow, request.id)
    title = "Renegotiate parcel carrier contracts"
    assert row.void_changes == [{"field": "title", "before": title, "after": "Another title"}]
    late = requests.vote(team.work, request.id, Vote(choice=Choice.APPROVE), team.actor(team.sponsor))
    assert isinstance(late, RequestNotOpen)
    assert late.state is RequestState.VOIDED
    assert last_event(team, measure, "RequestNotOpen").is_refusal


def turn(team: Team, measure: UUID, kind: str) -> None:
    reason = get_governance(team.work).template.reasons[ReasonList(kind)][0].code
    outcome = requests.request_turn(team.work, measure, uuid4(), kind, reason, "Strike", team.actor(team.owner))
    assert not isinstance(outcome, Refusal), outcome
    team.approve(outcome.request, team.sponsor)


def test_a_hold_suspends_the_change_that_is_open_beside_it(team: Team) -> None:
    measure, line = locked(team)
    request = asked(team, measure, lowered(line))
    turn(team, measure, "hold")
    approval = Vote(choice=Choice.APPROVE)
    assert isinstance(requests.vote(team.work, request.id, approval, team.actor(team.sponsor)), Refusal)
    assert len(versions(team, measure)) == 1
    turn(team, measure, "resume")
    team.approve(request, team.sponsor, team.controller)
    assert len(versions(team, measure)) == 2


def test_the_same_form_twice_is_one_request_and_an_outdated_page_none(team: Team) -> None:
    measure, line = locked(team)
    key, owner = uuid4(), team.actor(team.owner)
    stale = ask(team, measure, lowered(line), seen=team.row(measure).version - 1)
    assert isinstance(stale, Stale)
    for _ in range(2):
        version = team.row(measure).version
        outcome = changes.request_change(team.work, measure, key, lowered(line), "Late", owner, version)
        assert not isinstance(outcome, Refusal), outcome
    kinds = team.work.session.scalars(select(RequestRow.kind).where(RequestRow.measure_id == measure)).all()
    assert kinds.count("change") == 1


def test_a_refused_change_is_recorded(team: Team) -> None:
    measure, _line = locked(team)
    assert isinstance(ask(team, measure, Proposal(values={"forum": None})), FieldMissing)
    assert last_event(team, measure, "FieldMissing").is_refusal


def test_who_asked_cannot_close_what_came_of_it(team: Team) -> None:
    measure, line = locked(team)
    outcome = ask(team, measure, lowered(line), by=team.pmo)
    assert not isinstance(outcome, Refusal)
    team.approve(outcome.request, team.sponsor, team.controller)
    row = team.row(measure)
    assert (row.last_edited_by, team.pmo in row.editors) == (team.pmo, True)


# Two clients


def test_a_proposal_names_nothing_of_the_other_client(team: Team, elsewhere: Team) -> None:
    measure, line = locked(team)
    for proposal in (
        Proposal(values={"owner": elsewhere.owner}),
        Proposal(values={"forum": elsewhere.forum_id}),
        Proposal(milestones={MilestoneId(uuid4()): {"title": "A", "owner": elsewhere.owner, "due": date(2027, 1, 1)}}),
    ):
        with pytest.raises(NotFound):
            ask(team, measure, proposal)
    with pytest.raises(NotFound):
        changes.request_change(
            elsewhere.work, measure, uuid4(), lowered(line), "Late", elsewhere.actor(elsewhere.owner), None
        )


def test_a_proposal_touches_no_line_or_milestone_of_another_measure(team: Team) -> None:
    (measure, _), (other, line) = locked(team), locked(team)
    step = team.work.session.scalars(select(MilestoneRow.id).where(MilestoneRow.measure_id == other)).one()
    with pytest.raises(NotFound):
        ask(team, measure, Proposal(lines={line: None}))
    with pytest.raises(NotFound):
        ask(team, measure, Proposal(milestones={MilestoneId(step): {"title": "Mine"}}))
    assert team.work.get(EffectLineRow, line).measure_id == other


def test_a_locked_plan_is_added_and_read_and_never_rewritten(team: Team, elsewhere: Team) -> None:
    measure, _line = locked(team)
    for statement in (
        "UPDATE plan_versions SET number = 9 WHERE measure_id = :measure",
        "DELETE FROM plan_versions WHERE measure_id = :measure",
        "TRUNCATE plan_versions",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            team.work.session.execute(text(statement), {"measure": measure}, bind_arguments={"mapper": PlanVersionRow})
        team.work.session.rollback()
    assert [row.number for row in versions(team, measure)] == [1]
    assert not versions(elsewhere, measure)


def test_a_decided_measure_is_at_version_one(team: Team) -> None:
    measure, _line = locked(team)
    row = team.row(measure)
    assert (row.stage, row.plan_version) == (Stage.DECIDED, 1)
