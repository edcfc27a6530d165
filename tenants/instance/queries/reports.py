"""Reports of an instance: the list, one with its progress, and its file. A reader sees those wholly in their scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from domain.access import Scope
from domain.paging import paged
from domain.reporting import SteeringPack, from_plain
from tenants.database import NotFound, Work
from tenants.instance.models.people import MemberRow
from tenants.instance.models.reports import ReportFileRow, ReportRow
from tenants.instance.queries.scoping import below

STEPS_OF_ALL = 4
PAGE = 50


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """One report and how far it is. `state`: waiting, running, done, failed; `step`: freeze, sign, draw, store."""

    id: UUID
    kind: str
    node_id: UUID
    title: str
    state: str
    step: str
    step_number: int
    steps: int
    asked_by: str
    asked_at: datetime
    as_of: datetime | None
    head_sequence: int | None
    head_hash: str
    digest: str
    failure: str
    finished_at: datetime | None
    pages: int | None
    size: int | None  # bytes of the PDF

    @property
    def is_under_way(self) -> bool:
        return self.state in ("waiting", "running")


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    lines: tuple[ReportLine, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    filename: str
    content: bytes


def list_reports(work: Work, scope: Scope, page: int = 1, per_page: int = PAGE) -> ReportPage:
    """The newest first."""
    inside = below(ReportRow.node_path, scope)
    total = work.session.scalar(select(func.count()).select_from(ReportRow).where(inside)) or 0
    page, pages = paged(page, total, per_page)
    statement = _lines().where(inside).order_by(ReportRow.asked_at.desc(), ReportRow.id)
    rows = work.session.execute(statement.limit(per_page).offset((page - 1) * per_page))
    return ReportPage(lines=tuple(_line(row) for row in rows), total=total, page=page, pages=pages)


def get_report(work: Work, scope: Scope, report_id: UUID) -> ReportLine:
    """One report. Raises NotFound, also where part of it lies outside the scope."""
    row = work.session.execute(_lines().where(ReportRow.id == report_id, below(ReportRow.node_path, scope))).first()
    if row is None:
        raise NotFound(f"report {report_id}")
    return _line(row)


def get_report_file(work: Work, scope: Scope, report_id: UUID) -> ReportFile:
    """The PDF. Raises NotFound, also while it is not finished."""
    statement = (
        select(ReportFileRow.content, ReportRow.title, ReportRow.as_of)
        .join(ReportRow, ReportRow.id == ReportFileRow.report_id)
        .where(ReportRow.id == report_id, below(ReportRow.node_path, scope))
    )
    row = work.session.execute(statement).first()
    if row is None:
        raise NotFound(f"file of report {report_id}")
    day = f"{row.as_of:%Y-%m-%d}" if row.as_of else ""
    return ReportFile(filename=f"{row.title} {day}.pdf".replace("/", "-"), content=row.content)


def get_report_data(work: Work, scope: Scope, report_id: UUID) -> SteeringPack:
    """What the report says, as it was frozen. Raises NotFound, also while it is not finished."""
    if get_report(work, scope, report_id).state != "done":
        raise NotFound(f"data of report {report_id}")
    return from_plain(work.get(ReportRow, report_id).data or {})


def _lines() -> Select[Any]:
    """Everything but the frozen data and the file."""
    names = (
        *("id", "kind", "node_id", "title", "state", "step", "step_number", "asked_at", "as_of"),
        *("head_sequence", "head_hash", "digest", "pages", "failure", "finished_at"),
    )
    size = func.octet_length(ReportFileRow.content).label("size")
    return (
        select(*(getattr(ReportRow, name) for name in names), MemberRow.name.label("asked_by"), size)
        .join(MemberRow, MemberRow.id == ReportRow.asked_by)
        .outerjoin(ReportFileRow, ReportFileRow.report_id == ReportRow.id)
    )


def _line(row: Any) -> ReportLine:
    return ReportLine(**row._mapping, steps=STEPS_OF_ALL)
