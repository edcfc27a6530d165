"""The comparison of a firm's engagements: published figures side by side, added up only within one currency."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.ids import FirmId, PersonId
from tenants.database import PlatformWork
from tenants.platform.figures import EngagementFigures
from tenants.platform.queries.engagements import Engagement, list_all_engagements

Ratio = Callable[[EngagementFigures], Decimal | None]
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One engagement that has published figures."""

    engagement: Engagement
    figures: EngagementFigures


@dataclass(frozen=True, kw_only=True)
class CurrencyGroup:
    """Engagements in one currency with their sums. Leakage and realisation come from the sums, not from a mean."""

    currency: str
    rows: tuple[Compared, ...]
    measures: int
    plan: Decimal
    forecast: Decimal
    leakage_percent: Decimal | None
    realisation_percent: Decimal | None
    waiting: int
    overdue: int
    waiting_cost_week: Decimal


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Where the firm's engagements lie: lower quartile, median, upper quartile."""

    low: Decimal
    q1: Decimal
    median: Decimal
    q3: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Groups by currency, the one with the most engagements first. `without_figures` have published nothing yet."""

    groups: tuple[CurrencyGroup, ...]
    without_figures: tuple[Engagement, ...]
    oldest: datetime | None

    @property
    def rows(self) -> tuple[Compared, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    def spread(self, ratio: Ratio) -> Spread | None:
        """Over all engagements, whatever their currency: only ratios and days are compared so."""
        values = sorted(value for row in self.rows if (value := ratio(row.figures)) is not None)
        return spread_of(values) if values else None


def compare_engagements(work: PlatformWork, firm: FirmId, person: PersonId) -> Comparison:
    """Reads instances and engagement_metrics of the platform schema, and nothing else: one statement."""
    found = list_all_engagements(work, firm, person)
    rows = [Compared(engagement=one, figures=one.figures) for one in found if one.figures is not None]
    currencies = sorted({row.figures.currency for row in rows})
    groups = [_group(currency, [row for row in rows if row.figures.currency == currency]) for currency in currencies]
    return Comparison(
        groups=tuple(sorted(groups, key=lambda group: -len(group.rows))),
        without_figures=tuple(one for one in found if one.figures is None),
        oldest=min((row.figures.as_of for row in rows), default=None),
    )


def spread_of(values: Sequence[Decimal]) -> Spread:
    """Quartiles of sorted values by linear interpolation between neighbours."""
    return Spread(
        low=values[0],
        q1=_quantile(values, Decimal("0.25")),
        median=_quantile(values, Decimal("0.5")),
        q3=_quantile(values, Decimal("0.75")),
        high=values[-1],
    )


def _quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def _group(currency: str, rows: Sequence[Compared]) -> CurrencyGroup:
    figures = [row.figures for row in rows]
    plan = sum((one.plan_full_year for one in figures), Decimal(0))
    forecast = sum((one.forecast_full_year for one in figures), Decimal(0))
    planned = sum((one.plan_to_date for one in figures), Decimal(0))
    achieved = sum((one.actual_to_date for one in figures), Decimal(0))
    return CurrencyGroup(
        currency=currency,
        rows=tuple(rows),
        measures=sum(one.measures for one in figures),
        plan=plan,
        forecast=forecast,
        leakage_percent=(plan - forecast) / plan * HUNDRED if plan > 0 else None,
        realisation_percent=achieved / planned * HUNDRED if planned > 0 else None,
        waiting=sum(one.waiting for one in figures),
        overdue=sum(one.overdue for one in figures),
        waiting_cost_week=sum((one.waiting_cost_week for one in figures), Decimal(0)),
    )
