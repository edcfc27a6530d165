"""One meeting as its page shows it: agenda with the sealed requests on it, what was decided, what is to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, any_, or_, select, true

from domain.access import Actor
from domain.approvals.request import ApprovalRequest
from domain.forums import AgendaItem, Forum, Meeting, MeetingAction, MeetingState, When, may_see, sees_all
from domain.ids import AgendaItemId, ForumId, MeetingActionId, MeetingId, PersonId, RequestId
from tenants.database import NotFound, Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.meetings import AgendaItemRow, MeetingActionRow, MeetingRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import ForumRow, MemberRow
from tenants.instance.models.requests import RequestRow, VoteRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.forums import load_forum
from tenants.instance.queries.sight import Sight, code, in_sight, price_of_day, price_of_week, title, with_subject


@dataclass(frozen=True, kw_only=True)
class AskedLine:
    """A request on an agenda. `price` is a week of waiting of a gate, `per_day` what an order's decision costs.

    `opens`: the reader sees its page.
    """

    request: ApprovalRequest
    title: str
    price: Decimal
    per_day: Decimal
    amount: Decimal | None
    opens: bool


@dataclass(frozen=True, kw_only=True)
class ActionLine:
    """An action with where it was agreed."""

    action: MeetingAction
    owner: str
    forum: ForumId
    forum_name: str
    met_at: datetime
    note: str
    code: str

    def is_overdue(self, today: date) -> bool:
        return self.action.done_on is None and self.action.due < today


@dataclass(frozen=True, kw_only=True)
class MeetingSheet:
    """A meeting. `is_partial`: the reader sees what is in their scope; the minutes and the rest are not theirs."""

    meeting: Meeting
    forum: Forum
    asked: Mapping[RequestId, AskedLine]
    actions: Sequence[ActionLine]
    called_by: UUID
    held_at: datetime | None
    version: int
    is_partial: bool


def get_meeting(work: Work, sight: Sight, actor: Actor, meeting_id: UUID) -> MeetingSheet:
    """One meeting of a forum that the reader sees. Raises NotFound."""
    row = work.get(MeetingRow, meeting_id)
    forum = load_forum(work, row.forum_id)
    if not may_see(forum, actor):
        raise NotFound(f"meeting {meeting_id}")
    is_partial = not sees_all(forum, actor)
    meeting = load_meeting(work, row)
    asked = asked_on(work, meeting, in_sight(sight) if is_partial else true(), opens_for(sight))
    if is_partial:
        agenda = tuple(replace(item, note="") for item in meeting.agenda if item.request in asked)
        meeting = replace(meeting, agenda=agenda, minutes="")
    actions = MeetingActionRow.meeting_id == meeting_id
    mine = _own(actor, asked) if is_partial else true()
    return MeetingSheet(
        meeting=meeting,
        forum=forum,
        asked=asked,
        actions=_actions(work, actions, mine),
        called_by=row.created_by,
        held_at=row.held_at,
        version=row.version,
        is_partial=is_partial,
    )


def list_open_actions(work: Work, actor: Actor, forums: Sequence[Forum]) -> Sequence[ActionLine]:
    """What is still to be done after meetings of these forums, the earliest due first; one's own, where the reader
    does not see all of a forum. One statement."""
    whole = [forum.id for forum in forums if sees_all(forum, actor)]
    some = [forum.id for forum in forums if forum.id not in whole]
    visible = or_(
        MeetingRow.forum_id.in_(whole), MeetingRow.forum_id.in_(some) & (MeetingActionRow.owner_id == actor.person)
    )
    return _actions(work, MeetingActionRow.done_on.is_(None), visible)


def load_meeting(work: Work, row: MeetingRow) -> Meeting:
    """A meeting as rules see it, with its agenda in order. One statement."""
    items = select(AgendaItemRow).where(AgendaItemRow.meeting_id == row.id).order_by(AgendaItemRow.position)
    return Meeting(
        id=MeetingId(row.id),
        forum=ForumId(row.forum_id),
        when=When(starts_at=row.starts_at, minutes_long=row.minutes_long, place=row.place),
        state=MeetingState(row.state),
        agenda=tuple(map(_item, work.session.scalars(items.execution_options(populate_existing=True)))),
        present=tuple(map(PersonId, row.present)),
        minutes=row.minutes,
        sequence=row.sequence,
    )


def counted_in(work: Work, meeting_id: UUID) -> frozenset[PersonId]:
    """Everybody who counted for the quorum of a decision recorded in this meeting."""
    recorded = work.session.scalars(select(VoteRow.present).where(VoteRow.meeting_id == meeting_id))
    return frozenset(PersonId(person) for present in recorded for person in present)


def get_address(work: Work, person: UUID) -> tuple[str, str]:
    """Name and mail address of a member, for the calendar entry. Raises NotFound."""
    member = work.get(MemberRow, person)
    return member.name, member.email


def to_action(row: MeetingActionRow) -> MeetingAction:
    return MeetingAction(
        id=MeetingActionId(row.id),
        meeting=MeetingId(row.meeting_id),
        title=row.title,
        owner=PersonId(row.owner_id),
        due=row.due_on,
        request=RequestId(row.request_id) if row.request_id else None,
        done_on=row.done_on,
    )


def _item(row: AgendaItemRow) -> AgendaItem:
    request = RequestId(row.request_id) if row.request_id else None
    return AgendaItem(id=AgendaItemId(row.id), request=request, title=row.title, note=row.note)


def opens_for(sight: Sight) -> ColumnElement[bool]:
    """Requests whose own page the reader sees: members of a forum see its agenda without every subject on it."""
    is_asked = or_(RequestRow.requested_by == sight.person, any_(RequestRow.waiting) == sight.person)
    return or_(in_sight(sight), is_asked)


def asked_on(
    work: Work, meeting: Meeting, visible: ColumnElement[bool], opens: ColumnElement[bool]
) -> dict[RequestId, AskedLine]:
    """The requests of the agenda that the reader may see. Three statements."""
    columns = (code().label("code"), title().label("title"), opens.label("opens"))
    prices = (price_of_week().label("price"), price_of_day().label("per_day"))
    asked = with_subject(select(RequestRow, *columns, *prices).select_from(RequestRow))
    statement = asked.where(RequestRow.id.in_(meeting.requests), visible)
    rows = work.session.execute(statement).all()
    requests = load_requests(work.session, [(row.RequestRow, row.code) for row in rows])
    return {
        request.id: AskedLine(
            request=request,
            title=row.title,
            price=row.price,
            per_day=row.per_day,
            amount=row.RequestRow.amount,
            opens=row.opens,
        )
        for row, request in zip(rows, requests, strict=True)
    }


def _own(actor: Actor, asked: Mapping[RequestId, AskedLine]) -> ColumnElement[bool]:
    return or_(MeetingActionRow.owner_id == actor.person, MeetingActionRow.request_id.in_(list(asked)))


def _actions(work: Work, *conditions: ColumnElement[bool]) -> Sequence[ActionLine]:
    statement = (
        select(MeetingActionRow, MemberRow.name, MeetingRow.starts_at, ForumRow.id, ForumRow.name.label("forum_name"))
        .add_columns(code().label("code"))
        .join(MeetingRow, MeetingRow.id == MeetingActionRow.meeting_id)
        .join(ForumRow, ForumRow.id == MeetingRow.forum_id)
        .join(MemberRow, MemberRow.id == MeetingActionRow.owner_id)
        .outerjoin(RequestRow, RequestRow.id == MeetingActionRow.request_id)
        .outerjoin(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .outerjoin(OrderRow, OrderRow.id == RequestRow.order_id)
        .where(*conditions)
        .order_by(MeetingActionRow.due_on, MeetingActionRow.id)
    )
    return [
        ActionLine(
            action=to_action(row.MeetingActionRow),
            owner=row.name,
            forum=ForumId(row.id),
            forum_name=row.forum_name,
            met_at=row.starts_at,
            note=row.MeetingActionRow.note,
            code=row.code or "",
        )
        for row in work.session.execute(statement)
    ]
