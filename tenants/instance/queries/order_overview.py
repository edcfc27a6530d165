"""The governance overview of orders: what stands now, and what happened in a number of months. Eight statements."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.access import OrderScope
from domain.months import Month
from tenants.database import Work
from tenants.instance.queries.order_backlog import (
    Backlog,
    Constraint,
    Tickets,
    get_backlog,
    get_constraints,
    get_tickets,
    together,
)
from tenants.instance.queries.order_flows import (
    Cohort,
    CostKind,
    Counted,
    Stay,
    get_cohorts,
    get_cost_kinds,
    get_effects,
    get_returns,
    get_stays,
)


@dataclass(frozen=True, kw_only=True)
class OrderOverview:
    """All that the page shows; `months` are those it speaks of, the last one still running."""

    months: tuple[Month, ...]
    backlog: tuple[Backlog, ...]
    tickets: tuple[Tickets, ...]
    constraints: tuple[Constraint, ...]
    cohorts: tuple[Cohort, ...]
    returns: tuple[Counted, ...]
    effects: tuple[Counted, ...]
    costs: tuple[CostKind, ...]
    stays: tuple[Stay, ...]

    @property
    def open(self) -> Backlog:
        return together(self.backlog)


@dataclass(frozen=True, kw_only=True)
class OrdersInShort:
    """What the overview of an instance says of its orders."""

    open: Backlog
    constraints: tuple[Constraint, ...]

    @property
    def attention(self) -> tuple[Constraint, ...]:
        return tuple(each for each in self.constraints if each.needs_attention)


def get_order_overview(work: Work, scope: OrderScope, months: Sequence[Month]) -> OrderOverview:
    return OrderOverview(
        months=tuple(months),
        backlog=get_backlog(work, scope),
        tickets=get_tickets(work, scope),
        constraints=get_constraints(work, scope),
        cohorts=get_cohorts(work, scope, months),
        returns=get_returns(work, scope, months),
        effects=get_effects(work, scope, months),
        costs=get_cost_kinds(work, scope, months),
        stays=get_stays(work, scope),
    )


def get_orders_in_short(work: Work, scope: OrderScope) -> OrdersInShort:
    """Two statements."""
    return OrdersInShort(open=together(get_backlog(work, scope)), constraints=get_constraints(work, scope))
