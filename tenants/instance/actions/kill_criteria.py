"""Write down what would end a measure, take it back; and the nightly look, which proposes what was written."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.access import Actor
from domain.approvals.requesting import RequestAlreadyOpen, Requested
from domain.ids import KillCriterionId, PersonId, RequestId
from domain.kill_criteria import (
    KillCriterion,
    KillCriterionDropped,
    KillCriterionMet,
    KillCriterionSet,
    askers,
    decide_drop_kill_criterion,
    decide_set_kill_criterion,
    is_met,
    kill_facts,
    standing,
)
from domain.notices import NoticeKind
from domain.refusals import Refusal
from domain.value import Figures
from tenants.database import NotFound, Work, action
from tenants.instance.actions.notices import tell
from tenants.instance.actions.refreshing import refreshed
from tenants.instance.actions.requests import ASKS, keep_requested, situation_of
from tenants.instance.actions.taking import Taken, put_back, take
from tenants.instance.models.checks import KillCriterionRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.kill_criteria import criteria_of, to_criterion
from tenants.instance.queries.notices import KINDS
from tenants.instance.queries.readers import find_reader
from tenants.instance.transaction import Transaction, plain


@action
def set_kill_criterion(work: Work, measure_id: UUID, wanted: KillCriterion, actor: Actor) -> KillCriterionSet | Refusal:
    """Its id comes with the form: the same form twice is one criterion. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        there = criteria_of(tx.session, measure_id)
        if any(each.id == wanted.id for each in there):
            return KillCriterionSet(measure=taken.measure.id, criterion=wanted, person=actor.person, at=work.now())
        outcome = decide_set_kill_criterion(
            wanted, taken.measure, len(there), taken.governance.template, actor, taken.row.path, work.now()
        )
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        tx.add(_row(taken, outcome))
        put_back(tx, taken, actor, is_edit=True)
        tx.record(outcome, actor, taken.subject)
    return outcome


@action
def drop_kill_criterion(
    work: Work, measure_id: UUID, criterion: KillCriterionId, actor: Actor
) -> KillCriterionDropped | Refusal:
    """Take one back; the trail keeps that it was there. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        row = tx.session.get(KillCriterionRow, criterion)
        if row is None or row.measure_id != measure_id:
            raise NotFound(f"kill criterion {criterion}")
        outcome = decide_drop_kill_criterion(to_criterion(row), taken.measure, actor, taken.row.path, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        tx.delete(row)
        put_back(tx, taken, actor, is_edit=True)
        tx.record(outcome, actor, taken.subject)
    return outcome


@action
def look_at_kill_criteria(work: Work, measure_id: UUID) -> None:
    """What is met today is noted once, and proposed. Figures and days are computed anew first. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        refreshed(tx, taken.row, taken.governance)
        tx.flush()
        today = work.now().date()
        facts = kill_facts(taken.measure, _figures(tx, measure_id), taken.row.days_late, today)
        for criterion in standing(criteria_of(tx.session, measure_id), taken.measure):
            have = facts.get(criterion.condition.field)
            if isinstance(have, Decimal) and is_met(criterion, facts):
                _met(tx, taken, criterion, have, today)


def _met(tx: Transaction, taken: Taken, criterion: KillCriterion, have: Decimal, today: date) -> None:
    outcome = _propose(tx, taken, criterion)
    row = tx.lock(KillCriterionRow, criterion.id)
    row.met_on = today
    if isinstance(outcome, Requested):
        row.proposed_request_id = outcome.request.id
    elif isinstance(outcome, RequestAlreadyOpen):
        row.proposed_request_id = outcome.request
    event = KillCriterionMet(
        measure=taken.measure.id,
        criterion=criterion.id,
        words=criterion.words,
        field=criterion.condition.field,
        have=have,
        limit=Decimal(str(criterion.condition.value)),
        proposes=criterion.proposes,
        request=outcome.request.id if isinstance(outcome, Requested) else None,
        obstacle=type(outcome).__name__ if isinstance(outcome, Refusal) else "",
        on=today,
    )
    tx.record(event, None, taken.subject)
    _tell(tx, taken, criterion)


def _propose(tx: Transaction, taken: Taken, criterion: KillCriterion) -> Requested | Refusal | None:
    """A request in the name of who wrote the criterion, else of who answers for the measure; or the last refusal."""
    outcome: Requested | Refusal | None = None
    for person in askers(criterion, taken.measure):
        reader = find_reader(tx.work, person)
        if reader is None:
            continue
        request = RequestId(tx.work.new_id())
        said = (criterion.reason, criterion.words, situation_of(tx.work, taken), reader.actor, tx.work.now(), request)
        outcome = ASKS[criterion.proposes](taken.measure, *said)
        if isinstance(outcome, Requested):
            keep_requested(tx, taken, outcome, None)
            return outcome
        if isinstance(outcome, RequestAlreadyOpen):
            return outcome
    return outcome


def _tell(tx: Transaction, taken: Taken, criterion: KillCriterion) -> None:
    """Who answers for the measure hears of it; who decides is told of the request itself."""
    people = [person for person in (taken.measure.owner, taken.measure.sponsor) if person]
    body = {
        "link": f"measures/{taken.row.code}#kill",
        "what": KINDS[criterion.proposes],
        "measure": f"{taken.row.code} {taken.row.title}",
        "words": criterion.words,
    }
    tell(tx, map(PersonId, people), NoticeKind.PROPOSAL, f"kill/{criterion.id}", body)


def _figures(tx: Transaction, measure_id: UUID) -> Figures:
    row = tx.work.get(FiguresRow, measure_id)
    return Figures(**{field.name: getattr(row, field.name) for field in fields(Figures)})


def _row(taken: Taken, outcome: KillCriterionSet) -> KillCriterionRow:
    wanted = outcome.criterion
    return KillCriterionRow(
        id=wanted.id,
        measure_id=taken.row.id,
        condition=plain(wanted.condition),
        proposes=wanted.proposes,
        reason=wanted.reason,
        words=wanted.words.strip(),
        set_by=wanted.set_by,
        set_at=outcome.at,
    )
