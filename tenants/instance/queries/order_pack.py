"""Everything an order governance report says: the overview of orders as of one moment, in tables."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

from domain.access import OrderScope
from domain.audit import Head
from domain.governance.template import OrderRules, Reason
from domain.hierarchy import Level
from domain.months import Month, span
from domain.reporting.order_pack import OrderColumn, OrderFigure, OrderLine, OrderPack, OrderTable
from domain.reporting.words import month as month_words
from tenants.database import Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_backlog import Backlog, together
from tenants.instance.queries.order_filters import AGES
from tenants.instance.queries.order_ledger import CauseCost, list_cause_costs
from tenants.instance.queries.order_overview import OrderOverview, get_order_overview
from tenants.instance.queries.steering import Asked, meta_of
from tenants.instance.queries.steering_levels import levels_of

MONTHS = 6
CAUSES = 12
ZERO = Decimal("0.00")
Values = tuple[Decimal | int | None, ...]


def order_pack(work: Work, scope: OrderScope, asked: Asked, head: Head) -> OrderPack:
    """The report as of now, unsigned; the instance's template governs orders. Read it together with `head`."""
    governance = get_governance(work)
    rules = governance.template.orders
    assert rules is not None
    running = Month.of(work.now().date())
    months = span(running.plus(1 - MONTHS), running)
    found = get_order_overview(work, scope, months)
    costs = list_cause_costs(work, scope, months)
    node, year = work.get(NodeRow, asked.node), governance.year_of(work.now().date())
    tables = (
        _backlog(found, rules, governance.currency),
        _delayed(found, rules, governance.currency),
        _constraints(found, governance.currency),
        _costs(found, rules, governance.currency),
        _effects(found, rules, governance.currency),
        _exceptions(costs, rules, governance.currency),
        _months(found, governance.currency),
    )
    return OrderPack(
        meta=meta_of(work, asked, node, governance, levels_of(Level(node.level), governance), head, year),
        period=f"{month_words(str(months[0]))} to {month_words(str(months[-1]))}",
        figures=_figures(found.open, governance.currency),
        tables=tables,
    )


def _figures(whole: Backlog, currency: str) -> tuple[OrderFigure, ...]:
    return (
        OrderFigure(label="Open orders", value=Decimal(whole.count), detail=f"{whole.value:,.0f} {currency}"),
        OrderFigure(label="Late in their stage", value=Decimal(whole.late), detail="beyond the stage's target"),
        OrderFigure(label="Delayed", value=Decimal(whole.delayed), detail=f"{whole.delayed_value:,.0f} {currency}"),
        OrderFigure(label="Held", value=Decimal(whole.held), detail=f"{whole.held_value:,.0f} {currency}"),
    )


def _backlog(found: OrderOverview, rules: OrderRules, currency: str) -> OrderTable:
    ages = [f"{first} to {after} days" for first, after in pairwise(AGES)] + [f"{AGES[-1]} days and more"]

    def values(cells: list[Backlog]) -> Values:
        whole = together(cells)
        return (*(sum(c.count for c in cells if c.age == age) for age in AGES), whole.count, whole.value)

    return _table(
        "Backlog by stage and age",
        "Open orders by days since they were placed",
        ("Stage", *ages, "All", f"Value|{currency}"),
        _by_stage(found, rules, values),
        "No order is open.",
    )


def _delayed(found: OrderOverview, rules: OrderRules, currency: str) -> OrderTable:
    def values(cells: list[Backlog]) -> Values:
        whole = together(cells)
        return whole.late, whole.delayed, whole.delayed_value, whole.held, whole.held_value

    return _table(
        "Late, delayed and held orders",
        "Beyond the stage's target; promised for a day that has passed; kept by a hold or a constraint",
        ("Stage", "Late", "Delayed", f"Value delayed|{currency}", "Held", f"Value held|{currency}"),
        _by_stage(found, rules, values),
        "No order is open.",
    )


def _constraints(found: OrderOverview, currency: str) -> OrderTable:
    lines = [
        _line(each.title + (" (needs the management)" if each.needs_attention else ""), (each.orders, each.value))
        for each in found.constraints
    ]
    heads = ("Constraint", "Orders", f"Value|{currency}")
    return _table("Constraints in force", "Open orders that they block", heads, lines, "No constraint is in force.")


def _costs(found: OrderOverview, rules: OrderRules, currency: str) -> OrderTable:
    lines = [
        _line(
            _label(rules.cost_kinds, each.kind),
            (each.forecast, each.known_forecast, each.actual, each.actual - each.known_forecast),
        )
        for each in sorted(found.costs, key=lambda each: -each.forecast)
    ]
    heads = (
        "Kind",
        f"Forecast|{currency}",
        f"of which known|{currency}",
        f"Actual|{currency}",
        f"Difference|{currency}",
    )
    return _table(
        "Fulfilment cost, forecast against actual",
        "Booked in the months of this report",
        heads,
        lines,
        "No cost was booked.",
    )


def _effects(found: OrderOverview, rules: OrderRules, currency: str) -> OrderTable:
    lines = [_line(_label(rules.effects, each.key), (each.count, each.amount)) for each in found.effects]
    heads = ("Kind", "Orders", f"Amount|{currency}")
    return _table("Financial effects", "Booked in the months of this report", heads, lines, "No effect was booked.")


def _exceptions(costs: tuple[CauseCost, ...], rules: OrderRules, currency: str) -> OrderTable:
    lines = [
        _line(rules.type_label(each.type), (each.orders, each.cost, each.effects, each.amount))
        for each in costs[:CAUSES]
    ]
    heads = ("Exception", "Orders", f"Cost|{currency}", f"Effects|{currency}", f"Together|{currency}")
    return _table(
        "What exceptions cost",
        "Actual cost and effects, the dearest first",
        heads,
        lines,
        "Exceptions have cost nothing.",
    )


def _months(found: OrderOverview, currency: str) -> OrderTable:
    lines = []
    for each in found.months:
        own = [cohort for cohort in found.cohorts if cohort.month == each]
        count, cancelled = sum(c.count for c in own), sum(c.count for c in own if c.is_cancelled)
        value, cost = sum((c.value for c in own), ZERO), sum((c.cost_actual for c in own), ZERO)
        lines.append(_line(month_words(str(each)), (count, cancelled, value, cost)))
    heads = ("Placed in", "Orders", "of which cancelled", f"Sales|{currency}", f"Cost so far|{currency}")
    return _table("Sales and fulfilment cost by month", "Of the orders placed in each month", heads, lines, "")


def _by_stage(found: OrderOverview, rules: OrderRules, values: Callable[[list[Backlog]], Values]) -> list[OrderLine]:
    known = [stage.key for stage in rules.stages]
    stages = {cell.stage for cell in found.backlog}
    ordered = [*(key for key in known if key in stages), *sorted(stages - set(known))]
    lines = [_line(rules.stage_label(key), values([c for c in found.backlog if c.stage == key])) for key in ordered]
    return [*lines, _line("All stages", values(list(found.backlog)), True)] if lines else []


def _table(title: str, note: str, heads: tuple[str, ...], lines: list[OrderLine], empty: str) -> OrderTable:
    """`heads`: what the rows are, then each column, its unit behind a bar."""
    columns = tuple(
        OrderColumn(label=label, unit=unit) for label, _, unit in (head.partition("|") for head in heads[1:])
    )
    return OrderTable(title=title, note=note, first=heads[0], columns=columns, lines=tuple(lines), empty=empty)


def _line(label: str, values: Values, is_total: bool = False) -> OrderLine:
    known = tuple(Decimal(each) if each is not None else None for each in values)
    return OrderLine(label=label, values=known, is_total=is_total)


def _label(reasons: tuple[Reason, ...], code: str) -> str:
    return next((each.label for each in reasons if each.code == code), code)
