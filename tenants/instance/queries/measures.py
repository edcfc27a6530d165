"""The list of measures: filtered, sorted, paged and summed. Two statements, whatever the number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from domain.access import Scope
from domain.paging import paged
from domain.stages import MeasureState, Stage
from domain.status import Status
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import MemberRow, ReferenceRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.scoping import seen
from tenants.instance.queries.sums import SUM_COLUMNS, SUMMED, Sums, to_sums
from tenants.instance.queries.watched import Watched, watched_measures

PAGE = 50
SHOWN = (
    "id",
    "code",
    "title",
    "stage",
    "state",
    "implementation",
    "potential",
    "days_late",
    "start_on",
    "end_on",
    "updated_at",
)
Owner = aliased(MemberRow, name="owner")
SEVERITY = {Status.RED: 0, Status.AMBER: 1, Status.GREEN: 2, Status.GREY: 3}


def _severity(column: Any) -> ColumnElement[Any]:
    return case({str(status): rank for status, rank in SEVERITY.items()}, value=column, else_=9)


# Sort keys of the address; the sign in front of one turns it round.
SORTS: dict[str, Any] = {
    "code": MeasureRow.code,
    "title": func.lower(MeasureRow.title),
    "stage": MeasureRow.stage,
    "implementation": _severity(MeasureRow.implementation),
    "potential": _severity(MeasureRow.potential),
    "owner": func.lower(Owner.name),
    "plan": FiguresRow.plan_year,
    "forecast": FiguresRow.forecast_year,
    "actual": FiguresRow.actual_year,
    "realisation": FiguresRow.actual_to_date / func.nullif(FiguresRow.plan_to_date, 0),
    "plan_full_year": FiguresRow.plan_full_year,
    "forecast_full_year": FiguresRow.forecast_full_year,
    "gap": FiguresRow.forecast_full_year - FiguresRow.plan_full_year,
    "cost_plan": FiguresRow.one_off_plan,
    "cost_forecast": FiguresRow.one_off_forecast,
    "cost_actual": FiguresRow.one_off_actual,
    "cost_gap": FiguresRow.one_off_forecast - FiguresRow.one_off_plan,
    "updated": MeasureRow.updated_at,
    "late": MeasureRow.days_late,
}


@dataclass(frozen=True, kw_only=True)
class MeasureFilter:
    """What the address asks for. Empty fields do not filter. `path` is a node and all below it."""

    words: str = ""
    path: str = ""
    stages: tuple[Stage, ...] = ()
    states: tuple[MeasureState, ...] = ()
    implementation: tuple[Status, ...] = ()
    potential: tuple[Status, ...] = ()
    owner: UUID | None = None
    function: UUID | None = None
    business_unit: UUID | None = None
    has_plan: bool | None = None
    watched: Watched | None = None


@dataclass(frozen=True, kw_only=True)
class MeasureLine:
    """One row of the list."""

    id: UUID
    code: str
    title: str
    stage: Stage
    state: MeasureState
    implementation: Status
    potential: Status
    days_late: int
    owner: str
    function: str
    start: date | None
    end: date | None
    updated_at: datetime
    has_plan: bool
    sums: Sums


@dataclass(frozen=True, kw_only=True)
class MeasurePage:
    """One page of the list; `total` and `sums` are of all that the filter lets through."""

    lines: tuple[MeasureLine, ...]
    total: int
    sums: Sums
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class FilterChoices:
    """What the filter offers: owners of measures that the reader sees, functions and business units; (id, name)."""

    owners: tuple[tuple[UUID, str], ...]
    functions: tuple[tuple[UUID, str], ...]
    business_units: tuple[tuple[UUID, str], ...]


def get_filter_choices(work: Work, scope: Scope) -> FilterChoices:
    """One statement; each list by name."""
    seen_owners = select(MeasureRow.owner_id).where(seen(scope))
    owners = select(literal("owner").label("kind"), MemberRow.id, MemberRow.name).where(MemberRow.id.in_(seen_owners))
    kinds = select(ReferenceRow.kind, ReferenceRow.id, ReferenceRow.name)
    rows = work.session.execute(owners.union_all(kinds)).all()
    found = {
        kind: tuple(sorted(((row.id, row.name) for row in rows if row.kind == kind), key=lambda pair: pair[1].lower()))
        for kind in ("owner", "function", "business_unit")
    }
    return FilterChoices(owners=found["owner"], functions=found["function"], business_units=found["business_unit"])


def list_measures(
    work: Work, scope: Scope, wanted: MeasureFilter, sort: str = "code", page: int = 1, per_page: int = PAGE
) -> MeasurePage:
    """A page of the reader's measures. An unknown sort key sorts by code; a page beyond the last is the last."""
    conditions = matching(scope, wanted, work.now().date())
    totals = work.session.execute(_totals(conditions)).one()
    sums = to_sums(totals)
    page, pages = paged(page, sums.measures, per_page)
    statement = _lines(conditions).order_by(*_order(sort)).limit(per_page).offset((page - 1) * per_page)
    lines = tuple(_line(row) for row in work.session.execute(statement))
    return MeasurePage(lines=lines, total=sums.measures, sums=sums, page=page, pages=pages)


def all_measures(work: Work, scope: Scope, wanted: MeasureFilter, sort: str = "code") -> Sequence[MeasureLine]:
    """Every line that the filter lets through, for exports."""
    statement = _lines(matching(scope, wanted, work.now().date())).order_by(*_order(sort))
    return [_line(row) for row in work.session.execute(statement)]


def matching(scope: Scope, wanted: MeasureFilter, today: date) -> list[ColumnElement[bool]]:
    """The reader's scope and the filter, as conditions on measures, their figures and their owner."""
    conditions = [seen(scope)]
    if wanted.path:
        conditions.append(MeasureRow.path.startswith(wanted.path, autoescape=True))
    for column, values in (
        (MeasureRow.stage, [int(stage) for stage in wanted.stages]),
        (MeasureRow.state, list(wanted.states)),
        (MeasureRow.implementation, list(wanted.implementation)),
        (MeasureRow.potential, list(wanted.potential)),
    ):
        if values:
            conditions.append(column.in_(values))
    for key, value in (
        (MeasureRow.owner_id, wanted.owner),
        (MeasureRow.function_id, wanted.function),
        (MeasureRow.business_unit_id, wanted.business_unit),
        (FiguresRow.has_plan, wanted.has_plan),
    ):
        if value is not None:
            conditions.append(key == value)
    watched = [watched_measures(wanted.watched, today)] if wanted.watched else []
    return [*conditions, *watched, *_word_conditions(wanted.words)]


def _word_conditions(words: str) -> list[ColumnElement[bool]]:
    columns = (MeasureRow.code, MeasureRow.title, Owner.name, MeasureRow.external_ref)
    return [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words.split()[:8]]


def _totals(conditions: list[ColumnElement[bool]]) -> Select[Any]:
    return _joined(select(*SUM_COLUMNS).select_from(MeasureRow)).where(and_(*conditions))


def _lines(conditions: list[ColumnElement[bool]]) -> Select[Any]:
    statement = select(
        *(getattr(MeasureRow, name) for name in SHOWN),
        FiguresRow.has_plan,
        *(getattr(FiguresRow, name) for name in SUMMED),
        func.coalesce(Owner.name, "").label("owner"),
        func.coalesce(ReferenceRow.name, "").label("function"),
    ).select_from(MeasureRow)
    joined = _joined(statement).outerjoin(ReferenceRow, ReferenceRow.id == MeasureRow.function_id)
    return joined.where(and_(*conditions))


def _joined(statement: Any) -> Any:
    figures = statement.join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
    return figures.outerjoin(Owner, Owner.id == MeasureRow.owner_id)


def _order(sort: str) -> tuple[ColumnElement[Any], ...]:
    column = SORTS.get(sort.removeprefix("-"), MeasureRow.code)
    ordered = column.desc().nulls_last() if sort.startswith("-") else column.asc().nulls_last()
    return ordered, MeasureRow.code.asc()


def _line(row: Any) -> MeasureLine:
    return MeasureLine(
        id=row.id,
        code=row.code,
        title=row.title,
        stage=Stage(row.stage),
        state=MeasureState(row.state),
        implementation=Status(row.implementation),
        potential=Status(row.potential),
        days_late=row.days_late,
        owner=row.owner,
        function=row.function,
        start=row.start_on,
        end=row.end_on,
        updated_at=row.updated_at,
        has_plan=row.has_plan,
        sums=figures_sums(row),
    )


def figures_sums(figures: Any) -> Sums:
    """One measure's figures, a FiguresRow or a row with its columns, in the shape of sums."""
    return Sums(measures=1, **{name: getattr(figures, name) for name in SUMMED})
