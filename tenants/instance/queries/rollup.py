"""What measures add up to: below a node by all that the overview tells apart, and by package for the whole tree."""

from collections.abc import Mapping, Sequence
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
from tenants.instance.queries.sums import FIELDS, SUM_COLUMNS, SUMMED, Sums, added, to_sums

DIMENSIONS = ("implementation", "potential")
STATUSES = tuple(Status)
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
    for status in STATUSES
)
# The same sums and counts once more, of the rows that `_fine` gives.
CHILD: ColumnElement[Any] = column("child")
MEASURES = column("measures", Integer)
APART: tuple[ColumnElement[Any], ...] = tuple(column(alike.key) for alike in ALIKE)
BOTH_WAYS = (
    CHILD,
    *APART,
    func.sum(column("value", Numeric)).label("value"),
    cast(func.sum(MEASURES), Integer).label("measures"),
    *(func.sum(column(name, Numeric)).label(name) for name in SUMMED),
    *(
        func.coalesce(func.sum(MEASURES).filter(column(dimension) == status), 0).label(f"{dimension}_{status}")
        for dimension in DIMENSIONS
        for status in STATUSES
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


NOTHING = Part(sums=Sums(), implementation={}, potential={})


@dataclass(frozen=True, kw_only=True)
class RollUp:
    """`parts` by the node right below; measures that hang at the node itself are in no part."""

    groups: tuple[Group, ...]
    parts: Mapping[UUID, Part]


def roll_up(work: Work, scope: Scope, path: str) -> RollUp:
    """What the reader sees below a node: its measures are read once, the few sums of it added up both ways."""
    statement = select(*BOTH_WAYS).select_from(_fine(scope, path).subquery())
    groups: list[Group] = []
    parts: dict[UUID, Part] = {}
    rows = work.session.execute(statement.group_by(func.grouping_sets(tuple_(*APART), tuple_(CHILD))))
    for child, stage, state, implementation, potential, value, *summed in rows:
        if child is None:
            groups.append(
                Group(
                    stage=Stage(stage),
                    state=MeasureState(state),
                    implementation=Status(implementation),
                    potential=Status(potential),
                    value=value,
                    sums=to_sums(summed[: len(FIELDS)]),
                )
            )
        elif child:
            parts[UUID(child)] = _part(summed)
    return RollUp(groups=tuple(groups), parts=parts)


def parts_by_package(work: Work, scope: Scope) -> dict[UUID, Part]:
    """Of all that the reader sees."""
    statement = (
        select(MeasureRow.package_id, *SUM_COLUMNS, *STATUS_COLUMNS)
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(seen(scope))
        .group_by(MeasureRow.package_id)
    )
    return {package: _part(summed) for package, *summed in work.session.execute(statement)}


def together(parts: Sequence[Part]) -> Part:
    """What lies below several nodes as one."""
    if len(parts) == 1:
        return parts[0]
    return Part(
        sums=added(part.sums for part in parts),
        implementation=_counted([part.implementation for part in parts]),
        potential=_counted([part.potential for part in parts]),
    )


def _fine(scope: Scope, path: str) -> Select[Any]:
    """Some hundred rows, whatever the number of measures: by part, stage, state and both statuses."""
    child = func.split_part(MeasureRow.path, "/", path.count("/") + 1).label("child")
    joined = select(child, *ALIKE, VALUE, *SUM_COLUMNS).join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
    return joined.where(seen_below(scope, path)).group_by(child, *ALIKE)


def _part(summed: Sequence[Any]) -> Part:
    """From the values of SUM_COLUMNS and STATUS_COLUMNS, in their order."""
    sums, counts = summed[: len(FIELDS)], [int(each) for each in summed[len(FIELDS) :]]
    return Part(
        sums=to_sums(sums),
        implementation=_occurring(counts[: len(STATUSES)]),
        potential=_occurring(counts[len(STATUSES) :]),
    )


def _occurring(counts: Sequence[int]) -> Mapping[Status, int]:
    return {status: count for status, count in zip(STATUSES, counts, strict=True) if count}


def _counted(counts: Sequence[Mapping[Status, int]]) -> Mapping[Status, int]:
    summed = ((status, sum(each.get(status, 0) for each in counts)) for status in STATUSES)
    return {status: count for status, count in summed if count}
