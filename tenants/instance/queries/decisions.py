"""The decision log: what was settled and what forums decided in meetings, in the reader's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from domain.approvals.request import Choice, RequestState
from domain.paging import paged
from domain.stages import Stage
from tenants.database import Work
from tenants.instance.models.meetings import MeetingRow
from tenants.instance.models.people import ForumRow, MemberRow
from tenants.instance.models.requests import RequestRow, StepRow, VoteRow
from tenants.instance.queries.meetings import opens_for
from tenants.instance.queries.sight import Sight, code, forum_id, in_sight, title, with_subject

PAGE = 50
MOST_EXPORTED = 20_000
Requester = aliased(MemberRow, name="requester")
Decider = aliased(MemberRow, name="decider")
# The vote that a line tells of: a recorded decision before votes on the page, then the last one.
Last = (
    select(VoteRow.at, VoteRow.person_id, VoteRow.choice, VoteRow.comment, VoteRow.meeting_id, VoteRow.recorded)
    .where(VoteRow.request_id == RequestRow.id)
    .order_by(VoteRow.recorded.desc(), VoteRow.at.desc(), VoteRow.position.desc(), VoteRow.approver_id)
    .limit(1)
    .correlate(RequestRow)
    .lateral("last")
)


@dataclass(frozen=True, kw_only=True)
class DecisionFilter:
    """What the address asks for; empty fields do not filter. Both days are included.

    `kind` is a request's kind, or "gate" or "order" for all of those; `outcome` is a RequestState, "open" for a
    forum's decision after which the request goes on.
    """

    words: str = ""
    forum: UUID | None = None
    kind: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None
    meeting: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class DecisionLine:
    """One settled request, or one that goes on after its forum decided. `meeting` is where that was, if anywhere."""

    request: UUID
    code: str
    title: str
    amount: Decimal | None  # of a decision on an order
    kind: str
    target: Stage | None
    outcome: RequestState
    decided_at: datetime
    requested_at: datetime
    requested_by: str
    decided_by: str
    choice: Choice | None
    comment: str
    forum: str
    meeting: UUID | None
    met_at: datetime | None
    is_open_to_reader: bool  # its page is: a member of the forum may not see the measure

    @property
    def days(self) -> int:
        return (self.decided_at - self.requested_at).days


@dataclass(frozen=True, kw_only=True)
class DecisionPage:
    lines: tuple[DecisionLine, ...]
    total: int
    page: int
    pages: int


def list_decisions(
    work: Work,
    sight: Sight,
    forums: Sequence[UUID],
    wanted: DecisionFilter,
    sort: str = "-decided",
    page: int = 1,
    per_page: int = PAGE,
) -> DecisionPage:
    """A page of the log: in scope, and all of the forums that the reader sees whole. Two statements."""
    conditions = _matching(sight, forums, wanted)
    total = work.session.scalar(_joined(select(func.count())).where(*conditions)) or 0
    page, pages = paged(page, total, per_page)
    statement = _lines(sight).where(*conditions).order_by(*_order(sort))
    rows = work.session.execute(statement.limit(per_page).offset((page - 1) * per_page))
    return DecisionPage(lines=tuple(map(_line, rows)), total=total, page=page, pages=pages)


def all_decisions(
    work: Work, sight: Sight, forums: Sequence[UUID], wanted: DecisionFilter, sort: str = "-decided"
) -> Sequence[DecisionLine]:
    """Everything that the filter lets through, at most MOST_EXPORTED."""
    statement = _lines(sight).where(*_matching(sight, forums, wanted)).order_by(*_order(sort))
    return [_line(row) for row in work.session.execute(statement.limit(MOST_EXPORTED))]


def sort_keys() -> dict[str, Any]:
    """Sort keys of the address; the sign in front of one turns it round."""
    return {
        "decided": _decided_at(),
        "code": code(),
        "kind": RequestRow.kind,
        "outcome": RequestRow.state,
        "forum": func.lower(ForumRow.name),
        "days": _decided_at() - RequestRow.requested_at,
    }


def _decided_at() -> ColumnElement[datetime]:
    return func.coalesce(RequestRow.closed_at, Last.c.at)


def _joined(statement: Any) -> Any:
    return (
        with_subject(statement.select_from(RequestRow))
        .join(Requester, Requester.id == RequestRow.requested_by)
        .outerjoin(Last, true())
        .outerjoin(Decider, Decider.id == Last.c.person_id)
        .outerjoin(MeetingRow, MeetingRow.id == Last.c.meeting_id)
        .outerjoin(ForumRow, ForumRow.id == _forum_of())
    )


def _forum_of() -> ColumnElement[UUID | None]:
    """The forum that decided in the meeting; else the measure's or the policy's, where a step asked it."""
    return func.coalesce(MeetingRow.forum_id, forum_id())


def _asked_a_forum() -> ColumnElement[bool]:
    return exists().where(StepRow.request_id == RequestRow.id, StepRow.selector == "forum")


def _lines(sight: Sight) -> Any:
    return _joined(
        select(
            RequestRow,
            code().label("code"),
            title().label("title"),
            Requester.name.label("requester"),
            func.coalesce(Decider.name, "").label("decider"),
            Last.c.choice,
            Last.c.comment.label("said"),
            Last.c.meeting_id,
            MeetingRow.starts_at.label("met_at"),
            func.coalesce(ForumRow.name, "").label("forum"),
            _asked_a_forum().label("asked_a_forum"),
            _decided_at().label("decided_at"),
            opens_for(sight).label("opens"),
        )
    )


def _matching(sight: Sight, forums: Sequence[UUID], wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    of_forums = and_(_asked_a_forum(), _forum_of().in_(list(forums)))
    conditions: list[ColumnElement[bool]] = [
        or_(RequestRow.state != RequestState.OPEN, Last.c.recorded.is_(True)),
        or_(in_sight(sight), of_forums),
    ]
    if wanted.forum:
        conditions += [_asked_a_forum(), _forum_of() == wanted.forum]
    if wanted.meeting:
        conditions.append(Last.c.meeting_id == wanted.meeting)
    if wanted.kind:
        is_family = wanted.kind in ("gate", "order")
        conditions.append(
            RequestRow.kind.startswith(f"{wanted.kind}:") if is_family else RequestRow.kind == wanted.kind
        )
    if wanted.outcome:
        conditions.append(RequestRow.state == wanted.outcome)
    if wanted.since:
        conditions.append(_decided_at() >= datetime.combine(wanted.since, time(), UTC))
    if wanted.until:
        conditions.append(_decided_at() < datetime.combine(wanted.until + timedelta(days=1), time(), UTC))
    columns = (code(), title(), Requester.name, Decider.name, Last.c.comment, RequestRow.comment)
    for word in wanted.words.split()[:8]:
        conditions.append(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return conditions


def _order(sort: str) -> tuple[ColumnElement[Any], ...]:
    column = sort_keys().get(sort.removeprefix("-"), _decided_at())
    ordered = column.desc().nulls_last() if sort.startswith("-") else column.asc().nulls_last()
    return ordered, RequestRow.id.asc()


def _line(row: Any) -> DecisionLine:
    request = row.RequestRow
    state = RequestState(request.state)
    is_decided = state not in (RequestState.WITHDRAWN, RequestState.VOIDED)
    return DecisionLine(
        request=request.id,
        code=row.code,
        title=row.title,
        amount=request.amount,
        kind=request.kind,
        target=Stage(request.target_stage) if request.target_stage else None,
        outcome=state,
        decided_at=row.decided_at,
        requested_at=request.requested_at,
        requested_by=row.requester,
        decided_by=row.decider if is_decided else "",
        choice=Choice(row.choice) if row.choice else None,
        comment=row.said or "" if is_decided else "",
        forum=row.forum if row.asked_a_forum else "",
        meeting=row.meeting_id,
        met_at=row.met_at,
        is_open_to_reader=bool(row.opens),
    )
