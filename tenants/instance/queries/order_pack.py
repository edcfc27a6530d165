"""Everything an order governance report says: the overview of orders as of one moment, and the decisions that wait."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import func, select

from domain.access import OrderScope
from domain.audit import Head
from domain.governance.policies import ORDER_PREFIX
from domain.governance.template import OrderRules, Reason
from domain.hierarchy import Level
from domain.months import Month, span
from domain.orders.order import OrderState
from domain.reporting.order_pack import (
    ConstraintRow,
    CostRow,
    ExceptionRow,
    OrderDecision,
    OrderMonth,
    OrderPack,
    ReasonRow,
    StageRow,
    TicketRow,
)
from domain.reporting.words import sentence
from tenants.database import Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.constraints import list_constraints
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_backlog import together
from tenants.instance.queries.order_decisions import list_open_decisions
from tenants.instance.queries.order_filters import AGES
from tenants.instance.queries.order_flows import STAYS_DAYS, Cohort, Counted
from tenants.instance.queries.order_ledger import list_cause_costs
from tenants.instance.queries.order_overview import OrderOverview, get_order_overview
from tenants.instance.queries.order_scope import in_scope
from tenants.instance.queries.steering import Asked, meta_of
from tenants.instance.queries.steering_levels import levels_of

MONTHS = 6
ZERO = Decimal("0.00")


def order_pack(work: Work, scope: OrderScope, asked: Asked, head: Head) -> OrderPack:
    """The report as of now, unsigned; the instance's template governs orders. Read it together with `head`."""
    governance = get_governance(work)
    rules = governance.template.orders
    assert rules is not None
    running = Month.of(work.now().date())
    months = span(running.plus(1 - MONTHS), running)
    found = get_order_overview(work, scope, months)
    node, year = work.get(NodeRow, asked.node), governance.year_of(work.now().date())
    blocked, blocked_value = _blocked(work, scope)
    return OrderPack(
        meta=meta_of(work, asked, node, governance, levels_of(Level(node.level), governance), head, year),
        first_month=str(months[0]),
        last_month=str(months[-1]),
        ages=AGES,
        stays_days=STAYS_DAYS,
        stages=_stages(found, rules),
        cancellations=_cancellations(found),
        returns=_counted(found.returns, (), "No cause given"),
        effects=_counted(found.effects, rules.effects, ""),
        tickets=_tickets(found, rules),
        exceptions=_exceptions(work, scope, months, rules),
        costs=_costs(found, rules),
        months=tuple(_month(each, found.cohorts) for each in months),
        constraints=_constraints(work, scope, rules),
        decisions=_decisions(work, scope, rules),
        blocked=blocked,
        blocked_value=blocked_value,
    )


def _stages(found: OrderOverview, rules: OrderRules) -> tuple[StageRow, ...]:
    """Those of the template in their order, then those that an earlier version had and orders still stand in."""
    stays = {each.stage: each for each in found.stays}
    targets = {stage.key: stage.target_hours for stage in rules.stages}
    rows = []
    for key in [*targets, *sorted({cell.stage for cell in found.backlog} - set(targets))]:
        cells, stay = [cell for cell in found.backlog if cell.stage == key], stays.get(key)
        sums = together(cells)
        rows.append(
            StageRow(
                label=rules.stage_label(key),
                target_hours=targets.get(key, 0),
                counts=tuple(sum(cell.count for cell in cells if cell.age == age) for age in AGES),
                **{name: getattr(sums, name) for name in ("value", "late", "delayed", "held")},
                delayed_value=sums.delayed_value,
                held_value=sums.held_value,
                **{name: getattr(stay, name) for name in ("median", "p90") if stay},
                stays=stay.count if stay else 0,
            )
        )
    return tuple(rows)


def _cancellations(found: OrderOverview) -> tuple[ReasonRow, ...]:
    lost: dict[str, list[Cohort]] = {}
    for each in found.cohorts:
        if each.is_cancelled:
            lost.setdefault(each.reason, []).append(each)
    rows = [
        ReasonRow(
            label=sentence(reason) or "No reason given",
            orders=sum(each.count for each in cohorts),
            amount=_sum(each.value for each in cohorts),
        )
        for reason, cohorts in lost.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.orders, row.label)))


def _counted(rows: Sequence[Counted], labels: tuple[Reason, ...], unnamed: str) -> tuple[ReasonRow, ...]:
    return tuple(
        ReasonRow(label=_label(labels, each.key) or unnamed, orders=each.count, amount=each.amount) for each in rows
    )


def _tickets(found: OrderOverview, rules: OrderRules) -> tuple[TicketRow, ...]:
    channels = {each.channel for each in found.tickets}
    rows = []
    for channel in channels:
        own = [each for each in found.tickets if each.channel == channel]
        row = TicketRow(
            label=_label(rules.ticket_channels, channel),
            open=sum(each.count for each in own),
            escalated=sum(each.escalated for each in own),
            old=sum(each.count for each in own if each.age >= AGES[2]),
        )
        rows.append(row)
    return tuple(sorted(rows, key=lambda row: (-row.open, row.label)))


def _exceptions(work: Work, scope: OrderScope, months: Sequence[Month], rules: OrderRules) -> tuple[ExceptionRow, ...]:
    dearest: dict[str, str] = {}
    for each in list_cause_costs(work, scope, months, by_cause=True):  # the dearest first
        dearest.setdefault(each.type, each.cause)
    return tuple(
        ExceptionRow(
            label=rules.type_label(each.type),
            cause=dearest.get(each.type, ""),
            orders=each.orders,
            cost=each.cost,
            effects=each.effects,
        )
        for each in list_cause_costs(work, scope, months)
    )


def _costs(found: OrderOverview, rules: OrderRules) -> tuple[CostRow, ...]:
    return tuple(
        CostRow(
            label=_label(rules.cost_kinds, each.kind),
            forecast=each.forecast,
            known_forecast=each.known_forecast,
            actual=each.actual,
        )
        for each in sorted(found.costs, key=lambda each: (-each.forecast, each.kind))
    )


def _month(month: Month, cohorts: Iterable[Cohort]) -> OrderMonth:
    own = [each for each in cohorts if each.month == month]
    return OrderMonth(
        month=str(month),
        orders=sum(each.count for each in own),
        cancelled=sum(each.count for each in own if each.is_cancelled),
        value=_sum(each.value for each in own),
        cost=_sum(each.cost_actual for each in own),
        effects=_sum(each.effects for each in own),
    )


def _constraints(work: Work, scope: OrderScope, rules: OrderRules) -> tuple[ConstraintRow, ...]:
    """Those for the management first, then the ones that block the most."""
    rows = [
        ConstraintRow(
            title=each.title,
            kind=_label(rules.constraint_kinds, each.kind),
            owner=each.owner,
            needs_attention=each.needs_attention,
            orders=each.orders,
            value=each.value,
            forecast_end=each.forecast_end,
        )
        for each in list_constraints(work, scope)
    ]
    return tuple(sorted(rows, key=lambda row: (not row.needs_attention, -row.value, row.title)))


def _decisions(work: Work, scope: OrderScope, rules: OrderRules) -> tuple[OrderDecision, ...]:
    today = work.now().date()
    return tuple(
        OrderDecision(
            code=each.code,
            order=each.order,
            kind=rules.decision_label(each.kind.removeprefix(ORDER_PREFIX)),
            waits_for=", ".join(each.waiting),
            days_open=each.days_open(today),
            days_overdue=each.days_overdue(today),
            amount=each.amount,
            daily_cost=each.daily_cost,
        )
        for each in list_open_decisions(work, scope)
    )


def _blocked(work: Work, scope: OrderScope) -> tuple[int, Decimal]:
    """Open orders that a constraint blocks, however many do, and their value."""
    statement = select(func.count(), func.coalesce(func.sum(OrderRow.value), ZERO)).where(
        OrderRow.state == OrderState.OPEN, OrderRow.open_constraints > 0, in_scope(scope)
    )
    count, value = work.session.execute(statement).one()
    return count, value


def _label(reasons: tuple[Reason, ...], code: str) -> str:
    return next((each.label for each in reasons if each.code == code), code)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
