"""Decision forums as their readers see them: members, meetings, what waits and what a week of it costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from domain.access import Actor
from domain.approvals.request import RequestState
from domain.forums import Forum, MeetingState, may_see, sees_all
from domain.ids import ForumId, PersonId
from tenants.database import NotFound, Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.meetings import MeetingRow
from tenants.instance.models.people import ForumMemberRow, ForumRow, MemberRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.queries.requests import RequestLine, open_where
from tenants.instance.queries.sight import Sight, forum_id, in_sight, of_forum, price_of_week, with_subject

PAST_MEETINGS = 20


@dataclass(frozen=True, kw_only=True)
class MeetingLine:
    """A meeting in a list."""

    id: UUID
    forum: UUID
    starts_at: datetime
    minutes_long: int
    place: str
    state: MeetingState


@dataclass(frozen=True, kw_only=True)
class ForumSummary:
    """A forum in the list. `waiting` and `price` (a week, each measure once) are of what the reader sees."""

    forum: Forum
    chair: str
    next: MeetingLine | None
    waiting: int
    price: Decimal
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class ForumSheet:
    """One forum: its meetings to come, the last ones that are over, what waits for it. `names` are its members'."""

    forum: Forum
    names: Mapping[PersonId, str]
    coming: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]
    waiting: Sequence[RequestLine]


def list_forums(work: Work, sight: Sight, actor: Actor) -> tuple[ForumSummary, ...]:
    """Every forum that the reader may see, by name. Five statements."""
    forums, names = load_forums(work)
    coming = _next_meetings(work)
    waiting = _waiting_by_forum(work, or_(in_sight(sight), forum_id().in_(_mine(forums, actor))))
    return tuple(
        ForumSummary(
            forum=forum,
            chair=names.get(forum.chair, "") if forum.chair else "",
            next=coming.get(forum.id),
            waiting=waiting[forum.id][0],
            price=waiting[forum.id][1],
            is_mine=actor.person in forum.members,
        )
        for forum in forums
        if may_see(forum, actor)
    )


def get_forum(work: Work, sight: Sight, actor: Actor, forum_id: UUID) -> ForumSheet:
    """One forum. Raises NotFound where the reader sees no forum."""
    forums, names = load_forums(work)
    forum = next((each for each in forums if each.id == forum_id and may_see(each, actor)), None)
    if forum is None:
        raise NotFound(f"forum {forum_id}")
    return ForumSheet(
        forum=forum,
        names={person: names[person] for person in forum.members},
        coming=_meetings(work, forum, MeetingRow.starts_at.asc(), is_over=False),
        past=_meetings(work, forum, MeetingRow.starts_at.desc(), is_over=True),
        waiting=waiting_at(work, forum, sight, actor),
    )


def load_forums(work: Work) -> tuple[tuple[Forum, ...], dict[PersonId, str]]:
    """All forums by name with the members who can sign in, and the names of those. Three statements."""
    seats = (
        select(ForumMemberRow.forum_id, MemberRow.id, MemberRow.name)
        .join(MemberRow, MemberRow.id == ForumMemberRow.member_id)
        .where(MemberRow.is_active)
        .order_by(func.lower(MemberRow.name))
    )
    members: dict[UUID, list[PersonId]] = defaultdict(list)
    names: dict[PersonId, str] = {}
    for forum, person, name in work.session.execute(seats):
        members[forum].append(PersonId(person))
        names[PersonId(person)] = name
    path = work.session.scalar(select(NodeRow.path).where(NodeRow.parent_id.is_(None))) or ""
    rows = work.session.scalars(select(ForumRow).order_by(func.lower(ForumRow.name)))
    return tuple(_forum(row, members[row.id], path) for row in rows), names


def load_forum(work: Work, forum_id: UUID) -> Forum:
    """One forum, for actions. Raises NotFound."""
    found = next((forum for forum in load_forums(work)[0] if forum.id == forum_id), None)
    if found is None:
        raise NotFound(f"forum {forum_id}")
    return found


def waiting_at(work: Work, forum: Forum, sight: Sight, actor: Actor) -> Sequence[RequestLine]:
    """Open requests that wait for this forum: all for who sees all of it, else those in scope."""
    mine = () if sees_all(forum, actor) else (in_sight(sight),)
    return open_where(work, of_forum(forum.id), at_a_forum(), *mine)


def waiting_requests(work: Work, forum: UUID) -> Sequence[UUID]:
    """The ids of all open requests that wait for this forum, the earliest due first: what fills an agenda."""
    statement = (
        select(RequestRow.id)
        .outerjoin(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .where(RequestRow.state == RequestState.OPEN, of_forum(forum), at_a_forum())
        .order_by(RequestRow.due_on, RequestRow.requested_at)
    )
    return work.session.scalars(statement).all()


def at_a_forum() -> ColumnElement[bool]:
    """Requests whose step that waits asks a decision forum."""
    current = (
        select(StepRow.selector)
        .where(StepRow.request_id == RequestRow.id, StepRow.settled.is_(None))
        .order_by(StepRow.position)
        .limit(1)
        .scalar_subquery()
    )
    return current == "forum"


def to_line(row: MeetingRow) -> MeetingLine:
    return MeetingLine(
        id=row.id,
        forum=row.forum_id,
        starts_at=row.starts_at,
        minutes_long=row.minutes_long,
        place=row.place,
        state=MeetingState(row.state),
    )


def _forum(row: ForumRow, members: Sequence[PersonId], path: str) -> Forum:
    chair = PersonId(row.chair_id) if row.chair_id else None
    return Forum(id=ForumId(row.id), name=row.name, members=tuple(members), quorum=row.quorum, chair=chair, path=path)


def _mine(forums: Sequence[Forum], actor: Actor) -> list[ForumId]:
    return [forum.id for forum in forums if sees_all(forum, actor)]


def _waiting_by_forum(work: Work, visible: ColumnElement[bool]) -> dict[UUID, tuple[int, Decimal]]:
    """How many requests wait and what a week costs, each measure once; only gates have a price."""
    by_subject = (
        with_subject(
            select(
                forum_id().label("forum_id"), func.count().label("requests"), func.max(price_of_week()).label("price")
            ).select_from(RequestRow)
        )
        .where(RequestRow.state == RequestState.OPEN, forum_id().is_not(None), at_a_forum(), visible)
        .group_by(forum_id(), RequestRow.measure_id, RequestRow.order_id)
        .subquery()
    )
    statement = select(by_subject.c.forum_id, func.sum(by_subject.c.requests), func.sum(by_subject.c.price))
    found: dict[UUID, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for forum, requests, cost in work.session.execute(statement.group_by(by_subject.c.forum_id)):
        found[forum] = (int(requests), Decimal(cost))
    return found


def _next_meetings(work: Work) -> dict[UUID, MeetingLine]:
    """The next planned meeting of each forum, also one that is due to be held."""
    statement = (
        select(MeetingRow)
        .where(MeetingRow.state == MeetingState.PLANNED)
        .ext(distinct_on(MeetingRow.forum_id))
        .order_by(MeetingRow.forum_id, MeetingRow.starts_at)
    )
    return {row.forum_id: to_line(row) for row in work.session.scalars(statement)}


def _meetings(work: Work, forum: Forum, order: ColumnElement[datetime], *, is_over: bool) -> tuple[MeetingLine, ...]:
    planned = MeetingRow.state == MeetingState.PLANNED
    statement = select(MeetingRow).where(MeetingRow.forum_id == forum.id, ~planned if is_over else planned)
    return tuple(map(to_line, work.session.scalars(statement.order_by(order).limit(PAST_MEETINGS))))
