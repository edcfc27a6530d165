"""The lists of a steering pack: open requests, late decisions, largest measures, late milestones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from domain.approvals.request import RequestState
from domain.governance.policies import ORDER_PREFIX
from domain.reporting import words
from domain.reporting.pack import (
    DecisionRow,
    MeasureRow,
    MilestoneRow,
    RequestRow,
)
from domain.stages import MeasureState, Stage
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow as MeasureTable
from tenants.instance.models.measures import MilestoneRow as MilestoneTable
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow as RequestTable
from tenants.instance.models.requests import VoteRow
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.order_scope import in_scope
from tenants.instance.queries.scoping import below
from tenants.instance.queries.sight import Sight, code, price, title, with_subject
from tenants.instance.queries.steering_measures import Line, late

REQUESTS, DECISIONS = 200, 50
MILESTONES = MEASURES = 20_000  # whole lists, for the workbook beside the pages; no instance has as many
LATELY = timedelta(days=31)
OUTCOMES = {
    RequestState.APPROVED: "Approved",
    RequestState.REJECTED: "Rejected",
    RequestState.RETURNED: "Returned for changes",
}
TURNS = {"hold": "Hold", "resume": "Resume", "cancel": "Cancel", "reopen": "Reopen", "change": "Change request"}
Requester = aliased(MemberRow, name="requester")
_SUBJECT = (code().label("subject"), title().label("title"))


@dataclass(frozen=True, kw_only=True)
class Lists:
    """What every list needs: where to read, for whom, below which node, as of when."""

    work: Work
    sight: Sight
    path: str
    governance: Governance
    today: date

    def inside(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        return below(column, self.sight.measures), column.startswith(self.path, autoescape=True)

    @property
    def asked(self) -> tuple[ColumnElement[bool], ...]:
        """Requests on measures, and those on orders: they belong to the whole of an instance."""
        of_measures = and_(RequestTable.measure_id.is_not(None), below(RequestTable.path, self.sight.measures))
        of_orders = and_(RequestTable.order_id.is_not(None), in_scope(self.sight.orders))
        return RequestTable.path.startswith(self.path, autoescape=True), or_(of_measures, of_orders)


def open_request_rows(lists: Lists) -> tuple[tuple[RequestRow, ...], int, Decimal]:
    """The costliest first; how many are open in all, and what a week of them costs (of orders: seven stated days)."""
    columns = (RequestTable, *_SUBJECT, price().label("price"), Requester.name)
    statement = (
        with_subject(select(*columns).select_from(RequestTable))
        .join(Requester, Requester.id == RequestTable.requested_by)
        .where(*lists.asked, RequestTable.state == RequestState.OPEN)
        .order_by(price().desc(), RequestTable.requested_at, RequestTable.id)
    )
    found = lists.work.session.execute(statement).all()
    names = _names(lists.work, {person for row in found for person in row.RequestRow.waiting})
    rows = [_request_row(lists, row, names) for row in found]
    whole = sum((row.price_week or Decimal(0) for row in rows), Decimal("0.00"))
    return tuple(rows[:REQUESTS]), len(rows), whole


def decisions(lists: Lists) -> tuple[DecisionRow, ...]:
    """What was decided in the last month, the latest first."""
    since = datetime.combine(lists.today, time(), UTC) - LATELY
    statement = (
        with_subject(select(RequestTable, *_SUBJECT).select_from(RequestTable))
        .where(*lists.asked, RequestTable.state.in_([str(state) for state in OUTCOMES]))
        .where(RequestTable.closed_at >= since)
        .order_by(RequestTable.closed_at.desc(), RequestTable.id)
        .limit(DECISIONS)
    )
    found = lists.work.session.execute(statement).all()
    votes = _last_votes(lists.work, [row.RequestRow.id for row in found])
    return tuple(_decision_row(lists, row, votes) for row in found)


def measure_rows(
    lists: Lists, lines: Sequence[Line], program_of: Callable[[str], str], by_cost: bool
) -> tuple[MeasureRow, ...]:
    """The largest active measures: by forecast full-year effect, or by forecast cost."""
    key = "cost_forecast" if by_cost else "full_year_forecast"
    active = [line for line in lines if line.is_active]
    largest = sorted(active, key=lambda line: (-getattr(line, key), line.code))[:MEASURES]
    return tuple(_measure_row(lists, line, program_of(line.path)) for line in largest)


def late_milestones(lists: Lists) -> tuple[MilestoneRow, ...]:
    """Open milestones of active measures that are late or forecast late, the latest first."""
    days = func.greatest(lists.today, MilestoneTable.forecast_on) - (MilestoneTable.due_on + MilestoneTable.held_days)
    statement = (
        select(MilestoneTable, MeasureTable.code, MeasureTable.title, MemberRow.name, days.label("days"))
        .join(MeasureTable, MeasureTable.id == MilestoneTable.measure_id)
        .outerjoin(MemberRow, MemberRow.id == MilestoneTable.owner_id)
        .where(*lists.inside(MeasureTable.path), MeasureTable.state == MeasureState.ACTIVE, late(lists.today))
        .order_by(days.desc(), MeasureTable.code, MilestoneTable.position)
        .limit(MILESTONES)
    )
    return tuple(
        MilestoneRow(
            measure=code,
            measure_title=title,
            title=row.title,
            owner=owner or "",
            due=row.due_on,
            forecast=row.forecast_on,
            days_late=days_late,
        )
        for row, code, title, owner, days_late in lists.work.session.execute(statement)
    )


def _request_row(lists: Lists, row: Any, names: dict[UUID, str]) -> RequestRow:
    request = row.RequestRow
    opened, due = request.requested_at.date(), request.due_on
    return RequestRow(
        code=_code(request),
        measure=row.subject,
        title=_title(lists, row),
        kind=_kind_words(lists, request),
        policy=next((p.label for p in lists.governance.template.policies if p.key == request.policy), request.policy),
        requested_by=row.name,
        waits_for=", ".join(sorted(names[person] for person in request.waiting)),
        opened=opened,
        days_open=(lists.today - opened).days,
        due=due,
        days_overdue=max(0, (lists.today - due).days) if due else 0,
        price_week=row.price if row.price > 0 else None,
    )


def _decision_row(lists: Lists, row: Any, votes: dict[UUID, tuple[str, str]]) -> DecisionRow:
    request = row.RequestRow
    decided_by, comment = votes.get(request.id, ("", ""))
    closed = request.closed_at or request.requested_at
    return DecisionRow(
        code=_code(request),
        measure=row.subject,
        title=_title(lists, row),
        kind=_kind_words(lists, request),
        outcome=OUTCOMES[RequestState(request.state)],
        decided_by=decided_by,
        decided=closed.date(),
        comment=comment,
    )


def _measure_row(lists: Lists, line: Line, program: str) -> MeasureRow:
    names = ("code", "title", "owner", "implementation", "potential")
    amounts = ("full_year_plan", "full_year_forecast", "plan_to_date", "actual_to_date", "cost_plan", "cost_forecast")
    return MeasureRow(
        **{name: getattr(line, name) for name in (*names, *amounts)},
        program=program,
        stage=int(line.stage),
        stage_label=lists.governance.template.stages[line.stage].label,
    )


def _title(lists: Lists, row: Any) -> str:
    """A measure's; orders have none, what is asked for on them has an amount."""
    if row.RequestRow.order_id is None:
        return str(row.title)
    amount = row.RequestRow.amount
    return f"Order, {words.amount(amount, lists.governance.currency)}" if amount else "Order"


def _kind_words(lists: Lists, request: RequestTable) -> str:
    orders = lists.governance.template.orders
    if orders is not None and request.order_id is not None:
        return orders.decision_label(request.kind.removeprefix(ORDER_PREFIX))
    if request.target_stage is None:
        return TURNS.get(request.kind, request.kind)
    return f"Gate into {lists.governance.template.stages[Stage(request.target_stage)].label}"


def _code(request: RequestTable) -> str:
    """Requests have no number of their own: the beginning of their id."""
    return f"R-{request.id.hex[:6].upper()}"


def _names(work: Work, people: set[UUID]) -> dict[UUID, str]:
    statement = select(MemberRow.id, MemberRow.name).where(MemberRow.id.in_(people))
    return {row.id: row.name for row in work.session.execute(statement)}


def _last_votes(work: Work, requests: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Who voted last on each request, and what they wrote."""
    statement = (
        select(VoteRow.request_id, MemberRow.name, VoteRow.comment)
        .join(MemberRow, MemberRow.id == VoteRow.person_id)
        .where(VoteRow.request_id.in_(requests))
        .order_by(VoteRow.at)
    )
    return {request: (name, comment) for request, name, comment in work.session.execute(statement)}
