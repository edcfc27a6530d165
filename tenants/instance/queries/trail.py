"""The audit trail as it is read: who did what to what, in the reader's scope, the newest first."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from domain.access import OrderScope, Scope
from tenants.database import Work
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow, MilestoneRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import ForumRow, MemberRow, ReferenceRow
from tenants.instance.models.values import EffectLineRow
from tenants.instance.queries.order_labels import order_labels
from tenants.instance.queries.order_scope import in_scope
from tenants.instance.queries.scoping import below, seen
from tenants.instance.queries.trail_changes import Changed, read_changes

PAGE = 50
MOST_COUNTED = 10_000
MOST_EXPORTED = 20_000
MOST_NAMES = 1_000
OF_ORDERS = ("order", "constraint")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Behalf = aliased(MemberRow, name="behalf")


@dataclass(frozen=True, kw_only=True)
class TrailEvent:
    """One event. `body` is what it recorded, `names` what the ids in it are called today, `hash` is short.

    `labels`: what the client's template calls the keys of orders, by vocabulary and key.
    """

    sequence: int
    at: datetime
    actor_name: str
    on_behalf_of: str
    kind: str
    is_refusal: bool
    subject_kind: str
    subject_id: UUID | None
    subject_label: str
    reason: str
    body: Mapping[str, Any]
    names: Mapping[str, str]
    hash: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def word(self, vocabulary: str, key: str | None) -> str:
        """The template's label; for a key that it no longer has, the key itself."""
        return self.labels.get(f"{vocabulary}:{key}") or (key or "").replace("_", " ")

    @property
    def changes(self) -> tuple[Changed, ...]:
        """What differed, ids replaced by names, months in a row as one; empty for an event that lists no fields."""
        return read_changes(self.body.get("changes", ()), self.names)


@dataclass(frozen=True, kw_only=True)
class TrailFilter:
    """What the address asks for; empty fields do not filter. Both days are included."""

    subject: UUID | None = None
    person: UUID | None = None
    kind: str = ""
    refusals_only: bool = False
    since: date | None = None
    until: date | None = None
    words: str = ""  # in the subject's label


@dataclass(frozen=True, kw_only=True)
class TrailPage:
    """A page from sequence `before` down. `older` continues it; `count` is capped at MOST_COUNTED + 1."""

    events: tuple[TrailEvent, ...]
    older: int | None
    count: int

    @property
    def is_capped(self) -> bool:
        return self.count > MOST_COUNTED


def events_of(
    work: Work, scope: Scope, subject_id: UUID, limit: int = 20, before: int | None = None
) -> tuple[TrailEvent, ...]:
    """What happened to one subject: all of it where the reader sees the measure, else what their scope holds."""
    mine = exists().where(MeasureRow.id == subject_id, seen(scope))
    conditions = [AuditEventRow.subject_id == subject_id, or_(mine, _visible(scope))]
    return _read(work, conditions, limit, before)


def events_of_order(work: Work, scope: OrderScope, order_id: UUID, limit: int = 20) -> tuple[TrailEvent, ...]:
    """What happened to one order that the reader sees, whatever part of the whole trail they may read."""
    mine = exists().where(OrderRow.id == order_id, in_scope(scope))
    return _read(work, [AuditEventRow.subject_id == order_id, mine], limit, None)


def events(work: Work, scope: Scope, wanted: TrailFilter, before: int | None = None, limit: int = PAGE) -> TrailPage:
    """A page of the whole trail in scope; events of the whole instance only where the scope covers it. Three
    statements."""
    conditions = [_visible(scope), *_matching(wanted)]
    found = _read(work, conditions, limit + 1, before)
    counted = select(literal(1)).select_from(AuditEventRow).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return TrailPage(
        events=found[:limit],
        older=found[limit - 1].sequence if len(found) > limit else None,
        count=work.session.scalar(select(func.count()).select_from(counted)) or 0,
    )


def events_for_export(work: Work, scope: Scope, wanted: TrailFilter) -> Sequence[TrailEvent]:
    """Everything the filter lets through, the newest first, at most MOST_EXPORTED."""
    return _read(work, [_visible(scope), *_matching(wanted)], MOST_EXPORTED, None)


def _visible(scope: Scope) -> ColumnElement[bool]:
    organization = exists().where(NodeRow.parent_id.is_(None), below(NodeRow.path, scope))
    return or_(below(AuditEventRow.path, scope), and_(AuditEventRow.path == "", organization))


def _matching(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    row = AuditEventRow
    conditions: list[ColumnElement[bool]] = []
    if wanted.subject:
        conditions.append(row.subject_id == wanted.subject)
    if wanted.person:
        conditions.append(or_(row.actor_id == wanted.person, row.on_behalf_of == wanted.person))
    if wanted.kind:
        conditions.append(row.kind == wanted.kind)
    if wanted.refusals_only:
        conditions.append(row.is_refusal.is_(True))
    if wanted.since:
        conditions.append(row.at >= _midnight(wanted.since))
    if wanted.until:
        conditions.append(row.at < _midnight(wanted.until + timedelta(days=1)))
    if wanted.words:
        conditions.append(row.subject_label.icontains(wanted.words, autoescape=True))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _read(
    work: Work, conditions: Sequence[ColumnElement[bool]], limit: int, before: int | None
) -> tuple[TrailEvent, ...]:
    statement = (
        select(AuditEventRow, func.coalesce(Behalf.name, "").label("behalf"))
        .outerjoin(Behalf, Behalf.id == AuditEventRow.on_behalf_of)
        .where(*conditions)
        .order_by(AuditEventRow.sequence.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditEventRow.sequence < before)
    rows = work.session.execute(statement).all()
    names = _names(work, (row.AuditEventRow.body for row in rows))
    labels = order_labels(work) if any(row.AuditEventRow.subject_kind in OF_ORDERS for row in rows) else {}
    return tuple(_event(row.AuditEventRow, row.behalf, names, labels) for row in rows)


def _event(row: AuditEventRow, behalf: str, names: Mapping[str, str], labels: Mapping[str, str]) -> TrailEvent:
    return TrailEvent(
        sequence=row.sequence,
        at=row.at,
        actor_name=row.actor_name,
        on_behalf_of=behalf,
        kind=row.kind,
        is_refusal=row.is_refusal,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        subject_label=row.subject_label,
        reason=row.reason,
        body=json.loads(row.body),
        names=names,
        hash=row.hash[:8],
        labels=labels,
    )


def _names(work: Work, bodies: Iterable[str]) -> Mapping[str, str]:
    """What the ids in these texts are called: people, nodes, reference data, forums, lines, milestones, measures."""
    ids = sorted({UUID(found) for body in bodies for found in _ID.findall(body)})[:MOST_NAMES]
    if not ids:
        return {}
    columns = (
        *((row.id, row.name) for row in (MemberRow, NodeRow, ReferenceRow, ForumRow, EffectLineRow)),
        (MilestoneRow.id, MilestoneRow.title),
        (MeasureRow.id, MeasureRow.code),
    )
    parts = [select(key.label("id"), name.label("name")).where(key.in_(ids)) for key, name in columns]
    return {str(key): name for key, name in work.session.execute(union_all(*parts))}
