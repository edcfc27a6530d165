"""Every way into an instance that names people or decides, tried by somebody who may not: one test for each action.

An action without a verdict fails the first test: say below that it refuses, that it makes its author an editor, or why
segregation of duties has nothing to say about it.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from domain.access import Assignment, NotAllowed, Role
from domain.approvals.choosing import NoApprover
from domain.approvals.ending import NotYourRequest
from domain.approvals.recording import ChairExcluded, NotQuorate
from domain.approvals.request import Choice, GateCondition, Vote
from domain.changes.proposal import Proposal
from domain.checks import CheckNotYours
from domain.conditions import ConditionOfOwnRequest
from domain.delegation import Delegation, DelegationChain, DelegationToSelf
from domain.governance.policies import Condition, Operator
from domain.governance.template import ReasonList
from domain.ids import ConditionId, DelegationId, EvidenceId, KillCriterionId, LineId, MilestoneId, PersonId
from domain.imports import ColumnMapping, Field, RowsToCorrect, Table, TableRow
from domain.kill_criteria import KillCriterion
from domain.lifecycle import NotTheController
from domain.measures import Milestone
from domain.months import Month
from domain.overrides import OverrideNotYours
from domain.refusals import Refusal
from domain.segregation import EditedBySelf, OwnRequest, SegregationConflict
from domain.stages import Stage
from domain.status import Dimension, Status
from domain.value import EffectLine, Recurrence, Scenario, Sign
from tenants.database import Work
from tenants.instance import actions
from tenants.instance.actions import (
    changes,
    conditions,
    delegations,
    evidence,
    gates,
    import_commit,
    imports,
    kill_criteria,
    measures,
    milestones,
    requests,
    statuses,
    sustain,
    values,
)
from tenants.instance.models.checks import SustainCheckRow
from tenants.instance.models.imports import ImportRow
from tenants.instance.models.measures import EvidenceRow, MeasureRow, MilestoneRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import EffectLineRow
from tenants.instance.queries.imports import WAITING
from tests.house import NOW, House
from tests.sitting import called, decided, waiting_at_forum
from tests.team import Team

TODAY = NOW.date()


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def found_actions() -> dict[str, Callable[..., Any]]:
    """Every function of tenants/instance/actions that takes an instance in hand, and every action, public or not."""
    found = {}
    for module_info in pkgutil.iter_modules(actions.__path__):
        module = importlib.import_module(f"{actions.__name__}.{module_info.name}")
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            takes_work = next(iter(inspect.signature(function).parameters), "") == "work"
            if takes_work and (hasattr(function, "__wrapped__") or not name.startswith("_")):
                found[f"{module_info.name}.{name}"] = function
    return found


@dataclass(frozen=True)
class Refuses:
    """The attempt is refused so, and nothing is changed by it."""

    attempt: Callable[[Team], Any]
    kind: type[Refusal] | tuple[type[Refusal], ...]


@dataclass(frozen=True)
class MakesEditor:
    """Whoever does this decides nothing that follows: they are the last editor from then on. Gives the measure."""

    act: Callable[[Team, PersonId], UUID]


@dataclass(frozen=True)
class NothingToSay:
    because: str


Verdict = Refuses | MakesEditor | NothingToSay


# What people may try


def office(team: Team, person: PersonId) -> Any:
    """The person as somebody who holds the programme office's role as well."""
    known = team.actor(person)
    more = Assignment(Role.PMO, team.organization, f"/{team.organization}/")
    return replace(known, assignments=(*known.assignments, more))


def reason(which: ReasonList) -> str:
    return {ReasonList.WAIVE: "not-applicable", ReasonList.HOLD: "capacity", ReasonList.REOPEN: "audit"}[which]


def define_with_two_duties(team: Team) -> Any:
    fields = {"title": "Both", "owner": team.owner, "controller": team.owner}
    return measures.define_measure(team.work, uuid4(), team.package, fields, team.actor(team.owner))


def name_the_owner_as_controller(team: Team) -> Any:
    measure = team.define()
    version = team.row(measure).version
    return measures.edit_measure(team.work, measure, {"controller": team.owner}, team.actor(team.pmo), version)


def change_the_controller_into_the_owner(team: Team) -> Any:
    measure = planned(team)
    team.decide(measure)
    proposal = Proposal(values={"controller": team.owner})
    return changes.request_change(
        team.work, measure, uuid4(), proposal, "Because", team.actor(team.owner), team.row(measure).version
    )


def import_two_duties(team: Team) -> Any:
    """The rows are checked again when they are taken in, whatever the preview let through."""
    mail = "petra@lindqvist.example"
    fields = (Field.PORTFOLIO, Field.PROGRAM, Field.PROJECT, Field.PACKAGE, Field.TITLE, Field.OWNER, Field.CONTROLLER)
    cells = ("Operations", f"Program {uuid4().hex[:8]}", "Losses", "Metering", "Grid losses", mail, mail)
    table = Table(headers=tuple(map(str, fields)), rows=(TableRow(number=2, cells=cells),))
    mapping = ColumnMapping(columns={field: str(field) for field in fields}, constants={})
    actor = team.actor(team.pmo)
    upload = imports.keep_upload(team.work, uuid4(), "measures.csv", table, actor)
    assert imports.map_columns(team.work, upload, mapping, actor, 1) is None
    with team.work.transaction() as tx:
        tx.session.execute(update(ImportRow).where(ImportRow.id == upload).values(state=WAITING, left_out=[]))
    return import_commit.commit_import(team.work, upload, actor, lambda _people: {})


def ask_where_only_the_asker_decides(team: Team) -> Any:
    measure = team.define()
    return requests.request_gate(team.work, measure, uuid4(), Stage.IDENTIFIED, team.actor(team.sponsor))


def hold_where_only_the_asker_decides(team: Team) -> Any:
    return requests.request_turn(
        team.work, team.define(), uuid4(), "hold", reason(ReasonList.HOLD), "Because", team.actor(team.sponsor)
    )


def hold_many_where_only_the_asker_decides(team: Team) -> Any:
    (outcome,) = requests.request_turns(
        team.work, [team.define()], uuid4(), "hold", reason(ReasonList.HOLD), "Because", team.actor(team.sponsor)
    )
    return outcome


def decide_what_one_asked_for(team: Team) -> Any:
    request = team.ask(team.define(), Stage.IDENTIFIED, by=team.pmo)
    return vote(team, request, team.pmo)


def decide_by_way_of_another_what_one_asked_for(team: Team) -> Any:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    stand_in(team, team.sponsor, team.owner)
    return vote(team, request, team.owner, behalf=team.sponsor)


def decide_for_somebody_who_asked(team: Team) -> Any:
    """The sponsor of another measure stands in for who asked: a delegate inherits the conflict."""
    request = team.ask(team.define(), Stage.IDENTIFIED, by=team.pmo)
    stand_in(team, team.pmo, team.chair)
    return vote(team, request, team.chair, behalf=team.pmo)


def decide_what_one_edited_last(team: Team) -> Any:
    measure = team.define()
    request = team.ask(measure, Stage.IDENTIFIED)
    with team.work.transaction() as tx:
        tx.session.execute(update(MeasureRow).where(MeasureRow.id == measure).values(last_edited_by=team.sponsor))
    return vote(team, request, team.sponsor)


def record_what_the_chair_asked_for(team: Team) -> Any:
    measure = planned(team)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    version = team.row(measure).version
    values.confirm_value(team.work, measure, team.actor(team.controller), version)
    asker = office(team, team.chair)
    request = requests.request_gate(team.work, measure, uuid4(), Stage.DECIDED, asker)
    assert not isinstance(request, Refusal), request
    team.approve(request.request, team.controller)
    meeting = called(team)
    team.work.clock = lambda: NOW + timedelta(hours=1)
    return decided(team, meeting, request.request)


def withdraw_what_somebody_else_asked_for(team: Team) -> Any:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    return requests.withdraw(team.work, request.id, "", team.actor(team.sponsor))


def waive_for_ones_own_measure(team: Team) -> Any:
    measure = identified(team, legal_entity=None)
    said = (Stage.DETAILED, "legal-entity", reason(ReasonList.WAIVE), "Mine.")
    return gates.waive_criterion(team.work, measure, *said, office(team, team.owner))


def take_back_a_waiver_of_ones_own_measure(team: Team) -> Any:
    measure = identified(team, legal_entity=None)
    said = (Stage.DETAILED, "legal-entity", reason(ReasonList.WAIVE), "Needless.")
    gates.waive_criterion(team.work, measure, *said, team.actor(team.pmo))
    return gates.take_back_waiver(team.work, measure, Stage.DETAILED, "legal-entity", office(team, team.owner))


def meet_a_condition_of_what_one_asked_for(team: Team) -> Any:
    wanted = GateCondition(id=ConditionId(uuid4()), words="Cap it.", owner=team.owner, due=TODAY + timedelta(days=9))
    request = team.ask(team.define(), Stage.IDENTIFIED)
    given = Vote(choice=Choice.APPROVE, conditions=(wanted,))
    assert not isinstance(requests.vote(team.work, request.id, given, team.actor(team.sponsor)), Refusal)
    return conditions.meet_condition(team.work, wanted.id, "Done.", team.actor(team.owner))


def better_ones_own_status(team: Team) -> Any:
    """Owner and programme office in one person: the better Implementation Status needs another of the office."""
    measure = team.define()
    step = Milestone(id=MilestoneId(uuid4()), title="Late", owner=team.owner, due=date(2026, 1, 1))
    milestones.promise_milestone(team.work, measure, step, team.actor(team.owner), None)
    said = (Dimension.IMPLEMENTATION, Status.GREEN, "It is fine.", TODAY + timedelta(days=9))
    return statuses.override_status(team.work, measure, *said, office(team, team.owner))


def clear_what_says_worse_of_ones_own_measure(team: Team) -> Any:
    measure = team.define()
    said = (Dimension.IMPLEMENTATION, Status.RED, "It is not.", TODAY + timedelta(days=9))
    assert not isinstance(statuses.override_status(team.work, measure, *said, team.actor(team.pmo)), Refusal)
    return statuses.clear_override(team.work, measure, Dimension.IMPLEMENTATION, office(team, team.owner))


def confirm_ones_own_value(team: Team) -> Any:
    measure = planned(team)
    return values.confirm_value(team.work, measure, office(team, team.owner), team.row(measure).version)


def delegate_to_oneself(team: Team) -> Any:
    return delegations.delegate(team.work, delegation(team.sponsor, team.sponsor), team.actor(team.sponsor))


def closed_with_check(team: Team) -> UUID:
    """A measure as its closure left it: with a check that is due."""
    measure = planned(team)
    team.decide(measure)
    request = team.work.session.scalars(select(RequestRow.id).where(RequestRow.measure_id == measure)).first()
    check = uuid4()
    with team.work.transaction() as tx:
        tx.session.execute(update(MeasureRow).where(MeasureRow.id == measure).values(stage=int(Stage.CLOSED)))
        tx.add(SustainCheckRow(id=check, measure_id=measure, request_id=request, due_on=TODAY))
    return check


def confirm_that_ones_own_value_holds(team: Team) -> Any:
    return sustain.confirm_sustained(team.work, closed_with_check(team), "It does.", office(team, team.owner))


def doubt_in_the_controllers_place(team: Team) -> Any:
    check, said = closed_with_check(team), (reason(ReasonList.REOPEN), "It does not.")
    return sustain.doubt_sustained(team.work, check, uuid4(), *said, office(team, team.owner))


# What makes an editor


def edit(team: Team, person: PersonId) -> UUID:
    measure = team.define()
    version = team.row(measure).version
    done(measures.edit_measure(team.work, measure, {"title": "Another"}, team.actor(person), version))
    return measure


def save_line(team: Team, person: PersonId) -> UUID:
    measure = team.define()
    kind = "material_cost"
    line = EffectLine(id=LineId(uuid4()), name="L", kind=kind, recurrence=Recurrence.RECURRING, sign=Sign.BENEFIT)
    done(values.save_line(team.work, measure, line, team.actor(person), None))
    return measure


def remove_line(team: Team, person: PersonId) -> UUID:
    measure = planned(team)
    line = team.work.session.scalars(select(EffectLineRow.id).where(EffectLineRow.measure_id == measure)).one()
    done(values.remove_line(team.work, measure, LineId(line), team.actor(person), None))
    return measure


def enter_forecast(team: Team, person: PersonId) -> UUID:
    measure = planned(team)
    line = team.work.session.scalars(select(EffectLineRow.id).where(EffectLineRow.measure_id == measure)).one()
    grid = {(LineId(line), Scenario.FORECAST): {Month(2026, 12): Decimal("1.00")}}
    done(values.enter_amounts(team.work, measure, grid, team.actor(person), None))
    return measure


def promise(team: Team, person: PersonId) -> UUID:
    measure = team.define()
    step = Milestone(id=MilestoneId(uuid4()), title="Step", owner=team.owner, due=date(2026, 12, 1))
    done(milestones.promise_milestone(team.work, measure, step, team.actor(person), None))
    return measure


def milestone_of(team: Team) -> tuple[UUID, MilestoneId]:
    measure = planned(team)
    found = team.work.session.scalars(select(MilestoneRow.id).where(MilestoneRow.measure_id == measure)).one()
    return measure, MilestoneId(found)


def forecast_milestone(team: Team, person: PersonId) -> UUID:
    measure, step = milestone_of(team)
    done(milestones.forecast_milestone(team.work, measure, step, date(2026, 12, 9), team.actor(person)))
    return measure


def finish_milestone(team: Team, person: PersonId) -> UUID:
    measure, step = milestone_of(team)
    done(milestones.finish_milestone(team.work, measure, step, TODAY, team.actor(person)))
    return measure


def waive_milestone(team: Team, person: PersonId) -> UUID:
    measure, step = milestone_of(team)
    said = (reason(ReasonList.WAIVE), "Not needed.")
    done(milestones.waive_milestone(team.work, measure, step, *said, team.actor(person)))
    return measure


def remove_milestone(team: Team, person: PersonId) -> UUID:
    measure, step = milestone_of(team)
    done(milestones.remove_milestone(team.work, measure, step, team.actor(person), None))
    return measure


def add_evidence(team: Team, person: PersonId) -> UUID:
    measure = team.define()
    proof = evidence.Proof(id=EvidenceId(uuid4()), title="Statement", note="Seen.")
    done(evidence.add_evidence(team.work, measure, proof, team.actor(person)))
    return measure


def remove_evidence(team: Team, person: PersonId) -> UUID:
    measure = add_evidence(team, team.owner)
    proof = team.work.session.scalars(select(EvidenceRow.id).where(EvidenceRow.measure_id == measure)).one()
    done(evidence.remove_evidence(team.work, measure, EvidenceId(proof), team.actor(person)))
    return measure


def criterion(person: PersonId) -> KillCriterion:
    late = Condition(field="days_late", operator=Operator.AT_LEAST, value=Decimal(30))
    said = {"proposes": "cancel", "reason": "no-value", "words": "Too late to pay.", "set_by": person}
    return KillCriterion(id=KillCriterionId(uuid4()), condition=late, **said)


def set_kill_criterion(team: Team, person: PersonId) -> UUID:
    measure = team.define()
    done(kill_criteria.set_kill_criterion(team.work, measure, criterion(person), team.actor(person)))
    return measure


def drop_kill_criterion(team: Team, person: PersonId) -> UUID:
    measure, wanted = team.define(), criterion(team.owner)
    done(kill_criteria.set_kill_criterion(team.work, measure, wanted, team.actor(team.owner)))
    done(kill_criteria.drop_kill_criterion(team.work, measure, wanted.id, team.actor(person)))
    return measure


# Verdicts

NO_PART = "it names nobody on a measure and decides nothing on one"
VERDICTS: dict[str, Verdict] = {
    "changes.request_change": Refuses(change_the_controller_into_the_owner, SegregationConflict),
    "conditions.meet_condition": Refuses(meet_a_condition_of_what_one_asked_for, ConditionOfOwnRequest),
    "delegations.delegate": Refuses(delegate_to_oneself, DelegationToSelf),
    "evidence.add_evidence": MakesEditor(add_evidence),
    "evidence.remove_evidence": MakesEditor(remove_evidence),
    "gates.take_back_waiver": Refuses(take_back_a_waiver_of_ones_own_measure, SegregationConflict),
    "gates.waive_criterion": Refuses(waive_for_ones_own_measure, SegregationConflict),
    "import_commit.commit_import": Refuses(import_two_duties, RowsToCorrect),
    "measures.define_measure": Refuses(define_with_two_duties, SegregationConflict),
    "measures.edit_measure": Refuses(name_the_owner_as_controller, SegregationConflict),
    "milestones.finish_milestone": MakesEditor(finish_milestone),
    "milestones.forecast_milestone": MakesEditor(forecast_milestone),
    "milestones.promise_milestone": MakesEditor(promise),
    "milestones.remove_milestone": MakesEditor(remove_milestone),
    "milestones.waive_milestone": MakesEditor(waive_milestone),
    "recording.record": Refuses(record_what_the_chair_asked_for, ChairExcluded),
    "requests.request_gate": Refuses(ask_where_only_the_asker_decides, NoApprover),
    "requests.request_turn": Refuses(hold_where_only_the_asker_decides, NoApprover),
    "requests.request_turns": Refuses(hold_many_where_only_the_asker_decides, NoApprover),
    "requests.vote": Refuses(decide_what_one_asked_for, OwnRequest),
    "requests.withdraw": Refuses(withdraw_what_somebody_else_asked_for, NotYourRequest),
    "statuses.clear_override": Refuses(clear_what_says_worse_of_ones_own_measure, NotAllowed),
    "statuses.override_status": Refuses(better_ones_own_status, OverrideNotYours),
    "kill_criteria.drop_kill_criterion": MakesEditor(drop_kill_criterion),
    "kill_criteria.set_kill_criterion": MakesEditor(set_kill_criterion),
    "sustain.confirm_sustained": Refuses(confirm_that_ones_own_value_holds, CheckNotYours),
    "sustain.doubt_sustained": Refuses(doubt_in_the_controllers_place, CheckNotYours),
    "values.confirm_value": Refuses(confirm_ones_own_value, NotTheController),
    "values.enter_amounts": MakesEditor(enter_forecast),
    "values.remove_line": MakesEditor(remove_line),
    "values.save_line": MakesEditor(save_line),
}
SILENT: dict[str, tuple[str, ...]] = {
    NO_PART: (
        "comments.add_comment",
        "comments.retract_comment",
        "hierarchy.add_node",
        "hierarchy.move_node",
        "hierarchy.remove_node",
        "hierarchy.rename_node",
        "holidays.add_holidays",
        "holidays.remove_holiday",
        "references.add_reference",
        "references.bring_back_forum",
        "references.bring_back_reference",
        "references.rename_reference",
        "references.retire_forum",
        "references.retire_reference",
        "members.admit_member",
        "members.end_access",
        "members.restore_access",
        "notices.choose_notify",
        "reports.ask_report",
        "staffing.staff",
        "values.close_month",
    ),
    "a role at a node or a seat in a forum is no part in a measure; each vote asks anew": (
        "members.give_role",
        "members.take_role",
        "forums.save_forum",
    ),
    "absence gives nobody a right, and ending a delegation takes one away": (
        "delegations.end_absence",
        "delegations.end_delegation",
        "delegations.record_absence",
    ),
    "a meeting decides nothing; what it decided is recorded by recording.record": (
        "agendas.add_item",
        "agendas.fill_agenda",
        "agendas.place_item",
        "agendas.remove_item",
        "following.agree_action",
        "following.finish_action",
        "meetings.call_meeting",
        "meetings.call_off",
        "meetings.hold_meeting",
        "meetings.keep_minutes",
        "meetings.move_meeting",
    ),
    "nothing is in before import_commit.commit_import, which checks every row again": (
        "import_commit.ask_commit",
        "import_commit.commit_given_up",
        "imports.choose_rows",
        "imports.correct",
        "imports.discard_import",
        "imports.forget_mapping",
        "imports.keep_check",
        "imports.keep_upload",
        "imports.map_columns",
    ),
    "what is proposed is asked for in somebody's name, who then does not decide it: see requests.vote": (
        "kill_criteria.look_at_kill_criteria",
    ),
    "the service does it, for nobody: it founds, tells, counts or stores": (
        "founding.found",
        "mailing.claim_digest",
        "mailing.claim_notice",
        "mailing.mail_letter",
        "notices.tell_asked",
        "notices.tell_decided",
        "order_sums.fold_order_sums",
        "order_trials.begin_trial",
        "order_trials.keep_trial",
        "order_trials.trial_given_up",
        "reminding.remind_of_condition",
        "reminding.remind_of_request",
        "reports.enter_step",
        "reports.keep_frozen",
        "reports.report_given_up",
        "reports.store_report",
        "sustain.remind_of_check",
        "upkeep.refresh_statuses",
    ),
    "what every way of asking, or of saving a milestone, ends in; each has a verdict of its own": (
        "milestones._save",
        "requests.ask",
    ),
    "who asks is none of those who decide; on orders as on measures that is tried in test_order_decisions.py": (
        "order_decisions._request",
        "order_decisions.request_decision",
        "order_decisions.request_decisions",
    ),
    "what it writes on an order is sealed into none of its decisions, or voids them": (
        "constraints.block_orders",
        "constraints.change_constraint",
        "constraints.end_constraint",
        "constraints.free_orders",
        "constraints.open_constraint",
        "order_evidence.add_order_evidence",
        "order_evidence.remove_order_evidence",
        "order_exceptions.assign",
        "order_exceptions.claim_orders",
        "order_exceptions.open_exception",
        "order_exceptions.open_exceptions",
        "order_exceptions.resolve",
        "order_money.record_cost",
        "order_money.record_effect",
        "order_tickets.answer_ticket",
        "order_tickets.escalate_ticket",
        "order_tickets.open_ticket",
        "order_tickets.take_ticket",
        "orders.close_order",
        "orders.move_on",
        "orders.move_to",
        "orders.open_again",
        "orders.record_happening",
    ),
    "who writes what decisions on an order look at is its editor from then on: see test_order_segregation.py": (
        "order_conflicts.decide_conflict",
        "order_import.ask_orders_commit",
        "order_import.commit_orders",
        "order_promises.change_priority",
        "orders.enter_order",
    ),
    "a source delivers it or a file brings it, for no person who could decide on it": (
        "channel_calls.once",
        "delivering._deliver",
        "delivering._tell_event",
        "delivering.deliver",
        "delivering.tell_event",
        "order_looking.ask_check",
        "order_looking.check_given_up",
        "order_looking.check_orders",
        "order_looking.end_check",
        "order_looking.look_at_orders",
    ),
    "it names and decides nothing on a measure or an order": (
        "channel_keys._note_used",
        "channel_keys.create_channel_key",
        "channel_keys.note_used",
        "channel_keys.revoke_channel_key",
        "notices.mark_read",
        "order_rules.switch_rule",
        "order_trials.ask_trial",
        "saved_views.drop_view",
        "saved_views.save_view",
    ),
    "the clock does it by the template's rules": (
        "ledger_actuals.record_ledger_actuals",
        "order_rules.apply_rules",
        "order_rules.escalate_exceptions",
    ),
    "it asks decide_create, as measures.define_measure does": ("measured_causes.propose_measure",),
    "it reads": ("changes.known_here", "meetings.waiting_items", "requests.situation_of"),
}
VERDICTS |= {name: NothingToSay(because) for because, names in SILENT.items() for name in names}


def test_every_action_has_a_verdict() -> None:
    found = set(found_actions())
    assert found - set(VERDICTS) == set(), "say what segregation of duties has to say about them"
    assert set(VERDICTS) - found == set(), "they are gone"


@pytest.mark.parametrize("name", [name for name, verdict in VERDICTS.items() if isinstance(verdict, Refuses)])
def test_what_one_may_not_do_oneself_is_refused(name: str, team: Team) -> None:
    verdict = VERDICTS[name]
    assert isinstance(verdict, Refuses)
    assert isinstance(verdict.attempt(team), verdict.kind)


@pytest.mark.parametrize("name", [name for name, verdict in VERDICTS.items() if isinstance(verdict, MakesEditor)])
def test_who_edited_last_does_not_decide(name: str, team: Team) -> None:
    verdict = VERDICTS[name]
    assert isinstance(verdict, MakesEditor)
    measure = verdict.act(team, team.pmo)
    row = team.row(measure)
    assert row.last_edited_by == team.pmo
    assert team.pmo in row.editors


@pytest.mark.parametrize(
    ("attempt", "kind"),
    [
        (decide_by_way_of_another_what_one_asked_for, OwnRequest),
        (decide_for_somebody_who_asked, OwnRequest),
        (decide_what_one_edited_last, EditedBySelf),
    ],
)
def test_nobody_gets_round_it_by_a_delegate_or_by_editing(
    attempt: Callable[[Team], Any], kind: type[Refusal], team: Team
) -> None:
    assert isinstance(attempt(team), kind)


def test_no_chain_of_delegations_leads_round_it(team: Team) -> None:
    stand_in(team, team.sponsor, team.chair)
    chain = delegations.delegate(team.work, delegation(team.chair, team.second), team.actor(team.chair))
    assert isinstance(chain, DelegationChain)


def test_forum_without_those_who_are_excluded_is_not_quorate(team: Team) -> None:
    """The second member edited it last: one of two is left, and the meeting cannot decide with whoever is there."""
    request = waiting_at_forum(team)
    with team.work.transaction() as tx:
        edited = update(MeasureRow).where(MeasureRow.id == request.measure).values(last_edited_by=team.second)
        tx.session.execute(edited)
    meeting = called(team)
    team.work.clock = lambda: NOW + timedelta(hours=1)
    assert isinstance(decided(team, meeting, request), NotQuorate)


# What the attempts need


def planned(team: Team, **more: Any) -> UUID:
    measure = team.define(**more)
    team.plan(measure)
    return measure


def identified(team: Team, **more: Any) -> UUID:
    measure = planned(team, **more)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    return measure


def vote(team: Team, request: Any, person: PersonId, behalf: PersonId | None = None) -> Any:
    return requests.vote(team.work, request.id, Vote(choice=Choice.APPROVE), team.actor(person), behalf)


def delegation(giver: PersonId, taker: PersonId) -> Delegation:
    return Delegation(
        id=DelegationId(uuid4()), giver=giver, taker=taker, starts_on=TODAY, ends_on=TODAY + timedelta(days=9)
    )


def stand_in(team: Team, giver: PersonId, taker: PersonId) -> None:
    done(delegations.delegate(team.work, delegation(giver, taker), team.actor(giver)))


def done(outcome: Any) -> None:
    assert not isinstance(outcome, Refusal), outcome
