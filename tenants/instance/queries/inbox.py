"""The inbox by page: what waits for the reader, what they asked for, what is late where they lead, all that is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select

from domain.access import Actor, Scope
from domain.approvals.request import RequestState, Seen
from domain.approvals.ticking import tickable
from domain.delegation import Delegation
from domain.ids import PersonId
from domain.paging import paged
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.delegations import waiting_ids
from tenants.instance.queries.requests import RequestLine, read_lines, select_lines
from tenants.instance.queries.scoping import below
from tenants.instance.queries.sight import (
    Sight,
    code,
    in_sight,
    is_suspended,
    last_edited_by,
    price,
    price_of_day,
    price_of_week,
    with_subject,
)

PAGE = 25


class Tab(StrEnum):
    MINE = "mine"
    ASKED = "asked"
    TEAM = "team"
    OPEN = "open"


class Sort(StrEnum):
    """By due day or by the price of waiting; what is open always comes before what is settled."""

    EARLIEST = "due"
    LATEST = "-due"
    DEAREST = "-price"
    CHEAPEST = "price"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`kind`: "gate:decided"; empty for all."""

    tab: Tab = Tab.MINE
    sort: Sort = Sort.EARLIEST
    kind: str = ""
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """One page; `total`, `late`, `price` (a week, open gates) and `per_day` (orders) are of all that is let through.

    `kinds` are those of the whole tab with their numbers. `page` is within 1 and `pages`, whatever was asked for.
    """

    lines: Sequence[RequestLine]
    total: int
    late: int
    price: Decimal
    per_day: Decimal
    kinds: tuple[tuple[str, int], ...]
    page: int
    pages: int


def list_inbox(work: Work, sight: Sight, led: Scope, wanted: Wanted) -> Inbox:
    """`sight`: what the reader sees; `led`: where they lead. Two statements, however much waits."""
    conditions = _conditions(wanted.tab, sight, led, work.now().date())
    counts = _counts(work, conditions)
    let_through = [row for row in counts if wanted.kind in ("", row.kind)]
    total = sum(row.count for row in let_through)
    page, pages = paged(wanted.page, total, PAGE)
    if wanted.kind:
        conditions.append(RequestRow.kind == wanted.kind)
    return Inbox(
        lines=_read_page(work, conditions, wanted, (page - 1) * PAGE, PAGE),
        total=total,
        late=sum(row.late for row in let_through),
        price=sum((row.price for row in let_through), Decimal("0.00")),
        per_day=sum((row.per_day for row in let_through), Decimal("0.00")),
        kinds=tuple((row.kind, row.count) for row in counts),
        page=page,
        pages=pages,
    )


def first_waiting(work: Work, person: UUID, limit: int) -> Sequence[RequestLine]:
    """What waits for the person and is due first, at most `limit` of it, however much there is."""
    mine = RequestRow.id.in_(waiting_ids(person, work.now().date()))
    return _read_page(work, [mine], Wanted(), 0, limit)


def dearest_on_orders(work: Work, sight: Sight, limit: int) -> Sequence[RequestLine]:
    """Open decisions on orders that the reader sees, by what a day of waiting costs, at most `limit` of them."""
    mine = [RequestRow.state == RequestState.OPEN, RequestRow.order_id.is_not(None), in_sight(sight)]
    return _read_page(work, mine, Wanted(tab=Tab.OPEN, sort=Sort.DEAREST), 0, limit)


def _read_page(
    work: Work, conditions: Sequence[ColumnElement[bool]], wanted: Wanted, start: int, count: int
) -> Sequence[RequestLine]:
    """Which requests are on the page is found by what orders them alone; only those meet their subjects and people."""
    order, ids = _order(wanted.sort), select(RequestRow.id)
    if wanted.tab in (Tab.TEAM, Tab.OPEN) or wanted.sort in (Sort.DEAREST, Sort.CHEAPEST):
        ids = with_subject(ids)
    of_page = ids.where(*conditions).order_by(*order).offset(start).limit(count)
    return read_lines(work, select_lines(RequestRow.id.in_(of_page)).order_by(*order))


def _conditions(tab: Tab, sight: Sight, led: Scope, today: date) -> list[ColumnElement[bool]]:
    is_open = RequestRow.state == RequestState.OPEN
    match tab:
        case Tab.MINE:
            return [RequestRow.id.in_(waiting_ids(sight.person, today))]
        case Tab.ASKED:
            return [RequestRow.requested_by == sight.person]
        case Tab.TEAM:
            leads = or_(below(RequestRow.path, led), MeasureRow.sponsor_id == sight.person)
            return [is_open, is_late(today), leads, in_sight(sight)]
        case Tab.OPEN:
            return [is_open, in_sight(sight)]


def is_late(today: date) -> ColumnElement[bool]:
    return (RequestRow.due_on < today) & ~is_suspended()


def _counts(work: Work, conditions: Sequence[ColumnElement[bool]]) -> Sequence[Any]:
    """For each kind how many, how many of them late, and what a week of them costs."""
    late = case(((RequestRow.state == RequestState.OPEN) & is_late(work.now().date()), 1))
    statement = with_subject(
        select(
            RequestRow.kind,
            func.count().label("count"),
            func.count(late).label("late"),
            func.sum(price_of_week()).label("price"),
            func.sum(price_of_day()).label("per_day"),
        ).select_from(RequestRow)
    )
    by_kind = statement.where(*conditions).group_by(RequestRow.kind).order_by(RequestRow.kind)
    return work.session.execute(by_kind).all()


def _order(sort: Sort) -> tuple[Any, ...]:
    is_open = (RequestRow.state == RequestState.OPEN).desc()
    due, costs = RequestRow.due_on, price()
    first = {
        Sort.EARLIEST: due.asc().nulls_last(),
        Sort.LATEST: due.desc().nulls_last(),
        Sort.DEAREST: costs.desc(),
        Sort.CHEAPEST: costs.asc(),
    }[sort]
    return is_open, first, due.asc().nulls_last(), RequestRow.requested_at.desc(), RequestRow.id


def ticks_of(
    work: Work, actor: Actor, lines: Sequence[RequestLine], delegations: Sequence[Delegation]
) -> Mapping[UUID, Seen | Refusal]:
    """For each line what its tick stands for, or why it has none. Three statements."""
    suspended = {line.id: line.is_suspended for line in lines}
    columns = (code().label("code"), last_edited_by().label("last_edited_by"))
    statement = with_subject(select(RequestRow, *columns).select_from(RequestRow))
    rows = work.session.execute(statement.where(RequestRow.id.in_(suspended))).all()
    requests = load_requests(work.session, [(row.RequestRow, row.code) for row in rows]) if rows else []
    found: dict[UUID, Seen | Refusal] = {}
    for row, request in zip(rows, requests, strict=True):
        editor = row.last_edited_by
        duties = replace(request.duties, last_edited_by=PersonId(editor) if editor else None)
        found[request.id] = tickable(
            request, actor, duties, delegations, work.now().date(), is_suspended=suspended[request.id]
        )
    return found
