"""What one person was told: the notices of their page, unread ones first, and whether what they ask for still waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from domain.approvals.request import RequestState
from domain.ids import PersonId
from domain.paging import paged
from tenants.database import Work
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.notices import ABOUT_OPEN

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Told:
    """One notice. `is_over`: it asks for a decision that was taken meanwhile."""

    id: UUID
    kind: str
    body: Mapping[str, Any]
    at: datetime
    is_unread: bool
    is_over: bool


@dataclass(frozen=True, kw_only=True)
class ToldPage:
    """A page of them; `unread` counts them all."""

    lines: tuple[Told, ...]
    total: int
    unread: int
    page: int
    pages: int


def list_told(work: Work, person: PersonId, page: int) -> ToldPage:
    """Unread ones first, then the newest; nobody reads another's. Three statements."""
    mine = NoticeRow.member_id == person
    counts = select(func.count(), func.count().filter(NoticeRow.read_at.is_(None))).where(mine)
    total, unread = work.session.execute(counts).one()
    page, pages = paged(page, total, PAGE)
    ordered = select(NoticeRow).where(mine).order_by(NoticeRow.read_at.is_not(None), NoticeRow.at.desc(), NoticeRow.id)
    rows = work.session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE)).all()
    still_open = _still_open(work, rows)
    lines = tuple(_told(row, still_open) for row in rows)
    return ToldPage(lines=lines, total=total, unread=unread, page=page, pages=pages)


def unread_of(person: ColumnElement[UUID]) -> Select[int]:
    """How many notices somebody has not seen."""
    return select(func.count()).select_from(NoticeRow).where(NoticeRow.member_id == person, NoticeRow.read_at.is_(None))


def _still_open(work: Work, rows: Any) -> set[UUID]:
    asked = {UUID(row.body["request"]) for row in rows if row.kind in ABOUT_OPEN}
    if not asked:
        return set()
    found = select(RequestRow.id).where(RequestRow.id.in_(asked), RequestRow.state == RequestState.OPEN)
    return set(work.session.scalars(found))


def _told(row: NoticeRow, still_open: set[UUID]) -> Told:
    return Told(
        id=row.id,
        kind=row.kind,
        body=row.body,
        at=row.at,
        is_unread=row.read_at is None,
        is_over=row.kind in ABOUT_OPEN and UUID(row.body["request"]) not in still_open,
    )
