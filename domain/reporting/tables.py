"""The tables of a pack: rows cut to what a page holds, the rest summed, columns that add up as printed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.reporting.pack import ZERO, NodeRow, SteeringPack
from domain.reporting.rounding import Unit, rounded, split, unit_for
from domain.reporting.totals import Basis, Lens, add_up, basis_of, total_of


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
    """The programs, at most `limit` of them, and their sum."""
    shown, rest = _cut(pack, pack.programs, limit)
    return _flat(pack, columns, [(row, "") for row in shown], rest, pack.meta.programs)


def project_table(pack: SteeringPack, columns: tuple[Column, ...], limit: int) -> Table:
    """The largest projects of all programs, at most `limit`, the others as one row."""
    owner = {id(child): row.name for row in pack.programs for child in row.children}
    shown, rest = _cut(pack, [child for row in pack.programs for child in row.children], limit)
    return _flat(pack, columns, [(row, owner[id(row)]) for row in shown], rest, pack.meta.projects)


def nested_table(pack: SteeringPack, columns: tuple[Column, ...]) -> Table:
    """Programs with their projects below each: children add up to what is printed for their program."""
    unit, total = unit_of(pack), total_of(pack)
    top = _figures(pack.programs, columns, unit, None)
    lines: list[Line] = []
    for row, cells in zip(pack.programs, top, strict=True):
        lines.append(Line(node=row, cells=cells))
        below = _figures(row.children, columns, unit, cells)
        lines += [Line(node=child, cells=own, kind="child") for child, own in zip(row.children, below, strict=True)]
    return Table(unit=unit, columns=columns, lines=(*lines, Line(node=total, cells=_sum(top, columns), kind="total")))


def gaps(pack: SteeringPack, limit: int) -> Table:
    """Forecast less plan by program, worst first."""
    basis, unit = basis_of(pack), unit_of(pack)
    columns = (Column(head="Plan", amount=basis.plan), Column(head="Forecast", amount=basis.forecast), difference(1, 0))
    ranked = sorted(pack.programs, key=basis.loss, reverse=True)
    shown = ranked if len(ranked) <= limit else ranked[: limit - 1]
    rest = ranked[len(shown) :]
    table = _flat(pack, columns, [(row, "") for row in shown], rest, pack.meta.programs)
    return Table(unit=unit, columns=columns, lines=table.lines)


def difference(of: int, less: int, head: str = "Gap") -> Column:
    return Column(head=head, minus=(of, less))


def _cut(pack: SteeringPack, rows: Sequence[NodeRow], limit: int) -> tuple[list[NodeRow], list[NodeRow]]:
    if len(rows) <= limit:
        return list(rows), []
    basis = basis_of(pack)
    ranked = sorted(rows, key=lambda row: (-_size(row, basis), row.name))
    return ranked[: limit - 1], ranked[limit - 1 :]


def _size(row: NodeRow, basis: Basis) -> Decimal:
    amount = max(abs(basis.plan(row)), abs(basis.forecast(row)))
    return amount or (row.cost_forecast if basis.lens is not Lens.COST else ZERO)


def _flat(
    pack: SteeringPack,
    columns: tuple[Column, ...],
    shown: Sequence[tuple[NodeRow, str]],
    rest: Sequence[NodeRow],
    plural: str,
) -> Table:
    unit = unit_of(pack)
    nodes = [row for row, _ in shown]
    if rest:
        nodes.append(add_up(rest, f"{len(rest):,} other {plural}"))
    figures = _figures(nodes, columns, unit, None)
    kinds = ["row"] * len(shown) + ["rest"] * bool(rest)
    unders = [under for _, under in shown] + [""] * bool(rest)
    zipped = zip(nodes, figures, kinds, unders, strict=True)
    lines = [Line(node=node, cells=cells, kind=kind, under=under) for node, cells, kind, under in zipped]
    total = Line(node=add_up(nodes, pack.meta.programme), cells=_sum(figures, columns), kind="total")
    return Table(unit=unit, columns=columns, lines=(*lines, total))


def _figures(
    rows: Sequence[NodeRow], columns: tuple[Column, ...], unit: Unit, totals: tuple[Decimal, ...] | None
) -> list[tuple[Decimal, ...]]:
    """Cells by row. `totals` are the figures already printed that the columns must add up to."""
    printed: list[list[Decimal]] = []
    for index, column in enumerate(columns):
        if column.amount is None:
            of, less = column.minus
            printed.append([a - b for a, b in zip(printed[of], printed[less], strict=True)])
        else:
            amounts = [column.amount(row) for row in rows]
            printed.append(
                split(amounts, unit, totals[index] if totals and _agree(amounts, totals[index], unit) else None)
            )
    return list(zip(*printed, strict=True)) if rows else []


def _agree(amounts: Sequence[Decimal], total: Decimal, unit: Unit) -> bool:
    """Whether parts can add up to `total` by rounding alone; else the data is at odds and the page must show it."""
    return abs(sum(amounts, ZERO) / unit.factor - total) < unit.step


def _sum(figures: Sequence[tuple[Decimal, ...]], columns: tuple[Column, ...]) -> tuple[Decimal, ...]:
    return tuple(sum(column, ZERO) for column in zip(*figures, strict=True)) if figures else (ZERO,) * len(columns)


def printed_parts(amounts: Sequence[Decimal], unit: Unit) -> tuple[list[Decimal], Decimal]:
    """A column of amounts as printed, and its printed sum."""
    parts = split(amounts, unit)
    return parts, rounded(sum(amounts, ZERO), unit)
