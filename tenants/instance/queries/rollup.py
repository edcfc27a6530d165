"""What measures add up to: below a node by all that the overview tells apart, and by package for the whole tree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Numeric, Select, cast, column, func, select, tuple_

from domain.access import Scope
from domain.stages import MeasureState, Stage
from domain.status import Status
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.scoping import seen, seen_below
from tenants.instance.queries.sums import SUM_COLUMNS, SUMMED, Sums, to_sums

DIMENSIONS = ("implementation", "potential")
ALIKE = (MeasureRow.stage, MeasureRow.state, MeasureRow.implementation, MeasureRow.potential)
VALUE = func.sum(
    func.coalesce(
        func.nullif(FiguresRow.forecast_full_year, 0),
        func.nullif(FiguresRow.one_off_benefit_forecast, 0),
        FiguresRow.one_off_forecast,
    )
).label("value")
# Counts by status, for both dimensions: `implementation_green` and so on.
STATUS_COLUMNS = tuple(
    func.count().filter(getattr(MeasureRow, dimension) == status).label(f"{dimension}_{status}")
    for dimension in DIMENSIONS
    for status in Status
)
# The same sums and counts once more, of the rows that `_fine` gives.
CHILD: ColumnElement[Any] = column("child")
MEASURES = column("measures", Integer)
APART: tuple[ColumnElement[Any], ...] = tuple(column(alike.key) for alike in ALIKE)
BOTH_WAYS = (
    CHILD,
    *APART,
    cast(func.sum(MEASURES), Integer).label("measures"),
    *(func.sum(column(name, Numeric)).label(name) for name in ("value", *SUMMED)),
    *(
        func.coalesce(func.sum(MEASURES).filter(column(dimension) == status), 0).label(f"{dimension}_{status}")
        for dimension in DIMENSIONS
        for status in Status
    ),
)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Measures that are alike in stage, state and both statuses. `value` is what the matrix of both shows."""

    stage: Stage
    state: MeasureState
    implementation: Status
    potential: Status
    value: Decimal
    sums: Sums


@dataclass(frozen=True, kw_only=True)
class Part:
    """What lies below one node: sums, and counts by status, only those that occur."""

    sums: Sums
    implementation: Mapping[Status, int]
    potential: Mapping[Status, int]

    def __add__(self, other: "Part") -> "Part":
        return Part(
            sums=self.sums + other.sums,
            implementation=_count(self.implementation, other.implementation),
            potential=_count(self.potential, other.potential),
        )


NOTHING = Part(sums=Sums(), implementation={}, potential={})


@dataclass(frozen=True, kw_only=True)
class RollUp:
    """`parts` by the node right below; measures that hang at the node itself are in no part."""

    groups: tuple[Group, ...]
    parts: Mapping[UUID, Part]


def roll_up(work: Work, scope: Scope, path: str) -> RollUp:
    """What the reader sees below a node: its measures are read once, the few sums of it added up both ways."""
    statement = select(*BOTH_WAYS).select_from(_fine(scope, path).subquery())
    rows = work.session.execute(statement.group_by(func.grouping_sets(tuple_(*APART), tuple_(CHILD)))).all()
    return RollUp(
        groups=tuple(_group(row) for row in rows if row.child is None),
        parts={UUID(row.child): to_part(row) for row in rows if row.child},
    )


def parts_by_package(work: Work, scope: Scope) -> dict[UUID, Part]:
    """Of all that the reader sees."""
    statement = (
        select(MeasureRow.package_id, *STATUS_COLUMNS, *SUM_COLUMNS)
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(seen(scope))
        .group_by(MeasureRow.package_id)
    )
    return {row.package_id: to_part(row) for row in work.session.execute(statement)}


def to_part(row: Any) -> Part:
    """A row with the counts of STATUS_COLUMNS and with sums."""
    implementation, potential = (dict(_occurring(row, dimension)) for dimension in DIMENSIONS)
    return Part(sums=to_sums(row), implementation=implementation, potential=potential)


def _fine(scope: Scope, path: str) -> Select[Any]:
    """Some hundred rows, whatever the number of measures: by part, stage, state and both statuses."""
    child = func.split_part(MeasureRow.path, "/", path.count("/") + 1).label("child")
    joined = select(child, *ALIKE, VALUE, *SUM_COLUMNS).join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
    return joined.where(seen_below(scope, path)).group_by(child, *ALIKE)


def _group(row: Any) -> Group:
    return Group(
        stage=Stage(row.stage),
        state=MeasureState(row.state),
        implementation=Status(row.implementation),
        potential=Status(row.potential),
        value=row.value,
        sums=to_sums(row),
    )


def _occurring(row: Any, dimension: str) -> Iterator[tuple[Status, int]]:
    for status in Status:
        if count := getattr(row, f"{dimension}_{status}"):
            yield status, int(count)


def _count(a: Mapping[Status, int], b: Mapping[Status, int]) -> Mapping[Status, int]:
    return {status: a.get(status, 0) + b.get(status, 0) for status in a.keys() | b.keys()}
