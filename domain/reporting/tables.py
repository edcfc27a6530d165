"""The tables of a pack: rows cut to what a page holds, the rest summed, columns that add up as printed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.reporting.pack import ZERO, NodeRow, SteeringPack
from domain.reporting.rounding import Unit, split, unit_for
from domain.reporting.totals import Basis, Lens, add_up, basis_of, total_of

_Cells = tuple[Decimal, ...]
_Printed = tuple[NodeRow, _Cells, list[tuple[NodeRow, _Cells]]]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A head with its second line, and the amount below it; `minus` makes it the difference of two earlier columns."""

    head: str
    amount: Callable[[NodeRow], Decimal] | None = None
    minus: tuple[int, int] = (0, 0)

    @property
    def is_signed(self) -> bool:
        return self.amount is None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One printed row: the node it stands for, its figures in the table's unit, and what kind of row it is."""

    node: NodeRow
    cells: tuple[Decimal, ...]
    kind: str = "row"  # "row", "child", "rest", "total"
    under: str = ""  # the name of the program, where the row stands outside it


@dataclass(frozen=True, kw_only=True)
class Table:
    unit: Unit
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def unit_of(pack: SteeringPack) -> Unit:
    """One unit for all amounts of a pack, so that pages can be compared."""
    total = total_of(pack)
    amounts = [total.plan_year, total.forecast_year, total.full_year_plan, total.full_year_forecast]
    return unit_for([*amounts, total.actual_to_date, total.cost_plan, total.cost_forecast])


def program_table(pack: SteeringPack, columns: tuple[Column, ...], limit: int) -> Table:
    """The programs in their order, or the largest `limit` with the others as one row; and their sum."""
    printed = [(row, "", cells) for row, cells, _ in _printed(pack, columns)]
    return _limited(pack, columns, printed, limit, pack.meta.programs)


def project_table(pack: SteeringPack, columns: tuple[Column, ...], limit: int) -> Table:
    """The projects of all programs, cut and summed likewise."""
    printed = [(child, row.name, cells) for row, _, below in _printed(pack, columns) for child, cells in below]
    return _limited(pack, columns, printed, limit, pack.meta.projects)


def nested_table(pack: SteeringPack, columns: tuple[Column, ...]) -> Table:
    """Programs with their projects below each."""
    lines: list[Line] = []
    for row, cells, below in _printed(pack, columns):
        lines.append(Line(node=row, cells=cells))
        lines += [Line(node=child, cells=own, kind="child") for child, own in below]
    return _table(pack, columns, lines)


def gaps(pack: SteeringPack, limit: int) -> Table:
    """Forecast less plan by program, worst first; what lies beyond `limit` as one row."""
    basis = basis_of(pack)
    columns = (Column(head="Plan", amount=basis.plan), Column(head="Forecast", amount=basis.forecast), difference(1, 0))
    ranked = sorted(_printed(pack, columns), key=lambda each: basis.loss(each[0]), reverse=True)
    lines = [Line(node=row, cells=cells) for row, cells, _ in ranked]
    return _table(pack, columns, _cut(lines, limit, pack.meta.programs))


def difference(of: int, less: int, head: str = "Gap") -> Column:
    return Column(head=head, minus=(of, less))


def _printed(pack: SteeringPack, columns: tuple[Column, ...]) -> list[_Printed]:
    """Every program and project with its figures, the same on every page: rounded before anything is cut or sorted."""
    unit = unit_of(pack)
    top = _figures(pack.programs, columns, unit, None)
    below = (_figures(row.children, columns, unit, cells) for row, cells in zip(pack.programs, top, strict=True))
    children = (list(zip(row.children, own, strict=True)) for row, own in zip(pack.programs, below, strict=True))
    return list(zip(pack.programs, top, children, strict=True))


def _limited(
    pack: SteeringPack,
    columns: tuple[Column, ...],
    printed: list[tuple[NodeRow, str, _Cells]],
    limit: int,
    plural: str,
) -> Table:
    basis = basis_of(pack)
    lines = [Line(node=row, cells=cells, under=under) for row, under, cells in printed]
    if len(lines) > limit:
        lines.sort(key=lambda line: (-_size(line.node, basis), line.node.name))
    return _table(pack, columns, _cut(lines, limit, plural))


def _cut(lines: list[Line], limit: int, plural: str) -> list[Line]:
    if len(lines) <= limit:
        return lines
    rest = lines[limit - 1 :]
    node = add_up((line.node for line in rest), f"{len(rest):,} other {plural}")
    return [*lines[: limit - 1], Line(node=node, cells=_sum([line.cells for line in rest]), kind="rest")]


def _table(pack: SteeringPack, columns: tuple[Column, ...], lines: list[Line]) -> Table:
    parts = [line.cells for line in lines if line.kind != "child"]
    cells = _sum(parts) if parts else (ZERO,) * len(columns)
    total = Line(node=total_of(pack), cells=cells, kind="total")
    return Table(unit=unit_of(pack), columns=columns, lines=(*lines, total))


def _size(row: NodeRow, basis: Basis) -> Decimal:
    amount = max(abs(basis.plan(row)), abs(basis.forecast(row)))
    return amount or (row.cost_forecast if basis.lens is not Lens.COST else ZERO)


def _figures(rows: Sequence[NodeRow], columns: tuple[Column, ...], unit: Unit, totals: _Cells | None) -> list[_Cells]:
    """Cells by row. `totals` are the figures already printed that the columns must add up to."""
    printed: list[list[Decimal]] = []
    for index, column in enumerate(columns):
        if column.amount is None:
            of, less = column.minus
            printed.append([a - b for a, b in zip(printed[of], printed[less], strict=True)])
        else:
            amounts = [column.amount(row) for row in rows]
            goal = totals[index] if totals and _agree(amounts, totals[index], unit) else None
            printed.append(split(amounts, unit, goal))
    return list(zip(*printed, strict=True)) if rows else []


def _agree(amounts: Sequence[Decimal], total: Decimal, unit: Unit) -> bool:
    """Whether parts can add up to `total` by rounding alone; else the data is at odds and the page must show it."""
    return abs(sum(amounts, ZERO) / unit.factor - total) < unit.step


def _sum(rows: Sequence[_Cells]) -> _Cells:
    return tuple(sum(column, ZERO) for column in zip(*rows, strict=True))
