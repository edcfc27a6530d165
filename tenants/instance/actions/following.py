"""What somebody is to do after a meeting: agreed with an owner and a day, and done."""

from datetime import date
from uuid import UUID

from domain.access import Actor
from domain.forums import ActionAgreed, ActionFinished, MeetingAction, decide_agree_action, decide_finish_action
from domain.ids import MeetingActionId, MeetingId, PersonId, RequestId
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.meetings import sit
from tenants.instance.models.meetings import MeetingActionRow, MeetingRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.forums import load_forum
from tenants.instance.queries.meetings import to_action
from tenants.instance.transaction import Subject


@action
def agree_action(
    work: Work,
    meeting_id: UUID,
    action_id: UUID,
    title: str,
    owner: PersonId,
    due: date,
    actor: Actor,
    request: RequestId | None = None,
) -> ActionAgreed | Refusal:
    """An action with owner and due date. `action_id` comes with the form. Raises NotFound."""
    agreed = MeetingAction(
        id=MeetingActionId(action_id),
        meeting=MeetingId(meeting_id),
        title=title.strip(),
        owner=owner,
        due=due,
        request=request,
    )
    with work.transaction() as tx:
        sat = sit(tx, meeting_id)
        if existing := tx.session.get(MeetingActionRow, action_id):
            return ActionAgreed(action=to_action(existing))
        outcome = decide_agree_action(agreed, sat.meeting, sat.forum, actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, sat.subject)
        work.get(MemberRow, owner)
        tx.add(
            MeetingActionRow(
                id=action_id, meeting_id=meeting_id, request_id=request, title=agreed.title, owner_id=owner, due_on=due
            )
        )
        tx.record(outcome, actor, sat.subject)
    return outcome


@action
def finish_action(work: Work, action_id: UUID, note: str, actor: Actor) -> ActionFinished | Refusal:
    """Say that an action is done. Raises NotFound."""
    with work.transaction() as tx:
        row = tx.lock(MeetingActionRow, action_id)
        forum = load_forum(work, work.get(MeetingRow, row.meeting_id).forum_id)
        subject = Subject(kind="forum", id=forum.id, label=forum.name)
        outcome = decide_finish_action(to_action(row), forum, note, actor, work.now().date())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject)
        row.done_on, row.done_by, row.note = outcome.on, outcome.person, outcome.note
        tx.record(outcome, actor, subject, reason=outcome.note)
    return outcome
