"""What an instance publishes about itself for the firm's comparison: figures only, never a client's record."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class StageFigures:
    """How many active measures stand at a stage (1 to 6), and their forecast full-year effect."""

    stage: int
    count: int
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class MonthFigures:
    """One month of the current fiscal year ("2026-01"): the month's own net effect; `actual` is None while open."""

    month: str
    plan: Decimal
    forecast: Decimal
    actual: Decimal | None


@dataclass(frozen=True, kw_only=True)
class EngagementFigures:
    """Amounts are in `currency`, percentages are 0 to 100. None means: there is nothing to compute it from.

    `plan_full_year` (as it was locked first) and `forecast_full_year` cover the measures whose plan is locked, so that
    the firm can add them up within one currency and compute leakage from the sums. `waiting` counts open requests,
    `overdue` those past their due day, `waiting_cost_week` is what one more week of them costs.
    """

    as_of: datetime
    currency: str
    fiscal_year: int
    measures: int
    stages: tuple[StageFigures, ...]
    plan_year: Decimal
    forecast_year: Decimal
    plan_to_date: Decimal
    actual_to_date: Decimal
    plan_full_year: Decimal
    forecast_full_year: Decimal
    leakage_percent: Decimal | None
    realisation_percent: Decimal | None
    waiting: int
    overdue: int
    waiting_cost_week: Decimal
    median_days_to_decide: Decimal | None
    curve: tuple[MonthFigures, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for the column `engagement_metrics.figures`: amounts as text, so that no cent is lost."""
        plain = {name: _text(value) for name, value in vars(self).items() if name not in ("stages", "curve")}
        return plain | {
            "stages": [{name: _text(value) for name, value in vars(row).items()} for row in self.stages],
            "curve": [{name: _text(value) for name, value in vars(row).items()} for row in self.curve],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "EngagementFigures":
        ratios: dict[str, Any] = {name: _maybe(data[name]) for name in RATIOS}
        return cls(
            as_of=datetime.fromisoformat(data["as_of"]),
            currency=data["currency"],
            fiscal_year=data["fiscal_year"],
            measures=data["measures"],
            stages=tuple(
                StageFigures(stage=row["stage"], count=row["count"], value=Decimal(row["value"]))
                for row in data["stages"]
            ),
            **{name: Decimal(data[name]) for name in AMOUNTS},
            **ratios,
            waiting=data["waiting"],
            overdue=data["overdue"],
            curve=tuple(
                MonthFigures(
                    month=row["month"],
                    plan=Decimal(row["plan"]),
                    forecast=Decimal(row["forecast"]),
                    actual=_maybe(row["actual"]),
                )
                for row in data["curve"]
            ),
        )


AMOUNTS = (
    "plan_year", "forecast_year", "plan_to_date", "actual_to_date", "plan_full_year", "forecast_full_year",
    "waiting_cost_week",
)  # fmt: skip
RATIOS = ("leakage_percent", "realisation_percent", "median_days_to_decide")


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _maybe(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
