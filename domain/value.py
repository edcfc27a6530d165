"""Value: effect lines, their four monthly series, and every sum made of them. Source: DOMAIN.md, 4."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from domain.ids import LineId
from domain.months import Month


class Scenario(StrEnum):
    BASELINE = "baseline"
    PLAN = "plan"
    FORECAST = "forecast"
    ACTUAL = "actual"


class Recurrence(StrEnum):
    RECURRING = "recurring"
    ONE_OFF = "one_off"


class Sign(StrEnum):
    """Amounts are stored as positive sizes; the sign says whether they help or cost."""

    BENEFIT = "benefit"
    COST = "cost"


@dataclass(frozen=True, kw_only=True)
class EffectLine:
    """One line of effect with its monthly series; a month absent from a series has no entry (None), not 0."""

    id: LineId
    name: str
    kind: str  # a kind of the governance template, e.g. "material_cost"
    recurrence: Recurrence
    sign: Sign
    is_pnl: bool = True
    is_cash: bool = True
    currency: str = "EUR"
    account: str = ""
    cost_centre: str = ""
    series: Mapping[Scenario, Mapping[Month, Decimal]] = field(default_factory=dict)
