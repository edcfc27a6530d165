"""The tables of an order governance report, each with its columns."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from domain.reporting.order_frame import ZERO, Column, Frame, Line, OrderTable, printed, total_of, unit_words
from domain.reporting.order_pack import OrderPack, ReasonRow
from domain.reporting.rounding import ONES, Unit, rounded, unit_for
from domain.reporting.words import DASH, NBSP, day, figure, percent, signed

STAGES, EXCEPTIONS, REASONS, CONSTRAINTS, DECISIONS, KINDS = 12, 8, 4, 6, 10, 7  # what a page has room for


def age_names(ages: Sequence[int]) -> list[str]:
    """ "0 to 2 days", ... and "over 14 days" for the last."""
    ends = [f"{first}{DASH}{after}" for first, after in pairwise(ages)]
    return [*(f"{each}{NBSP}days" for each in ends), f"over {ages[-1]}{NBSP}days"]


def exception_unit(pack: OrderPack) -> Unit:
    return unit_for([total_of([row.amount for row in pack.exceptions])])


def exception_figures(pack: OrderPack) -> tuple[str, ...]:
    """Cost and effects together as their printed parts add up: each type, what is cut, all."""
    unit, limit = exception_unit(pack), EXCEPTIONS
    both = []
    for name in ("cost", "effects"):
        each = [getattr(row, name) for row in pack.exceptions]
        both.append(printed([*each[:limit], *([total_of(each[limit:])] if each[limit:] else [])], unit))
    return tuple(figure(a + b, unit.digits) for a, b in zip(*both, strict=True))


def cost_unit(pack: OrderPack) -> Unit:
    return unit_for([total_of([row.forecast for row in pack.costs]), total_of([row.actual for row in pack.costs])])


def sales_unit(pack: OrderPack) -> Unit:
    return unit_for([total_of([row.value for row in pack.months])])


def _stages(pack: OrderPack) -> Frame:
    rows = tuple(Line(label=row.label) for row in pack.stages)
    return Frame(first="Stage", rows=rows, limit=STAGES, others=("other stage", "other stages"), total="All stages")


def backlog(pack: OrderPack) -> OrderTable:
    frame, stages = _stages(pack), pack.stages
    unit = unit_for([total_of([row.value for row in stages])])
    late, whole = sum(row.late for row in stages), pack.open
    return frame.table(
        *(frame.counts(name, [row.counts[at] for row in stages]) for at, name in enumerate(age_names(pack.ages))),
        frame.counts("Open", [row.open for row in stages]),
        frame.counts("Late", [row.late for row in stages]),
        frame.words("Late, %", [_share(row.late, row.open) for row in stages], _share(late, whole)),
        frame.amounts("Value", [row.value for row in stages], unit, pack.meta.currency),
    )


def times(pack: OrderPack) -> OrderTable:
    """Hours in stage. They have no total: what an order takes in all is not their sum."""
    frame, stages = _stages(pack), pack.stages
    table = frame.table(
        frame.words("Target, hours", [figure(row.target_hours) if row.target_hours else DASH for row in stages]),
        frame.words("Stays", [figure(row.stays) if row.stays else DASH for row in stages]),
        frame.words("Median, hours", [figure(row.median) if row.stays else DASH for row in stages]),
        frame.words("Nine of ten, hours", [figure(row.p90) if row.stays else DASH for row in stages]),
    )
    return replace(table, lines=table.lines[:-1])


def delays(pack: OrderPack) -> OrderTable:
    frame, stages, currency = _stages(pack), pack.stages, pack.meta.currency
    sums = [total_of([getattr(row, name) for row in stages]) for name in ("delayed_value", "held_value")]
    unit = unit_for(sums)
    return frame.table(
        frame.counts("Open", [row.open for row in stages]),
        frame.counts("Past the promise", [row.delayed for row in stages]),
        frame.amounts("Their value", [row.delayed_value for row in stages], unit, currency),
        frame.counts("Held", [row.held for row in stages]),
        frame.amounts("Their value", [row.held_value for row in stages], unit, currency),
    )


def exceptions(pack: OrderPack) -> OrderTable:
    rows, currency = pack.exceptions, pack.meta.currency
    lines = tuple(Line(label=row.label) for row in rows)
    others = ("other type", "other types")
    frame = Frame(first="Type", rows=lines, limit=EXCEPTIONS, others=others, total="All types")
    whole = total_of([row.amount for row in rows])
    unit = exception_unit(pack)
    shares = [percent(each, whole, 1) for each in frame.fold([row.amount for row in rows], total_of)]
    columns = (
        frame.words("Dearest cause", [row.cause or "not named" for row in rows], is_words=True),
        frame.counts("Orders", [row.orders for row in rows]),
        frame.amounts("Cost", [row.cost for row in rows], unit, currency),
        frame.amounts("Effects", [row.effects for row in rows], unit, currency),
        Column(head="Together", unit=unit_words(unit, currency), cells=exception_figures(pack)),
        Column(head="Share", cells=(*shares, percent(whole, whole))),
    )
    # An order may have several types of exception: their numbers do not add up to a number of orders.
    orders = replace(columns[1], cells=(*columns[1].cells[:-1], ""))
    return frame.table(columns[0], orders, *columns[2:])


def costs(pack: OrderPack) -> OrderTable:
    rows, currency = pack.costs, pack.meta.currency
    lines = tuple(Line(label=row.label) for row in rows)
    frame = Frame(first="Kind", rows=lines, limit=KINDS, others=("other kind", "other kinds"), total="All kinds")
    unit = cost_unit(pack)
    known, actual = ([getattr(row, name) for row in rows] for name in ("known_forecast", "actual"))
    both = (printed(frame.fold(each, total_of), unit) for each in (known, actual))
    gaps = tuple(signed(b - a, unit.digits) for a, b in zip(*both, strict=True))
    return frame.table(
        frame.amounts("Forecast", [row.forecast for row in rows], unit, currency),
        frame.amounts("of which known", known, unit, currency),
        frame.amounts("Actual", actual, unit, currency),
        Column(head="Difference", unit=unit_words(unit, currency), cells=gaps),
    )


def reasons(rows: Sequence[ReasonRow], limit: int, names: tuple[str, str, str], currency: str) -> OrderTable:
    """Orders and an amount by kind or reason; `names` of the rows, of the amount and of the sum."""
    first, amount, total = names
    lines, others = tuple(Line(label=row.label) for row in rows), (f"other {first.lower()}", f"other {first.lower()}s")
    frame = Frame(first=first, rows=lines, limit=limit, others=others, total=total)
    values = [row.amount for row in rows]
    unit = unit_for([total_of(values)])
    return frame.table(
        frame.counts("Orders", [row.orders for row in rows]), frame.amounts(amount, values, unit, currency)
    )


def tickets(pack: OrderPack) -> OrderTable:
    rows = tuple(Line(label=row.label) for row in pack.tickets)
    others = ("other channel", "other channels")
    frame = Frame(first="Channel", rows=rows, limit=REASONS, others=others, total="Open tickets")
    return frame.table(
        frame.counts("Open", [row.open for row in pack.tickets]),
        frame.counts("Escalated", [row.escalated for row in pack.tickets]),
        frame.counts(f"Over {pack.ages[2]} days", [row.old for row in pack.tickets]),
    )


def constraints(pack: OrderPack) -> OrderTable:
    """An order may be blocked by several: the total counts it once."""
    rows, currency = pack.constraints, pack.meta.currency
    lines = tuple(
        Line(label=row.title, note=row.kind, flag="needs management" if row.needs_attention else "") for row in rows
    )
    others = ("other constraint", "other constraints")
    frame = Frame(first="Constraint", rows=lines, limit=CONSTRAINTS, others=others, total="Orders blocked")
    unit = unit_for([*(row.value for row in rows), pack.blocked_value])
    values = [figure(rounded(row.value, unit), unit.digits) for row in rows]
    blocked = figure(rounded(pack.blocked_value, unit), unit.digits)
    ends = [day(row.forecast_end, short=True) if row.forecast_end else DASH for row in rows]
    return frame.table(
        frame.words("Owner", [row.owner or DASH for row in rows], is_words=True),
        frame.words("Orders", [figure(row.orders) for row in rows], figure(pack.blocked)),
        replace(frame.words("Value", values, blocked), unit=unit_words(unit, currency)),
        frame.words("Forecast end", ends),
    )


def decisions(pack: OrderPack) -> OrderTable:
    """Amounts are of one order each and printed in whole units of the currency."""
    rows, currency = pack.decisions, pack.meta.currency
    lines = tuple(
        Line(label=row.kind, note=f"Order {row.order} · {row.code}", flag=_overdue(row.days_overdue)) for row in rows
    )
    others = ("other decision", "other decisions")
    frame = Frame(first="What is asked", rows=lines, limit=DECISIONS, others=others, total="All open decisions")
    return frame.table(
        frame.words("Waits for", [row.waits_for for row in rows], is_words=True),
        frame.words("Open", [count_days(row.days_open) if row.days_open else "today" for row in rows]),
        _dashed(frame.amounts("Amount", [row.amount or ZERO for row in rows], ONES, currency)),
        _dashed(frame.amounts("A day", [row.daily_cost for row in rows], ONES, currency)),
    )


def months(pack: OrderPack, names: Callable[[str], str]) -> OrderTable:
    rows, currency = pack.months, pack.meta.currency
    lines = tuple(Line(label=names(row.month)) for row in rows)
    frame = Frame(first="Placed in", rows=lines, limit=len(rows), others=("", ""), total="All months")
    unit = sales_unit(pack)
    value, cost = ([getattr(row, name) for row in rows] for name in ("value", "cost"))
    shares = [percent(b, a, 1) for a, b in zip(value, cost, strict=True)]
    return frame.table(
        frame.counts("Orders", [row.orders for row in rows]),
        frame.counts("of which cancelled", [row.cancelled for row in rows]),
        frame.amounts("Sales", value, unit, currency),
        frame.amounts("Cost so far", cost, unit, currency),
        frame.amounts("Effects", [row.effects for row in rows], unit, currency),
        frame.words("Cost of sales", shares, percent(total_of(cost), total_of(value), 1)),
    )


def count_days(number: int) -> str:
    return f"{figure(number)}{NBSP}{'day' if number == 1 else 'days'}"


def _overdue(days: int) -> str:
    return f"{count_days(days)} overdue" if days else ""


def _dashed(column: Column) -> Column:
    """A decision without an amount, or without a price of waiting, has none."""
    return replace(column, cells=tuple(DASH if each == "0" else each for each in column.cells))


def _share(part: int, whole: int) -> str:
    return figure(Decimal(100 * part) / whole) if whole else DASH
