"""One measure as its page shows it: the state, the names in it, its sums, what is open on it, its checklist."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import false, literal, select, union_all

from domain.access import Actor, Scope
from domain.approvals.request import ApprovalRequest
from domain.conditions import StandingCondition
from domain.ids import MeasureId
from domain.measures import Measure
from domain.months import Month
from domain.overrides import StatusOverride
from domain.status import Status
from tenants.database import NotFound, Work
from tenants.instance.models.measures import EvidenceRow, MeasureRow, MilestoneRow
from tenants.instance.models.people import ForumRow, MemberRow, ReferenceRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.aggregates import load_measure
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.conditions import Hold, holds_of, standing_conditions
from tenants.instance.queries.gates import GatePreview, preview_gate
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.hierarchy import NodeName, get_crumbs
from tenants.instance.queries.measures import figures_sums
from tenants.instance.queries.overrides import implementation_override, potential_override
from tenants.instance.queries.scoping import seen
from tenants.instance.queries.sums import Sums

CHOICE_KINDS = ("people", "business_unit", "function", "legal_entity", "forum")
CHOICES = union_all(  # most pages ask for one of these two: built once
    select(literal("people").label("kind"), MemberRow.id, MemberRow.name).where(MemberRow.is_active),
    select(ReferenceRow.kind, ReferenceRow.id, ReferenceRow.name).where(~ReferenceRow.is_retired),
    select(literal("forum"), ForumRow.id, ForumRow.name).where(~ForumRow.is_retired),
)
NAMES = union_all(
    select(MemberRow.id, MemberRow.name, (MemberRow.side == "firm").label("is_firm")),
    select(ReferenceRow.id, ReferenceRow.name, false()),
    select(ForumRow.id, ForumRow.name, false()),
)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the fields of a measure can name anew: (id, name)."""

    people: tuple[tuple[UUID, str], ...]
    business_unit: tuple[tuple[UUID, str], ...]
    function: tuple[tuple[UUID, str], ...]
    legal_entity: tuple[tuple[UUID, str], ...]
    forum: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A piece of evidence as the page lists it."""

    id: UUID
    title: str
    url: str
    note: str
    milestone: UUID | None
    is_closure: bool
    file_name: str  # empty without a file
    size: int
    sha256: str
    added_by: UUID
    added_at: datetime


class Names(dict[UUID, str]):
    """Names of people, reference items and forums by id; `firm` holds those of the consulting firm's people."""

    firm: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class MeasureSheet:
    """All that the page of one measure shows."""

    measure: Measure
    path: str
    crumbs: tuple[NodeName, ...]
    names: Names
    implementation: Status
    potential: Status
    days_late: int
    overrides: tuple[StatusOverride, ...]
    slips: Mapping[UUID, int]  # date slips in a row, by milestone
    sums: Sums
    has_plan: bool
    year_start: Month
    price_of_waiting: Decimal
    requests: tuple[ApprovalRequest, ...]  # newest first
    evidence: tuple[Proof, ...]
    gate: GatePreview | None  # None when there is no next gate
    conditions: tuple[StandingCondition, ...]
    holds: tuple[Hold, ...]
    created_at: datetime
    stage_since: datetime
    updated_at: datetime
    external_ref: str
    governance: Governance


def get_measure(work: Work, scope: Scope, code: str) -> tuple[Measure, str, Governance]:
    """Only the state of a measure, with its node path and what governs it. Raises NotFound outside the scope."""
    row = _row(work, scope, code)
    governance = get_governance(work)
    return load_measure(work.session, row, governance), row.path, governance


def get_sheet(work: Work, scope: Scope, code: str, actor: Actor) -> MeasureSheet:
    """The sheet of one measure. Raises NotFound where it is absent or outside the reader's scope."""
    row = _row(work, scope, code)
    governance = get_governance(work)
    measure = load_measure(work.session, row, governance)
    figures = work.get(FiguresRow, row.id)
    return MeasureSheet(
        measure=measure,
        path=row.path,
        crumbs=get_crumbs(work, row.path),
        names=get_names(work),
        implementation=Status(row.implementation),
        potential=Status(row.potential),
        days_late=row.days_late,
        overrides=tuple(each for each in (implementation_override(row), potential_override(row)) if each),
        slips=_slips(work, row.id),
        sums=figures_sums(figures),
        has_plan=figures.has_plan,
        year_start=Month.of(figures.year_start),
        price_of_waiting=figures.price_of_waiting,
        requests=_requests(work, row),
        evidence=_evidence(work, row.id),
        gate=preview_gate(work, measure, row.path, governance.template, actor),
        conditions=tuple(standing_conditions(work.session, [row.id])[row.id]),
        holds=holds_of(work, row.id),
        created_at=row.created_at,
        stage_since=row.stage_since,
        updated_at=row.updated_at,
        external_ref=row.external_ref or "",
        governance=governance,
    )


def get_choices(work: Work) -> Choices:
    """Who and what a measure can name, each list by name: one statement. Who has left and what is retired is not."""
    found: dict[str, list[tuple[UUID, str]]] = defaultdict(list)
    for kind, key, name in work.session.execute(CHOICES):
        found[kind].append((key, name))
    return Choices(**{kind: tuple(sorted(found[kind], key=lambda pair: pair[1].lower())) for kind in CHOICE_KINDS})


def get_names(work: Work) -> Names:
    """One statement."""
    rows = work.session.execute(NAMES).all()
    names = Names({row.id: row.name for row in rows})
    names.firm = frozenset(row.id for row in rows if row.is_firm)
    return names


def _row(work: Work, scope: Scope, code: str) -> MeasureRow:
    row = work.session.scalars(select(MeasureRow).where(MeasureRow.code == code, seen(scope))).one_or_none()
    if row is None:
        raise NotFound(f"measure {code}")
    return row


def _requests(work: Work, row: MeasureRow) -> tuple[ApprovalRequest, ...]:
    statement = select(RequestRow).where(RequestRow.measure_id == row.id).order_by(RequestRow.requested_at.desc())
    rows = [(each, row.code) for each in work.session.scalars(statement)]
    return tuple(load_requests(work.session, rows)) if rows else ()


def _slips(work: Work, measure: UUID) -> Mapping[UUID, int]:
    statement = select(MilestoneRow.id, MilestoneRow.slips).where(MilestoneRow.measure_id == measure)
    return {found: slips for found, slips in work.session.execute(statement)}


def _evidence(work: Work, measure: UUID) -> tuple[Proof, ...]:
    statement = select(EvidenceRow).where(EvidenceRow.measure_id == measure).order_by(EvidenceRow.added_at)
    return tuple(
        Proof(
            id=row.id,
            title=row.title,
            url=row.url,
            note=row.note,
            milestone=row.milestone_id,
            is_closure=row.is_closure,
            file_name=row.file_name,
            size=row.size or 0,
            sha256=row.sha256,
            added_by=row.added_by,
            added_at=row.added_at,
        )
        for row in work.session.scalars(statement)
    )


def find_code(work: Work, scope: Scope, measure_id: MeasureId) -> str | None:
    """The code of a measure by its id; None outside the reader's scope."""
    return work.session.scalar(select(MeasureRow.code).where(MeasureRow.id == measure_id, seen(scope)))
