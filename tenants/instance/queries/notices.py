"""What the clock has to look at, what a notice says of its subject, and what is still to be mailed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, func, select
from sqlalchemy.orm import Session

from domain.approvals.request import RequestState
from domain.governance.policies import CANCEL, CHANGE, HOLD, ORDER_PREFIX, REOPEN, RESUME
from domain.governance.template import GovernanceTemplate
from domain.notices import Around, NoticeKind, Notify
from domain.stages import MeasureState, Stage
from tenants.database import Work
from tenants.instance.models.conditions import GateConditionRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.delegations import absences_on, delegations_in_force
from tenants.instance.queries.directory import get_directory
from tenants.instance.queries.governance import Governance, get_governance

KINDS = {HOLD: "Hold", RESUME: "Resume", CANCEL: "Cancel", REOPEN: "Reopen", CHANGE: "Change"}
ABOUT_OPEN = (NoticeKind.ASKED, NoticeKind.REMINDER, NoticeKind.ESCALATION)  # void once the request is settled


def around(work: Work, day: date) -> Around:
    """Who holds what, who is away and who stands in on that day. Six statements."""
    return Around(
        directory=get_directory(work),
        day=day,
        absences=absences_on(work.session, day),
        delegations=delegations_in_force(work.session, day),
        holidays=get_governance(work).holidays,
    )


def due_requests(work: Work, until: date) -> Sequence[UUID]:
    """Open requests whose step is due by that day, the oldest first."""
    due = (RequestRow.state == RequestState.OPEN, RequestRow.due_on <= until)
    return list(work.session.scalars(select(RequestRow.id).where(*due).order_by(RequestRow.due_on, RequestRow.id)))


def due_conditions(work: Work, until: date) -> Sequence[tuple[UUID, date]]:
    """Conditions of approved requests that are due by that day: (id, due); a hold suspends them."""
    due = func.cast(GateConditionRow.due_on + GateConditionRow.held_days, Date)
    statement = (
        select(GateConditionRow.id, due)
        .join(RequestRow, RequestRow.id == GateConditionRow.request_id)
        .join(MeasureRow, MeasureRow.id == GateConditionRow.measure_id)
        .where(
            GateConditionRow.met_on.is_(None),
            due <= until,
            RequestRow.state == RequestState.APPROVED,
            MeasureRow.state == MeasureState.ACTIVE,
            MeasureRow.stage < int(Stage.CLOSED),
        )
        .order_by(due, GateConditionRow.id)
    )
    return [(found.id, found[1]) for found in work.session.execute(statement)]


def what_words(template: GovernanceTemplate, kind: str, target: int | None) -> str:
    """A request's kind in the template's words: "Gate into Decided", "Hold", "Refund"."""
    if template.orders is not None and kind.startswith(ORDER_PREFIX):
        return template.orders.decision_label(kind.removeprefix(ORDER_PREFIX))
    return KINDS.get(kind, kind) if target is None else f"Gate into {template.stages[Stage(target)].label}"


def request_body(work: Work, request: RequestRow) -> dict[str, Any]:
    """What a letter says of a request. `measure`: what it is about, also an order; `price` of waiting, `per` a time."""
    requester, governance = work.get(MemberRow, request.requested_by), get_governance(work)
    about = order_body(work, request) if request.order_id else measure_body(work, request, governance)
    return {
        "request": str(request.id),
        "link": f"requests/{request.id}",
        "what": what_words(governance.template, request.kind, request.target_stage),
        "requester": requester.name,
        "due": request.due_on.isoformat() if request.due_on else "",
        **about,
    }


def measure_body(work: Work, request: RequestRow, governance: Governance) -> dict[str, str]:
    measure, figures = work.get(MeasureRow, request.measure_id), work.session.get(FiguresRow, request.measure_id)
    is_gate = request.target_stage is not None and figures is not None and figures.price_of_waiting > 0
    price = f"{figures.price_of_waiting:,.0f} {governance.currency}" if is_gate and figures else ""
    return {"measure": f"{measure.code} {measure.title}", "price": price, "per": "week"}


def order_body(work: Work, request: RequestRow) -> dict[str, str]:
    order = work.get(OrderRow, request.order_id)
    said = f", {request.amount:,.2f} {order.currency}" if request.amount is not None else ""
    price = f"{request.daily_cost:,.2f} {order.currency}" if request.daily_cost else ""
    return {"measure": f"order {order.number}{said}", "price": price, "per": "day"}


def names_of(session: Session, people: Iterable[UUID]) -> Mapping[UUID | None, str]:
    rows = session.execute(select(MemberRow.id, MemberRow.name).where(MemberRow.id.in_(list(people))))
    return {row.id: row.name for row in rows}


def waiting_digests(work: Work) -> Sequence[UUID]:
    """People who want one letter a day and have something for it."""
    statement = (
        select(MemberRow.id)
        .join(NoticeRow, NoticeRow.member_id == MemberRow.id)
        .where(NoticeRow.mailed_at.is_(None), MemberRow.notify == Notify.DAILY, MemberRow.is_active)
        .distinct()
    )
    return list(work.session.scalars(statement))


def still_true(session: Session, notices: Sequence[NoticeRow]) -> list[NoticeRow]:
    """Without those that ask for a decision which was taken meanwhile, or which waits for others now."""
    asked = {UUID(each.body["request"]) for each in notices if each.kind in ABOUT_OPEN}
    rows = session.execute(select(RequestRow.id, RequestRow.state).where(RequestRow.id.in_(asked)))
    still_open = {row.id for row in rows if row.state == RequestState.OPEN}
    return [each for each in notices if each.kind not in ABOUT_OPEN or UUID(each.body["request"]) in still_open]
