"""Reports as data: what a pack says, how it is kept, how its figures are rounded, and the sentences they allow."""

from domain.reporting.frozen import Pack, canonical, digest, from_plain, orders_from_plain, to_plain
from domain.reporting.order_pack import OrderPack
from domain.reporting.pack import (
    ContradictionKind,
    ContradictionRow,
    DecisionRow,
    MatrixCell,
    MeasureRow,
    Meta,
    MilestoneRow,
    MonthRow,
    NodeRow,
    RequestRow,
    StageRow,
    StatusCounts,
    SteeringPack,
    YearRow,
)

__all__ = [
    "ContradictionKind",
    "ContradictionRow",
    "DecisionRow",
    "MatrixCell",
    "MeasureRow",
    "Meta",
    "MilestoneRow",
    "MonthRow",
    "NodeRow",
    "OrderPack",
    "Pack",
    "RequestRow",
    "StageRow",
    "StatusCounts",
    "SteeringPack",
    "YearRow",
    "canonical",
    "digest",
    "from_plain",
    "orders_from_plain",
    "to_plain",
]
