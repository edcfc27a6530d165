"""Who stands in for whom and who is away; and which open requests wait for a person, also by way of somebody else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, any_, cast, func, literal, not_, or_, select, union
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, aliased

from domain.absences import Absence
from domain.approvals.request import RequestState
from domain.delegation import Delegation
from domain.ids import AbsenceId, DelegationId, PersonId
from tenants.database import Work
from tenants.instance.models.delegations import AbsenceRow, DelegationRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.instance.models.requests import RequestRow

PARTS = ("owner", "sponsor", "last_edited_by", "is_closure")  # of the duties as a request keeps them
Giver, Taker = aliased(MemberRow, name="giver"), aliased(MemberRow, name="taker")


@dataclass(frozen=True, kw_only=True)
class DelegationLine:
    """A delegation with the names of those it is about, as pages list it."""

    delegation: Delegation
    giver_name: str
    taker_name: str
    created_by: str


@dataclass(frozen=True, kw_only=True)
class Away:
    """Somebody who is not there: until when, and who stands in (names, nobody: empty)."""

    person: UUID
    until: date
    words: str
    stand_ins: tuple[str, ...] = ()


def list_delegations(work: Work, person: UUID, since: date) -> Sequence[DelegationLine]:
    """What the person gave and received that is not over before `since`, the earliest first."""
    about = or_(DelegationRow.giver_id == person, DelegationRow.taker_id == person)
    return _lines(work, about, DelegationRow.ends_on >= since, DelegationRow.ended_at.is_(None))


def delegations_to(work: Work, taker: UUID, *, lock: bool = False) -> tuple[Delegation, ...]:
    """Every delegation to the person by somebody who has access. `lock`: none of them ends before the transaction."""
    statement = (
        select(DelegationRow)
        .join(MemberRow, MemberRow.id == DelegationRow.giver_id)
        .where(DelegationRow.taker_id == taker, MemberRow.is_active, DelegationRow.ended_at.is_(None))
        .order_by(DelegationRow.starts_on)
        .execution_options(populate_existing=True)
    )
    statement = statement.with_for_update(read=True, of=DelegationRow) if lock else statement
    return tuple(to_delegation(row) for row in work.session.scalars(statement))


def delegations_in_force(session: Session, day: date) -> tuple[Delegation, ...]:
    """Every delegation of that day between people who have access."""
    statement = select(DelegationRow).where(*_in_force(day), Giver.is_active, Taker.is_active)
    joined = statement.join(Giver, Giver.id == DelegationRow.giver_id).join(Taker, Taker.id == DelegationRow.taker_id)
    return tuple(to_delegation(row) for row in session.scalars(joined))


def delegations_about(session: Session, people: Iterable[UUID]) -> tuple[Delegation, ...]:
    """What these people gave and received and was not ended, over or not."""
    wanted = list(people)
    about = or_(DelegationRow.giver_id.in_(wanted), DelegationRow.taker_id.in_(wanted))
    rows = session.scalars(select(DelegationRow).where(about, DelegationRow.ended_at.is_(None)))
    return tuple(to_delegation(row) for row in rows)


def absences_of(work: Work, person: UUID, since: date) -> tuple[Absence, ...]:
    """The person's absences that are not over before `since`, the earliest first."""
    mine = (AbsenceRow.member_id == person, AbsenceRow.ends_on >= since)
    return tuple(
        to_absence(row) for row in work.session.scalars(select(AbsenceRow).where(*mine).order_by(AbsenceRow.starts_on))
    )


def absences_on(session: Session, day: date) -> tuple[Absence, ...]:
    """Everybody's absences of that day."""
    today = (AbsenceRow.starts_on <= day, AbsenceRow.ends_on >= day)
    return tuple(to_absence(row) for row in session.scalars(select(AbsenceRow).where(*today)))


def away_on(work: Work, day: date) -> Mapping[UUID, Away]:
    """Who is away on that day, until when, and who stands in for something. Two statements."""
    found: dict[UUID, Away] = {}
    for absence in absences_on(work.session, day):
        known = found.get(absence.person)
        if known is None or known.until < absence.ends_on:
            found[absence.person] = Away(person=absence.person, until=absence.ends_on, words=absence.words)
    if not found:
        return found
    lines = _lines(work, DelegationRow.giver_id.in_(found), *_in_force(day), Taker.is_active)
    return {person: _with_stand_ins(away, lines) for person, away in found.items()}


def paths_of(work: Work, person: UUID) -> tuple[str, ...]:
    """Every node path where the person holds a role or is named on a measure."""
    roles = select(AssignmentRow.node_path).where(AssignmentRow.member_id == person)
    named = or_(MeasureRow.owner_id == person, MeasureRow.sponsor_id == person, MeasureRow.controller_id == person)
    return tuple(work.session.scalars(union(roles, select(MeasureRow.path).where(named))))


def waiting_ids(person: UUID, day: date) -> Select[Any]:
    """Ids of the open requests that wait for the person's vote, their own or one for somebody they stand in for.

    A list, not the decision: `decide_vote` says who may. What the person asked for or edited last is left out here too.
    """
    return waiting_of(literal(person, RequestRow.requested_by.type), literal(day))


def waiting_of(person: ColumnElement[UUID], day: ColumnElement[date]) -> Select[Any]:
    """The same for statements that are built once, with parameters in their places."""
    is_open = RequestRow.state == RequestState.OPEN
    own = select(RequestRow.id).where(is_open, RequestRow.waiting.contains(array([person])))
    value = func.abs(func.coalesce(RequestRow.amount, MeasureRow.target, MeasureRow.rough_value))
    stood = (
        select(RequestRow.id)
        .join(DelegationRow, RequestRow.waiting.contains(array([DelegationRow.giver_id])))
        .join(MemberRow, MemberRow.id == DelegationRow.giver_id)
        .outerjoin(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .outerjoin(OrderRow, OrderRow.id == RequestRow.order_id)
        .where(
            is_open,
            DelegationRow.taker_id == person,
            *_in_force(day),
            MemberRow.is_active,
            or_(func.cardinality(DelegationRow.kinds) == 0, RequestRow.kind == any_(DelegationRow.kinds)),
            or_(DelegationRow.value_limit.is_(None), value <= DelegationRow.value_limit),
            *_not_excluded(person),
        )
    )
    return select(union(own, stood).subquery().c.id)


def to_delegation(row: DelegationRow) -> Delegation:
    return Delegation(
        id=DelegationId(row.id),
        giver=PersonId(row.giver_id),
        taker=PersonId(row.taker_id),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        kinds=frozenset(row.kinds),
        value_limit=row.value_limit,
        words=row.words,
        created_by=PersonId(row.created_by),
        ended_at=row.ended_at,
    )


def to_absence(row: AbsenceRow) -> Absence:
    return Absence(
        id=AbsenceId(row.id),
        person=PersonId(row.member_id),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        words=row.words,
    )


def _in_force(day: date | ColumnElement[date]) -> tuple[ColumnElement[bool], ...]:
    return DelegationRow.starts_on <= day, DelegationRow.ends_on >= day, DelegationRow.ended_at.is_(None)


def _not_excluded(person: ColumnElement[UUID]) -> tuple[ColumnElement[bool], ...]:
    """What domain/segregation.py says of a delegate, by the duties that were sealed and who edited last since."""
    text = cast(person, Text)
    part = {name: func.coalesce(RequestRow.duties[name].astext, "") for name in PARTS}
    led_or_edited = or_(part["owner"] == text, part["sponsor"] == text, RequestRow.duties["editors"].has_key(text))
    return (
        RequestRow.requested_by != person,
        part["last_edited_by"] != text,
        MeasureRow.last_edited_by.is_distinct_from(person),
        OrderRow.last_edited_by.is_distinct_from(person),
        not_(and_(part["is_closure"] == "true", led_or_edited)),
    )


def _lines(work: Work, *conditions: Any) -> Sequence[DelegationLine]:
    by = aliased(MemberRow, name="by")
    statement = (
        select(DelegationRow, Giver.name.label("giver"), Taker.name.label("taker"), by.name.label("by"))
        .join(Giver, Giver.id == DelegationRow.giver_id)
        .join(Taker, Taker.id == DelegationRow.taker_id)
        .join(by, by.id == DelegationRow.created_by)
        .where(*conditions)
        .order_by(DelegationRow.starts_on, Giver.name)
    )
    return [
        DelegationLine(
            delegation=to_delegation(found.DelegationRow),
            giver_name=found.giver,
            taker_name=found.taker,
            created_by=found.by,
        )
        for found in work.session.execute(statement)
    ]


def _with_stand_ins(away: Away, lines: Sequence[DelegationLine]) -> Away:
    names = dict.fromkeys(line.taker_name for line in lines if line.delegation.giver == away.person)
    return Away(person=away.person, until=away.until, words=away.words, stand_ins=tuple(names))
