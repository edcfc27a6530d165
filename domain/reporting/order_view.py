"""An order governance report made ready to lay out: sentences, lists cut, figures rounded, charts in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from domain.reporting import order_findings as findings
from domain.reporting import order_tables as tables
from domain.reporting.figures import Kpi
from domain.reporting.frozen import digest
from domain.reporting.order_frame import OrderTable, amounts, total_of, unit_words
from domain.reporting.order_pack import OrderPack
from domain.reporting.rounding import Unit, rounded
from domain.reporting.words import DASH, NBSP, amount, figure, month, percent, spoken_unit

HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Titles:
    backlog: str
    times: str
    exceptions: str
    money: str
    constraints: str


@dataclass(frozen=True, kw_only=True)
class Stack:
    label: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Share:
    """A bar of the Pareto. `so_far`: per cent of the whole with all before it; `is_vital`: one of the few."""

    label: str
    value: Decimal
    shown: str
    so_far: Decimal
    is_vital: bool


@dataclass(frozen=True, kw_only=True)
class Pair:
    label: str
    first: Decimal
    second: Decimal
    first_shown: str
    second_shown: str


@dataclass(frozen=True, kw_only=True)
class Stay:
    """Time in stage in multiples of its target, and in words."""

    label: str
    median: Decimal
    p90: Decimal
    shown: str
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class OrderView:
    """All that the templates read, besides the pack itself."""

    pack: OrderPack
    digest: str
    period: str
    titles: Titles
    kpis: list[Kpi]
    ages: list[str]
    stacks: list[Stack]
    stays: list[Stay]
    shares: list[Share]
    costs: list[Pair]
    sales: list[Pair]
    share_unit: str
    cost_unit: str
    sales_unit: str
    tables: dict[str, OrderTable]
    short: frozenset[str]  # sections with nothing to show: they follow the one before


def order_view_of(pack: OrderPack) -> OrderView:
    """Everything that is laid out, from the pack alone."""
    return OrderView(
        pack=pack,
        digest=digest(pack),
        period=f"{month(pack.first_month, short=True)} to {month(pack.last_month, short=True)}",
        titles=Titles(**{name: getattr(findings, name)(pack) for name in Titles.__dataclass_fields__}),
        kpis=_kpis(pack),
        ages=tables.age_names(pack.ages),
        stacks=[Stack(label=row.label, counts=row.counts, total=row.open) for row in pack.stages[: tables.STAGES]],
        stays=_stays(pack),
        shares=_shares(pack),
        costs=_costs(pack),
        sales=_sales(pack),
        tables=_tables(pack),
        short=_short(pack),
        share_unit=unit_words(tables.exception_unit(pack), pack.meta.currency),
        cost_unit=unit_words(tables.cost_unit(pack), pack.meta.currency),
        sales_unit=unit_words(tables.sales_unit(pack), pack.meta.currency),
    )


def _tables(pack: OrderPack) -> dict[str, OrderTable]:
    currency = pack.meta.currency
    return {
        "backlog": tables.backlog(pack),
        "times": tables.times(pack),
        "delays": tables.delays(pack),
        "exceptions": tables.exceptions(pack),
        "costs": tables.costs(pack),
        "months": tables.months(pack, month),
        "cancellations": tables.reasons(
            pack.cancellations, tables.REASONS, ("Reason", "Value", "Cancelled orders"), currency
        ),
        "returns": tables.reasons(pack.returns, tables.KINDS, ("Cause", "Cost", "Orders with returns"), currency),
        "effects": tables.reasons(pack.effects, tables.KINDS, ("Kind", "Amount", "All effects"), currency),
        "tickets": tables.tickets(pack),
        "constraints": tables.constraints(pack),
        "decisions": tables.decisions(pack),
    }


def _short(pack: OrderPack) -> frozenset[str]:
    has = {
        "times": any(row.stays for row in pack.stages) or bool(pack.open),
        "exceptions": bool(pack.exceptions),
        "money": bool(pack.placed),
        "constraints": bool(pack.constraints or pack.decisions) or bool(pack.open),
    }
    return frozenset(name for name, is_there in has.items() if not is_there)


def _kpis(pack: OrderPack) -> list[Kpi]:
    """Open orders, those beyond their target, those that constraints block, what carrying out costs."""
    currency, late = pack.meta.currency, sum(row.late for row in pack.stages)
    old = sum(row.counts[-1] for row in pack.stages)
    worth = amount(total_of([row.value for row in pack.stages]), currency)
    share = percent(Decimal(late), Decimal(pack.open))
    return [
        Kpi(label="Open orders", figure=figure(pack.open), detail=f"worth {worth}" if pack.open else DASH),
        Kpi(
            label="Past the stage's target time",
            figure=figure(late),
            detail=f"{share} of the open ones; {figure(old)} older than {pack.ages[-1]} days" if pack.open else DASH,
        ),
        Kpi(
            label="Blocked by constraints",
            figure=figure(pack.blocked),
            detail=f"{amount(pack.blocked_value, currency)} of orders" if pack.blocked else DASH,
        ),
        _cost(pack),
    ]


def _cost(pack: OrderPack) -> Kpi:
    actual = total_of([row.actual for row in pack.costs])
    unit = spoken_unit(actual)
    known = total_of([row.known_forecast for row in pack.costs])
    gap, share = abs(actual - known), percent(abs(actual - known), known, 1)
    side = "above" if actual > known else "below"
    words = f"{amount(gap)} {side} forecast, {share}" if rounded(gap, spoken_unit(gap)) else "as forecast"
    return Kpi(
        label="Fulfilment cost, known",
        before=pack.meta.currency,
        figure=figure(rounded(actual, unit), unit.digits),
        after=unit.name,
        detail=words if known else DASH,
    )


def _stays(pack: OrderPack) -> list[Stay]:
    return [
        Stay(
            label=f"{row.label}, {figure(row.target_hours)}{NBSP}h",
            median=Decimal(row.median) / row.target_hours,
            p90=Decimal(row.p90) / row.target_hours,
            shown=f"{figure(row.median)} / {figure(row.p90)}{NBSP}h",
            is_late=row.median > row.target_hours,
        )
        for row in pack.stages[: tables.STAGES]
        if row.stays and row.target_hours
    ]


def _shares(pack: OrderPack) -> list[Share]:
    """The types by their cost; what the page has no room for is one bar, never among the vital few."""
    costs, limit = [row.amount for row in pack.exceptions], tables.EXCEPTIONS
    whole, few = total_of(costs), findings.vital(pack)
    if whole <= 0:
        return []
    rest = costs[limit:]
    values = [*costs[:limit], *([total_of(rest)] if rest else [])]
    labels = [*(row.label for row in pack.exceptions[:limit]), *(["Other types"] if rest else [])]
    rows = zip(labels, values, tables.exception_figures(pack)[:-1], accumulate(values), strict=True)
    return [
        Share(label=label, value=value, shown=shown, so_far=so_far * HUNDRED / whole, is_vital=at < min(few, limit))
        for at, (label, value, shown, so_far) in enumerate(rows)
    ]


def _costs(pack: OrderPack) -> list[Pair]:
    rows = pack.costs
    known, actual = [row.known_forecast for row in rows], [row.actual for row in rows]
    return _pairs([row.label for row in rows], known, actual, tables.cost_unit(pack))[: tables.KINDS]


def _sales(pack: OrderPack) -> list[Pair]:
    rows = pack.months if pack.placed else ()
    names = [month(row.month, short=True) for row in rows]
    return _pairs(names, [row.value for row in rows], [row.cost for row in rows], tables.sales_unit(pack))


def _pairs(labels: Sequence[str], first: Sequence[Decimal], second: Sequence[Decimal], unit: Unit) -> list[Pair]:
    """With their figures as the table prints them."""
    shown = (amounts(first, unit)[:-1], amounts(second, unit)[:-1])
    rows = zip(labels, first, second, *shown, strict=True)
    return [Pair(label=a, first=b, second=c, first_shown=d, second_shown=e) for a, b, c, d, e in rows]
